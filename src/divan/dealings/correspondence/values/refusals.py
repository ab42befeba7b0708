"""What correspondence refuses."""

from __future__ import annotations

from divan.foundation.errors import Refusal


class LetterUnknown(Refusal):
    """No such letter, or not for this reader."""

    code = "correspondence.letter-unknown"
    status = 404


class RegisterUnknown(Refusal):
    """The body has no secretariat register."""

    code = "correspondence.register-unknown"


class WorkUnknown(Refusal):
    """There is no such line in the worklist of this post."""

    code = "correspondence.work-unknown"
    status = 404


class LetterNotSigned(Refusal):
    """Only a fully signed letter can be filed."""

    code = "correspondence.letter-not-signed"


class SecrecyTooHigh(Refusal):
    """The class of secrecy is above the clearance of the post."""

    code = "correspondence.secrecy-too-high"
    status = 403


class LetterNotDraft(Refusal):
    """The letter is no draft any more, or is under way to its signatures."""

    code = "correspondence.letter-not-draft"


class NumberUnfit(Refusal):
    """The reserved number is used or given up, or is of another register or year."""

    code = "correspondence.number-unfit"


class YearClosed(Refusal):
    """The register's year is closed; nothing gets a number in it any more."""

    code = "correspondence.year-closed"


class SecretariatUnknown(Refusal):
    """There is no such secretariat, it is closed, or it is not one's own."""

    code = "correspondence.secretariat-unknown"
    status = 404


class FormulaUnfit(Refusal):
    """By this formula a register's numbers would not be told apart, or it is none."""

    code = "correspondence.formula-unfit"
    status = 422


class IntakeUnknown(Refusal):
    """Nothing such arrived, or not for this post."""

    code = "correspondence.intake-unknown"
    status = 404


class IntakeEnded(Refusal):
    """What arrived is registered, refused or known as a double already."""

    code = "correspondence.intake-ended"


class ReasonNeeded(Refusal):
    """The act is done only with its reason in writing."""

    code = "correspondence.reason-needed"
    status = 422


class LetterIsDouble(Refusal):
    """A letter of this sender with this number and year, or this file, was registered before."""

    code = "correspondence.letter-is-double"


class BackdatingNotAllowed(Refusal):
    """The post may not register under an earlier day."""

    code = "correspondence.backdating-not-allowed"
    status = 403


class DayUnfit(Refusal):
    """The day of registration lies in the future, or before the letter or its register can be."""

    code = "correspondence.day-unfit"
    status = 422


class CodeTaken(Refusal):
    """The code belongs to another secretariat, register or term."""

    code = "correspondence.code-taken"


class RegisterClosed(Refusal):
    """The register gives no numbers any more, or cannot be closed yet."""

    code = "correspondence.register-closed"


class SecretariatBusy(Refusal):
    """The secretariat cannot be closed while something waits there."""

    code = "correspondence.secretariat-busy"


class YearRuns(Refusal):
    """The running Jalali year of a register cannot be closed, nor one in which reserved numbers are open."""

    code = "correspondence.year-runs"


class CountUnfit(Refusal):
    """So many numbers cannot be reserved at once."""

    code = "correspondence.count-unfit"
    status = 422


class TermUnknown(Refusal):
    """The body has no such word in its basic information."""

    code = "correspondence.term-unknown"
    status = 404


class DispatchUnknown(Refusal):
    """There is no such sending, or it is not of a secretariat of this post."""

    code = "correspondence.dispatch-unknown"
    status = 404


class DispatchNotPossible(Refusal):
    """The sending stands where this cannot be done with it."""

    code = "correspondence.dispatch-not-possible"


class WayUnfit(Refusal):
    """The recipient cannot be reached by this way, or has no address there."""

    code = "correspondence.way-unfit"
    status = 422


class EvidenceMissing(Refusal):
    """What people carried is noted as sent only with its evidence."""

    code = "correspondence.evidence-missing"
    status = 422


class RecipientClosed(Refusal):
    """The recipient does not exist any more; its successor is named where one is known."""

    code = "correspondence.recipient-closed"


class PagesUnfit(Refusal):
    """The pages cannot be joined into one document: locked, broken, or too many."""

    code = "correspondence.pages-unfit"
    status = 422


class ReferralUnknown(Refusal):
    """No such referral, or not for this post."""

    code = "correspondence.referral-unknown"
    status = 404


class ReferralNotPossible(Refusal):
    """Nobody is named, the day is past, the words are too long, or the letter is a draft or closed."""

    code = "correspondence.referral-not-possible"
    status = 422


