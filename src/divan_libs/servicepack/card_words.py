"""What people write into the fields of an identity card, read as values; what does not fit is said, never dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Generic, TypeVar

from divan_libs.persian.text import latin_digits, normalize, search_text
from divan_libs.servicepack.models.card import (
    Channel,
    FeeRow,
    Frequency,
    Level,
    LifeEvent,
    Nature,
    Period,
    Relation,
    StartMode,
    Statistics,
)
from divan_libs.servicepack.models.notation import ClockLength, DayUnit

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Reading(Generic[Value]):
    """What a field's words mean, None where they mean nothing known; ``plain`` when nothing else stands in them."""

    value: Value | None
    plain: bool


_UNITS = ("صفر", "یک", "دو", "سه", "چهار", "پنج", "شش", "هفت", "هشت", "نه", "ده")
NUMERALS: Mapping[str, int] = MappingProxyType(
    {word: number for number, word in enumerate(_UNITS)}
    | {"یکبار": 1, "دوبار": 2, "سهبار": 3, "یازده": 11, "دوازده": 12, "پانزده": 15, "بیست": 20, "سی": 30}
)
MAX_DIGITS = 15
"""A longer number is no figure of a card: an account, a telephone, or a mistake."""
_NUMBER = re.compile(r"\d+(?:[,٬.،]\d{3})*|\w+")
_PERIODS = (("روز", Period.DAY), ("ماه", Period.MONTH), ("سال", Period.YEAR))
_WHOLE_SPANS: tuple[tuple[str, int, DayUnit], ...] = (
    ("ساعت", 1, DayUnit.HOURS),
    ("روز کاری", 1, DayUnit.WORKING_DAYS),
    ("روزکاری", 1, DayUnit.WORKING_DAYS),
    ("هفته", 7, DayUnit.CALENDAR_DAYS),
    ("روز", 1, DayUnit.CALENDAR_DAYS),
)
MAX_SPAN = 10_000
"""The longest clock that a package may have."""
_MONTH_DAYS = 30
"""A month of a promise is no fixed number of days; it is read so and never taken for plain."""


def tidy(words: object) -> str:
    """Return words as they are read: Persian letters, single spaces, no half-spaces."""
    return " ".join(normalize(str(words or "")).replace("\u200c", " ").split())


def verbatim(cell: object) -> str:
    """Return a cell of a table as it stands there; a number that is whole has no point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(cell).strip()


def numbers_in(words: str) -> list[int]:
    """Return the numbers of a text in their order, in digits of any script or in words."""
    found = []
    for piece in _NUMBER.findall(latin_digits(words)):
        digits = re.sub(r"[,٬.،]", "", piece)
        if digits.isdecimal() and len(digits) <= MAX_DIGITS:
            found.append(int(digits))
        elif piece in NUMERALS:
            found.append(NUMERALS[piece])
    return found


def _left(words: str, *known: str) -> str:
    """Return what is left of a text when its numbers and these words are taken out."""
    rest = latin_digits(words)
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = " ".join(piece for piece in rest.split() if piece not in NUMERALS)
    return re.sub(r"[\d,٬.،()\s]", "", rest)


def read_visits(words: str) -> Reading[int]:
    """Read تعداد بار مراجعه حضوری: the first number counts, «ندارد» and the like mean none."""
    if words in ("ندارد", "بدون مراجعه", "نیاز ندارد", "غیرحضوری", "غیر حضوری"):
        return Reading(0, True)
    found = numbers_in(words)
    plain = len(found) == 1 and not _left(words, "بار", "مرتبه", "نوبت", "مراجعه")
    return Reading(found[0], plain) if found and found[0] <= 50 else Reading(None, False)


def read_frequency(words: str) -> Reading[Frequency]:
    """Read تواتر: once for ever, so many times in a period, or as often as it is needed."""
    if "همیشه" in words:
        return Reading(Frequency(once=True), not _left(words, "یکبار", "بار", "برای همیشه"))
    if "نیاز" in words or "درخواست" in words or "تقاضا" in words:
        return Reading(Frequency(as_needed=True), not _left(words, "به", "میزان", "بر حسب", "برحسب", "نیاز", "هر"))
    found, period = numbers_in(words), _period(words)
    if not found or period is None or found[0] < 1:
        return Reading(None, False)
    plain = len(found) == 1 and not _left(words, "بار", "مرتبه", "در", "هر", "روز", "ماه", "سال")
    return Reading(Frequency(times=found[0], per=period), plain)


def _period(words: str) -> Period | None:
    return next((period for word, period in _PERIODS if word in words), None)


def read_statistics(words: str) -> Reading[Statistics]:
    """Read آمار تعداد خدمت‌گیرندگان; a count without a period is a year's, and then not plain."""
    found, period = numbers_in(words), _period(words)
    if not found:
        return Reading(None, False)
    estimated = any(word in words for word in ("حدود", "تقریب", "برآورد", "حدودا"))
    known = ("نفر", "مورد", "در", "هر", "روز", "ماه", "سال", "حدودا", "حدود", "تقریبا", "برآوردی")
    plain = len(found) == 1 and period is not None and not _left(words, *known)
    return Reading(Statistics(count=found[0], per=period or Period.YEAR, estimated=estimated), plain)


