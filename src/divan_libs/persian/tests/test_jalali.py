"""The Jalali calendar against arithmetic written here from the published 33-year cycle."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.persian.jalali import (
    MONTHS_FA,
    TEHRAN,
    WEEKDAYS_FA,
    InvalidDate,
    format_jalali,
    from_jalali,
    jalali_year,
    parse_jalali,
    to_jalali,
)

NOWRUZ_1300 = date(1921, 3, 21)
LEAP_REMAINDERS = {1, 5, 9, 13, 17, 22, 26, 30}

DAYS = st.dates(min_value=date(1822, 1, 1), max_value=date(2120, 12, 31))


def days_of_two_centuries():
    day = NOWRUZ_1300
    for year in range(1300, 1501):
        lengths = [31] * 6 + [30] * 5 + [30 if year % 33 in LEAP_REMAINDERS else 29]
        for month, length in enumerate(lengths, start=1):
            for day_of_month in range(1, length + 1):
                yield day, (year, month, day_of_month)
                day += timedelta(days=1)


def test_every_day_of_1300_to_1500_follows_the_33_year_cycle():
    days = list(days_of_two_centuries())

    assert len(days) == 73_414
    assert all(to_jalali(day) == jalali for day, jalali in days)
    assert all(from_jalali(*jalali) == day for day, jalali in days)


@pytest.mark.parametrize(
    ("day", "jalali"),
    [
        (date(1979, 2, 11), (1357, 11, 22)),
        (date(2021, 3, 20), (1399, 12, 30)),
        (date(2025, 3, 20), (1403, 12, 30)),
        (date(2026, 3, 20), (1404, 12, 29)),
        (date(2026, 3, 21), (1405, 1, 1)),
        (date(2026, 11, 22), (1405, 9, 1)),
    ],
)
def test_known_days_have_their_published_dates(day, jalali):
    assert to_jalali(day) == jalali
    assert from_jalali(*jalali) == day


def test_a_moment_is_taken_by_its_own_day():
    assert to_jalali(datetime(2026, 3, 21, 23, 59, tzinfo=TEHRAN)) == (1405, 1, 1)


@pytest.mark.parametrize(
    ("jalali", "reason"),
    [
        ((1404, 12, 30), "day"),
        ((1405, 13, 1), "month"),
        ((1405, 0, 1), "month"),
        ((1405, 7, 31), "day"),
        ((1405, 1, 32), "day"),
        ((1405, 1, 0), "day"),
        ((0, 1, 1), "year"),
        ((9378, 1, 1), "year"),
    ],
)
def test_a_date_that_does_not_exist_is_refused(jalali, reason):
    with pytest.raises(InvalidDate) as refusal:
        from_jalali(*jalali)

    assert refusal.value.code == f"persian.date.{reason}"


def test_a_day_before_the_calendar_has_no_date():
    with pytest.raises(InvalidDate) as refusal:
        to_jalali(date(622, 3, 21))

    assert refusal.value.code == "persian.date.year"


@pytest.mark.parametrize(
    "typed",
    [
        "۱۴۰۵/۰۹/۰۱",
        "1405-9-1",
        "1405.09.1",
        "١٤٠٥/٩/١",
        "14050901",
        " ۱ آذر ۱۴۰۵ ",
        "۱ آذر ماه ۱۴۰۵",
        "یکشنبه ۱ آذر ۱۴۰۵",
        "يكشنبه، ۱ آذر ۱۴۰۵",
        "یک شنبه ۱ آذر ۱۴۰۵",
        "1 Azar 1405",
        "Sunday 1 azar 1405",
    ],
)
def test_a_date_is_read_as_people_type_it(typed):
    assert parse_jalali(typed) == date(2026, 11, 22)


@pytest.mark.parametrize("typed", ["سه‌شنبه ۳ آذر ۱۴۰۵", "سه شنبه ۳ آذر ۱۴۰۵", "سهشنبه ۳ آذر ۱۴۰۵"])
def test_the_name_of_a_day_may_be_typed_with_or_without_its_space(typed):
    assert parse_jalali(typed) == date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("", "form"),
        ("امروز", "form"),
        ("۱۴۰۵/۰۹", "form"),
        ("1405/9-1", "form"),
        ("05/09/01", "form"),
        ("01/09/1405", "form"),
        ("1405/009/01", "form"),
        ("१४०५/०९/०१", "form"),
        ("1" * 1000, "form"),
        ("۱۴۰۴/۱۲/۳۰", "day"),
        ("۳۰ اسفند ۱۴۰۴", "day"),
        ("1405/13/01", "month"),
        ("۱ ژانویه ۱۴۰۵", "month"),
        ("2026/11/22", "year"),
        ("۱ آذر ۲۰۲۶", "year"),
        ("شنبه ۱ آذر ۱۴۰۵", "weekday"),
        ("دیروز ۱ آذر ۱۴۰۵", "weekday"),
    ],
)
def test_what_is_no_date_is_refused_with_its_reason(typed, reason):
    with pytest.raises(InvalidDate) as refusal:
        parse_jalali(typed)

    assert refusal.value.code == f"persian.date.{reason}"


@pytest.mark.parametrize(
    ("style", "language", "written"),
    [
        ("numeric", "fa", "۱۴۰۵/۰۹/۰۱"),
        ("numeric", "en", "1405/09/01"),
        ("long", "fa", "۱ آذر ۱۴۰۵"),
        ("long", "en", "22 November 2026 (1 Azar 1405)"),
        ("full", "fa", "یکشنبه ۱ آذر ۱۴۰۵"),
        ("full", "en", "Sunday 22 November 2026 (1 Azar 1405)"),
    ],
)
def test_a_date_is_written_in_three_styles_and_two_languages(style, language, written):
    assert format_jalali(date(2026, 11, 22), style, language) == written


def test_a_moment_is_not_written_without_its_zone():
    with pytest.raises(TypeError):
        format_jalali(datetime(2026, 11, 22, 21, tzinfo=UTC))


@given(DAYS, st.sampled_from(["numeric", "long", "full"]))
def test_what_is_written_is_read_back(day, style):
    assert parse_jalali(format_jalali(day, style)) == day


def test_names_stand_in_the_order_of_their_numbers():
    assert MONTHS_FA[0] == "فروردین"
    assert MONTHS_FA[11] == "اسفند"
    assert len(MONTHS_FA) == 12
    assert WEEKDAYS_FA[date(2026, 11, 22).weekday()] == "یکشنبه"
    assert len(set(WEEKDAYS_FA)) == 7


def test_the_year_changes_at_midnight_in_tehran():
    assert jalali_year(datetime(2026, 3, 20, 20, 29, 59, tzinfo=UTC)) == 1404
    assert jalali_year(datetime(2026, 3, 20, 20, 30, tzinfo=UTC)) == 1405
    assert jalali_year(datetime(2026, 3, 20, 23, 59, tzinfo=timezone(timedelta(hours=9)))) == 1404


def test_a_naive_moment_has_no_year():
    with pytest.raises(ValueError, match="time zone"):
        jalali_year(datetime(2026, 3, 20, 12))  # noqa: DTZ001  the naive moment is what is refused


def test_tehran_has_no_summer_time_since_1401():
    assert {datetime(2026, month, 15, tzinfo=TEHRAN).utcoffset() for month in range(1, 13)} == {
        timedelta(hours=3, minutes=30)
    }
