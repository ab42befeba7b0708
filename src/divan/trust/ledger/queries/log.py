"""The log as it stands: its state, its newest lines, receipts, published files."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID

from divan.foundation import facts
from divan.foundation.canonical import canonical_bytes
from divan.foundation.facts import FactRecord
from divan.trust.ledger import models, rules
from divan.trust.ledger.adapters import publication
from divan.trust.ledger.apps import options
from divan.trust.ledger.values import Examination, Fault, Finding, LogState, Part, ReceiptImpossible, SealedFact
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.receipts import issue_receipt
from divan_libs.tlog.storage import LocalStore

logger = logging.getLogger(__name__)

SEALER = "ledger.sealer"
"""The lock under which the log is staged, settled and published, and its state read as a whole."""

CHUNK = 2048


def published_store() -> LocalStore:
    """Return the store of the published files."""
    return LocalStore(options().directory)


def record_of(fact: FactRecord) -> bytes:
    """Return what the entry of a fact commits to: the canonical JSON of all its fields."""
    return canonical_bytes(fact.canonical())


def commitments(start: int, end: int) -> Iterator[bytes]:
    """Yield the staged or sealed entries from one position up to, not including, another.

    Ends early where an entry is missing, so that the root over them cannot come out right by chance.
    """
    expected = start
    while expected < end:
        rows = models.LedgerEntry.objects.filter(position__gte=expected, position__lt=min(expected + CHUNK, end))
        seen = expected
        for position, commitment in rows.order_by("position").values_list("position", "commitment"):
            if position != seen:
                return
            yield bytes(commitment)
            seen += 1
        if seen == expected:
            return
        expected = seen


def log_state() -> LogState:
    """Return where the log stands; never raises for damaged files, which it names in ``doubt``."""
    head = models.LogHead.objects.first()
    if head is None:
        return LogState(is_open=False, origin=options().origin, pending=facts.last_position() + 1)
    verifier = NoteVerifier.parse(head.verifier)
    note = published_store().read(CHECKPOINT_PATH)
    published, doubt = None, ""
    try:
        published = publication.open_published(note, verifier)
    except TlogError as error:
        logger.warning("the published checkpoint does not hold: %s", error)
        doubt = str(Fault.CHECKPOINT_INVALID)
    seen = (published.size, published.root) if published else None
    return LogState(
        is_open=True,
        origin=head.origin,
        verifier=head.verifier,
        size=head.size,
        root=bytes(head.root).hex(),
        sealed_at=head.sealed_at,
        published_size=published.size if published else 0,
        checkpoint=(note or b"").decode(errors="replace"),
        pending=max(facts.last_position() + 1 - head.size, 0),
        standing=None if doubt else rules.standing((head.size, bytes(head.root)), seen),
        doubt=doubt,
    )


def list_recent(limit: int = 20) -> list[SealedFact]:
    """Return the facts sealed last, newest first."""
    head = models.LogHead.objects.first()
    if head is None:
        return []
    entries = list(models.LedgerEntry.objects.filter(position__lt=head.size).order_by("-position")[:limit])
    if not entries:
        return []
    known = {fact.position: fact for fact in facts.after(entries[-1].position - 1, limit=len(entries))}
    return [
        SealedFact(
            position=entry.position,
            fact_uuid=entry.fact_uuid,
            fact_kind=fact.kind,
            subject_kind=fact.subject_kind,
            subject_uuid=fact.subject_uuid,
            at=fact.at,
            entry=bytes(entry.commitment).hex(),
            is_erased=entry.salt is None,
        )
        for entry in entries
        if (fact := known.get(entry.position)) is not None
    ]


def find_receipt(fact_uuid: UUID) -> bytes | None:
    """Return the receipt of a fact, None until the fact is sealed and published.

    A C2SP tlog-proof file with our opening, verified before it is handed out. Once the salt is erased, it proves the
    entry alone.

    :raises ReceiptImpossible: if fact, entry or published files were altered.
    """
    entry = models.LedgerEntry.objects.filter(fact_uuid=fact_uuid).first()
    head = models.LogHead.objects.first()
    fact = facts.find_by_uuid(fact_uuid)
    if entry is None or head is None or entry.position >= head.size:
        return None
    verifier = NoteVerifier.parse(head.verifier)
    store = published_store()
    try:
        note = store.read(CHECKPOINT_PATH)
        published = publication.open_published(note, verifier)
        if note is None or published is None or published.size <= entry.position:
            return None
        if fact is None:
            raise ReceiptImpossible(fact=fact_uuid, reason=str(Fault.FACT_MISSING))
        opening = None if entry.salt is None else Opening(bytes(entry.salt), record_of(fact))
        return issue_receipt(store, note.decode(), [verifier], entry.position, opening).encode().encode()
    except TlogError as error:
        raise ReceiptImpossible(fact=fact_uuid, position=entry.position, reason=error.code) from error


def read_published(path: str) -> bytes | None:
    """Return a published file by its path below the log's address (``checkpoint``, ``tile/0/000``), or None.

    Only the names that the log itself writes are looked up, so no path leads out of its directory.
    """
    return publication.read_public(published_store(), path)


def examination_of(row: models.Examination) -> Examination:
    """Return the value of a row; for the rooms of this context."""
    return Examination(
        uuid=row.uuid,
        begun_at=row.begun_at,
        seen_at=row.seen_at,
        ended_at=row.ended_at,
        progress={Part(part): (done, total) for part, (done, total) in row.progress.items()},
        found=row.found,
        findings=tuple(
            Finding(
                code=Fault(one["code"]),
                position=one["position"],
                fact_kind=one["fact_kind"],
                subject_kind=one["subject_kind"],
                subject_uuid=UUID(one["subject_uuid"]) if one["subject_uuid"] else None,
                path=one["path"],
            )
            for one in row.findings
        ),
    )


def find_examination_under_way() -> Examination | None:
    """Return the examination that is under way, or was left unfinished, or None."""
    row = models.Examination.objects.filter(ended_at__isnull=True).first()
    return examination_of(row) if row else None


def find_last_examination() -> Examination | None:
    """Return the examination that ended last, or None before the first."""
    row = models.Examination.objects.filter(ended_at__isnull=False).order_by("-ended_at").first()
    return examination_of(row) if row else None
