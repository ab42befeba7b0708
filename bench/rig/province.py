"""People, services and cases of a scratch house, made by its own actions; import once Django is set up."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.test import Client
from tests.world import SERVICE, VILLAGE, World

from divan.dealings.cases import actions as cases
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.catalogue import actions as catalogue
from divan.registers.catalogue import queries as published
from divan.registers.people import actions as people
from divan.registers.people import queries as registered
from divan.registers.people.values import Person
from divan.trust.identity import actions as identity
from divan.trust.identity import models as accounts
from divan.trust.identity.values import SignInMethod
from divan.trust.identity.views.sessions import SECOND_FACTOR
from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.models import Package

PAGES: dict[str, dict[str, list[str]]] = {
    "applicant": {"contact_mobile": ["09121234567"]},
    "village": {"village": [VILLAGE], "relation": ["resident"]},
    "present-state": {"present_access": ["mobile-weak"], "households": ["35"], "operators_seen": ["mci"]},
    "purpose": {"purpose": ["education", "health"], "description": ["مدرسه روستا اینترنت ندارد."]},
    "declaration": {"truth": ["yes"]},
}
"""Answers to the pages of the shipped service, as a browser sends them."""


@dataclass(slots=True)
class Province(World):
    """The demo province with more applicants than the cast has; each is named by a number."""

    crowd: dict[str, Person] = field(default_factory=dict)

    def person(self, key: str) -> Person:
        """Return somebody of the cast, or the applicant with this number, entered when first asked for."""
        if not key.isdigit():
            found: Person = World.person(self, key)
            return found
        if key not in self.crowd:
            self.crowd[key] = people.register_person(
                national_code=national_code_with_check_digit(f"998{100_000 + int(key)}"),
                first_name="زهرا",
                last_name=f"رستمی {key}",
                mobile=f"0998{1_000_000 + int(key)}",
                actor=SYSTEM,
                now=self.now,
            )
        return self.crowd[key]

    def citizen(self, key: str = "villager") -> Actor:
        """Return an applicant as an actor."""
        return Actor(kind=ActorKind.CITIZEN, uuid=self.person(key).uuid)

    def confirmed_draft(self, key: str) -> UUID:
        """Return a draft of an applicant whose facts the registers have confirmed."""
        draft: UUID = self.draft(key).uuid
        return draft

    def filled_draft(self, key: str) -> UUID:
        """Return a draft that is ready to be sent."""
        draft = self.confirmed_draft(key)
        for page, given in PAGES.items():
            cases.save_page(case=draft, page=page, given=given, actor=self.citizen(key), now=self.now)
        return draft


def session_of_citizen(person: UUID, now: datetime) -> dict[str, str]:
    """Return the cookies of a citizen who is signed in."""
    return _session(identity.create_citizen_account(person=person, actor=SYSTEM, now=now))


def session_of_staff(person: UUID) -> dict[str, str]:
    """Return the cookies of a member of staff who is signed in with password and second factor."""
    return _session(accounts.Account.objects.get(person__uuid=person, kind="staff").uuid)


def _session(account: UUID) -> dict[str, str]:
    client = Client()
    client.force_login(accounts.Account.objects.get(uuid=account))
    session = client.session
    session[SECOND_FACTOR] = {"account": str(account), "factor": str(SignInMethod.PASSWORD)}
    session.save()
    name = settings.SESSION_COOKIE_NAME
    return {name: client.cookies[name].value, "csrftoken": secrets.token_hex(16)}


def publish_services(count: int, now: datetime) -> None:
    """Publish the shipped service under so many further codes."""
    shipped = published.get_package(published.get_current_version(SERVICE).uuid)
    around = Surroundings(
        roles=registered.list_roles(),
        bodies=frozenset({"ict-directorate", "governor-office", "ict-ministry"}),
        data_services=frozenset(shipped.card.inquiries),
    )
    for number in range(count):
        data = shipped.model_dump(mode="json", exclude_none=True)
        data["code"] = data["card"]["code"] = f"{SERVICE}-{number}"
        for language in ("fa", "en"):
            data["texts"][language]["card.title"] += f" {number}"
        catalogue.publish_package(package=Package.model_validate(data), surroundings=around, actor=SYSTEM, now=now)
