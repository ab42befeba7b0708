"""What a process that is killed does with letters between systems: carries, tells, and takes from a mailbox or folder.

The other side is this very house: what the door took in before the cut stands in the database, as it would there.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.test import Client

from divan.dealings.correspondence import jobs
from divan.dealings.correspondence.adapters import webhooks
from divan.dealings.correspondence.jobs import carrying as carriers
from divan.dealings.correspondence.tests import carried
from divan.foundation import clock, facts, files


def prepare(folder: str) -> None:
    """Let a process do without built files and a scanner, with the connections of a test."""
    if any(one.startswith("whitenoise") for one in settings.MIDDLEWARE):
        settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    files.ClamScanner = lambda _address: carried.Doctor()  # type: ignore[assignment,misc]  # no scanner listens here
    app = apps.get_app_config("correspondence")
    app.options = replace(app.options, connections=Path(folder) / "letters.toml", parts=Path(folder) / "parts")


@dataclass
class Box(carried.Post):
    """A mail server whose one mail lies in a file; what was marked lies beside it."""

    folder: Path = Path()

    def opens(self, mailbox):
        """Open the mailbox of the file."""
        self.boxes = {mailbox.address: [(self.folder / "mail").read_bytes()]}
        self.marked = {(mailbox.address, 1)} if (self.folder / "marked").exists() else set()
        return super().opens(mailbox)


def carry(world, folder: str):
    """Carry what is queued through the exchange."""
    prepare(folder)
    return jobs.carry_by_exchange(world.now, ask=carried.Gateway().ask)


def carry_in_parts(world, folder: str):
    """Carry what is queued through the exchange in parts of ten octets."""
    carriers.PART_BYTES = 10
    return carry(world, folder)


def carry_to_products(world, folder: str):
    """Carry what is queued to products; a product that is called writes each call into a file, and has the letter."""
    prepare(folder)
    webhooks.call = partial(_called, Path(folder) / "called")
    return jobs.carry_by_products(world.now)


def _called(calls: Path, _product, _path: str, body: bytes, *, now) -> webhooks.Answer:
    with calls.open("ab") as out:
        out.write(body + b"\n")
        out.flush()
        os.fsync(out.fileno())
    said = {"state": "delivered", "at": now.isoformat()}
    return webhooks.Answer(status=201, body=json.dumps(said).encode())


def product_calls(world, folder: str):
    """Let a product bring the letter that lies in a file by a signed call."""
    prepare(folder)
    body, path = (Path(folder) / "letter.json").read_bytes(), "/exchange/products/gas/letters"
    # The door looks at the clock; the letter's own times do not matter to it.
    stamp = str(int(clock.now().timestamp()))
    secret = (Path(folder) / "secret").read_bytes()
    headers = {
        webhooks.TIMESTAMP: stamp,
        webhooks.SIGNATURE: webhooks.signature(secret, timestamp=stamp, method="POST", path=path, body=body),
    }
    browser = Client(SERVER_NAME="localhost")
    return browser.post(path, body, content_type="application/json", headers=headers).status_code


def tell(world, folder: str):
    """Send the receipts that are due through the exchange."""
    prepare(folder)
    facts.place_facts()
    jobs.follow_intakes(world.now)
    return jobs.send_receipts(world.now, ask=carried.Gateway().ask)


def collect_mail(world, folder: str):
    """Take the mail that lies in a file."""
    prepare(folder)
    return jobs.collect_mail(world.now, opens=Box(folder=Path(folder)).opens)


def collect_folders(world, folder: str):
    """Take what a product has laid into its folder."""
    prepare(folder)
    return jobs.collect_folders(world.now)


DEEDS = {
    deed.__name__: deed
    for deed in (carry, carry_in_parts, carry_to_products, product_calls, tell, collect_mail, collect_folders)
}
