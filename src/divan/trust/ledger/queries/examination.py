"""The examination of the whole log: published files, sealed facts, and the live rows the facts speak of.

The published files are judged first, down from the signed root. What holds there is the measure for the database: each
stored entry is compared with the published one, each fact must open its entry, and each live row must have the digest
that its newest fact states. Everything is read in batches; memory stays flat.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from divan.foundation import facts, locks
from divan.foundation.facts import FactRecord
from divan.foundation.models import Fact
from divan.trust.ledger import models, rules
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.adapters.frozen import FrozenStore
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries.published import SEALER, published_store, record_of
from divan.trust.ledger.values import SALT_ERASED, Fault, Finding, Part, Standing
from divan_libs.tlog import fsck as files
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, open_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import read_bundle
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.tiles import ENTRIES, TILE_WIDTH, tile_at

logger = logging.getLogger(__name__)

Progress = Callable[[Part, int, int], None]
"""Told how many pieces of a part are done, and of how many."""

BATCH = 4 * TILE_WIDTH

_FAULTS = {
    files.Fault.CHECKPOINT_MISSING: Fault.CHECKPOINT_MISSING,
    files.Fault.CHECKPOINT_MALFORMED: Fault.CHECKPOINT_INVALID,
    files.Fault.CHECKPOINT_SIGNATURE: Fault.CHECKPOINT_INVALID,
    files.Fault.LOG_SHORTER: Fault.UNPUBLISHED,
    files.Fault.HISTORY_REWRITTEN: Fault.HISTORY_REWRITTEN,
    files.Fault.HISTORY_UNVERIFIABLE: Fault.HISTORY_REWRITTEN,
    files.Fault.ROOT_DIFFERS: Fault.HISTORY_REWRITTEN,
    files.Fault.TILE_MISSING: Fault.TILE_MISSING,
    files.Fault.TILE_ALTERED: Fault.TILE_ALTERED,
    files.Fault.TILE_UNVERIFIABLE: Fault.TILE_ALTERED,
    files.Fault.BUNDLE_MISSING: Fault.BUNDLE_MISSING,
    files.Fault.BUNDLE_ALTERED: Fault.BUNDLE_ALTERED,
    files.Fault.SOURCE_DIFFERS: Fault.ENTRY_ALTERED,
    files.Fault.SOURCE_SHORTER: Fault.ENTRY_MISSING,
    files.Fault.LEFTOVER_ALTERED: Fault.TILE_ALTERED,
    files.Fault.BEYOND_CHECKPOINT: Fault.STRAY_FILE,
    files.Fault.STRAY_FILE: Fault.STRAY_FILE,
}
_OF_BUNDLES = {files.Fault.BUNDLE_MISSING, files.Fault.BUNDLE_ALTERED}
_OF_THE_DATABASE = {files.Fault.SOURCE_DIFFERS, files.Fault.SOURCE_SHORTER}


Steps = Generator[tuple[Part, int, int], None, None]
"""An examination under way: after each piece its part, how many pieces of it are done, and of how many."""


def fsck(progress: Progress | None = None) -> list[Finding]:
    """Recompute files, facts and rows, and return what is not as it was sealed; nothing when all holds.

    May run beside the sealer: what is sealed after the start is not looked at. Only reads.
    """
    steps = fsck_in_steps()
    told = (Part.FILES, 0)
    while True:
        try:
            part, done, total = next(steps)
        except StopIteration as end:
            findings: list[Finding] = end.value
            return findings
        if progress is not None and (part, done) != told:
            told = (part, done)
            progress(part, done, total)


def fsck_in_steps() -> Generator[tuple[Part, int, int], None, list[Finding]]:
    """Examine as :func:`fsck`, a piece at each step, and return the findings at the end.

    No transaction is open and no lock held between two steps, so they may lie seconds apart.
    """
    examination = _Examination()
    with transaction.atomic():
        locks.hold(SEALER)
        head = models.LogHead.objects.first()
        frozen = FrozenStore(published_store())
    if head is None:
        fault = Fault.NOT_OPENED if frozen.checkpoint is None else Fault.OLDER_THAN_PUBLISHED
        return [Finding(code=fault)]
    examination.look_at_head(head, frozen)
    published = yield from examination.look_at_files(head, frozen)
    yield from examination.look_at_facts(head, frozen, published)
    yield from examination.look_at_rows()
    return examination.findings


@dataclass(frozen=True, slots=True)
class _Sealed:
    """The database's side of a run of positions."""

    entries: dict[int, models.LedgerEntry]
    facts: dict[int, FactRecord]
    erased: frozenset[UUID]

    def in_order(self) -> list[models.LedgerEntry]:
        return [entry for _, entry in sorted(self.entries.items())]


