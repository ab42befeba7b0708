"""The exchange's evidence for its integrators: what was asked, whether its proof holds, and what is in doubt."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.front.backoffice.duties import INTEGRATION
from divan.front.backoffice.views.exchange.console import language, sections
from divan.front.texts.console import FINDINGS
from divan.front.texts.words import TONES, word
from divan.trust.exchange import queries
from divan.trust.exchange.values import EvidenceLine, Outcome, Permit, PermitUnknown
from divan.trust.exchange.values.console import MessagePath
from divan.trust.ledger import queries as ledger
from divan.trust.ledger.values import ReceiptImpossible

PAGE = 50


def _shown(lines: list[EvidenceLine]) -> list[tuple[EvidenceLine, str, str]]:
    return [(one, word("outcome", one.outcome), TONES[one.outcome]) for one in lines]


@access(INTEGRATION)
@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """List the messages whose evidence was taken over, newest first, by outcome if asked."""
    after, wanted = request.GET.get("after", "")[:200], request.GET.get("outcome", "")
    outcome = Outcome(wanted) if wanted in set(Outcome) else None
    lines = queries.list_evidence(after=after, limit=PAGE, outcome=outcome, language=language())
    values = {
        "sections": sections("evidence"),
        "lines": _shown(lines),
        "outcomes": [(str(one), word("outcome", one)) for one in Outcome],
        "wanted": str(outcome or ""),
        "after": lines[-1].token if len(lines) == PAGE else "",
        "is_first": not after,
    }
    return render(request, "backoffice/evidence.html", values)


@access(INTEGRATION)
@require_safe
def in_doubt(request: HttpRequest) -> HttpResponse:
    """List the messages of which nobody knows whether the other side acted on them, and those that were settled."""
    spoken = language()
    values = {
        "sections": sections("in-doubt"),
        "open": queries.list_doubts(language=spoken),
        "settled": [
            (one, FINDINGS[one.settlement.finding][0])
            for one in queries.list_doubts(settled=True, limit=PAGE, language=spoken)
            if one.settlement is not None
        ],
    }
    return render(request, "backoffice/in_doubt.html", values)


@access(INTEGRATION)
@require_safe
def evidence_message(request: HttpRequest, message_id: str) -> HttpResponse:
    """Show the evidence of a message and whether its proof holds, checked at this moment; give the proof to take away.

    :raises EvidenceUnknown: if no attempt under this identifier was taken over.
    """
    found = queries.get_evidence(message_id, request_id=request.GET.get("attempt", "")[:80], language=language())
    if "proof" in request.GET:
        proof = json.dumps(found.document, ensure_ascii=False, indent=1).encode()
        return bytes_answer(
            proof, name=f"{found.line.request_id}.evidence.json", media_type="application/json", download=True
        )
    way = queries.path_of(found)
    permit = _permit(found.permit)
    settlement = queries.find_settlement(found.line.request_id) if found.line.outcome is Outcome.IN_DOUBT else None
    values = {
        "evidence": found,
        "line": found.line,
        "way": way,
        "permit": permit,
        "permit_state": word("permit-state", permit.state_at(clock.now())) if permit else "",
        "settlement": settlement,
        "finding": FINDINGS[settlement.finding][0] if settlement else "",
        "entry": _entry_of(way),
        "outcome": word("outcome", found.line.outcome),
        "tone": TONES[found.line.outcome],
        "problem": word("evidence-problem", found.problem) if found.problem else "",
    }
    return render(request, "backoffice/evidence_message.html", values)


def _permit(permit: UUID | None) -> Permit | None:
    """Return the permit that allowed a message, None for what the gateway answers itself."""
    try:
        return queries.get_permit(permit) if permit else None
    except PermitUnknown:
        return None


def _entry_of(way: MessagePath) -> int | None:
    """Return where the taking over of a message stands in the log, None while it is not sealed."""
    try:
        issued = ledger.find_issued_receipt(way.imported_by) if way.imported_by else None
    except ReceiptImpossible:
        # The log itself is doubted; its own page says so, and the message's proof does not rest on it.
        return None
    return issued.position if issued else None


@access(INTEGRATION)
@require_safe
def container(request: HttpRequest, message_id: str) -> HttpResponse:
    """Give the evidence of a message as the container that foreign tools check (ASiC-E).

    :raises EvidenceUnknown: if no attempt under this identifier was taken over.
    :raises EvidenceUncertified: if the gateway's key had no certificate.
    """
    made = queries.get_container(message_id, request_id=request.GET.get("attempt", "")[:80])
    return bytes_answer(made.octets, name=made.name, media_type="application/vnd.etsi.asic-e+zip", download=True)
