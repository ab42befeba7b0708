"""People who come to the door for machines, and services on the list."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.test import Client
from tests.world import SERVICE

from divan.foundation import clock
from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions as catalogue
from divan.registers.catalogue import queries as published
from divan.registers.people import actions as people
from divan.registers.people.values import UnitKind, UnitLevel
from divan.trust.identity import actions as identity
from divan.trust.identity import models
from divan.trust.identity.values import SignInMethod
from divan.trust.identity.views.sessions import SECOND_FACTOR
from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.models import Package


def signed_in(account) -> Client:
    """Return a client with a session of this account; staff have passed their second factor."""
    client = Client()
    client.force_login(models.Account.objects.get(uuid=account))
    session = client.session
    session[SECOND_FACTOR] = {"account": str(account), "factor": str(SignInMethod.PASSWORD)}
    session.save()
    return client


def citizen(world, key: str = "villager") -> Client:
    """Return a signed-in client of somebody of the cast."""
    person = world.person(key).uuid
    return signed_in(identity.create_citizen_account(person=person, actor=SYSTEM, now=world.now))


def some_citizen() -> Client:
    """Return a signed-in client of a person without cases."""
    return signed_in(identity.create_citizen_account(person=_somebody(), actor=SYSTEM, now=clock.now()))


def some_officer() -> Client:
    """Return a signed-in client of staff that holds a post now."""
    person, now = _somebody(), clock.now()
    people.found_unit(
        code="archive",
        name_fa="بایگانی",
        name_en="Archive",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        actor=SYSTEM,
        now=now,
    )
    post = people.create_post(
        code="archivist",
        title_fa="بایگان",
        title_en="Archivist",
        role="archivist",
        unit_code="archive",
        actor=SYSTEM,
        now=now,
    )
    people.give_post(person=person, post=post.uuid, starts_at=now - timedelta(days=1), actor=SYSTEM, now=now)
    return signed_in(identity.create_staff_account(person=person, username="archivist", actor=SYSTEM, now=now))


def _somebody() -> UUID:
    entered = people.register_person(
        national_code=national_code_with_check_digit("999300001"),
        first_name="نگار",
        last_name="شریفی",
        mobile="09991000009",
        actor=SYSTEM,
        now=clock.now(),
    )
    return entered.uuid


def publish_another(world, code: str, title: str) -> None:
    """Publish the shipped service once more under another code and title."""
    shipped = published.get_package(published.get_current_version(SERVICE).uuid)
    data = shipped.model_dump(mode="json", exclude_none=True)
    data["code"] = data["card"]["code"] = code
    for language in ("fa", "en"):
        data["texts"][language]["card.title"] = title
    package = Package.model_validate(data)
    around = Surroundings(
        roles=frozenset(holder.role for holder in package.flow.holders()),
        bodies=frozenset({"ict-directorate", "governor-office", "ict-ministry"}),
        data_services=frozenset(package.card.inquiries),
    )
    catalogue.publish_package(package=package, surroundings=around, actor=SYSTEM, now=world.now)
