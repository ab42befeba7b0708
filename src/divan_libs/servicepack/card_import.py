"""Identity cards out of a table (CSV or XLSX), as bodies keep them: dirty, with words where a number is asked for.

One row is one service; the headings are the fields of the official form or our own names. What a cell says is read as
far as it can be; its very words stay beside the value in ``declared_texts`` and are flagged. Nothing is invented: a
row that lacks what no card can be without gives faults and no card.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from divan_libs.persian.text import latin_digits, normalize, search_text
from divan_libs.servicepack import card_words as words_of
from divan_libs.servicepack.models.card import Card, Channel

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS = 5_000
EDITION = "annex-1"

_HEADINGS = {
    "code": ("code", "کد"),
    "title": ("title", "عنوان خدمت", "نام خدمت"),
    "process": ("process", "عنوان فرایند"),
    "identifier": ("identifier", "شناسه خدمت"),
    "parent_identifier": ("parent_identifier", "شناسه خدمت مادر", "شناسه خدمت اصلی"),
    "body": ("body", "کد دستگاه"),
    "provider": ("provider", "نام دستگاه اجرایی", "دستگاه اجرایی", "ارائه دهنده"),
    "parent_body": ("parent_body_name", "نام دستگاه مادر", "دستگاه مادر"),
    "description": ("description", "شرح خدمت"),
    "relations": ("relations", "نوع خدمت"),
    "audience": ("audience_text", "نوع مخاطبین", "مخاطبین", "خدمت گیرندگان"),
    "nature": ("nature", "ماهیت", "ماهیت خدمت"),
    "levels": ("levels", "سطح", "سطح خدمت"),
    "life_events": ("life_events", "رویداد مرتبط"),
    "start_mode": ("start_mode", "نحوه آغاز", "نحوه آغاز خدمت"),
    "documents": ("documents", "مدارک لازم"),
    "laws": ("laws", "قوانین و مقررات", "قوانین و مقررات بالادستی"),
    "statistics": ("statistics", "آمار خدمت گیرندگان", "آمار تعداد خدمت گیرندگان", "تعداد خدمت گیرندگان"),
    "average_time": ("average_time", "متوسط مدت زمان", "متوسط مدت زمان ارائه", "متوسط مدت زمان ارائه خدمت"),
    "frequency": ("frequency", "تواتر"),
    "hours": ("hours", "ساعات ارائه", "ساعات ارائه خدمت"),
    "visits": ("visits", "تعداد بار مراجعه حضوری", "تعداد مراجعه حضوری"),
    "fees": ("fees", "هزینه", "هزینه (ریال)", "هزینه ارائه خدمت"),
    "access": ("access", "نحوه دسترسی", "نحوه دسترسی به خدمت"),
    "unit": ("prepared_by", "تکمیل کننده", "تکمیل کننده فرم"),
    "on": ("prepared_on", "تاریخ تکمیل", "تاریخ"),
}
_COLUMN = {search_text(words_of.tidy(said)): name for name, all_said in _HEADINGS.items() for said in all_said}
_ELECTRONIC = frozenset({Channel.INTERNET, Channel.EMAIL, Channel.CALL_CENTRE, Channel.MOBILE, Channel.SMS})
_COPIES = re.compile(r"کپی|فتوکپی|رونوشت|تصویر\s*(?:شناسنامه|کارت\s*ملی)|سوابق")


class TableUnreadable(Exception):
    """The file is no table of cards.

    ``code`` says why: ``import.kind``, ``import.too-large``, ``import.shape`` or ``import.headings``.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


@dataclass(frozen=True, slots=True)
class Flag:
    """A value that somebody should look at: the row, the field of the card, its very words, and why.

    ``reason``: ``more-words`` (read in part), ``not-understood``, ``copies-demanded`` (against asking once),
    ``stages-not-stated`` and ``no-reason-in-person`` (the older form has neither).
    """

    row: int
    field: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a row gives no card: the field and what is wrong with it."""

    row: int
    field: str
    words: str


@dataclass(frozen=True, slots=True)
class ImportedCard:
    """A card from a row, with its Persian texts by key; the English ones are for somebody to write."""

    row: int
    card: Card
    texts: Mapping[str, str]

    def files(self) -> dict[str, str]:
        """Return the files of a folder with this card: card.yaml and texts/fa.yaml."""
        nested: dict[str, Any] = {}
        for key, text in self.texts.items():
            *above, last = key.split(".")
            place = nested
            for part in above:
                place = place.setdefault(part, {})
            place[last] = text
        card = self.card.model_dump(mode="json", exclude_defaults=True)
        return {"card.yaml": _yaml(card), "texts/fa.yaml": _yaml(nested)}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came out of a table: cards, what to look at, which rows gave none and why, headings nobody knows."""

    cards: tuple[ImportedCard, ...]
    flags: tuple[Flag, ...]
    faults: tuple[RowFault, ...]
    unknown_headings: tuple[str, ...]


