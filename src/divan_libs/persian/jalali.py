"""The Jalali calendar at the face: what people read and type, against the Gregorian dates that are stored.

Arithmetic is persiantools'; it agrees with the 33-year rule of the official calendar up to the year 1501.
"""

import re
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA, JalaliDate

from divan_libs.persian.text import latin_digits, normalize, persian_digits

TEHRAN = ZoneInfo("Asia/Tehran")

MONTHS_FA: tuple[str, ...] = tuple(name for name in MONTH_NAMES_FA if name)
"""Names of the months; month 1 stands first."""
MONTHS_EN: tuple[str, ...] = tuple(name for name in MONTH_NAMES_EN if name)
"""The same in Latin letters."""
WEEKDAYS_FA: tuple[str, ...] = ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه")
"""Names of the days of the week in the order of ``date.weekday()``: Monday first."""
WEEKDAYS_EN: tuple[str, ...] = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
"""The same in English."""

_GREGORIAN_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

# A typed year outside these is a Gregorian year or a slip, never a date that a case speaks of.
_TYPED_YEARS = range(1200, 1600)
_LONGEST_TEXT = 60
_NUMERIC = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})", re.ASCII)
_WORDED = re.compile(
    r"(?:(?P<weekday>[^\d,،]+)[,،]? )?(?P<day>\d{1,2}) (?P<month>[^\d ]+) (?:ماه )?(?P<year>\d{4})", re.ASCII
)


class InvalidDate(ValueError):
    """A text or a triple of numbers is no Jalali date.

    ``code`` is ``persian.date.`` followed by ``reason``: ``form`` (not written as a date), ``year`` (outside
    the years meant), ``month`` (no such month), ``day`` (no such day in that month: 30 Esfand of a common year),
    ``weekday`` (the date falls on another day of the week).
    """

    def __init__(self, reason: Literal["form", "year", "month", "day", "weekday"]) -> None:
        super().__init__(f"not a Jalali date: {reason}")
        self.code = f"persian.date.{reason}"
        self.reason = reason


def to_jalali(day: date) -> tuple[int, int, int]:
    """Return the Jalali year, month and day of a Gregorian day.

    :raises InvalidDate: for a day before 1 Farvardin 1 or after the year 9377, which have no Jalali date.
    """
    try:
        jalali = JalaliDate(date(day.year, day.month, day.day))  # type: ignore[no-untyped-call]  # persiantools leaves __init__ bare
    except ValueError as error:
        raise InvalidDate("year") from error
    return jalali.year, jalali.month, jalali.day


def from_jalali(year: int, month: int, day: int) -> date:
    """Return the Gregorian day of a Jalali date.

    :raises InvalidDate: when there is no such year (1 to 9377), month or day; 30 Esfand exists in leap years only.
    """
    try:
        last_day = JalaliDate.days_in_month(12, year)
    except ValueError as error:
        raise InvalidDate("year") from error
    if not 1 <= month <= 12:
        raise InvalidDate("month")
    if not 1 <= day <= (last_day if month == 12 else JalaliDate.days_in_month(month, year)):
        raise InvalidDate("day")
    jalali = JalaliDate(year, month, day)  # type: ignore[no-untyped-call]  # persiantools leaves __init__ bare
    return jalali.to_gregorian()


def months_later(day: date, months: int) -> date:
    """Return the same day of the month so many Jalali months later; the last day of a month that is shorter.

    :raises InvalidDate: for a day before 1 Farvardin 1, or an end after the year 9377.
    """
    year, month, number = to_jalali(day)
    passed = year * 12 + month - 1 + months
    year, month = passed // 12, passed % 12 + 1
    for last in range(number, 0, -1):
        try:
            return from_jalali(year, month, last)
        except InvalidDate as error:
            if error.reason != "day":
                raise
    raise InvalidDate("day")


