"""Check digits find the slips of a hand that copies a number."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from divan_libs.persian.check_digits import InvalidBody, bare_number, is_valid_number, with_check_digit
from divan_libs.persian.text import persian_digits

BODIES = st.from_regex(r"[0-9]{1,20}(-[0-9]{1,10})?", fullmatch=True)


def test_the_check_digits_are_those_of_the_standard():
    # ISO 7064, MOD 97-10: 794 has the check digits 44.
    assert with_check_digit("794") == "79444"
    assert is_valid_number("79444")


def test_a_number_in_groups_gets_its_check_digits_as_a_group():
    assert with_check_digit("1405-000123") == "1405-000123-93"
    assert with_check_digit("۱۴۰۵-۰۰۰۱۲۳") == "1405-000123-93"
    assert with_check_digit("1405000123") == "140500012393"


@pytest.mark.parametrize(
    "typed", ["۱۴۰۵-۰۰۰۱۲۳-۹۳", "1405 000123 93", "١٤٠٥٠٠٠١٢٣٩٣", "\u200e1405/000123/93", "1405–000123–93"]
)
def test_a_number_is_read_as_people_type_it(typed):
    assert is_valid_number(typed)
    assert bare_number(typed) == "140500012393"


@pytest.mark.parametrize("typed", ["", "97", "01", "۱۴۰۵", "140500012394", "1405a0012393", "१४०५०००१२३९३", "1" * 100])
def test_what_bears_no_check_digits_is_told(typed):
    assert not is_valid_number(typed)


@pytest.mark.parametrize("body", ["", "-", "12-", "12--3", "الف", "१२", "1.5", "1" * 39])
def test_a_body_that_is_not_digits_is_refused(body):
    with pytest.raises(InvalidBody) as refusal:
        with_check_digit(body)

    assert refusal.value.code == "persian.check-digits.body"


@given(BODIES)
def test_what_was_made_is_valid_in_every_script(body):
    number = with_check_digit(body)

    assert is_valid_number(number)
    assert is_valid_number(persian_digits(number))


@given(BODIES, st.data())
def test_every_single_wrong_digit_is_found(body, data):
    number = bare_number(with_check_digit(body))
    place = data.draw(st.integers(0, len(number) - 1))
    wrong_digit = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[place]]))

    assert not is_valid_number(number[:place] + wrong_digit + number[place + 1 :])


@given(BODIES, st.data())
def test_every_swap_of_neighbours_is_found(body, data):
    number = bare_number(with_check_digit(body))
    place = data.draw(st.integers(0, len(number) - 2))
    assume(number[place] != number[place + 1])

    assert not is_valid_number(number[:place] + number[place + 1] + number[place] + number[place + 2 :])