def _yaml(value: object) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)


def read_cards(path: Path, *, body: str | None = None) -> ImportReport:
    """Read identity cards from a CSV or XLSX file; ``body`` is the code of the body where no column says it.

    :raises TableUnreadable: if it is no such table.
    """
    headings, rows = _table(path)
    columns = {index: _COLUMN.get(search_text(words_of.tidy(said))) for index, said in enumerate(headings)}
    if "title" not in columns.values():
        raise TableUnreadable("import.headings", headings=[str(one) for one in headings][:40])
    cards: list[ImportedCard] = []
    flags: list[Flag] = []
    faults: list[RowFault] = []
    seen: set[str] = set()
    for number, row in rows:
        cells = {name: words_of.verbatim(row[at]) for at, name in columns.items() if name and at < len(row)}
        if not any(cells.values()):
            continue
        reader = _RowReader(number, {name: words for name, words in cells.items() if words}, body)
        imported = reader.read()
        if imported is not None and imported.card.code in seen:
            reader.faults.append(RowFault(number, "code", imported.card.code))
            imported = None
        if imported is not None:
            seen.add(imported.card.code)
            cards.append(imported)
        flags += reader.flags
        faults += reader.faults
    unknown = tuple(str(headings[at]) for at, name in columns.items() if name is None and headings[at])
    return ImportReport(tuple(cards), tuple(flags), tuple(faults), unknown)


def _table(path: Path) -> tuple[list[Any], Iterator[tuple[int, list[Any]]]]:
    """Return the headings and the rows with their numbers as a spreadsheet counts them."""
    content = path.read_bytes()
    if len(content) > MAX_BYTES:
        raise TableUnreadable("import.too-large", limit=MAX_BYTES)
    suffix = path.suffix.lower()
    if suffix == ".csv":
        rows = _rows_of_csv(content)
    elif suffix == ".xlsx":
        rows = _rows_of_workbook(content)
    else:
        raise TableUnreadable("import.kind", name=path.name)
    if not rows:
        raise TableUnreadable("import.shape", detail="empty")
    if len(rows) > MAX_ROWS + 1:
        raise TableUnreadable("import.too-large", limit=MAX_ROWS)
    return rows[0], ((number, row) for number, row in enumerate(rows[1:], 2))


def _rows_of_csv(content: bytes) -> list[list[Any]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1256", errors="replace")
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t", "؛"), key=first.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    except csv.Error as problem:
        raise TableUnreadable("import.shape", detail=str(problem)) from problem


def _rows_of_workbook(content: bytes) -> list[list[Any]]:
    import openpyxl  # noqa: PLC0415 (the libraries stand without it; only a workbook needs it)

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > MAX_UNPACKED:
                raise TableUnreadable("import.too-large", limit=MAX_UNPACKED)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as problem:
        raise TableUnreadable("import.shape", detail=str(problem)) from problem
    try:
        sheet = book.worksheets[0]
        return [list(row) for row in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=100, values_only=True)]
    finally:
        book.close()


