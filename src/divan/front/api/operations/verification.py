"""Verification by a stranger: of a document by its code, of a file by itself."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import File, Path, Router, UploadedFile

from divan.foundation import clock
from divan.foundation.errors import NotFound
from divan.foundation.files import FileEmpty, FileTooLarge
from divan.foundation.http.access import PUBLIC, access
from divan.front.api import guesses
from divan.front.api.caching import private_value
from divan.front.api.refusing import refuses
from divan.front.api.schemas import verification as shapes
from divan.trust.identity.values import TooManyAttempts
from divan.trust.ledger import queries as ledger
from divan.trust.signing import queries as signing
from divan.trust.signing.values import DocumentState, Verdict

router = Router(tags=["verification"])
LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is judged here; letters are far smaller."""


@router.get(
    "/verification/{code}",
    response=shapes.Verdict,
    url_name="verification",
    operation_id="verifyCode",
    openapi_extra=refuses(NotFound, TooManyAttempts),
)
@access(PUBLIC)
def verify_code(
    request: HttpRequest,
    code: Annotated[str, Path(max_length=60, description="it stands beside the square code of the letter")],
) -> HttpResponse:
    """Judge the stored file of a document at this moment; unknown codes are counted by address."""
    guesses.count(guesses.VERIFICATION, request)
    found = signing.find_by_code(code)
    if found is None or found.state is not DocumentState.ISSUED:
        raise NotFound
    guesses.take_back(guesses.VERIFICATION, request)
    return private_value(verdict_of(signing.verify_document(found.uuid, clock.now())))


@router.post(
    "/verification",
    response=shapes.Verdict,
    url_name="verify-file",
    operation_id="verifyFile",
    openapi_extra=refuses(FileEmpty, FileTooLarge, TooManyAttempts),
)
@access(PUBLIC)
def verify_file(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(description="the PDF, at most 20 MB; it is looked at and not kept")],
) -> HttpResponse:
    """Judge a PDF by its own bytes: who signed it when, whether it was issued here and altered since."""
    if not file.size:
        raise FileEmpty
    if file.size > LARGEST:
        raise FileTooLarge
    guesses.count(guesses.FILES, request)
    return private_value(verdict_of(signing.verify_file(file.read(), clock.now())))


def verdict_of(verdict: Verdict) -> shapes.Verdict:
    """Return a verdict as data; to whom the letter went is not told to everybody who has a code."""
    document = verdict.document
    receipt = ledger.find_receipt(document.issued_fact) if document and document.issued_fact else None
    alteration = verdict.alteration
    return shapes.Verdict(
        genuine=verdict.is_genuine,
        standing=verdict.standing.value,
        code=verdict.code or None,
        number=verdict.number or None,
        title=verdict.title or None,
        dated_on=verdict.dated_on,
        signer_name=verdict.signer_name or None,
        signer_title=verdict.signer_title or None,
        organization=verdict.organization or None,
        signed_at=verdict.signed_at,
        timestamped_at=verdict.timestamped_at,
        certificate_serial=verdict.certificate_serial or None,
        signers=[shapes.Signer.model_validate(one) for one in verdict.signers],
        problems=list(verdict.problems),
        contradictions=list(verdict.contradictions),
        alteration=shapes.Alteration.model_validate(alteration) if alteration else None,
        sha256=(document.sha256 or None) if document else None,
        receipt=receipt.decode() if receipt else None,
    )
