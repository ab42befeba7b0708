"""Cases, their steps, decisions and what belongs to them, as others see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class CaseState(StrEnum):
    """Where a case stands.

    draft → open ⇄ correction → decided → closed; a draft may be abandoned, an open case withdrawn. In ``payment`` the
    case waits for a fee that is due on its way. In ``decided`` the decision is signed and numbered and its document is
    being made; in ``closed`` the applicant has it; in ``aftercare`` as well, but something is still to be done, such as
    posting a booklet. An objection opens a closed case again.
    """

    DRAFT = "draft"
    OPEN = "open"
    CORRECTION = "correction"
    PAYMENT = "payment"
    DECIDED = "decided"
    AFTERCARE = "aftercare"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ABANDONED = "abandoned"


RUNNING = frozenset({CaseState.OPEN, CaseState.CORRECTION, CaseState.PAYMENT, CaseState.DECIDED, CaseState.AFTERCARE})
"""States in which somebody still has to do something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedState:
    """What has become of a fact asked from a register for a case, about one subject.

    ``reused`` tells that the answer was given for another question before, at ``answered_at``.
    """

    code: str
    subject: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    state: str
    fields: Mapping[str, object]
    inquiry: UUID | None
    asked_at: datetime | None
    answered_at: datetime | None
    reused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature that is asked of a second party, or was given.

    ``digest`` names what is signed: the statement and the answers as they stood.
    """

    uuid: UUID
    case: UUID
    need: str
    signer_code: str
    state: str
    digest: str
    note: str
    signed_by: UUID | None
    asked_at: datetime
    answered_at: datetime | None
    until: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """A time at which a visit is possible, with how many seats are still free."""

    starts_at: datetime
    ends_at: datetime
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A visit that was booked."""

    uuid: UUID
    case: UUID
    case_number: str
    need: str
    body: str
    starts_at: datetime
    ends_at: datetime
    seat: int
    booked_at: datetime
    cancelled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What other bodies are told about a subject."""

    uuid: UUID
    case: UUID
    record: str
    data_service: str
    subject: str
    fields: Mapping[str, object]
    published_at: datetime
    valid_until: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case as others see it."""

    uuid: UUID
    number: str
    state: CaseState
    version: UUID
    service_code: str
    applicant: UUID
    language: str
    answers: Mapping[str, object]
    needs: tuple[NeedState, ...]
    step: str
    outcome: str
    started_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime | None
    place_code: str
    correction_codes: tuple[str, ...] = ()
    correction_note: str = ""
    entry: str = "application"
    permit: UUID | None = None
    channel: str = "internet"
    tracks: Mapping[str, str] = field(default_factory=dict)
    reports: Mapping[str, object] = field(default_factory=dict)
    deemed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A step that waits, or waited, for the holder of a post."""

    uuid: UUID
    case: UUID
    step: str
    post: UUID
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    action: str
    codes: tuple[str, ...]
    text: str
    note: str
    done_by: UUID | None
    done_in_post: UUID | None
    escalated_at: datetime | None
    track: str = ""
    report: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """An instruction (ارجاع) from the holder of a task to a colleague, and the answer."""

    uuid: UUID
    task: UUID
    from_post: UUID
    to_post: UUID
    instruction: str
    due_at: datetime | None
    sent_at: datetime
    answer: str
    answered_at: datetime | None
    recalled_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paraph:
    """A superior's paraph under a draft."""

    person: UUID
    post: UUID
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision of a case: drafted, paraphed, signed, issued."""

    uuid: UUID
    case: UUID
    state: str
    version: int
    outcome: str
    codes: tuple[str, ...]
    text: str
    drafted_by: UUID | None
    drafted_in: UUID | None
    paraphs: tuple[Paraph, ...]
    signed_by: UUID | None
    signed_in: UUID | None
    signed_at: datetime | None
    letter: UUID | None
    document: UUID | None
    sealed_fact: UUID | None
    number: int = 1
    deemed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """An objection to a decision, and what became of it: heard, upheld (the decision stands) or accepted."""

    uuid: UUID
    case: UUID
    decision: UUID
    text: str
    raised_at: datetime
    state: str
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permit:
    """What an outcome granted: in force, expired, revoked or handed back by its holder (``returned``)."""

    uuid: UUID
    number: str
    case: UUID
    holder: UUID
    service_code: str
    state: str
    starts_at: datetime
    ends_at: datetime | None
    assess_at: datetime | None
    document: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideOrder:
    """The outside process that a waiting step follows."""

    uuid: UUID
    task: UUID
    case_number: str
    data_service: str
    fields: Mapping[str, str]
    message_id: UUID
    state: str
    reference: str
    put_at: datetime | None
    asked_at: datetime | None
    next_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseInvoice:
    """What a case has to pay, and whether it did."""

    invoice: UUID
    amount: int
    state: str
    issued_at: datetime
    paid_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an officer gives with an action; ``report`` holds what was typed for the questions of the step."""

    codes: tuple[str, ...] = ()
    text: str = ""
    note: str = ""
    report: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the applicant takes away from a submission; the secret opens the tracking page without signing in."""

    number: str
    secret: str
    case: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One thing that happened in a case."""

    at: datetime
    kind: str
    actor: Mapping[str, str]
    data: Mapping[str, object]
    position: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyFigures:
    """What was asked, answered and late in one county."""

    county_code: str
    county: str
    received: int
    answered: int
    open: int
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFigures:
    """What became of the cases of a service that were received since a moment; ``mean_hours`` is None for none decided.

    ``late`` counts the decisions that came after the day which was promised.
    """

    received: int
    decided: int
    mean_hours: float | None
    late: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bottleneck:
    """A post with what waits there and what is late."""

    post: UUID
    waiting: int
    late: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """Why one answer of a page was not taken; ``at`` says at which row or part of it: ``0.child.born_on``."""

    question: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    at: str = ""
