"""Statutory clocks: when a duty falls due, in days, working days, Jalali months and years, or hours, with pauses.

What unit a clock has, whether its first day counts and whether its end rolls over stands in the law that sets it;
here is only the counting. Days are days of Tehran. A day is due until its last microsecond: a duty is late when
``now > due_at``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Literal

from holidays import country_holidays

from divan_libs.persian.jalali import TEHRAN, months_later

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)

OFFICE_WEEKEND: frozenset[int] = frozenset({THURSDAY, FRIDAY})
"""The days on which most provincial offices are shut. Only Friday is a general holiday by law; a province that
works on Thursdays, or rests on Saturdays, gives its own."""

_ONE_DAY = timedelta(days=1)

Pause = tuple[datetime, datetime | None]
"""When a clock was stopped and when it went on; None while it stands."""


class CalendarExceeded(ValueError):
    """A day lies outside the days whose holidays the calendar knows, so nothing can be said of it.

    ``code`` is ``persian.calendar.exceeded``; ``day`` is the day asked for.
    """

    code = "persian.calendar.exceeded"

    def __init__(self, day: date) -> None:
        super().__init__(f"the holidays of {day} are not known")
        self.day = day


@dataclass(frozen=True)
class WorkCalendar:
    """On which days offices work.

    ``weekend`` holds days of the week as ``date.weekday()`` counts them, ``holidays`` the name of each holiday.
    ``first_day`` and ``last_day`` bound what is known of holidays; without them every other day is a working day.

    :raises ValueError: for a weekend of seven days or with a number that is no day of the week.
    """

    weekend: frozenset[int]
    holidays: Mapping[date, str]
    first_day: date | None = None
    last_day: date | None = None

    def __post_init__(self) -> None:
        weekend = frozenset(self.weekend)
        if not weekend < frozenset(range(7)):
            raise ValueError("the weekend is some of the days 0 (Monday) to 6 (Sunday), never all of them")
        object.__setattr__(self, "weekend", weekend)
        object.__setattr__(self, "holidays", MappingProxyType(dict(self.holidays)))

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on a day.

        :raises CalendarExceeded: when its holidays are not known.
        """
        if (self.first_day and day < self.first_day) or (self.last_day and day > self.last_day):
            raise CalendarExceeded(day)
        return day.weekday() not in self.weekend and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """Return ``day`` itself when offices work on it, else the first working day after it.

        :raises CalendarExceeded: when the search leaves the known days.
        """
        while not self.is_working(day):
            day += _ONE_DAY
        return day


def iranian_calendar(
    first_year: int,
    last_year: int,
    *,
    weekend: frozenset[int] = OFFICE_WEEKEND,
    overrides: Mapping[date, str | None] | None = None,
) -> WorkCalendar:
    """Return the calendar of Iran for some Gregorian years, both ends included.

    Holidays are those of the package ``holidays``, with Persian names; a lunar date that is calculated and not yet
    announced has «(تخمینی)» in its name. ``overrides`` come from the province: a name closes a day, None lifts a
    holiday (it does not open a weekend).

    :raises ValueError: for years outside 1980 to 2100 or in the wrong order.
    """
    if not 1980 <= first_year <= last_year <= 2100:
        raise ValueError("Gregorian years from 1980 to 2100, the first before the last")
    years = range(first_year, last_year + 1)
    known = country_holidays("IR", years=years, expand=False, language="fa_IR")
    closures: dict[date, str | None] = {**known, **(overrides or {})}
    return WorkCalendar(
        weekend=weekend,
        holidays={day: name for day, name in closures.items() if name is not None},
        first_day=date(first_year, 1, 1),
        last_day=date(last_year, 12, 31),
    )


@dataclass(frozen=True)
class Clock:
    """How long something may take.

    ``excluded``: the day on which the clock starts does not count. ``roll_over``: an end on a day without work moves
    to the next working day. Both speak of days; hours run day and night, from the moment, to the second. Months and
    years are Jalali: a year from 15 Azar ends on 15 Azar, whether it has 365 days or 366.

    :raises ValueError: for an amount below one or an unknown unit.
    """

    amount: int
    unit: Literal["calendar-days", "working-days", "hours", "months", "years"]
    excluded: bool = True
    roll_over: bool = True

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise ValueError("a clock runs for one unit at least")
        if self.unit not in {"calendar-days", "working-days", "hours", "months", "years"}:
            raise ValueError(f"unknown unit of a clock: {self.unit}")

    def from_day(self, start: date) -> "Clock":
        """Return the clock that counts the same in days when it starts on a day: months and years have none alone.

        :raises divan_libs.persian.jalali.InvalidDate: for an end beyond the Jalali calendar.
        """
        if self.unit not in {"months", "years"}:
            return self
        end = months_later(start, self.amount * (12 if self.unit == "years" else 1))
        return replace(self, amount=(end - start).days, unit="calendar-days")


