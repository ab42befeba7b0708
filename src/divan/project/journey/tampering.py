"""The drill's forger: alters a scratch copy in every way that full rights on database, disk and log key allow.

Run as a program on the copy by :mod:`divan.project.journey.drill`; it writes one JSON object a line. Each alteration is
undone before the next, so that each check answers for itself. Who rewrites the log signs it with the log's own key.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.conf import settings
from django.db import connection, transaction

from divan.project.journey.forgeries import PREFIX
from divan.project.journey.onlookers import WHAT_CONVICTS, Onlookers, onlookers
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, open_checkpoint, sign_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.log import integrate
from divan_libs.tlog.notes import NoteSigner, NoteVerifier
from divan_libs.tlog.storage import LocalStore

if TYPE_CHECKING:
    from divan.trust.ledger.values import Finding

NOT_FOUND = 3
"""Exit code of a drill that went to its end, and in which something was not found."""

FSCK = "divan ledger fsck"
MONITOR = "divan ledger monitor"
SEALER = "the sealer at its start"


@dataclass(frozen=True, slots=True)
class Tampered:
    """What became of one alteration: what was done, which check found it, under which code, and what it named."""

    what: str
    check: str
    code: str
    named: str
    is_found: bool


Deed = Callable[["Bench"], Tampered]


@dataclass(frozen=True, slots=True)
class Bench:
    """The copy that is altered: its published files, the key and name of its log, and who looks on from outside."""

    log: Path
    key: NoteSigner
    head: Checkpoint
    outside: Onlookers
    scratch: Path

    def entries(self) -> list[bytes]:
        """Return the entries of the log as they are sealed."""
        from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (models are readable only after setup)

        return list(ledger.commitments(0, self.head.size))

    def rewritten(self, entries: Sequence[bytes]) -> tuple[Path, Checkpoint, str]:
        """Return a folder with another log of the same name and key, its head, and the signed note of that."""
        folder = Path(tempfile.mkdtemp(dir=self.scratch))
        store = LocalStore(folder)
        grown = integrate(store, Frontier(), entries)
        head = Checkpoint(self.head.origin, grown.size, grown.root)
        note = sign_checkpoint(head, [self.key])
        store.replace(CHECKPOINT_PATH, note.encode())
        return folder, head, note


def main() -> int:
    """Alter in turn and tell; 3 if anything was not found."""
    django.setup()
    if not str(connection.settings_dict["NAME"]).startswith(PREFIX):
        sys.stderr.write("a drill is made in a scratch copy only\n")
        return 2
    from divan.project.journey.furnishing import furnish  # noqa: PLC0415 (models are readable only after setup)

    furnish()
    found = True
    with tempfile.TemporaryDirectory(prefix="divan-drill-") as scratch, made_bench(Path(scratch)) as bench:
        for deed in (untouched, *DEEDS):
            told = deed(bench)
            sys.stdout.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
            sys.stdout.flush()
            found = found and told.is_found
    return 0 if found else NOT_FOUND


@contextmanager
def made_bench(scratch: Path) -> Iterator[Bench]:
    """Get the log of the settings ready to be altered, with somebody outside who knows it as it is."""
    known = settings.LEDGER
    key = NoteSigner.parse(known.key_file.read_text().strip())
    note = (known.directory / CHECKPOINT_PATH).read_text()
    verifier = NoteVerifier.parse(known.verifier_file.read_text().strip())
    head = open_checkpoint(note, [verifier]).checkpoint
    with onlookers(scratch / "outside", verifier, note) as outside:
        outside.meet(known.directory)
        yield Bench(known.directory, key, head, outside, scratch)


@contextmanager
def _quietly() -> Iterator[Callable[..., int]]:
    """Give a way to change rows, which no trigger guards in the copy; it is rolled back at the end of the block."""
    with transaction.atomic():
        with connection.cursor() as cursor:

            def change(statement: str, *values: Any) -> int:
                cursor.execute(statement, values)
                return int(cursor.rowcount)

            yield change
        transaction.set_rollback(True)


def _fsck() -> Sequence[Finding]:
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (models are readable only after setup)

    return ledger.fsck()


def _first(statement: str) -> tuple[object, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row: tuple[object, ...] | None = cursor.fetchone()
        return row


def _said(finding: Finding) -> str:
    where = f"{finding.subject_kind} {finding.subject_uuid or ''}".strip() or finding.path
    place = "" if finding.position is None else f"position {finding.position}"
    return ", ".join(part for part in (where, finding.path if finding.subject_kind else "", place) if part)


def _judged(what: str, found: Sequence[Finding], wanted: str, about: object = None) -> Tampered:
    """Return whether the examination named the alteration: by this code, and about this row, position or file."""
    named = [
        one for one in found if str(one.code) == wanted and about in {None, one.subject_uuid, one.position, one.path}
    ]
    said = _said(named[0]) if named else "; ".join(f"{one.code} {_said(one)}" for one in found[:3]) or "nothing"
    return Tampered(what, FSCK, wanted if named else "", said, bool(named))


def untouched(bench: Bench) -> Tampered:
    """Examine the copy before anything is altered: neither check may find anything."""
    found, seen = _fsck(), [one for one in bench.outside.look(bench.log) if one.code in WHAT_CONVICTS]
    said = "; ".join([*(f"{one.code} {_said(one)}" for one in found[:3]), *(str(one.code) for one in seen)])
    return Tampered("nothing", f"{FSCK}, {MONITOR}", "", said or f"{bench.head.size} entries, all sound", not said)


def row_deed(what: str, *columns: tuple[str, str, str]) -> Deed:
    """Return the deed of altering the newest sealed row of the first table that has one.

    :param columns: table, column and the SQL of its new value.
    """

    def alter(_bench: Bench) -> Tampered:
        for table, column, value in columns:
            about = _newest_sealed(table, column)
            if about is None:
                continue
            with _quietly() as change:
                change(f"UPDATE {table} SET {column} = {value} WHERE uuid = %s", about)  # noqa: S608 (our own names)
                return _judged(what, _fsck(), "ledger.row-altered", about)
        return Tampered(what, FSCK, "", "the copy holds no such row: run divan journey first", False)

    return alter


def _newest_sealed(table: str, column: str) -> object:
    found = _first(
        f"SELECT uuid FROM {table} one WHERE {column}::text <> '' AND EXISTS (SELECT 1 FROM foundation_fact "  # noqa: S608 (as above)
        "WHERE subject_uuid = one.uuid AND position IS NOT NULL) ORDER BY id DESC LIMIT 1"
    )
    return found[0] if found else None


def _middle(bench: Bench) -> int:
    return bench.head.size // 2


def altered_fact(bench: Bench) -> Tampered:
    """Change what a sealed fact says."""
    with _quietly() as change:
        place = _middle(bench)
        change(
            'UPDATE foundation_fact SET data = data || \'{"outcome": "rejected"}\'::jsonb WHERE position = %s', place
        )
        return _judged("a fact", _fsck(), "ledger.fact-altered", place)


def altered_salt(bench: Bench) -> Tampered:
    """Put another salt in the place of an entry's own."""
    with _quietly() as change:
        place = _middle(bench)
        change("UPDATE ledger_ledgerentry SET salt = %s WHERE position = %s", secrets.token_bytes(32), place)
        return _judged("a salt", _fsck(), "ledger.fact-altered", place)