class _Examination:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._bad_bundles: set[str] = set()

    def look_at_head(self, head: models.LogHead, frozen: FrozenStore) -> None:
        """Compare the head's row with its signed note, with the key given to strangers, and with what is published."""
        given = keys.handed_out(options().verifier_file)
        if given is not None and head.verifier not in given.splitlines():
            self._find(Fault.KEY_DIFFERS, path=options().verifier_file.name, detail=head.verifier)
        try:
            signed = open_checkpoint(head.note, [NoteVerifier.parse(head.verifier)], origin=head.origin).checkpoint
        except TlogError as error:
            self._find(Fault.HEAD_ALTERED, detail=error.code)
            return
        if (signed.size, signed.root) != (head.size, bytes(head.root)):
            self._find(Fault.HEAD_ALTERED, position=head.size, detail=f"signed size {signed.size}")
        published = _opened(frozen.checkpoint, head)
        seen = (published.size, published.root) if published else None
        if published and rules.standing((head.size, bytes(head.root)), seen) is Standing.AHEAD:
            self._find(Fault.OLDER_THAN_PUBLISHED, position=head.size, detail=f"published size {published.size}")

    def look_at_files(
        self, head: models.LogHead, frozen: FrozenStore
    ) -> Generator[tuple[Part, int, int], None, Checkpoint | None]:
        """Judge the published files; return the checkpoint they were judged by, None when there is none to judge by.

        Where the published checkpoint does not hold, the settled one takes its place.
        """
        published = _opened(frozen.checkpoint, head)
        if published is None:
            missing = frozen.checkpoint is None
            self._find(Fault.CHECKPOINT_MISSING if missing else Fault.CHECKPOINT_INVALID, path=CHECKPOINT_PATH)
            frozen.checkpoint = head.note.encode()
            published = _opened(frozen.checkpoint, head)
        if published is None:
            return None
        size = published.size
        inspection = files.fsck_in_steps(
            frozen,
            _verifiers(head),
            origin=head.origin,
            expect=files.Expectation(head.size, bytes(head.root)),
            entries=_stored_commitments(size),
        )
        found = yield from _of_part(Part.FILES, inspection)
        self._bad_bundles = {finding.path for finding in found if finding.code in _OF_BUNDLES}
        for finding in found:
            # The database's entries are compared one by one below, wherever the published ones can be believed.
            if finding.code in _OF_THE_DATABASE and finding.path not in self._bad_bundles:
                continue
            # What a crash left beyond the published checkpoint is completed, or refused, by the next sealing.
            if finding.code is files.Fault.BEYOND_CHECKPOINT and size < head.size:
                continue
            detail = f"{finding.code}: expected {finding.expected}, found {finding.seen}"
            self._find(_FAULTS[finding.code], position=finding.index, path=finding.path, detail=detail)
        return published

    def look_at_facts(self, head: models.LogHead, frozen: FrozenStore, published: Checkpoint | None) -> Steps:
        """Compare each stored entry with the published one, and open it with its fact."""
        frontier = Frontier()
        for start in range(0, head.size, BATCH):
            end = min(start + BATCH, head.size)
            with _one_moment():
                sealed = _read_sealed(start, end)
            frontier = frontier.extend(leaf_hash(bytes(entry.commitment)) for entry in sealed.in_order())
            witnessed = self._published_entries(frozen, published, start, end)
            for position in range(start, end):
                self._look_at_fact(position, sealed, witnessed.get(position))
            yield Part.FACTS, end, head.size
        named = {Fault.ENTRY_MISSING, Fault.ENTRY_ALTERED}
        if frontier.root() != bytes(head.root) and not any(finding.code in named for finding in self.findings):
            # Only where the published files cannot be believed: there the single entry cannot be named.
            self._find(Fault.ENTRY_ALTERED, detail="the entries do not lead to the settled root")

    def look_at_rows(self) -> Steps:
        """Recompute the digest of each live row and compare it with the one in its newest fact."""
        total = Fact.objects.filter(subject_sequence=1).count()
        unknown: set[str] = set()
        after: UUID | None = None
        done = 0
        while True:
            with _one_moment():
                batch = list(facts.last_digests(after_uuid=after, limit=BATCH))
                by_kind: dict[str, list[tuple[UUID, int | None, bytes]]] = defaultdict(list)
                for kind, uuid, _, position, recorded in batch:
                    by_kind[kind].append((uuid, position, recorded))
                for kind in by_kind.keys() - facts.subject_kinds() - unknown:
                    unknown.add(kind)
                    self._find(Fault.ROW_UNCHECKED, subject_kind=kind)
                for kind in sorted(by_kind.keys() & facts.subject_kinds()):
                    self._look_at_rows_of(kind, by_kind[kind])
            if not batch:
                return
            after = batch[-1][1]
            done += len(batch)
            yield Part.ROWS, done, max(total, done)

    def _published_entries(
        self, frozen: FrozenStore, published: Checkpoint | None, start: int, end: int
    ) -> dict[int, bytes]:
        """Return the published entries of a run of positions, where nothing was found against their file."""
        known: dict[int, bytes] = {}
        if published is None:
            return known
        for first in range(start, min(end, published.size), TILE_WIDTH):
            bundle = tile_at(ENTRIES, first, published.size)
            if bundle.path() not in self._bad_bundles:
                known.update(enumerate(read_bundle(frozen, bundle), first))
        return known

    def _look_at_fact(self, position: int, sealed: _Sealed, published: bytes | None) -> None:
        entry, fact = sealed.entries.get(position), sealed.facts.get(position)
        if fact is None:
            self._find(Fault.FACT_MISSING, position=position, detail=f"fact {entry.fact_uuid}" if entry else "")
        if entry is None:
            self._find(Fault.ENTRY_MISSING, position=position, fact=fact)
            return
        stored = bytes(entry.commitment)
        if published is not None and stored != published:
            self._find(Fault.ENTRY_ALTERED, position=position, fact=fact)
        if fact is None:
            return
        if entry.salt is None:
            if entry.fact_uuid not in sealed.erased:
                self._find(Fault.SALT_MISSING, position=position, fact=fact)
        elif not _opens(bytes(entry.salt), fact, stored if published is None else published):
            self._find(Fault.FACT_ALTERED, position=position, fact=fact)
        elif entry.fact_uuid != fact.uuid:
            self._find(Fault.ENTRY_ALTERED, position=position, detail=f"names fact {entry.fact_uuid}", fact=fact)

    def _look_at_rows_of(self, kind: str, recorded: Sequence[tuple[UUID, int | None, bytes]]) -> None:
        live = self._live_digests(kind, recorded)
        for uuid, position, expected in recorded:
            if uuid not in live:
                if not _was_removed(uuid):
                    self._find(Fault.ROW_MISSING, position=position, subject_kind=kind, subject_uuid=uuid)
            elif live[uuid] != expected:
                detail = "cannot be read" if live[uuid] is None else ""
                self._find(Fault.ROW_ALTERED, position=position, subject_kind=kind, subject_uuid=uuid, detail=detail)

    def _live_digests(self, kind: str, recorded: Sequence[tuple[UUID, int | None, bytes]]) -> dict[UUID, bytes | None]:
        uuids = [uuid for uuid, _, _ in recorded]
        try:
            with transaction.atomic():
                return {**facts.live_digests(kind, uuids)}
        except Exception:
            # A row altered by hand may break the code that reads it, in any way.
            logger.warning("rows of %s cannot be read together; one by one", kind, exc_info=True)
        return {uuid: digest for uuid in uuids for digest in _live_digest(kind, uuid)}

    def _find(
        self,
        code: Fault,
        *,
        position: int | None = None,
        fact: FactRecord | None = None,
        subject_kind: str = "",
        subject_uuid: UUID | None = None,
        path: str = "",
        detail: str = "",
    ) -> None:
        self.findings.append(
            Finding(
                code=code,
                position=position,
                fact_kind=fact.kind if fact else "",
                subject_kind=fact.subject_kind if fact else subject_kind,
                subject_uuid=fact.subject_uuid if fact else subject_uuid,
                path=path,
                detail=detail,
            )
        )


