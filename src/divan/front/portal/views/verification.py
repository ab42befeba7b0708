"""Verification by a stranger: by the code behind the QR, or by the file itself."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.correspondence import queries as letters
from divan.dealings.correspondence.values import GivenPaper
from divan.foundation import clock
from divan.foundation.errors import NotFound
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.numbers import jalali, jalali_time
from divan.foundation.ui.pieces import Row
from divan.front.portal.patience import VERIFICATION, count_guess, take_back
from divan.front.portal.receipts import receipt_answer
from divan.front.texts.papers import paper_body, paper_rows, paper_title
from divan.front.texts.verdicts import alteration_words, contradicted_fields, verdict_words
from divan.trust.ledger import queries as ledger
from divan.trust.ledger.values import ReceiptImpossible
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Verdict

LARGEST = 20 * 1024 * 1024
"""Bytes of a file that is verified here; letters are far smaller."""


@access(PUBLIC)
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Take a code or a file, and say in words who signed what when, and whether anything was altered."""
    errors: dict[str, str] = {}
    code = request.POST.get("code", "")[:60]
    upload = request.FILES.get("file")
    if request.method == "POST":
        if upload is not None:
            if upload.size and upload.size <= LARGEST:
                verdict = signing.verify_file(upload.read(), clock.now())
                return _verdict(request, verdict, by_code=False)
            errors["file"] = _("The file is empty, or larger than 20 megabytes.")
        elif code:
            count_guess(VERIFICATION, request)
            found = signing.find_by_code(code)
            if found is not None:
                take_back(VERIFICATION, request)
                return redirect("portal:verified", found.code)
            if (paper := letters.find_paper(code)) is not None:
                take_back(VERIFICATION, request)
                return redirect("portal:verified", paper.code)
            errors["code"] = _("There is no document with this code. Look at the letter once more.")
        else:
            errors["code"] = _("Enter the code, or choose the file.")
    fields = _fields(code, errors)
    values = {"fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "portal/verify.html", values, status=422 if errors else 200)


def _fields(code: str, errors: Mapping[str, str]) -> list[Field]:
    return [
        Field(
            "code",
            "code",
            _("Code of the document"),
            _("It stands beside the square code of the letter"),
            code,
            [errors["code"]] if "code" in errors else [],
            required=False,
        ),
        Field(
            "file",
            "file",
            _("Or the PDF file itself"),
            _("It is looked at and not kept"),
            errors=[errors["file"]] if "file" in errors else [],
            required=False,
            attributes={"accept": "application/pdf,.pdf"},
        ),
    ]


def _verdict(request: HttpRequest, verdict: Verdict, *, by_code: bool) -> HttpResponse:
    issued = verdict.document.issued_fact if verdict.document else None
    broken = False
    receipt = None
    try:
        receipt = ledger.find_receipt(issued) if issued and (verdict.is_genuine or by_code) else None
    except ReceiptImpossible:
        broken = True
    values = {
        "verdict": verdict,
        "words": verdict_words(verdict),
        "alteration": alteration_words(verdict),
        "contradicted": contradicted_fields(verdict),
        "rows": _rows(verdict),
        "by_code": by_code,
        "document_code": verdict.document.code if verdict.document else "",
        "receipt": receipt,
        "log_broken": broken,
    }
    return render(request, "portal/verdict.html", values)


def _rows(verdict: Verdict) -> list[Row]:
    """Return what is known of the letter; a recipient's name is part of it, because whoever asks holds the letter."""
    rows = [
        Row(_("Number"), verdict.number, code=True),
        Row(_("Subject"), verdict.title),
        Row(_("Date"), jalali(verdict.dated_on) if verdict.dated_on else ""),
        Row(_("Recipient"), verdict.recipient),
        *(_several(verdict) if len(verdict.signers) > 1 else _one(verdict)),
    ]
    return [row for row in rows if row.value]


def _one(verdict: Verdict) -> list[Row]:
    return [
        Row(_("Signed by"), verdict.signer_name),
        Row(_("Post"), verdict.signer_title),
        Row(_("Organization"), verdict.organization),
        Row(_("Signed at"), jalali_time(verdict.signed_at) if verdict.signed_at else ""),
        Row(_("Proven time"), jalali_time(verdict.timestamped_at) if verdict.timestamped_at else ""),
    ]


def _several(verdict: Verdict) -> list[Row]:
    """Return a row for each signer: who, in which post, and when it is proven to have been."""
    rows = []
    for signer in verdict.signers:
        at = signer.timestamped_at or signer.signed_at
        told = [signer.name, signer.title, signer.organization, jalali_time(at) if at else ""]
        if not signer.sound:
            told.append(_("this signature does not hold"))
        rows.append(Row(_("Signed by"), _(", ").join(part for part in told if part)))
    return rows


@access(PUBLIC)
@require_safe
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is known of the document or paper with this code, checking stored bytes at this moment."""
    paper = letters.find_paper(code)
    if paper is not None:
        return _paper(request, paper)
    found = signing.find_by_code(code)
    if found is None or found.state != "issued":
        raise NotFound
    return _verdict(request, signing.verify_document(found.uuid, clock.now()), by_code=True)


def _paper(request: HttpRequest, paper: GivenPaper) -> HttpResponse:
    """Say what a paper of a secretariat states, for whoever compares it with the one in their hand."""
    body, secretariat = paper_body(paper, get_language() or "fa")
    issuers = [Row(_("Body"), body), Row(_("Secretariat"), secretariat)]
    rows = [*issuers, *paper_rows(paper), Row(_("Given out"), jalali_time(paper.given_at))]
    return render(request, "portal/verified_paper.html", {"title": paper_title(paper), "rows": rows})


@access(PUBLIC)
@require_safe
def receipt(request: HttpRequest, code: str) -> HttpResponse:
    """Give the receipt of a document's entry in the log, or say that it still waits for seal and cosignatures."""
    found = signing.find_by_code(code)
    if found is None:
        raise NotFound
    return receipt_answer(request, found.issued_fact, name=code)