class ReferralAgainstChart(Refusal):
    """The chart of the body does not let this post refer to that one."""

    code = "correspondence.referral-against-chart"
    status = 403


class ReceiverNotCleared(Refusal):
    """The letter's secrecy is above the clearance of a post that should get it."""

    code = "correspondence.receiver-not-cleared"
    status = 422


class ReferralWaits(Refusal):
    """The post has this letter already and has not dealt with it."""

    code = "correspondence.referral-waits"


class ReferralOver(Refusal):
    """The referral was dealt with, sent back or recalled before."""

    code = "correspondence.referral-over"


class ReferralRead(Refusal):
    """What its receiver has read cannot be recalled."""

    code = "correspondence.referral-read"


class ReasonMissing(Refusal):
    """Something is done only with a reason, a report or a closing, and none was given."""

    code = "correspondence.reason-missing"
    status = 422


class LetterWaits(Refusal):
    """A letter is not closed while somebody still has it to deal with, or before it was sent or registered."""

    code = "correspondence.letter-waits"


class FollowUpUnknown(Refusal):
    """No such follow-up, or not this post's."""

    code = "correspondence.follow-up-unknown"
    status = 404


class FollowUpNotPossible(Refusal):
    """The day of a follow-up is past, or what it asks about is over."""

    code = "correspondence.follow-up-not-possible"
    status = 422


class StepUnknown(Refusal):
    """There is no such paraph or signature, or it is not this post's."""

    code = "correspondence.step-unknown"
    status = 404


class StepOver(Refusal):
    """The paraph or signature does not wait any more: it was given, or the letter was returned or withdrawn."""

    code = "correspondence.step-over"


class TextChanged(Refusal):
    """The letter's text is another one than was seen; ``version`` is the one that stands now."""

    code = "correspondence.text-changed"


class RouteUnfit(Refusal):
    """The route cannot be this; ``reason`` says why and ``names`` which posts are concerned."""

    code = "correspondence.route-unfit"
    status = 422


class RecipientsNotCleared(Refusal):
    """Recipients or posts of the route are not cleared for the letter's class of secrecy; ``names`` says which."""

    code = "correspondence.recipients-not-cleared"
    status = 422


class RecipientsUnfit(Refusal):
    """The recipients cannot be these: ``reason`` is ``outside`` of an internal letter, ``too-many``, or ``unknown``."""

    code = "correspondence.recipients-unfit"
    status = 422


class DraftIncomplete(Refusal):
    """Something without which no letter goes to signature is missing; ``missing`` names it."""

    code = "correspondence.draft-incomplete"
    status = 422


class LetterNumbered(Refusal):
    """The letter has its number; it can be neither withdrawn nor changed."""

    code = "correspondence.letter-numbered"


class SignerChanged(Refusal):
    """The letter names somebody else for this signature, who was in the post when the first signed."""

    code = "correspondence.signer-changed"


class SignedByHandUnfit(Refusal):
    """The letter waits for no signature by hand, or the scan is no picture or PDF."""

    code = "correspondence.signed-by-hand-unfit"


class TemplateUnknown(Refusal):
    """There is no such template, or it is not of this post's body."""

    code = "correspondence.template-unknown"
    status = 404


class GroupUnknown(Refusal):
    """There is no such group of recipients, or it is not of this post's body."""

    code = "correspondence.group-unknown"
    status = 404


class NameTaken(Refusal):
    """Another template or group has this name."""

    code = "correspondence.name-taken"
    status = 422


class CorrespondentUnknown(Refusal):
    """Nobody such is entered."""

    code = "correspondence.correspondent-unknown"
    status = 404


class CorrespondentUnfit(Refusal):
    """Somebody outside cannot be entered so; ``reason`` says why."""

    code = "correspondence.correspondent-unfit"
    status = 422


class TooManyFiles(Refusal):
    """A letter has at most so many attachments."""

    code = "correspondence.too-many-files"
    status = 422


class SearchUnfit(Refusal):
    """A saved search needs a name that is not taken, and a person has twenty at most."""

    code = "correspondence.search-unfit"
    status = 422


class HandOverNotPossible(Refusal):
    """A worklist goes to another post of the same body, by its holder or a superior, with a reason, once at a time."""

    code = "correspondence.hand-over-not-possible"
    status = 422


class LineStays(Refusal):
    """This line of the worklist cannot be dealt with so: it asks for its own page, or for another post."""

    code = "correspondence.line-stays"


class NobodyToRemind(Refusal):
    """Everybody chosen has answered, or nobody was chosen."""

    code = "correspondence.nobody-to-remind"
    status = 422
