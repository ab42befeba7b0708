"""The house without built files, which are absent before the first build; at the clock of a test's world."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def unbuilt(settings, monkeypatch, request):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
    if "world" in request.fixturenames:
        from divan.foundation import clock  # noqa: PLC0415 (Django is ready only now)

        world = request.getfixturevalue("world")
        monkeypatch.setattr(clock, "now", lambda: world.now)
