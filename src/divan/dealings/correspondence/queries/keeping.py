"""What registers tell of themselves: their years, lines, reserved numbers, and the proof that no number is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from divan.dealings.correspondence import models, rules
from divan.dealings.correspondence.queries.letters import letter_of, letters_for
from divan.dealings.correspondence.queries.registers import register_of
from divan.dealings.correspondence.queries.worklist import PAGE
from divan.dealings.correspondence.values import (
    NUMBER_VOIDED,
    YEAR_BEGUN,
    YEAR_ENDED,
    Letter,
    NumberFormula,
    Register,
    RegisterYear,
    ReservedNumber,
    YearEvent,
)
from divan.foundation import facts
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN


def list_every_register(secretariats: Iterable[UUID]) -> list[Register]:
    """Return the registers of some secretariats, closed ones last."""
    rows = models.Register.objects.select_related("body", "secretariat").filter(
        secretariat__uuid__in=list(secretariats)
    )
    return [register_of(row) for row in sorted(rows, key=lambda row: (row.closed_at is not None, row.code))]


def list_years(register: str) -> list[RegisterYear]:
    """Return the Jalali years of a register, newest first."""
    rows = models.RegisterYear.objects.filter(register__code=register).order_by("-year")
    return [RegisterYear(year=row.year, last=row.last, closed_at=row.closed_at) for row in rows]


def list_lines(
    register: str, post: Post, at: datetime, *, year: int, before: int | None = None, limit: int = PAGE
) -> list[tuple[int, Letter | None]]:
    """Return the numbers of a register's year that letters have, newest first, below a count.

    A letter that the post may not read is None: its number is told, so that the register shows no gap, nothing else.
    """
    # By the key and not by the code: joined, the planner reads the whole year instead of one page of the index.
    book = models.Register.objects.filter(code=register).values_list("id", flat=True).first()
    rows = models.Letter.objects.filter(register_id=book or 0, year=year)
    if before is not None:
        rows = rows.filter(count__lt=before)
    page = list(rows.order_by("-count").values_list("id", "count")[:limit])
    readable = {row.id: letter_of(row) for row in letters_for(post, at).filter(id__in=[key for key, _ in page])}
    return [(count or 0, readable.get(key)) for key, count in page]


def reserved_of(row: models.ReservedNumber) -> ReservedNumber:
    """Return the value of a reserved number's row; its register is loaded with it."""
    return ReservedNumber(
        uuid=row.uuid,
        register=row.register.code,
        year=row.year,
        count=row.count,
        state=row.state,
        reason=row.reason,
        reserved_by=row.reserved_by,
        reserved_at=row.reserved_at,
        ended_at=row.ended_at,
        letter=row.letter_uuid,
    )


def list_reserved(
    register: str, *, year: int | None = None, states: Iterable[str] = ("reserved",)
) -> list[ReservedNumber]:
    """Return the reserved numbers of a register in some states, by year and count; void ones with why they are."""
    rows = models.ReservedNumber.objects.select_related("register").filter(register__code=register, state__in=states)
    if year is not None:
        rows = rows.filter(year=year)
    return [reserved_of(row) for row in rows.order_by("year", "count")]


def why_void(numbers: Iterable[UUID]) -> dict[UUID, str]:
    """Return why reserved numbers were given up, from the facts of that."""
    found = facts.of_subjects(numbers)
    return {one.subject_uuid: str(one.data.get("reason", "")) for one in found if one.kind == NUMBER_VOIDED.code}


def how_year_went(register: str, year: int) -> list[YearEvent]:
    """Return when a register's year was begun and closed by hand, oldest first, from the facts of that."""
    book = models.Register.objects.filter(code=register).values_list("uuid", flat=True)
    kinds = {YEAR_BEGUN.code: True, YEAR_ENDED.code: False}
    found = [one for one in facts.of_subjects(book) if one.kind in kinds and one.data.get("year") == year]
    return [
        YearEvent(
            at=one.at,
            begins=kinds[one.kind],
            by=UUID(one.actor["uuid"]) if one.actor.get("uuid") else None,
            reason=str(one.data.get("reason", "")),
            before=_before(one.data.get("before")),
        )
        for one in found
    ]


def _before(said: object) -> tuple[object, ...]:
    return tuple(said) if isinstance(said, list) else ()


def list_day(
    register: str, post: Post, at: datetime, *, day: date, before: int | None = None, limit: int = 500
) -> list[tuple[str, Letter | None]]:
    """Return what a register numbered on a day, by its numbers; what the post may not read is None."""
    begins = datetime.combine(day, time(), tzinfo=TEHRAN)
    book = models.Register.objects.filter(code=register).values_list("id", "body_id").first() or (0, 0)
    rows = models.Letter.objects.filter(
        register_id=book[0],
        body_id=book[1],
        registered_at__gte=begins,
        registered_at__lt=begins + timedelta(days=1),
    )
    if before is not None:
        rows = rows.filter(count__gt=before)
    page = list(rows.order_by("year", "count").values_list("id", "number", "count")[:limit])
    readable = {row.id: letter_of(row) for row in letters_for(post, at).filter(id__in=[one[0] for one in page])}
    return [(number or str(count), readable.get(key)) for key, number, count in page]


def is_code_taken(code: str) -> bool:
    """Whether a secretariat or a register has a code."""
    return models.Secretariat.objects.filter(code=code).exists() or models.Register.objects.filter(code=code).exists()


def example_of(formula: NumberFormula, *, register: str, secretariat: str, year: int, count: int) -> str:
    """Return how a received letter's number would be written by a formula.

    :raises FormulaUnfit: if two letters could be written with one number.
    """
    rules.require_fit(formula)
    return rules.write_number(
        formula,
        register=register,
        secretariat=secretariat,
        year=year,
        count=count,
        kind="letter",
        direction="incoming",
        unit=secretariat,
        archive_class="12",
    )
