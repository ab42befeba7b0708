"""Clocks of the law: cases worked out by hand, and a slow count day by day."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from divan_libs.persian.clocks import (
    FRIDAY,
    OFFICE_WEEKEND,
    SATURDAY,
    THURSDAY,
    CalendarExceeded,
    Clock,
    WorkCalendar,
    due_at,
    due_at_with_pauses,
    due_on,
    iranian_calendar,
    remaining,
)
from divan_libs.persian.jalali import TEHRAN

IRAN = iranian_calendar(2025, 2027)
FRIDAYS_ONLY = iranian_calendar(2025, 2027, weekend=frozenset({FRIDAY}))
EID_AL_ADHA = date(2026, 5, 27)
END_OF_DAY = time(23, 59, 59, 999_999)

DAYS = st.dates(min_value=date(2025, 1, 1), max_value=date(2026, 12, 31))
MOMENTS = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2026, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001  Hypothesis adds the zone
DAY_CLOCKS = st.builds(
    Clock,
    amount=st.integers(1, 40),
    unit=st.sampled_from(["calendar-days", "working-days"]),
    excluded=st.booleans(),
    roll_over=st.booleans(),
)
HOUR_CLOCKS = st.builds(Clock, amount=st.integers(1, 40), unit=st.just("hours"))


def tehran(month, day, hour=12, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=TEHRAN)


def end_of(day):
    return datetime.combine(day, END_OF_DAY, TEHRAN)


class TestDaysWorkedOutByHand:
    def test_fifteen_calendar_days_after_a_birth_roll_over_a_holiday_and_the_weekend(self):
        birth = date(2026, 5, 12)
        assert EID_AL_ADHA in IRAN.holidays

        assert due_on(birth, Clock(15, "calendar-days"), IRAN) == date(2026, 5, 30)
        assert due_on(birth, Clock(15, "calendar-days", roll_over=False), IRAN) == EID_AL_ADHA
        assert due_on(birth, Clock(15, "calendar-days", excluded=False), IRAN) == date(2026, 5, 26)

    @pytest.mark.parametrize(("calendar", "due"), [(IRAN, date(2026, 11, 16)), (FRIDAYS_ONLY, date(2026, 11, 15))])
    def test_three_working_days_from_wednesday_step_over_the_weekend(self, calendar, due):
        assert due_on(date(2026, 11, 11), Clock(3, "working-days"), calendar) == due

    def test_three_working_days_before_nowruz_end_after_it(self):
        assert due_on(date(2026, 3, 17), Clock(3, "working-days"), IRAN) == date(2026, 3, 28)

    def test_a_first_day_that_counts_counts_when_it_is_a_working_day(self):
        from_the_first = Clock(3, "working-days", excluded=False)

        assert due_on(date(2026, 11, 11), from_the_first, IRAN) == date(2026, 11, 15)
        assert due_on(date(2026, 11, 12), from_the_first, IRAN) == date(2026, 11, 16)

    def test_a_closure_by_the_governor_moves_the_end(self):
        clock = Clock(3, "working-days")
        smog = iranian_calendar(2025, 2027, overrides={date(2026, 11, 24): "تعطیلی به سبب آلودگی هوا"})

        assert due_on(date(2026, 11, 22), clock, IRAN) == date(2026, 11, 25)
        assert due_on(date(2026, 11, 22), clock, smog) == date(2026, 11, 28)

    def test_a_lifted_holiday_is_a_working_day(self):
        lifted = iranian_calendar(2025, 2027, overrides={EID_AL_ADHA: None})

        assert not IRAN.is_working(EID_AL_ADHA)
        assert lifted.is_working(EID_AL_ADHA)

    def test_lifting_a_holiday_does_not_open_the_weekend(self):
        friday = date(2026, 11, 13)
        lifted = iranian_calendar(2025, 2027, overrides={friday: None})

        assert not lifted.is_working(friday)

    def test_a_day_is_a_day_of_tehran(self):
        late_on_saturday_in_utc = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)

        assert due_at(late_on_saturday_in_utc, Clock(1, "working-days"), IRAN) == end_of(date(2026, 11, 23))

    def test_hours_run_through_nights_and_holidays(self):
        assert due_at(tehran(5, 26, 20), Clock(48, "hours"), IRAN) == tehran(5, 28, 20)

    def test_hours_are_hours_also_when_the_clocks_were_changed(self):
        before_summer_time = datetime(2021, 3, 21, 12, tzinfo=TEHRAN)
        calendar = iranian_calendar(2021, 2021)

        assert remaining(due_at(before_summer_time, Clock(24, "hours"), calendar), before_summer_time) == timedelta(
            hours=24
        )

    def test_what_is_left_turns_negative_when_it_is_late(self):
        assert remaining(tehran(11, 22, 14), tehran(11, 22, 12)) == timedelta(hours=2)
        assert remaining(tehran(11, 22, 14), tehran(11, 23, 14).astimezone(UTC)) == timedelta(days=-1)


class TestPausesWorkedOutByHand:
    clock = Clock(3, "working-days")
    start = tehran(11, 14)  # Saturday

    def test_days_between_a_notice_and_its_answer_do_not_count(self):
        pause = (tehran(11, 16, 10), tehran(11, 18, 15))

        assert due_at(self.start, self.clock, IRAN) == end_of(date(2026, 11, 17))
        assert due_at_with_pauses(self.start, self.clock, IRAN, [pause]) == end_of(date(2026, 11, 21))

    def test_a_pause_within_one_day_takes_nothing(self):
        pause = (tehran(11, 16, 10), tehran(11, 16, 15))

        assert due_at_with_pauses(self.start, self.clock, IRAN, [pause]) == end_of(date(2026, 11, 17))

    def test_a_whole_day_from_midnight_to_midnight_does_not_count(self):
        pause = (tehran(11, 16, 0), tehran(11, 17, 0))

        assert due_at_with_pauses(self.start, self.clock, IRAN, [pause]) == end_of(date(2026, 11, 18))

    def test_nothing_is_due_while_the_clock_stands(self):
        assert due_at_with_pauses(self.start, self.clock, IRAN, [(tehran(11, 17, 23), None)]) is None
        assert due_at_with_pauses(self.start, Clock(3, "hours"), IRAN, [(tehran(11, 14, 14), None)]) is None

    def test_a_pause_after_the_end_comes_too_late(self):
        too_late = (tehran(11, 18, 0), None)

        assert due_at_with_pauses(self.start, self.clock, IRAN, [too_late]) == end_of(date(2026, 11, 17))
        assert due_at_with_pauses(self.start, Clock(3, "hours"), IRAN, [too_late]) == tehran(11, 14, 15)

    @pytest.mark.parametrize("ended", [None, tehran(11, 14, 16)])
    def test_a_pause_that_begins_as_the_hours_run_out_changes_nothing(self, ended):
        pause = (tehran(11, 14, 15), ended)

        assert due_at_with_pauses(self.start, Clock(3, "hours"), IRAN, [pause]) == tehran(11, 14, 15)

    def test_a_pause_during_the_roll_over_still_moves_the_end(self):
        clock = Clock(15, "calendar-days")
        pause = (tehran(5, 29), tehran(6, 1))

        assert due_at_with_pauses(tehran(5, 12), clock, IRAN, [pause]) == end_of(date(2026, 6, 1))

    def test_hours_stand_still_for_exactly_the_pause(self):
        pauses = [(tehran(11, 14, 13, 30), tehran(11, 14, 14)), (tehran(11, 14, 11), tehran(11, 14, 12, 20))]

        assert due_at_with_pauses(self.start, Clock(3, "hours"), IRAN, pauses) == tehran(11, 14, 15, 50)

    def test_overlapping_pauses_count_once(self):
        pauses = [(tehran(11, 14, 13), tehran(11, 14, 15)), (tehran(11, 14, 14), tehran(11, 14, 14, 30))]

        assert due_at_with_pauses(self.start, Clock(3, "hours"), IRAN, pauses) == tehran(11, 14, 17)

    def test_a_pause_that_ends_before_it_begins_is_refused(self):
        with pytest.raises(ValueError, match="ends after it begins"):
            due_at_with_pauses(self.start, self.clock, IRAN, [(tehran(11, 16), tehran(11, 15))])


class TestCalendar:
    def test_the_weekend_of_offices_is_thursday_and_friday_unless_told_otherwise(self):
        saturday_too = iranian_calendar(2026, 2026, weekend=frozenset({FRIDAY, SATURDAY}))

        assert frozenset({THURSDAY, FRIDAY}) == OFFICE_WEEKEND
        assert [IRAN.is_working(date(2026, 11, day)) for day in (12, 13, 14)] == [False, False, True]
        assert [saturday_too.is_working(date(2026, 11, day)) for day in (12, 13, 14)] == [True, False, False]

    def test_holidays_have_persian_names(self):
        assert IRAN.holidays[date(2027, 3, 21)].startswith("جشن نوروز")

    def test_a_lunar_date_not_yet_announced_says_so(self):
        later = iranian_calendar(2035, 2035)

        assert any("تخمینی" in name for name in later.holidays.values())

    def test_nothing_is_said_of_days_whose_holidays_are_unknown(self):
        with pytest.raises(CalendarExceeded) as refusal:
            due_on(date(2027, 12, 30), Clock(3, "working-days"), IRAN)

        assert refusal.value.code == "persian.calendar.exceeded"
        assert refusal.value.day == date(2028, 1, 1)
        with pytest.raises(CalendarExceeded):
            IRAN.is_working(date(2024, 12, 31))

    @pytest.mark.parametrize("years", [(1404, 1405), (2027, 2026), (1979, 1990), (2090, 2101)])
    def test_years_without_known_holidays_are_refused(self, years):
        with pytest.raises(ValueError, match="Gregorian"):
            iranian_calendar(*years)

    @pytest.mark.parametrize("weekend", [frozenset(range(7)), frozenset({7}), frozenset({-1})])
    def test_a_weekend_leaves_some_day_for_work(self, weekend):
        with pytest.raises(ValueError, match="weekend"):
            WorkCalendar(weekend=weekend, holidays={})

    def test_a_calendar_does_not_change_with_the_dictionary_it_was_made_of(self):
        holidays = {date(2026, 11, 22): "تعطیل"}
        calendar = WorkCalendar(weekend=OFFICE_WEEKEND, holidays=holidays)
        holidays.clear()

        assert not calendar.is_working(date(2026, 11, 22))
        assert calendar.next_working_day(date(2026, 11, 22)) == date(2026, 11, 23)

    def test_a_clock_without_length_or_unit_is_refused(self):
        with pytest.raises(ValueError, match="one unit"):
            Clock(0, "hours")
        with pytest.raises(ValueError, match="unknown unit"):
            Clock(1, "weeks")

    def test_hours_and_naive_moments_have_no_day(self):
        with pytest.raises(ValueError, match="moment"):
            due_on(date(2026, 11, 22), Clock(1, "hours"), IRAN)
        with pytest.raises(ValueError, match="time zone"):
            due_at(datetime(2026, 11, 22, 12), Clock(1, "hours"), IRAN)  # noqa: DTZ001  the naive moment is what is refused


def slow_last_day(start, clock, calendar, pauses):
    """Count day by day as the rule is worded; None while the clock stands."""

    def stands(day):
        midnight = datetime.combine(day + timedelta(days=1), time(0), TEHRAN)
        over = [(begun, ended) for begun, ended in pauses if begun < midnight]
        return any(ended is None or ended >= midnight for begun, ended in over)

    if any(ended is None for _, ended in pauses):
        first_stop = min(begun for begun, ended in pauses if ended is None)
        without = slow_last_day(start, clock, calendar, [pause for pause in pauses if pause[1] is not None])
        return without if first_stop >= datetime.combine(without + timedelta(days=1), time(0), TEHRAN) else None
    day = start if not clock.excluded else start + timedelta(days=1)
    left = clock.amount
    while True:
        if not stands(day):
            left -= clock.unit == "calendar-days" or calendar.is_working(day)
            if left == 0:
                break
        day += timedelta(days=1)
    while clock.roll_over and (stands(day) or not calendar.is_working(day)):
        day += timedelta(days=1)
    return day


@st.composite
def pauses_after(draw, start):
    pauses = []
    for _ in range(draw(st.integers(0, 4))):
        begun = start + timedelta(minutes=draw(st.integers(-5_000, 60_000)))
        ended = draw(
            st.none() | st.integers(0, 15_000).map(lambda length, begun=begun: begun + timedelta(minutes=length))
        )
        pauses.append((begun, ended))
    return pauses


@given(DAYS, DAY_CLOCKS)
def test_days_equal_a_slow_count(start, clock):
    assert due_on(start, clock, IRAN) == slow_last_day(start, clock, IRAN, [])


@given(st.data(), MOMENTS, DAY_CLOCKS)
def test_days_with_pauses_equal_a_slow_count(data, start, clock):
    pauses = data.draw(pauses_after(start))
    expected = slow_last_day(start.astimezone(TEHRAN).date(), clock, IRAN, pauses)

    assert due_at_with_pauses(start, clock, IRAN, pauses) == (expected and end_of(expected))


@given(st.data(), MOMENTS, HOUR_CLOCKS)
def test_hours_with_pauses_equal_a_slow_count_of_minutes(data, start, clock):
    pauses = [pause for pause in data.draw(pauses_after(start)) if pause[1] is not None]
    left, moment = clock.amount * 60, start
    while left:
        left -= not any(begun <= moment < ended for begun, ended in pauses)
        moment += timedelta(minutes=1)

    assert due_at_with_pauses(start, clock, IRAN, pauses) == moment


@given(DAYS, st.integers(0, 60), DAY_CLOCKS)
def test_who_starts_later_is_due_no_earlier(start, delay, clock):
    assert due_on(start, clock, IRAN) <= due_on(start + timedelta(days=delay), clock, IRAN)


@given(DAYS, st.integers(1, 20), DAY_CLOCKS)
def test_a_longer_clock_ends_no_earlier(start, more, clock):
    longer = Clock(clock.amount + more, clock.unit, clock.excluded, clock.roll_over)

    assert due_on(start, clock, IRAN) <= due_on(start, longer, IRAN)


@given(DAYS, st.integers(1, 40))
def test_as_many_working_days_lie_between_as_the_clock_has(start, amount):
    end = due_on(start, Clock(amount, "working-days"), IRAN)
    days_between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]

    assert IRAN.is_working(end)
    assert sum(IRAN.is_working(day) for day in days_between) == amount


@given(DAYS, DAY_CLOCKS)
def test_an_end_that_rolls_over_is_a_working_day(start, clock):
    assume(clock.roll_over)

    assert IRAN.is_working(due_on(start, clock, IRAN))


@given(st.data(), MOMENTS, DAY_CLOCKS | HOUR_CLOCKS)
def test_a_pause_never_brings_the_end_forward(data, start, clock):
    paused = due_at_with_pauses(start, clock, IRAN, data.draw(pauses_after(start)))

    assert paused is None or paused >= due_at(start, clock, IRAN)


@given(MOMENTS, DAY_CLOCKS | HOUR_CLOCKS)
def test_pauses_outside_the_run_of_a_clock_change_nothing(start, clock):
    due = due_at(start, clock, IRAN)
    before = (start - timedelta(days=9), start - timedelta(hours=1))
    after = (due + timedelta(microseconds=1), None)

    assert due_at_with_pauses(start, clock, IRAN, [after, before]) == due
