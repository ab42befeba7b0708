"""What the ledger does: it opens the log, seals facts, and erases salts.

Sealing is three transactions, each under the sealer's lock, each reading where the one before left off, so that any of
them may be the last before a power cut and any process may go on: entries and salts are staged; a checkpoint over them
is signed and settled by compare-and-swap; files are published and the checkpoint last.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.duties import FatalTrouble
from divan.foundation.facts import FactRecord
from divan.foundation.faults import power_may_fail
from divan.trust.ledger import models, queries, rules
from divan.trust.ledger.adapters import keys, publication
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries import SEALER, record_of
from divan.trust.ledger.values import (
    EXAMINATION_BEGUN,
    EXAMINATION_ENDED,
    LOG_OPENED,
    SALT_ERASED,
    Doubt,
    EntryUnknown,
    ExaminationOver,
    Finding,
    LogNotOpened,
    LogState,
    Part,
    Standing,
)
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, open_checkpoint, sign_checkpoint
from divan_libs.tlog.commitments import SALT_SIZE, Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.hashing import EMPTY_ROOT
from divan_libs.tlog.log import load_frontier, plan_integration
from divan_libs.tlog.notes import NoteSigner, NoteVerifier

BATCH = 1024
"""Facts sealed at once."""

EXAMINER = "ledger.examiner"
"""The lock under which an examination is begun."""

MOST_FINDINGS = 100
"""Findings of an examination that are kept one by one; their number is kept of all."""


class HistoryDoubtful(FatalTrouble):
    """What is stored, published or signed does not fit together: sealing stops, and nothing is written over."""

    def __init__(self, doubt: Doubt, **details: object) -> None:
        self.code = str(doubt)
        self.details = details
        super().__init__(" ".join([self.code, *(f"{name}={value}" for name, value in details.items())]))


def open_log(*, actor: Actor, now: datetime) -> LogState:
    """Open the log: make its key where there is none, hand out the public key, publish the empty log; twice is once.

    :raises HistoryDoubtful: if the key of an opened log is gone, exposed or another's, or if a log is published already
        that this database knows nothing of.
    """
    with transaction.atomic(durable=True):
        locks.hold(SEALER)
        head = models.LogHead.objects.first() or _open(actor=actor, now=now, may_make_key=True)
        _key_of(head)
        keys.hand_out(options().verifier_file, head.verifier)
    _publish()
    return queries.log_state()


def seal_batch(*, actor: Actor, now: datetime) -> int:
    """Seal the facts that follow the sealed ones, at most :data:`BATCH`, and return how many.

    What an earlier run left half done, at whatever point, is finished first. While another process seals, nothing is
    done. The log is opened at the first batch, if its key is there. Sealing as such records no fact: it would beget the
    next batch for ever, and the checkpoint is its own proof.

    :raises LogNotOpened: if there is neither log nor key.
    :raises HistoryDoubtful: if database, published files and key do not fit together.
    """
    with transaction.atomic(durable=True):
        if not locks.try_hold(SEALER):
            return 0
        head = models.LogHead.objects.first() or _open(actor=actor, now=now, may_make_key=False)
        _stage(head, now)
    power_may_fail("ledger.staged")
    sealed = _settle(now)
    power_may_fail("ledger.committed")
    if sealed:
        _publish()
    return sealed


@transaction.atomic
def erase_salt(*, fact: UUID, actor: Actor, now: datetime) -> None:
    """Erase the salt of a sealed fact's entry, so that nobody can ever link the two; a second time changes nothing.

    Receipts already given keep proving what they prove.

    :raises EntryUnknown: if the fact is not sealed.
    """
    entry = models.LedgerEntry.objects.select_for_update().filter(fact_uuid=fact).first()
    head = models.LogHead.objects.first()
    if entry is None or head is None or entry.position >= head.size:
        raise EntryUnknown(fact=fact)
    if entry.salt is not None:
        entry.salt = None
        entry.save(update_fields=["salt"])
        facts.record(SALT_ERASED, subject=entry, actor=actor, at=now, position=entry.position)


@transaction.atomic
def begin_examination(*, actor: Actor, now: datetime) -> UUID | None:
    """Begin the examination that is due, or begin anew the one that a process left unfinished; return it, or None.

    Nothing is due before the log is opened, within a day of the last one, or while another process is at it.
    """
    if not locks.try_hold(EXAMINER) or not models.LogHead.objects.exists():
        return None
    newest = models.Examination.objects.select_for_update().order_by("-begun_at").first()
    if newest is not None and not rules.is_examination_due(newest.begun_at, newest.seen_at, newest.ended_at, now):
        return None
    row = newest if newest is not None and newest.ended_at is None else models.Examination(uuid=uuid4())
    row.begun_at, row.seen_at, row.progress = now, now, {}
    row.save()
    facts.record(EXAMINATION_BEGUN, subject=row, actor=actor, at=now)
    return row.uuid


@transaction.atomic
def carry_on_examination(
    *,
    examination: UUID,
    progress: Mapping[Part, tuple[int, int]],
    findings: Sequence[Finding] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Note how far an examination is; with ``findings``, none or some, it has come to its end and says so as a fact.

    :raises ExaminationOver: if it has ended.
    """
    row = models.Examination.objects.select_for_update().filter(uuid=examination, ended_at__isnull=True).first()
    if row is None:
        raise ExaminationOver
    row.seen_at, row.progress = now, {str(part): list(pieces) for part, pieces in progress.items()}
    if findings is None:
        row.save(update_fields=["seen_at", "progress"])
        return
    row.ended_at, row.found = now, len(findings)
    row.findings = [_kept(finding) for finding in findings[:MOST_FINDINGS]]
    row.save()
    power_may_fail("examination.before-fact")
    entries = progress.get(Part.FACTS, (0, 0))[0]
    facts.record(EXAMINATION_ENDED, subject=row, actor=actor, at=now, found=row.found, entries=entries)


