"""Iranian identifiers as people type them: with spaces, dashes and digits of any of three scripts.

Each ``parse_…`` returns the one stored form in ASCII or raises :class:`InvalidIdentifier`. Nothing is guessed: short
input is not padded. Whether an identifier exists, and whose it is, only its register knows.
"""

import re

from divan_libs.persian.text import latin_digits, normalize

# Tatweel is what a Persian keyboard yields for shift and dash.
_SEPARATORS = str.maketrans("", "", "-_ـ\u2010\u2011\u2012\u2013\u2014\u2212\u00ad")
_UNSEEN = re.compile("[\\s\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\u061c\ufeff]+")
_LONGEST_TEXT = 100

_LEGAL_ID_WEIGHTS = (29, 27, 23, 19, 17)
_USUAL_POSTAL_CODE = re.compile(r"(?!(\d)\1{3})[13-9]{4}[1346-9][013-9]{5}", re.ASCII)
_SHEBA_COUNTRY = "1827"
_PLATE = re.compile(r"(\d\d)(الف|[آ-ی]|d|s)(\d{3})(?:ایران|ir|iran)?(\d\d)", re.ASCII | re.IGNORECASE)
_PLATE_LETTERS = frozenset("ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی") | {"الف", "d", "s"}
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?P<domain>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])",
    re.ASCII | re.IGNORECASE,
)
_LONGEST_EMAIL, _LONGEST_MAILBOX = 254, 64
_MASKED_MOBILE = re.compile(r"09\d{2}\*{3}\d{4}", re.ASCII)


class InvalidIdentifier(ValueError):
    """A text is no identifier of its kind.

    ``code`` is ``persian.KIND.REASON``, of the attributes ``kind`` (``national-code``, ``legal-id``, ``mobile``,
    ``postal-code``, ``sheba``, ``plate``, ``email``, ``foreigner-id``) and ``reason`` (``form``, ``length``,
    ``digits``, ``all-equal``, ``serial-zero``, ``check-digit``, ``prefix``). The text itself is left out: it may name
    a person, and errors are logged.
    """

    def __init__(self, kind: str, reason: str) -> None:
        super().__init__(f"not a {kind}: {reason}")
        self.code = f"persian.{kind}.{reason}"
        self.kind = kind
        self.reason = reason


