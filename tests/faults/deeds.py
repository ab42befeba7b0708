"""What a process that is killed does on a case of the engine: each deed the same as a test does it itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.apps import apps
from django.http import HttpResponse
from tests.faults.archiving import DEEDS as ARCHIVING
from tests.faults.carrying import DEEDS as CARRYING
from tests.faults.certifying import CERTIFYING
from tests.faults.directory import DEEDS as DIRECTORY
from tests.faults.drafting import DEEDS as DRAFTING
from tests.faults.finding import DEEDS as FINDING
from tests.faults.referring import DEEDS as REFERRING
from tests.faults.secretariat import DEEDS as SECRETARIAT
from tests.faults.units import DEEDS as UNITS

from divan.dealings.cases import actions
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.bundled import CODE
from divan.foundation import files
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.foundation.http.repeating import done_once
from divan.registers.people import queries as people
from divan.trust.exchange import actions as exchange
from divan.trust.exchange.tests import world as around


def begin(world, service: str):
    """Begin a draft; the registers are asked about the applicant."""
    return actions.start_draft(service_code=service, language="fa", actor=world.citizen(), now=world.now)


def answer(world, case: str):
    """Answer two questions of two pages, as a program does."""
    given = {"households": {"households": ["35"]}, "purpose": {"purpose": ["health"]}}
    return actions.save_answers(case=UUID(case), given=given, revision=None, actor=world.citizen(), now=world.now)


def send_once(world, case: str, key: str):
    """Send a case as a program does, which sends the same request again when it hears no answer."""
    applicant = world.citizen()

    def send() -> HttpResponse:
        return HttpResponse(actions.submit_case(case=UUID(case), actor=applicant, now=world.now).number)

    return done_once(owner=applicant.uuid, key=key, fingerprint="0" * 64, now=world.now, deed=send)


def add(world, case: str, file: str):
    """Add a stored file to a case that runs."""
    return actions.add_document(
        case=UUID(case), note="سند تازه", file=files.get_file(UUID(file)), actor=world.citizen(), now=world.now
    )


def book(world, case: str, starts_at: str):
    """Take a seat at a time."""
    return actions.book_visit(
        case=UUID(case),
        need="REQ-VISIT",
        starts_at=datetime.fromisoformat(starts_at),
        actor=world.citizen(),
        now=world.now,
    )


def sign(world, signature: str, digest: str, code: str):
    """Sign as the witness what was read."""
    witness = Actor(kind=ActorKind.CITIZEN, uuid=people.find_person(code).uuid)
    return actions.give_signature(signature=UUID(signature), digest=digest, actor=witness, now=world.now)


def decide(world, case: str):
    """Sign the decision as the director of the body that gives the permit."""
    return workshop.Workshop(world).act(UUID(case), "sign", "sign", "industry-trade-director")


def hand_back(world, permit: str):
    """Hand a permit back as its holder."""
    return actions.hand_back_permit(permit=UUID(permit), actor=world.citizen(), now=world.now)


def begin_bundle(world):
    """Begin both services of the bundle."""
    return actions.begin_bundle(
        code=CODE, answers={"online": True}, language="fa", actor=world.citizen(), now=world.now
    )


def share(world, run: str, village: str):
    """Answer once where it is."""
    return actions.answer_shared(
        run=UUID(run), given={"village": {"village": [village]}}, actor=world.citizen(), now=world.now
    )


def ask_bundle_payment(world, run: str):
    """Ask for the one invoice of a bundle."""
    return actions.ask_bundle_payment(run=UUID(run), actor=world.citizen(), now=world.now)


def submit_bundle(world, run: str):
    """Send all drafts of a bundle."""
    return actions.submit_bundle(run=UUID(run), actor=world.citizen(), now=world.now)


def stamp_evidence(world):
    """Have the evidence that was taken over stamped."""
    told = apps.get_app_config("exchange").options
    return exchange.stamp_evidence(timestamper=around.stamper(told, world.now), actor=SYSTEM, now=world.now)


def publish_snapshot(world):
    """Publish the routing state under the next number."""
    return exchange.publish_snapshot(actor=SYSTEM, now=world.now)


DEEDS = (
    REFERRING
    | ARCHIVING
    | DRAFTING
    | FINDING
    | SECRETARIAT
    | CARRYING
    | CERTIFYING
    | DIRECTORY
    | UNITS
    | {
        deed.__name__: deed
        for deed in (
            begin,
            answer,
            send_once,
            add,
            book,
            sign,
            decide,
            hand_back,
            begin_bundle,
            share,
            ask_bundle_payment,
            submit_bundle,
            publish_snapshot,
            stamp_evidence,
        )
    }
)
