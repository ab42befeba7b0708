"""Secretariats and registers are opened, and numbers taken: without gaps, without doubles, before the signature."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.actions.authority import require_in_charge
from divan.dealings.correspondence.actions.parts import relate_letter
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.values import (
    LETTER_NUMBERED,
    NUMBER_USED,
    REGISTER_OPENED,
    SECRETARIAT_OPENED,
    Direction,
    FormulaUnfit,
    Letter,
    LetterState,
    NumberFormula,
    NumberUnfit,
    RegisterClosed,
    RegisterUnknown,
    SecretariatUnknown,
    YearClosed,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people.values import Post, Unit
from divan_libs.persian.jalali import jalali_year
from divan_libs.persian.text import search_text

LONGEST_NUMBER = 60


def unit_row(uuid: UUID) -> Any:
    """Return the row of a body or unit, for the foreign keys of this context."""
    # The room of people's models is shut to other contexts; the row is reached through the foreign key.
    units: Any = models.Secretariat._meta.get_field("body").related_model
    return units._default_manager.get(uuid=uuid)


@transaction.atomic
def open_register(*, body: Unit, code: str, actor: Actor, now: datetime) -> None:
    """Open the register of a body for what its services issue, or do nothing when it has one."""
    register, is_new = models.Register.objects.get_or_create(
        body=unit_row(body.uuid), serves_cases=True, defaults={"uuid": uuid4(), "code": code}
    )
    if is_new:
        facts.record(REGISTER_OPENED, subject=register, actor=actor, at=now, code=code)


@transaction.atomic
def open_secretariat(
    *,
    body: Unit,
    unit: Unit | None = None,
    code: str,
    name_fa: str,
    name_en: str = "",
    central: bool = False,
    ece_address: str = "",
    actor: Actor,
    now: datetime,
) -> UUID:
    """Open a secretariat of a body, or return the open one with this code.

    :raises PostNotHeld, NotInCharge: if the actor is not in charge of the secretariats of the body.
    """
    require_in_charge(actor, body.body_code, now)
    row, is_new = models.Secretariat.objects.get_or_create(
        code=code,
        defaults={
            "uuid": uuid4(),
            "body": unit_row(body.uuid),
            "unit": unit_row((unit or body).uuid),
            "name_fa": name_fa,
            "name_en": name_en,
            "central": central,
            "ece_address": ece_address,
            "opened_at": now,
        },
    )
    if is_new:
        facts.record(SECRETARIAT_OPENED, subject=row, actor=actor, at=now, code=code, central=central)
    return row.uuid


@transaction.atomic
def add_register(
    *,
    secretariat: UUID,
    code: str,
    takes: tuple[Direction, ...],
    formula: NumberFormula,
    name_fa: str,
    name_en: str = "",
    actor: Actor,
    now: datetime,
) -> UUID:
    """Open a register of a secretariat for letters of some directions, or return the one with this code.

    :raises PostNotHeld, NotInCharge: if the actor is not in charge of the secretariats of the body.
    :raises SecretariatUnknown: if there is no such open secretariat.
    :raises FormulaUnfit: if two letters of the register could be written with one number.
    """
    rules.require_fit(formula)
    rows = models.Secretariat.objects.select_for_update(of=("self",)).select_related("body")
    owner = rows.filter(uuid=secretariat, closed_at=None).first()
    if owner is None:
        raise SecretariatUnknown
    require_in_charge(actor, owner.body.code, now)
    row, is_new = models.Register.objects.get_or_create(
        code=code,
        defaults={
            "uuid": uuid4(),
            "body_id": owner.body_id,
            "secretariat": owner,
            "name_fa": name_fa,
            "name_en": name_en,
            "formula": rules.formula_data(formula),
            "takes": [str(one) for one in takes],
            "serves_cases": False,
        },
    )
    if is_new:
        facts.record(REGISTER_OPENED, subject=row, actor=actor, at=now, code=code)
    return row.uuid


def next_count(register: models.Register, year: int) -> int:
    """Take the next count of a register's year under its lock, which holds to the end of the transaction.

    Whatever fails later gives the count back by rolling back, and no two transactions get one count.

    :raises YearClosed: if the year is closed.
    :raises RegisterClosed: if the register is: whoever closes it waits for this lock, or we for theirs.
    """
    models.RegisterYear.objects.get_or_create(register=register, year=year)
    line = models.RegisterYear.objects.select_for_update().get(register=register, year=year)
    if line.closed_at is not None:
        raise YearClosed(register=register.code, year=year)
    if models.Register.objects.filter(id=register.id, closed_at__isnull=False).exists():
        raise RegisterClosed(code=register.code)
    line.last += 1
    line.save(update_fields=["last"])
    power_may_fail("letter.after-number")
    return line.last


def give_number(
    row: models.Letter,
    register: models.Register,
    *,
    now: datetime,
    reserved: UUID | None = None,
    unit: str = "",
    actor: Actor = SYSTEM,
) -> None:
    """Write a number of a register into a letter that has none: the next one, or one reserved in this register before.

    The caller saves the letter and records the fact, in the same transaction. ``now`` is the day of registration,
    ``unit`` the code of the unit that signs the letter or gets it, for a formula that names it.

    :raises RegisterClosed: if the register gives no numbers any more.
    :raises FormulaUnfit: if the number would be longer than a letter's number can be.
    :raises NumberUnfit: if the reserved number is used, void, or of another register.
    :raises YearClosed: if the year is closed.
    """
    if register.closed_at is not None:
        raise RegisterClosed(code=register.code)
    year = jalali_year(now)
    if reserved is None:
        count = next_count(register, year)
    else:
        kept = models.ReservedNumber.objects.select_for_update().filter(uuid=reserved, register=register).first()
        if kept is None or kept.state != "reserved":
            raise NumberUnfit
        year, count = kept.year, kept.count
        kept.state, kept.ended_at, kept.letter_uuid = "used", now, row.uuid
        kept.save(update_fields=["state", "ended_at", "letter_uuid"])
        facts.record(NUMBER_USED, subject=kept, actor=actor, at=now, letter=row.uuid)
    row.register, row.year, row.count, row.registered_at = register, year, count, now
    row.number = rules.write_number(
        rules.read_formula(register.formula),
        register=register.code,
        secretariat=register.secretariat.code if register.secretariat else register.code,
        year=year,
        count=count,
        kind=row.kind,
        direction=row.direction,
        unit=unit,
        archive_class=str(row.paper.get("class", "")),
    )
    if len(row.number) > LONGEST_NUMBER:
        raise FormulaUnfit(reason="length")


@transaction.atomic
def number_letter(
    *,
    body_code: str,
    subject: str,
    wording: str,
    recipient: str,
    signer: UUID,
    signer_name: str,
    signer_post: Post,
    about_kind: str,
    about_uuid: UUID,
    answers: UUID | None = None,
    actor: Actor,
    now: datetime,
) -> Letter:
    """Register what a service issues: take the next number of the body's register, in the transaction of the signature.

    ``answers`` is the received letter that asked for it, if one did.

    :raises RegisterUnknown: if the body has no register.
    """
    register = models.Register.objects.select_related("body").filter(body__code=body_code, serves_cases=True).first()
    if register is None:
        raise RegisterUnknown(body=body_code)
    year = jalali_year(now)
    row = models.Letter.objects.create(
        uuid=uuid4(),
        body_id=register.body_id,
        register=register,
        year=year,
        count=next_count(register, year),
        direction=Direction.OUTGOING,
        subject=subject[:300],
        wording=wording,
        recipient=recipient[:200],
        signer=signer,
        signer_post=signer_post.uuid,
        signer_name=signer_name,
        signer_title=signer_post.title_fa,
        registered_at=now,
        state=LetterState.NUMBERED,
        about_kind=about_kind,
        about_uuid=about_uuid,
        search_text=search_text(f"{subject} {recipient} {wording}"),
    )
    note_reader(row, signer_post.uuid, now)
    facts.record(LETTER_NUMBERED, subject=row, actor=actor, at=now, register=register.code, year=year, count=row.count)
    if answers is not None:
        relate_letter(row, [queries.answer_to(queries.get_letter(answers))], actor=actor, now=now)
    return queries.get_letter(row.uuid)
