"""A folder that was handed over is judged by itself alone: the bag, the structure, and each against the other."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import UUID
from xml.parsers import expat

from divan_libs.transfer.shape import CODES, DATES, MOMENTS, NUMBERS, SHAPES
from divan_libs.transfer.structure import INSTANCE, NAMESPACE
from divan_libs.transfer.values import Finding
from divan_libs.transfer.writing import MANIFEST, STRUCTURE, TAG_MANIFEST

_CHUNK = 1024 * 1024
_LONGEST_TEXT = 100_000
_LINE = re.compile(r"([0-9a-f]{64}) {2}(\S.*)")


def verify_folder(folder: Path) -> Iterator[Finding]:
    """Yield what is wrong with a folder: nothing, if all of it is as it was handed over."""
    if not (folder / "bagit.txt").is_file() or not (folder / MANIFEST).is_file():
        yield Finding(code="no-bag", place=str(folder))
        return
    yield from _check_list(folder, TAG_MANIFEST)
    listed: dict[str, str] = {}
    yield from _check_list(folder, MANIFEST, listed)
    present = {path.relative_to(folder).as_posix() for path in (folder / "data").rglob("*") if not path.is_dir()}
    for path in sorted(present - listed.keys()):
        yield Finding(code="not-listed", place=path)
    if STRUCTURE not in listed or not (folder / STRUCTURE).is_file():
        yield Finding(code="no-structure", place=STRUCTURE)
        return
    reader = _Structure(folder, listed)
    yield from reader.read()
    yield from reader.close()
    yield from _check_letters(folder, listed, reader)


def _check_list(folder: Path, name: str, listed: dict[str, str] | None = None) -> Iterator[Finding]:
    known = {} if listed is None else listed
    try:
        lines = (folder / name).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        yield Finding(code="list-unreadable", place=name)
        return
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None or not _is_inside(found[2]) or found[2] in known:
            yield Finding(code="list-line", place=f"{name}:{number}")
            continue
        known[found[2]] = found[1]
        path = folder / found[2]
        if path.is_symlink() or not path.is_file():
            yield Finding(code="missing", place=found[2])
        elif _hash(path) != found[1]:
            yield Finding(code="altered", place=found[2])


def _is_inside(path: str) -> bool:
    parts = PurePosixPath(path).parts
    return bool(parts) and not path.startswith("/") and ".." not in parts


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _check_letters(folder: Path, listed: dict[str, str], reader: _Structure) -> Iterator[Finding]:
    """See that every letter stands both in the structure and as JSON, with the same number."""
    told = {path.removeprefix("data/letters/").removesuffix(".json") for path in listed if "/letters/" in path}
    for uuid in sorted(told - reader.letters.keys()):
        yield Finding(code="letter-not-in-structure", place=uuid)
    for uuid in sorted(reader.letters.keys() - told):
        yield Finding(code="letter-not-told", place=uuid)
    for uuid in sorted(told & reader.letters.keys()):
        path = f"data/letters/{uuid}.json"
        try:
            read: dict[str, Any] = json.loads((folder / path).read_text("utf-8"))
            same = read["uuid"] == uuid and read["number"] == reader.letters[uuid]
        except (OSError, ValueError, KeyError, TypeError):
            same = False
        if not same:
            yield Finding(code="letter-differs", place=path)


class _Element:
    """An element that is being read: what may come in it, how far it has come, and its texts."""

    __slots__ = ("count", "kind", "name", "place", "said", "text")

    def __init__(self, name: str, kind: str) -> None:
        self.name, self.kind = name, kind
        self.place, self.count = 0, 0
        self.text = ""
        self.said: dict[str, str] = {}


class _Structure:
    """Reads the structure element by element; no document type, no entities, nothing looked up elsewhere."""

    def __init__(self, folder: Path, listed: dict[str, str]) -> None:
        self._folder, self._listed = folder, listed
        self._found: list[Finding] = []
        self._open: list[_Element] = []
        self._ids: set[str] = set()
        self._references: list[tuple[str, int]] = []
        self._numbers: set[tuple[str, ...]] = set()
        self._documents: set[str] = set()
        self.letters: dict[str, str] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self) -> Iterator[Finding]:
        """Yield what is wrong inside elements."""
        try:
            with (self._folder / STRUCTURE).open("rb") as content:
                while piece := content.read(_CHUNK):
                    self._parser.Parse(piece, False)
                    yield from self._taken()
                self._parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            self._say("not-xml", str(error)[:100])
        yield from self._taken()

    def close(self) -> Iterator[Finding]:
        """Yield what is wrong between elements: references into nothing, and documents that none names."""
        for reference, line in self._references:
            if reference not in self._ids:
                yield Finding(code="reference", place=f"{STRUCTURE}:{line}", detail=reference)
        documents = {path for path in self._listed if path.startswith("data/documents/")}
        for path in sorted(documents - self._documents):
            yield Finding(code="document-not-in-structure", place=path)

    def _taken(self) -> list[Finding]:
        found, self._found = self._found, []
        return found

    def _say(self, code: str, detail: str = "") -> None:
        place = f"{STRUCTURE}:{self._parser.CurrentLineNumber}"
        self._found.append(Finding(code=code, place=place, detail=detail))

    def _refuse(self, *_given: object) -> None:
        raise ValueError("a document type is not allowed")

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        kind = attributes.get(f"{INSTANCE} type", name)
        if namespace != NAMESPACE:
            self._say("namespace", tag)
        if self._open:
            self._step(self._open[-1], name)
        elif name != "arkiv":
            self._say("root", name)
        self._open.append(_Element(name, kind))

    def _step(self, parent: _Element, name: str) -> None:
        """Go on in the order that the parent's kind lays down."""
        shape = SHAPES.get(parent.kind)
        if shape is None:
            self._say("not-allowed", f"{parent.name}/{name}")
            return
        for place in range(parent.place, len(shape)):
            names, least, most = shape[place]
            if name in names:
                parent.count = parent.count + 1 if place == parent.place else 1
                parent.place = place
                if most is not None and parent.count > most:
                    self._say("too-many", f"{parent.name}/{name}")
                return
            if least and (place != parent.place or not parent.count):
                self._say("missing-element", f"{parent.name}/{names[0]}")
        self._say("order", f"{parent.name}/{name}")

    def _text(self, text: str) -> None:
        if self._open and self._open[-1].kind not in SHAPES:
            if len(self._open[-1].text) + len(text) > _LONGEST_TEXT:
                raise ValueError("a text is too long")
            self._open[-1].text += text

    def _end(self, _tag: str) -> None:
        one = self._open.pop()
        if one.kind not in SHAPES:
            self._leaf(one.name, one.text)
            if self._open:
                self._open[-1].said[one.name] = one.text
            return
        for place in range(one.place, len(SHAPES[one.kind])):
            names, least, _ = SHAPES[one.kind][place]
            if least and (place != one.place or not one.count):
                self._say("missing-element", f"{one.name}/{names[0]}")
        self._whole(one)

    def _leaf(self, name: str, text: str) -> None:
        if not text.strip():
            self._say("empty", name)
        elif name in CODES and text not in CODES[name]:
            self._say("code-list", f"{name}: {text[:60]}")
        elif (name in MOMENTS and not _reads(datetime.fromisoformat, text)) or (
            name in DATES and not _reads(date.fromisoformat, text)
        ):
            self._say("date", f"{name}: {text[:40]}")
        elif name in NUMBERS and not (text.isascii() and text.isdigit()):
            self._say("number", f"{name}: {text[:40]}")
        if name == "systemID":
            if not _reads(UUID, text) or text in self._ids:
                self._say("identifier", text[:60])
            self._ids.add(text)
        if name in {"referanseTilRegistrering", "referanseAvskrivesAvJournalpost"}:
            self._references.append((text, self._parser.CurrentLineNumber))

    def _whole(self, one: _Element) -> None:
        """Judge an element by all that it said."""
        opened, closed = one.said.get("opprettetDato", ""), one.said.get("avsluttetDato", "")
        if opened and closed and closed < opened:
            self._say("ended-before-it-began", one.said.get("systemID", ""))
        if one.kind == "journalpost":
            self.letters[one.said.get("systemID", "")] = one.said.get("registreringsID", "")
            numbered = tuple(one.said.get(name, "") for name in ("registreringsID", "journalaar", "journalposttype"))
            if numbered in self._numbers:
                self._say("number-twice", " ".join(numbered))
            self._numbers.add(numbered)
        if one.kind == "dokumentobjekt":
            self._document(one)

    def _document(self, one: _Element) -> None:
        path = f"data/{one.said.get('referanseDokumentfil', '')}"
        self._documents.add(path)
        known = self._listed.get(path) if _is_inside(path) else None
        if known is None:
            self._say("document-missing", path)
        elif known != one.said.get("sjekksum", "").lower():
            self._say("document-checksum", path)
        elif (self._folder / path).is_file() and str((self._folder / path).stat().st_size) != one.said.get(
            "filstoerrelse"
        ):
            self._say("document-size", path)


def _reads(read: Any, text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True
