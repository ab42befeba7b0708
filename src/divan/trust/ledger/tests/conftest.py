"""A log of its own for each test. What needs Django is imported late: pytest reads this before it is set up."""

from __future__ import annotations

from dataclasses import replace

import pytest


@pytest.fixture
def log(tmp_path):
    """Let the ledger work in a folder of the test, laid out as under ``DIVAN_DATA``."""
    from django.apps import apps  # noqa: PLC0415 (see above)

    app = apps.get_app_config("ledger")
    kept = app.options
    app.options = replace(
        kept,
        directory=tmp_path / "log",
        key_file=tmp_path / "keys" / "log.key",
        verifier_file=tmp_path / "trust" / "log.vkey",
        policy_file=tmp_path / "trust" / "log.policy",
        origin="log.divan.test",
    )
    yield app.options
    app.options = kept


@pytest.fixture
def open_log(log, transactional_db):
    """Open the log and place the fact that says so."""
    from divan.foundation import facts  # noqa: PLC0415 (see above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (see above)
    from divan.trust.ledger import actions  # noqa: PLC0415 (see above)

    from .scene import NOW  # noqa: PLC0415 (see above)

    actions.open_log(actor=SYSTEM, now=NOW)
    facts.place_facts()
    return log


@pytest.fixture
def happen(transactional_db):
    """Give the function by which facts happen."""
    from .scene import let_happen  # noqa: PLC0415 (see above)

    return let_happen
