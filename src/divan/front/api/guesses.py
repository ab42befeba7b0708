"""How often a stranger may guess from one address, and somebody signed in change something.

The counters of guesses are those of the pages, so two doors give no more.
"""

from __future__ import annotations

from django.http import HttpRequest

from divan.foundation import clock
from divan.foundation.http.addresses import address_of
from divan.foundation.http.middleware import actor_of
from divan.trust.identity.actions import attempts
from divan.trust.identity.values import Limit

TRACKING = {"address": Limit(scope="tracking.address", burst=20, per_seconds=3600)}
VERIFICATION = {"address": Limit(scope="verification.address", burst=60, per_seconds=3600)}
FILES = {"address": Limit(scope="verification.files", burst=120, per_seconds=3600)}
"""No guesses, but work: judging a file costs far more than sending it."""
CHANGES = {"person": Limit(scope="api.changes", burst=600, per_seconds=3600)}
UPLOADS = {"person": Limit(scope="api.uploads", burst=120, per_seconds=3600)}
"""A program that loops stops here; people with a form need a fraction of it."""


def count(limits: dict[str, Limit], request: HttpRequest) -> None:
    """Count an attempt before it is looked at.

    :raises TooManyAttempts: when there were too many from this address.
    """
    attempts.spend(limits, now=clock.now(), address=address_of(request))


def take_back(limits: dict[str, Limit], request: HttpRequest) -> None:
    """Take back the count of a guess that was right."""
    attempts.forgive(limits, address=address_of(request))


def count_change(request: HttpRequest) -> None:
    """Count something that somebody signed in changes.

    :raises TooManyAttempts: when there were too many.
    """
    attempts.spend(CHANGES, now=clock.now(), person=str(actor_of(request).uuid))


def count_upload(request: HttpRequest) -> None:
    """Count a file before it is looked at.

    :raises TooManyAttempts: when there were too many.
    """
    attempts.spend(UPLOADS, now=clock.now(), person=str(actor_of(request).uuid))