@dataclass(slots=True)
class _RowReader:
    """Reads one row: what it could not read whole is in ``flags``, what keeps it from being a card in ``faults``."""

    row: int
    cells: Mapping[str, str]
    body: str | None
    flags: list[Flag] = field(default_factory=list)
    faults: list[RowFault] = field(default_factory=list)
    declared: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def read(self) -> ImportedCard | None:
        """Return the card of the row, or None after saying why there is none."""
        given: dict[str, Any] = {
            "code": self._code(),
            "edition": EDITION,
            "delivery": "information-only",
            "provider": {"body": self._needed("body", self.cells.get("body") or self.body or "")},
            **self._choices(),
            **self._figures(),
            "documents": self._documents(),
            "laws": self._laws(),
            "access": self._access(),
        }
        identifier = re.sub(r"\D", "", latin_digits(self.cells.get("identifier", "")))
        parent = re.sub(r"\D", "", latin_digits(self.cells.get("parent_identifier", "")))
        given |= {"identifier": identifier or None, "parent_identifier": parent or None}
        if self.cells.get("unit") and self.cells.get("on"):
            given["prepared_by"] = {"unit": self.cells["unit"], "on": latin_digits(self.cells["on"])}
        given["declared_texts"] = self.declared or None
        self._write_texts()
        if self.faults:
            return None
        try:
            return ImportedCard(self.row, Card.model_validate(given), dict(self.texts))
        except ValidationError as problem:
            for error in problem.errors(include_url=False, include_input=False):
                self.faults.append(RowFault(self.row, ".".join(str(one) for one in error["loc"]), error["msg"]))
            return None

    def _code(self) -> str:
        code = self.cells.get("code", "").lower().replace("_", "-").replace(" ", "-")
        identifier = re.sub(r"\D", "", latin_digits(self.cells.get("identifier", "")))
        return code or (f"service-{identifier}" if identifier else f"imported-{self.row}")

    def _needed(self, name: str, words: str) -> str:
        if not words:
            self.faults.append(RowFault(self.row, name, self.cells.get(name, "")))
        return words

    def _choices(self) -> dict[str, Any]:
        """Read the fields with boxes to tick; a box that nobody ticked is a fault, an unknown event is another one."""
        relations = words_of.codes_in(self.cells.get("relations", ""), words_of.RELATIONS)
        nature = words_of.codes_in(self.cells.get("nature", ""), words_of.NATURES)
        levels = words_of.codes_in(self.cells.get("levels", ""), words_of.LEVELS)
        for name, found in (("relations", relations), ("nature", nature), ("levels", levels)):
            self._needed(name, "found" if found else "")
        events = words_of.codes_in(self.cells.get("life_events", ""), words_of.EVENTS)
        starts = words_of.codes_in(self.cells.get("start_mode", ""), words_of.STARTS)
        for name, known in (("life_events", events), ("start_mode", starts)):
            if not known:
                self._flag(name, self.cells.get(name, ""), "not-understood")
        return {
            "relations": [str(one) for one in relations],
            "nature": str(nature[0]) if nature else None,
            "levels": [str(one) for one in levels],
            "life_events": [str(one) for one in events] or ["other"],
            "start_mode": str(starts[0]) if starts else "other",
            "audience": "employees" if {str(one) for one in relations} == {"G2E"} else "public",
        }

    def _figures(self) -> dict[str, Any]:
        visits = self._value("visits", "in_person.visits", words_of.read_visits)
        fee = self._value("fees", "fees", words_of.read_fee)
        return {
            "statistics": self._value("statistics", "statistics", words_of.read_statistics),
            "average_time": self._value("average_time", "average_time", words_of.read_span),
            "frequency": self._value("frequency", "frequency", words_of.read_frequency),
            "in_person": None if visits is None else {"visits": visits},
            "fees": () if fee is None else (fee,),
        }

    def _value(self, name: str, path: str, read: Any) -> Any:
        words = self.cells.get(name, "")
        if not words:
            return None
        reading = read(words_of.tidy(words))
        if not reading.plain:
            self.declared[path] = words
            self._flag(path, words, "more-words" if reading.value is not None else "not-understood")
        return reading.value

    def _flag(self, path: str, words: str, reason: str) -> None:
        self.flags.append(Flag(self.row, path, words, reason))
        if words:
            self.declared.setdefault(path, words)

    def _parts(self, name: str) -> list[str]:
        pieces = re.split(r"\s*(?:[\n;؛]|(?<!\d)\d+\s*[-)]\s)\s*", self.cells.get(name, ""))
        return [piece.strip(" -.") for piece in pieces if piece.strip(" -.")]

    def _documents(self) -> list[str]:
        codes = []
        for number, title in enumerate(self._parts("documents"), 1):
            if words_of.tidy(title) in ("ندارد", "نیاز نیست"):
                continue
            codes.append(f"REQ-DOCUMENT-{number}")
            self.texts[f"needs.{codes[-1]}.title"] = normalize(title)
            if _COPIES.search(words_of.tidy(title)):
                self._flag("documents", title, "copies-demanded")
        return codes

    def _laws(self) -> list[dict[str, Any]]:
        return [
            {"code": f"LAW-{number}", "title": normalize(title)[:300], "confirmed": False}
            for number, title in enumerate(self._parts("laws"), 1)
            if len(title) >= 3
        ]

    def _access(self) -> list[dict[str, Any]]:
        """Give each channel of the older form, which names channels once, to each of the four stages."""
        words = self.cells.get("access", "")
        channels = words_of.codes_in(words, words_of.CHANNELS)
        if not channels:
            self._flag("access", words, "not-understood")
            return []
        self._flag("access", words, "stages-not-stated")
        if any(channel not in _ELECTRONIC for channel in channels):
            self._flag("access", words, "no-reason-in-person")
        address = re.search(r"(?:https?://|www\.)[^\s،؛;]+", words)
        return [
            {
                "stage": stage,
                "channel": str(channel),
                "electronic": channel in _ELECTRONIC,
                "address": address[0] if address and channel is Channel.INTERNET else None,
            }
            for stage in ("information", "request", "production", "delivery")
            for channel in channels
        ]

    def _write_texts(self) -> None:
        self._needed("title", self.cells.get("title", ""))
        named = {"title": "title", "process": "process", "description": "description", "audience": "audience"}
        named |= {"provider": "provider", "hours": "hours"}
        for name, key in named.items():
            if self.cells.get(name):
                self.texts[f"card.{key}"] = normalize(self.cells[name])
        if self.cells.get("parent_body"):
            self._flag("provider.parent_body", self.cells["parent_body"], "not-understood")
