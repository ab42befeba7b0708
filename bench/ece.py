"""How fast letters of the exchange format are read and written: messages a second of usual letters, MB/s of large ones.

Two peers take the same bytes in the same run: lxml parses them and does nothing else; and lxml parses, then decodes the
file and hashes both, with no check of limits, types, words or dates. What is read here goes through all checks of a
message from strangers; large files go to a folder, as in a house.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.rig.house import machine
from lxml import etree
from rich.console import Console
from rich.table import Table

from divan_libs.ece.contents import Content
from divan_libs.ece.moments import moment_at
from divan_libs.ece.reading import read_message
from divan_libs.ece.sniffing import part_of
from divan_libs.ece.values import Letter, Party, Receiver, ReceiveType, Software
from divan_libs.ece.writing import letter_bytes, write_letter

KIB, MIB = 1024, 1024 * 1024
ROUNDS = 5
SIZES = {"memo": 4 * KIB, "usual": 200 * KIB, "large": 30 * MIB}
"""Bytes of the signed PDF inside: a short text, a letter with its scan, a bundle of plans."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Messages a second, for one size of letter."""

    size: int
    read: float
    write: float
    parsed: float
    decoded: float


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    seconds = 1.0 if options.quick else 5.0
    measured = {name: measure(letter_of(size), seconds) for name, size in SIZES.items()}
    figures = report(measured)
    if options.json:
        print(json.dumps(figures))


def letter_of(size: int) -> Letter:
    """Return an invented letter whose body has so many bytes that cannot be compressed."""
    content = Content.of_bytes(b"%PDF-1.7\n" + random.Random(size).randbytes(size))  # noqa: S311 (filling, no secret)
    receivers = [Receiver(organization=f"بخشداری {number}", receive_type=ReceiveType.COPY) for number in range(5)]
    return Letter(
        software=Software(developer="نمونه", version="1", guid="55ddea2e-0000-4000-8000-00000000abcd"),
        sender=Party(organization="فرمانداری نمونه", position="فرماندار", name="مهتاب آذری", code="5"),
        receivers=(Receiver(organization="استانداری نمونه", position="معاون"), *receivers),
        letter_no="1405/12/الف",
        written_at=moment_at(datetime(2026, 11, 22, 8, 30, tzinfo=UTC)),
        subject="درخواست راه روستایی",
        keywords=("راه", "پل"),
        origins=(part_of(content, description="متن نامه"),),
    )


def measure(letter: Letter, seconds: float) -> Figures:
    """Read, write and let the peer parse the same letter again and again."""
    message = letter_bytes(letter)
    peer = etree.XMLParser(huge_tree=True, resolve_entities=False, no_network=True)

    def decode() -> None:
        root = etree.fromstring(message, peer)
        for part in root.iter("{*}Origin"):
            hashlib.sha256(base64.b64decode(part.text)).digest()
        hashlib.sha256(message).digest()

    with tempfile.TemporaryDirectory(prefix="divan-bench-") as name:
        folder = Path(name)

        def read() -> None:
            read_message(io.BytesIO(message), folder=folder)
            for path in folder.iterdir():
                path.unlink()

        works = (
            read,
            lambda: write_letter(letter, io.BytesIO()),
            lambda: etree.fromstring(message, peer),
            decode,
        )
        best = best_rates(works, seconds)
    if read_message(message).deviations:
        raise SystemExit("the letter is read with deviations")
    return Figures(len(message), *best)


def best_rates(works: Sequence[Callable[[], object]], seconds: float) -> list[float]:
    """Return how often a second each work is done, in its best of several rounds.

    The works take turns, so that what else the machine does falls on all of them.
    """
    rounds = [[rate(work, seconds / ROUNDS) for work in works] for _ in range(ROUNDS)]
    return [max(rates) for rates in zip(*rounds, strict=True)]


def rate(work: Callable[[], object], seconds: float) -> float:
    """Return how often a second the work is done."""
    began, done = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds or not done:
        work()
        done += 1
    return done / elapsed


def report(measured: dict[str, Figures]) -> dict[str, float]:
    """Print the table and return the figures by name."""
    console = Console()
    console.print(f"{machine()}, one process; MB/s are of XML")
    table = Table("letter", "KiB", "read/s", "MB/s", "written/s", "MB/s", "lxml MB/s", "ratio", "decoding", "ratio")
    figures: dict[str, float] = {}
    for name, one in measured.items():
        megabytes = one.size / 1e6
        figures |= {
            f"{name}_read_per_second": round(one.read, 1),
            f"{name}_written_per_second": round(one.write, 1),
            f"{name}_read_mb_per_second": round(one.read * megabytes, 1),
            f"{name}_written_mb_per_second": round(one.write * megabytes, 1),
            f"{name}_read_to_lxml_parsing": round(one.read / one.parsed, 3),
            f"{name}_read_to_lxml_decoding": round(one.read / one.decoded, 3),
        }
        rates = (one.size / KIB, one.read, one.read * megabytes, one.write, one.write * megabytes)
        cells = [f"{value:,.0f}" for value in rates]
        for peer in (one.parsed, one.decoded):
            cells += [f"{peer * megabytes:,.0f}", f"{one.read / peer:.2f}"]
        table.add_row(name, *cells)
    console.print(table)
    return figures


if __name__ == "__main__":
    main()
