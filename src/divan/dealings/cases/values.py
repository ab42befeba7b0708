"""What cases speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind


class CaseState(StrEnum):
    """Where a case stands.

    draft → open ⇄ correction → decided → closed; a draft may be abandoned, an open case withdrawn. In ``decided`` the
    decision is signed and numbered and its document is being made; in ``closed`` the applicant has it.
    """

    DRAFT = "draft"
    OPEN = "open"
    CORRECTION = "correction"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ABANDONED = "abandoned"


RUNNING = frozenset({CaseState.OPEN, CaseState.CORRECTION, CaseState.DECIDED})
"""States in which somebody still has to do something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedState:
    """What has become of a fact asked from a register for a case."""

    code: str
    state: str
    fields: Mapping[str, object]
    inquiry: UUID | None
    asked_at: datetime | None
    answered_at: datetime | None


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
    drafted_by: UUID
    drafted_in: UUID
    paraphs: tuple[Paraph, ...]
    signed_by: UUID | None
    signed_in: UUID | None
    signed_at: datetime | None
    letter: UUID | None
    document: UUID | None
    sealed_fact: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an officer gives with an action."""

    codes: tuple[str, ...] = ()
    text: str = ""
    note: str = ""


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


class CaseUnknown(Refusal):
    """No such case, or not for this reader: the two are not told apart."""

    code = "cases.case-unknown"
    status = 404


class ServiceNotElectronic(Refusal):
    """The service has a card but no form here."""

    code = "cases.service-not-electronic"


class AnswersRefused(Refusal):
    """Some answers of a page are no answers; ``faults`` says which and why."""

    code = "cases.answers-refused"
    status = 422


class NotADraft(Refusal):
    """The case was submitted before or is over; its answers stand."""

    code = "cases.not-a-draft"


class NotComplete(Refusal):
    """Something is still missing before the case can be submitted."""

    code = "cases.not-complete"
    status = 422


class CaseNotOpen(Refusal):
    """The case is not in a state in which this can be done."""

    code = "cases.case-not-open"


class TaskDone(Refusal):
    """Somebody has acted already: the step is over."""

    code = "cases.task-done"


class NotYourTask(Refusal):
    """The task waits for another post, or the post is no longer held."""

    code = "cases.not-your-task"
    status = 403


class ActionNotPossible(Refusal):
    """The flow does not allow this action here, or something it requires was not given; ``reason`` says which."""

    code = "cases.action-not-possible"
    status = 422


class NobodyResponsible(Refusal):
    """No post holds the role that a step needs, and none stands above it."""

    code = "cases.nobody-responsible"


class WithdrawalTooLate(Refusal):
    """The case has come too far to be withdrawn."""

    code = "cases.withdrawal-too-late"


class ReferralNotPossible(Refusal):
    """A referral goes to another post of the same body, and is answered once by its holder."""

    code = "cases.referral-not-possible"
    status = 422


class TrackingRefused(Refusal):
    """Number and secret do not belong together; which of them is wrong is not said."""

    code = "cases.tracking-refused"
    status = 404


DRAFT_STARTED = FactKind("cases.draft-started", "A person began an application on a pinned version of a service.")
DRAFT_SAVED = FactKind("cases.draft-saved", "A page of answers was saved.")
DRAFT_ABANDONED = FactKind(
    "cases.draft-abandoned", "A draft was given up by its applicant or expired, and its answers were erased."
)
NEED_ASKED = FactKind("cases.need-asked", "A fact was asked from a register for a case.")
NEED_ANSWERED = FactKind("cases.need-answered", "A register's answer, or its silence, was noted for a case.")
FILE_ADDED = FactKind("cases.file-added", "A scanned file was put to an application.")
FILE_REMOVED = FactKind("cases.file-removed", "A file was taken off an application before it was submitted.")
CASE_SUBMITTED = FactKind("cases.case-submitted", "An application was submitted and got its number; its clock began.")
CASE_MOVED = FactKind("cases.case-moved", "An officer's action, or silence, brought a case to another step.")
TASK_OPENED = FactKind("cases.task-opened", "A step began to wait for the holder of a post.")
TASK_DONE = FactKind("cases.task-done", "The holder of a post acted, or the declared consequence of silence did.")
TASK_ESCALATED = FactKind(
    "cases.task-escalated", "A clock ran out and the task went to the declared superior by itself."
)
CASE_REFERRED = FactKind("cases.case-referred", "The holder of a task referred it to a colleague with an instruction.")
REFERRAL_ANSWERED = FactKind("cases.referral-answered", "A referral was answered.")
REFERRAL_RECALLED = FactKind("cases.referral-recalled", "An unanswered referral fell away because the task was done.")
CORRECTION_ASKED = FactKind(
    "cases.correction-asked", "The applicant was asked to correct by requirement code; the clock paused."
)
CORRECTION_MADE = FactKind("cases.correction-made", "The applicant corrected; the clock runs on.")
DECISION_DRAFTED = FactKind("cases.decision-drafted", "An expert drafted the decision, or drafted it anew.")
DECISION_PARAPHED = FactKind("cases.decision-paraphed", "A superior put a paraph under the draft.")
DECISION_SIGNED = FactKind(
    "cases.decision-signed", "The signatory signed the decision under a number of the secretariat."
)
DECISION_ISSUED = FactKind(
    "cases.decision-issued", "The signed document of a decision exists and was put to its letter."
)
CASE_CLOSED = FactKind("cases.case-closed", "The applicant was told of the decision and can fetch it.")
CASE_WITHDRAWN = FactKind("cases.case-withdrawn", "The applicant withdrew the case.")
CASE_VIEWED = FactKind("cases.case-viewed", "An officer opened a case: at most once a day is noted.")
DAY_CLOSED = FactKind("cases.day-closed", "The province declared a day closed or lifted a holiday for its clocks.")
