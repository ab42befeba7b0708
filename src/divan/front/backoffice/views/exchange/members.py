"""Who takes part in the exchange: members and their systems, entered, changed and let go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import Field, Option
from divan.front.backoffice.duties import EXCHANGE, INTEGRATION
from divan.front.backoffice.exchange.asking import LONGEST, Sheet, ask, choice, lines, reason_field, text
from divan.front.backoffice.exchange.sections import language, sections
from divan.front.backoffice.secretariat.reading import Problems, line
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values import Connection, Member, Subsystem


@access(EXCHANGE)
@require_safe
def members(request: HttpRequest) -> HttpResponse:
    """List the members with their systems."""
    reader = language()
    systems: dict[str, list[Subsystem]] = {}
    for one in queries.list_subsystems():
        systems.setdefault(one.address.rpartition("/")[0], []).append(one)
    values = {
        "sections": sections(request, "exchange-members"),
        "lines": [(one, one.name(reader), len(systems.get(one.address, ()))) for one in queries.list_members()],
        "is_centre": queries.standing_of(actor_of(request)).is_centre,
    }
    return render(request, "backoffice/exchange/members.html", values)


@access(EXCHANGE)
@require_safe
def member(request: HttpRequest, member: str) -> HttpResponse:
    """Show a member: which body it is, its systems, and what these offer.

    :raises MemberUnknown: if there is none.
    """
    reader = language()
    found = queries.get_member(member)
    systems = [one for one in queries.list_subsystems() if one.address.rpartition("/")[0] == found.address]
    services = [one for one in queries.list_data_services() if one.address.rsplit("/", 2)[0] == found.address]
    values = {
        "member": found,
        "name": found.name(reader),
        "body": people.get_unit(found.body).name(reader) if found.body else "",
        "systems": [(one, one.name(reader), word("connection", one.connection)) for one in systems],
        "services": [(one, one.name(reader)) for one in services],
        "is_centre": queries.standing_of(actor_of(request)).is_centre,
    }
    return render(request, "backoffice/exchange/member.html", values)


def _back_to(member: str) -> str:
    return reverse("backoffice:exchange-member", args=[member])


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, member: str = "") -> HttpResponse:
    """Enter a member, or change its names and body.

    :raises MemberUnknown: if the address names none.
    """
    found = queries.get_member(member) if member else None
    reader = language()
    bodies = [Option(one.code, one.name(reader)) for one in people.list_bodies()]

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        answers = typed if typed is not None else _first(found)
        hint = _("Instance, class and code, such as LR/GOV/health. It stays for ever.")
        asked = text("address", _("Address"), hint, answers.get("address", ""), problems, kind="code", most=200)
        hint = _("One from outside this province has none; the centre acts for it.")
        body = choice("body", _("Body"), hint, answers.get("body", ""), problems, bodies, required=False)
        return [*([] if found else [asked]), *name_fields(answers, problems), body]

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        if not line(typed, "name_fa"):
            problems["name_fa"] = problem_text("answers.required", {})
            return None
        told = Member(
            address=found.address if found else line(typed, "address"),
            name_fa=line(typed, "name_fa"),
            name_en=line(typed, "name_en"),
            body=line(typed, "body"),
        )
        actions.register_member(member=told, actor=actor_of(request), now=clock.now())
        return _back_to(told.address)

    sheet = Sheet(
        title=_("Change the member") if found else _("Enter a member"),
        button=_("Save"),
        back=_back_to(found.address) if found else reverse("backoffice:exchange-members"),
        back_label=found.name(reader) if found else _("Exchange: members"),
        done=_("The member was saved."),
        lead=found.address if found else "",
    )
    return ask(request, sheet, fields, deed)


def _first(found: Member | Subsystem | None) -> QueryDict:
    begun = QueryDict(mutable=True)
    if found is not None:
        begun["name_fa"], begun["name_en"] = found.name_fa, found.name_en
    if isinstance(found, Member):
        begun["body"] = found.body
    if isinstance(found, Subsystem):
        begun["connection"], begun["certificates"] = str(found.connection), "\n".join(found.certificates)
        begun["true_status"] = "yes" if found.true_status else ""
    return begun


def name_fields(answers: QueryDict, problems: Problems) -> list[Field]:
    """Return the questions for both names."""
    return [
        text("name_fa", _("Name in Persian"), "", answers.get("name_fa", ""), problems, most=200),
        text("name_en", _("Name in English"), "", answers.get("name_en", ""), problems, required=False, most=200),
    ]


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, member: str) -> HttpResponse:
    """Let a member leave after asking once more.

    :raises MemberUnknown: if there is none.
    """
    found = queries.get_member(member)

    def deed(typed: QueryDict, _problems: Problems) -> str:
        reason = typed.get("reason", "")[:LONGEST]
        actions.close_member(member=found.address, reason=reason, actor=actor_of(request), now=clock.now())
        return reverse("backoffice:exchange-members")

    sheet = Sheet(
        title=_("Let the member leave?"),
        button=_("Let it leave"),
        back=_back_to(found.address),
        back_label=found.name(language()),
        done=_("The member left the exchange."),
        lead=found.name(language()),
        warning=_(
            "Its systems, data services, certificates and every right on them end at once. It does not come back."
        ),
        danger=True,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def subsystem(request: HttpRequest, member: str = "", subsystem: str = "") -> HttpResponse:
    """Enter a system of a member, or change it.

    :raises MemberUnknown, SubsystemUnknown: if the address names none.
    """
    found = queries.get_subsystem(subsystem) if subsystem else None
    owner = queries.get_member(member or subsystem.rpartition("/")[0])

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        return _system_fields(typed if typed is not None else _first(found), problems, is_known=found is not None)

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        told = _read_system(typed, problems, owner, found)
        if told is None:
            return None
        actions.register_subsystem(subsystem=told, actor=actor_of(request), now=clock.now())
        return _back_to(owner.address)

    sheet = Sheet(
        title=_("Change the system") if found else _("Enter a system"),
        button=_("Save"),
        back=_back_to(owner.address),
        back_label=owner.name(language()),
        done=_("The system was saved; the gateway knows it within a second."),
        lead=found.address if found else owner.address,
    )
    return ask(request, sheet, fields, deed)


def _system_fields(answers: QueryDict, problems: Problems, *, is_known: bool) -> list[Field]:
    connections = [Option(str(one), word("connection", one)) for one in Connection]
    code, prints = answers.get("code", ""), answers.get("certificates", "")
    chosen, hint = answers.get("connection", "https"), _("Latin letters, figures and -.")
    of_others = _("Fingerprints of certificates of others")
    how = _("SHA-256 in hexadecimal, one in each line. What our authority issues stands in by itself.")
    return [
        *([] if is_known else [text("code", _("Code"), hint, code, problems, kind="code", most=60)]),
        *name_fields(answers, problems),
        choice("connection", _("How it comes to the gateway"), "", chosen, problems, connections),
        text("certificates", of_others, how, prints, problems, kind="long-text", required=False),
        Field(
            "true_status",
            "choices",
            _("Refusals"),
            "",
            answers.getlist("true_status"),
            required=False,
            options=[Option("yes", _("Refused with the HTTP status that fits, not with X-Road’s 500"))],
        ),
    ]


def _read_system(typed: QueryDict, problems: Problems, owner: Member, found: Subsystem | None) -> Subsystem | None:
    for name in ("name_fa", *(() if found else ("code",))):
        if not line(typed, name):
            problems[name] = problem_text("answers.required", {})
    if typed.get("connection") not in set(Connection):
        problems["connection"] = _("Choose one.")
    if problems:
        return None
    return Subsystem(
        address=found.address if found else f"{owner.address}/{line(typed, 'code')}",
        name_fa=line(typed, "name_fa"),
        name_en=line(typed, "name_en"),
        certificates=lines(typed.get("certificates", "")),
        connection=Connection(typed.get("connection", "")),
        true_status=typed.get("true_status") == "yes",
    )


@access(INTEGRATION)
@require_http_methods(["GET", "POST"])
def close_subsystem(request: HttpRequest, subsystem: str) -> HttpResponse:
    """Let a system leave after asking once more.

    :raises SubsystemUnknown, MemberUnknown: if there is none.
    """
    found = queries.get_subsystem(subsystem)
    owner = queries.get_member(found.address.rpartition("/")[0])

    def deed(typed: QueryDict, _problems: Problems) -> str:
        reason = typed.get("reason", "")[:LONGEST]
        actions.close_subsystem(subsystem=found.address, reason=reason, actor=actor_of(request), now=clock.now())
        return _back_to(owner.address)

    sheet = Sheet(
        title=_("Let the system leave?"),
        button=_("Let it leave"),
        back=_back_to(owner.address),
        back_label=owner.name(language()),
        done=_("The system left the exchange."),
        lead=found.name(language()),
        warning=_("Its data services, certificates and every right on them end at once. It does not come back."),
        danger=True,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)
