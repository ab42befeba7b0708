"""The list of letters that an older product gives out: a folder with ``letters.csv`` and the scans it names."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from divan.dealings.correspondence.values import (
    Direction,
    OldLetter,
    OldRelation,
    RelationKind,
    RowFault,
    Secrecy,
    SourceUnfit,
    Urgency,
)
from divan_libs.persian.jalali import InvalidDate, parse_jalali, to_jalali
from divan_libs.persian.text import latin_digits, normalize

LIST = "letters.csv"
NEEDED = ("register", "count", "direction", "subject", "registered_on")
KNOWN = (
    *NEEDED,
    "year",
    "number",
    "kind",
    "sender",
    "recipients",
    "their_number",
    "their_date",
    "wording",
    "signer_name",
    "signer_title",
    "secrecy",
    "urgency",
    "keywords",
    "pages",
    "file",
    "attachments",
    "answers",
    "follows",
    "state",
)
SUFFIXES = (".pdf", ".jpg", ".jpeg", ".png")
_YEAR = re.compile("1[2-5][0-9]{2}")
LONGEST_FILE = 20 * 1024 * 1024

Choice = TypeVar("Choice", bound=StrEnum)


def read_list(folder: Path) -> tuple[list[OldLetter], list[RowFault]]:
    """Return the letters of a folder's list, and what is wrong in it line by line; a faulty line is no letter.

    :raises SourceUnfit: if there is no list, it is not UTF-8, or a needed column is missing or one is unknown.
    """
    path = folder / LIST
    found: list[OldLetter] = []
    faults: list[RowFault] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as opened:
            lines = csv.DictReader(opened, strict=True)
            _require_columns(lines.fieldnames or ())
            seen: set[tuple[str, int, int]] = set()
            for cells in lines:
                row = _Row(folder=folder.resolve(), line=lines.line_num, cells=_plain(cells))
                letter = row.letter()
                if not row.faults and (key := (letter.register, letter.year, letter.count)) in seen:
                    row.fault("count", "twice", f"{key[0]}/{key[1]}/{key[2]}")
                seen.add((letter.register, letter.year, letter.count))
                faults += row.faults
                if not row.faults:
                    found.append(letter)
    except OSError as error:
        raise SourceUnfit(reason="missing", file=str(path)) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceUnfit(reason="unreadable", file=str(path)) from error
    return found, faults


def _require_columns(names: object) -> None:
    said = [str(name) for name in names] if isinstance(names, (list, tuple)) else []
    for name in NEEDED:
        if name not in said:
            raise SourceUnfit(reason="column-missing", column=name)
    for name in said:
        if name not in KNOWN:
            raise SourceUnfit(reason="column-unknown", column=name)


def _plain(cells: Mapping[str | None, object]) -> dict[str, str]:
    return {str(name): normalize(str(value or "")) for name, value in cells.items() if name is not None}


@dataclass(slots=True)
class _Row:
    folder: Path
    line: int
    cells: dict[str, str]
    faults: list[RowFault] = field(default_factory=list)

    def fault(self, column: str, code: str, text: str = "") -> None:
        self.faults.append(RowFault(line=self.line, column=column, code=code, text=text[:80]))

    def letter(self) -> OldLetter:
        registered_on = self.day("registered_on", needed=True) or date(1970, 1, 1)
        year = self.whole("year") or to_jalali(registered_on)[0]
        if not 1200 <= year <= 1600:
            self.fault("year", "form", str(year))
        return OldLetter(
            line=self.line,
            register=self.text("register", 20, needed=True),
            year=year,
            count=self.whole("count", needed=True),
            number=self.text("number", 60),
            direction=self.one_of("direction", Direction, Direction.INCOMING, needed=True),
            kind=self.text("kind", 40) or "letter",
            subject=self.text("subject", 300, needed=True),
            registered_on=registered_on,
            sender=self.text("sender", 200),
            recipients=self.several("recipients", 200),
            their_number=self.text("their_number", 60),
            their_date=self.day("their_date"),
            wording=self.cells.get("wording", ""),
            signer_name=self.text("signer_name", 200),
            signer_title=self.text("signer_title", 200),
            secrecy=self.one_of("secrecy", Secrecy, Secrecy.ORDINARY),
            urgency=self.one_of("urgency", Urgency, Urgency.ORDINARY),
            keywords=self.several("keywords", 60),
            pages=self.whole("pages"),
            file=next(self.files("file"), None),
            attachments=tuple(self.files("attachments")),
            relations=tuple(self.relations()),
            is_closed=self.one_of("state", _State, _State.CLOSED) is _State.CLOSED,
        )

    def text(self, column: str, longest: int, *, needed: bool = False) -> str:
        said = self.cells.get(column, "").replace("\n", " ")
        if needed and not said:
            self.fault(column, "missing")
        if len(said) > longest:
            self.fault(column, "too-long", said)
        return said

    def several(self, column: str, longest: int) -> tuple[str, ...]:
        said = [one.strip() for one in self.cells.get(column, "").replace("؛", ";").split(";")]
        if any(len(one) > longest for one in said):
            self.fault(column, "too-long", max(said, key=len))
        return tuple(dict.fromkeys(one for one in said if one))

    def whole(self, column: str, *, needed: bool = False) -> int:
        said = latin_digits(self.cells.get(column, ""))
        if not said:
            if needed:
                self.fault(column, "missing")
            return 0
        if not (said.isascii() and said.isdigit()) or len(said) > 9 or (needed and int(said) < 1):
            self.fault(column, "form", said)
            return 0
        return int(said)

    def day(self, column: str, *, needed: bool = False) -> date | None:
        said = self.cells.get(column, "")
        if not said:
            if needed:
                self.fault(column, "missing")
            return None
        try:
            return parse_jalali(said)
        except InvalidDate:
            self.fault(column, "form", said)
            return None

    def one_of(self, column: str, kind: type[Choice], otherwise: Choice, *, needed: bool = False) -> Choice:
        said = self.cells.get(column, "")
        if not said:
            if needed:
                self.fault(column, "missing")
            return otherwise
        if said not in set(kind):
            self.fault(column, "unknown", said)
            return otherwise
        return kind(said)

    def files(self, column: str) -> Iterator[Path]:
        for name in self.several(column, 500):
            path = (self.folder / name).resolve()
            # A list names files of its folder only: a line may not reach for those of the machine.
            if not path.is_relative_to(self.folder) or not path.is_file():
                self.fault(column, "file-missing", name)
            elif path.suffix.lower() not in SUFFIXES or not 0 < path.stat().st_size <= LONGEST_FILE:
                self.fault(column, "file-unfit", name)
            else:
                yield path

    def relations(self) -> Iterator[OldRelation]:
        for kind in (RelationKind.ANSWERS, RelationKind.FOLLOWS):
            for said in self.several(str(kind), 80):
                number, _, year = (part.strip() for part in said.partition("@"))
                if not number or len(number) > 60 or (year and not _YEAR.fullmatch(latin_digits(year))):
                    self.fault(str(kind), "form", said)
                else:
                    yield OldRelation(kind=kind, number=number, year=int(latin_digits(year)) if year else None)


class _State(StrEnum):
    CLOSED = "closed"
    REGISTERED = "registered"
