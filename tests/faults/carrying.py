"""What a process that is killed does with letters between systems: carries, tells, and takes from a mailbox or folder.

The other side is this very house: what the door took in before the cut stands in the database, as it would there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from django.apps import apps
from django.conf import settings

from divan.dealings.correspondence import jobs
from divan.dealings.correspondence.tests import carried
from divan.foundation import facts, files


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


DEEDS = {deed.__name__: deed for deed in (carry, tell, collect_mail, collect_folders)}
