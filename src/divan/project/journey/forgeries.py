"""Alters a scratch copy in turn, as somebody with the operator's keys could, and asks the responsible check each time.

Run as a program on the copy by :mod:`divan.project.journey.auditing`; it writes one JSON object a line. Each
alteration is undone before the next, so that each check answers for itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

import django
from django.conf import settings
from django.db import connection, transaction

PREFIX = "divan_scratch_"
"""With which the name of a scratch database begins; forgeries are made nowhere else."""

UNTOUCHED = "nothing"
ALTERED = (
    "the row of the decision",
    "the fact of the signature",
    "a tile of the log",
    "the stored PDF of the letter",
    "a segment of evidence",
)
"""What is altered, in this order."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one alteration: what was altered, by which check it was found, and in which words named."""

    altered: str
    check: str
    named: str
    is_found: bool


def main() -> int:
    """Alter in turn and tell; the verification code of the story's letter is the only argument."""
    django.setup()
    if not str(connection.settings_dict["NAME"]).startswith(PREFIX):
        sys.stderr.write("forgeries are made in a scratch copy only\n")
        return 2
    found = True
    for told in all_forgeries(sys.argv[1]):
        sys.stdout.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
        sys.stdout.flush()
        found = found and told.is_found
    return 0 if found else 1


def all_forgeries(code: str) -> Iterator[Told]:
    """Yield the untouched copy's examination, and then each forgery's."""
    from divan.trust.signing import queries as signing  # noqa: PLC0415 (models are readable only after setup)

    letter = signing.find_by_code(code)
    if letter is None:
        yield Told(UNTOUCHED, "verification", f"the copy holds no letter {code}", is_found=False)
        return
    yield _untouched(letter.uuid)
    decision, position = _decision_of(letter.uuid)
    yield _altered_row(decision)
    yield _altered_fact(position)
    yield _altered_tile()
    yield _altered_pdf(letter.uuid, letter.sha256)
    yield _altered_evidence()


def _untouched(letter: UUID) -> Told:
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.trust.exchange import queries as exchange  # noqa: PLC0415 (as above)
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (as above)
    from divan.trust.signing import queries as signing  # noqa: PLC0415 (as above)

    found = [str(one.code) for one in ledger.fsck()] + [one.code for one in exchange.verify_evidence()]
    verdict = signing.verify_document(letter, clock.now())
    said = f"{verdict.standing}; {', '.join(found) or 'no finding'}"
    return Told(UNTOUCHED, "all three checks", said, is_found=not found and verdict.is_genuine)


def _decision_of(letter: UUID) -> tuple[UUID, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT uuid, sealed_fact FROM cases_decision WHERE document_uuid = %s", [letter])
        decision, fact = cursor.fetchone()
        cursor.execute("SELECT position FROM foundation_fact WHERE uuid = %s", [fact])
        (position,) = cursor.fetchone()
    return decision, position


@contextmanager
def _quietly() -> Iterator[Callable[[str, UUID | int], None]]:
    """Give a way to change rows, which no trigger guards in the copy; it is rolled back at the end of the block."""
    with transaction.atomic():
        with connection.cursor() as cursor:

            def change(statement: str, key: UUID | int) -> None:
                cursor.execute(statement, [key])
                if cursor.rowcount != 1:
                    raise RuntimeError(f"{cursor.rowcount} rows changed by {statement}")

            yield change
        transaction.set_rollback(True)


def _altered_row(decision: UUID) -> Told:
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (as above)
    from divan.trust.ledger.values import Fault  # noqa: PLC0415 (as above)

    with _quietly() as change:
        change("UPDATE cases_decision SET text = replace(text, 'پاییز', 'بهار') || ' ' WHERE uuid = %s", decision)
        found = ledger.fsck()
    named = [one for one in found if one.code is Fault.ROW_ALTERED and one.subject_uuid == decision]
    said = "; ".join(f"{one.code}: {one.subject_kind} {one.subject_uuid}" for one in named)
    return Told(ALTERED[0], "divan ledger fsck", said, is_found=len(found) == len(named) == 1)


def _altered_fact(position: int) -> Told:
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (as above)
    from divan.trust.ledger.values import Fault  # noqa: PLC0415 (as above)

    with _quietly() as change:
        change(
            'UPDATE foundation_fact SET data = data || \'{"outcome": "rejected"}\'::jsonb WHERE position = %s',
            position,
        )
        found = ledger.fsck()
    named = [one for one in found if one.code is Fault.FACT_ALTERED and one.position == position]
    said = "; ".join(f"{one.code}: position {one.position}, {one.fact_kind}" for one in named)
    return Told(ALTERED[1], "divan ledger fsck", said, is_found=len(found) == len(named) == 1)


@contextmanager
def _one_bit_turned(path: Path, at: int) -> Iterator[None]:
    """Turn one bit of a file for the length of a block."""
    sound = path.read_bytes()
    mode = path.stat().st_mode
    place = at % len(sound)
    path.chmod(0o600)
    path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
    try:
        yield
    finally:
        path.write_bytes(sound)
        path.chmod(mode)


def _altered_tile() -> Told:
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (as above)
    from divan.trust.ledger.values import Fault  # noqa: PLC0415 (as above)

    log = Path(settings.LEDGER.directory)
    tiles = (path for path in (log / "tile" / "0").rglob("*") if path.is_file())
    newest = max(tiles, key=lambda path: path.stat().st_mtime_ns)
    with _one_bit_turned(newest, 40):
        found = ledger.fsck()
    path = newest.relative_to(log).as_posix()
    named = [one for one in found if one.code is Fault.TILE_ALTERED and one.path == path]
    said = "; ".join(f"{one.code}: {one.path}" for one in named)
    return Told(ALTERED[2], "divan ledger fsck", said, is_found=bool(named))


def _altered_pdf(letter: UUID, sha256: str) -> Told:
    from divan.foundation import clock, files  # noqa: PLC0415 (as above)
    from divan.trust.signing import queries as signing  # noqa: PLC0415 (as above)
    from divan.trust.signing.values import Standing  # noqa: PLC0415 (as above)

    path = files.path_of(sha256)
    with _one_bit_turned(path, path.stat().st_size // 2):
        verdict = signing.verify_document(letter, clock.now())
    named = verdict.document.number if verdict.document else ""
    said = f"{verdict.standing}: letter {named} ({', '.join(verdict.problems)})"
    return Told(ALTERED[3], "verification", said, is_found=verdict.standing is Standing.ALTERED and bool(named))


def _altered_evidence() -> Told:
    from divan.trust.exchange import queries as exchange  # noqa: PLC0415 (as above)

    folder = Path(settings.EXCHANGE.gateway) / "evidence"
    segment = max(folder.glob("*.evidence"), key=lambda path: path.stat().st_size)
    with _one_bit_turned(segment, segment.stat().st_size // 2):
        found = exchange.verify_evidence(with_rows=False)
    named = [one for one in found if one.segment == segment.name]
    said = "; ".join(f"{one.code}: {one.segment} at octet {one.offset}" for one in named[:2])
    return Told(ALTERED[4], "audit of the evidence", said, is_found=bool(named))


if __name__ == "__main__":
    sys.exit(main())
