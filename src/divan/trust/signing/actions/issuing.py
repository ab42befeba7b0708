"""Issuing: a ready document is typeset, signed, timestamped and stored, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.errors import NotFound, Refusal
from divan.foundation.faults import power_may_fail
from divan.trust.signing import models, queries, rules
from divan.trust.signing.adapters import authorities, square_codes
from divan.trust.signing.adapters.pictures import read_picture
from divan.trust.signing.adapters.signing_keys import KeyFiles
from divan.trust.signing.apps import options
from divan.trust.signing.values import (
    DOCUMENT_FAILED,
    DOCUMENT_ISSUED,
    DOCUMENT_SIGNED,
    SIGNATURE_MADE,
    DocumentState,
    DocumentUnsignable,
    ReceiptUnreadable,
    ScanPaper,
    ScanUnfit,
    SignatoryLeftPost,
    SignatoryNotEnrolled,
    SignatureDeclined,
    SignatureState,
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
from divan_libs.pki.pades import countersign_pdf, sign_pdf
from divan_libs.pki.summaries import LetterSummary, write_summary
from divan_libs.pki.timestampers import Timestamper
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.receipts import parse_receipt

PDF = "application/pdf"

# What no second try with the same wording and signer would heal; whatever else goes wrong is tried again.
LASTING = (
    WordingFault,
    WordingTooSlow,
    DocumentUnsignable,
    SignatoryNotEnrolled,
    SignatoryLeftPost,
    SignatureDeclined,
    ReceiptUnreadable,
    ScanUnfit,
)


def issue_next_document(*, timestamper: Timestamper, actor: Actor, now: datetime) -> UUID | None:
    """Issue the document that has waited longest, or mark it as failed; return which, None if none waits.

    Of several signatures one is made at a time, each in a transaction of its own, and the last issues the document.
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
                _advance(row, timestamper, actor, now)
                power_may_fail("document.before-commit")
        except LASTING as refusal:
            _fail(row, refusal, actor, now)
        except Exception as met:  # noqa: BLE001 - raised again below: even a defect must not let one letter hold up the rest
            trouble = met
            _put_back(row, now)
    if trouble is not None:
        raise trouble
    return row.uuid


def _advance(row: models.Document, timestamper: Timestamper, actor: Actor, now: datetime) -> None:
    """Make the document and its signature, or the next of its signatures."""
    if not row.order:
        signatory = queries.signatory_in_force(row.signer_person, row.signer_post, now)
        if signatory is None:
            raise SignatoryNotEnrolled(name=row.signer_name, title=row.signer_title)
        content = _first_signed(row, signatory, timestamper, now, further=0)
        power_may_fail("document.after-signature")
        _issue(row, signatory, _store(row, content, actor, now), actor, now)
        return
    signatures = list(row.signatures.order_by("position"))
    mine = _next(signatures)
    signatory = _signatory_of(mine, now)
    if row.partial_file is None:
        content = _first_signed(row, signatory, timestamper, now, further=len(signatures) - 1)
    else:
        content = _signed_further(row, signatory, timestamper, now)
    power_may_fail("document.after-signature")
    mine.state, mine.signatory, mine.made_at = SignatureState.MADE, signatory, now
    mine.save(update_fields=["state", "signatory", "made_at"])
    facts.record(SIGNATURE_MADE, subject=mine, actor=actor, at=now, document=row.uuid)
    stored = _store(row, content, actor, now)
    if row.partial_file is not None:
        files.let_go(row.partial_file)
    if all(one.state == SignatureState.MADE for one in signatures):
        row.partial_file = None
        earliest = min(signatures, key=lambda one: (one.made_at or now, one.wanted_at or now))
        _issue(row, earliest.signatory or signatory, stored, actor, now)
    else:
        _wait_for_others(row, signatures, stored, actor, now)


def _next(signatures: Sequence[models.Signature]) -> models.Signature:
    """Return the signature to be made: of those asked for, the one asked for first.

    :raises SignatureDeclined: if one of the signers declined.
    """
    for one in signatures:
        if one.state == SignatureState.DECLINED:
            raise SignatureDeclined(name=one.name, detail=one.reason)
    wanted = [one for one in signatures if one.state == SignatureState.WANTED]
    return min(wanted, key=lambda one: (one.wanted_at, one.position))


