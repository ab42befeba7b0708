"""An exchange in a temporary folder, founded in a rehearsal.

What needs a set-up Django is imported inside: named on the command line, this module loads before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.apps import apps

from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.trust.exchange.apps import ExchangeOptions

from . import world


@pytest.fixture(autouse=True)
def told(monkeypatch, tmp_path):
    app = apps.get_app_config("exchange")
    options = ExchangeOptions(
        rehearsal=True,
        control=tmp_path / "exchange",
        gateway=tmp_path / "gateway",
        address=f"https://localhost:{world.free_port()}",
        subsystem=world.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    monkeypatch.setattr(app, "options", options)
    return options


@pytest.fixture
def production(told, monkeypatch):
    options = replace(told, rehearsal=False)
    monkeypatch.setattr(apps.get_app_config("exchange"), "options", options)
    return options


@pytest.fixture
def founded(db, told, django_capture_on_commit_callbacks):
    from divan.trust.exchange import actions  # noqa: PLC0415 (see above)

    with django_capture_on_commit_callbacks(execute=True):
        actions.found_exchange(plan=world.plan(), actor=SYSTEM, now=world.NOW)
    return told


@pytest.fixture
def writer(founded) -> Iterator[world.Writer]:
    made = world.Writer(founded)
    yield made
    made.log.abandon()


@pytest.fixture
def provider() -> Iterator[world.Provider]:
    made = world.Provider()
    yield made
    made.stop()


@pytest.fixture
def gateway(transactional_db, told, provider) -> Iterator[world.GatewayProcess]:
    from divan.trust.exchange import actions  # noqa: PLC0415 (see above)
    from divan.trust.exchange.adapters import gateway as client  # noqa: PLC0415 (see above)

    now = clock.now()
    actions.found_exchange(plan=world.plan(provider=provider.url, since=now), actor=SYSTEM, now=now)
    running = world.GatewayProcess(told).wait_until_it_serves()
    yield running
    client.hang_up()
    running.stop()
