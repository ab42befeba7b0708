"""What is said of circulars and of letters that are moved in."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = Promise | str

WORDS: Mapping[str, Mapping[str, Text]] = {
    "answers-part": {
        "all": _("All recipients"),
        "unanswered": _("Without an answer"),
        "unread": _("Not read yet"),
        "answered": _("Answered"),
    },
}

TONES: Mapping[str, str] = {}

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "correspondence.import-unfit": (
        _("The folder holds no list of letters that can be read."),
        _("It needs letters.csv in UTF-8 with the columns that the guide names. Nothing was entered."),
        _("Look at the guide on moving letters in, and put the list right."),
    ),
    "correspondence.nobody-to-remind": (
        _("There is nobody to remind."),
        _("Nobody was marked, or everybody marked has answered."),
        _("Mark those whose answer is missing."),
    ),
}
