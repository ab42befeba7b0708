"""The folder is written beside its place and renamed at the end: it is there whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path

from divan_libs.transfer.structure import StructureWriter
from divan_libs.transfer.values import Archive, Document, DocumentAltered, FolderTaken, Record, Written

STRUCTURE = "data/arkivstruktur.xml"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
_SUFFIXES = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "text/xml": "xml",
    "application/xml": "xml",
}
_CHUNK = 1024 * 1024


class FolderWriter:
    """A folder on its way: the structure is written through ``structure``, letters by :meth:`add`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "data" / "letters").mkdir(parents=True)
        self._manifest = (folder / MANIFEST).open("w", encoding="utf-8")
        self._structure = (folder / STRUCTURE).open("wb")
        self.structure = StructureWriter(self._structure)
        self.letters = self.documents = self.files = self.size = self._streams = 0

    def add(self, record: Record) -> None:
        """Copy the documents of a letter, checking each while it is copied, and write the letter.

        :raises DocumentAltered: if the bytes of a document are missing, or not those that were stored.
        """
        places = {
            document.uuid: self._copy(document, f"documents/{record.uuid}/{number}.{_suffix(document)}")
            for number, document in enumerate(record.documents, start=1)
        }
        told = asdict(record) | {"documents": [_told(one, places[one.uuid]) for one in record.documents]}
        told["more"] = dict(record.more)
        text = json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True, default=_plain).encode()
        path = f"data/letters/{record.uuid}.json"
        (self.folder / path).write_bytes(text)
        self._note(path, hashlib.sha256(text).hexdigest(), len(text))
        self.structure.record(record, places)
        self.letters += 1

    def _copy(self, document: Document, place: str) -> str:
        target = self.folder / "data" / place
        target.parent.mkdir(parents=True, exist_ok=True)
        sha256 = hashlib.sha256()
        try:
            with document.source.open("rb") as source, target.open("xb") as copy:
                while piece := source.read(_CHUNK):
                    sha256.update(piece)
                    copy.write(piece)
        except FileNotFoundError as error:
            raise DocumentAltered(document.uuid) from error
        if sha256.hexdigest() != document.sha256:
            raise DocumentAltered(document.uuid)
        self._note(f"data/{place}", document.sha256, document.size)
        self.documents += 1
        return place

    def _note(self, path: str, sha256: str, size: int) -> None:
        self._manifest.write(f"{sha256}  {path}\n")
        self.size += size
        self._streams += 1

    def finish(self, archive: Archive) -> Written:
        """Close the structure and write the lists of the bag."""
        self._structure.close()
        self._note(STRUCTURE, _hash(self.folder / STRUCTURE), (self.folder / STRUCTURE).stat().st_size)
        self._manifest.close()
        (self.folder / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", "utf-8")
        about = {
            "Source-Organization": f"{archive.creator} ({archive.creator_code})",
            "External-Identifier": archive.uuid,
            "Bagging-Date": archive.made_at.astimezone(UTC).date().isoformat(),
            "Payload-Oxum": f"{self.size}.{self._streams}",
            "Divan-Letters": str(self.letters),
            "Divan-Files": str(self.files),
        }
        text = "".join(f"{name}: {' '.join(value.split())}\n" for name, value in about.items())
        (self.folder / "bag-info.txt").write_text(text, "utf-8")
        tags = ("bag-info.txt", "bagit.txt", MANIFEST)
        lines = [f"{_hash(self.folder / tag)}  {tag}\n" for tag in tags]
        (self.folder / TAG_MANIFEST).write_text("".join(lines), "utf-8")
        return Written(
            files=self.files,
            letters=self.letters,
            documents=self.documents,
            size=self.size,
            manifest=_hash(self.folder / MANIFEST),
        )

    def shut(self) -> None:
        """Close what is open, whatever happened."""
        self._manifest.close()
        self._structure.close()


@contextmanager
def new_folder(target: Path, before_rename: Callable[[], None] = lambda: None) -> Iterator[FolderWriter]:
    """Give a folder to be filled; it takes its name when the block ends well, and is removed when it does not.

    What a power cut left of an earlier try lies beside the target under a name of its own and is removed first.

    :raises FolderTaken: if the target exists.
    """
    if target.exists():
        raise FolderTaken(str(target))
    working = target.with_name(f".{target.name}.unfinished")
    shutil.rmtree(working, ignore_errors=True)
    working.mkdir(parents=True)
    writer = FolderWriter(working)
    try:
        yield writer
        # Everything is on the disk before the name is: a folder under its own name is whole, also after a power cut.
        os.sync()
        before_rename()
        if target.exists():
            raise FolderTaken(str(target))
        working.rename(target)
        parent = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(parent)
        finally:
            os.close(parent)
    finally:
        writer.shut()
        shutil.rmtree(working, ignore_errors=True)


def _suffix(document: Document) -> str:
    return _SUFFIXES.get(document.media_type, "bin")


def _told(document: Document, place: str) -> dict[str, object]:
    known = asdict(document)
    del known["source"]
    return known | {"place": place}


def _hash(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