def due_on(start: date, clock: Clock, calendar: WorkCalendar) -> date:
    """Return the last day of a clock of days that starts on the day ``start``.

    :raises CalendarExceeded: when the calendar ends before the clock.
    :raises ValueError: for a clock of hours, which needs a moment.
    """
    if clock.unit == "hours":
        raise ValueError("hours are counted from a moment: use due_at")
    clock = clock.from_day(start)
    if clock.unit == "calendar-days":
        last = start + timedelta(days=clock.amount if clock.excluded else clock.amount - 1)
        return calendar.next_working_day(last) if clock.roll_over else last
    day = calendar.next_working_day(start + _ONE_DAY if clock.excluded else start)
    for _ in range(clock.amount - 1):
        day = calendar.next_working_day(day + _ONE_DAY)
    return day


def due_at(start: datetime, clock: Clock, calendar: WorkCalendar) -> datetime:
    """Return the moment after which a duty that began at ``start`` is late: the end of its last day in Tehran,
    or exactly so many hours later.

    :raises CalendarExceeded: when the calendar ends before the clock.
    :raises ValueError: for a naive datetime.
    """
    instant = _instant(start)
    if clock.unit == "hours":
        return (instant + timedelta(hours=clock.amount)).astimezone(TEHRAN)
    return _end_of(due_on(instant.astimezone(TEHRAN).date(), clock, calendar))


def due_at_with_pauses(
    start: datetime, clock: Clock, calendar: WorkCalendar, pauses: Sequence[Pause]
) -> datetime | None:
    """Return what :func:`due_at` returns when the clock stood still for a while; None while it stands.

    Hours stand still for exactly the pause. A day does not count when the clock stands at its end: a pause from
    Monday noon to Wednesday noon takes away Monday and Tuesday, and one within a single day takes nothing.
    Pauses may come in any order and overlap; what lies before the start or after the end changes nothing.

    :raises CalendarExceeded: when the calendar ends before the clock.
    :raises ValueError: for a naive datetime or a pause that ends before it begins.
    """
    if not pauses:
        return due_at(start, clock, calendar)
    merged = _merged(pauses)
    if clock.unit == "hours":
        return _end_of_hours(_instant(start), timedelta(hours=clock.amount), merged)
    last = _last_day_with_pauses(_instant(start).astimezone(TEHRAN).date(), clock, calendar, merged)
    return None if last is None else _end_of(last)


def remaining(due_at: datetime, now: datetime) -> timedelta:
    """Return the time left until ``due_at``; negative when it is late.

    :raises ValueError: for a naive datetime.
    """
    return _instant(due_at) - _instant(now)


def _instant(moment: datetime) -> datetime:
    """Return a moment in UTC, because Python adds and subtracts the hands of the clock within one zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return moment.astimezone(UTC)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time.max, TEHRAN)


def _merged(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Return the pauses in UTC, in order, without overlaps."""
    merged: list[Pause] = []
    instants = [(_instant(begun), None if ended is None else _instant(ended)) for begun, ended in pauses]
    for begun, ended in sorted(instants, key=lambda pause: pause[0]):
        if ended is not None and ended < begun:
            raise ValueError("a pause ends after it begins")
        last_ended = merged[-1][1] if merged else begun
        if not merged or (last_ended is not None and last_ended < begun):
            merged.append((begun, ended))
        else:
            longer = None if last_ended is None or ended is None else max(last_ended, ended)
            merged[-1] = (merged[-1][0], longer)
    return tuple(merged)


def _end_of_hours(start: datetime, length: timedelta, pauses: tuple[Pause, ...]) -> datetime | None:
    due = start + length
    for begun, ended in pauses:
        if begun >= due:
            break
        if ended is None:
            return None
        due += max(ended - max(begun, start), timedelta())
    return due.astimezone(TEHRAN)


def _last_day_with_pauses(start: date, clock: Clock, calendar: WorkCalendar, pauses: tuple[Pause, ...]) -> date | None:
    """Return the day on which the clock has counted its days, rolled over if need be; None if it stands by then."""
    clock = clock.from_day(start)
    day = start + _ONE_DAY if clock.excluded else start
    counted = 0
    while True:
        state = _state_at_end_of(day, pauses)
        if state == "stopped for good":
            return None
        if state == "running":
            counts = clock.unit == "calendar-days" or calendar.is_working(day)
            counted += counts
            if counted >= clock.amount and (not clock.roll_over or calendar.is_working(day)):
                return day
        day += _ONE_DAY


def _state_at_end_of(day: date, pauses: tuple[Pause, ...]) -> Literal["running", "paused", "stopped for good"]:
    midnight = datetime.combine(day + _ONE_DAY, time.min, TEHRAN).astimezone(UTC)
    for begun, ended in pauses:
        if begun < midnight and (ended is None or midnight <= ended):
            return "stopped for good" if ended is None else "paused"
    return "running"
