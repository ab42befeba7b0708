"""Issuing: a ready document is typeset, signed, timestamped and stored, all or nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.faults import power_may_fail
from divan.trust.signing import models, queries, rules
from divan.trust.signing.adapters import authorities, square_codes
from divan.trust.signing.adapters.signing_keys import KeyFiles
from divan.trust.signing.adapters.typesetting import typesetter
from divan.trust.signing.apps import options
from divan.trust.signing.values import (
    DOCUMENT_FAILED,
    DOCUMENT_ISSUED,
    DocumentState,
    DocumentUnsignable,
    ReceiptUnreadable,
    SignatoryNotEnrolled,
    TimestampsUnavailable,
    WordingFault,
    WordingTooSlow,
)
from divan_libs.pki.errors import (
    AttachmentInvalid,
    PdfUnsignable,
    TimestampMismatch,
    TimestampRefused,
    TimestampUnavailable,
)
from divan_libs.pki.pades import sign_pdf
from divan_libs.pki.summaries import LetterSummary, write_summary
from divan_libs.pki.timestampers import Timestamper
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.receipts import parse_receipt

PDF = "application/pdf"

# What no second try with the same wording and signer would heal; whatever else goes wrong is tried again.
LASTING = (WordingFault, WordingTooSlow, DocumentUnsignable, SignatoryNotEnrolled, ReceiptUnreadable)


def issue_next_document(*, timestamper: Timestamper, actor: Actor, now: datetime) -> UUID | None:
    """Issue the document that has waited longest, or mark it as failed; return which, None if none waits.

    Everything happens in one transaction under the row's lock, so that of two workers one does it and the other takes
    the next. A power cut anywhere before the commit leaves the document ready: what was signed until then was never
    given to anybody, and at most bytes without a row remain in the store.

    :raises Trouble: if a key, font or timestamp cannot be had now; this document is put back for a while.
    :raises Exception: any defect, after the document was put back.
    """
    trouble: Exception | None = None
    with transaction.atomic():
        waiting = models.Document.objects.filter(state=DocumentState.READY, next_attempt_at__lte=now)
        row = waiting.select_for_update(skip_locked=True).order_by("next_attempt_at", "id").first()
        if row is None:
            return None
        try:
            with transaction.atomic():
                signatory, content = _made(row, timestamper, now)
                _store(row, signatory, content, actor, now)
                power_may_fail("document.before-commit")
        except LASTING as refusal:
            _fail(row, refusal, actor, now)
        except Exception as met:  # noqa: BLE001 - raised again below: even a defect must not let one letter hold up the rest
            trouble = met
            _put_back(row, now)
    if trouble is not None:
        raise trouble
    return row.uuid


def _made(row: models.Document, timestamper: Timestamper, now: datetime) -> tuple[models.Signatory, bytes]:
    signatory = queries.signatory_in_force(row.signer_person, row.signer_post, now)
    if signatory is None:
        raise SignatoryNotEnrolled(name=row.signer_name, title=row.signer_title)
    known = options()
    letter = queries.letter_of(row)
    receipt = bytes(row.receipt or b"")
    summary = LetterSummary(
        code=row.code,
        number=row.number,
        dated_on=row.dated_on,
        signer=row.signer_name,
        recipient=row.recipient,
        entry=_entry(receipt),
    )
    address = f"{known.base_url}/verify/"
    fragment = write_summary(summary, authorities.summary_key(known))
    page = rules.page_data(
        letter,
        address=address.rstrip("/"),
        square_code=square_codes.draw(f"{address}{row.code}/#{fragment}"),
        rehearsal=known.rehearsal,
    )
    pdf = typesetter(known.fonts_directory).typeset(page, row.source, made_at=now)
    key = KeyFiles(known.key_directory).find(signatory.uuid)
    try:
        signed = sign_pdf(
            pdf,
            key.key,
            key.chain,
            timestamper,
            now=now,
            reason=letter.title,
            attachments=[(rules.CLAIMS_NAME, rules.claims_file(letter)), (rules.RECEIPT_NAME, receipt)],
        )
    except (PdfUnsignable, AttachmentInvalid) as error:
        raise DocumentUnsignable(detail=str(error)) from error
    except (TimestampUnavailable, TimestampRefused, TimestampMismatch) as error:
        raise TimestampsUnavailable(reason=error.code, detail=str(error)) from error
    power_may_fail("document.after-signature")
    return signatory, signed


def _entry(receipt: bytes) -> bytes:
    try:
        return parse_receipt(receipt).entry
    except TlogError as error:
        raise ReceiptUnreadable(reason=error.code) from error


def _store(row: models.Document, signatory: models.Signatory, content: bytes, actor: Actor, now: datetime) -> None:
    name = f"{row.number.replace('/', '-')}.pdf"
    stored = files.store_made(name=name, content=content, media_type=PDF, actor=actor, now=now)
    files.claim(stored.uuid)
    power_may_fail("document.after-store")
    row.state, row.signatory = DocumentState.ISSUED, signatory
    row.file_uuid, row.sha256, row.issued_at = stored.uuid, stored.sha256, now
    row.save(update_fields=["state", "signatory", "file_uuid", "sha256", "issued_at"])
    row.issued_fact = facts.record(
        DOCUMENT_ISSUED, subject=row, actor=actor, at=now, number=row.number, sha256=stored.sha256
    )
    row.save(update_fields=["issued_fact"])


def _fail(row: models.Document, refusal: Refusal, actor: Actor, now: datetime) -> None:
    row.state, row.failure = DocumentState.FAILED, refusal.code
    row.failure_detail = str(refusal.facts.get("detail", ""))
    row.save(update_fields=["state", "failure", "failure_detail"])
    facts.record(DOCUMENT_FAILED, subject=row, actor=actor, at=now, number=row.number, reason=refusal.code)


def _put_back(row: models.Document, now: datetime) -> None:
    row.attempts = min(row.attempts + 1, 1000)
    row.next_attempt_at = now + rules.pause_after(row.attempts)
    row.save(update_fields=["attempts", "next_attempt_at"])
