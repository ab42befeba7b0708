"""Browsers before the portal, at the province's own clock."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.fixture(autouse=True)
def doors(settings, monkeypatch, request):
    """Serve pages without built files, at the clock of the world where a test has one; no visit of another test."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    settings.ALLOWED_HOSTS = ["testserver"]
    if "world" in request.fixturenames:
        from divan.foundation import clock  # noqa: PLC0415 (Django is ready only now)
        from divan.front.portal.measured import measured_in  # noqa: PLC0415 (as above)
        from divan.front.portal.visits import VISITS  # noqa: PLC0415 (as above)

        world = request.getfixturevalue("world")
        monkeypatch.setattr(clock, "now", lambda: world.now)
        VISITS.forget()
        measured_in.cache_clear()


@pytest.fixture
def visitor() -> Client:
    """A browser reading English in which nobody has signed in."""
    client = Client()
    client.cookies["divan_language"] = "en"
    return client


@pytest.fixture
def officer(world, visitor) -> Client:
    """The same browser with an officer of the state signed in."""
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (Django is ready only now)
    from divan.trust.identity import actions as identity  # noqa: PLC0415 (as above)
    from divan.trust.identity.models import Account  # noqa: PLC0415 (as above)

    client = Client()
    client.cookies["divan_language"] = "en"
    person = world.person("ict-expert").uuid
    uuid = identity.create_staff_account(person=person, username="ict-expert", actor=SYSTEM, now=world.now)
    account = Account.objects.get(uuid=uuid)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session["second_factor"] = {"account": str(account.uuid), "factor": "totp"}
    session.save()
    return client
