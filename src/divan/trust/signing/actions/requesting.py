"""Asking for a document, giving it the receipt it waits for, and putting up a failed one again."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.signing import models, queries, rules
from divan.trust.signing.values import (
    DOCUMENT_REQUESTED,
    DOCUMENT_RETRIED,
    RECEIPT_GIVEN,
    DocumentNotFailed,
    DocumentState,
    DocumentUnknown,
    NewDocument,
    ReceiptUnreadable,
    SignatoryNotEnrolled,
)
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.receipts import parse_receipt


@transaction.atomic
def request_document(*, document: NewDocument, actor: Actor, now: datetime) -> UUID:
    """Ask for a numbered document to be made and signed, in the transaction of its decision; it waits for the receipt.

    :raises SignatoryNotEnrolled: if the signer has no certificate in force for this post; the decision falls with it.
    """
    signer = document.signer
    if queries.find_signatory(signer.person, signer.post, now) is None:
        raise SignatoryNotEnrolled(name=signer.name, title=signer.title)
    row = models.Document.objects.create(
        uuid=document.uuid,
        code=rules.make_code(secrets.choice),
        state=DocumentState.REQUESTED,
        kind=document.kind,
        title=document.title,
        language=document.language,
        source=document.source,
        fields=dict(document.fields),
        letterhead=asdict(document.letterhead),
        number=document.number,
        dated_on=document.dated_on,
        recipient=document.recipient,
        copies=list(document.copies),
        signer_person=signer.person,
        signer_post=signer.post,
        signer_code=signer.national_code,
        signer_name=signer.name,
        signer_title=signer.title,
        organization=signer.organization,
        about_kind=document.about_kind,
        about_uuid=document.about_uuid,
        sealed_fact=document.sealed_fact,
        requested_at=now,
        next_attempt_at=now,
    )
    facts.record(DOCUMENT_REQUESTED, subject=row, actor=actor, at=now, number=row.number, document_kind=row.kind)
    return row.uuid


@transaction.atomic
def give_receipt(*, document: UUID, receipt: bytes, actor: Actor, now: datetime) -> None:
    """Give a document the receipt of its sealed decision, so that it can be made; a second receipt changes nothing.

    :raises DocumentUnknown: if there is no such document.
    :raises ReceiptUnreadable: if what is given is no receipt of the log.
    """
    row = models.Document.objects.select_for_update().filter(uuid=document).first()
    if row is None:
        raise DocumentUnknown
    if row.state != DocumentState.REQUESTED:
        return
    try:
        parse_receipt(receipt)
    except TlogError as error:
        raise ReceiptUnreadable(reason=error.code) from error
    row.state, row.receipt, row.next_attempt_at = DocumentState.READY, receipt, now
    row.save(update_fields=["state", "receipt", "next_attempt_at"])
    facts.record(RECEIPT_GIVEN, subject=row, actor=actor, at=now)


@transaction.atomic
def retry_document(*, document: UUID, actor: Actor, now: datetime) -> None:
    """Put up a document whose making failed to be made again, once a person has removed the cause.

    :raises DocumentUnknown: if there is no such document.
    :raises DocumentNotFailed: if it did not fail.
    """
    row = models.Document.objects.select_for_update().filter(uuid=document).first()
    if row is None:
        raise DocumentUnknown
    if row.state != DocumentState.FAILED:
        raise DocumentNotFailed(state=row.state)
    row.state, row.failure, row.failure_detail = DocumentState.READY, "", ""
    row.attempts, row.next_attempt_at = 0, now
    row.save(update_fields=["state", "failure", "failure_detail", "attempts", "next_attempt_at"])
    facts.record(DOCUMENT_RETRIED, subject=row, actor=actor, at=now)