def _kept(finding: Finding) -> dict[str, object]:
    """Return what an examination's row keeps of a finding; details for who looks further are of `divan ledger fsck`."""
    return {
        "code": str(finding.code),
        "position": finding.position,
        "fact_kind": finding.fact_kind,
        "subject_kind": finding.subject_kind,
        "subject_uuid": str(finding.subject_uuid) if finding.subject_uuid else None,
        "path": finding.path,
    }


def _open(*, actor: Actor, now: datetime, may_make_key: bool) -> models.LogHead:
    known = options()
    if queries.published_store().read(CHECKPOINT_PATH) is not None:
        # Whoever lost the database must not found a second log under the name of the first.
        raise HistoryDoubtful(Doubt.OLDER_THAN_PUBLISHED, settled="nothing", directory=known.directory)
    if not may_make_key and not known.key_file.exists():
        raise LogNotOpened(key_file=str(known.key_file))
    signer = _read_key() if known.key_file.exists() else keys.make_key(known.key_file, known.origin)
    if signer.name != known.origin:
        raise HistoryDoubtful(Doubt.KEY_OF_ANOTHER_LOG, key=signer.name, origin=known.origin)
    head = models.LogHead.objects.create(
        uuid=uuid4(),
        origin=signer.name,
        verifier=signer.verifier.encode(),
        size=0,
        root=EMPTY_ROOT,
        note=sign_checkpoint(Checkpoint(signer.name, 0, EMPTY_ROOT), [signer]),
        sealed_at=now,
    )
    facts.record(LOG_OPENED, subject=head, actor=actor, at=now, origin=head.origin, verifier=head.verifier)
    return head


def _stage(head: models.LogHead, now: datetime) -> None:
    """Draw a salt for each fact of the batch that has no entry yet, and keep both before anything is signed."""
    newest = models.LedgerEntry.objects.order_by("-position").values_list("position", flat=True).first()
    start = 0 if newest is None else newest + 1
    if start < head.size:
        raise HistoryDoubtful(Doubt.ENTRIES_LOST, entries=start, sealed=head.size)
    if facts.last_position() < start - 1:
        # The sequencer would give sealed positions a second time.
        raise HistoryDoubtful(Doubt.FACTS_LOST, facts=facts.last_position() + 1, sealed=start)
    room = head.size + BATCH - start
    batch = facts.after(start - 1, limit=room) if room > 0 else []
    for position, fact in enumerate(batch, start):
        if fact.position != position:
            raise HistoryDoubtful(Doubt.FACTS_LOST, missing=position, found=fact.position)
    twice = models.LedgerEntry.objects.filter(fact_uuid__in=[fact.uuid for fact in batch]).first()
    if twice is not None:
        raise HistoryDoubtful(Doubt.FACT_SEALED_TWICE, fact=twice.fact_uuid, sealed_at_position=twice.position)
    _commit_at_once()
    models.LedgerEntry.objects.bulk_create([_entry_of(fact, now) for fact in batch])


