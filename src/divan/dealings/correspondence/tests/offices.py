"""What tests of secretariats stand on: a province whose bodies have their secretariats, and letters that arrive."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

from tests.world import found_secretariats

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


def registration(**changes):
    """Return what a clerk registers of a letter that arrived."""
    from divan.dealings.correspondence.values import Registration  # noqa: PLC0415 (Django is ready only now)

    known = {"register": "", "subject": "درخواست مجوز", "sender": SENDER, "their_number": "۱۴۰۵/ص/۱۲"}
    known |= {"their_date": date(2026, 11, 20)}
    known["register"] = changes.get("register") or register("incoming")
    return Registration(**{**known, **changes})


def register(direction: str, body: str = BODY) -> str:
    """Return the code of a body's register for a direction."""
    return queries.find_register_for(central(body).uuid, direction).code


def receive(world, key: str = "secretariat", **changes):
    """Let a letter arrive and be registered."""
    taken = take(world)
    return actions.register_intake(
        intake=taken.uuid, registration=registration(**changes), actor=world.officer(key), now=world.now
    )


def signed(world, *recipients, body: str = BODY, direction: str = "outgoing", **changes):
    """Return a letter of a body, signed by hand on paper and scanned, with its recipients."""
    from django.db import transaction  # noqa: PLC0415 (Django is ready only now)

    from divan.dealings.correspondence.actions.numbering import give_number  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.actions.parts import name_recipients  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.values import LETTER_NUMBERED, LETTER_SIGNED, RecipientLine  # noqa: PLC0415 (as above)
    from divan.foundation import facts  # noqa: PLC0415 (as above)

    owner = models.Secretariat.objects.get(uuid=central(body).uuid)
    known = {"subject": "پاسخ درخواست", "wording": "متن نامه", "recipient": "", "secrecy": "ordinary"}
    with transaction.atomic():
        row = models.Letter(
            uuid=uuid4(),
            body_id=owner.body_id,
            secretariat=owner,
            direction=direction,
            state="signed",
            signed_by_hand=True,
            scan_uuid=stored(world, "signed.pdf").uuid,
            signer_title="مدیرکل",
            **{**known, **changes},
        )
        give_number(row, models.Register.objects.get(code=register(direction, body)), now=world.now)
        row.save()
        name_recipients(row, [RecipientLine(party=one) for one in recipients], actor=SYSTEM, now=world.now)
        facts.record(LETTER_NUMBERED, subject=row, actor=SYSTEM, at=world.now)
        facts.record(LETTER_SIGNED, subject=row, actor=SYSTEM, at=world.now)
    return queries.get_letter(row.uuid)


def body_party(code: str) -> Party:
    """Return a body as the party to a letter."""
    unit = people.get_unit(code)
    return Party(kind=PartyKind.BODY, uuid=unit.uuid, organization=unit.name_fa, code=unit.code)


def post_party(world, code: str) -> Party:
    """Return a post as the party to a letter."""
    post = world.post(code)
    return Party(kind=PartyKind.POST, uuid=post.uuid, organization=post.unit.name_fa, title=post.title_fa)


def seals_hold() -> bool:
    """Whether every row of correspondence is as its newest fact says."""
    from divan.foundation import facts  # noqa: PLC0415 (Django is ready only now)

    for kind, uuid, _, _, digest in facts.last_digests(limit=100_000):
        if kind.startswith("correspondence.") and facts.live_digests(kind, [uuid])[uuid] != digest:
            return False
    return True
