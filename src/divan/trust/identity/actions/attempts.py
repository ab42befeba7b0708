"""Attempts counted in the database, so that every process counts the same guesses.

Counting is no fact: a fact for each guess would let a guesser fill the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, FloatField, Value
from django.db.models.functions import Greatest

from divan.trust.identity import models, rules
from divan.trust.identity.apps import options
from divan.trust.identity.values import Limit, TooManyAttempts

KEPT_FOR = timedelta(days=2)


def spend(limits: Mapping[str, Limit], *, now: datetime, **whose: str) -> None:
    """Count one attempt for each of these (``person=…, address=…``) before it is made, in a transaction of its own.

    Counting comes first: of many guesses made at once none slips through between a look and a count. A refused attempt
    is counted nowhere: nobody is guessed for, and whoever was stopped at an address stops no person by going on.

    :raises TooManyAttempts: if any of them tried too often; ``minutes`` tells how long to wait.
    """
    wait = 0
    with transaction.atomic():
        rows = []
        for key, limit in sorted(_keys(limits, whose), key=lambda pair: pair[0]):
            models.AttemptCount.objects.get_or_create(key=key, defaults={"measured_at": now})
            row = models.AttemptCount.objects.select_for_update().get(key=key)
            row.level = rules.drained(row.level, now - row.measured_at, limit)
            row.measured_at = max(now, row.measured_at)
            wait = max(wait, rules.minutes_until_free(row.level, limit))
            rows.append(row)
        for row in rows if not wait else ():
            row.level += 1
            row.save(update_fields=["level", "measured_at"])
    if wait:
        raise TooManyAttempts(minutes=wait)


def forgive(limits: Mapping[str, Limit], **whose: str) -> None:
    """Take one attempt back that proved to be right; a guesser's own successes wipe out nothing else."""
    keys = [key for key, _ in _keys(limits, whose)]
    sunk = Greatest(F("level") - Value(1.0), Value(0.0), output_field=FloatField())
    models.AttemptCount.objects.filter(key__in=keys).update(level=sunk)


def forget_counts(*, now: datetime) -> int:
    """Remove the counts that nobody has added to for two days; return how many."""
    return models.AttemptCount.objects.filter(measured_at__lt=now - KEPT_FOR).delete()[0]


def _keys(limits: Mapping[str, Limit], whose: Mapping[str, str]) -> Iterable[tuple[str, Limit]]:
    secret = options().secret
    for name, value in whose.items():
        yield rules.counter_key(secret, limits[name], value), limits[name]
