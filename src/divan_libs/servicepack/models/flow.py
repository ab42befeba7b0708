"""States of a case, who holds it, what they may do, what silence means, and what a case grants in the end."""

from __future__ import annotations

from collections.abc import Iterator
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

    That of an answered place (or its ancestor at ``level``), a body, or the body in which the applicant works.
    """

    answer: Name | None = None
    level: PlaceLevel | None = None
    body: Slug | None = None
    of_applicant: Flag = False

    @model_validator(mode="after")
    def _one_of_them(self) -> Where:
        given = [self.answer is not None, self.body is not None, self.of_applicant]
        if sum(given) != 1 or (self.answer is None and self.level is not None):
            raise PydanticCustomError("flow.where", "an answer with its level, a body, or the applicant's own body")
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
    that the officer's own body signs and numbers with the action, such as a sealed opinion.
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


class Review(Part):
    """Objection (اعتراض) to an outcome: how long it may be raised, and the step that hears it.

    None of the steps behind ``start`` may belong to the role that signed.
    """

    clock: ClockLength
    start: Slug
    law: LawCode


class Effect(StrEnum):
    """What an outcome does to a permit: gives one, prolongs it, changes it, ends it, or leaves things as they are."""

    NONE = "none"
    GRANTS = "grants"
    RENEWS = "renews"
    AMENDS = "amends"
    REVOKES = "revokes"


class Absence(Part):
    """An outcome that makes somebody stand in for the applicant's posts: answers with the days and the substitute."""

    starts: Name
    ends: Name
    substitute: Name


class Outcome(Part):
    """How a case ends: the document that is signed, the message that is sent, and what it brings about.

    Without ``document`` the decision is recorded and told, but no letter is written. ``deemed`` allows it to come of
    silence: then the body's seal stands for the signature. ``then`` is the step of the aftercare (posting a booklet,
    paying out) that begins when the document is issued. ``records`` are outputs that other bodies may ask for.
    """

    code: Slug
    document: Slug | None = None
    message: Slug
    negative: Flag = False
    review: Review | None = None
    effect: Effect = Effect.NONE
    validity: ClockLength | None = None
    deemed: Flag = False
    then: Slug | None = None
    records: tuple[Slug, ...] = ()
    absence: Absence | None = None


class Withdrawal(Part):
    """The applicant may withdraw until the case reaches this step."""

    until: Slug


class Deadline(Part):
    """A clock over the whole case, from submission, with the consequence of silence; the steps' clocks run inside.

    That of the flow runs in applications; a later beginning has its own, or none.
    """

    clock: ClockLength
    law: LawCode
    silence: Silence


class EntryKind(StrEnum):
    """Why a later case about a given permit begins."""

    RENEWAL = "renewal"
    AMENDMENT = "amendment"
    REVOCATION = "revocation"
    REASSESSMENT = "reassessment"


class Entry(Part):
    """Another beginning than an application: it concerns a permit that an earlier case gave.

    The holder begins renewals and amendments, an officer (``by``) revocations, time itself reassessments (``every``).
    ``pages`` are the pages asked anew; other answers are carried over. A renewal opens ``opens_before`` the expiry.
    ``deadline`` is the clock over the whole of such a case: the application's own (``Flow.deadline``) does not run in
    it, or the silence of a body that examines a revocation would grant another permit.
    """

    code: Slug
    kind: EntryKind
    start: Slug
    law: LawCode
    pages: tuple[Slug, ...] = ()
    by: Holder | None = None
    every: ClockLength | None = None
    opens_before: ClockLength | None = None
    deadline: Deadline | None = None
    when: ExpressionText | None = None

    @model_validator(mode="after")
    def _of_its_kind(self) -> Entry:
        if (self.kind is EntryKind.REVOCATION) != (self.by is not None):
            raise PydanticCustomError("flow.entry-of-kind", "a revocation names the officer who begins it")
        if (self.kind is EntryKind.REASSESSMENT) != (self.every is not None):
            raise PydanticCustomError("flow.entry-of-kind", "a reassessment says how often it comes")
        if self.kind is not EntryKind.RENEWAL and self.opens_before is not None:
            raise PydanticCustomError("flow.entry-of-kind", "only a renewal opens some time before the expiry")
        return self


class Flow(Part):
    """All steps and outcomes; a service that is neither electronic nor a hand-off has none."""

    start: Slug | None = None
    steps: Annotated[Coded[Step], Field(max_length=60)] = ()
    outcomes: Coded[Outcome] = ()
    entries: Coded[Entry] = ()
    pauses: Coded[PauseReason] = ()
    deadline: Deadline | None = None
    withdrawal: Withdrawal | None = None
    acknowledgement: Slug | None = None
    correction_message: Slug | None = None
    asked_message: Slug | None = None

    def step(self, code: str) -> Step | None:
        """Return the step with this code, or None."""
        return next((step for step in self.steps if step.code == code), None)

    def outcome(self, code: str) -> Outcome | None:
        """Return the outcome with this code, or None."""
        return next((outcome for outcome in self.outcomes if outcome.code == code), None)

    def entry(self, code: str) -> Entry | None:
        """Return the entry with this code, or None."""
        return next((entry for entry in self.entries if entry.code == code), None)

    def deadline_of(self, entry: str = APPLICATION) -> Deadline | None:
        """Return the clock over a whole case that began so, or None if it has none."""
        if entry in ("", APPLICATION):
            return self.deadline
        found = self.entry(entry)
        return found.deadline if found is not None else None

    def deadlines(self) -> Iterator[Deadline]:
        """Yield the application's deadline and those of the later beginnings."""
        for deadline in (self.deadline, *(entry.deadline for entry in self.entries)):
            if deadline is not None:
                yield deadline

    def pause(self, code: str) -> PauseReason | None:
        """Return the reason for a pause with this code, or None."""
        return next((pause for pause in self.pauses if pause.code == code), None)

    def holders(self) -> Iterator[Holder]:
        """Yield everybody who may ever hold a case: owners, those above them, and who begins revocations."""
        for step in self.steps:
            if not step.by_itself:
                yield step.holder
            if step.silence is not None:
                yield from step.silence.to
        for deadline in self.deadlines():
            yield from deadline.silence.to
        for entry in self.entries:
            if entry.by is not None:
                yield entry.by

    def report_questions(self) -> Iterator[Question]:
        """Yield the questions that officers answer, step by step."""
        for step in self.steps:
            yield from step.report

    def track_codes(self) -> Iterator[str]:
        """Yield the codes of all tracks of all parallel steps."""
        for step in self.steps:
            for track in step.tracks:
                yield track.code
