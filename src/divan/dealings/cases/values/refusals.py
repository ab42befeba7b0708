"""Why cases refuses."""

from __future__ import annotations

from divan.foundation.errors import Refusal


class CaseUnknown(Refusal):
    """No such case, or not for this reader: the two are not told apart."""

    code = "cases.case-unknown"
    status = 404


class ServiceNotElectronic(Refusal):
    """The service has a card but no form here."""

    code = "cases.service-not-electronic"


class LetterOpensNoCase(Refusal):
    """No case of this service is opened from this letter, by this post or for this applicant; ``reason`` says why."""

    code = "cases.letter-opens-no-case"


class AnswersRefused(Refusal):
    """Some answers of a page are no answers; ``faults`` says which and why."""

    code = "cases.answers-refused"
    status = 422


class AnswersOutdated(Refusal):
    """The answers are no longer those that were seen; what stands now must be read before it is changed."""

    code = "cases.answers-outdated"
    status = 412


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


class RecusalNotPossible(Refusal):
    """A recusal needs a reason, and somebody else who can take the step; ``reason`` says which is missing."""

    code = "cases.recusal-not-possible"
    status = 422


class NoteNotPossible(Refusal):
    """An internal note has words, and not too many; ``reason`` says which is wrong."""

    code = "cases.note-not-possible"
    status = 422


class AdditionNotPossible(Refusal):
    """Nothing can be added to this case now, or not so; ``reason`` says why."""

    code = "cases.addition-not-possible"


class RatingNotPossible(Refusal):
    """A case is rated once, by its applicant, after its answer; ``reason`` says what is amiss."""

    code = "cases.rating-not-possible"


class BundleRunUnknown(Refusal):
    """No such bundle was begun, or not by this person: the two are not told apart."""

    code = "cases.bundle-run-unknown"
    status = 404


class BundleOver(Refusal):
    """The bundle was sent or given up; what remains is done in its cases."""

    code = "cases.bundle-over"


class BundleNotComplete(Refusal):
    """An application of the bundle is not complete; ``services`` says which, and nothing was sent."""

    code = "cases.bundle-not-complete"
    status = 422


class TrackingRefused(Refusal):
    """Number and secret do not belong together; which of them is wrong is not said."""

    code = "cases.tracking-refused"
    status = 404


class SignatureNotPossible(Refusal):
    """The signature cannot be asked for or given now; ``reason`` says why."""

    code = "cases.signature-not-possible"


class SignatureUnknown(Refusal):
    """No such signature is asked of this person."""

    code = "cases.signature-unknown"
    status = 404


class AnswersChanged(Refusal):
    """The answers are other ones than those that were read; what stands now must be read before it is signed."""

    code = "cases.answers-changed"


class VisitNotPossible(Refusal):
    """The service asks for no visit of this kind, or not of this case."""

    code = "cases.visit-not-possible"
    status = 422


class TimeTaken(Refusal):
    """The time is no longer free."""

    code = "cases.time-taken"
