"""Dates of letters, whatever calendar they are said to be in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.ece.moments import calendar_of, jalali_moment_at, moment_at, read_moment
from divan_libs.ece.values import Calendar

from .specimens import NOON, moments


@pytest.mark.parametrize(
    ("text", "meant", "calendar"),
    [
        ("2014-08-11T11:53:00", "2014-08-11T11:53:00+04:30", Calendar.GREGORIAN),
        ("2026-11-22T12:00:15", "2026-11-22T12:00:15+03:30", Calendar.GREGORIAN),
        ("2026-11-22T12:00:15.1234567", "2026-11-22T12:00:15+03:30", Calendar.GREGORIAN),
        ("2026-11-22T08:30:15Z", "2026-11-22T12:00:15+03:30", Calendar.GREGORIAN),
        ("2026-11-22T08:30:15+00:00", "2026-11-22T12:00:15+03:30", Calendar.GREGORIAN),
        ("2026-11-22T03:00:15-0530", "2026-11-22T12:00:15+03:30", Calendar.GREGORIAN),
        ("2026/11/22 12:00", "2026-11-22T12:00:00+03:30", Calendar.GREGORIAN),
        ("1405-09-01T12:00:15", "2026-11-22T12:00:15+03:30", Calendar.JALALI),
        ("1405/09/01 12:00:15", "2026-11-22T12:00:15+03:30", Calendar.JALALI),
        ("1405/9/1 9:05", "2026-11-22T09:05:00+03:30", Calendar.JALALI),
        ("۱۴۰۵/۰۹/۰۱", "2026-11-22T00:00:00+03:30", Calendar.JALALI),
        ("١٤٠٥/٠٩/٠١ ١٢:٠٠", "2026-11-22T12:00:00+03:30", Calendar.JALALI),
        ("12:00:15 1405/09/01", "2026-11-22T12:00:15+03:30", Calendar.JALALI),
        ("1405.09.01", "2026-11-22T00:00:00+03:30", Calendar.JALALI),
        ("1699-01-01", "2320-03-21T00:00:00+03:30", Calendar.JALALI),
        ("1700-01-01", "1700-01-01T00:00:00+03:25:44", Calendar.GREGORIAN),
        ("1403/12/30", "2025-03-20T00:00:00+03:30", Calendar.JALALI),
    ],
)
def test_a_date_is_understood(text, meant, calendar):
    moment = read_moment(text, None)

    assert (moment.at.isoformat(), calendar_of(moment)) == (meant, calendar)
    assert moment.text == text
    assert moment.has_time == (":" in text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x" * 61,
        "1404/12/30",
        "1405/13/01",
        "2026-02-30",
        "2026-11-22T25:00:00",
        "2026-11-22T12:61:00",
        "2026-11/22",
        "05/09/01",
        "01/09/1405",
        "11/22/2026 1:00:00 PM",
        "0000-01-01",
        "9999-12-31T23:59:59-23:59",
        "2026-11-22T12:00:15+99:99",
        "اول آذر ۱۴۰۵",
        "२०२६-११-२२",
    ],
)
def test_what_is_no_date_is_kept_as_text(text):
    moment = read_moment(text, Calendar.JALALI)

    assert (moment.at, moment.text, moment.has_time) == (None, text, moment.has_time)
    assert calendar_of(moment) is None


@given(moments)
def test_both_forms_of_a_moment_mean_the_same(moment):
    jalali = jalali_moment_at(moment.at)

    assert read_moment(jalali.text, Calendar.JALALI) == jalali
    assert read_moment(moment.text, Calendar.GREGORIAN) == moment
    assert jalali.at == moment.at


@given(st.text(max_size=70))
def test_any_text_is_read_or_kept(text):
    assert read_moment(text, None).text == text


def test_a_time_without_a_zone_is_not_written():
    with pytest.raises(ValueError, match="time zone"):
        moment_at(datetime(2026, 1, 1))  # noqa: DTZ001 (the subject of the test)
    with pytest.raises(ValueError, match="time zone"):
        jalali_moment_at(datetime(2026, 1, 1))  # noqa: DTZ001 (as above)


def test_parts_of_a_second_are_not_written():
    assert moment_at(NOON.replace(microsecond=999_999)).text == "2026-11-22T12:00:15"
    assert moment_at(NOON).at == datetime(2026, 11, 22, 8, 30, 15, tzinfo=UTC)
