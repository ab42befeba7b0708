"""A province whose bodies have secretariats."""

from __future__ import annotations

from dataclasses import replace

import pytest


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    """Return the world with the secretariats of every body, and a folder of its own for files."""
    from django.apps import apps  # noqa: PLC0415 (Django is ready only now)

    from divan.dealings.correspondence.tests import offices  # noqa: PLC0415 (as above)
    from divan.foundation.apps import options  # noqa: PLC0415 (as above)

    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return offices.found(world)
