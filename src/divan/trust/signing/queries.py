"""What signing tells."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from divan.foundation import files
from divan.foundation.errors import NotFound
from divan.registers.people import queries as people
from divan.trust.signing import models, rules
from divan.trust.signing.adapters import authorities, square_codes
from divan.trust.signing.adapters.pictures import read_picture
from divan.trust.signing.adapters.typesetting import typesetter
from divan.trust.signing.apps import options
from divan.trust.signing.values import (
    Alteration,
    CodeMark,
    Document,
    DocumentSignature,
    DocumentState,
    DocumentUnknown,
    Letterhead,
    LetterPaper,
    NewDocument,
    ScanPaper,
    Signatory,
    SignatureState,
    SignerRef,
    SigningOrder,
    Verdict,
    read_code,
)
from divan_libs.pki.attachments import embedded_file
from divan_libs.pki.summaries import LetterSummary, verify_summary
from divan_libs.pki.timestampers import Timestamper
from divan_libs.pki.verification import verify_pdf

AT_ONCE = 200

EMPTY_SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 27 27" width="27" height="27"/>'
"""Stands where the square code of a letter will stand."""


def timestamper(now: datetime) -> Timestamper:
    """Return where timestamps come from; asking it goes over the network, and so never within a transaction.

    :raises AuthorityAbsent: in production without a configured authority.
    :raises KeysUnusable: in a rehearsal that was not prepared.
    """
    return authorities.timestamper(options(), lambda: now)


def document_of(row: models.Document) -> Document:
    """Return the value of a document's row."""
    return Document(
        uuid=row.uuid,
        code=row.code,
        state=DocumentState(row.state),
        kind=row.kind,
        title=row.title,
        number=row.number,
        dated_on=row.dated_on,
        recipient=row.recipient,
        signer_name=row.signer_name,
        signer_title=row.signer_title,
        organization=row.organization,
        signed_at=row.issued_at,
        sha256=row.sha256,
        file=row.file_uuid,
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        sealed_fact=row.sealed_fact,
        issued_fact=row.issued_fact,
        requested_at=row.requested_at,
        issued_at=row.issued_at,
        failure=row.failure,
        failure_detail=row.failure_detail,
        order=SigningOrder(row.order) if row.order else None,
        signatures=tuple(signature_of(one) for one in row.signatures.order_by("position")) if row.order else (),
    )


def signature_of(row: models.Signature) -> DocumentSignature:
    """Return the value of a signature's row."""
    return DocumentSignature(
        uuid=row.uuid,
        position=row.position,
        person=row.person,
        post=row.post,
        name=row.name,
        title=row.title,
        organization=row.organization,
        state=SignatureState(row.state),
        wanted_at=row.wanted_at,
        made_at=row.made_at,
    )


def holds_post(person: UUID, post: UUID, at: datetime) -> bool:
    """Say whether a person acts in a post at a moment, as its holder or in the holder's stead."""
    return any(held.post.uuid == post for held in people.list_holdings(person, at))


def list_awaiting_signature(person: UUID) -> list[Document]:
    """Return what waits for the act of this person, oldest first, 200 at most; in an order only once it is the turn."""
    rows = models.Signature.objects.select_related("document").filter(person=person, state=SignatureState.AWAITED)
    waiting = rows.exclude(document__state=DocumentState.FAILED).order_by("id")[:AT_ONCE]
    found = [document_of(row.document) for row in waiting]
    return [one for one in found if rules.next_out_of_turn(person, one.order, one.signatures) is None]


def letter_of(row: models.Document) -> rules.LetterText:
    """Return what stands in the letter of a document's row."""
    return rules.LetterText(
        uuid=row.uuid,
        code=row.code,
        title=row.title,
        language=row.language,
        letterhead=_letterhead(row.letterhead),
        number=row.number,
        dated_on=row.dated_on,
        requested_at=row.requested_at,
        recipient=row.recipient,
        copies=tuple(row.copies),
        references=tuple(row.references or ()),
        signer=SignerRef(
            person=row.signer_person,
            national_code=row.signer_code,
            name=row.signer_name,
            post=row.signer_post,
            title=row.signer_title,
            organization=row.organization,
            legal_id=row.letterhead["legal_id"],
        ),
        co_signers=tuple(map(signer_of, _co_signers(row))),
        paper=rules.paper_from(row.paper) if row.paper else None,
        fields=row.fields,
    )


def _letterhead(kept: Mapping[str, Any]) -> Letterhead:
    crest = kept.get("crest")
    return Letterhead(**{**kept, "crest": UUID(crest) if crest else None})


def signer_of(row: models.Signature) -> SignerRef:
    """Return one of several signers, as the letter names them."""
    return SignerRef(
        person=row.person,
        national_code=row.code,
        name=row.name,
        post=row.post,
        title=row.title,
        organization=row.organization,
        legal_id=row.legal_id,
    )


