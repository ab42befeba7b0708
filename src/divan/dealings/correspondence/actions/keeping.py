"""Keeping registers: formulas, closing, years that end, numbers reserved and given up; and secretariats that change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.actions.authority import require_in_charge, require_keeper
from divan.dealings.correspondence.actions.numbering import next_count
from divan.dealings.correspondence.values import (
    FORMULA_CHANGED,
    NUMBER_RESERVED,
    NUMBER_VOIDED,
    REGISTER_CLOSED,
    SECRETARIAT_CHANGED,
    SECRETARIAT_CLOSED,
    YEAR_BEGUN,
    YEAR_ENDED,
    CodeTaken,
    CountUnfit,
    Direction,
    LetterState,
    NumberFormula,
    NumberUnfit,
    Proof,
    ReasonNeeded,
    RegisterClosed,
    RegisterUnknown,
    ReservedNumber,
    SecretariatBusy,
    SecretariatUnknown,
    YearBegun,
    YearClosed,
    YearRuns,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan_libs.persian.jalali import jalali_year

MOST_AT_ONCE = 100
"""How many numbers are reserved in one act."""


def _register_row(code: str) -> models.Register:
    rows = models.Register.objects.select_related("secretariat", "body")
    row = rows.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise RegisterUnknown(code=code)
    if row.closed_at is not None:
        raise RegisterClosed(code=code)
    return row


def _words(reason: str) -> str:
    said = reason.strip()
    if not said:
        raise ReasonNeeded
    return said[:500]


@transaction.atomic
def change_register(
    *,
    register: str,
    formula: NumberFormula,
    takes: tuple[Direction, ...],
    name_fa: str,
    name_en: str,
    reason: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Change the names of a register, which letters it takes, and how its next numbers are written.

    Numbers that were given stay as they were written.

    :raises PostNotHeld, NotInCharge: if the actor is not in charge of the secretariats of the body.
    :raises RegisterUnknown, RegisterClosed: if there is no such open register.
    :raises FormulaUnfit: if two letters could be written with one number.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    rules.require_fit(formula)
    row = _register_row(register)
    require_in_charge(actor, row.body.code, now)
    row.formula, row.takes = rules.formula_data(formula), [str(one) for one in takes]
    row.name_fa, row.name_en = name_fa[:200], name_en[:200]
    row.save(update_fields=["formula", "takes", "name_fa", "name_en"])
    facts.record(FORMULA_CHANGED, subject=row, actor=actor, at=now, formula=row.formula, reason=said)


@transaction.atomic
def close_register(*, register: str, reason: str, actor: Actor, now: datetime) -> None:
    """Close a register; what it numbered stays. The one for what services issue stays open.

    :raises RegisterUnknown, RegisterClosed: if there is no such open register, or services number by it.
    :raises NumberUnfit: while numbers are reserved in it.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    row = _register_row(register)
    require_in_charge(actor, row.body.code, now)
    if row.serves_cases:
        raise RegisterClosed(code=register, reason="serves-cases")
    # Whoever takes a number holds the year's row: behind these locks nobody is half-way through one.
    years = models.RegisterYear.objects.select_for_update().filter(register=row).order_by("year")
    list(years)
    _require_none_reserved(row)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(REGISTER_CLOSED, subject=row, actor=actor, at=now, reason=said)


def _require_none_reserved(row: models.Register, year: int | None = None) -> None:
    kept = models.ReservedNumber.objects.filter(register=row, state="reserved")
    if year is not None:
        kept = kept.filter(year=year)
    if kept.exists():
        raise NumberUnfit(reason="reserved")


@transaction.atomic
def end_year(*, register: str, year: int, reason: str, actor: Actor, now: datetime) -> None:
    """Close a past Jalali year of a register, so that nothing is registered in it any more, also not back-dated.

    The new year begins by itself with its first number, at 1.

    :raises RegisterUnknown, RegisterClosed: if there is no such open register, or no such year.
    :raises YearClosed: if it was closed before.
    :raises YearRuns: if it is not over.
    :raises NumberUnfit: while numbers are reserved in it.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    row = _register_row(register)
    require_in_charge(actor, row.body.code, now)
    if year >= jalali_year(now):
        raise YearRuns(year=year)
    line = models.RegisterYear.objects.select_for_update().filter(register=row, year=year).first()
    if line is None:
        raise RegisterUnknown(code=register, year=year)
    if line.closed_at is not None:
        raise YearClosed(register=register, year=year)
    _require_none_reserved(row, year)
    line.closed_at = now
    line.save(update_fields=["closed_at"])
    facts.record(YEAR_ENDED, subject=row, actor=actor, at=now, year=year, last=line.last, reason=said)


@transaction.atomic
def begin_year(*, register: str, reason: str, actor: Actor, now: datetime) -> Proof | None:
    """Begin the running Jalali year of a register by hand, before its first number; return what proves the one before.

    Without this it begins by itself with its first number. By hand the secretariat lays down in what state the year
    before was left: its last number, and that each number of it is a letter's, reserved or void. The proof of what
    stood at that moment is kept with the fact.

    :raises RegisterUnknown, RegisterClosed: if there is no such open register.
    :raises YearBegun: if the year has begun.
    :raises PostNotHeld, NotInCharge: if the actor is not in charge of the secretariats of the body.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    row = _register_row(register)
    require_in_charge(actor, row.body.code, now)
    year = jalali_year(now)
    _line, is_new = models.RegisterYear.objects.get_or_create(register=row, year=year)
    if not is_new:
        raise YearBegun(register=register, year=year)
    before = models.RegisterYear.objects.filter(register=row, year__lt=year).order_by("-year").first()
    proof = queries.prove_register(register, before.year) if before is not None else None
    power_may_fail("register.after-year")
    facts.record(
        YEAR_BEGUN,
        subject=row,
        actor=actor,
        at=now,
        year=year,
        reason=said,
        before=[proof.year, proof.last, proof.letters, proof.reserved, proof.void, list(proof.gaps)] if proof else [],
    )
    return proof


