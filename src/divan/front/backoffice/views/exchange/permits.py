"""Permits for the integrators of the exchange: who may ask for what and why; given and taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import INTEGRATION
from divan.front.backoffice.permit_form import LONGEST, permit_fields, problem_of, read_permit
from divan.front.texts.words import TONES, word
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import Permit, PermitFaulty
from divan_libs.persian.text import normalize


def _language() -> str:
    return "en" if get_language() == "en" else "fa"


def _permit_line(permit: Permit, language: str) -> dict[str, object]:
    state = permit.state_at(clock.now())
    return {
        "permit": permit,
        "consumer": permit.consumer_member.name(language),
        "system": permit.consumer.name(language),
        "service": permit.data_service.name(language),
        "provider": permit.provider_member.name(language),
        "purpose": permit.purpose(language),
        "legal_basis": permit.legal_basis(language),
        "state": word("permit-state", state),
        "tone": TONES[state],
        "may_revoke": permit.revoked_at is None and state != "ended",
    }


@access(INTEGRATION)
@require_safe
def permits(request: HttpRequest) -> HttpResponse:
    """List every permit that was ever given, with purpose, legal basis and period."""
    language = _language()
    values = {
        "lines": [_permit_line(one, language) for one in queries.list_permits()],
        "snapshot": queries.find_newest_snapshot(),
        "now": clock.now(),
    }
    return render(request, "backoffice/permits.html", values)


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Give a permit, or say why not and keep what was typed; the gateway follows from the next snapshot on."""
    now, language = clock.now(), _language()
    problems: dict[str, str] = {}
    if request.method == "POST":
        wanted, problems = read_permit(request.POST, now)
        if wanted is not None:
            try:
                actions.grant_permit(permit=wanted, actor=actor_of(request), now=now)
            except PermitFaulty as refusal:
                problems = problem_of(str(refusal.facts.get("reason", "")))
            except Refusal as refusal:
                problems = {"": str(text_of(refusal))}
            else:
                messages.success(request, _("The permit was given; the gateway knows it within a second."))
                return redirect("backoffice:permits")
    fields = permit_fields(
        queries.list_subsystems(),
        queries.list_data_services(),
        language,
        sent=request.POST if request.method == "POST" else None,
        problems=problems,
    )
    general = [problems[""]] if "" in problems else []
    values = {"fields": fields, "error_summary": ErrorSummary.of(fields, general)}
    return render(request, "backoffice/grant_permit.html", values, status=422 if problems else 200)


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Take a permit back after asking once more.

    :raises PermitUnknown, PermitRevoked: if there is none, or it was revoked before.
    """
    found = queries.get_permit(permit)
    if request.method == "POST":
        given = normalize(request.POST.get("reason", ""))[:LONGEST]
        actions.revoke_permit(permit=permit, reason=given, actor=actor_of(request), now=clock.now())
        messages.success(request, _("The permit was revoked; the gateway refuses it within a second."))
        return redirect("backoffice:permits")
    reason = Field(
        "reason", "text", _("Reason"), _("It stays on record."), required=False, attributes={"maxlength": str(LONGEST)}
    )
    values = {**_permit_line(found, _language()), "field": reason}
    return render(request, "backoffice/revoke_permit.html", values)