def _co_signers(row: models.Document) -> list[models.Signature]:
    return list(row.signatures.filter(position__gt=1).order_by("position")) if row.order else []


def get_document(document: UUID) -> Document:
    """Return a document, in whatever state.

    :raises DocumentUnknown: if there is none.
    """
    row = models.Document.objects.filter(uuid=document).first()
    if row is None:
        raise DocumentUnknown
    return document_of(row)


def find_by_code(code: str) -> Document | None:
    """Return the document with a verification code as people type it, or None."""
    canonical = read_code(code)
    row = models.Document.objects.filter(code=canonical).first() if canonical else None
    return document_of(row) if row else None


def mark_of(code: str) -> CodeMark:
    """Return what a paper without a signature shows beside its verification code."""
    address = f"{options().base_url}/verify/{code}"
    return CodeMark(address=address, square_code=square_codes.draw(address), is_rehearsal=options().rehearsal)


def find_by_sha256(sha256: str) -> Document | None:
    """Return the issued document whose file has this SHA-256 (hexadecimal), or None."""
    row = models.Document.objects.filter(sha256=sha256.lower(), state=DocumentState.ISSUED).first() if sha256 else None
    return document_of(row) if row else None


def list_awaiting_receipt() -> list[tuple[UUID, UUID]]:
    """Return (document, sealed fact) of documents that wait for their receipt, oldest first, 200 at most."""
    rows = models.Document.objects.filter(state=DocumentState.REQUESTED).order_by("id")
    return list(rows.values_list("uuid", "sealed_fact")[:AT_ONCE])


def list_documents_about(about: UUID) -> list[Document]:
    """Return the documents that speak of a subject, oldest first."""
    return [document_of(row) for row in models.Document.objects.filter(about_uuid=about).order_by("id")]


def list_failed() -> list[Document]:
    """Return the documents that could not be made and wait for a person, oldest first, 200 at most."""
    rows = models.Document.objects.filter(state=DocumentState.FAILED).order_by("id")
    return [document_of(row) for row in rows[:AT_ONCE]]


def find_signatory(person: UUID, post: UUID, now: datetime) -> Signatory | None:
    """Return the newest enrolment of a person in a post whose certificate is in force, or None."""
    row = signatory_in_force(person, post, now)
    return signatory_of(row) if row else None


def signatory_in_force(person: UUID, post: UUID, now: datetime) -> models.Signatory | None:
    """Return the row behind `find_signatory`, for this context alone."""
    rows = models.Signatory.objects.filter(person=person, post=post, starts_at__lte=now, ends_at__gt=now)
    return rows.order_by("-id").first()