def _of_part(
    part: Part, inspection: Generator[tuple[int, int], None, list[files.Finding]]
) -> Generator[tuple[Part, int, int], None, list[files.Finding]]:
    """Go through an inspection as a part of the examination; return what it found."""
    while True:
        try:
            done, total = next(inspection)
        except StopIteration as end:
            found: list[files.Finding] = end.value
            return found
        yield part, done, total


def _opened(note: bytes | None, head: models.LogHead) -> Checkpoint | None:
    if note is None:
        return None
    try:
        return open_checkpoint(note, _verifiers(head), origin=head.origin).checkpoint
    except TlogError:
        return None


def _verifiers(head: models.LogHead) -> list[NoteVerifier]:
    try:
        return [NoteVerifier.parse(head.verifier)]
    except TlogError:
        return []


def _stored_commitments(size: int) -> Iterator[bytes]:
    """Yield the stored entries up to a size, an empty one in the place of each that is missing."""
    for start in range(0, size, BATCH):
        end = min(start + BATCH, size)
        rows = models.LedgerEntry.objects.filter(position__gte=start, position__lt=end)
        known = dict(rows.values_list("position", "commitment"))
        yield from (bytes(known.get(position, b"")) for position in range(start, end))


def _read_sealed(start: int, end: int) -> _Sealed:
    rows = models.LedgerEntry.objects.filter(position__gte=start, position__lt=end)
    entries = {entry.position: entry for entry in rows}
    found = facts.after(start - 1, limit=end - start)
    without_salt = [entry.fact_uuid for entry in entries.values() if entry.salt is None]
    about = facts.of_subjects(without_salt) if without_salt else []
    return _Sealed(
        entries,
        {fact.position: fact for fact in found if fact.position < end},
        frozenset(fact.subject_uuid for fact in about if fact.kind == SALT_ERASED.code),
    )


def _opens(salt: bytes, fact: FactRecord, entry: bytes) -> bool:
    try:
        Opening(salt, record_of(fact)).require(entry)
    except (TlogError, ValueError, TypeError):
        # What a hand put into the fact may have no canonical form at all.
        return False
    return True


def _live_digest(kind: str, uuid: UUID) -> Iterable[bytes | None]:
    """Return the digest of one row, none when it is gone, and a None when it cannot be read."""
    try:
        with transaction.atomic():
            return list(facts.live_digests(kind, [uuid]).values())
    except Exception:  # noqa: BLE001 (as above: whatever the alteration breaks, it is found)
        return [None]


def _was_removed(subject_uuid: UUID) -> bool:
    """Tell whether the newest fact of a subject says that its row leaves: its data has ``removed`` true."""
    return any(fact.data.get("removed") is True for fact in facts.newest_of(subject_uuid, limit=1))


@contextmanager
def _one_moment() -> Iterator[None]:
    """Read everything inside as of one moment, so that a row and its fact are seen both or neither.

    Inside a transaction of the caller's, whose moment cannot be chosen any more, that one stands.
    """
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield
