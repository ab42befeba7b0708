"""Identity alone: its own addresses, quick hashes, twins for the registers, a clock that tests move."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.apps import apps

from divan.foundation import clock
from divan.trust.identity import jobs
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, MOBILE_OWNERS
from divan.trust.identity.adapters.rehearsal import RehearsalOwners, RehearsalRegistry

from . import factories


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
    return RehearsalOwners(factories.CAST)


@pytest.fixture
def registry() -> RehearsalRegistry:
    return RehearsalRegistry(factories.CAST)


@pytest.fixture
def work(owners, registry) -> Callable[[datetime], int]:
    """Let the worker ask the registers at a moment."""

    def ask(now: datetime) -> int:
        return jobs.ask_inquiries(now, registers={CIVIL_REGISTRY: registry, MOBILE_OWNERS: owners})

    return ask


class MovableClock:
    def __init__(self) -> None:
        self.now = factories.NOON

    def go_on(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def time(monkeypatch) -> MovableClock:
    """The clock that faces read."""
    movable = MovableClock()
    monkeypatch.setattr(clock, "now", lambda: movable.now)
    return movable
