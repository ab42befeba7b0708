"""Permits: who may ask for what and why; given directly, suspended, resumed and taken back."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.front.backoffice.duties import EXCHANGE, require_unlimited
from divan.front.backoffice.exchange.asking import LONGEST, Sheet, ask, reason_field
from divan.front.backoffice.exchange.problems import placed
from divan.front.backoffice.exchange.request_form import hours_in_words
from divan.front.backoffice.exchange.sections import language, sections
from divan.front.backoffice.permit_form import permit_fields, problem_of, read_permit
from divan.front.backoffice.secretariat.reading import Problems, identifier
from divan.front.texts.words import TONES, word
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import Permit, PermitFaulty, PermitState
from divan_libs.persian.text import normalize

PAGE = 50
_ALIVE = (PermitState.IN_FORCE, PermitState.TO_COME, PermitState.SUSPENDED)


def _permit_line(permit: Permit, reader: str) -> dict[str, object]:
    state = permit.state_at(clock.now())
    return {
        "permit": permit,
        "consumer": permit.consumer_member.name(reader),
        "system": permit.consumer.name(reader),
        "service": permit.data_service.name(reader),
        "provider": permit.provider_member.name(reader),
        "purpose": permit.purpose(reader),
        "legal_basis": permit.legal_basis(reader),
        "state": word("permit-state", state),
        "tone": TONES[state],
        "is_alive": state in _ALIVE,
        "is_suspended": state is PermitState.SUSPENDED,
    }


@access(EXCHANGE)
@require_safe
def permits(request: HttpRequest) -> HttpResponse:
    """List every permit that concerns the visitor's body, with purpose, legal basis and period; the centre sees all."""
    reader, actor = language(), actor_of(request)
    looked_for, after = normalize(request.GET.get("q", ""))[:80], identifier(request.GET.get("after", ""))
    found = queries.list_permits_for(actor, text=looked_for, after=after, limit=PAGE + 1)
    hint = _("By body, system, data service, path or purpose.")
    values = {
        "sections": sections(request, "permits"),
        "lines": [_permit_line(one, reader) for one in found[:PAGE]],
        "search": Field("q", "search", _("Find a permit"), hint, looked_for, required=False),
        "looked_for": looked_for,
        "after": str(found[PAGE - 1].uuid) if len(found) > PAGE else "",
        "is_first": after is None,
        "snapshot": queries.find_newest_snapshot(),
        "is_centre": queries.standing_of(actor).is_centre,
    }
    return render(request, "backoffice/exchange/permits.html", values)


@access(EXCHANGE)
@require_safe
def permit(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Show a permit with its conditions, and what the visitor may do with it.

    :raises PermitUnknown: if there is none, or it concerns others.
    """
    found, offers, asks = queries.get_permit_for(permit, actor_of(request))
    values = {
        **_permit_line(found, language()),
        "hours": hours_in_words(found.hours),
        "events": [(one, word("permit-event", one.kind)) for one in queries.list_permit_events(permit)],
        "offers": offers,
        "asks": asks and not found.group,
        "may_renew": asks and not found.group and found.ends_at is not None,
    }
    return render(request, "backoffice/exchange/permit.html", values)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Give a permit without a request: the centre to anybody, with its reason, who offers a data service to groups.

    What is wrong is said, and what was typed stays; the gateway follows from the next snapshot on.
    """
    require_unlimited(request)
    now, reader, actor = clock.now(), language(), actor_of(request)
    problems: dict[str, str] = {}
    if request.method == "POST":
        wanted, problems = read_permit(request.POST, now)
        if wanted is not None:
            try:
                actions.grant_permit(permit=wanted, actor=actor, now=now)
            except PermitFaulty as refusal:
                problems = problem_of(str(refusal.facts.get("reason", "")))
            except Refusal as refusal:
                problems = placed(refusal)
            else:
                messages.success(request, _("The permit was given; the gateway knows it within a second."))
                return redirect("backoffice:permits")
    fields = permit_fields(
        queries.list_subsystems() if queries.standing_of(actor).is_centre else [],
        queries.list_data_services(),
        reader,
        groups=queries.list_groups(),
        sent=request.POST if request.method == "POST" else None,
        problems=problems,
    )
    known = {field.name for field in fields}
    general = [said for name, said in problems.items() if name not in known]
    values = {"fields": fields, "error_summary": ErrorSummary.of(fields, general)}
    return render(request, "backoffice/exchange/grant_permit.html", values, status=422 if problems else 200)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Take a permit back after asking once more.

    :raises PermitUnknown: if there is none, or it concerns others.
    """
    warning = _(
        "From the next second on the gateway refuses these questions. Services that need the answer will say that the "
        "register does not answer."
    )
    said = _("The permit was revoked; the gateway refuses it within a second.")
    return _act(request, permit, actions.revoke_permit, (_("Revoke the permit?"), _("Revoke"), said), warning)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def suspend(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Let a permit rest until it is resumed.

    :raises PermitUnknown: if there is none, or it concerns others.
    """
    warning = _("From the next second on the gateway refuses these questions, until you resume the permit.")
    said = _("The permit was suspended; the gateway refuses it within a second.")
    return _act(request, permit, actions.suspend_permit, (_("Suspend the permit?"), _("Suspend"), said), warning)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Let a suspended permit hold again.

    :raises PermitUnknown: if there is none, or it concerns others.
    """
    said = _("The permit holds again; the gateway knows it within a second.")
    return _act(request, permit, actions.resume_permit, (_("Resume the permit?"), _("Resume"), said))


def _act(
    request: HttpRequest,
    permit: UUID,
    act: Callable[..., None],
    words: tuple[str, str, str],
    warning: str = "",
) -> HttpResponse:
    found, _offers, _asks = queries.get_permit_for(permit, actor_of(request))
    line, back = _permit_line(found, language()), reverse("backoffice:exchange-permit", args=[permit])

    def deed(typed: QueryDict, _problems: Problems) -> str:
        act(permit=permit, reason=typed.get("reason", "")[:LONGEST], actor=actor_of(request), now=clock.now())
        return back

    title, button, said = words
    rows = (
        (_("Who may ask"), f"{line['consumer']} – {line['system']}"),
        (_("What"), f"{line['service']} – {line['provider']}"),
        (_("Purpose"), str(line["purpose"])),
        (_("State"), str(line["state"])),
    )
    sheet = Sheet(
        title=title,
        button=button,
        back=back,
        back_label=_("Permit"),
        done=said,
        warning=warning,
        danger=bool(warning),
        rows=rows,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)
