"""Messages in doubt: what asking the provider brought, once for each, with its ground."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.front.backoffice.duties import INTEGRATION
from divan.front.backoffice.views.exchange.console import language
from divan.front.texts.console import FINDINGS
from divan.trust.exchange import actions, queries

LONGEST = 1000


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, request_id: str) -> HttpResponse:
    """Show a message in doubt and take what was found of it; what was settled stands.

    :raises DoubtUnknown: if no message under this number is in doubt.
    :raises DoubtSettled: if it was settled while this page was open.
    """
    doubt = queries.get_doubt(request_id[:64], language=language())
    finding, reason = request.POST.get("finding", ""), request.POST.get("reason", "")[:LONGEST]
    problems: dict[str, list[str]] = {}
    if request.method == "POST":
        if finding not in FINDINGS:
            problems["finding"] = [_("Choose what was found.")]
        if not reason.strip():
            problems["reason"] = [_("Write how you know.")]
        if not problems:
            actions.settle_doubt(
                request_id=doubt.line.request_id,
                finding=finding,
                reason=reason,
                actor=actor_of(request),
                now=clock.now(),
            )
            messages.success(request, _("The doubt was settled; it stays on record with what was found."))
            return redirect("backoffice:in-doubt")
    fields = _fields(finding, reason, problems)
    values = {
        "doubt": doubt,
        "line": doubt.line,
        "fields": fields,
        "finding": FINDINGS[doubt.settlement.finding][0] if doubt.settlement else "",
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/settle_doubt.html", values, status=422 if problems else 200)


def _fields(finding: str, reason: str, problems: Mapping[str, list[str]]) -> list[Field]:
    return [
        Field(
            "finding",
            "choice",
            _("What was found?"),
            value=finding,
            errors=problems.get("finding", ()),
            options=[Option(str(code), str(label), str(hint)) for code, (label, hint) in FINDINGS.items()],
        ),
        Field(
            "reason",
            "long-text",
            _("How do you know?"),
            _("Who was asked, when, and what was answered. It stays on record."),
            reason,
            problems.get("reason", ()),
            attributes={"rows": "4", "maxlength": str(LONGEST)},
        ),
    ]
