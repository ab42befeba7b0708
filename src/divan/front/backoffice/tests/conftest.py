"""Browsers of the people of the province, at the province's own clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

Browser = Callable[[str], Client]


@pytest.fixture(autouse=True)
def doors(settings, monkeypatch, request):
    """Serve pages without built files, at the clock of the world where a test has one."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    settings.ALLOWED_HOSTS = ["testserver"]
    if "world" in request.fixturenames:
        from divan.foundation import clock  # noqa: PLC0415 (Django is ready only now)

        world = request.getfixturevalue("world")
        monkeypatch.setattr(clock, "now", lambda: world.now)


@pytest.fixture
def browser(world) -> Browser:
    """Return a browser reading English in which a member of the cast has signed in; nobody for an empty key."""
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (Django is ready only now)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)
    from divan.trust.identity import actions as identity  # noqa: PLC0415 (as above)
    from divan.trust.identity.models import Account  # noqa: PLC0415 (as above)

    def browse(key: str) -> Client:
        client = Client()
        client.cookies["divan_language"] = "en"
        if not key:
            return client
        person = world.person(key).uuid
        if people.list_holdings(person, world.now) or key == "jobless":
            uuid = identity.create_staff_account(person=person, username=key, actor=SYSTEM, now=world.now)
        else:
            uuid = identity.create_citizen_account(person=person, actor=SYSTEM, now=world.now)
        account = Account.objects.get(uuid=uuid)
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session["second_factor"] = {"account": str(account.uuid), "factor": "totp"}
        session.save()
        return client

    return browse


@pytest.fixture
def task_in(world):
    """Return a case that waits in a step, and its task."""

    def bring(step: str):
        from divan.dealings.cases import queries  # noqa: PLC0415 (Django is ready only now)

        case = world.at_step(step)
        return case, queries.find_open_task(case.uuid)

    return bring
