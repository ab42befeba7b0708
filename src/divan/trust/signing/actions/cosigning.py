"""Several signers of one document: each asks for the own signature by an act of their own, or declines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.signing import models, queries, rules
from divan.trust.signing.values import (
    DOCUMENT_RESUMED,
    SIGNATURE_AWAITED,
    SIGNATURE_DECLINED,
    SIGNATURE_WANTED,
    DocumentSignature,
    DocumentState,
    DocumentUnknown,
    SignatoryLeftPost,
    SignatoryNotEnrolled,
    SignatureNotAwaited,
    SignatureOutOfTurn,
    SignatureState,
    SignerRef,
)


@transaction.atomic
def request_signature(*, document: UUID, person: UUID, actor: Actor, now: datetime) -> DocumentSignature:
    """Ask for one's own signature under a document of several signers; the worker makes it.

    Whoever has asked already changes nothing by asking again.

    :raises DocumentUnknown: if there is no such document.
    :raises SignatureNotAwaited: if the person is no signer of it, or has declined, or the document is done or failed.
    :raises SignatureOutOfTurn: if others sign before.
    :raises SignatoryLeftPost: if the person does not hold the post of the letter now.
    :raises SignatoryNotEnrolled: if the person has no certificate in force for this post.
    """
    row, signature = _locked(document, person)
    if signature.state in {SignatureState.WANTED, SignatureState.MADE}:
        return queries.signature_of(signature)
    _require_awaited(row, signature)
    found = queries.document_of(row)
    before = rules.next_out_of_turn(person, found.order, found.signatures)
    if before is not None:
        raise SignatureOutOfTurn(name=before.name, title=before.title)
    require_signatory(queries.signer_of(signature), now, several=True)
    signature.state, signature.wanted_at = SignatureState.WANTED, now
    signature.save(update_fields=["state", "wanted_at"])
    facts.record(SIGNATURE_WANTED, subject=signature, actor=actor, at=now, document=row.uuid)
    _wake(row, actor=actor, now=now)
    return queries.signature_of(signature)


@transaction.atomic
def decline_signature(*, document: UUID, person: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Decline to sign a document of several signers; it is then not issued, and fails with a code of its own.

    :raises DocumentUnknown: if there is no such document.
    :raises SignatureNotAwaited: if the person is no signer of it, or has asked for the signature, or it is done.
    """
    row, signature = _locked(document, person)
    _require_awaited(row, signature)
    signature.state, signature.reason = SignatureState.DECLINED, reason[:300]
    signature.save(update_fields=["state", "reason"])
    facts.record(SIGNATURE_DECLINED, subject=signature, actor=actor, at=now, document=row.uuid)
    _wake(row, actor=actor, now=now)


def await_signatures(
    row: models.Document, signers: Sequence[SignerRef], *, first: UUID, actor: Actor, now: datetime
) -> None:
    """Enter the signatures of a new document; the first is wanted by the request itself."""
    for position, signer in enumerate(signers, start=1):
        is_wanted = signer.person == first
        signature = models.Signature.objects.create(
            uuid=uuid4(),
            document=row,
            position=position,
            person=signer.person,
            post=signer.post,
            code=signer.national_code,
            name=signer.name,
            title=signer.title,
            organization=signer.organization,
            legal_id=signer.legal_id,
            state=SignatureState.WANTED if is_wanted else SignatureState.AWAITED,
            wanted_at=now if is_wanted else None,
        )
        kind = SIGNATURE_WANTED if is_wanted else SIGNATURE_AWAITED
        facts.record(kind, subject=signature, actor=actor, at=now, document=row.uuid)


def require_signatory(signer: SignerRef, now: datetime, *, several: bool) -> None:
    """Refuse a signer who cannot sign now: without a certificate, or of several signers without the post.

    Who signs alone was found in the post by whoever asks, in the same transaction; co-signers come later on their own.

    :raises SignatoryLeftPost, SignatoryNotEnrolled: as said.
    """
    if several and not queries.holds_post(signer.person, signer.post, now):
        raise SignatoryLeftPost(name=signer.name, title=signer.title)
    if queries.find_signatory(signer.person, signer.post, now) is None:
        raise SignatoryNotEnrolled(name=signer.name, title=signer.title)


def _locked(document: UUID, person: UUID) -> tuple[models.Document, models.Signature]:
    row = models.Document.objects.select_for_update().filter(uuid=document).first()
    if row is None:
        raise DocumentUnknown
    signature = row.signatures.filter(person=person).first()
    if signature is None:
        raise SignatureNotAwaited(reason="no-signer")
    return row, signature


def _require_awaited(row: models.Document, signature: models.Signature) -> None:
    if signature.state != SignatureState.AWAITED:
        raise SignatureNotAwaited(reason=signature.state)
    if row.state in {DocumentState.ISSUED, DocumentState.FAILED}:
        raise SignatureNotAwaited(reason=row.state)


def _wake(row: models.Document, *, actor: Actor, now: datetime) -> None:
    """Let the worker look at a document that waited for this act; one that waits for its receipt goes on waiting."""
    if row.state == DocumentState.SIGNING:
        row.state, row.attempts, row.next_attempt_at = DocumentState.READY, 0, now
        row.save(update_fields=["state", "attempts", "next_attempt_at"])
        facts.record(DOCUMENT_RESUMED, subject=row, actor=actor, at=now)
