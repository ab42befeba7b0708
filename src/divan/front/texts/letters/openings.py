"""What is said of cases that letters open: why a letter opens none."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "letter-opens-no-case": {
        "not-received": _("Only a received letter opens a case."),
        "too-secret": _("The letter is classified too highly: a case is read by every post it passes."),
        "not-yours": _("Cases are opened by the secretariat that keeps the letter, or by whom it was referred to."),
        "erased": _("The content of the letter was erased."),
        "other-body": _("Another body gives this service. Send the letter on to it."),
        "own": _("Nobody enters a case of their own. Ask for the service in the portal."),
        "opened-before": _("This letter has opened a case of this service for the same person."),
    },
}

TONES: Mapping[str, str] = {}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "cases.letter-opens-no-case": (
        _("No case of this service can be opened from this letter."),
        _("It was not received, is too secret, is not yours to deal with, or has opened such a case before."),
        _("The page of the letter shows the cases it opened."),
    ),
}
