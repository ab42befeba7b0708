"""A small province for tests: the demo's bodies, posts and people, one published service, and ways to walk a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from uuid import UUID

import pytest

MORNING = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
"""A Sunday morning in Tehran: a working day in Iran."""

SERVICE = "rural-internet-coverage"
VILLAGE = "1503050001219674"


@dataclass(slots=True)
class World:
    """The province and its clock; ``now`` moves only when a test moves it."""

    now: datetime = MORNING

    def pass_time(self, **span: float) -> datetime:
        """Move the clock and return the moment."""
        self.now += timedelta(**span)
        return self.now

    def person(self, key: str):
        from divan.project.rehearsal.cast import member
        from divan.registers.people import queries

        return queries.find_person(member(key).national_code)

    def post(self, code: str):
        from divan.registers.people import queries

        return queries.get_post_by_code(code)

    def citizen(self, key: str = "villager"):
        from divan.foundation.actors import Actor, ActorKind

        return Actor(kind=ActorKind.CITIZEN, uuid=self.person(key).uuid)

    def officer(self, key: str):
        from divan.foundation.actors import Actor, ActorKind
        from divan.registers.people import queries

        held = queries.list_holdings(self.person(key).uuid, self.now)[0]
        post = held.post
        return Actor(
            kind=ActorKind.STAFF,
            uuid=held.person.uuid,
            post=post.uuid,
            duties=frozenset({post.role}),
            unit=post.unit.uuid,
        )

    def draft(self, key: str = "villager", *, answered: bool = True):
        """Start a draft; with ``answered`` the registers have confirmed what was asked."""
        from divan.dealings.cases import actions, models, queries

        case = actions.start_draft(service_code=SERVICE, language="fa", actor=self.citizen(key), now=self.now)
        if answered:
            person = self.person(key)
            known = {
                "REQ-IDENTITY": {"first_name": person.first_name, "last_name": person.last_name, "alive": True},
                "REQ-MOBILE": {"mobile": person.mobile},
            }
            for need in models.CaseNeed.objects.filter(case__uuid=case.uuid, state="asked"):
                need.state, need.fields, need.answered_at = "matched", known[need.code], self.now
                need.save()
                self._record_answer(need)
        return queries.get_case(case.uuid)

    def _record_answer(self, need) -> None:
        from django.db import transaction

        from divan.dealings.cases.values import NEED_ANSWERED
        from divan.foundation import facts
        from divan.foundation.actors import SYSTEM

        with transaction.atomic():
            facts.record(NEED_ANSWERED, subject=need, actor=SYSTEM, at=self.now, need=need.code, state=need.state)

    def fill(self, case: UUID, key: str = "villager", **changes: list[str]) -> None:
        """Answer every page of the shipped service; ``changes`` replaces single answers."""
        from divan.dealings.cases import actions

        pages: dict[str, dict[str, list[str]]] = {
            "applicant": {"contact_mobile": ["09121234567"]},
            "village": {"village": [VILLAGE], "relation": ["resident"]},
            "present-state": {"present_access": ["mobile-weak"], "households": ["۳۵"], "operators_seen": ["mci"]},
            "purpose": {"purpose": ["education", "health"], "description": ["مدرسه روستا اینترنت ندارد."]},
            "declaration": {"truth": ["yes"]},
        }
        for page, given in pages.items():
            actions.save_page(
                case=case,
                page=page,
                given={**given, **{name: value for name, value in changes.items() if name in given}},
                actor=self.citizen(key),
                now=self.now,
            )

    def submitted(self, key: str = "villager"):
        """Return a case that was just submitted."""
        from divan.dealings.cases import actions, queries

        case = self.draft(key)
        self.fill(case.uuid, key)
        actions.submit_case(case=case.uuid, actor=self.citizen(key), now=self.now)
        return queries.get_case(case.uuid)

    def act(self, case: UUID, key: str, action: str, **given: object):
        """Let an officer act in the step that waits."""
        from divan.dealings.cases import actions, queries
        from divan.dealings.cases.values import Given

        task = queries.find_open_task(case)
        return actions.act(task=task.uuid, action=action, given=Given(**given), actor=self.officer(key), now=self.now)

    def at_step(self, step: str, key: str = "villager"):
        """Return a case that waits in a step of the shipped service."""
        from divan.dealings.cases import queries

        case = self.submitted(key)
        for code, officer, action, given in (
            ("confirm", "village-head", "confirm", {}),
            ("endorse", "district-head", "endorse", {}),
            ("draft", "ict-expert", "propose-answer", {"text": "دکل جدید تا پایان سال نصب می‌شود."}),
            ("paraph", "ict-deputy", "paraph", {}),
            ("sign", "ict-director", "sign", {}),
        ):
            if code == step:
                return queries.get_case(case.uuid)
            self.act(case.uuid, officer, action, **given)
        return queries.get_case(case.uuid)


def furnish(now: datetime = MORNING) -> None:
    """Put the demo's places, bodies, people and service into the database of a test."""
    from divan.foundation.actors import SYSTEM
    from divan.project.demo.accounts import open_accounts
    from divan.project.demo.bodies import enrol_signatories, found_bodies, seat_cast
    from divan.project.demo.services import shipped_services
    from divan.registers.catalogue import actions as catalogue
    from divan.registers.people import queries as people
    from divan.registers.places import actions as places
    from divan.trust.signing import actions as signing
    from divan_libs.servicepack.lint import Surroundings
    from divan_libs.servicepack.loading import load_package

    with resources.as_file(resources.files("divan.project.demo") / "divisions") as directory:
        places.import_divisions(directory=Path(directory), actor=SYSTEM, now=now)
    found_bodies(actor=SYSTEM, now=now)
    open_accounts(actor=SYSTEM, now=now)
    seat_cast(actor=SYSTEM, now=now)
    signing.prepare_authority(actor=SYSTEM, now=now)
    enrol_signatories(actor=SYSTEM, now=now)
    around = Surroundings(
        roles=people.list_roles(),
        bodies=people.list_body_codes(),
        data_services=frozenset({"civil-registry/person", "mobile-register/owner"}),
    )
    for directory in (one for one in shipped_services() if one.name == "rural-internet-coverage"):
        catalogue.publish_package(package=load_package(directory), surroundings=around, actor=SYSTEM, now=now)


