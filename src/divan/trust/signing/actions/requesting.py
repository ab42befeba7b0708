"""Asking for a document, giving it the receipt it waits for, and putting up a failed one again."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.trust.signing import models, rules
from divan.trust.signing.actions.cosigning import await_signatures, require_signatory
from divan.trust.signing.adapters.pictures import read_picture
from divan.trust.signing.values import (
    DOCUMENT_REQUESTED,
    DOCUMENT_RETRIED,
    MANUAL_SIGNATURE_RECORDED,
    RECEIPT_GIVEN,
    SIGNATURE_AWAITED,
    DocumentNotFailed,
    DocumentState,
    DocumentUnknown,
    Letterhead,
    LetterPaper,
    NewDocument,
    ReceiptUnreadable,
    ScanPaper,
    SignatureState,
    make_code,
)
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.receipts import parse_receipt


@transaction.atomic
def request_document(*, document: NewDocument, actor: Actor, now: datetime) -> UUID:
    """Ask for a numbered document to be made and signed, in the transaction of its decision; it waits for the receipt.

    Of several signers the request is the act of one; each other has an own act, `request_signature`.

    :raises SignatoryNotEnrolled: if the signer has no certificate in force for this post; the decision falls with it.
    :raises SignatoryLeftPost: if one of several signers asks who does not hold the post of the letter now.
    :raises SignersInvalid: if the signers cannot be these.
    :raises PaperInvalid: if the letter's paper cannot be set.
    :raises ScanUnfit: if the scan of a letter signed by hand cannot be taken.
    """
    paper = rules.settled_paper(document)
    first = rules.require_signers(document)
    signer, signers = document.signer, (document.signer, *document.co_signers)
    acting = next(one for one in signers if one.person == first)
    require_signatory(acting, now, several=bool(document.co_signers))
    row = models.Document.objects.create(
        uuid=document.uuid,
        code=make_code(secrets.choice),
        state=DocumentState.REQUESTED,
        kind=document.kind,
        title=document.title,
        language=document.language,
        source=rules.wording_of(paper, document.language) if paper else document.source,
        fields=dict(document.fields),
        letterhead=letterhead_as_kept(document.letterhead),
        number=document.number,
        dated_on=document.dated_on,
        recipient=document.recipient,
        copies=[one.recipient for one in paper.copies] if isinstance(paper, LetterPaper) else list(document.copies),
        references=list(document.references) or None,
        paper=rules.paper_as_kept(paper) if paper else None,
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
        order=document.order.value if document.co_signers else "",
    )
    facts.record(DOCUMENT_REQUESTED, subject=row, actor=actor, at=now, number=row.number, document_kind=row.kind)
    if isinstance(paper, ScanPaper):
        _keep_scan(row, paper, actor=actor, now=now)
    if document.co_signers:
        await_signatures(row, signers, first=first, actor=actor, now=now)
    return row.uuid


def _keep_scan(row: models.Document, paper: ScanPaper, *, actor: Actor, now: datetime) -> None:
    read_picture(paper.scan, as_scan=True)
    files.claim(paper.scan)
    facts.record(MANUAL_SIGNATURE_RECORDED, subject=row, actor=actor, at=now, scan=paper.scan)


def letterhead_as_kept(letterhead: Letterhead) -> dict[str, str]:
    """Return a letterhead as its row keeps it, without what it does not have."""
    kept = {name: str(value) for name, value in asdict(letterhead).items() if value is not None}
    newer = ("unit_name", "phone")
    return {name: value for name, value in kept.items() if value or name not in newer}


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

    A signature that was declined is awaited again.

    :raises DocumentUnknown: if there is no such document.
    :raises DocumentNotFailed: if it did not fail.
    """
    row = models.Document.objects.select_for_update().filter(uuid=document).first()
    if row is None:
        raise DocumentUnknown
    if row.state != DocumentState.FAILED:
        raise DocumentNotFailed(state=row.state)
    for declined in row.signatures.filter(state=SignatureState.DECLINED):
        declined.state, declined.wanted_at, declined.reason = SignatureState.AWAITED, None, ""
        declined.save(update_fields=["state", "wanted_at", "reason"])
        facts.record(SIGNATURE_AWAITED, subject=declined, actor=actor, at=now)
    waits = row.order and row.partial_file and not row.signatures.filter(state=SignatureState.WANTED).exists()
    row.state, row.failure, row.failure_detail = DocumentState.SIGNING if waits else DocumentState.READY, "", ""
    row.attempts, row.next_attempt_at = 0, now
    row.save(update_fields=["state", "failure", "failure_detail", "attempts", "next_attempt_at"])
    facts.record(DOCUMENT_RETRIED, subject=row, actor=actor, at=now)
