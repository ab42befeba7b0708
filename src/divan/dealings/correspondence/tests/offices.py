"""What tests of secretariats stand on: a province whose bodies have their secretariats, and letters that arrive."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.values import Arrived, Channel, IntakeFile, Party, PartyKind
from divan.foundation import files
from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people

BODY = "ict-directorate"
SENDER = Party(kind=PartyKind.OUTSIDE, organization="شرکت نمونهٔ لرستان", name="مریم نمونه", title="مدیرعامل")
PDF = b"%PDF-1.7\nan invented page\n"


def found(world):
    """Open the secretariats and registers of every body, and grant the clearances."""
    from divan.project.demo.secretariats import found_secretariats  # noqa: PLC0415 (Django is ready only now)

    found_secretariats(actor=SYSTEM, now=world.now)
    return world


def central(body: str = BODY):
    """Return the central secretariat of a body."""
    return queries.central_secretariat(people.get_unit(body).uuid)


def stored(world, name: str = "letter.pdf", content: bytes = PDF):
    """Return a stored file."""
    return files.store_made(name=name, content=content, media_type="application/pdf", actor=SYSTEM, now=world.now)


def arrived(world, **changes) -> Arrived:
    """Return a letter of an outside party as it came, with a file."""
    known = {
        "sender": SENDER,
        "their_number": "۱۴۰۵/ص/۱۲",
        "their_date": date(2026, 11, 20),
        "subject": "درخواست مجوز",
        "files": (IntakeFile(file_uuid=stored(world).uuid, name="letter.pdf", role="origin", pages=1),),
    }
    return Arrived(**{**known, **changes})


def take(world, key: str = "", *, body: str = BODY, channel: Channel = Channel.COUNTER, **changes):
    """Let a letter arrive."""
    return actions.take_in(
        secretariat=central(body).uuid,
        channel=channel,
        key=key or str(uuid4()),
        arrived=arrived(world, **changes),
        actor=world.officer("secretariat"),
        now=world.now,
    )


def moment(year: int, month: int, day: int) -> datetime:
    """Return nine in the morning of a Gregorian day in UTC."""
    return datetime(year, month, day, 9, 0, tzinfo=UTC)


def count_rows() -> tuple[int, int]:
    """Return how many letters and intakes there are."""
    return models.Letter.objects.count(), models.Intake.objects.count()
