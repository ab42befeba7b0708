"""The facts of cases."""

from __future__ import annotations

from divan.foundation.kinds import FactKind

DRAFT_STARTED = FactKind("cases.draft-started", "A person began an application on a pinned version of a service.")
DRAFT_SAVED = FactKind("cases.draft-saved", "A page of answers was saved.")
DRAFT_ABANDONED = FactKind(
    "cases.draft-abandoned",
    "A draft was given up by its applicant or expired, and its answers were erased.",
    erases=True,
)
NEED_ASKED = FactKind("cases.need-asked", "A fact was asked from a register for a case.")
NEED_ANSWERED = FactKind("cases.need-answered", "A register's answer, or its silence, was noted for a case.")
NEED_DROPPED = FactKind(
    "cases.need-dropped",
    "A question to a register fell away with its answer: whom it was about is no longer named.",
    erases=True,
)
SIGNATURE_ASKED = FactKind("cases.signature-asked", "A second party was asked to sign under an application.")
SIGNATURE_GIVEN = FactKind(
    "cases.signature-given", "A second party signed the statement and the answers shown to them."
)
SIGNATURE_REFUSED = FactKind("cases.signature-refused", "A second party refused to sign.")
SIGNATURE_ENDED = FactKind(
    "cases.signature-ended",
    "A signature or the asking for it ended: the answers changed, its time is over, or the case.",
)
VISIT_BOOKED = FactKind("cases.visit-booked", "A time and seat for a visit were taken.")
VISIT_CANCELLED = FactKind("cases.visit-cancelled", "A visit was given up; its seat is free again.")
ADDITION_MADE = FactKind("cases.addition-made", "The applicant added a scanned file with a note to a case that runs.")
CASE_RATED = FactKind("cases.case-rated", "The applicant said how they were served in a case.")
BUNDLE_BEGUN = FactKind("cases.bundle-begun", "A person began a bundle; each chosen service became a draft.")
BUNDLE_JOINED = FactKind("cases.bundle-joined", "A draft became part of a person's bundle.")
BUNDLE_LEFT = FactKind("cases.bundle-left", "A case left the bundle it was begun in.")
BUNDLE_ANSWERED = FactKind("cases.bundle-answered", "What several services of a bundle ask was answered once for all.")
BUNDLE_SENT = FactKind("cases.bundle-sent", "Every application of a bundle was submitted.")
BUNDLE_GIVEN_UP = FactKind("cases.bundle-given-up", "A person gave a bundle up before it was sent.")
RECORD_PUBLISHED = FactKind("cases.record-published", "A decision became a record that other bodies may ask for.")
RECORD_ENDED = FactKind("cases.record-ended", "A record of a decision no longer holds; other bodies are not told it.")
OPENED_FROM_LETTER = FactKind(
    "cases.opened-from-letter", "A post of a body began an application for whoever a received letter came from."
)
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
TASK_RECUSED = FactKind(
    "cases.task-recused", "An officer may not decide in a case and handed the step to the next holder."
)
NOTE_WRITTEN = FactKind("cases.note-written", "An officer wrote an internal note in a case.")
REFERRAL_ANSWERED = FactKind("cases.referral-answered", "A referral was answered.")
REFERRAL_RECALLED = FactKind("cases.referral-recalled", "An unanswered referral fell away because the task was done.")
CORRECTION_ASKED = FactKind(
    "cases.correction-asked", "The applicant was asked to correct by requirement code; the clock paused."
)
ANSWERS_KEPT = FactKind(
    "cases.answers-kept", "The answers were kept as they stood, so that what a correction changes can be seen."
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
ORDER_ENDED = FactKind("cases.order-ended", "A case no longer follows a process at another body.")
ORDER_STATE_NOTED = FactKind("cases.order-state-noted", "The state of a process at another body was noted.")
DEADLINE_PASSED = FactKind(
    "cases.deadline-passed", "The deadline of a whole case passed, and its declared consequence came by itself."
)
AFTERCARE_BEGUN = FactKind("cases.aftercare-begun", "After the decision something remained to be done for a case.")
PERMIT_GRANTED = FactKind("cases.permit-granted", "A decision granted a permit.")
PERMIT_CHANGED = FactKind("cases.permit-changed", "A permit was renewed or amended by a later decision.")
PERMIT_REVOKED = FactKind("cases.permit-revoked", "A permit was revoked by a decision.")
PERMIT_EXPIRED = FactKind("cases.permit-expired", "The time of a permit was over.")
PERMIT_HANDED_BACK = FactKind("cases.permit-handed-back", "The holder handed a permit back.")
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
TASK_HANDED_OVER = FactKind(
    "cases.task-handed-over", "A step went to another post with the whole worklist of its post."
)
REFERRAL_HANDED_OVER = FactKind(
    "cases.referral-handed-over", "A referral went to another post with the whole worklist of its post."
)
