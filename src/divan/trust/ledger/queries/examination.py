"""The examination of the whole log: published files, sealed facts, and the live rows the facts speak of.

The published files are judged first, down from the signed root. What holds there is the measure for the database: each
stored entry is compared with the published one, each fact must open its entry, and each live row must have the digest
that its newest fact states. Everything is read in batches; memory stays flat.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.facts import FactRecord
from divan.foundation.models import Fact
from divan.trust.ledger import models, rules
from divan.trust.ledger.adapters import keys
from divan.trust.ledger.adapters.frozen import FrozenStore
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries.alterations import Alteration, alteration_of_fact, alteration_of_row
from divan.trust.ledger.queries.published import SEALER, published_store
from divan.trust.ledger.queries.sealed import (
    BATCH,
    Sealed,
    live_digest,
    one_moment,
    opens,
    read_sealed,
    stored_commitments,
    was_removed,
)
from divan.trust.ledger.values import Fault, Finding, Part, Standing, Step
from divan_libs.tlog import fsck as files
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, open_checkpoint
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.hashing import leaf_hash
from divan_libs.tlog.log import load_frontier, read_bundle
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.tiles import ENTRIES, TILE_WIDTH, tile_at

logger = logging.getLogger(__name__)

Progress = Callable[[Part, int, int], None]
"""Told how many pieces of a part are done, and of how many."""

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


Steps = Generator[Step, None, None]

MOST_EXPLAINED = 20
"""Alterations of which the field is looked for; each may take a second."""


def fsck(progress: Progress | None = None, *, since: int = 0) -> list[Finding]:
    """Recompute files, facts and rows, and return what is not as it was sealed; nothing when all holds.

    May run beside the sealer: what is sealed after the start is not looked at. Only reads.

    :param since: files and facts before this position are passed over; rows never, since any may have been changed.
    """
    steps = fsck_in_steps(since=since)
    told = (Part.FILES, 0)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            findings: list[Finding] = end.value
            return findings
        if progress is not None and (step.part, step.done) != told:
            told = (step.part, step.done)
            progress(step.part, step.done, step.total)


def fsck_in_steps(
    *, since: int = 0, marks: Mapping[Part, str] | None = None, found: list[Finding] | None = None
) -> Generator[Step, None, list[Finding]]:
    """Examine as :func:`fsck`, a piece at each step, and return the findings at the end.

    No transaction is open and no lock held between two steps, so they may lie seconds apart.

    :param marks: where an earlier examination of the same ``since`` stopped, part by part.
    :param found: what it had found; what is found now is added to it as it comes.
    """
    examination = _Examination([] if found is None else found)
    marks = marks or {}
    frozen = FrozenStore(published_store())
    with transaction.atomic():
        locks.hold(SEALER)
        head = models.LogHead.objects.first()
        frozen.freeze()
    if head is None:
        fault = Fault.NOT_OPENED if frozen.checkpoint is None else Fault.OLDER_THAN_PUBLISHED
        examination.findings.append(Finding(code=fault))
        return examination.findings
    published = _opened(frozen.checkpoint, head)
    if Part.FILES not in marks:
        examination.look_at_head(head, frozen)
        published = yield from examination.look_at_files(head, frozen, since)
        yield Step(Part.FILES, head.size, head.size, str(head.size))
    yield from examination.look_at_facts(head, frozen, published, int(marks.get(Part.FACTS) or since))
    yield from examination.look_at_rows(UUID(marks[Part.ROWS]) if marks.get(Part.ROWS) else None)
    return examination.findings


class _Examination:
    def __init__(self, findings: list[Finding]) -> None:
        self.findings = findings
        self._bad_bundles = {one.path for one in findings if one.code in {Fault.BUNDLE_ALTERED, Fault.BUNDLE_MISSING}}
        self._explained = 0

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
        self, head: models.LogHead, frozen: FrozenStore, since: int
    ) -> Generator[Step, None, Checkpoint | None]:
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
            # Whole bundles are compared, so the database's entries begin with the first of one.
            entries=stored_commitments(since - since % TILE_WIDTH, size),
            start=since,
        )
        found = yield from _of_files(inspection)
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

    def look_at_facts(
        self, head: models.LogHead, frozen: FrozenStore, published: Checkpoint | None, since: int
    ) -> Steps:
        """Compare each stored entry with the published one, and open it with its fact."""
        frontier = _frontier_at(frozen, since)
        for start in range(since, head.size, BATCH):
            end = min(start + BATCH, head.size)
            with one_moment():
                sealed = read_sealed(start, end)
            if frontier is not None:
                frontier = frontier.extend(leaf_hash(commitment) for commitment in sealed.commitments())
            witnessed = self._published_entries(frozen, published, start, end)
            for position in range(start, end):
                self._look_at_fact(position, sealed, witnessed.get(position))
            yield Step(Part.FACTS, end, head.size, str(end))
        named = {Fault.ENTRY_MISSING, Fault.ENTRY_ALTERED}
        if frontier is None or since >= head.size or any(finding.code in named for finding in self.findings):
            return
        if frontier.root() != bytes(head.root):
            # Only where the published files cannot be believed: there the single entry cannot be named.
            self._find(Fault.ENTRY_ALTERED, detail="the entries do not lead to the settled root")

    def look_at_rows(self, after: UUID | None) -> Steps:
        """Recompute the digest of each live row and compare it with the one in its newest fact."""
        total = Fact.objects.filter(subject_sequence=1).count()
        unknown = {one.subject_kind for one in self.findings if one.code is Fault.ROW_UNCHECKED}
        done = 0 if after is None else Fact.objects.filter(subject_sequence=1, subject_uuid__lte=after).count()
        while True:
            with one_moment():
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
            yield Step(Part.ROWS, done, max(total, done), str(after))

    def _published_entries(
        self, frozen: FrozenStore, published: Checkpoint | None, start: int, end: int
    ) -> dict[int, bytes]:
        """Return the published entries of a run of positions, where nothing was found against their file."""
        known: dict[int, bytes] = {}
        if published is None:
            return known
        for first in range(start - start % TILE_WIDTH, min(end, published.size), TILE_WIDTH):
            bundle = tile_at(ENTRIES, first, published.size)
            if bundle.path() not in self._bad_bundles:
                known.update(enumerate(read_bundle(frozen, bundle), first))
        return known

    def _look_at_fact(self, position: int, sealed: Sealed, published: bytes | None) -> None:
        entry, fact = sealed.entries.get(position), sealed.facts.get(position)
        if fact is None:
            self._find(Fault.FACT_MISSING, position=position, detail=f"fact {entry.fact_uuid}" if entry else "")
        if entry is None:
            self._find(Fault.ENTRY_MISSING, position=position, fact=fact)
            return
        stored = entry.commitment
        if published is not None and stored != published:
            self._find(Fault.ENTRY_ALTERED, position=position, fact=fact)
        if fact is None:
            return
        if entry.salt is None:
            if entry.fact_uuid not in sealed.erased:
                self._find(Fault.SALT_MISSING, position=position, fact=fact)
        elif not opens(entry.salt, fact, stored if published is None else published):
            told = self._explain(lambda: alteration_of_fact(fact, entry))
            self._find(Fault.FACT_ALTERED, position=position, fact=fact, told=told)
        elif entry.fact_uuid != fact.uuid:
            self._find(Fault.ENTRY_ALTERED, position=position, detail=f"names fact {entry.fact_uuid}", fact=fact)

    def _look_at_rows_of(self, kind: str, recorded: Sequence[tuple[UUID, int | None, bytes]]) -> None:
        live = self._live_digests(kind, recorded)
        for uuid, position, expected in recorded:
            if uuid not in live:
                if not was_removed(uuid):
                    self._find(Fault.ROW_MISSING, position=position, subject_kind=kind, subject_uuid=uuid)
            elif (seen := live[uuid]) is None:
                self._find(
                    Fault.ROW_ALTERED, position=position, subject_kind=kind, subject_uuid=uuid, detail="cannot be read"
                )
            elif seen != expected:
                told = self._explain(partial(alteration_of_row, kind, uuid))
                told = told or Alteration(field="", seen=seen.hex(), expected=expected.hex())
                self._find(Fault.ROW_ALTERED, position=position, subject_kind=kind, subject_uuid=uuid, told=told)

    def _explain(self, look: Callable[[], Alteration | None]) -> Alteration | None:
        """Return what was altered, where it can be told; of the first alterations only, as each takes its time."""
        self._explained += 1
        if self._explained > MOST_EXPLAINED:
            return None
        try:
            with transaction.atomic():
                return look()
        except Exception:
            # As below: what was altered by hand may break the code that reads it.
            logger.warning("what was altered cannot be looked into", exc_info=True)
            return None

    def _live_digests(self, kind: str, recorded: Sequence[tuple[UUID, int | None, bytes]]) -> dict[UUID, bytes | None]:
        uuids = [uuid for uuid, _, _ in recorded]
        try:
            with transaction.atomic():
                return {**facts.live_digests(kind, uuids)}
        except Exception:
            # A row altered by hand may break the code that reads it, in any way.
            logger.warning("rows of %s cannot be read together; one by one", kind, exc_info=True)
        return {uuid: digest for uuid in uuids for digest in live_digest(kind, uuid)}

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
        told: Alteration | None = None,
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
                field=told.field if told else "",
                expected=told.expected if told else "",
                seen=told.seen if told else "",
            )
        )


def _of_files(
    inspection: Generator[tuple[int, int], None, list[files.Finding]],
) -> Generator[Step, None, list[files.Finding]]:
    """Go through an inspection as a part of the examination; return what it found."""
    while True:
        try:
            done, total = next(inspection)
        except StopIteration as end:
            found: list[files.Finding] = end.value
            return found
        yield Step(Part.FILES, done, total, "")


def _frontier_at(frozen: FrozenStore, size: int) -> Frontier | None:
    """Return the frontier of the log at an earlier size, None where the files do not give it."""
    try:
        return load_frontier(frozen, size)
    except TlogError:
        return None


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
