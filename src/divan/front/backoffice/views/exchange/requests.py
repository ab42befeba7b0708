"""Requests for permits: what waits for whom, asking, and deciding."""

from __future__ import annotations

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
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import EXCHANGE, require_unlimited
from divan.front.backoffice.exchange.asking import LONGEST, Sheet, ask, reason_field, text
from divan.front.backoffice.exchange.problems import placed
from divan.front.backoffice.exchange.request_form import (
    condition_answers,
    condition_fields,
    first_answers,
    hours_in_words,
    read_conditions,
    read_request,
    request_fields,
)
from divan.front.backoffice.exchange.sections import language, sections
from divan.front.backoffice.secretariat.reading import Problems, identifier
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import Permit
from divan.trust.exchange.values.control import PermitRequest, RequestKind, RequestState


def _line(request: PermitRequest, reader: str) -> dict[str, object]:
    return {
        "request": request,
        "consumer": request.consumer_member.name(reader),
        "system": request.consumer.name(reader),
        "service": request.data_service.name(reader),
        "provider": request.provider_member.name(reader),
        "purpose": request.purpose(reader),
        "legal_basis": request.legal_basis(reader),
        "kind": word("request-kind", request.wanted.kind),
        "state": word("request-state", request.state),
        "tone": TONES[request.state],
    }


