"""What ``demo/registers.yaml`` declares of the outside world: members, people, registers and outside processes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from divan.project.rehearsal.cast import CAST
from divan_libs.persian.identifiers import national_code_with_check_digit

Value = str | int | bool | date
Scalar = Annotated[Value, Field(union_mode="left_to_right")]


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Names(_Declared):
    """A name or purpose in both languages."""

    fa: str
    en: str


class InventedPerson(_Declared):
    """Somebody besides the cast: known to registers, holds no post."""

    serial: int
    first_name: str
    last_name: str
    father_name: str
    birth_date: date
    mobile: str = ""
    alive: bool = True

    @property
    def national_code(self) -> str:
        """The code of this person; 999 is issued at no place."""
        return national_code_with_check_digit(f"999{self.serial:06d}")

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


class FieldMade(_Declared):
    """A field of a record, and from what it is made for somebody who has no row."""

    kind: Literal["text", "number", "yes-no", "date"]
    of: tuple[str, ...] = Field(default=("",), strict=False)
    least: int = 0
    most: int = 0
    share: int = 50
    earliest: date = Field(default=date(2000, 1, 1), alias="from")
    latest: date = Field(default=date(2020, 1, 1), alias="to")

    def made(self, seed: str) -> Value:
        """Return the value that this seed gives: always the same."""
        chance = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:8], "big")
        match self.kind:
            case "text":
                return self.of[chance % len(self.of)]
            case "number":
                return self.least + chance % (self.most - self.least + 1)
            case "yes-no":
                return chance % 100 < self.share
            case "date":
                return self.earliest + timedelta(days=chance % ((self.latest - self.earliest).days + 1))


class DeclaredRegister(_Declared):
    """A register that gives one record about a subject."""

    fa: str
    en: str
    purpose: Names
    needs: tuple[str, ...] = Field(default=(), strict=False)
    knows: Literal["anybody", "listed"] = "anybody"
    fields: Mapping[str, FieldMade]
    rows: Mapping[str, Literal["none"] | Mapping[str, Scalar]] = Field(default_factory=dict)

    def record(self, code: str, subject: str, parameters: Mapping[str, str]) -> dict[str, Value] | None:
        """Return the record about a subject as JSON would hold it, or None; ``code`` is this data service's."""
        known = " ".join((subject, *(parameters[name] for name in self.needs)))
        row = {_as_code(words): told for words, told in self.rows.items()}.get(known)
        if row == "none" or (row is None and self.knows == "listed"):
            return None
        told = row or {}
        values = {name: told.get(name, field.made(f"{code} {known} {name}")) for name, field in self.fields.items()}
        return {name: _plain(value) for name, value in values.items()}


class DeclaredProcess(_Declared):
    """An outside process that takes orders and goes from state to state by itself."""

    fa: str
    en: str
    purpose: Names
    states: tuple[str, ...] = Field(strict=False)
    others: tuple[str, ...] = Field(default=(), strict=False)
    seconds: int = 20

    def state_after(self, seconds: float) -> str:
        """Return the state in which an order is so long after it was taken."""
        return self.states[min(int(max(seconds, 0) // self.seconds), len(self.states) - 1)]


class OutsideWorld(_Declared):
    """Everything that is declared; registers and orders by data service code."""

    members: Mapping[str, Names]
    people: Mapping[str, InventedPerson]
    registers: Mapping[str, DeclaredRegister]
    orders: Mapping[str, DeclaredProcess]


@cache
def outside_world() -> OutsideWorld:
    """Return what the file declares.

    :raises pydantic.ValidationError: if the file says something else.
    """
    text = files("divan.project.demo").joinpath("registers.yaml").read_text(encoding="utf-8")
    return OutsideWorld.model_validate(yaml.safe_load(text))


def person_by_code(national_code: str) -> InventedPerson | None:
    """Return who besides the cast bears a national code, or None."""
    return next((one for one in outside_world().people.values() if one.national_code == national_code), None)


@cache
def _codes() -> Mapping[str, str]:
    return {
        **{one.key: one.national_code for one in CAST},
        **{key: one.national_code for key, one in outside_world().people.items()},
    }


def _as_code(words: str) -> str:
    return " ".join(_codes().get(word, word) for word in words.split())


def _plain(value: Value) -> Value:
    if isinstance(value, str) and value.startswith("@"):
        return _codes()[value[1:]]
    return value.isoformat() if isinstance(value, date) else value
