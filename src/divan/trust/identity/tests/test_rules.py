"""The rules of codes and counters."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan.trust.identity import rules
from divan.trust.identity.values import ChallengeState, Limit

LIMIT = Limit(scope="test", burst=10, per_seconds=3600)
RFC_6238_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("at", "eight_digits"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
    ],
)
def test_codes_of_apps_are_those_of_rfc_6238(at, eight_digits):
    assert rules.totp_code(RFC_6238_SECRET, at // 30) == eight_digits[-6:]


def test_the_code_before_and_after_is_accepted_and_no_other():
    at = datetime(2026, 1, 1, 12, 0, 10, tzinfo=UTC)
    step = int(at.timestamp()) // 30

    accepted = [
        rules.totp_step(RFC_6238_SECRET, rules.totp_code(RFC_6238_SECRET, step + off), at) for off in range(-3, 4)
    ]

    assert accepted == [None, None, step - 1, step, step + 1, None, None]


def test_a_secret_that_is_no_base_32_is_refused():
    with pytest.raises(ValueError, match="base 32"):
        rules.totp_code("not base 32!", 1)


@pytest.mark.parametrize(
    "typed", ["123456", "۱۲۳۴۵۶", "١٢٣٤٥٦", " 123 456 ", "123-456", "\u200f۱۲۳۴۵۶\u200e", "12\u200c3456"]
)
def test_a_code_is_read_in_any_digits_and_with_spaces(typed):
    assert rules.plain_code(typed) == "123456"


@given(st.floats(0, 50), st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_level_sinks_steadily_and_never_below_zero(level, first, second):
    at_once = rules.drained(level, timedelta(seconds=first + second), LIMIT)
    in_steps = rules.drained(rules.drained(level, timedelta(seconds=first), LIMIT), timedelta(seconds=second), LIMIT)

    assert 0 <= at_once <= level
    assert in_steps == pytest.approx(at_once, abs=1e-6)


@given(st.floats(0, 50))
def test_after_the_minutes_told_one_more_is_allowed(level):
    minutes = rules.minutes_until_free(level, LIMIT)
    later = rules.drained(level, timedelta(minutes=minutes), LIMIT)

    assert rules.minutes_until_free(later + 0, LIMIT) == 0 or later + 1 - LIMIT.burst < 1e-6


def test_a_clock_that_goes_back_lowers_nothing():
    assert rules.drained(5.0, timedelta(seconds=-100), LIMIT) == 5.0


def test_a_digest_belongs_to_its_challenge_and_secret():
    one, other = UUID(int=1), UUID(int=2)
    digests = {
        rules.code_digest("secret", one, "123456"),
        rules.code_digest("secret", other, "123456"),
        rules.code_digest("other", one, "123456"),
        rules.code_digest("secret", one, "123457"),
    }

    assert len(digests) == 4
    assert all(len(digest) == 32 for digest in digests)


def test_a_counter_names_nobody_and_parts_scopes():
    person = rules.counter_key("secret", LIMIT, "0123456789")
    elsewhere = rules.counter_key("secret", Limit(scope="else", burst=1, per_seconds=1), "0123456789")

    assert "0123456789" not in person
    assert person != elsewhere


def test_a_code_expires_at_three_minutes_sharp():
    sent = datetime(2026, 1, 1, tzinfo=UTC)

    assert not rules.is_expired(sent, sent + timedelta(seconds=179.999))
    assert rules.is_expired(sent, sent + timedelta(seconds=180))


def test_open_challenges_are_those_that_wait_or_take_a_code():
    still_open = {state for state in ChallengeState if not rules.is_over(state)}

    assert still_open == {ChallengeState.ASKING, ChallengeState.READY}


def test_pauses_grow_and_patience_ends():
    begun = datetime(2026, 1, 1, tzinfo=UTC)

    assert [rules.pause_before_attempt(count).total_seconds() for count in range(1, 8)] == [1, 2, 4, 8, 15, 15, 15]
    assert not rules.has_given_up(7, begun, begun + timedelta(seconds=119))
    assert rules.has_given_up(8, begun, begun)
    assert rules.has_given_up(1, begun, begun + timedelta(minutes=2))