@transaction.atomic
def reserve_numbers(*, register: str, many: int, reason: str, actor: Actor, now: datetime) -> list[ReservedNumber]:
    """Take the next numbers of a register before there are letters for them.

    :raises RegisterUnknown, RegisterClosed, YearClosed: if it gives no numbers.
    :raises CountUnfit: for none, or more than 100 at once.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    if not 1 <= many <= MOST_AT_ONCE:
        raise CountUnfit(most=MOST_AT_ONCE)
    row = _register_row(register)
    require_keeper(actor, row.secretariat.uuid if row.secretariat else None, row.body.code, now)
    year = jalali_year(now)
    made = []
    for _ in range(many):
        kept = models.ReservedNumber.objects.create(
            uuid=uuid4(),
            register=row,
            year=year,
            count=next_count(row, year),
            state="reserved",
            reason=said,
            reserved_by=actor.uuid or row.uuid,
            reserved_in=actor.post or row.uuid,
            reserved_at=now,
        )
        facts.record(NUMBER_RESERVED, subject=kept, actor=actor, at=now, year=year, count=kept.count)
        made.append(queries.reserved_of(kept))
    power_may_fail("register.after-reserving")
    return made


@transaction.atomic
def void_number(*, reserved: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Give up a reserved number; it stands in the register as void, with the reason.

    :raises NumberUnfit: if it was used or given up before.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    rows = models.ReservedNumber.objects.select_related("register__secretariat", "register__body")
    kept = rows.select_for_update(of=("self",)).filter(uuid=reserved).first()
    if kept is None or kept.state != "reserved":
        raise NumberUnfit
    book = kept.register
    require_keeper(actor, book.secretariat.uuid if book.secretariat else None, book.body.code, now)
    kept.state, kept.ended_at = "void", now
    kept.save(update_fields=["state", "ended_at"])
    facts.record(NUMBER_VOIDED, subject=kept, actor=actor, at=now, reason=said)


@transaction.atomic
def change_secretariat(
    *,
    secretariat: UUID,
    name_fa: str,
    name_en: str,
    ece_address: str,
    settings: Mapping[str, object],
    actor: Actor,
    now: datetime,
) -> None:
    """Change the names and the address of a secretariat, and those of its settings that are given.

    :raises SecretariatUnknown: if there is no such open one.
    :raises CodeTaken: if another open secretariat has the address.
    """
    rows = models.Secretariat.objects.select_for_update(of=("self",)).select_related("body")
    row = rows.filter(uuid=secretariat, closed_at=None).first()
    if row is None:
        raise SecretariatUnknown
    require_in_charge(actor, row.body.code, now)
    others = models.Secretariat.objects.filter(ece_address=ece_address, closed_at=None).exclude(id=row.id)
    if ece_address and others.exists():
        raise CodeTaken(code=ece_address)
    row.name_fa, row.name_en, row.ece_address = name_fa[:200], name_en[:200], ece_address[:200]
    row.settings = {**row.settings, **settings}
    row.save(update_fields=["name_fa", "name_en", "ece_address", "settings"])
    facts.record(SECRETARIAT_CHANGED, subject=row, actor=actor, at=now)


@transaction.atomic
def close_secretariat(*, secretariat: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Close a secretariat of a unit with its registers; the central one of a body stays.

    :raises SecretariatUnknown: if there is no such open one.
    :raises SecretariatBusy: if it is the central one, or something waits there.
    :raises NumberUnfit: while numbers are reserved in its registers.
    :raises ReasonNeeded: without a reason.
    """
    said = _words(reason)
    rows = models.Secretariat.objects.select_for_update(of=("self",)).select_related("body")
    row = rows.filter(uuid=secretariat, closed_at=None).first()
    if row is None:
        raise SecretariatUnknown
    require_in_charge(actor, row.body.code, now)
    waits = models.Intake.objects.filter(secretariat=row, state__in=("waiting", "broken"))
    lies = models.Dispatch.objects.filter(secretariat=row, state__in=("desk", "queued"))
    drafts = models.Letter.objects.filter(secretariat=row, state__in=(LetterState.NUMBERED, LetterState.SIGNED))
    if row.central or waits.exists() or lies.exists() or drafts.exists():
        raise SecretariatBusy(central=row.central)
    for register in models.Register.objects.filter(secretariat=row, closed_at=None).order_by("code"):
        close_register(register=register.code, reason=said, actor=actor, now=now)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(SECRETARIAT_CLOSED, subject=row, actor=actor, at=now, reason=said)
