"""What is spoken of when the letters of an older product are moved in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from divan.dealings.correspondence.values.letters import Direction, RelationKind, Secrecy, Urgency
from divan.foundation.errors import Refusal


class SourceUnfit(Refusal):
    """There is no list of letters in the folder, or a column is missing in it; ``reason`` says which."""

    code = "correspondence.import-unfit"
    status = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFault:
    """What is wrong in a line of a list: its number, the column, a stable code, and what stands there."""

    line: int
    column: str
    code: str
    text: str = ""

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.code}" + (f" ({self.text})" if self.text else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class OldRelation:
    """A relation by the number that the old letter names, and the Jalali year where it says one."""

    kind: RelationKind
    number: str
    year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OldLetter:
    """A letter of the time before this system, as a line of the list has it."""

    line: int
    register: str
    year: int
    count: int
    number: str
    direction: Direction
    kind: str
    subject: str
    registered_on: date
    sender: str
    recipients: tuple[str, ...]
    their_number: str
    their_date: date | None
    wording: str
    signer_name: str
    signer_title: str
    secrecy: Secrecy
    urgency: Urgency
    keywords: tuple[str, ...]
    pages: int
    file: Path | None
    attachments: tuple[Path, ...]
    relations: tuple[OldRelation, ...]
    is_closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedIn:
    """What came of a list: how many letters were entered, stood there before, and were related to others; faults.

    ``missing`` are counts of a register's year below its last that no letter has, by register and year.
    """

    read: int
    entered: int
    stood: int
    related: int
    missing: dict[tuple[str, int], int]
    faults: tuple[RowFault, ...]
