"""What a process that is killed does at a secretariat: each deed the same as a test does it itself."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.tests import offices
from divan.foundation.actors import SYSTEM

CREST = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="3" fill="#1f3f77"/></svg>'


def let_arrive(world, key: str, file: str):
    """Let a letter arrive whose file was stored before."""
    one = offices.IntakeFile(file_uuid=UUID(file), name="letter.pdf", role="origin", pages=1)
    return actions.take_in(
        secretariat=offices.central().uuid,
        channel=offices.Channel.COUNTER,
        key=key,
        arrived=offices.Arrived(sender=offices.SENDER, subject="درخواست", files=(one,)),
        actor=SYSTEM,
        now=world.now,
    )


def register_arrival(world, intake: str, body: str = offices.BODY):
    """Register what arrived, as the system; numbers are told apart by what arrived."""
    said = offices.registration(
        register=offices.register("incoming", body), their_number=intake, double_reason="یک فایل برای همه"
    )
    return actions.register_intake(intake=UUID(intake), registration=said, actor=SYSTEM, now=world.now)


def register_many(world, body: str, *intakes: str):
    """Register one thing after another that arrived at a body."""
    return [register_arrival(world, intake, body) for intake in intakes]


def send_letter(world, dispatch: str):
    """Send a letter that lies at the desk."""
    return actions.send_dispatch(dispatch=UUID(dispatch), actor=SYSTEM, now=world.now)


def reserve_three(world, register: str):
    """Reserve three numbers of a register."""
    return actions.reserve_numbers(register=register, many=3, reason="جلسه", actor=SYSTEM, now=world.now)


def begin_year(world, register: str):
    """Begin the running year of a register by hand."""
    return actions.begin_year(register=register, reason="آغاز سال", actor=SYSTEM, now=world.now)


def put_crest(world):
    """Keep a crest for the letters of a body."""
    return actions.put_crest(secretariat=offices.central().uuid, content=CREST, actor=SYSTEM, now=world.now)


def give_proof(world, register: str):
    """Give the proof of a register's year out."""
    actor = world.officer("secretariat")
    return actions.give_proof_of(register=register, year=1405, actor=actor, now=world.now)


KEEPING = (reserve_three, begin_year, put_crest, give_proof)
DEEDS = {deed.__name__: deed for deed in (let_arrive, register_arrival, register_many, send_letter, *KEEPING)}
