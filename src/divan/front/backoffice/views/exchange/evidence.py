"""The exchange's evidence for its integrators: what was asked, whether its proof holds, and what is in doubt."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.ui.frame import Link
from divan.front.backoffice.duties import INTEGRATION
from divan.front.texts.words import TONES, word
from divan.trust.exchange import queries
from divan.trust.exchange.values import EvidenceLine, Outcome

PAGE = 50


def _language() -> str:
    return "en" if get_language() == "en" else "fa"


def _sections(current: str) -> list[Link]:
    return [
        Link(reverse("backoffice:evidence"), _("All messages"), current=current == "evidence"),
        Link(reverse("backoffice:in-doubt"), _("In doubt"), current=current == "in-doubt"),
    ]


def _shown(lines: list[EvidenceLine]) -> list[tuple[EvidenceLine, str, str]]:
    return [(one, word("outcome", one.outcome), TONES[one.outcome]) for one in lines]


@access(INTEGRATION)
@require_safe
def evidence(request: HttpRequest) -> HttpResponse:
    """List the messages whose evidence was taken over, newest first, by outcome if asked."""
    after, wanted = request.GET.get("after", "")[:200], request.GET.get("outcome", "")
    outcome = Outcome(wanted) if wanted in set(Outcome) else None
    lines = queries.list_evidence(after=after, limit=PAGE, outcome=outcome, language=_language())
    values = {
        "sections": _sections("evidence"),
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
    """List the messages of which nobody knows whether the other side acted on them."""
    lines = _shown(queries.list_in_doubt(language=_language()))
    return render(request, "backoffice/in_doubt.html", {"sections": _sections("in-doubt"), "lines": lines})


@access(INTEGRATION)
@require_safe
def evidence_message(request: HttpRequest, message_id: str) -> HttpResponse:
    """Show the evidence of a message and whether its proof holds, checked at this moment; give the proof to take away.

    :raises EvidenceUnknown: if no attempt under this identifier was taken over.
    """
    found = queries.get_evidence(message_id, request_id=request.GET.get("attempt", "")[:80], language=_language())
    if "proof" in request.GET:
        proof = json.dumps(found.document, ensure_ascii=False, indent=1).encode()
        return bytes_answer(
            proof, name=f"{found.line.request_id}.evidence.json", media_type="application/json", download=True
        )
    values = {
        "evidence": found,
        "line": found.line,
        "outcome": word("outcome", found.line.outcome),
        "tone": TONES[found.line.outcome],
        "problem": word("evidence-problem", found.problem) if found.problem else "",
    }
    return render(request, "backoffice/evidence_message.html", values)
