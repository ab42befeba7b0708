"""Persian text as people type it: normal form, digits, search, alphabetical order and decimal numbers."""

import re
import unicodedata
from decimal import Decimal

from divan_libs.persian.characters import (
    HAMZA_ABOVE,
    NORMALIZED,
    SEARCHED,
    TO_LATIN_DIGITS,
    TO_PERSIAN_DIGITS,
    ZWNJ,
)
from divan_libs.persian.collation import sort_key

__all__ = [
    "FIGURES",
    "PERSIAN_LETTER",
    "InvalidNumber",
    "latin_digits",
    "normalize",
    "number_with_slash",
    "parse_decimal",
    "persian_digits",
    "search_pattern",
    "search_terms",
    "search_text",
    "sort_key",
]

PERSIAN_LETTER = re.compile("[\u0600-\u06ef\u06fa-\u06ff]")
"""A letter or sign of the Arabic script that is no Persian digit."""

FIGURES = re.compile("[0-9۰-۹\u0621-\u06d3][0-9۰-۹\u0621-\u06d3\u200c ./:+_-]*", re.ASCII)
"""A number as offices write it: figures, Persian letters and signs between them."""

_ZWNJ_RUN = re.compile(f"{ZWNJ}{{2,}}")


class InvalidNumber(ValueError):
    """A text is no decimal number; ``code`` says why (``persian.number.form`` or ``persian.number.length``)."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"not a number: {reason}")
        self.code = f"persian.number.{reason}"
        self.reason = reason


def normalize(text: str) -> str:
    """Return ``text`` in the one form in which it is stored and compared.

    NFC; ي and ى become ی, ك becomes ک, shaped presentation forms become letters; bidi marks, tatweel, control
    characters and what PostgreSQL can't store are dropped; white space collapses to one space, at the ends to none.
    ZWNJ stays inside words, once. Lines, digits, vowel marks and the letters of neighbouring languages stay.
    """
    return "\n".join(_normal_line(line) for line in text.splitlines()).strip("\n")


def _normal_line(line: str) -> str:
    folded = unicodedata.normalize("NFC", line).translate(NORMALIZED)
    if HAMZA_ABOVE in folded:
        # Unicode composes hamza with ي only; with ی, and with what was ى, the pair is the same letter.
        folded = folded.replace("ی" + HAMZA_ABOVE, "ئ")
    words = folded.split()
    if ZWNJ in folded:
        words = [_ZWNJ_RUN.sub(ZWNJ, word.strip(ZWNJ)) for word in words]
        words = [word for word in words if word]
    # What was dropped may have stood between a letter and its mark.
    return unicodedata.normalize("NFC", " ".join(words))


def latin_digits(text: str) -> str:
    """Return ``text`` with Persian and Arabic-Indic digits as ASCII digits; nothing else changes."""
    return text.translate(TO_LATIN_DIGITS)


def persian_digits(text: str) -> str:
    """Return ``text`` with ASCII and Arabic-Indic digits as Persian digits; nothing else changes."""
    return text.translate(TO_PERSIAN_DIGITS)


def search_text(text: str, *, joined: bool = False) -> str:
    """Return the string in which the terms of :func:`search_terms` are looked for.

    Folds what typists do not agree on: ي/ی, ك/ک, the seats of hamza and madda (آ أ ؤ ئ), ة and ۀ, vowel marks,
    tatweel, digits of every script (to ASCII), capitals. A word with ZWNJ stands in it both closed up and parted.
    ``joined`` adds a copy without any space, so that علیآباد finds «علی آباد»; meant for names, not for prose.
    """
    folded = _folded_for_search(text)
    copies = [folded]
    if ZWNJ in folded:
        copies = [" ".join(folded.replace(ZWNJ, apart).split()) for apart in ("", " ")]
    if joined and " " in copies[-1]:
        copies.append(copies[-1].replace(" ", ""))
    return " ".join(dict.fromkeys(copies))


def search_terms(query: str) -> list[str]:
    """Return the terms of a query, each once, in their order; all must occur in a text's search text as substrings.

    Words part at spaces and at ZWNJ, so می‌رود asks for می and رود and finds می‌رود, می رود and میرود alike.
    An empty query has no terms. Terms may hold ``%`` and ``_``: escape them in LIKE.
    """
    return list(dict.fromkeys(_folded_for_search(query).replace(ZWNJ, " ").split()))


_VARIANTS: dict[str, list[str]] = {}
for _code, _folded in SEARCHED.items():
    if _folded and len(_folded) == 1 and chr(_code) < "\u2000":
        _VARIANTS.setdefault(_folded, []).append(chr(_code))


def search_pattern(term: str) -> str:
    """Return a regular expression that finds a term of :func:`search_terms` in a text as people typed it.

    For names in tables that keep no search text of their own; PostgreSQL and Python read it alike.
    """
    return "".join(
        f"[{re.escape(letter)}{''.join(map(re.escape, _VARIANTS[letter]))}]"
        if letter in _VARIANTS
        else re.escape(letter)
        for letter in term
    )


def _folded_for_search(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text.casefold()).translate(SEARCHED).split())


_MOST_DIGITS = 40
_SIGN = re.compile(r"[+\-\u2212]")
_PLAIN_NUMBER = re.compile(r"(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?", re.ASCII)
_SLASH_NUMBER = re.compile(r"\d+/\d+", re.ASCII)
_TO_ASCII_MARKS = str.maketrans("٫٬،", ".,,")


def parse_decimal(text: str) -> Decimal:
    """Read a decimal number as Persians write it: ``۱٬۲۳۴٫۵``, ``1,234.5``, ``۳/۲`` (3.2), signed or not.

    Thousands are grouped wholly or not at all; a comma never means a decimal point.

    :raises InvalidNumber: for anything else, and for more than 40 characters.
    """
    plain = latin_digits(normalize(text)).translate(_TO_ASCII_MARKS)
    if len(plain) > _MOST_DIGITS:
        raise InvalidNumber("length")
    sign = _SIGN.match(plain)
    body = plain[1:].lstrip() if sign else plain
    if "/" in body:
        size = number_with_slash(body)
    elif _PLAIN_NUMBER.fullmatch(body):
        size = Decimal(body.replace(",", ""))
    else:
        raise InvalidNumber("form")
    return -size if sign and sign[0] != "+" else size


def number_with_slash(text: str) -> Decimal:
    """Read an unsigned number whose decimal mark is the slash of Persian handwriting: ``۳/۲`` is 3.2.

    :raises InvalidNumber: unless there is one slash with digits on both sides, 40 characters at most.
    """
    plain = latin_digits(normalize(text))
    if len(plain) > _MOST_DIGITS:
        raise InvalidNumber("length")
    if not _SLASH_NUMBER.fullmatch(plain):
        raise InvalidNumber("form")
    return Decimal(plain.replace("/", "."))
