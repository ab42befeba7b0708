"""What is said of every letter: its state, secrecy, urgency and relations, and why it is refused."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "letter-state": {
        "draft": _("Draft"),
        "circulating": _("On the way to signature"),
        "numbered": _("Numbered, being signed"),
        "signed": _("Signed"),
        "filed": _("Filed"),
        "dispatched": _("Dispatched"),
        "registered": _("Registered"),
        "closed": _("Closed"),
        "discarded": _("Discarded"),
    },
    "direction": {"incoming": _("Incoming"), "outgoing": _("Outgoing"), "internal": _("Internal")},
    "secrecy": {
        "ordinary": _("Ordinary"),
        "confidential": _("Confidential"),
        "highly-confidential": _("Highly confidential"),
        "secret": _("Secret"),
        "top-secret": _("Top secret"),
    },
    "letter-relation": {"answers": _("In answer to"), "follows": _("Further to"), "revokes": _("Revokes")},
    "step": {"paraph": _("Paraph"), "signature": _("Signature")},
    "step-state": {
        "waiting": _("Not yet its turn"),
        "open": _("Waits here"),
        "done": _("Done"),
        "returned": _("Returned for correction"),
        "dropped": _("No longer needed"),
    },
    "recipient-role": {"main": _("Recipient"), "copy": _("Copy")},
}

TONES: Mapping[str, str] = {
    "circulating": "info",
    "dispatched": "good",
    "registered": "info",
    "discarded": "",
    "confidential": "waiting",
    "highly-confidential": "bad",
    "secret": "solid-bad",
    "top-secret": "solid-bad",
}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.letter-unknown": (_("This letter was not found."), "", ""),
    "correspondence.register-unknown": (
        _("This body has no secretariat register."),
        _("Without it no number can be given, and nothing was signed."),
        _("Have the register opened first."),
    ),
    "correspondence.secretariat-unknown": (
        _("There is no such secretariat."),
        _("It was closed, or it is not yours."),
        "",
    ),
    "correspondence.work-unknown": (
        _("This line is no longer in the worklist."),
        _("It was dealt with or handed on."),
        "",
    ),
    "correspondence.letter-not-signed": (_("Only a signed letter can be filed."), "", ""),
    "correspondence.letter-not-draft": (
        _("This letter cannot be changed any more."),
        _("It is on its way to signature, or it is signed."),
        _("Have it returned for correction, or write a new letter."),
    ),
    "correspondence.secrecy-too-high": (
        _("Your post is not cleared for this class of secrecy."),
        "",
        _("Choose a lower class, or ask for a clearance."),
    ),
    "correspondence.number-unfit": (
        _("This reserved number cannot be used."),
        _("It was used or given up, or belongs to another register."),
        _("Choose another reserved number, or take the next one."),
    ),
    "correspondence.year-closed": (
        _("The year of this register is closed."),
        _("Nothing gets a number in it any more."),
        "",
    ),
    "correspondence.formula-unfit": (
        _("By this formula two letters could get the same number."),
        _("A number has up to six parts: once the count, once the year, and a sign between them."),
        _("Change the parts or the sign."),
    ),
}
