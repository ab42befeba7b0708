"""Check digits of the numbers people copy by hand: ISO 7064 MOD 97-10 over decimal digits.

Two digits find every single wrong digit and every swap of neighbours (97 is a prime, greater than any difference of
two digits times nine), and all but about 1 in 97 of other errors. A lost leading zero is not found: number
series have a fixed width.
"""

import re

from divan_libs.persian.text import latin_digits, normalize

_BODY = re.compile(r"\d+(?:-\d+)*", re.ASCII)
_SEPARATORS = str.maketrans("", "", "- /\u2010\u2011\u2012\u2013\u2014\u2212")
_LONGEST = 40


class InvalidBody(ValueError):
    """A text cannot bear check digits; ``code`` is ``persian.check-digits.body``."""

    code = "persian.check-digits.body"

    def __init__(self) -> None:
        super().__init__("the body of a number is digits in groups parted by dashes, 38 at most")


def with_check_digit(body: str) -> str:
    """Return the number made of ``body`` and its two check digits, all in ASCII.

    ``1405000123`` gets them appended; ``1405-000123``, in groups, gets them as a last group.

    :raises InvalidBody: unless the body is digits, or groups of digits parted by single dashes, of 38 characters.
    """
    plain = latin_digits(body)
    if not _BODY.fullmatch(plain) or len(plain) > _LONGEST - 2:
        raise InvalidBody
    check = 98 - int(plain.replace("-", "") + "00") % 97
    return f"{plain}-{check:02}" if "-" in plain else f"{plain}{check:02}"


def bare_number(text: str) -> str:
    """Return a typed number as it is looked up: ASCII digits without spaces, dashes and slashes; no check is made."""
    return latin_digits(normalize(text)).translate(_SEPARATORS)


def is_valid_number(text: str) -> bool:
    """Tell whether a typed number (any digits, with spaces or dashes) bears the right check digits."""
    if len(text) > 2 * _LONGEST:
        return False
    bare = bare_number(text)
    return bare.isascii() and bare.isdigit() and 3 <= len(bare) <= _LONGEST and int(bare) % 97 == 1
