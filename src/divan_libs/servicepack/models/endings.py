"""How cases end, what that brings about, and later beginnings about what was granted."""

from __future__ import annotations

from enum import StrEnum

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.notation import (
    ClockLength,
    ExpressionText,
    Flag,
    LawCode,
    Name,
    Part,
    Slug,
)
from divan_libs.servicepack.models.steps import Holder, Silence


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