def parse_jalali(text: str) -> date:
    """Read a Jalali date that a person typed and return the Gregorian day.

    Takes ``۱۴۰۴/۱۲/۲۹``, ``1404-12-3``, ``1404.12.03``, ``14041203``, ``۱ فروردین ۱۴۰۵`` and ``شنبه ۱ فروردین ۱۴۰۵``,
    with digits of either script and the names of months and days in Persian or English. Years have four digits
    and lie in 1200 to 1599, so a Gregorian date is refused.

    :raises InvalidDate: saying what is wrong.
    """
    if len(text) > _LONGEST_TEXT:
        raise InvalidDate("form")
    plain = latin_digits(normalize(text))
    if numeric := _NUMERIC.fullmatch(plain):
        year, month, day = numeric.group(1, 3, 4) if numeric[1] else numeric.group(5, 6, 7)
        return _from_typed(int(year), int(month), int(day))
    if worded := _WORDED.fullmatch(plain):
        month = _position(worded["month"], MONTHS_FA, MONTHS_EN, "month") + 1
        found = _from_typed(int(worded["year"]), month, int(worded["day"]))
        weekday = worded["weekday"]
        if weekday and _position(weekday, WEEKDAYS_FA, WEEKDAYS_EN, "weekday") != found.weekday():
            raise InvalidDate("weekday")
        return found
    raise InvalidDate("form")


def _from_typed(year: int, month: int, day: int) -> date:
    if year not in _TYPED_YEARS:
        raise InvalidDate("year")
    return from_jalali(year, month, day)


def _letters(name: str) -> str:
    """Return a name without the space or ZWNJ that people put into سه‌شنبه and پنج شنبه."""
    return name.replace("\u200c", "").replace(" ", "").casefold()


def _position(
    name: str, persian: tuple[str, ...], english: tuple[str, ...], reason: Literal["month", "weekday"]
) -> int:
    sought = _letters(name)
    for names in (persian, english):
        for position, candidate in enumerate(names):
            if _letters(candidate) == sought:
                return position
    raise InvalidDate(reason)


def format_jalali(
    day: date, style: Literal["numeric", "long", "full"] = "long", language: Literal["fa", "en"] = "fa"
) -> str:
    """Write a Gregorian day for people.

    ========  ==========================  ========================================
    style     fa                          en
    ========  ==========================  ========================================
    numeric   ۱۴۰۵/۰۹/۰۱                  1405/09/01
    long      ۱ آذر ۱۴۰۵                  22 November 2026 (1 Azar 1405)
    full      یکشنبه ۱ آذر ۱۴۰۵           Sunday 22 November 2026 (1 Azar 1405)
    ========  ==========================  ========================================

    Give a date; a moment first needs its day in :data:`TEHRAN`.

    :raises InvalidDate: for a day without a Jalali date.
    :raises TypeError: for a datetime, whose day depends on its zone.
    """
    if isinstance(day, datetime):
        raise TypeError("a moment has no day without a zone: give moment.astimezone(TEHRAN).date()")
    jalali_year_number, month, day_of_month = to_jalali(day)
    if style == "numeric":
        numeric = f"{jalali_year_number:04}/{month:02}/{day_of_month:02}"
        return persian_digits(numeric) if language == "fa" else numeric
    if language == "fa":
        written = persian_digits(f"{day_of_month} {MONTHS_FA[month - 1]} {jalali_year_number}")
        return f"{WEEKDAYS_FA[day.weekday()]} {written}" if style == "full" else written
    jalali = f"{day_of_month} {MONTHS_EN[month - 1]} {jalali_year_number}"
    written = f"{day.day} {_GREGORIAN_MONTHS_EN[day.month - 1]} {day.year} ({jalali})"
    return f"{WEEKDAYS_EN[day.weekday()]} {written}" if style == "full" else written


def jalali_year(moment: datetime) -> int:
    """Return the Jalali year in which a moment falls in Tehran; numbers of letters and cases are counted by it.

    :raises ValueError: for a naive datetime.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return to_jalali(moment.astimezone(TEHRAN).date())[0]