def read_span(words: str) -> Reading[ClockLength]:
    """Read a length of time: hours, days, working days, weeks; a month is thirty days and then not plain."""
    found = numbers_in(words)
    number = found[0] if found else 1
    for word, times, unit in _WHOLE_SPANS:
        if word in words and (found or times > 1) and 0 < number * times <= MAX_SPAN:
            plain = len(found) <= 1 and not _left(words, word)
            return Reading(ClockLength(amount=number * times, unit=unit), plain)
    if "ماه" in words and 0 < number * _MONTH_DAYS <= MAX_SPAN:
        return Reading(ClockLength(amount=number * _MONTH_DAYS, unit=DayUnit.CALENDAR_DAYS), False)
    return Reading(None, False)


def read_fee(words: str) -> Reading[FeeRow]:
    """Read هزینه in rials; toman are turned into rials, «رایگان» is nothing."""
    if words in ("رایگان", "ندارد", "بدون هزینه", "-"):
        return Reading(FeeRow(amount=0, electronic_payment=False), True)
    found = numbers_in(words)
    if not found:
        return Reading(None, False)
    toman = "تومان" in words
    plain = len(found) == 1 and not _left(words, "ریال", "تومان")
    return Reading(FeeRow(amount=found[0] * (10 if toman else 1), electronic_payment="الکترونیک" in words), plain)


RELATIONS: Mapping[Relation, tuple[str, ...]] = MappingProxyType(
    {
        Relation.CITIZEN: ("g2c", "شهروند", "مردم"),
        Relation.BUSINESS: ("g2b", "کسب"),
        Relation.GOVERNMENT: ("g2g", "دستگاه", "دولت"),
        Relation.EMPLOYEE: ("g2e", "کارمند", "کارکنان"),
    }
)
NATURES: Mapping[Nature, tuple[str, ...]] = MappingProxyType(
    {Nature.SOVEREIGN: ("حاکمیت",), Nature.COMMERCIAL: ("تصدی",)}
)
LEVELS: Mapping[Level, tuple[str, ...]] = MappingProxyType(
    {
        Level.NATIONAL: ("ملی",),
        Level.REGIONAL: ("منطقه",),
        Level.PROVINCIAL: ("استان",),
        Level.URBAN: ("شهری",),
        Level.RURAL: ("روستا",),
    }
)
EVENTS: Mapping[LifeEvent, tuple[str, ...]] = MappingProxyType(
    {
        LifeEvent.BIRTH: ("تولد", "ولادت"),
        LifeEvent.EDUCATION: ("آموزش",),
        LifeEvent.HEALTH: ("سلامت",),
        LifeEvent.TAX: ("مالیات",),
        LifeEvent.BUSINESS: ("کسب",),
        LifeEvent.SOCIAL_SECURITY: ("تأمین اجتماعی", "تامین اجتماعی"),
        LifeEvent.PROPERTY: ("مالکیت",),
        LifeEvent.URBAN_UTILITIES: ("تأسیسات شهری", "تاسیسات شهری"),
        LifeEvent.INSURANCE: ("بیمه",),
        LifeEvent.MARRIAGE: ("ازدواج",),
        LifeEvent.RETIREMENT: ("بازنشست",),
        LifeEvent.CERTIFICATES: ("مدارک", "گواهینامه"),
        LifeEvent.DEATH: ("وفات", "فوت"),
        LifeEvent.OTHER: ("سایر",),
    }
)
STARTS: Mapping[StartMode, tuple[str, ...]] = MappingProxyType(
    {
        StartMode.REQUEST: ("تقاضا", "درخواست"),
        StartMode.SET_TIME: ("زمان",),
        StartMode.EVENT: ("رخداد", "رویداد"),
        StartMode.BODY: ("تشخیص",),
        StartMode.OTHER: ("سایر",),
    }
)
CHANNELS: Mapping[Channel, tuple[str, ...]] = MappingProxyType(
    {
        Channel.INTERNET: ("اینترنت", "http", "www"),
        Channel.EMAIL: ("پست الکترونیک", "ایمیل"),
        Channel.CALL_CENTRE: ("گویا", "مرکز تماس"),
        Channel.MOBILE: ("تلفن همراه", "موبایل"),
        Channel.SMS: ("پیامک", "پیام کوتاه"),
        Channel.COUNTER_OFFICE: ("پیشخوان", "دفاتر"),
        Channel.IN_PERSON: ("حضوری", "مراجعه"),
    }
)

Code = TypeVar("Code", bound=StrEnum)


def codes_in(words: str, known: Mapping[Code, tuple[str, ...]]) -> tuple[Code, ...]:
    """Return the codes whose words occur in a text, in the order of the form."""
    folded = search_text(tidy(words))
    pieces = folded.split()

    def occurs(sign: str) -> bool:
        wanted = search_text(sign)
        return wanted in folded if " " in wanted else any(piece.startswith(wanted) for piece in pieces)

    return tuple(code for code, signs in known.items() if any(occurs(sign) for sign in signs))
