"""Files: taken by what they are, not by what they are called, and kept only when a scanner has said yes."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from django.apps import apps

from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.foundation.models import Fact, StoredFile

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\nan invented page\n"
PNG = b"\x89PNG\r\n\x1a\nan invented picture"


class Doctor:
    """A scanner that finds what it is told to find."""

    def __init__(self, found: str = "") -> None:
        self.found = found

    def find(self, content: Iterable[bytes]) -> str:
        assert b"".join(content) != b""
        return self.found


class Mute:
    """A scanner that gives no verdict."""

    def find(self, content: Iterable[bytes]) -> str:
        assert b"".join(content) != b""
        raise files.ScannerSilent


@pytest.fixture(autouse=True)
def folder(db, monkeypatch, tmp_path):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return tmp_path


def hand_in(
    content: bytes, name: str = "page.pdf", scanner: files.Scanner | None = None, **others
) -> files.FileSummary:
    pieces = [content[at : at + 7] for at in range(0, len(content), 7)]
    return files.store_upload(name=name, content=pieces, actor=SYSTEM, now=NOON, scanner=scanner or Doctor(), **others)


def kept_bytes(folder) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_a_file_is_kept_under_its_hash_with_a_fact(folder):
    kept = hand_in(PDF)

    assert (kept.sha256, kept.size, kept.media_type) == (sha256(PDF).hexdigest(), len(PDF), "application/pdf")
    assert files.read_file(kept.uuid) == PDF
    assert kept_bytes(folder) == [PDF]
    assert facts.recorded_for(kept.uuid) == ["foundation.file-stored"]


@pytest.mark.parametrize(
    ("content", "name", "scanner", "refusal"),
    [
        (b"", "page.pdf", Doctor(), files.FileEmpty),
        (PDF + b"x" * 200, "page.pdf", Doctor(), files.FileTooLarge),
        (PNG, "page.pdf", Doctor(), files.FileMislabelled),
        (b"MZ an invented program", "page.pdf", Doctor(), files.FileTypeUnknown),
        (b"<svg onload='x'/>", "page.svg", Doctor(), files.FileTypeUnknown),
        (PDF, "page.pdf", Doctor("Eicar-Test-Signature"), files.FileInfected),
    ],
    ids=["empty", "too large", "mislabelled", "a program", "a drawing that runs", "infected"],
)
def test_a_file_that_cannot_be_taken_is_refused_and_leaves_nothing(folder, content, name, scanner, refusal):
    with pytest.raises(refusal):
        hand_in(content, name, scanner, limit=100)

    assert kept_bytes(folder) == []
    assert (StoredFile.objects.count(), Fact.objects.count()) == (0, 0)


def test_without_a_verdict_of_the_scanner_nothing_is_kept(folder):
    with pytest.raises(files.ScannerSilent):
        hand_in(PDF, scanner=Mute())
    with pytest.raises(files.ScannerSilent):
        hand_in(PDF, scanner=files.ClamScanner("127.0.0.1:1"))

    assert kept_bytes(folder) == []
    assert StoredFile.objects.count() == 0


@pytest.fixture
def clamd() -> Iterator[tuple[str, list[bytes], list[bytes]]]:
    """Answer INSTREAM as clamd does: verdicts are taken from the first list, what was streamed goes to the second."""
    verdicts: list[bytes] = []
    streamed: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rb") as reading:
                assert reading.read(10) == b"zINSTREAM\0"
                body = b""
                while size := struct.unpack("!I", reading.read(4))[0]:
                    body += reading.read(size)
                streamed.append(body)
                line.sendall(verdicts.pop(0))

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    yield f"127.0.0.1:{listening.getsockname()[1]}", verdicts, streamed
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    server.join(5)


def test_clamd_is_asked_by_its_own_protocol(clamd):
    address, verdicts, streamed = clamd
    verdicts += [b"stream: OK\0", b"stream: Win.Test.EICAR_HDB-1 FOUND\0", b"INSTREAM size limit exceeded. ERROR\0"]
    scanner = files.ClamScanner(address)

    assert scanner.find([PDF, PNG]) == ""
    assert scanner.find([PDF]) == "Win.Test.EICAR_HDB-1"
    with pytest.raises(files.ScannerSilent):
        scanner.find([PNG])
    assert streamed == [PDF + PNG, PDF, PNG]
