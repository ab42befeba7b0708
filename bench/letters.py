"""How many letters a second go from the dispatch desk to a number at the other secretariat, and back.

Inside the house, and through the exchange: there each letter passes the real gateway to the web process of the house,
which here is its own neighbour, and its receipt passes the gateway again. Beside it stands what plain inserts of the
same two rows and files would cost on the same database, with a commit for each letter.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from bench.rig.house import House, machine, scratch_house, web
from rich.console import Console
from rich.table import Table

BODY, OTHER, SUBSYSTEM = "ict-directorate", "governor-office", "LR/GOV/governor-office/divan"
ROUNDS = 3
"""The calmest of so many rounds counts."""


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line; fail where a letter is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--letters", type=int, default=200)
    parser.add_argument("--quick", action="store_true", help="40 letters in each round")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    count = 40 if options.quick else options.letters
    with scratch_house() as house, web(house), _beside(house, "rehearsal", 6), _beside(house, "gateway", 1):
        found = measure(count)
    table = Table("way", "letters a second", "of plain inserts", title=f"Letters, sent and registered ({machine()})")
    for name, rate in found.items():
        table.add_row(name, f"{rate:.1f}", f"{rate / found['plain inserts']:.1%}")
    Console().print(table)
    if options.json:
        print(json.dumps({name: round(rate, 2) for name, rate in found.items()}))


@contextmanager
def _beside(house: House, command: str, offset: int) -> Iterator[None]:
    """Run a process of the installation beside the web, until its port answers."""
    started = [sys.executable, "-m", "divan.project.command_line", command]
    with (house.folder / f"{command}.log").open("wb") as log:
        process = subprocess.Popen(started, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=dict(os.environ))
    try:
        until = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("localhost", house.port + offset), timeout=1).close()
                break
            except OSError as silent:
                if process.poll() is not None or time.monotonic() > until:
                    raise SystemExit((house.folder / f"{command}.log").read_text()[-2000:]) from silent
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(30)


def measure(count: int) -> dict[str, float]:
    """Return letters a second by each way; the best of three rounds in turn."""
    from django.conf import settings  # noqa: PLC0415 (Django is ready only now)

    from divan.dealings.correspondence import queries  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.tests import carried, offices  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.project.letters import neighbours  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)
    from divan.trust.exchange import actions as exchange  # noqa: PLC0415 (as above)
    from divan.trust.exchange.values import ExchangePlan  # noqa: PLC0415 (as above)

    own, now = settings.DIVAN.exchange_subsystem, clock.now()
    door = neighbours.letters_of(own, neighbours.own_door())
    rights = tuple(neighbours.rights_of(own, door, "bench", now))
    plan = ExchangePlan(members=(), subsystems=(), data_services=(door,), permits=rights)
    exchange.found_exchange(plan=plan, actor=SYSTEM, now=now)
    time.sleep(2.0)  # the gateway looks for a new snapshot every half second
    world = _World()
    code = queries.central_secretariat(people.get_unit(OTHER).uuid).code
    outside = carried.correspondent(world, "exchange", f"{settings.DIVAN.exchange_subsystem}#{code}")
    inside = offices.body_party(OTHER)
    ways: dict[str, Callable[[], float]] = {
        "plain inserts": lambda: _plain(count),
        "inside the house": lambda: _sent(world, inside, count, through_gateway=False),
        "through the gateway": lambda: _sent(world, outside, count, through_gateway=True),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, measured in ways.items():
            rates[name].append(count / measured())
    return {name: max(found) for name, found in rates.items()}


class _World:
    """The province of the house as the helpers of tests ask for it, at the present moment."""

    @property
    def now(self):
        from divan.foundation import clock  # noqa: PLC0415 (as above)

        return clock.now()

    def officer(self, key: str):
        """Return an officer of the cast."""
        from tests.world import World  # noqa: PLC0415 (as above)

        return World(now=self.now).officer(key)


def _sent(world: _World, to: object, count: int, *, through_gateway: bool) -> float:
    """Return the seconds in which so many signed letters are sent, registered and known to be registered."""
    from divan.dealings.correspondence import actions, jobs, models  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.tests import carried, offices  # noqa: PLC0415 (as above)
    from divan.foundation import facts  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)

    letters = [offices.signed(world, to) for _ in range(count)]
    laid = [actions.lay_at_dispatch_desk(letter=one.uuid, actor=SYSTEM, now=world.now)[0] for one in letters]
    clerk = world.officer("secretariat")
    before = models.Intake.objects.count()
    start = time.perf_counter()
    for one in laid:
        actions.send_dispatch(dispatch=one.uuid, actor=clerk, now=world.now)
    while through_gateway and jobs.carry_by_exchange(world.now):
        pass
    for intake in models.Intake.objects.filter(state="waiting").order_by("id"):
        carried.register(world, intake, OTHER, double_reason="bench")
    ours = models.Dispatch.objects.filter(uuid__in=[one.uuid for one in laid], state="registered")
    until = time.perf_counter() + 120
    while through_gateway and ours.count() < count and time.perf_counter() < until:
        facts.place_facts()
        jobs.follow_intakes(world.now)
        jobs.send_receipts(world.now)
    seconds = time.perf_counter() - start
    back = ours.count()
    if (back, models.Intake.objects.count() - before) != (count, count):
        raise SystemExit(f"{count} letters were sent, {back} came back with a number")
    return seconds


def _plain(count: int) -> float:
    """Return the seconds for inserting and committing as many pairs of rows of the same sizes."""
    from django.db import connection, transaction  # noqa: PLC0415 (as above)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS bench_plain (id bigserial PRIMARY KEY, uuid uuid, data text)")
        start = time.perf_counter()
        for _ in range(count):
            with transaction.atomic():
                for _ in range(2):
                    cursor.execute("INSERT INTO bench_plain (uuid, data) VALUES (%s, %s)", [uuid4(), "x" * 1000])
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
