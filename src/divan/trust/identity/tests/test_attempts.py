"""Counters in the database: every process counts the same guesses."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections

from divan.trust.identity import models
from divan.trust.identity.actions import attempts
from divan.trust.identity.values import Limit, TooManyAttempts

from .factories import NOON

LIMITS = {
    "person": Limit(scope="test.person", burst=3, per_seconds=60),
    "address": Limit(scope="test.address", burst=5, per_seconds=60),
}


def tried(count, *, now=NOON, **whose):
    allowed = 0
    for _ in range(count):
        try:
            attempts.spend(LIMITS, now=now, **whose)
        except TooManyAttempts:
            continue
        allowed += 1
    return allowed


@pytest.mark.django_db
def test_each_counts_apart_and_a_refused_attempt_is_counted_nowhere():
    assert tried(10, person="a", address="x") == 3
    assert tried(10, person="b", address="x") == 2
    # The address is stopped now: it can no longer use up what is left of a person.
    assert tried(10, person="c", address="x") == 0
    assert tried(10, person="c", address="y") == 3


@pytest.mark.django_db
def test_counts_sink_with_time():
    assert tried(9, person="a") == 3
    assert tried(9, person="a", now=NOON + timedelta(seconds=20)) == 1
    assert tried(9, person="a", now=NOON + timedelta(hours=1)) == 3


@pytest.mark.django_db
def test_a_forgiven_attempt_makes_room_for_one_and_never_for_more():
    assert tried(3, person="a") == 3
    for _ in range(9):
        attempts.forgive(LIMITS, person="b")
    attempts.forgive(LIMITS, person="a")

    assert tried(9, person="a") == 1
    assert tried(9, person="b") == 3


@pytest.mark.django_db
def test_the_table_names_nobody():
    attempts.spend(LIMITS, now=NOON, person="0012345678", address="192.0.2.1")

    assert {len(row.key) for row in models.AttemptCount.objects.all()} == {64}
    assert "0012345678" not in str(list(models.AttemptCount.objects.values()))


@pytest.mark.django_db
def test_old_counts_leave():
    attempts.spend(LIMITS, now=NOON, person="a")
    attempts.spend(LIMITS, now=NOON + timedelta(days=1), person="b")

    assert attempts.forget_counts(now=NOON + timedelta(days=2, seconds=1)) == 1
    assert models.AttemptCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_once_do_not_slip_through():
    allowed = []

    def guess():
        allowed.append(tried(4, person="a", address="x"))
        connections.close_all()

    guessers = [threading.Thread(target=guess) for _ in range(4)]
    for guesser in guessers:
        guesser.start()
    for guesser in guessers:
        guesser.join()

    assert sum(allowed) == 3
