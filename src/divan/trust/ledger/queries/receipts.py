"""Receipts: what a fact's owner takes away, and checks without us."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.foundation import facts
from divan.trust.ledger import models
from divan.trust.ledger.apps import options
from divan.trust.ledger.queries.published import published_store, record_of
from divan.trust.ledger.queries.witnesses import cosigners, known_policy
from divan.trust.ledger.values import IssuedReceipt, ReceiptImpossible
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, open_checkpoint
from divan_libs.tlog.commitments import Opening
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.receipts import issue_receipt


def find_receipt(fact_uuid: UUID) -> bytes | None:
    """Return the receipt of a fact as :func:`find_issued_receipt`, its content alone."""
    issued = find_issued_receipt(fact_uuid)
    return None if issued is None else issued.content


def find_receipt_to_keep(fact_uuid: UUID, *, now: datetime) -> bytes | None:
    """Return the receipt that goes into a document for good: None also while it waits for its cosignatures.

    It waits until the policy is met for its entry, but no longer than the installation's patience: a letter must not
    wait for a newspaper's machine.

    :raises ReceiptImpossible: if fact, entry or published files were altered.
    """
    issued = find_issued_receipt(fact_uuid)
    if issued is None:
        return None
    if len(issued.by) >= issued.needed:
        return issued.content
    staged_at = models.LedgerEntry.objects.values_list("staged_at", flat=True).get(fact_uuid=fact_uuid)
    return issued.content if now - staged_at >= options().patience else None


def find_issued_receipt(fact_uuid: UUID) -> IssuedReceipt | None:
    """Return the receipt of a fact, None until the fact is sealed and published.

    A C2SP tlog-proof file with our opening, verified before it is handed out; under the head that enough witnesses
    cosigned where that takes the entry in, else under the newest. Once the salt is erased, it proves the entry alone.

    :raises ReceiptImpossible: if fact, entry or published files were altered.
    """
    entry = models.LedgerEntry.objects.filter(fact_uuid=fact_uuid).first()
    head = models.LogHead.objects.first()
    fact = facts.find_by_uuid(fact_uuid)
    if entry is None or head is None or entry.position >= head.size:
        return None
    if fact is None:
        raise ReceiptImpossible(fact=fact_uuid, position=entry.position, reason="fact is gone")
    verifier = NoteVerifier.parse(head.verifier)
    policy = known_policy()
    try:
        note = _note_over(entry.position, verifier)
        if note is None:
            return None
        opening = None if entry.salt is None else Opening(bytes(entry.salt), record_of(fact))
        receipt = issue_receipt(published_store(), note, [verifier], entry.position, opening)
        size = open_checkpoint(note, [verifier]).checkpoint.size
    except TlogError as error:
        raise ReceiptImpossible(fact=fact_uuid, position=entry.position, reason=error.code) from error
    return IssuedReceipt(
        content=receipt.encode().encode(),
        position=entry.position,
        size=size,
        by=cosigners(note, head.verifier, policy),
        needed=policy.fewest,
    )


def _note_over(position: int, verifier: NoteVerifier) -> str | None:
    """Return the note of a published head that takes a position in, the cosigned one if it does, None if none does."""
    cosigned = models.CosignedHead.objects.filter(size__gt=position).first()
    if cosigned is not None:
        return str(cosigned.note)
    note = published_store().read(CHECKPOINT_PATH)
    if note is None or open_checkpoint(note, [verifier], origin=verifier.name).checkpoint.size <= position:
        return None
    return note.decode()
