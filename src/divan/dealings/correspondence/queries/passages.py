"""The piece of a text in which words that were looked for stand, cut so that a line of a list can show it."""

from __future__ import annotations

import re

from divan.dealings.correspondence.values import Passage
from divan_libs.persian.text import search_pattern

AROUND = 90
"""Characters shown before the first hit, and twice as many after it, rounded to words."""

SHORT = 3
"""Shorter words are marked only where they stand alone."""


def passage_of(text: str, words: list[str], *, whole: bool = False, file_name: str = "") -> Passage:
    """Return a text with its hits marked; cut around the first one unless the whole is wanted."""
    pattern = _pattern(words)
    first = pattern.search(text) if pattern else None
    begin, end = (0, len(text)) if whole else _cut(text, first.start() if first else 0)
    runs: list[tuple[str, bool]] = [("… ", False)] if begin else []
    place = begin
    for hit in pattern.finditer(text, begin, end) if pattern else ():
        runs += [(text[place : hit.start()], False), (hit[0], True)]
        place = hit.end()
    runs += [(text[place:end], False), (" …" if end < len(text) else "", False)]
    return Passage(runs=tuple(run for run in runs if run[0]), file_name=file_name)


def _pattern(words: list[str]) -> re.Pattern[str] | None:
    ends = [search_pattern(word) + (r"\w*" if len(word) >= SHORT else r"(?!\w)") for word in words if word]
    return re.compile(rf"(?<!\w)(?:{'|'.join(ends)})", re.IGNORECASE) if ends else None


def _cut(text: str, place: int) -> tuple[int, int]:
    begin = max(text.rfind(" ", 0, max(place - AROUND, 0)) + 1, 0) if place > AROUND else 0
    stop = text.find(" ", place + 2 * AROUND)
    return begin, len(text) if stop < 0 else stop
