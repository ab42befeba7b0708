"""Loading the demo province: places, bodies, people and services, once, and harmless again."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from django.conf import settings

from divan.foundation import clock
from divan.foundation.actors import Actor, operator
from divan.project.demo.accounts import open_accounts
from divan.project.demo.archive import found_archives
from divan.project.demo.bodies import enrol_signatories, found_bodies, seat_cast
from divan.project.demo.exchange import bodies_plan
from divan.project.demo.installation import found_installation
from divan.project.demo.neighbours import enrol_neighbours, found_neighbours, open_neighbours_accounts
from divan.project.demo.secretariats import found_secretariats
from divan.project.demo.services import publish_shipped_bundles, publish_shipped_services
from divan.project.rehearsal.cast import CAST, CastMember
from divan.registers.people import queries as registered
from divan.registers.places import actions as places
from divan.trust.exchange import actions as exchange
from divan.trust.identity import actions as identity
from divan.trust.identity import queries as accounts
from divan.trust.identity.values import AccountKind


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """A person one can be in the rehearsal, and how to sign in by hand."""

    part: str
    name: str
    national_code: str
    mobile: str


class OnlyForRehearsal(RuntimeError):
    """The demo is not loaded into a production installation."""


def load() -> None:
    """Load the demo province; running it again brings nothing twice.

    :raises OnlyForRehearsal: in production.
    """
    if not settings.DIVAN.rehearsal:
        raise OnlyForRehearsal
    actor, now = operator("demo"), clock.now()
    found_installation(actor=actor, now=now)
    with resources.as_file(resources.files("divan.project.demo") / "divisions") as directory:
        places.import_divisions(directory=Path(directory), actor=actor, now=now)
    found_bodies(actor=actor, now=now)
    exchange.found_exchange(plan=bodies_plan(), actor=actor, now=now)
    open_accounts(actor=actor, now=now)
    seat_cast(actor=actor, now=now)
    found_neighbours(actor=actor, now=now)
    found_secretariats(actor=actor, now=clock.now())
    found_archives(actor=actor, now=clock.now())
    enrol_signatories(actor=actor, now=clock.now())
    enrol_neighbours(actor=actor, now=clock.now())
    for one in CAST:
        _account(one, actor)
    open_neighbours_accounts(actor=actor, now=clock.now())
    publish_shipped_services(actor=actor, now=clock.now())
    publish_shipped_bundles(actor=actor, now=clock.now())


def rehearsal_password(key: str) -> str:
    """Return the password of a member of the cast: known to everybody, valid in a rehearsal only."""
    return f"divan-rehearsal-{key}"


def rehearsal_totp_secret(key: str) -> str:
    """Return the secret of a member's authenticator (base32): known to everybody, valid in a rehearsal only."""
    return base64.b32encode(hashlib.sha256(f"divan-rehearsal-totp:{key}".encode()).digest()[:20]).decode()


def _account(one: CastMember, actor: Actor) -> None:
    person = registered.find_person(one.national_code)
    kind = AccountKind.STAFF if one.post else AccountKind.CITIZEN
    if person is None or accounts.find_account(person.uuid, kind) is not None:
        return
    now = clock.now()
    if kind is AccountKind.CITIZEN:
        identity.create_citizen_account(person=person.uuid, actor=actor, now=now)
        return
    account = identity.create_staff_account(person=person.uuid, username=one.key, actor=actor, now=now)
    identity.set_password(account=account, password=rehearsal_password(one.key), actor=actor, now=now)
    identity.enrol_totp(account=account, secret=rehearsal_totp_secret(one.key), actor=actor, now=now)


def people() -> list[DemoPerson]:
    """Return the cast with what one needs to sign in by hand."""
    return [
        DemoPerson(part=one.part_en, name=one.full_name, national_code=one.national_code, mobile=one.mobile)
        for one in CAST
    ]