@pytest.fixture
def world(db: None) -> World:
    """A furnished province in the test's transaction."""
    furnish()
    return World()


def found_secretariats(*, actor: object, now: datetime) -> None:
    """Open the secretariats and registers of every body of the demo, and grant the clearances."""
    from divan.project.demo import secretariats

    secretariats.found_secretariats(actor=actor, now=now)  # type: ignore[arg-type]  # an actor


def found_neighbours(*, actor: object, now: datetime) -> None:
    """Enter the other bodies of the demo with their posts and holders."""
    from divan.project.demo import neighbours

    neighbours.found_neighbours(actor=actor, now=now)  # type: ignore[arg-type]  # an actor


def found_some_neighbours(*codes: str, now: datetime) -> None:
    """Enter some of the other bodies of the demo, with their posts and holders; each director may sign."""
    from unittest.mock import patch

    from divan.foundation.actors import SYSTEM
    from divan.project.demo import neighbours
    from divan.project.demo.bodies import enrol_holder

    whole = neighbours.plan()
    few = {code: whole["bodies"][code] for code in codes}
    with patch.object(neighbours, "plan", lambda: {**whole, "bodies": few, "signing_posts": []}):
        neighbours.found_neighbours(actor=SYSTEM, now=now)
        for seat in neighbours.seats():
            if seat.body in codes and seat.role == "director":
                enrol_holder(seat.code, actor=SYSTEM, now=now)


def shipped_folder(code: str) -> Path:
    """Return the folder of a shipped service."""
    from divan.project.demo.services import shipped_services

    [folder] = [one for one in shipped_services() if one.name == code]
    return folder


def publish_shipped(code: str, *, now: datetime) -> None:
    """Offer one of the shipped services that asks no register."""
    from divan.foundation.actors import SYSTEM
    from divan.registers.catalogue import actions as catalogue
    from divan.registers.people import queries as people
    from divan_libs.servicepack.lint import Surroundings
    from divan_libs.servicepack.loading import load_package

    around = Surroundings(roles=people.list_roles(), bodies=people.list_body_codes(), data_services=frozenset())
    catalogue.publish_package(package=load_package(shipped_folder(code)), surroundings=around, actor=SYSTEM, now=now)
