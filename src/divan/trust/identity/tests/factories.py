"""Invented people, posts and accounts, and what tests do with them again and again."""

from __future__ import annotations

import base64
import re
from datetime import UTC, date, datetime
from uuid import UUID

from divan.foundation.actors import SYSTEM
from divan.foundation.models import OutgoingMessage
from divan.registers.people import actions as people
from divan.registers.people.values import UnitKind, UnitLevel
from divan.trust.identity import actions, rules
from divan.trust.identity.adapters.rehearsal import InventedPerson
from divan_libs.persian.identifiers import national_code_with_check_digit

NOON = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
PASSWORD = "seven quiet lanterns"
SECRET = base64.b32encode(b"twenty bytes of key!").decode()

ZAHRA = InventedPerson(
    national_code=national_code_with_check_digit("999200001"),
    first_name="زهرا",
    last_name="رستمی",
    father_name="علی",
    birth_date=date(1989, 5, 12),
    mobile="09991000001",
)
KARIM = InventedPerson(
    national_code=national_code_with_check_digit("999200002"),
    first_name="کریم",
    last_name="صفری",
    father_name="حسن",
    birth_date=date(1978, 2, 3),
    mobile="09991000002",
)
CAST = {person.national_code: person for person in (ZAHRA, KARIM)}


def enter(person: InventedPerson, *, now: datetime = NOON) -> UUID:
    """Enter an invented person in the register of people."""
    entered = people.register_person(
        national_code=person.national_code,
        first_name=person.first_name,
        last_name=person.last_name,
        mobile=person.mobile,
        actor=SYSTEM,
        now=now,
    )
    return entered.uuid


def make_post(code: str, role: str, *, now: datetime = NOON) -> UUID:
    """Create a vacant post with a role."""
    people.found_unit(
        code="ict",
        name_fa="ارتباطات",
        name_en="ICT",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        actor=SYSTEM,
        now=now,
    )
    return people.create_post(
        code=code, title_fa=role, title_en=role, role=role, unit_code="ict", actor=SYSTEM, now=now
    ).uuid


def give(person: UUID, post: UUID, *, at: datetime = NOON) -> None:
    """Give a post to a person."""
    people.give_post(person=person, post=post, starts_at=at, actor=SYSTEM, now=at)


def make_staff(person: UUID, *, username: str = "karim", enrolled: bool = True, now: datetime = NOON) -> UUID:
    """Create a staff account with the password, and the authenticator app unless told otherwise."""
    account = actions.create_staff_account(person=person, username=username, actor=SYSTEM, now=now)
    actions.set_password(account=account, password=PASSWORD, actor=SYSTEM, now=now)
    if enrolled:
        actions.enrol_totp(account=account, secret=SECRET, actor=SYSTEM, now=now)
    return account


def app_code(at: datetime, *, secret: str = SECRET, steps: int = 0) -> str:
    """Return what the authenticator app shows at a moment."""
    return rules.totp_code(secret, int(at.timestamp()) // rules.TOTP_SECONDS + steps)


def sent_codes(mobile: str) -> list[str]:
    """Return the codes that were sent to a number, oldest first."""
    texts = OutgoingMessage.objects.filter(recipient=mobile).order_by("id").values_list("text", flat=True)
    return [re.findall(r"\d{6}", text)[0] for text in texts]


def wrong(code: str) -> str:
    """Return a code that is not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
