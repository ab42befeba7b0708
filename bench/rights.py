"""How long from pressing the button to the gateway: a right is suspended and resumed, and each time the calls of the
member's system change their answer.

Measured are the action with its commit and the signing of the snapshot, and from its beginning on the moment at which
the gateway answers differently, over one connection that calls without pause. Then the same among as many members and
permits as a province may have.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.rig.house import free_port, machine, scratch_house
from rich.console import Console
from rich.table import Table

DENIED = "server.serverproxy.access_denied"


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 changes and 2,400 permits instead of 100 and 24,000")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    rounds, permits = (10, 2_400) if options.quick else (100, 24_000)
    with scratch_house(furnished=False) as house:
        figures = measure(house.folder, rounds, permits)
    if options.json:
        print(json.dumps(figures))


def measure(folder: Path, rounds: int, permits: int) -> dict[str, Any]:
    """Found an exchange with a gateway, and measure among one permit and among many."""
    from dataclasses import replace  # noqa: PLC0415 (of this step alone)

    from django.apps import apps  # noqa: PLC0415 (after setup)

    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.trust.exchange import actions, queries  # noqa: PLC0415 (as above)
    from divan.trust.exchange.tests import world  # noqa: PLC0415 (as above)
    from divan.trust.exchange.tests.calling import MemberSystem  # noqa: PLC0415 (as above)

    app: Any = apps.get_app_config("exchange")
    app.options = replace(
        app.options,
        rehearsal=True,
        control=folder / "exchange",
        gateway=folder / "gateway",
        address=f"https://localhost:{free_port(1)}",
        subsystem=world.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    provider, now = world.Provider(), datetime.now(UTC)
    actions.found_exchange(plan=world.plan(provider=provider.url, since=now), actor=SYSTEM, now=now)
    [first] = queries.list_permits()
    actions.revoke_permit(permit=first.uuid, reason="bench", actor=SYSTEM, now=now)
    gateway = world.GatewayProcess(app.options).wait_until_it_serves()
    system = MemberSystem(app.options, world.OURS, folder, actor=SYSTEM, now=now)
    try:
        given = actions.grant_permit(permit=world.permit(since=now), actor=SYSTEM, now=now)
        few = press_again_and_again(system, given, rounds)
        fill(permits)
        many = press_again_and_again(system, given, rounds)
    finally:
        system.close()
        gateway.stop()
        provider.stop()
    return show({"1": few, f"{permits:,}": many}, rounds)


def press_again_and_again(system: Any, permit: Any, rounds: int) -> dict[str, float]:
    """Suspend and resume a permit, and return the quantiles in milliseconds of action and effect."""
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (after setup)
    from divan.trust.exchange import actions  # noqa: PLC0415 (as above)
    from divan.trust.exchange.tests.world import SERVICE, VILLAGER  # noqa: PLC0415 (as above)

    acted, took = [], []
    system.until("200", SERVICE, f"/persons/{VILLAGER}", patience=60)
    for number in range(rounds):
        act, wanted = ((actions.suspend_permit, DENIED), (actions.resume_permit, "200"))[number % 2]
        begun = time.perf_counter()
        act(permit=permit, reason="bench", actor=SYSTEM, now=datetime.now(UTC))
        acted.append(time.perf_counter() - begun)
        system.until(wanted, SERVICE, f"/persons/{VILLAGER}", patience=60)
        took.append(time.perf_counter() - begun)
    return {**_quantiles("action", acted), **_quantiles("effect", took)}


def _quantiles(what: str, seconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return {f"{what}_p50_ms": round(cuts[49] * 1000), f"{what}_p99_ms": round(cuts[98] * 1000)}


def fill(permits: int) -> None:
    """Enter three hundred members with a system each, and so many permits of theirs, as rows alone."""
    from divan.trust.exchange import models  # noqa: PLC0415 (after setup)

    service = models.DataService.objects.get()
    members = models.Member.objects.bulk_create(
        models.Member(uuid=uuid4(), address=f"LR/GOV/m{number}", name_fa=f"m{number}") for number in range(300)
    )
    systems = models.Subsystem.objects.bulk_create(
        models.Subsystem(
            uuid=uuid4(),
            member=one,
            address=f"{one.address}/s",
            name_fa="s",
            connection="https",
            certificates=["0" * 64],
        )
        for one in members
    )
    now = datetime.now(UTC)
    models.Permit.objects.bulk_create(
        [
            models.Permit(
                uuid=uuid4(),
                consumer=systems[number % len(systems)],
                data_service=service,
                method="GET",
                path_glob=f"/persons/{number}/*",
                purpose_fa="purpose of a permit in the bench",
                legal_basis_fa="law, article and date of the bench",
                legal_basis_confirmed=False,
                starts_at=now,
                ends_at=now + timedelta(days=365),
                granted_at=now,
            )
            for number in range(permits)
        ],
        batch_size=2000,
    )


def show(found: dict[str, dict[str, float]], rounds: int) -> dict[str, Any]:
    """Print the table and return the figures."""
    table = Table(title=f"{rounds} changes of a right, milliseconds ({machine()})")
    for column in ("permits", "action p50", "action p99", "gateway p50", "gateway p99"):
        table.add_column(column, justify="right")
    for permits, one in found.items():
        table.add_row(permits, *(str(value) for value in one.values()))
    Console().print(table)
    return {f"permits_{permits.replace(',', '')}": one for permits, one in found.items()}


if __name__ == "__main__":
    main()