def backdated_fact(bench: Bench) -> Tampered:
    """Let a fact have happened a month earlier."""
    with _quietly() as change:
        place = _middle(bench)
        change("UPDATE foundation_fact SET at = at - interval '30 days' WHERE position = %s", place)
        return _judged("a fact is back-dated", _fsck(), "ledger.fact-altered", place)


def _file(what: str, folder: str, code: str) -> Deed:
    """Return the deed of turning one bit in the newest published file of a folder."""

    def alter(bench: Bench) -> Tampered:
        files = [path for path in (bench.log / folder).rglob("*") if path.is_file()]
        path = max(files, key=lambda one: (one.stat().st_mtime_ns, one.as_posix()))
        sound, mode = path.read_bytes(), path.stat().st_mode
        path.chmod(0o600)
        path.write_bytes(sound[:40] + bytes([sound[40] ^ 1]) + sound[41:])
        try:
            return _judged(what, _fsck(), code, path.relative_to(bench.log).as_posix())
        finally:
            path.write_bytes(sound)
            path.chmod(mode)

    return alter


def deleted_hour(bench: Bench) -> Tampered:
    """Delete the facts and entries of the newest hour, and leave the published files as they are."""
    place = _an_hour_before(bench)
    with _quietly() as change:
        change("DELETE FROM ledger_ledgerentry WHERE position >= %s", place)
        change("DELETE FROM foundation_fact WHERE position >= %s", place)
        found = _fsck()
    return _judged("the last hour is deleted", found, "ledger.entry-missing", place)


