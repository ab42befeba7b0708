"""Identity alone: its own addresses, quick hashes, twins for the registers, a clock that tests move.

What needs a set-up Django is imported inside the fixtures: named on the command line, this module loads before it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.apps import apps

from divan.foundation import clock

if TYPE_CHECKING:
    from divan.trust.identity.adapters.rehearsal import RehearsalOwners, RehearsalRegistry


@pytest.fixture(autouse=True)
def house(settings, monkeypatch):
    settings.ROOT_URLCONF = "divan.trust.identity.tests.addresses"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver"]
    # Built files are served by another test; their folder is absent before the first build.
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    # The frame of the pages is composed above identity, of addresses that are absent here.
    templates = copy.deepcopy(settings.TEMPLATES)
    processors = templates[0]["OPTIONS"]["context_processors"]
    templates[0]["OPTIONS"]["context_processors"] = [one for one in processors if not one.startswith("divan.project")]
    settings.TEMPLATES = templates
    app = apps.get_app_config("identity")
    told = replace(app.options, rehearsal=True, secret="invented secret", citizen_home="/cases/", staff_home="/office/")
    monkeypatch.setattr(app, "options", told)


@pytest.fixture
def production(house, monkeypatch):
    app = apps.get_app_config("identity")
    monkeypatch.setattr(app, "options", replace(app.options, rehearsal=False))


@pytest.fixture
def owners() -> RehearsalOwners:
    from divan.trust.identity.adapters.rehearsal import RehearsalOwners  # noqa: PLC0415 (see above)

    from .factories import CAST  # noqa: PLC0415 (see above)

    return RehearsalOwners(CAST)


@pytest.fixture
def registry() -> RehearsalRegistry:
    from divan.trust.identity.adapters.rehearsal import RehearsalRegistry  # noqa: PLC0415 (see above)

    from .factories import CAST  # noqa: PLC0415 (see above)

    return RehearsalRegistry(CAST)


@pytest.fixture
def work(owners, registry) -> Callable[[datetime], int]:
    """Let the worker ask the registers at a moment."""
    from divan.trust.identity import jobs  # noqa: PLC0415 (see above)
    from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, MOBILE_OWNERS  # noqa: PLC0415 (see above)

    def ask(now: datetime) -> int:
        return jobs.ask_inquiries(now, registers={CIVIL_REGISTRY: registry, MOBILE_OWNERS: owners})

    return ask


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)

    def go_on(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def time(monkeypatch) -> MovableClock:
    """The clock that faces read."""
    movable = MovableClock()
    monkeypatch.setattr(clock, "now", lambda: movable.now)
    return movable
