from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from divan.foundation.ui.tests.drawing import draw

EVENING = datetime(2026, 11, 21, 21, 45, tzinfo=UTC)


def persian(source: str, **matter: object) -> str:
    with translation.override("fa"):
        return draw(source, **matter)


def english(source: str, **matter: object) -> str:
    with translation.override("en"):
        return draw(source, **matter)


def test_digits_follow_the_language_and_persian_ones_can_be_demanded():
    assert persian("{{ 1405|digits }}") == "۱۴۰۵"
    assert english("{{ 1405|digits }}") == "1405"
    assert english("{{ 1405|fa_digits }}") == "۱۴۰۵"


def test_numbers_are_grouped_and_an_absent_one_is_a_dash():
    assert persian("{{ 98100|number }}") == "۹۸٬۱۰۰"
    assert english("{{ 98100|number }}") == "98,100"
    assert english("{{ value|number }}", value=None) == "–"


def test_a_moment_is_shown_on_its_day_and_hour_in_tehran():
    assert persian("{{ at|jalali }}", at=EVENING) == "۱ آذر ۱۴۰۵"
    assert persian("{{ at|jalali_time:'numeric' }}", at=EVENING) == "۱۴۰۵/۰۹/۰۱ ساعت ۰۱:۱۵"
    assert english("{{ at|jalali_time }}", at=EVENING) == "22 November 2026 (1 Azar 1405) at 01:15"
    assert persian("{{ at|jalali }}", at=date(2026, 11, 22)) == "۱ آذر ۱۴۰۵"


def test_an_absent_date_is_a_dash():
    assert persian("{{ at|jalali }}{{ at|jalali_time }}{% moment at %}", at=None) == "–––"


def test_a_moment_is_written_for_machines_too():
    drawn = persian("{% moment at %}", at=EVENING)

    assert drawn == '<time datetime="2026-11-21T21:45:00+00:00">۱ آذر ۱۴۰۵ ساعت ۰۱:۱۵</time>'


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=29), "29 days ago"),
        (timedelta(days=31), "22 October 2026 (30 Mehr 1405)"),
    ],
)
def test_how_long_ago_it_was(passed, words):
    assert english("{{ at|ago:now }}", at=EVENING - passed, now=EVENING) == words


def test_rials_come_with_their_tomans():
    assert persian("{{ 150000|rials }}") == "۱۵۰٬۰۰۰ ریال (پانزده هزار تومان)"
    assert english("{{ 150000|rials }}") == "150,000 rials (15,000 tomans)"