@access(EXCHANGE)
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """List the requests that wait for the visitor, and all that concern their body."""
    actor, reader = actor_of(request), language()
    waiting = [_line(one, reader) for one in queries.list_waiting(actor)]
    mine = {str(line["request"].uuid) for line in waiting}  # type: ignore[attr-defined]  # a request
    others = [_line(one, reader) for one in queries.list_requests(actor) if str(one.uuid) not in mine]
    values = {"sections": sections(request, "exchange"), "waiting": waiting, "others": others}
    return render(request, "backoffice/exchange/requests.html", values)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a right; ``follows`` and ``kind`` in the address name the permit that is to be amended or renewed.

    :raises PermitUnknown: if it names one that does not concern the visitor's body.
    """
    actor, reader = actor_of(request), language()
    followed, kind = _followed(request)
    own = queries.list_asking_subsystems(actor)
    services = [one for one in queries.list_data_services() if not one.disabled_notice]
    begun = first_answers(followed, kind)

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        answers = typed if typed is not None else begun
        return request_fields(answers, problems, consumers=own, services=services, language=reader)

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        wanted = read_request(typed, problems, kind=kind, follows=followed)
        if wanted is None:
            return None
        made = actions.request_permit(wanted=wanted, actor=actor, now=clock.now())
        return reverse("backoffice:permit-request", args=[made])

    sheet = Sheet(
        title=word("request-title", kind),
        button=_("Send the request"),
        back=reverse("backoffice:exchange"),
        back_label=_("Exchange: requests"),
        done=_("The request was sent to the body that offers the data service."),
        explained=_("The body that offers the data service decides. Here you see where it stands."),
    )
    return ask(request, sheet, fields, deed)


def _followed(request: HttpRequest) -> tuple[Permit | None, RequestKind]:
    named = identifier(request.GET.get("follows", ""))
    if named is None:
        return None, RequestKind.NEW
    permit, _offers, _asks = queries.get_permit_for(named, actor_of(request))
    return permit, RequestKind.RENEWAL if request.GET.get("kind") == "renewal" else RequestKind.AMENDMENT


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def permit_request(request: HttpRequest, asked: UUID) -> HttpResponse:
    """Show a request; whom it waits for grants it, narrower if they want, or refuses it; who asked takes it back.

    :raises RequestUnknown: if there is none, or it concerns others.
    """
    actor, reader = actor_of(request), language()
    found = queries.get_request(asked, actor)
    problems: Problems = {}
    if request.method == "POST":
        require_unlimited(request)
        try:
            said = _decide(request, found, problems)
        except Refusal as refusal:
            problems = _known(placed(refusal), str(text_of(refusal)))
        else:
            if said:
                messages.success(request, said)
                return redirect("backoffice:permit-request", asked)
        found = queries.get_request(asked, actor)
    reviews = queries.may_review(found, actor)
    fields = _review_fields(request, found, problems) if reviews else []
    general = [said for name, said in problems.items() if name not in {field.name for field in fields}]
    values = {
        **_line(found, reader),
        "fields": fields,
        "error_summary": ErrorSummary.of(fields, general),
        "may_review": reviews,
        "may_withdraw": queries.may_withdraw(found, actor),
        "hours": hours_in_words(found.wanted.conditions.hours),
        "asked_in": _post(found.asked_in, reader),
        "decided_in": _post(found.decided_in, reader),
        "is_decided": found.state is not RequestState.ASKED,
    }
    return render(request, "backoffice/exchange/request.html", values, status=422 if problems else 200)


def _known(problems: Problems, said: str) -> Problems:
    return problems or {"": said}


def _post(post: UUID | None, reader: str) -> str:
    if post is None:
        return ""
    found = people.find_posts([post]).get(post)
    return f"{found.title(reader)} – {found.unit.name(reader)}" if found else ""


def _review_fields(request: HttpRequest, found: PermitRequest, problems: Problems) -> list[Field]:
    typed = request.POST if request.method == "POST" else None
    answers = typed if typed is not None else condition_answers(found.wanted.conditions)
    fields = condition_fields(answers, problems)
    if not found.provider_member.body:
        hint = _("This body is outside the installation. Number and date of the letter in which it agreed or declined.")
        value = answers.get("reference", "")
        fields.append(text("reference", _("Letter of the provider"), hint, value, problems, most=100))
    hint = _("Needed when you refuse. It stays on record, and the other side reads it.")
    fields.append(text("reason", _("Reason"), hint, answers.get("reason", ""), problems, required=False))
    return fields


def _decide(request: HttpRequest, found: PermitRequest, problems: Problems) -> str:
    """Do what the pressed button says; return what was done, or nothing when the problems say what is wrong."""
    actor, now, sent = actor_of(request), clock.now(), request.POST
    reason, reference = sent.get("reason", "")[:LONGEST], sent.get("reference", "")[:100]
    if sent.get("deed") == "refuse":
        actions.refuse_request(request=found.uuid, reason=reason, reference=reference, actor=actor, now=now)
        return _("The request was refused; the other side reads why.")
    if sent.get("deed") == "withdraw":
        actions.withdraw_request(request=found.uuid, reason=reason, actor=actor, now=now)
        return _("The request was taken back.")
    wanted = found.wanted.conditions
    given = read_conditions(sent, problems, wanted.hours)
    if given is None:
        return ""
    if given.ends_at.date() == wanted.ends_at.date():
        given = type(given)(
            ends_at=wanted.ends_at,
            hours=given.hours,
            rate_per_minute=given.rate_per_minute,
            daily_quota=given.daily_quota,
            hidden=given.hidden,
        )
    actions.grant_request(
        request=found.uuid, conditions=given, reference=reference, reason=reason, actor=actor, now=now
    )
    return _("The permit was given; the gateway knows it within a second.")


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, asked: UUID) -> HttpResponse:
    """Take a request back after asking once more.

    :raises RequestUnknown: if there is none, or it concerns others.
    """
    found = queries.get_request(asked, actor_of(request))
    back = reverse("backoffice:permit-request", args=[asked])

    def deed(typed: QueryDict, _problems: Problems) -> str:
        actions.withdraw_request(
            request=asked, reason=typed.get("reason", "")[:LONGEST], actor=actor_of(request), now=clock.now()
        )
        return back

    sheet = Sheet(
        title=_("Take the request back?"),
        button=_("Take it back"),
        back=back,
        back_label=_("Request for a permit"),
        done=_("The request was taken back."),
        lead=found.data_service.name(language()),
        danger=True,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)
