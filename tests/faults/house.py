"""A house of its own for a test, the power over it, and a gateway of short messages that counts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

from django.apps import apps
from tests.elsewhere import await_released, database_url
from tests.world import World, furnish

from divan.dealings.cases import queries as cases
from divan.foundation.actors import SYSTEM
from divan.foundation.duties import run_until_idle
from divan.foundation.models import Fact
from divan.project.duties import worker_duties
from divan.trust.ledger import actions as ledger
from divan.trust.ledger import queries as log

ROOT = Path(__file__).resolve().parents[2]
AT_REST = ("sequencer", "sealer", "case-facts", "receipts", "documents", "letters", "messages")
"""The duties that a restarted worker runs here; those that ask the gateway have tests of their own beside it."""


@dataclass(slots=True)
class Carrier:
    """A gateway of short messages: what was handed over, and what it delivered, each key once."""

    address: str = ""
    handed_over: list[dict[str, str]] = field(default_factory=list)

    @property
    def delivered(self) -> dict[str, str]:
        """The texts by key."""
        return {one["key"]: one["text"] for one in self.handed_over}


@contextmanager
def serving_carrier() -> Iterator[Carrier]:
    """Run a gateway of short messages on this machine."""
    carrier = Carrier()

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            carrier.handed_over.append(body)
            answer = json.dumps({"reference": f"ref-{body['key']}"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    carrier.address = f"http://127.0.0.1:{server.server_port}/sms"
    yield carrier
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(slots=True)
class House:
    """The house of a test and the power over it."""

    world: World
    folder: Path
    carrier: Carrier

    def cut(self, point: str, verb: str, *arguments: object) -> None:
        """Do something in a process that is killed at a point, and see that it died there."""
        done = self.begin(verb, *arguments, point=point)
        _, said = done.communicate(timeout=120)
        assert done.returncode == -signal.SIGKILL, said.decode()
        await_released()

    def begin(self, verb: str, *arguments: object, point: str = "") -> subprocess.Popen[bytes]:
        """Begin to do something in a process of its own, which is killed at a point where one is named."""
        environment = os.environ | {
            "DIVAN_DATABASE_URL": database_url(),
            "DIVAN_DATA": str(self.folder),
            "DIVAN_SMS_GATEWAY": self.carrier.address,
            "DIVAN_LOG_ORIGIN": "log.divan.test",
            "DIVAN_FAULT": point,
            "PYTHONPATH": str(ROOT),
        }
        command = [sys.executable, str(Path(__file__).with_name("actor.py")), verb, self.world.now.isoformat()]
        return subprocess.Popen(
            [*command, *map(str, arguments)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )

    def rest(self) -> None:
        """Let the worker, started again, do what there is to do; then nothing is found that was altered."""
        duties = [duty for duty in worker_duties() if duty.name in AT_REST]
        run_until_idle(duties, now=self.world.pass_time(minutes=2))
        found = log.fsck()
        assert not found, found

    def work(self, *names: str) -> None:
        """Let a worker do one round of each of these duties."""
        for duty in [duty for name in names for duty in worker_duties() if duty.name == name]:
            duty.run(self.world.now)

    def positions(self) -> list[int | None]:
        """Return the positions of all facts in their order."""
        return list(Fact.objects.order_by("position").values_list("position", flat=True))

    def case(self, uuid: UUID):
        """Return a case as it stands."""
        return cases.get_case(uuid)


@contextmanager
def furnished(folder: Path, carrier: Carrier) -> Iterator[House]:
    """Furnish a province, prepare its keys and open its log, as `divan up` does."""
    carrier.handed_over.clear()
    kept = {label: apps.get_app_config(label).options for label in ("foundation", "ledger", "signing")}
    apps.get_app_config("foundation").options = replace(
        kept["foundation"], files_directory=folder / "files", sms_gateway=carrier.address
    )
    apps.get_app_config("ledger").options = replace(
        kept["ledger"],
        directory=folder / "tlog",
        key_file=folder / "keys" / "log.key",
        verifier_file=folder / "trust" / "log.vkey",
        origin="log.divan.test",
    )
    apps.get_app_config("signing").options = replace(
        kept["signing"], key_directory=folder / "keys" / "signing", trust_directory=folder / "trust"
    )
    world = World()
    ledger.open_log(actor=SYSTEM, now=world.now)
    furnish(world.now)
    try:
        yield House(world, folder, carrier)
    finally:
        for label, options in kept.items():
            apps.get_app_config(label).options = options
