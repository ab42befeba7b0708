"""The lexemes by which letters are found: words, numbers in every spelling, and marks that no typed word is like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from divan_libs.persian.text import search_text

LONGEST_WORD = 60
MOST_WORDS = 4000
MOST_PARTS = 6
_WORD = re.compile(r"\w+")
_SEPARATORS = re.compile(r"[^\w]+|_+")


def words_of(text: str, *, joined: bool = False) -> list[str]:
    """Return the words of a text in the folded form, each once, in their order."""
    found = (word[:LONGEST_WORD] for word in _WORD.findall(search_text(text, joined=joined)))
    return list(dict.fromkeys(found))[:MOST_WORDS]


def number_parts(number: str) -> list[str]:
    """Return the parts of a number as it is looked for: folded, Latin digits, without leading zeros."""
    parts = [part for part in _SEPARATORS.split(search_text(number).replace(" ", "/")) if part]
    return [part.lstrip("0") or "0" if part.isdigit() else part for part in parts]


def number_lexemes(number: str) -> list[str]:
    """Return every spelling by which a number is found: any run of its parts, the whole also from the other side.

    ``ص/۱۴۰۳/۳۴۵`` is found by the whole, by ``1403/345``, ``345`` and ``345/1403/ص``, which is how right-to-left text
    shows it to some. Latin letters that a code and a count share («b12») are one part.
    """
    parts = number_parts(number)
    kept = parts[:MOST_PARTS]
    runs = [kept[start:end] for start in range(len(kept)) for end in range(start + 1, len(kept) + 1)]
    spelled = ["/".join(run) for run in [*runs, *(run[::-1] for run in runs if len(run) > 1)]]
    return [f"#{one[:LONGEST_WORD]}" for one in dict.fromkeys(spelled)]


def mark(name: str, value: object) -> str:
    """Return the lexeme of a mark; it holds a sign that no word has."""
    return f"@{name}:{value}"


def name_lexemes(side: str, names: Iterable[str]) -> list[str]:
    """Return the lexemes by which the words of a sender's or recipient's names are found on that side."""
    return [mark(side, word) for word in words_of(" ".join(names), joined=True)]


def keyword_lexeme(keyword: str) -> str:
    """Return the lexeme of a keyword as a whole."""
    return mark("keyword", " ".join(words_of(keyword))[:LONGEST_WORD])


def time_lexemes(body: int, at: datetime) -> list[str]:
    """Return the marks of body, year and month: a frequent word is looked for month by month, not in all letters."""
    return [
        mark("body", body),
        mark(f"year:{body}", at.year),
        mark(f"month:{body}", f"{at.year}-{at.month:02d}"),
    ]


def quoted(lexeme: str) -> str:
    """Return a lexeme as a tsquery takes it literally."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def any_of(lexemes: Iterable[str]) -> str:
    """Return the tsquery of any of some lexemes."""
    return "(" + " | ".join(quoted(one) for one in lexemes) + ")"


def text_query(text: str) -> list[str]:
    """Return the tsqueries that all must hold for what somebody typed.

    What holds a digit is a number in any spelling, or a word. ``*`` after three letters asks for a beginning.
    """
    found = []
    for typed in text.replace("\u200c", " ").split():
        words = words_of(typed)
        if not words:
            continue
        if any(letter.isdigit() for letter in typed):
            number = "#" + "/".join(number_parts(typed))[:LONGEST_WORD]
            found.append(f"({quoted(number)} | ({' & '.join(quoted(word) for word in words)}))")
        elif typed.endswith("*") and len(words[-1]) >= 3:
            found += [quoted(word) for word in words[:-1]] + [f"{quoted(words[-1])}:*"]
        else:
            found += [quoted(word) for word in words]
    return list(dict.fromkeys(found))


def unit_lexeme(unit: UUID) -> str:
    """Return the mark of a unit that wrote a letter, got it, or had it referred."""
    return mark("unit", unit.hex)