def _bare(text: str, kind: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise InvalidIdentifier(kind, "length")
    return latin_digits(_UNSEEN.sub("", text).translate(_SEPARATORS))


def _digits(text: str, length: int, kind: str) -> str:
    bare = _bare(text, kind)
    if bare and not (bare.isascii() and bare.isdigit()):
        raise InvalidIdentifier(kind, "digits")
    if len(bare) != length:
        raise InvalidIdentifier(kind, "length")
    return bare


def _national_check_digit(nine: str) -> str:
    remainder = sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
    return str(remainder if remainder < 2 else 11 - remainder)


def parse_national_code(text: str) -> str:
    """Return a person's national code (کد ملی) as ten ASCII digits.

    :raises InvalidIdentifier: ``digits``, ``length``, ``all-equal`` and ``serial-zero`` (both satisfy the check
        digit and are issued to nobody), ``check-digit``.
    """
    code = _digits(text, 10, "national-code")
    _require_issuable(code)
    if code[9] != _national_check_digit(code[:9]):
        raise InvalidIdentifier("national-code", "check-digit")
    return code


def _require_issuable(code: str) -> None:
    if len(set(code)) == 1:
        raise InvalidIdentifier("national-code", "all-equal")
    if code[3:9] == "000000":
        raise InvalidIdentifier("national-code", "serial-zero")


def national_code_with_check_digit(nine: str) -> str:
    """Return the national code whose first nine digits are given: for invented people.

    :raises InvalidIdentifier: ``digits``, ``length`` of the nine; ``all-equal``, ``serial-zero`` of the code they make.
    """
    body = _digits(nine, 9, "national-code")
    code = body + _national_check_digit(body)
    _require_issuable(code)
    return code


def parse_legal_id(text: str) -> str:
    """Return the national id of a legal entity (شناسه ملی) as eleven ASCII digits.

    :raises InvalidIdentifier: ``digits``, ``length``, ``all-equal``, ``check-digit``.
    """
    code = _digits(text, 11, "legal-id")
    if len(set(code)) == 1:
        raise InvalidIdentifier("legal-id", "all-equal")
    shift = int(code[9]) + 2
    total = sum((int(digit) + shift) * _LEGAL_ID_WEIGHTS[place % 5] for place, digit in enumerate(code[:10]))
    if total % 11 % 10 != int(code[10]):
        raise InvalidIdentifier("legal-id", "check-digit")
    return code


def parse_mobile(text: str) -> str:
    """Return an Iranian mobile number as ``09xxxxxxxxx``; +98, 0098, 98 or nothing may stand for its first zero.

    Which operator owns a prefix changes from year to year and is not asked.

    :raises InvalidIdentifier: ``digits``, ``length``, ``prefix`` (not a mobile number of Iran).
    """
    bare = _bare(text, "mobile").removeprefix("+")
    if bare and not (bare.isascii() and bare.isdigit()):
        raise InvalidIdentifier("mobile", "digits")
    national = bare.removeprefix("00") if bare.startswith("00") else bare
    if national.startswith("98") and len(national) > 10:
        national = national.removeprefix("98")
    national = national.removeprefix("0")
    if len(national) != 10:
        raise InvalidIdentifier("mobile", "length")
    if not national.startswith("9"):
        raise InvalidIdentifier("mobile", "prefix")
    return f"0{national}"


def mask_mobile(mobile: str) -> str:
    """Return a mobile number as it may be shown to someone who is not its owner: ``0912***4567``.

    :raises InvalidIdentifier: when it is no mobile number.
    """
    number = parse_mobile(mobile)
    return f"{number[:4]}***{number[7:]}"


def is_mobile_masked(text: str) -> bool:
    """Tell whether a text is what :func:`mask_mobile` returns."""
    return _MASKED_MOBILE.fullmatch(text) is not None


def parse_postal_code(text: str) -> str:
    """Return a postal code (کد پستی) as ten ASCII digits. It has no check digit; the Post's register decides.

    :raises InvalidIdentifier: ``digits``, ``length``, ``all-equal``.
    """
    code = _digits(text, 10, "postal-code")
    if len(set(code)) == 1:
        raise InvalidIdentifier("postal-code", "all-equal")
    return code


def is_usual_postal_code(code: str) -> bool:
    """Tell whether a parsed postal code has the pattern that developers know: a reason to ask again, never to refuse.

    The pattern is a convention without an official text, and newer codes may not have it.
    """
    return _USUAL_POSTAL_CODE.fullmatch(code) is not None


def parse_sheba(text: str) -> str:
    """Return a bank account number (شبا, ISO 13616) as ``IR`` and 24 digits; ``IR`` may be left out or small.

    :raises InvalidIdentifier: ``prefix`` (another country), ``digits``, ``length``, ``check-digit``.
    """
    bare = _bare(text, "sheba").upper()
    country = bare[:2]
    if country.isascii() and country.isalpha():
        if country != "IR":
            raise InvalidIdentifier("sheba", "prefix")
        bare = bare[2:]
    digits = _digits(bare, 24, "sheba")
    if int(digits[2:] + _SHEBA_COUNTRY + digits[:2]) % 97 != 1:
        raise InvalidIdentifier("sheba", "check-digit")
    return f"IR{digits}"


def parse_foreigner_id(text: str, *, shortest: int, longest: int) -> str:
    """Return the inclusive id of a foreign national (شناسه فراگیر) as ASCII digits.

    Its length and check rule are in no official text that could be found, so the caller says which lengths it takes.

    :raises InvalidIdentifier: ``digits``, ``length``, ``all-equal``.
    """
    bare = _bare(text, "foreigner-id")
    if bare and not (bare.isascii() and bare.isdigit()):
        raise InvalidIdentifier("foreigner-id", "digits")
    if not shortest <= len(bare) <= longest:
        raise InvalidIdentifier("foreigner-id", "length")
    if len(set(bare)) == 1 and len(bare) > 1:
        raise InvalidIdentifier("foreigner-id", "all-equal")
    return bare


def parse_email(text: str) -> str:
    """Return an e-mail address, its domain in small letters. ASCII alone is taken, as most receivers do.

    :raises InvalidIdentifier: ``length``, ``form``.
    """
    bare = latin_digits(_UNSEEN.sub(" ", text).strip())
    if len(bare) > _LONGEST_EMAIL:
        raise InvalidIdentifier("email", "length")
    found = _EMAIL.fullmatch(bare)
    mailbox, _, domain = bare.rpartition("@")
    if found is None or len(mailbox) > _LONGEST_MAILBOX:
        raise InvalidIdentifier("email", "form")
    return f"{mailbox}@{domain.lower()}"


def parse_plate(text: str) -> str:
    """Return a vehicle's plate as ``12ب345-67``: two digits, the letter (``الف`` in full), three digits, the region.

    Spaces, dashes and the word «ایران» before the region may stand or lack. Which letters and regions are issued is
    the traffic police's to say and is not asked.

    :raises InvalidIdentifier: ``length``, ``form``.
    """
    bare = normalize(_bare(text, "plate")).replace("|", "").replace("/", "")
    found = _PLATE.fullmatch(bare)
    if found is None or found[2].lower() not in _PLATE_LETTERS:
        raise InvalidIdentifier("plate", "form")
    letter = "الف" if found[2] == "ا" else found[2].upper()
    return f"{found[1]}{letter}{found[3]}-{found[4]}"
