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
