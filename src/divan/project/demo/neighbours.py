"""The other bodies of the demo province: their posts, invented holders, secretariat registers and signatories.

They stand beside the tree of the cast (``bodies``), which tests need alone; here is what shipped services need besides,
so that every role that a service names is held. What is there already costs a look and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.db import transaction

from divan.dealings.correspondence import actions as correspondence
from divan.foundation.actors import Actor
from divan.project.demo.bodies import enrol_holder
from divan.project.rehearsal.cast import COUNTY, PROVINCE, member
from divan.registers.people import actions, queries
from divan.registers.people.values import PostUnknown, UnitKind, UnitLevel
from divan.trust.identity import actions as identity
from divan.trust.identity import queries as accounts
from divan_libs.persian.identifiers import InvalidIdentifier, national_code_with_check_digit, parse_legal_id

FIRST_SERIAL = 300_000
"""Serial number of the first invented holder; the cast has those from 100,001 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A post of a body and who sits on it: somebody invented, or the member of the cast with this key."""

    code: str
    title_fa: str
    title_en: str
    role: str
    body: str
    signs: bool
    cast: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An invented person."""

    national_code: str
    first_name: str
    last_name: str
    father_name: str
    birth_date: date


@cache
def plan() -> dict[str, Any]:
    """Return the file as it is written."""
    text = (resources.files("divan.project.demo") / "neighbours.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def seats() -> Iterator[Seat]:
    """Yield every post of the file with its body, in the file's order."""
    for code, known in plan()["posts"].items():
        yield Seat(code=code, signs=False, **known)
    for body, known in (plan()["cast_bodies"] | plan()["bodies"]).items():
        for role, ordinary in plan()["roles"].items():
            if role in known.get("without", ()):
                continue
            title = known.get("titles", {}).get(role, ordinary)
            short = f" {known['short_fa']}" if "short_fa" in known else ""
            yield Seat(
                code=f"{body}-{role}",
                title_fa=f"{title['title_fa']}{short}",
                title_en=title["title_en"],
                role=role,
                body=body,
                signs=bool(ordinary.get("signs")),
                cast=known.get("holders", {}).get(role, ""),
            )


def holder_number(number: int) -> Holder:
    """Return the invented person with this number; the same number is always the same person."""
    first, last, father = plan()["first_names"], plan()["last_names"], plan()["father_names"]
    return Holder(
        national_code=national_code_with_check_digit(f"999{FIRST_SERIAL + number:06d}"),
        first_name=first[number % len(first)],
        last_name=last[(number * 3 + number // len(last)) % len(last)],
        father_name=father[number * 5 % len(father)],
        birth_date=date(1965 + number % 30, 1 + number % 12, 1 + number % 28),
    )


def legal_id_number(number: int) -> str:
    """Return an invented legal id with a right check digit; it begins with 99900001, which no registry issues."""
    body = f"99900001{number:02d}"
    for digit in range(10):
        try:
            return parse_legal_id(f"{body}{digit}")
        except InvalidIdentifier:
            continue
    raise AssertionError(body)


@transaction.atomic
def found_neighbours(*, actor: Actor, now: datetime) -> None:
    """Enter the bodies, their secretariat registers, posts and holders; again changes nothing."""
    present = queries.list_body_codes()
    for number, (code, known) in enumerate(plan()["bodies"].items(), start=1):
        if code in present:
            continue
        level = UnitLevel(known.get("level", "province"))
        unit = actions.found_unit(
            code=code,
            name_fa=known["name_fa"],
            name_en=known["name_en"],
            kind=UnitKind.BODY,
            level=level,
            place_code=COUNTY if level is UnitLevel.COUNTY else PROVINCE,
            legal_id=legal_id_number(number),
            email=f"ece@{code}.lorestan.example",
            address_fa=known["address_fa"],
            parent_body_fa=known["parent_fa"],
            actor=actor,
            now=now,
        )
        correspondence.open_register(body=unit, code=known["register"], actor=actor, now=now)
    standing = {
        (post.unit.body_code, post.role, post.title_fa)
        for body in queries.list_body_codes()
        for post in queries.list_posts_of_body(body)
    }
    for number, seat in enumerate(seats(), start=1):
        if (seat.body, seat.role, seat.title_fa) not in standing:
            actions.create_post(
                code=seat.code,
                title_fa=seat.title_fa,
                title_en=seat.title_en,
                role=seat.role,
                unit_code=seat.body,
                actor=actor,
                now=now,
            )
            _seat_holder(seat.code, number, seat.cast, actor, now)
    for number, code in enumerate(plan()["vacant_posts"]):
        _seat_holder(code, 900 + number, "", actor, now)


def _seat_holder(post_code: str, number: int, cast: str, actor: Actor, now: datetime) -> None:
    post = queries.get_post_by_code(post_code)
    if queries.holder_of(post.uuid, now) is not None:
        return
    if cast:
        person = queries.find_person(member(cast).national_code)
        if person is None:  # the cast is seated first
            raise LookupError(cast)
    else:
        one = holder_number(number)
        person = actions.register_person(
            national_code=one.national_code,
            first_name=one.first_name,
            last_name=one.last_name,
            father_name=one.father_name,
            birth_date=one.birth_date,
            actor=actor,
            now=now,
        )
    actions.give_post(person=person.uuid, post=post.uuid, starts_at=now - timedelta(minutes=1), actor=actor, now=now)


def open_neighbours_accounts(*, actor: Actor, now: datetime) -> None:
    """Give each invented holder an account without a password, for the role switch alone; again changes nothing."""
    known = accounts.list_rehearsal_accounts()
    names, persons = {account.username for account in known}, {account.person for account in known}
    for code in (*(seat.code for seat in seats() if not seat.cast), *plan()["vacant_posts"]):
        if code in names:
            continue
        try:
            holder = queries.holder_of(queries.get_post_by_code(code).uuid, now)
        except PostUnknown:
            # The cast's own tree has such a seat under another code.
            continue
        if holder is not None and holder.uuid not in persons:
            identity.create_staff_account(person=holder.uuid, username=code, actor=actor, now=now)


def enrol_neighbours(*, actor: Actor, now: datetime) -> None:
    """Give the holders of posts that sign their keys and certificates; again changes nothing."""
    codes = [*plan()["signing_posts"], *(seat.code for seat in seats() if seat.signs)]
    for code in codes:
        enrol_holder(code, actor=actor, now=now)
