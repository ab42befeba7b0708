"""Persian alphabetical order as a string that sorts by code point.

The key has two levels. The first spells the word in an alphabet of one ASCII character a letter, in the order
space < punctuation < digits < Persian letters < Latin < other scripts. The second, after a space, appears only where
the word holds what the first level does not see: hamza carriers, vowel marks, capitals, letters of neighbouring
languages, typographic variants of punctuation.
"""

import unicodedata
from collections.abc import Callable
from string import ascii_lowercase, digits

from divan_libs.persian.characters import (
    ALPHABET,
    HAMZA_ABOVE,
    HAMZA_CARRIERS,
    LETTER_VARIANTS,
    NORMALIZED,
    TO_LATIN_DIGITS,
    VOWEL_MARKS,
)

_ALPHABET_CODES = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh"
_OTHER_ARABIC_LETTER = "i"
_FIRST_LATIN = 0xC0
_PLAIN = "0"

# In the order of CLDR; the first of a group is its plain form.
_PUNCTUATION_GROUPS = ("_", "-", ",،", ";؛", ":", "!", "?؟", ".", "\"'«»“”‘’", "([{", ")]}", "/*@\\", "&#%٪†")
_FIRST_PUNCTUATION = 0x22
_OTHER_PUNCTUATION = chr(_FIRST_PUNCTUATION + len(_PUNCTUATION_GROUPS))


class _LearningTable(dict[int, str]):
    """A translation table that works out a character when it first meets it; bounded by the size of Unicode."""

    def __init__(self, known: dict[int, str], weigh: Callable[[str], str]) -> None:
        super().__init__(known)
        self._weigh = weigh

    def __missing__(self, code: int) -> str:
        weight = self[code] = self._weigh(chr(code))
        return weight


def _known_letters() -> tuple[dict[int, str], dict[int, str]]:
    """Return the two levels of the characters this module names itself."""
    first: dict[int, str] = {}
    second: dict[int, str] = {}
    for letter, code in zip(ALPHABET, _ALPHABET_CODES, strict=True):
        variants = HAMZA_CARRIERS if letter == "ء" else LETTER_VARIANTS.get(letter, "")
        for order, form in enumerate(letter + variants):
            first[ord(form)] = code
            second[ord(form)] = chr(ord(_PLAIN) + order)
    for group_order, group in enumerate(_PUNCTUATION_GROUPS):
        for order, form in enumerate(group):
            first[ord(form)] = chr(_FIRST_PUNCTUATION + group_order)
            second[ord(form)] = chr(ord(_PLAIN) + order)
    for order, form in enumerate(ascii_lowercase):
        first[ord(form)] = first[ord(form.upper())] = chr(_FIRST_LATIN + order)
        second[ord(form)], second[ord(form.upper())] = _PLAIN, chr(ord(_PLAIN) + 1)
    for code_point, digit in (TO_LATIN_DIGITS | {ord(digit): digit for digit in digits}).items():
        first[code_point], second[code_point] = digit, _PLAIN
    first[ord(" ")], second[ord(" ")] = "!", _PLAIN
    for order, mark in enumerate(VOWEL_MARKS, start=1):
        first[ord(mark)], second[ord(mark)] = "", chr(ord(_PLAIN) + order)
    return first, second


def _spelt(char: str) -> str:
    """Return what a compatibility form, a capital or an accented letter is made of."""
    return unicodedata.normalize("NFKD", char.casefold())


def _is_ignored(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def _first_level(char: str) -> str:
    """Return the letter under which a character is filed; nothing for what has no place of its own."""
    category = unicodedata.category(char)
    if _is_ignored(char) or category.startswith("M"):
        return ""
    if category == "Nd":
        return str(unicodedata.digit(char))
    spelt = _spelt(char)
    if spelt != char:
        return spelt.translate(_FIRST)
    if category[0] in "PSZ":
        return _OTHER_PUNCTUATION
    if unicodedata.name(char, "").startswith("ARABIC"):
        return _OTHER_ARABIC_LETTER
    return char


def _second_level(char: str) -> str:
    """Return what tells a character from its fellows of the first level."""
    if _is_ignored(char):
        return ""
    return _PLAIN if _first_level(char) == char or unicodedata.category(char) == "Nd" else char


_known_first, _known_second = _known_letters()
_FIRST = _LearningTable(_known_first, _first_level)
_SECOND = _LearningTable(_known_second, _second_level)


def sort_key(text: str) -> str:
    """Return a string whose code-point order is the Persian alphabetical order of ``text``.

    Store it under COLLATE "C". The order is CLDR's for fa: آ before ا, ه after و, پ چ ژ ک گ in their places, ئ ؤ أ with
    hamza. ي = ی, ك = ک and digits are equal in every script; ZWNJ, tatweel and bidi marks count for nothing; Latin
    follows Persian, capitals beside small letters. Equal keys mean texts that differ in nothing a reader sees, so
    order by the key and then by the row's id. Takes time in proportion to the text.
    """
    plain = unicodedata.normalize("NFC", text).translate(NORMALIZED)
    if HAMZA_ABOVE in plain:
        plain = plain.replace("ی" + HAMZA_ABOVE, "ئ")
    plain = " ".join(plain.split())
    second = plain.translate(_SECOND).rstrip(_PLAIN)
    first = plain.translate(_FIRST)
    return f"{first} {second}" if second else first
