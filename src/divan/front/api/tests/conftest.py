"""The house without built files: they are served by another test, and are absent before the first build."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def unbuilt(settings):
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.ALLOWED_HOSTS = ["testserver", "localhost"]
