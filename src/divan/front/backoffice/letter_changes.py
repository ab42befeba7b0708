"""What changed from one version of a letter to another, line by line and inside a line word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SAME, ADDED, REMOVED = "same", "added", "removed"

_WORDS = re.compile(r"\s+|[^\s]+")
LEAST_ALIKE = 0.4
"""Lines that share less than this are not shown as one line that was changed: nobody could read it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words: the same in both versions, added in the newer, or removed from the older."""

    what: str
    text: str


def changed_lines(older: Sequence[str], newer: Sequence[str]) -> list[tuple[Piece, ...]]:
    """Return the lines of two texts as pieces; a line that was changed stands once, with what was changed in it."""
    matcher = difflib.SequenceMatcher(None, older, newer, autojunk=False)
    found: list[tuple[Piece, ...]] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            found += [(Piece(SAME, line),) for line in older[start:end]]
        else:
            found += _replaced(older[start:end], newer[new_start:new_end])
    return found


def _replaced(older: Sequence[str], newer: Sequence[str]) -> Iterator[tuple[Piece, ...]]:
    """Yield lines that stand in place of others: pairs that are alike as one line, the rest taken out and put in."""
    for at in range(max(len(older), len(newer))):
        before, after = older[at : at + 1], newer[at : at + 1]
        pieces = _changed_words(before[0], after[0]) if before and after else None
        if pieces is not None:
            yield pieces
            continue
        yield from ((Piece(REMOVED, line),) for line in before)
        yield from ((Piece(ADDED, line),) for line in after)


def _changed_words(older: str, newer: str) -> tuple[Piece, ...] | None:
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if difflib.SequenceMatcher(None, older.split(), newer.split(), autojunk=False).ratio() < LEAST_ALIKE:
        return None
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    pieces: list[Piece] = []
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(SAME, "".join(before[start:end])))
            continue
        pieces += [Piece(REMOVED, "".join(before[start:end]))] if end > start else []
        pieces += [Piece(ADDED, "".join(after[new_start:new_end]))] if new_end > new_start else []
    return tuple(pieces)
