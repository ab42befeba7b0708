"""What a file proves: how it differs from the issued one, whom it names, and what that comes to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date

from divan.trust.signing.rules.letters import CLAIMS_SCHEMA
from divan.trust.signing.values import Alteration, AlterationKind, Claims, Document, SignerVerdict, Standing, Verdict
from divan_libs.pki.fingerprints import is_same_code
from divan_libs.pki.verification import Modifications, PdfProblem, PdfVerdict, SignatureVerdict

CLAIMS_LIMIT = 65536
_CLAIM_LIMIT = 1000
_UNREADABLE = {PdfProblem.UNREADABLE, PdfProblem.ENCRYPTED, PdfProblem.SIGNATURE_UNREADABLE}


def read_claims(content: bytes | None) -> Claims | None:
    """Return what an embedded ``letter.json`` says, or None if there is none or it is not of our form."""
    if content is None or len(content) > CLAIMS_LIMIT:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("schema") != CLAIMS_SCHEMA:
        return None
    said = {name: value for name, value in found.items() if isinstance(value, str) and len(value) <= _CLAIM_LIMIT}
    names = [part.name for part in fields(Claims) if part.name != "signers"]
    if not said.keys() >= set(names):
        return None
    listed = found.get("signers", [])
    codes = [one.get("code") for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    signers = tuple(code for code in codes if isinstance(code, str) and len(code) <= _CLAIM_LIMIT)
    return Claims(**{name: said[name] for name in names}, signers=signers)


def alteration(issued: bytes, given: bytes) -> Alteration | None:
    """Say how a file differs from the issued one, or None if it does not."""
    if issued == given:
        return None
    at = _first_difference(issued, given)
    if at == len(issued):
        kind = AlterationKind.ADDED
    elif at == len(given):
        kind = AlterationKind.CUT
    else:
        kind = AlterationKind.CHANGED
    return Alteration(kind=kind, at=at, issued_size=len(issued), size=len(given))


def _first_difference(first: bytes, second: bytes) -> int:
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def has_all_signers(pdf: PdfVerdict, claims: Claims | None) -> bool:
    """Say whether all whom a file of several signers names have signed it, each once and nobody else."""
    if claims is None or not claims.signers:
        return True
    signed = [signature.signer.national_code or "" for signature in pdf.signatures]
    return len(signed) == len(claims.signers) and all(
        any(_is_same_signer(code, claimed) for code in signed) for claimed in claims.signers
    )


def _is_same_signer(first: str, second: str) -> bool:
    # The seal of a body has no national code.
    return is_same_code(first, second) or first == second == ""


def standing(
    pdf: PdfVerdict,
    *,
    is_issued_file: bool,
    is_known: bool,
    contradictions: Sequence[str],
    is_complete: bool = True,
) -> Standing:
    """Say what a file is: ``is_issued_file`` byte for byte, or ``is_known`` only by the document that it names.

    ``is_complete`` says whether all have signed whom the file names.
    """
    if is_issued_file:
        if not pdf.is_valid:
            return Standing.DOUBTFUL
        return Standing.CONTRADICTED if contradictions else Standing.GENUINE
    if pdf.is_valid and not is_complete:
        return Standing.INCOMPLETE
    if is_known:
        return Standing.DIFFERENT if pdf.is_valid else Standing.ALTERED
    if PdfProblem.NOT_A_PDF in pdf.problems:
        return Standing.NOT_A_PDF
    if _UNREADABLE.intersection(pdf.problems):
        return Standing.UNREADABLE
    if not pdf.signatures:
        return Standing.UNSIGNED
    if pdf.is_valid:
        return Standing.UNKNOWN
    untouched = pdf.intact and pdf.modifications is not Modifications.FORBIDDEN and pdf.covers_whole_document
    return Standing.UNTRUSTED if untouched else Standing.ALTERED


def contradictions(
    document: Document, signer_code: str, claims: Claims | None, co_signers: Sequence[str] = ()
) -> tuple[str, ...]:
    """Name the fields in which the house's record disagrees with what the issued file says of itself.

    ``co_signers`` are the national codes of all signers where there are several.
    """
    if claims is None:
        return ("claims",)
    said = {
        "guid": str(document.uuid),
        "code": document.code,
        "number": document.number,
        "dated_on": document.dated_on.isoformat(),
        "title": document.title,
        "recipient": document.recipient,
        "signer_name": document.signer_name,
        "signer_title": document.signer_title,
        "signer_code": signer_code,
        "organization": document.organization,
        "signers": tuple(co_signers),
    }
    return tuple(name for name, value in asdict(claims).items() if said[name] != value)


def verdict(
    pdf: PdfVerdict,
    *,
    claims: Claims | None,
    document: Document | None,
    signer_code: str,
    signer_codes: Sequence[str] = (),
    is_issued_file: bool,
    difference: Alteration | None,
    receipt: bytes | None,
) -> Verdict:
    """Put together what a file proves: while its signature holds it speaks for itself, else the house's record does."""
    disagreeing = contradictions(document, signer_code, claims, signer_codes) if document and is_issued_file else ()
    believed = claims if pdf.intact and pdf.trusted else None
    signed = pdf.signatures[0] if pdf.signatures else None
    signer = signed.signer if signed else None
    record = document

    def told(name: str) -> str:
        return str(getattr(believed or record, name, "") or "")

    return Verdict(
        standing=standing(
            pdf,
            is_issued_file=is_issued_file,
            is_known=document is not None,
            contradictions=disagreeing,
            is_complete=has_all_signers(pdf, claims),
        ),
        document=document,
        code=told("code"),
        number=told("number"),
        title=told("title"),
        dated_on=_day(believed.dated_on) if believed else (record.dated_on if record else None),
        recipient=told("recipient"),
        signer_name=told("signer_name") or _of(signer and signer.common_name),
        signer_title=told("signer_title") or _of(signer and signer.title),
        organization=told("organization") or _of(signer and signer.organization),
        signed_at=signed.signed_at if signed else None,
        timestamped_at=signed.timestamped_at if signed else None,
        certificate_serial=signed.certificate_serial if signed else "",
        signers=tuple(map(_signer, pdf.signatures)),
        problems=tuple(str(problem) for problem in pdf.problems),
        contradictions=disagreeing,
        alteration=difference,
        receipt=receipt,
    )


def _signer(signature: SignatureVerdict) -> SignerVerdict:
    return SignerVerdict(
        name=_of(signature.signer.common_name),
        title=_of(signature.signer.title),
        organization=_of(signature.signer.organization),
        sound=not signature.problems,
        signed_at=signature.signed_at,
        timestamped_at=signature.timestamped_at,
        certificate_serial=signature.certificate_serial,
    )


def _of(name: object) -> str:
    return str(name or "")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
