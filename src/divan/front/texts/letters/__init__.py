"""What is said of letters: words, tones and refusals, gathered from one module for each part of correspondence."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise

from divan.front.texts.letters import (
    archive,
    drafting,
    finding,
    marks,
    openings,
    referrals,
    secretariat,
    transport,
)

Text = Promise | str

_PARTS = (marks, referrals, drafting, secretariat, finding, transport, archive, openings)

WORDS: Mapping[str, Mapping[str, Text]] = {kind: words for part in _PARTS for kind, words in part.WORDS.items()}
TONES: Mapping[str, str] = {code: tone for part in _PARTS for code, tone in part.TONES.items()}
REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    code: texts for part in _PARTS for code, texts in part.REFUSALS.items()
}
