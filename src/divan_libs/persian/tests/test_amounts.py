"""Sums and counts as people read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.persian.amounts import LARGEST_RIALS, AmountOutOfRange, format_number, parse_rials, rials_in_words
from divan_libs.persian.text import InvalidNumber, parse_decimal


@pytest.mark.parametrize(
    ("amount", "fa", "en"),
    [
        (0, "۰ ریال (صفر تومان)", "0 rials"),
        (1, "۱ ریال (یک ریال)", "1 rial"),
        (10, "۱۰ ریال (یک تومان)", "10 rials (1 toman)"),
        (15, "۱۵ ریال (یک تومان و پنج ریال)", "15 rials (1 toman and 5 rials)"),
        (150_000, "۱۵۰٬۰۰۰ ریال (پانزده هزار تومان)", "150,000 rials (15,000 tomans)"),
        (
            12_345_670,
            "۱۲٬۳۴۵٬۶۷۰ ریال (یک میلیون و دویست و سی و چهار هزار و پانصد و شصت و هفت تومان)",
            "12,345,670 rials (1,234,567 tomans)",
        ),
    ],
)
def test_a_sum_is_named_in_rials_and_tomans(amount, fa, en):
    assert rials_in_words(amount, "fa") == fa
    assert rials_in_words(amount, "en") == en


@given(st.integers(0, LARGEST_RIALS))
def test_every_sum_in_range_has_words(amount):
    assert rials_in_words(amount).startswith(f"{format_number(amount)} ریال (")


@pytest.mark.parametrize("amount", [-1, LARGEST_RIALS + 1])
def test_a_sum_without_words_is_refused(amount):
    with pytest.raises(AmountOutOfRange) as refusal:
        rials_in_words(amount, "fa")

    assert refusal.value.code == "persian.amount.range"
    assert refusal.value.amount == amount


@pytest.mark.parametrize(
    ("number", "fa", "en"),
    [
        (0, "۰", "0"),
        (999, "۹۹۹", "999"),
        (98_100, "۹۸٬۱۰۰", "98,100"),
        (Decimal("1234567.50"), "۱٬۲۳۴٬۵۶۷٫۵۰", "1,234,567.50"),
        (-5, "\u200e\u2212۵", "\u22125"),
    ],
)
def test_a_number_is_grouped_in_threes(number, fa, en):
    assert format_number(number, "fa") == fa
    assert format_number(number, "en") == en


@given(
    st.integers(-(10**20), 10**20) | st.decimals(-(10**9), 10**9, places=3, allow_nan=False),
    st.sampled_from(["fa", "en"]),
)
def test_a_written_number_is_read_back(number, language):
    assert parse_decimal(format_number(number, language)) == number


@pytest.mark.parametrize(
    ("typed", "rials"),
    [
        ("۱٬۵۰۰٬۰۰۰", 1_500_000),
        ("1,500,000 ریال", 1_500_000),
        ("۱۵۰ ۰۰۰ تومان", 1_500_000),
        ("۱۵۰۰۰تومن", 150_000),
        ("12 Tomans", 120),
        ("-3", -3),
    ],
)
def test_a_typed_sum_is_read_with_or_without_its_unit(typed, rials):
    assert parse_rials(typed) == rials


@pytest.mark.parametrize("typed", ["", "ریال", "۱۵٫۵", "پانزده", "1" * 19, "12 دلار", "²"])
def test_a_typed_sum_that_is_no_whole_number_is_refused(typed):
    with pytest.raises(InvalidNumber):
        parse_rials(typed)
