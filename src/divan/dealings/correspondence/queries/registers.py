"""What secretariats, their registers and a body's terms tell."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.correspondence import models, rules
from divan.dealings.correspondence.queries.letters import letter_of, letters
from divan.dealings.correspondence.queries.proving import prove_register
from divan.dealings.correspondence.queries.worklist import PAGE
from divan.dealings.correspondence.values import (
    Direction,
    Letter,
    Register,
    RegisterUnknown,
    Secretariat,
    SecretariatUnknown,
)


def secretariat_of(row: models.Secretariat) -> Secretariat:
    """Return the value of a secretariat's row; its body and unit are loaded with it."""
    return Secretariat(
        uuid=row.uuid,
        body_uuid=row.body.uuid,
        body_code=row.body.code,
        unit_uuid=row.unit.uuid,
        code=row.code,
        name_fa=row.name_fa,
        name_en=row.name_en,
        central=row.central,
        ece_address=row.ece_address,
        settings=dict(row.settings),
        closed_at=row.closed_at,
    )


def get_secretariat(secretariat: UUID) -> Secretariat:
    """Return a secretariat.

    :raises SecretariatUnknown: if there is none.
    """
    row = models.Secretariat.objects.select_related("body", "unit").filter(uuid=secretariat).first()
    if row is None:
        raise SecretariatUnknown
    return secretariat_of(row)


def list_secretariats(body_code: str) -> list[Secretariat]:
    """Return the secretariats of a body that are open, the central one first."""
    rows = models.Secretariat.objects.select_related("body", "unit").filter(body__code=body_code, closed_at=None)
    return [secretariat_of(row) for row in rows.order_by("-central", "code")]


def central_secretariat(body: UUID) -> Secretariat:
    """Return the central secretariat of a body: where letters to it arrive unless they name another.

    :raises SecretariatUnknown: if the body has none.
    """
    rows = models.Secretariat.objects.select_related("body", "unit")
    row = rows.filter(body__uuid=body, central=True, closed_at=None).first()
    if row is None:
        raise SecretariatUnknown
    return secretariat_of(row)


def register_of(row: models.Register) -> Register:
    """Return the value of a register's row; body and secretariat are loaded with it."""
    return Register(
        uuid=row.uuid,
        code=row.code,
        body_uuid=row.body.uuid,
        secretariat=row.secretariat.uuid if row.secretariat else None,
        name_fa=row.name_fa,
        name_en=row.name_en,
        formula=rules.read_formula(row.formula),
        takes=tuple(Direction(one) for one in row.takes),
        closed_at=row.closed_at,
    )


def get_register(code: str) -> Register:
    """Return a register by its code.

    :raises RegisterUnknown: if there is none.
    """
    row = models.Register.objects.select_related("body", "secretariat").filter(code=code).first()
    if row is None:
        raise RegisterUnknown(code=code)
    return register_of(row)


def list_registers(secretariat: UUID) -> list[Register]:
    """Return the registers of a secretariat that are open, by code."""
    rows = models.Register.objects.select_related("body", "secretariat")
    return [register_of(row) for row in rows.filter(secretariat__uuid=secretariat, closed_at=None).order_by("code")]


def find_register_for(secretariat: UUID, direction: Direction) -> Register:
    """Return the open register of a secretariat that numbers letters of a direction.

    :raises RegisterUnknown: if there is none.
    """
    for register in list_registers(secretariat):
        if direction in register.takes:
            return register
    raise RegisterUnknown(direction=direction)


def list_register(body_code: str, *, year: int, before: int | None = None, limit: int = PAGE) -> list[Letter]:
    """Return the lines of a body's register for what services issue in a Jalali year, newest first, below a count."""
    rows = letters().filter(register__body__code=body_code, register__serves_cases=True, year=year)
    if before is not None:
        rows = rows.filter(count__lt=before)
    return [letter_of(row) for row in rows.order_by("-count")[:limit]]


def list_register_years(body_code: str) -> list[int]:
    """Return the Jalali years in which a body's register for what services issue holds numbers, newest first."""
    rows = models.RegisterYear.objects.filter(register__body__code=body_code, register__serves_cases=True)
    return list(rows.order_by("-year").values_list("year", flat=True))


def find_gaps(body_code: str, year: int) -> list[int]:
    """Return the counts that are missing in a year of a body's register for what services issue."""
    code = case_register_code(body_code)
    return find_gaps_of_register(code, year) if code else []


def find_gaps_of_register(code: str, year: int) -> list[int]:
    """Return the counts that neither a letter nor a reservation has: always empty, and this is what proves it."""
    return list(prove_register(code, year).gaps)


def case_register_code(body_code: str) -> str:
    """Return the code of a body's register for what services issue, or nothing."""
    codes = models.Register.objects.filter(body__code=body_code, serves_cases=True).values_list("code", flat=True)
    return codes.first() or ""


def has_register(body_code: str) -> bool:
    """Whether a body has a secretariat register."""
    return models.Register.objects.filter(body__code=body_code).exists()
