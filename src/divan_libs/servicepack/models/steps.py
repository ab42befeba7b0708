"""The steps of a flow: who holds them, what they may do, how long, and what silence means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.form import Question
from divan_libs.servicepack.models.notation import (
    ClockLength,
    Coded,
    DataServiceCode,
    ExpressionText,
    Flag,
    LawCode,
    Name,
    Part,
    PlaceLevel,
    RequirementCode,
    Slug,
)
from divan_libs.servicepack.models.outputs import OutputField

APPLICANT = "applicant"
"""The destination of an action that sends the case back for correction; no step may bear this code."""

APPLICATION = "application"
"""The code of the ordinary beginning of a case; no entry may bear it."""


class StepKind(StrEnum):
    """What is done in a step: the first four by an officer, the others by the house itself."""

    REVIEW = "review"
    DRAFT = "draft"
    PARAPH = "paraph"
    SIGN = "sign"
    PARALLEL = "parallel"
    ROUTE = "route"
    WAIT = "wait"


class Demand(StrEnum):
    """What an officer must give with an action."""

    CODES = "codes"
    TEXT = "text"
    NOTE = "note"


class Where(Part):
    """Which unit the role is looked up in.

    That of an answered place (or its ancestor at ``level``), a body, the body whose code a text answer is (``body_in``;
    where there is no such body, those follow to whom silence leads), or the body in which the applicant works.
    """

    answer: Name | None = None
    level: PlaceLevel | None = None
    body: Slug | None = None
    body_in: Name | None = None
    of_applicant: Flag = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Where:
        given = [self.answer is not None, self.body is not None, self.body_in is not None, self.of_applicant]
        if sum(given) != 1 or (self.answer is None and self.level is not None):
            raise PydanticCustomError(
                "flow.where", "an answer with its level, a body or the answer that names one, or the applicant's own"
            )
        return self


class Holder(Part):
    """Who holds a case: the post with this role; without ``at``, in the body that gives the service."""

    role: Slug
    at: Where | None = None


def _several(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


class Silence(Part):
    """What happens by itself when the clock runs out.

    The case is escalated to the next post (and from there to the one after it), or an action is deemed performed, or
    the whole case is deemed decided (تبصرهٔ ۳ مادهٔ ۷ مکرر: silence counts as consent).
    """

    after_action: Literal["escalate"] | None = None
    to: Annotated[tuple[Holder, ...], BeforeValidator(_several)] = ()
    perform: Slug | None = None
    deem: Slug | None = None

    @model_validator(mode="after")
    def _one_consequence(self) -> Silence:
        given = [self.after_action is not None, self.perform is not None, self.deem is not None]
        if sum(given) != 1 or (self.after_action is None) == bool(self.to):
            raise PydanticCustomError("flow.silence", "escalate to holders, perform an action, or deem an outcome")
        return self


class Action(Part):
    """One thing that the holder may do: lead to a step, conclude with an outcome, or finish a track or an aftercare.

    ``on`` lists the states of an outside process at which a waiting step does it by itself. ``letter`` is a document
    that the officer's own body signs and numbers with the action, such as a sealed opinion. ``reports`` are questions
    of the step's report that may stay open otherwise and must be answered for this action.
    """

    code: Slug
    to: Slug | None = None
    conclude: Flag = False
    finish: Flag = False
    proposes: Slug | None = None
    requires: tuple[Demand, ...] = ()
    when: ExpressionText | None = None
    on: tuple[str, ...] = ()
    letter: Slug | None = None
    reports: tuple[Name, ...] = ()

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Action:
        if sum([self.to is not None, self.conclude, self.finish]) != 1:
            raise PydanticCustomError("flow.action-target", "an action leads to a step, concludes, or finishes")
        if self.to == APPLICANT and self.proposes is not None:
            raise PydanticCustomError("flow.return-proposes", "a return for correction proposes no outcome")
        return self


class Route(Part):
    """One way on from a step that decides by itself; the first whose expression holds, the last has none."""

    when: ExpressionText | None = None
    to: Slug


class Track(Part):
    """One of several reviews that run side by side; it is left out when its expression does not hold."""

    code: Slug
    start: Slug
    when: ExpressionText | None = None


class Wait(Part):
    """An outside process that a step waits for: an order to the treasury, a parcel, a permit given elsewhere.

    The house puts the order once (``PUT`` with the case's number, ``sends`` as its fields) unless ``follows_only``,
    and asks for its state every so many hours; the state is matched with the actions' ``on``. ``address`` is a page of
    the other side for the applicant, with ``{number}`` for the case's number.
    """

    data_service: DataServiceCode
    sends: Coded[OutputField] = ()
    follows_only: Flag = False
    state_field: Name = "state"
    reference_field: Name | None = None
    every_hours: Annotated[int, Field(ge=1, le=720)] = 6
    address: str | None = None


class PauseReason(Part):
    """A coded reason for which the clocks of a case may stand still, by a law and for no longer than said."""

    code: Slug
    law: LawCode
    longest: ClockLength


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who owns a step, by which law, how long it may take, and what silence means."""

    holder: Holder
    law: str
    clock: ClockLength
    silence: Silence


class Step(Part):
    """One state of a case, with its clock, its owner and its law.

    ``report`` are questions that the officer answers (a field report, a measured value); ``codes`` are the only
    requirements that this step may name; ``reasons`` are codes of ready wordings (texts ``steps.<step>.reasons.…``).
    A step whose ``when`` does not hold is left out and the case goes on to ``otherwise``.
    """

    code: Slug
    kind: StepKind
    law: LawCode | None = None
    role: Slug | None = None
    at: Where | None = None
    clock: ClockLength | None = None
    silence: Silence | None = None
    actions: Coded[Action] = ()
    when: ExpressionText | None = None
    otherwise: Slug | None = None
    report: Coded[Question] = ()
    codes: tuple[RequirementCode, ...] = ()
    reasons: tuple[Slug, ...] = ()
    pauses: tuple[Slug, ...] = ()
    tracks: Coded[Track] = ()
    routes: tuple[Route, ...] = ()
    wait: Wait | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Step:
        by_itself = self.kind in (StepKind.PARALLEL, StepKind.ROUTE)
        held = [self.law, self.role, self.clock, self.silence, self.actions or None]
        if by_itself and any(part is not None for part in [*held, self.at, self.report or None, self.pauses or None]):
            raise PydanticCustomError("flow.step-of-kind", "a parallel or route step has no holder, clock or actions")
        if not by_itself and any(part is None for part in held):
            raise PydanticCustomError("flow.step-of-kind", "a step needs law, role, clock, silence and actions")
        if by_itself != bool(self.routes) or (self.kind is StepKind.PARALLEL) != bool(self.tracks):
            raise PydanticCustomError("flow.step-of-kind", "routes and tracks belong to forks and decisions")
        if (self.kind is StepKind.WAIT) != (self.wait is not None):
            raise PydanticCustomError("flow.step-of-kind", "a waiting step says what it waits for, no other does")
        if (self.when is None) != (self.otherwise is None):
            raise PydanticCustomError("flow.step-otherwise", "a condition needs the step that follows otherwise")
        return self

    @property
    def by_itself(self) -> bool:
        """Whether the house goes on without anybody: a fork or a decision."""
        return self.kind in (StepKind.PARALLEL, StepKind.ROUTE)

    @property
    def owned(self) -> Ownership:
        """Owner, law, clock and silence of a step in which somebody acts; a step ``by_itself`` has none of them.

        :raises ValueError: for a step that goes on by itself.
        """
        if self.role is None or self.law is None or self.clock is None or self.silence is None:
            raise ValueError(f"the step {self.code} goes on by itself")
        return Ownership(Holder(role=self.role, at=self.at), self.law, self.clock, self.silence)

    @property
    def holder(self) -> Holder:
        """Who holds the case in this step.

        :raises ValueError: for a step that goes on by itself.
        """
        return self.owned.holder

    def action(self, code: str) -> Action | None:
        """Return the action with this code, or None."""
        return next((action for action in self.actions if action.code == code), None)
