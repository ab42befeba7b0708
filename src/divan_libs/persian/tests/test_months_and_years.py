"""Months and years of a clock are Jalali: the law says "one year" and means the same day of the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.persian.clocks import Clock, WorkCalendar, due_at, due_at_with_pauses, due_on
from divan_libs.persian.jalali import from_jalali, months_later, to_jalali

NO_HOLIDAYS = WorkCalendar(weekend=frozenset({4}), holidays={})


def exact(amount: int, unit: str, **changes: bool) -> Clock:
    return Clock(amount, unit, roll_over=False, **changes)


@pytest.mark.parametrize(
    ("start", "length", "end"),
    [
        ((1405, 9, 15), exact(1, "years"), (1406, 9, 15)),
        ((1403, 12, 30), exact(1, "years"), (1404, 12, 29)),
        ((1403, 12, 30), exact(4, "years"), (1407, 12, 29)),
        ((1403, 12, 30), exact(5, "years"), (1408, 12, 30)),
        ((1405, 6, 31), exact(1, "months"), (1405, 7, 30)),
        ((1405, 6, 31), exact(6, "months"), (1405, 12, 29)),
        ((1405, 11, 20), exact(3, "months"), (1406, 2, 20)),
        ((1405, 9, 15), exact(1, "years", excluded=False), (1406, 9, 14)),
    ],
)
def test_the_same_day_of_a_later_month_or_year_is_the_last(start, length, end):
    assert to_jalali(due_on(from_jalali(*start), length, NO_HOLIDAYS)) == end


def test_a_year_is_the_same_day_also_where_it_has_366_days():
    started = from_jalali(1403, 1, 1)

    assert due_on(started, exact(1, "years"), NO_HOLIDAYS) - started == timedelta(days=366)
    assert due_on(started, exact(365, "calendar-days"), NO_HOLIDAYS) < from_jalali(1404, 1, 1)


def test_an_end_without_work_rolls_over_and_a_pause_adds_its_days():
    begun = datetime(2026, 11, 22, 6, tzinfo=UTC)
    end = due_on(begun.date(), exact(1, "months"), NO_HOLIDAYS)
    paused = [(begun + timedelta(days=2), begun + timedelta(days=5))]

    assert due_on(date(2026, 11, 18), Clock(1, "months"), NO_HOLIDAYS) == date(2026, 12, 19)
    assert due_on(date(2026, 11, 18), exact(1, "months"), NO_HOLIDAYS) == date(2026, 12, 18)
    assert due_at(begun, exact(1, "months"), NO_HOLIDAYS).date() == end
    assert due_at_with_pauses(begun, exact(1, "months"), NO_HOLIDAYS, paused).date() == end + timedelta(days=3)


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(1, 1200))
def test_so_many_months_later_is_in_the_month_that_counting_them_gives(day, months):
    year, month, number = to_jalali(day)

    later = to_jalali(months_later(day, months))

    assert later[0] * 12 + later[1] == year * 12 + month + months
    assert later[2] == number or (later[2] < number and to_jalali(from_jalali(*later) + timedelta(days=1))[2] == 1)
