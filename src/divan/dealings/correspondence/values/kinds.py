"""The facts of correspondence."""

from __future__ import annotations

from divan.foundation.kinds import FactKind

REGISTER_OPENED = FactKind("correspondence.register-opened", "A secretariat register was opened for a body.")
LETTER_NUMBERED = FactKind(
    "correspondence.letter-numbered", "A letter got its number from the register, before it was signed."
)
LETTER_SIGNED = FactKind("correspondence.letter-signed", "The signed document of a numbered letter was put to it.")
LETTER_FILED = FactKind("correspondence.letter-filed", "The secretariat filed a signed letter.")
WORK_ARRIVED = FactKind("correspondence.work-arrived", "A case, letter or duty came to the worklist of a post.")
WORK_READ = FactKind(
    "correspondence.work-read", "The holder of the post opened a line of the worklist for the first time."
)
WORK_MOVED = FactKind(
    "correspondence.work-moved", "A line of a worklist went to another post, by escalation or referral."
)
WORK_DUE_SET = FactKind("correspondence.work-due-set", "The end of the clock of a line of a worklist moved.")
WORK_DONE = FactKind("correspondence.work-done", "A line left the worklist because it was acted upon or fell away.")
SECRETARIAT_OPENED = FactKind("correspondence.secretariat-opened", "A secretariat was opened for a body or a unit.")
LETTER_READ = FactKind("correspondence.letter-read", "Somebody opened, printed or took a letter.")
CLEARANCE_GRANTED = FactKind(
    "correspondence.clearance-granted", "A post got a clearance for a class of secrecy, or its clearance ended."
)
SECRETARIAT_CLOSED = FactKind("correspondence.secretariat-closed", "A secretariat was closed; nothing arrives there.")
SECRETARIAT_CHANGED = FactKind(
    "correspondence.secretariat-changed", "Name, address or settings of a secretariat changed."
)
REGISTER_CLOSED = FactKind("correspondence.register-closed", "A register was closed; it gives no numbers any more.")
FORMULA_CHANGED = FactKind(
    "correspondence.formula-changed", "The formula by which a register writes its next numbers changed."
)
YEAR_BEGUN = FactKind(
    "correspondence.year-begun", "A year of a register was begun by hand, with what proves the year before."
)
PAPER_GIVEN = FactKind(
    "correspondence.paper-given", "A secretariat gave out a receipt of a letter, or the proof of a register's year."
)
CREST_KEPT = FactKind("correspondence.crest-kept", "The crest on the letters of a body was laid down or taken away.")
YEAR_ENDED = FactKind("correspondence.year-ended", "A year of a register was closed by hand, with the reason.")
NUMBER_RESERVED = FactKind("correspondence.number-reserved", "A number was taken from a register before its letter.")
NUMBER_VOIDED = FactKind("correspondence.number-voided", "A reserved number was given up, with the reason.")
NUMBER_USED = FactKind("correspondence.number-used", "A reserved number was given to a letter.")
TERM_WRITTEN = FactKind("correspondence.term-written", "A word of the basic information was added, changed or ended.")
INTAKE_ARRIVED = FactKind("correspondence.intake-arrived", "Something arrived at a secretariat by some channel.")
INTAKE_ENDED = FactKind(
    "correspondence.intake-ended", "What arrived was registered as a letter, refused, or known as a double."
)
LETTER_REGISTERED = FactKind("correspondence.letter-registered", "A received letter got its number from a register.")
RECIPIENT_NAMED = FactKind("correspondence.recipient-named", "A recipient was written into a letter.")
RECIPIENT_ANSWERED = FactKind("correspondence.recipient-answered", "The answer of a letter's recipient was registered.")
RELATION_NAMED = FactKind("correspondence.relation-named", "A letter was related to another one.")
LETTER_FILE_ADDED = FactKind("correspondence.letter-file-added", "A file was put to a letter.")
DISPATCH_LAID = FactKind("correspondence.dispatch-laid", "A signed letter came to the dispatch desk for a recipient.")
DISPATCH_ROUTED = FactKind(
    "correspondence.dispatch-routed", "The way by which a letter goes to a recipient was chosen."
)
DISPATCH_SENT = FactKind("correspondence.dispatch-sent", "A letter left for a recipient, or was handed to its channel.")
DISPATCH_NOTED = FactKind(
    "correspondence.dispatch-noted", "Delivery, number at the other side, refusal or failure of a dispatch was noted."
)
LETTER_REFERRED = FactKind(
    "correspondence.letter-referred", "A post referred a letter to another post with an instruction."
)
REFERRAL_READ = FactKind("correspondence.referral-read", "The receiver of a referral read it for the first time.")
REFERRAL_REPORTED = FactKind("correspondence.referral-reported", "The receiver of a referral reported and closed it.")
REFERRAL_REFUSED = FactKind("correspondence.referral-refused", "The receiver of a referral sent it back with a reason.")
REFERRAL_RECALLED = FactKind("correspondence.referral-recalled", "The sender of a referral took it back unread.")
LETTER_CLOSED = FactKind("correspondence.letter-closed", "A letter on which nothing waits any more was closed.")
LETTER_REOPENED = FactKind("correspondence.letter-reopened", "A closed letter was opened again with a reason.")
FOLLOW_UP_OPENED = FactKind("correspondence.follow-up-opened", "A post wants an answer to a letter by a day.")
FOLLOW_UP_REMINDED = FactKind(
    "correspondence.follow-up-reminded", "A follow-up reminded, and the reminder was counted."
)
FOLLOW_UP_ESCALATED = FactKind(
    "correspondence.follow-up-escalated", "The superior of whoever has a letter heard that no answer came."
)
FOLLOW_UP_CLOSED = FactKind("correspondence.follow-up-closed", "A follow-up was closed with its reason.")
REFERRAL_RULE_SET = FactKind(
    "correspondence.referral-rule-set", "A body decided how far letters are referred in it and when it reminds."
)
REFERRAL_EXCEPTION_SET = FactKind(
    "correspondence.referral-exception-set", "A post was allowed or forbidden to refer to another, or this ended."
)
WORK_RENEWED = FactKind("correspondence.work-renewed", "Something new was noted on an open line; it is unread again.")
LETTER_DRAFTED = FactKind("correspondence.letter-drafted", "A letter was begun as a draft.")
DRAFT_CHANGED = FactKind("correspondence.draft-changed", "Words, marks or route of a draft changed.")
DRAFT_DISCARDED = FactKind(
    "correspondence.draft-discarded", "A draft was given up; it stays to be read by its drafter."
)
VERSION_KEPT = FactKind("correspondence.version-kept", "A version of a draft was kept as somebody left it.")
RECIPIENT_CHANGED = FactKind("correspondence.recipient-changed", "A recipient of a draft was changed or taken off.")
RELATION_REMOVED = FactKind("correspondence.relation-removed", "A draft does not refer to another letter any more.")
LETTER_FILE_REMOVED = FactKind("correspondence.letter-file-removed", "A file was taken off a draft.")
STEP_LAID = FactKind("correspondence.step-laid", "A paraph or signature was put on the route of a letter.")
STEP_REMOVED = FactKind("correspondence.step-removed", "A step was taken off the route of a draft.")
CIRCULATION_BEGUN = FactKind("correspondence.circulation-begun", "A draft went on its way to signature.")
STEP_OPENED = FactKind("correspondence.step-opened", "The turn of a paraph or signature came.")
STEP_DONE = FactKind("correspondence.step-done", "A post paraphed a letter, or gave its signature.")
STEP_RETURNED = FactKind(
    "correspondence.step-returned", "A post returned a letter for correction, or declined to sign."
)
STEP_DROPPED = FactKind("correspondence.step-dropped", "A step fell away with the round it belonged to.")
LETTER_RETURNED = FactKind("correspondence.letter-returned", "A letter went back to its drafter for correction.")
LETTER_WITHDRAWN = FactKind(
    "correspondence.letter-withdrawn", "A drafter took a letter back before its first signature."
)
LETTER_SEALED = FactKind(
    "correspondence.letter-sealed", "Text and number of a letter were laid down for the signatures asked for it."
)
SIGNATURES_BEGUN_ANEW = FactKind(
    "correspondence.signatures-begun-anew", "The signatures of a numbered letter are given anew under its number."
)
SCAN_PUT = FactKind("correspondence.scan-put", "The scan of a letter that was signed by hand was put to it.")
REMARK_WRITTEN = FactKind("correspondence.remark-written", "Somebody remarked on a letter.")
REMARK_SETTLED = FactKind("correspondence.remark-settled", "A remark on a letter was dealt with.")
TEMPLATE_WRITTEN = FactKind("correspondence.template-written", "A template of letters was written or changed.")
TEMPLATE_ENDED = FactKind("correspondence.template-ended", "A template of letters is not offered any more.")
CORRESPONDENT_WRITTEN = FactKind(
    "correspondence.correspondent-written", "Somebody outside was entered, or brought to a newer description."
)
CORRESPONDENT_CLOSED = FactKind("correspondence.correspondent-closed", "Somebody outside gets no letters any more.")
GROUP_WRITTEN = FactKind("correspondence.group-written", "A group of recipients was written or changed.")
GROUP_ENDED = FactKind("correspondence.group-ended", "A group of recipients is not offered any more.")
LETTER_DISPATCHED = FactKind(
    "correspondence.letter-dispatched", "A signed letter left the dispatch desk for the last of its recipients."
)
WORK_FLAGGED = FactKind("correspondence.work-flagged", "A line of a worklist was flagged, or its flag was taken away.")
SEARCH_SAVED = FactKind(
    "correspondence.search-saved", "Somebody kept filters of the worklist as a folder, or ended it."
)
HAND_OVER_ASKED = FactKind(
    "correspondence.hand-over-asked", "The open lines of a post were ordered to another post, with the reason."
)
HAND_OVER_ENDED = FactKind("correspondence.hand-over-ended", "Every line that could go to the other post has gone.")
DRAFT_HANDED_OVER = FactKind("correspondence.draft-handed-over", "A letter is written on in another post.")
STEP_HANDED_OVER = FactKind(
    "correspondence.step-handed-over", "Another post paraphs or signs a letter in place of the one on its route."
)
FOLLOW_UP_MOVED = FactKind("correspondence.follow-up-moved", "A follow-up goes on at another post, or of another post.")
RECEIPT_QUEUED = FactKind(
    "correspondence.receipt-queued", "The word on what became of a letter was laid ready for whoever sent it."
)
RECEIPT_SENT = FactKind("correspondence.receipt-sent", "The sender of a letter has the word on what became of it.")
RECEIPT_DEAD = FactKind(
    "correspondence.receipt-dead", "The sender of a letter could not be told what became of it; it may still ask."
)
ARCHIVE_CLASS_WRITTEN = FactKind(
    "correspondence.archive-class-written", "A class of the classification plan was written or changed."
)
ARCHIVE_CLASS_ENDED = FactKind(
    "correspondence.archive-class-ended", "No file is opened in a class of the classification plan any more."
)
ARCHIVE_FILE_OPENED = FactKind("correspondence.archive-file-opened", "A file was opened in a class of the archive.")
ARCHIVE_FILE_CHANGED = FactKind(
    "correspondence.archive-file-changed", "Title or class of secrecy of a file of the archive changed."
)
ARCHIVE_FILE_CLOSED = FactKind(
    "correspondence.archive-file-closed", "A file was closed; from this moment its time of retention runs."
)
ARCHIVE_FILE_REOPENED = FactKind("correspondence.archive-file-reopened", "A closed file was opened again.")
ARCHIVE_VOLUME_OPENED = FactKind("correspondence.archive-volume-opened", "A volume of a file was opened.")
ARCHIVE_VOLUME_CLOSED = FactKind("correspondence.archive-volume-closed", "A volume of a file was closed.")
LETTER_ARCHIVED = FactKind("correspondence.letter-archived", "A letter was put into a volume of a file.")
LETTER_TAKEN_OUT = FactKind("correspondence.letter-taken-out", "A letter was taken out of a file, with the reason.")
HOLD_LAID = FactKind("correspondence.hold-laid", "A file is kept while a proceeding lasts.")
HOLD_LIFTED = FactKind("correspondence.hold-lifted", "A file is not held any more.")
DISPOSAL_PROPOSED = FactKind("correspondence.disposal-proposed", "Files whose time is over were put on a list.")
DISPOSAL_DECIDED = FactKind(
    "correspondence.disposal-decided", "Another person than who proposed it approved or rejected a list."
)
DISPOSAL_CARRIED_OUT = FactKind(
    "correspondence.disposal-carried-out", "A file of an approved list was dealt with, or stayed for a reason."
)
DISPOSAL_DONE = FactKind("correspondence.disposal-done", "Every file of an approved list was dealt with.")
ARCHIVE_FILE_DISPOSED = FactKind(
    "correspondence.archive-file-disposed", "The content of a file was erased by an approved list."
)
CONTENT_ERASED = FactKind(
    "correspondence.content-erased", "What a letter said was erased with its file; its register's line stays."
)
CONTENT_OUTLIVED = FactKind(
    "correspondence.content-outlived",
    "What a version of a sent letter said, or what was refused, was erased after its year.",
    erases=True,
)
ARCHIVE_FILE_EXPORTED = FactKind(
    "correspondence.archive-file-exported", "A closed file was exported for transfer, under the digest of a manifest."
)
RECIPIENT_READ = FactKind(
    "correspondence.recipient-read", "A recipient inside the house read a letter: a post that got it opened it."
)
LETTER_MOVED_IN = FactKind(
    "correspondence.letter-moved-in", "A letter of the time before this system was entered under its old number."
)
PETITIONER_TOLD = FactKind(
    "correspondence.petitioner-told", "Who wrote in the portal was told of a number, a refusal or an answer."
)
