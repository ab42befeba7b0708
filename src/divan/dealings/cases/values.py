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
    entry: str = "application"
    permit: UUID | None = None
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
    """What an outcome granted: in force, expired or revoked."""

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


class ObjectionNotPossible(Refusal):
    """There is no decision to object to, the service hears none, or the time for it is over; ``reason`` says which."""

    code = "cases.objection-not-possible"


class PermitUnknown(Refusal):
    """No such permit, or not for this reader: the two are not told apart."""

    code = "cases.permit-unknown"
    status = 404


class EntryNotPossible(Refusal):
    """A permit cannot be renewed, amended or revoked so, now or by this person; ``reason`` says why."""

    code = "cases.entry-not-possible"


class PauseNotPossible(Refusal):
    """The clocks cannot stand still for this reason in this step, or they do already."""

    code = "cases.pause-not-possible"


class NothingToPay(Refusal):
    """The case costs nothing now, or it was paid."""

    code = "cases.nothing-to-pay"


class MoveNotPossible(Refusal):
    """A case cannot be moved to another version; ``reasons`` says why."""

    code = "cases.move-not-possible"


class ConflictOfInterest(Refusal):
    """The officer is the applicant or stands for them, and may not act on this case."""

    code = "cases.conflict-of-interest"
    status = 403


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
DECISION_RECORDED = FactKind("cases.decision-recorded", "A decision that writes no letter was taken and recorded.")
DECISION_DEEMED = FactKind(
    "cases.decision-deemed", "Silence past the legal time decided a case by itself, under the seal of the body."
)
OPINION_SIGNED = FactKind("cases.opinion-signed", "An officer of another body signed an opinion under a number.")
OPINION_ISSUED = FactKind("cases.opinion-issued", "The signed letter of an opinion exists and stands in its case.")
OBJECTION_RAISED = FactKind("cases.objection-raised", "The applicant objected to a decision; another decider hears it.")
OBJECTION_ENDED = FactKind("cases.objection-ended", "An objection was decided: the decision stands, or was taken anew.")
CLOCK_PAUSED = FactKind("cases.clock-paused", "The clocks of a case stood still for a coded reason.")
CLOCK_RESUMED = FactKind("cases.clock-resumed", "The clocks of a case go on.")
TASK_CLOCK_SET = FactKind("cases.task-clock-set", "The end of a step's clock moved because the case stood still.")
ORDER_OPENED = FactKind("cases.order-opened", "A case began to follow a process at another body.")
ORDER_PUT = FactKind("cases.order-put", "Another body took an order of a case.")
ORDER_STATE_NOTED = FactKind("cases.order-state-noted", "The state of a process at another body was noted.")
DEADLINE_PASSED = FactKind(
    "cases.deadline-passed", "The deadline of a whole case passed, and its declared consequence came by itself."
)
AFTERCARE_BEGUN = FactKind("cases.aftercare-begun", "After the decision something remained to be done for a case.")
PERMIT_GRANTED = FactKind("cases.permit-granted", "A decision granted a permit.")
PERMIT_CHANGED = FactKind("cases.permit-changed", "A permit was renewed or amended by a later decision.")
PERMIT_REVOKED = FactKind("cases.permit-revoked", "A permit was revoked by a decision.")
PERMIT_EXPIRED = FactKind("cases.permit-expired", "The time of a permit was over.")
ENTRY_BEGUN = FactKind(
    "cases.entry-begun", "A later case about a permit began: renewal, amendment, revocation or reassessment."
)
INVOICE_ASKED = FactKind("cases.invoice-asked", "A case was reckoned and its fee became due.")
INVOICE_SETTLED = FactKind("cases.invoice-settled", "The fee of a case was paid.")
INVOICE_DROPPED = FactKind("cases.invoice-dropped", "The fee of a case fell away before it was paid.")
CASE_REPINNED = FactKind("cases.case-repinned", "A running case was moved to another version of its service.")
CASE_WITHDRAWN = FactKind("cases.case-withdrawn", "The applicant withdrew the case.")
CASE_VIEWED = FactKind("cases.case-viewed", "An officer opened a case: at most once a day is noted.")
DAY_CLOSED = FactKind("cases.day-closed", "The province declared a day closed or lifted a holiday for its clocks.")
