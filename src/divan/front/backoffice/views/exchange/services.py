"""Data services: what is offered to be asked, how it is reached, and its description, looked through."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.front.backoffice.duties import EXCHANGE, require_unlimited
from divan.front.backoffice.exchange.asking import LONGEST, Sheet, ask, choice, reason_field
from divan.front.backoffice.exchange.problems import placed
from divan.front.backoffice.exchange.sections import language, sections
from divan.front.backoffice.exchange.service_form import (
    finding_lines,
    first_answers,
    read_service,
    service_fields,
    validation_options,
)
from divan.front.backoffice.secretariat.reading import Problems, errors
from divan.front.texts.words import word
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import DataService, Validation
from divan.trust.exchange.values.control import DescriptionUnfit


@access(EXCHANGE)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """List the data services that are offered, by whom."""
    reader = language()
    members = {one.address: one.name(reader) for one in queries.list_members()}
    values = {
        "sections": sections(request, "exchange-services"),
        "lines": [
            (one, one.name(reader), members.get(one.address.rsplit("/", 2)[0], ""), word("validation", one.validation))
            for one in queries.list_data_services()
        ],
        "may_enter": bool(queries.list_own_subsystems(actor_of(request))),
    }
    return render(request, "backoffice/exchange/services.html", values)


@access(EXCHANGE)
@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Show a data service: what can be asked of it, and how it is reached; ``description`` in the address gives that.

    :raises DataServiceUnknown: if there is none.
    """
    found = queries.get_data_service(code)
    if "description" in request.GET and found.description:
        name = f"{found.code.replace('/', '-')}.openapi.json"
        return bytes_answer(found.description.encode(), name=name, media_type="application/json", download=True)
    offers = queries.may_offer(found, actor_of(request))
    values = {
        "service": found,
        "name": found.name(language()),
        "validation": word("validation", found.validation),
        "durability": word("durability", found.durability),
        "operations": queries.operations_of_service(found),
        "findings": finding_lines(queries.look_through_description(found)) if offers else [],
        "offers": offers and found.closed_at is None,
    }
    return render(request, "backoffice/exchange/service.html", values)


def _back_to(code: str) -> str:
    return reverse("backoffice:exchange-service", args=[code])


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, code: str = "") -> HttpResponse:
    """Offer a data service, or change it.

    :raises DataServiceUnknown: if the code names none.
    """
    found = queries.get_data_service(code) if code else None
    actor, reader = actor_of(request), language()
    own = queries.list_own_subsystems(actor)

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        answers = typed if typed is not None else first_answers(found)
        return service_fields(answers, problems, own=own, language=reader, is_known=found is not None)

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        told = read_service(typed, problems, found)
        if told is None:
            return None
        actions.register_data_service(data_service=told, actor=actor, now=clock.now())
        return _back_to(told.code)

    sheet = Sheet(
        title=_("Change the data service") if found else _("Offer a data service"),
        button=_("Save"),
        back=_back_to(code) if found else reverse("backoffice:exchange-services"),
        back_label=found.name(reader) if found else _("Exchange: data services"),
        done=_("The data service was saved; the gateway knows it within a second."),
        lead=found.address if found else "",
    )
    return ask(request, sheet, fields, deed)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, code: str) -> HttpResponse:
    """Take the OpenAPI description of a data service, or say what hinders and what is advised.

    :raises DataServiceUnknown: if there is none.
    """
    require_unlimited(request)
    found = queries.get_data_service(code)
    problems: Problems = {}
    findings: list[dict[str, object]] = []
    done = False
    if request.method == "POST":
        try:
            findings, done = _described(request, found, problems)
        except DescriptionUnfit as refusal:
            findings = finding_lines(refusal.facts["findings"])
            problems = {"file": _("The description cannot be taken yet. Below stands what hinders, and where.")}
        except Refusal as refusal:
            problems = placed(refusal)
    fields = _description_fields(request, found, problems)
    general = [said for name, said in problems.items() if name not in {field.name for field in fields}]
    values = {
        "service": found,
        "name": found.name(language()),
        "fields": fields,
        "findings": findings,
        "done": done,
        "error_summary": ErrorSummary.of(fields, general),
    }
    return render(request, "backoffice/exchange/describe.html", values, status=422 if problems else 200)


def _described(request: HttpRequest, found: DataService, problems: Problems) -> tuple[list[dict[str, object]], bool]:
    upload, wanted = request.FILES.get("file"), request.POST.get("validation", "")
    if wanted not in set(Validation):
        problems["validation"] = _("Choose one.")
    if upload is None:
        problems["file"] = _("Choose the file.")
    if problems or upload is None:
        return [], False
    # One octet more than is taken tells a file that is too large from one that just fits.
    content = upload.read(2**20 + 1)
    advised = actions.describe_data_service(
        data_service=found.code,
        content=content,
        validation=Validation(wanted),
        actor=actor_of(request),
        now=clock.now(),
    )
    return finding_lines(advised), True


def _description_fields(request: HttpRequest, found: DataService, problems: Problems) -> list[Field]:
    hint = _("OpenAPI 3.0 or 3.1 in one file, JSON or YAML, of at most 1 MB.")
    accepted = {"accept": ".json,.yaml,.yml"}
    chosen = request.POST.get("validation", str(found.validation))
    hint_of_validation = _("Whether the gateway looks whether questions and answers follow the description.")
    return [
        Field("file", "file", _("Description"), hint, "", errors(problems, "file"), attributes=accepted),
        choice("validation", _("Holding to it"), hint_of_validation, chosen, problems, validation_options()),
    ]


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def switch(request: HttpRequest, code: str) -> HttpResponse:
    """Switch a data service off with a word why, or on again.

    :raises DataServiceUnknown: if there is none.
    """
    found = queries.get_data_service(code)
    is_off = bool(found.disabled_notice)

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        return [] if is_off else [reason_field(typed, problems, _("Whoever asks meanwhile reads it."))]

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        notice = " ".join(typed.get("reason", "").split())[:LONGEST]
        if not is_off and not notice:
            problems["reason"] = _("Write why.")
            return None
        told = replace(found, disabled_notice="" if is_off else notice)
        actions.register_data_service(data_service=told, actor=actor_of(request), now=clock.now())
        return _back_to(code)

    sheet = Sheet(
        title=_("Switch the data service on?") if is_off else _("Switch the data service off?"),
        button=_("Switch it on") if is_off else _("Switch it off"),
        back=_back_to(code),
        back_label=found.name(language()),
        done=_("The data service is on.") if is_off else _("The data service is off."),
        lead=found.name(language()),
        danger=not is_off,
    )
    return ask(request, sheet, fields, deed)


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Offer a data service no more, after asking once more.

    :raises DataServiceUnknown: if there is none.
    """
    found = queries.get_data_service(code)

    def deed(typed: QueryDict, _problems: Problems) -> str:
        reason = typed.get("reason", "")[:LONGEST]
        actions.close_data_service(data_service=code, reason=reason, actor=actor_of(request), now=clock.now())
        return reverse("backoffice:exchange-services")

    sheet = Sheet(
        title=_("Offer the data service no more?"),
        button=_("Close it"),
        back=_back_to(code),
        back_label=found.name(language()),
        done=_("The data service is offered no more."),
        lead=found.name(language()),
        warning=_("Every right to it ends at once, and it does not come back. To pause it, switch it off."),
        danger=True,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)