def _entry_of(fact: FactRecord, now: datetime) -> models.LedgerEntry:
    opening = Opening(secrets.token_bytes(SALT_SIZE), record_of(fact))
    return models.LedgerEntry(
        position=fact.position, fact_uuid=fact.uuid, salt=opening.salt, commitment=opening.entry(), staged_at=now
    )


def _settle(now: datetime) -> int:
    """Sign the checkpoint over the staged entries and make it the settled one; return how many entries it takes in."""
    with transaction.atomic(durable=True), _doubting():
        locks.hold(SEALER)
        head = models.LogHead.objects.get()
        _bring_level(head)
        entries = list(queries.commitments(head.size, head.size + BATCH))
        if not entries:
            return 0
        signer = _key_of(head)
        store = queries.published_store()
        plan = plan_integration(store, load_frontier(store, head.size, root=bytes(head.root)), entries)
        note = sign_checkpoint(Checkpoint(head.origin, plan.size, plan.root), [signer])
        _commit_at_once()
        # The lock keeps other sealers of this house away; this keeps away whoever does not know the lock.
        moved = models.LogHead.objects.filter(size=head.size, root=head.root).update(
            size=plan.size, root=plan.root, note=note, sealed_at=now
        )
        if moved != 1:
            raise HistoryDoubtful(Doubt.HEAD_MOVED, expected=head.size)
    return len(entries)


def _publish() -> None:
    with transaction.atomic(durable=True), _doubting():
        locks.hold(SEALER)
        _bring_level(models.LogHead.objects.get())


def _bring_level(head: models.LogHead) -> None:
    """Publish the settled head unless it is published; under the sealer's lock, so that no checkpoint goes backward."""
    verifier = NoteVerifier.parse(head.verifier)
    settled = open_checkpoint(head.note, [verifier], origin=head.origin).checkpoint
    if (settled.size, settled.root) != (head.size, bytes(head.root)):
        raise HistoryDoubtful(Doubt.HEAD_ALTERED, size=head.size, signed_size=settled.size)
    store = queries.published_store()
    try:
        published = publication.open_published(store.read(CHECKPOINT_PATH), verifier)
    except TlogError as error:
        raise HistoryDoubtful(Doubt.CHECKPOINT_INVALID, reason=error) from error
    seen = (published.size, published.root) if published else None
    match rules.standing((settled.size, settled.root), seen):
        case Standing.BEHIND:
            publication.bring_level(store, published, settled, head.note, queries.commitments)
        case Standing.AHEAD:
            raise HistoryDoubtful(Doubt.OLDER_THAN_PUBLISHED, settled=settled.size, published=seen and seen[0])
        case Standing.DIFFERENT:
            raise HistoryDoubtful(Doubt.HISTORY_DIFFERS, size=settled.size)


def _key_of(head: models.LogHead) -> NoteSigner:
    signer = _read_key()
    if signer.verifier.encode() != head.verifier:
        raise HistoryDoubtful(Doubt.KEY_OF_ANOTHER_LOG, key=signer.verifier.encode(), log=head.verifier)
    return signer


def _read_key() -> NoteSigner:
    path = options().key_file
    try:
        return keys.read_key(path)
    except keys.KeyMissing as error:
        raise HistoryDoubtful(Doubt.KEY_MISSING, key_file=path) from error
    except keys.KeyExposed as error:
        raise HistoryDoubtful(Doubt.KEY_EXPOSED, key_file=path) from error
    except TlogError as error:
        raise HistoryDoubtful(Doubt.KEY_OF_ANOTHER_LOG, key_file=path, reason=error.code) from error


def _commit_at_once() -> None:
    """Have this commit on the disk when it returns, whatever the server is set to: files follow that rely on it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO on")


@contextmanager
def _doubting() -> Iterator[None]:
    try:
        yield
    except TlogError as error:
        raise HistoryDoubtful(Doubt.FILES_ALTERED, reason=error) from error
