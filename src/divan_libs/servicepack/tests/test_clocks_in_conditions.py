"""A determinant may be a clock that still runs: holidays at its end count, the first day does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from divan_libs.persian.clocks import Clock, WorkCalendar
from divan_libs.persian.jalali import parse_jalali
from divan_libs.servicepack.derivation import still_runs
from divan_libs.servicepack.models.determinants import Determinant

FIFTEEN = Clock(15, "calendar-days")
SATURDAY = parse_jalali("1404/09/01")


@pytest.mark.parametrize(
    ("since", "runs"),
    [
        ("1404/08/17", True),
        ("1404/08/16", True),  # the fifteenth day is this Saturday
        ("1404/08/15", True),  # the fifteenth day was a Friday, so the end moved to Saturday
        ("1404/08/14", True),  # a Thursday
        ("1404/08/13", False),  # a Wednesday: over
    ],
)
def test_an_end_on_a_day_without_work_moves_to_the_next_working_day(since, runs):
    assert still_runs(parse_jalali(since), FIFTEEN, SATURDAY) is runs


def test_a_closed_day_of_the_province_moves_the_end():
    since = SATURDAY - timedelta(days=18)  # its fifteenth day was a Wednesday
    closed = WorkCalendar(
        weekend=frozenset({3, 4}),
        holidays={since + timedelta(days=15): "تعطیل استانی"},
        first_day=date(2025, 1, 1),
        last_day=date(2026, 12, 31),
    )

    assert not still_runs(since, FIFTEEN, SATURDAY)
    assert still_runs(since, FIFTEEN, SATURDAY, closed)


def test_a_clock_that_has_not_begun_runs_and_one_of_long_ago_is_over():
    assert still_runs(SATURDAY + timedelta(days=3), FIFTEEN, SATURDAY)
    assert not still_runs(date(1968, 3, 1), FIFTEEN, SATURDAY)
    assert not still_runs(date(1985, 3, 1), FIFTEEN, SATURDAY, WorkCalendar(frozenset({4}), {}, date(2025, 1, 1)))


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ({}, "determinants.when-or-within"),
        (
            {"when": "true", "within": {"since": "answers.x", "clock": {"amount": 1, "unit": "working-days"}}},
            "determinants.when-or-within",
        ),
        ({"within": {"since": "answers.x", "clock": {"amount": 1, "unit": "hours"}}}, "determinants.clock-of-hours"),
    ],
)
def test_a_determinant_is_an_expression_or_a_clock_of_days(written, code):
    with pytest.raises(ValidationError) as refused:
        Determinant.model_validate({"code": "in_time", **written})

    assert [fault["type"] for fault in refused.value.errors()] == [code]
