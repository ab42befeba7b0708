"""States of a case, who holds it, what they may do, and what silence means."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.notation import (
    ClockLength,
    Coded,
    ExpressionText,
    Flag,
    LawCode,
    Name,
    Part,
    PlaceLevel,
    Slug,
)

APPLICANT = "applicant"
"""The destination of an action that sends the case back for correction; no step may bear this code."""


class StepKind(StrEnum):
    """What is done in a step."""

    REVIEW = "review"
    DRAFT = "draft"
    PARAPH = "paraph"
    SIGN = "sign"


class Demand(StrEnum):
    """What an officer must give with an action."""

    CODES = "codes"
    TEXT = "text"
    NOTE = "note"


class Where(Part):
    """Which unit the role is looked up in: that of an answered place (or its ancestor at ``level``), or a body."""

    answer: Name | None = None
    level: PlaceLevel | None = None
    body: Slug | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Where:
        if (self.answer is None) == (self.body is None) or (self.answer is None and self.level is not None):
            raise PydanticCustomError("flow.where", "either an answer with its level, or a body")
        return self


class Holder(Part):
    """Who holds a case: the post with this role; without ``at``, in the body that gives the service."""

    role: Slug
    at: Where | None = None


class Silence(Part):
    """What happens by itself when the clock runs out: the case is escalated, or an action is deemed performed."""

    after_action: Literal["escalate"] | None = None
    to: Holder | None = None
    perform: Slug | None = None

    @model_validator(mode="after")
    def _one_consequence(self) -> Silence:
        if (self.perform is None) == (self.after_action is None) or (self.after_action is None) != (self.to is None):
            raise PydanticCustomError("flow.silence", "either escalate to a holder, or perform an action")
        return self


class Action(Part):
    """One thing that the holder may do."""

    code: Slug
    to: Slug | None = None
    conclude: Flag = False
    proposes: Slug | None = None
    requires: tuple[Demand, ...] = ()
    when: ExpressionText | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Action:
        if (self.to is None) != self.conclude:
            raise PydanticCustomError("flow.action-target", "an action either leads to a step or concludes")
        if self.to == APPLICANT and self.proposes is not None:
            raise PydanticCustomError("flow.return-proposes", "a return for correction proposes no outcome")
        return self


class Step(Part):
    """One state of a case, with its clock, its owner and its law."""

    code: Slug
    kind: StepKind
    role: Slug
    at: Where | None = None
    law: LawCode
    clock: ClockLength
    silence: Silence
    actions: Annotated[Coded[Action], Field(min_length=1)]

    @property
    def holder(self) -> Holder:
        """Who holds the case in this step."""
        return Holder(role=self.role, at=self.at)

    def action(self, code: str) -> Action | None:
        """Return the action with this code, or None."""
        return next((action for action in self.actions if action.code == code), None)


class Review(Part):
    """Objection (اعتراض) to an outcome: how long it may be raised, and who decides it, who is never the signatory."""

    clock: ClockLength
    decider: Holder
    law: LawCode


class Outcome(Part):
    """How a case ends: the document that is signed and the message that is sent."""

    code: Slug
    document: Slug
    message: Slug
    negative: Flag = False
    review: Review | None = None


class Withdrawal(Part):
    """The applicant may withdraw until the case reaches this step."""

    until: Slug


class Flow(Part):
    """All steps and outcomes; a service that is not electronic has none."""

    start: Slug | None = None
    steps: Annotated[Coded[Step], Field(max_length=60)] = ()
    outcomes: Coded[Outcome] = ()
    withdrawal: Withdrawal | None = None
    acknowledgement: Slug | None = None
    correction_message: Slug | None = None

    def step(self, code: str) -> Step | None:
        """Return the step with this code, or None."""
        return next((step for step in self.steps if step.code == code), None)

    def outcome(self, code: str) -> Outcome | None:
        """Return the outcome with this code, or None."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)
