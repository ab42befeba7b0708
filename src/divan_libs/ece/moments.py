"""Dates of letters: years below 1700 are Jalali, whatever the message says they are."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from divan_libs.ece.values import Calendar, Moment
from divan_libs.persian.jalali import TEHRAN, InvalidDate, from_jalali, to_jalali
from divan_libs.persian.text import latin_digits, normalize

FIRST_GREGORIAN_YEAR = 1700
_LONGEST = 60
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?"
_DAY = r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
# The day comes first, as the format has it, or last, as a line of Persian read from the wrong end puts it.
_DAY_FIRST = re.compile(rf"{_DAY}(?:[ T]{_TIME} ?(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?)?", re.ASCII)
_TIME_FIRST = re.compile(rf"{_TIME} {_DAY}", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}", re.ASCII)


def moment_at(at: datetime) -> Moment:
    """Return a moment as it is written: Gregorian, the time of Tehran, whole seconds, no zone.

    :raises ValueError: for a naive datetime.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = at.astimezone(TEHRAN).replace(microsecond=0)
    return Moment(text=f"{local:%Y-%m-%dT%H:%M:%S}", shown_as=Calendar.GREGORIAN, at=local)


def jalali_moment_at(at: datetime) -> Moment:
    """Return a moment as receipts write it: the Jalali day with the time of Tehran.

    :raises ValueError: for a naive datetime.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = at.astimezone(TEHRAN).replace(microsecond=0)
    year, month, day = to_jalali(local.date())
    return Moment(text=f"{year:04}/{month:02}/{day:02} {local:%H:%M:%S}", shown_as=Calendar.JALALI, at=local)


def read_moment(text: str, shown_as: Calendar | None) -> Moment:
    """Understand the text of a date, of either calendar, with or without time, with digits of any script.

    A time without a zone is Tehran's; the hour that came twice when clocks went back is taken as the first.
    """
    plain = latin_digits(normalize(text)) if len(text) <= _LONGEST else ""
    found = _DAY_FIRST.fullmatch(plain) or _TIME_FIRST.fullmatch(plain)
    at = _moment_of(found) if found else None
    has_time = bool(found and found["hour"])
    return Moment(text=text, shown_as=shown_as, at=at, has_time=has_time)


def is_iso(text: str) -> bool:
    """Tell whether a date is written as the format wants it."""
    return _ISO.fullmatch(text) is not None


def calendar_of(moment: Moment) -> Calendar | None:
    """Return the calendar in which a readable date was taken to be written."""
    if moment.at is None:
        return None
    year = re.search(r"\d{4}", latin_digits(moment.text))
    return Calendar.JALALI if year and int(year.group()) < FIRST_GREGORIAN_YEAR else Calendar.GREGORIAN


def _moment_of(found: re.Match[str]) -> datetime | None:
    parts = found.groupdict()
    year, month, day = int(parts["year"]), int(parts["month"]), int(parts["day"])
    try:
        on = from_jalali(year, month, day) if year < FIRST_GREGORIAN_YEAR else date(year, month, day)
        clock = time(int(parts["hour"] or 0), int(parts["minute"] or 0), int(parts["second"] or 0))
        at = datetime.combine(on, clock, _zone(parts.get("zone")))
        return at.astimezone(TEHRAN)
    except (InvalidDate, ValueError, OverflowError):
        return None


def _zone(text: str | None) -> tzinfo:
    if not text:
        return TEHRAN
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
