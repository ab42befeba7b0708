"""The character tables behind text.py: what is folded, dropped or filed where.

Pure data, built once at import; every table is made for ``str.translate``.
"""

import unicodedata

ZWNJ = "\u200c"
HAMZA_ABOVE = "\u0654"

_ASCII_DIGITS = "0123456789"
_PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"

TO_LATIN_DIGITS: dict[int, str] = {
    ord(digit): latin
    for digits in (_PERSIAN_DIGITS, _ARABIC_DIGITS)
    for digit, latin in zip(digits, _ASCII_DIGITS, strict=True)
}
TO_PERSIAN_DIGITS: dict[int, str] = {
    ord(digit): persian
    for digits in (_ASCII_DIGITS, _ARABIC_DIGITS)
    for digit, persian in zip(digits, _PERSIAN_DIGITS, strict=True)
}

ALPHABET = "آاءبپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"

# Hamza and its carriers are one letter of the alphabet, between alef and beh (CLDR collation of fa).
HAMZA_CARRIERS = "أٲإٳؤئ"

# Letters of neighbouring languages and of other keyboards, filed under the Persian letter a reader looks for.
LETTER_VARIANTS = {
    "ا": "ٱ",
    "ت": "ټٹ",
    "د": "ڈډ",
    "ر": "ڑڕړ",
    "ف": "ڤ",
    "ک": "ڪګڭ",
    "ل": "ڵ",
    "ن": "ںڼ",
    "و": "ۆۇۈۋ",
    "ه": "ەہةۃۀۂھ",
    "ی": "ےېۍێۓ",
}

# Fatha, kasra, damma, then their nunated forms: the order in which CLDR parts words that differ in vowels alone.
VOWEL_MARKS = "\u064e\u0650\u064f\u064b\u064d\u064c"

_SAME_LETTER: dict[int, str | None] = {ord("ي"): "ی", ord("ى"): "ی", ord("ك"): "ک"}

_BIDI_MARKS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TATWEEL, _SOFT_HYPHEN, _WORD_JOINER, _BYTE_ORDER_MARK = 0x0640, 0x00AD, 0x2060, 0xFEFF
_CONTROLS = tuple(code for code in (*range(0x20), *range(0x7F, 0xA0)) if not chr(code).isspace())
# PostgreSQL stores neither NUL (among the controls) nor half a surrogate pair.
_SURROGATES = range(0xD800, 0xE000)
_UNSEEN: dict[int, str | None] = dict.fromkeys(
    (*_BIDI_MARKS, _TATWEEL, _SOFT_HYPHEN, _WORD_JOINER, _BYTE_ORDER_MARK, *_CONTROLS, *_SURROGATES)
)
# A zero-width space breaks a word where it stands exactly as ZWNJ does, so it becomes one.
_WORD_BREAK: dict[int, str | None] = {0x200B: ZWNJ}
UNSEEN: dict[int, str | None] = _UNSEEN | _WORD_BREAK


def _with_presentation_forms(table: dict[int, str | None]) -> dict[int, str | None]:
    """Add the shaped letters that old systems and copies from PDF yield, folded as the plain letters they show."""
    forms: dict[int, str | None] = {}
    for code in (*range(0xFB50, 0xFDF0), *range(0xFE80, 0xFEFD)):
        plain = unicodedata.normalize("NFKC", chr(code))
        if plain != chr(code) and not plain.startswith(" "):
            forms[code] = plain.translate(table)
    return table | forms


NORMALIZED = _with_presentation_forms(_SAME_LETTER | UNSEEN)

_COMBINING_MARKS = tuple(code for code in range(0x0610, 0x0700) if unicodedata.category(chr(code)) == "Mn")
_ZERO_WIDTH_JOINER = 0x200D

# Of 16,307 villages of 1399 named with آباد, 9,948 are written with اباد: madda is folded like the hamzas.
_CARRIERS_FOLDED: dict[int, str | None] = {
    **dict.fromkeys(map(ord, "آأٲإٳ"), "ا"),
    ord("ؤ"): "و",
    ord("ئ"): "ی",
}

SEARCHED = _with_presentation_forms(
    {ord(variant): letter for letter, variants in LETTER_VARIANTS.items() for variant in variants}
    | _CARRIERS_FOLDED
    | _SAME_LETTER
    | TO_LATIN_DIGITS
    | dict.fromkeys((*_COMBINING_MARKS, _ZERO_WIDTH_JOINER))
    | UNSEEN
)