def _signatory_of(signature: models.Signature, now: datetime) -> models.Signatory:
    """Return the enrolment with which a signer signs now, who must still hold the post.

    :raises SignatoryLeftPost, SignatoryNotEnrolled: as said.
    """
    if not queries.holds_post(signature.person, signature.post, now):
        raise SignatoryLeftPost(name=signature.name, title=signature.title, detail=signature.name)
    found = queries.signatory_in_force(signature.person, signature.post, now)
    if found is None:
        raise SignatoryNotEnrolled(name=signature.name, title=signature.title, detail=signature.name)
    return found


def _first_signed(
    row: models.Document, signatory: models.Signatory, timestamper: Timestamper, now: datetime, *, further: int
) -> bytes:
    """Return the typeset document with everything attached and its first signature."""
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
    code = square_codes.draw(f"{address}{row.code}/#{fragment}")
    pdf = queries.typeset_letter(letter, row.source, code, made_at=now)
    key = KeyFiles(known.key_directory).find(signatory.uuid)
    with _troubles_of_signing():
        return sign_pdf(
            pdf,
            key.key,
            key.chain,
            timestamper,
            now=now,
            reason=letter.title,
            attachments=[
                (rules.CLAIMS_NAME, rules.claims_file(letter)),
                (rules.RECEIPT_NAME, receipt),
                *_scan(letter),
            ],
            further=further,
        )


def _scan(letter: rules.LetterText) -> list[tuple[str, bytes]]:
    """Return the scan of a letter signed by hand, to be attached as it was handed in."""
    if not isinstance(letter.paper, ScanPaper):
        return []
    found = read_picture(letter.paper.scan, as_scan=True)
    return [(f"scan.{found.format}", found.content)]


def _signed_further(
    row: models.Document, signatory: models.Signatory, timestamper: Timestamper, now: datetime
) -> bytes:
    """Return what is signed so far with one signature more; what was stored must be what was signed.

    :raises DocumentUnsignable: if the stored file is gone or altered.
    """
    assert row.partial_file is not None  # noqa: S101 (its caller looked)
    try:
        content, known = files.read_file(row.partial_file), files.get_file(row.partial_file)
    except NotFound as error:
        raise DocumentUnsignable(detail="partial file gone") from error
    if rules.hash_of(content) != known.sha256:
        raise DocumentUnsignable(detail="partial file altered")
    key = KeyFiles(options().key_directory).find(signatory.uuid)
    with _troubles_of_signing():
        return countersign_pdf(content, key.key, key.chain, timestamper, now=now, reason=row.title)


@contextmanager
def _troubles_of_signing() -> Iterator[None]:
    try:
        yield
    except (PdfUnsignable, AttachmentInvalid) as error:
        raise DocumentUnsignable(detail=str(error)) from error
    except (TimestampUnavailable, TimestampRefused, TimestampMismatch) as error:
        raise TimestampsUnavailable(reason=error.code, detail=str(error)) from error


def _entry(receipt: bytes) -> bytes:
    try:
        return parse_receipt(receipt).entry
    except TlogError as error:
        raise ReceiptUnreadable(reason=error.code) from error


def _store(row: models.Document, content: bytes, actor: Actor, now: datetime) -> files.FileSummary:
    name = f"{row.number.replace('/', '-')}.pdf"
    stored = files.store_made(name=name, content=content, media_type=PDF, actor=actor, now=now)
    files.claim(stored.uuid)
    power_may_fail("document.after-store")
    return stored


def _wait_for_others(
    row: models.Document,
    signatures: Sequence[models.Signature],
    stored: files.FileSummary,
    actor: Actor,
    now: datetime,
) -> None:
    wanted = any(one.state == SignatureState.WANTED for one in signatures)
    row.state = DocumentState.READY if wanted else DocumentState.SIGNING
    row.partial_file, row.attempts, row.next_attempt_at = stored.uuid, 0, now
    row.save(update_fields=["state", "partial_file", "attempts", "next_attempt_at"])
    facts.record(DOCUMENT_SIGNED, subject=row, actor=actor, at=now, number=row.number, sha256=stored.sha256)


def _issue(
    row: models.Document, signatory: models.Signatory, stored: files.FileSummary, actor: Actor, now: datetime
) -> None:
    row.state, row.signatory = DocumentState.ISSUED, signatory
    row.file_uuid, row.sha256, row.issued_at = stored.uuid, stored.sha256, now
    row.save(update_fields=["state", "signatory", "file_uuid", "sha256", "issued_at", "partial_file"])
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
