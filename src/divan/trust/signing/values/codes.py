"""Verification codes: by one of them anybody finds what stands on a paper of the house."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from divan_libs.persian.text import latin_digits

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for a digit."""
CODE_LETTERS = 12
CODE_GROUP = 4

_CONFUSED = str.maketrans({"I": "1", "L": "1", "O": "0"})


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMark:
    """What a paper shows beside its verification code: where it is verified, and whether it is for trial alone.

    ``square_code`` is the address as SVG.
    """

    address: str
    square_code: str
    is_rehearsal: bool


def make_code(choose: Callable[[str], str]) -> str:
    """Return a new verification code, ``XXXX-XXXX-XXXX`` (60 bits); ``choose`` draws one letter of an alphabet."""
    letters = "".join(choose(CODE_ALPHABET) for _ in range(CODE_LETTERS))
    return "-".join(letters[at : at + CODE_GROUP] for at in range(0, CODE_LETTERS, CODE_GROUP))


def read_code(typed: str) -> str | None:
    """Return the code in what a person typed, or None: dashes, small letters, Persian digits, O for 0 pass."""
    letters = latin_digits(re.sub(r"[\s\u200c\u200e\u200f_.–-]", "", typed)).upper().translate(_CONFUSED)
    if len(letters) != CODE_LETTERS or any(letter not in CODE_ALPHABET for letter in letters):
        return None
    return "-".join(letters[at : at + CODE_GROUP] for at in range(0, CODE_LETTERS, CODE_GROUP))