def signatory_of(row: models.Signatory) -> Signatory:
    """Return the value of a signatory's row."""
    return Signatory(
        uuid=row.uuid,
        person=row.person,
        post=row.post,
        name=row.name,
        title=row.title,
        organization=row.organization,
        fingerprint=row.fingerprint,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def read_pdf(document: UUID) -> bytes:
    """Return the bytes of an issued document as they are stored now; `verify_document` says whether they are sound.

    :raises DocumentUnknown: if it is not issued, or its bytes are gone.
    """
    found = get_document(document)
    if found.file is None:
        raise DocumentUnknown
    try:
        return files.read_file(found.file)
    except NotFound as error:
        raise DocumentUnknown(reason="file-gone") from error


def verify_document(document: UUID, now: datetime) -> Verdict:
    """Say what the stored file of an issued document proves at this moment.

    :raises DocumentUnknown: if it is not issued, or its bytes are gone.
    """
    return _verdict(read_pdf(document), now, named=get_document(document))


def verify_file(content: bytes, now: datetime) -> Verdict:
    """Say what a file that somebody brought proves: who signed what when, and whether anything was altered.

    Never raises for a bad file.

    :raises AuthorityAbsent, KeysUnusable: if the installation has no roots to judge by.
    """
    return _verdict(content, now, named=None)


def _verdict(content: bytes, now: datetime, *, named: Document | None) -> Verdict:
    pdf = verify_pdf(content, authorities.trusted_roots(options()), now=now)
    claims = rules.read_claims(embedded_file(content, rules.CLAIMS_NAME))
    same = find_by_sha256(rules.hash_of(content))
    document = named or same or (find_by_code(claims.code) if claims else None)
    if document is not None and document.state is not DocumentState.ISSUED:
        document = None
    is_issued_file = document is not None and same is not None and same.uuid == document.uuid
    row = models.Document.objects.get(uuid=document.uuid) if document else None
    return rules.verdict(
        pdf,
        claims=claims,
        document=document,
        signer_code=row.signer_code if row else "",
        signer_codes=[one.code for one in row.signatures.order_by("position")] if row and row.order else (),
        is_issued_file=is_issued_file,
        difference=_difference(document, content) if document and not is_issued_file else None,
        receipt=embedded_file(content, rules.RECEIPT_NAME),
    )


def _difference(document: Document, content: bytes) -> Alteration | None:
    try:
        issued = read_pdf(document.uuid)
    except DocumentUnknown:
        return None
    # Only what was issued is a measure; a stored file that was tampered with is none.
    return rules.alteration(issued, content) if rules.hash_of(issued) == document.sha256 else None


def get_summary_key() -> str:
    """Return the public key behind the square codes, PEM, for whoever checks letters offline.

    :raises DocumentUnknown: if the keys were not prepared.
    """
    row = models.KeySet.objects.order_by("-id").first()
    if row is None:
        raise DocumentUnknown(reason="not-prepared")
    return row.summary_key


def read_summary(code: str, fragment: str) -> LetterSummary:
    """Return what the fragment in a square code says of its letter, once a key of this house has signed it.

    :raises divan_libs.pki.summaries.SummaryInvalid: if it is malformed, altered, or signed by nobody of this house.
    """
    keys = models.KeySet.objects.order_by("-id").values_list("summary_key", flat=True)
    return verify_summary(code, fragment, [authorities.public_summary_key(pem) for pem in dict.fromkeys(keys)])


def count_waiting() -> int:
    """Return how many documents wait to be made and signed, failed ones not counted."""
    return models.Document.objects.filter(state__in=(DocumentState.REQUESTED, DocumentState.READY)).count()


def typeset_sheet(sheet: Mapping[str, object], layout: str, *, made_at: datetime) -> bytes:
    """Return a sheet that is no letter as PDF/A-3a: the layout is Typst that reads ``sheet`` as JSON from its inputs.

    Nothing is kept or signed; the same arguments give the same bytes. It is made where neither files nor network are.

    :raises WordingFault, WordingTooSlow, FontsMissing: as when a letter is made.
    """
    return typesetter(options().fonts_directory).typeset_sheet(sheet, layout, made_at=made_at)


def preview_letter(document: NewDocument, now: datetime) -> bytes:
    """Return the PDF of a letter as it would be made at this moment, for whoever is about to sign it.

    The same words and layout, but nothing is kept or signed, and it has no code: nobody takes it for the letter.

    :raises WordingFault, WordingTooSlow, FontsMissing: as when the letter is made.
    :raises PaperInvalid, ScanUnfit: as when it is asked for.
    """
    paper = rules.settled_paper(document)
    letter = rules.LetterText(
        uuid=document.uuid,
        code="",
        title=document.title,
        language=document.language,
        letterhead=document.letterhead,
        number=document.number,
        dated_on=document.dated_on,
        requested_at=now,
        recipient=document.recipient,
        copies=document.copies,
        references=document.references,
        signer=document.signer,
        fields=document.fields,
        co_signers=document.co_signers,
        paper=paper,
    )
    source = rules.wording_of(paper, document.language) if paper else document.source
    return typeset_letter(letter, source, EMPTY_SQUARE, made_at=now)


def typeset_letter(letter: rules.LetterText, source: str, square_code: str, *, made_at: datetime) -> bytes:
    """Return a letter as PDF, in the layout of packages' wordings or of papers; for this context alone.

    :raises WordingFault, WordingTooSlow, FontsMissing, ScanUnfit: as when a letter is made.
    """
    known = options()
    address = f"{known.base_url}/verify"
    setter = typesetter(known.fonts_directory)
    paper = letter.paper
    if paper is None:
        page = rules.page_data(letter, address=address, square_code=square_code, rehearsal=known.rehearsal)
        return setter.typeset(page, source, made_at=made_at)
    crest = read_picture(letter.letterhead.crest, as_scan=False) if letter.letterhead.crest else None
    scan = read_picture(paper.scan, as_scan=True) if isinstance(paper, ScanPaper) else None
    page = rules.paper_data(
        letter,
        address=address,
        square_code=square_code,
        shams_code=_shams_code(letter) if letter.code else "",
        crest=(crest.content, crest.format) if crest else None,
        # A PDF cannot be drawn in an archive file (PDF/A); it is attached alone.
        scan=(scan.content, scan.format) if scan and scan.format != "pdf" else None,
        rehearsal=known.rehearsal,
    )
    return setter.typeset_paper(page, source, made_at=made_at)


def _shams_code(letter: rules.LetterText) -> str:
    paper = letter.paper
    if not isinstance(paper, LetterPaper) or paper.shams is None:
        return ""
    signers = (letter.signer, *letter.co_signers)
    return square_codes.draw(rules.shams_text(paper.shams, signers, options().shams_separator))
