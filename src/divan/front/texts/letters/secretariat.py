"""What is said at the secretariat: channels, what arrived, what leaves, registers, and why it is refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "letter-channel": {
        "internal": _("Inside the system"),
        "exchange": _("Exchange between installations"),
        "ece": _("ECE by e-mail"),
        "folder": _("The body's other product"),
        "post": _("Post"),
        "courier": _("Courier"),
        "fax": _("Fax"),
        "by-hand": _("By hand"),
        "scan": _("Scanned"),
        "counter": _("Brought to the counter"),
        "e-mail": _("E-mail"),
        "portal": _("Petition in the portal"),
    },
    "intake-state": {
        "waiting": _("Waits to be registered"),
        "registered": _("Registered as a letter"),
        "refused": _("Refused"),
        "double": _("Double"),
        "broken": _("Could not be read"),
    },
    "petition-state": {
        "waiting": _("Sent, waits to be registered"),
        "answered": _("Answered"),
        "registered": _("Registered as a letter"),
        "refused": _("Not taken"),
        "double": _("Registered before"),
        "broken": _("Sent, waits to be registered"),
    },
    "dispatch-state": {
        "desk": _("At the desk"),
        "queued": _("Waits to leave"),
        "sent": _("Sent"),
        "delivered": _("Delivered"),
        "registered": _("Registered there"),
        "refused": _("Refused there"),
        "dead": _("Could not be delivered"),
        "dropped": _("Given up"),
    },
    "number-part": {
        "secretariat": _("Code of the secretariat"),
        "register": _("Code of the register"),
        "year": _("Year"),
        "short-year": _("Year in two digits"),
        "count": _("Count"),
        "unit": _("Unit"),
        "kind": _("Kind of letter"),
        "direction": _("Direction"),
        "class": _("Archive class"),
        "text": _("A text of your own"),
    },
    "term-category": {
        "letter-kind": _("Kinds of letters"),
        "subject-kind": _("Kinds of subjects"),
        "sending": _("Ways of sending"),
        "paper-state": _("State of the paper"),
        "copy-text": _("Texts of copies"),
        "instruction": _("Instructions of referrals"),
        "closing": _("Reasons for closing"),
    },
    "reserved-state": {"reserved": _("Reserved"), "used": _("Used"), "void": _("Given up")},
    "evidence": {
        "who": _("Who took it"),
        "tracking": _("Tracking number"),
        "on": _("Day"),
        "receipt": _("Receipt"),
    },
}

TONES: Mapping[str, str] = {
    "double": "",
    "broken": "bad",
    "desk": "waiting",
    "queued": "info",
    "delivered": "good",
    "dead": "bad",
    "dropped": "",
    "reserved": "waiting",
    "used": "good",
    "void": "",
}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.intake-unknown": (
        _("Nothing such arrived here."),
        _("It came to another secretariat, or it is not for your post."),
        "",
    ),
    "correspondence.intake-ended": (
        _("This was dealt with before."),
        _("A colleague registered or refused it. Nothing of yours was recorded."),
        _("Look for it among what was registered."),
    ),
    "correspondence.reason-needed": (
        _("This needs a reason in writing."),
        _("Nothing was changed."),
        _("Write why, and try again."),
    ),
    "correspondence.letter-is-double": (
        _("A letter like this was registered before."),
        _("It has the same number of the same sender in the same year, or the same file."),
        _("Mark it as a double, or say why it is registered again."),
    ),
    "correspondence.backdating-not-allowed": (
        _("Your post may not register under an earlier day."),
        "",
        _("Ask who is in charge of the secretariat, or register it under today."),
    ),
    "correspondence.day-unfit": (
        _("Nothing can be registered under this day."),
        _("It lies in the future, or before the secretariat was opened."),
        _("Choose another day."),
    ),
    "correspondence.code-taken": (
        _("This code cannot be used."),
        _("It belongs to another one, or holds other signs than small Latin letters, digits and hyphens."),
        _("Choose another code."),
    ),
    "correspondence.register-closed": (
        _("This register cannot be used or closed."),
        _("It is closed, or what the services issue is numbered by it."),
        "",
    ),
    "correspondence.secretariat-busy": (
        _("This secretariat cannot be closed now."),
        _("It is the central one, or something waits there to be registered or sent."),
        _("Deal with what waits first."),
    ),
    "correspondence.year-runs": (
        _("The running year is not closed."),
        "",
        _("It is closed after the new year has begun."),
    ),
    "correspondence.count-unfit": (
        _("So many numbers cannot be reserved at once."),
        "",
        _("Reserve between 1 and 100."),
    ),
    "correspondence.term-unknown": (_("There is no such word."), _("It was ended before."), ""),
    "correspondence.dispatch-unknown": (
        _("This sending was not found."),
        _("It is of another secretariat, or not for your post."),
        "",
    ),
    "correspondence.dispatch-not-possible": (
        _("This cannot be done with this sending now."),
        _("It left in the meantime, arrived, or was given up."),
        _("Look at where it stands."),
    ),
    "correspondence.way-unfit": (
        _("The recipient cannot be reached by this way."),
        _("No address of theirs is known for it."),
        _("Choose another way, or write the address among the correspondents."),
    ),
    "correspondence.evidence-missing": (
        _("What people carry is noted as sent with its evidence."),
        _("Post and fax need the tracking number; a courier or a delivery by hand the name of who took it."),
        _("Fill it in and send again."),
    ),
    "correspondence.recipient-closed": (
        _("The recipient does not exist any more."),
        _("Successor: %(successor)s"),
        _("Address a new letter to the successor."),
    ),
    "correspondence.not-in-charge": (
        _("This is for whoever is in charge of the secretariats of the body."),
        _("Nothing was changed."),
        _("Ask the head of the secretariat."),
    ),
    "correspondence.crest-unfit": (
        _("This picture cannot be the crest."),
        _("It must be a PNG or an SVG of at most 512 kilobytes that shows something and can be drawn on a letter."),
        _("Save it anew as a PNG with at least 480 pixels, and hand that in."),
    ),
    "correspondence.year-begun": (
        _("This year has begun already."),
        _("A number of it was given, or somebody began it by hand before."),
        "",
    ),
    "correspondence.pages-unfit": (
        _("The pages cannot be joined into one document."),
        _("One is protected by a password, damaged, or there are too many."),
        _("Scan them again, or hand in fewer at once."),
    ),
}
