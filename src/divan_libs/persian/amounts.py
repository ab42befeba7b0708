"""Sums of money and counts as people read them."""

import re
from decimal import Decimal
from typing import Literal

from persiantools.digits import to_word

from divan_libs.persian.text import InvalidNumber, latin_digits, normalize, persian_digits

LARGEST_RIALS = 10**16 - 1
"""The largest sum that has words: ten thousand trillion rials, a thousand trillion tomans, less one rial."""

_LEFT_TO_RIGHT_MARK, _MINUS = "\u200e", "\u2212"
_LONGEST_SUM = 18
_TOMAN = frozenset({"تومان", "تومن", "toman", "tomans"})
_TYPED = re.compile(r"(?P<sum>.*?)\s*(?P<unit>ریال|تومان|تومن|rials?|tomans?|irr)?", re.IGNORECASE | re.DOTALL)
_GROUPING = str.maketrans({"٬": None, ",": None, "،": None, " ": None, "\u200e": None, "\u200f": None, "\u2212": "-"})
_TO_PERSIAN_MARKS = str.maketrans(",.", "٬٫")


class AmountOutOfRange(ValueError):
    """A sum is negative or has no words; ``code`` is ``persian.amount.range``, ``amount`` the sum in rials."""

    code = "persian.amount.range"

    def __init__(self, amount: int) -> None:
        super().__init__(f"rials from 0 to {LARGEST_RIALS} have words, not {amount}")
        self.amount = amount


def format_number(number: int | Decimal, language: Literal["fa", "en"] = "fa") -> str:
    """Write a number in groups of three: ۱٬۲۳۴٬۵۶۷٫۵ or 1,234,567.5; decimals as given.

    A minus sign stands left of the digits also in a right-to-left line (a left-to-right mark goes before it).
    """
    size = f"{abs(number):,f}" if isinstance(number, Decimal) else f"{abs(number):,}"
    if language == "fa":
        size = persian_digits(size.translate(_TO_PERSIAN_MARKS))
        return f"{_LEFT_TO_RIGHT_MARK}{_MINUS}{size}" if number < 0 else size
    return f"{_MINUS}{size}" if number < 0 else size


def rials_in_words(amount: int, language: Literal["fa", "en"] = "fa") -> str:
    """Write a sum of rials with its tomans: in words for fa, ``۱۵۰٬۰۰۰ ریال (پانزده هزار تومان)``; in figures for en,
    ``150,000 rials (15,000 tomans)``.

    Ten rials are a toman; what is left over is named in rials.

    :raises AmountOutOfRange: for a negative sum and from 10^16 rials on.
    """
    if not 0 <= amount <= LARGEST_RIALS:
        raise AmountOutOfRange(amount)
    tomans, left_over = divmod(amount, 10)
    if language == "en":
        return _with_tomans_in_english(amount, tomans, left_over)
    if tomans and left_over:
        words = f"{to_word(tomans)} تومان و {to_word(left_over)} ریال"
    elif left_over:
        words = f"{to_word(left_over)} ریال"
    else:
        words = f"{to_word(tomans)} تومان"
    return f"{format_number(amount, 'fa')} ریال ({words})"


def parse_rials(text: str) -> int:
    """Read a sum as people type it: digits of any script, grouped or not, and perhaps a unit; «تومان» makes ten rials.

    :raises InvalidNumber: if it is no whole number.
    """
    found = _TYPED.fullmatch(normalize(text))
    digits = latin_digits(found["sum"]).translate(_GROUPING) if found else ""
    if found is None or not digits.removeprefix("-").isascii() or not digits.removeprefix("-").isdigit():
        raise InvalidNumber("form")
    if len(digits) > _LONGEST_SUM:
        raise InvalidNumber("length")
    in_tomans = (found["unit"] or "").lower() in _TOMAN
    return int(digits) * 10 if in_tomans else int(digits)


def _counted(number: int, unit: str) -> str:
    return f"{format_number(number, 'en')} {unit}" if number == 1 else f"{format_number(number, 'en')} {unit}s"


def _with_tomans_in_english(amount: int, tomans: int, left_over: int) -> str:
    rials = _counted(amount, "rial")
    if not tomans:
        return rials
    rest = f" and {_counted(left_over, 'rial')}" if left_over else ""
    return f"{rials} ({_counted(tomans, 'toman')}{rest})"