def _an_hour_before(bench: Bench) -> int:
    """Return the first position of the newest hour; of a log that is younger, of its newest tenth."""
    from divan.foundation import facts  # noqa: PLC0415 (models are readable only after setup)

    newest = facts.at_position(bench.head.size - 1)
    row = newest and _first_position_after(newest.at - timedelta(hours=1))
    return row or bench.head.size - max(bench.head.size // 10, 1)


def _first_position_after(moment: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(position) FROM foundation_fact WHERE at > %s", [moment])
        row = cursor.fetchone()
    return int(row[0]) if row and row[0] else 0


@contextmanager
def _in_place(bench: Bench, folder: Path, head: Checkpoint, note: str) -> Iterator[Callable[..., int]]:
    """Put another log in the place of the published one, and let the database know no other; undone afterwards."""
    aside = bench.scratch / f"true-{secrets.token_hex(4)}"
    shutil.move(bench.log, aside)
    shutil.copytree(folder, bench.log)
    try:
        with _quietly() as change:
            change("DELETE FROM ledger_cosignedhead")
            change("UPDATE ledger_loghead SET size = %s, root = %s, note = %s", head.size, head.root, note)
            yield change
    finally:
        shutil.rmtree(bench.log)
        shutil.move(aside, bench.log)


def rolled_back(bench: Bench) -> Tampered:
    """Put log, facts and entries back to how they were: a restored backup. Whoever saw the newer head knows better."""
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (models are readable only after setup)

    what, size = "database and files are rolled back to yesterday", _an_hour_before(bench)
    folder, head, note = bench.rewritten(bench.entries()[:size])
    with _in_place(bench, folder, head, note) as change:
        change("DELETE FROM ledger_ledgerentry WHERE position >= %s", size)
        change("DELETE FROM foundation_fact WHERE position >= %s", size)
        doubt = ledger.find_contradiction({"drill": bench.head})
        seen = bench.outside.look(bench.log)
    codes = [str(one.code) for one in seen if one.code in WHAT_CONVICTS]
    refused = str(doubt[0]) if doubt else ""
    said = f"{head.size} entries are shown, the witness remembers {bench.head.size}"
    return Tampered(
        what, f"{SEALER}, {MONITOR}", ", ".join(filter(None, [refused, *codes])), said, bool(doubt and codes)
    )


def forked(bench: Bench) -> Tampered:
    """Show one reader, who has never seen the log, another history of the same length."""
    entries = bench.entries()
    entries[_middle(bench)] = secrets.token_bytes(32)
    folder, head, _ = bench.rewritten(entries)
    seen = [one for one in bench.outside.look(folder, as_newcomer=True) if one.code in WHAT_CONVICTS]
    said = f"two signed heads of {head.size} entries; the proof is kept" if seen and seen[0].fork else ""
    what = "the log is forked for one reader"
    return Tampered(what, MONITOR, str(seen[0].code) if seen else "", said, bool(said))


def rewritten(bench: Bench) -> Tampered:
    """Back-date a fact and rewrite entry, tiles and head over it, so that the house's own examination is content."""
    from divan.foundation import facts  # noqa: PLC0415 (models are readable only after setup)
    from divan.trust.ledger import queries as ledger  # noqa: PLC0415 (as above)

    what, place = "an entry is back-dated and the log rewritten over it", _middle(bench)
    entries = bench.entries()
    with _quietly() as change:
        change("UPDATE foundation_fact SET at = at - interval '30 days' WHERE position = %s", place)
        fact = facts.at_position(place)
        salt = _first(f"SELECT salt FROM ledger_ledgerentry WHERE position = {place:d}")  # noqa: S608 (a number)
        if fact is None or salt is None or salt[0] is None:
            return Tampered(what, MONITOR, "", "the entry has no salt", False)
        entries[place] = Opening(bytes(salt[0]), ledger.record_of(fact)).entry()  # type: ignore[call-overload]  # bytea
        change("UPDATE ledger_ledgerentry SET commitment = %s WHERE position = %s", entries[place], place)
        folder, head, note = bench.rewritten(entries)
        with _in_place(bench, folder, head, note):
            inside = _fsck()
            seen = [one for one in bench.outside.look(bench.log) if one.code in WHAT_CONVICTS]
    content = "the house's own examination is content" if not inside else "the house's own examination finds it too"
    said = f"{content}; two signed heads of {head.size} entries; the proof is kept" if seen and seen[0].fork else ""
    return Tampered(what, MONITOR, str(seen[0].code) if seen else "", said, bool(said))


DEEDS: tuple[Deed, ...] = (
    row_deed("the row of a decision", ("cases_decision", "text", "text || ' '")),
    row_deed(
        "a letter's number",
        ("correspondence_letter", "number", "number || '0'"),
        ("signing_document", "number", "number || '0'"),
    ),
    row_deed("the amount of a payment", ("payments_payment", "amount", "amount + 1")),
    altered_fact,
    altered_salt,
    backdated_fact,
    _file("entries in their bundle", "tile/entries", "ledger.bundle-altered"),
    _file("a tile", "tile/0", "ledger.tile-altered"),
    deleted_hour,
    rolled_back,
    forked,
    rewritten,
)
"""Everything that is done in a drill, in this order."""

if __name__ == "__main__":
    sys.exit(main())
