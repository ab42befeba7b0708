"""The normal form of the letters in a rich text, whatever runs they are spread over."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import groupby

from divan_libs.persian.characters import HAMZA_ABOVE, NORMALIZED, UNSEEN, ZWNJ
from divan_libs.richtext.documents import Mark, Run, Runs

Letters = list[tuple[str, Mark]]


def normal_runs(runs: Iterable[Run], *, persian_letters: bool) -> Runs:
    """Return the runs in normal form.

    White space, NBSP among it, becomes one space, and none beside a line break and at the ends. Bidi marks, tatweel and
    control characters are dropped, because the direction of a block and the page do their work. ZWNJ stays inside
    words, once. With ``persian_letters`` ي, ى and ك become ی and ک.
    """
    found = _joined(runs)
    while True:
        # What is dropped may have parted a letter from its mark, which now are one letter: until nothing changes.
        again = _joined(_spaced(Run(_folded(run.text, persian_letters), run.marks) for run in found))
        if again == found:
            return found
        found = again


def _folded(text: str, persian_letters: bool) -> str:
    spaced = "".join(" " if letter.isspace() and letter != "\n" else letter for letter in text)
    folded = unicodedata.normalize("NFC", spaced)
    folded = folded.translate(NORMALIZED if persian_letters else UNSEEN)
    if persian_letters and HAMZA_ABOVE in folded:
        # Unicode composes hamza with ي only, as in divan_libs.persian.text.
        folded = folded.replace("ی" + HAMZA_ABOVE, "ئ")
    return unicodedata.normalize("NFC", folded)


def _spaced(runs: Iterable[Run]) -> Iterator[Run]:
    kept: Letters = []
    for run in runs:
        for letter in run.text:
            _put(kept, letter, run.marks)
    while kept and kept[-1][0] in {" ", "\n", ZWNJ}:
        kept.pop()
    for marks, group in groupby(kept, key=lambda pair: pair[1]):
        yield Run("".join(letter for letter, _ in group), marks)


def _put(kept: Letters, letter: str, marks: Mark) -> None:
    last = kept[-1][0] if kept else "\n"
    if letter == ZWNJ:
        if last not in {" ", "\n", ZWNJ}:
            kept.append((letter, marks))
    elif letter not in {" ", "\n"}:
        kept.append((letter, marks))
    else:
        while kept and kept[-1][0] in {ZWNJ, " "}:
            before = kept.pop()
            # Of several spaces the first tells how they look.
            marks = before[1] if before[0] == " " else marks
        if kept and letter == "\n":
            # A break has no looks of its own; it takes those of the letter before: one way to write it.
            kept.append((letter, kept[-1][1]))
        elif kept and kept[-1][0] != "\n":
            kept.append((letter, marks))


def _joined(runs: Iterable[Run]) -> Runs:
    grouped = groupby((run for run in runs if run.text), key=lambda run: run.marks)
    return tuple(Run("".join(run.text for run in group), marks) for marks, group in grouped)
