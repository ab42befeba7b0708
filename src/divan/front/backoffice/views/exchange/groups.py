"""Groups of systems that rights are given to together."""

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
from divan.front.backoffice.duties import EXCHANGE
from divan.front.backoffice.exchange.asking import LONGEST, Sheet, ask, choice, reason_field, text
from divan.front.backoffice.exchange.sections import language, sections
from divan.front.backoffice.secretariat.reading import Problems, errors, line
from divan.front.backoffice.views.exchange.members import name_fields
from divan.front.texts.answers import problem_text
from divan.trust.exchange import actions, queries
from divan.trust.exchange.values.control import Group

GLOBAL = "global"


@access(EXCHANGE)
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    """List the groups with their members, and those that the visitor keeps."""
    reader, actor = language(), actor_of(request)
    names = {one.address: one.name(reader) for one in queries.list_subsystems()}
    values = {
        "sections": sections(request, "exchange-groups"),
        "lines": [
            {
                "group": one,
                "name": one.name(reader),
                "owner": names.get(one.owner, one.owner),
                "members": [names.get(address, address) for address in one.members],
                "keeps": queries.may_keep(one, actor),
            }
            for one in queries.list_groups()
        ],
        "may_enter": bool(_owners(request)),
    }
    return render(request, "backoffice/exchange/groups.html", values)


def _owners(request: HttpRequest) -> list[Option]:
    actor, reader = actor_of(request), language()
    own = [
        Option(one.address, _("Local, of %(system)s") % {"system": one.name(reader)})
        for one in queries.list_own_subsystems(actor)
    ]
    centre = queries.standing_of(actor).is_centre
    return [*([Option(GLOBAL, _("Global, of the whole exchange"))] if centre else []), *own]


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest, group: str = "") -> HttpResponse:
    """Enter a group, or change its name and members.

    :raises GroupUnknown: if the address names none.
    """
    found = queries.get_group(group) if group else None
    reader, owners = language(), _owners(request)
    systems = [Option(one.address, one.name(reader), one.address) for one in queries.list_subsystems()]

    def fields(typed: QueryDict | None, problems: Problems) -> list[Field]:
        answers = typed if typed is not None else _first(found)
        chosen, hint = answers.get("owner", ""), _("Latin letters, figures and -.")
        begins = [
            choice("owner", _("Whose group?"), "", chosen, problems, owners),
            text("code", _("Code"), hint, answers.get("code", ""), problems, kind="code", most=60),
        ]
        wrong, taken = errors(problems, "members"), answers.getlist("members")
        members = Field("members", "choices", _("Members"), "", taken, wrong, required=False, options=systems)
        return [*([] if found else begins), *name_fields(answers, problems), members]

    def deed(typed: QueryDict, problems: Problems) -> str | None:
        for name in ("name_fa", *(() if found else ("owner", "code"))):
            if not line(typed, name):
                problems[name] = problem_text("answers.required", {})
        if problems:
            return None
        told = Group(
            address=found.address if found else _address(typed),
            name_fa=line(typed, "name_fa"),
            name_en=line(typed, "name_en"),
            members=tuple(typed.getlist("members")),
        )
        actions.register_group(group=told, actor=actor_of(request), now=clock.now())
        return reverse("backoffice:exchange-groups")

    sheet = Sheet(
        title=_("Change the group") if found else _("Enter a group"),
        button=_("Save"),
        back=reverse("backoffice:exchange-groups"),
        back_label=_("Exchange: groups"),
        done=_("The group was saved; the gateway knows it within a second."),
        lead=found.address if found else "",
    )
    return ask(request, sheet, fields, deed)


def _first(found: Group | None) -> QueryDict:
    begun = QueryDict(mutable=True)
    if found is not None:
        begun["name_fa"], begun["name_en"] = found.name_fa, found.name_en
        begun.setlist("members", list(found.members))
    return begun


def _address(typed: QueryDict) -> str:
    owner, code = typed.get("owner", ""), line(typed, "code")
    instance = queries.own_member().partition("/")[0]
    return f"{instance}/{code}" if owner == GLOBAL else f"{owner}/{code}"


@access(EXCHANGE)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, group: str) -> HttpResponse:
    """Close a group after asking once more.

    :raises GroupUnknown: if there is none.
    """
    found = queries.get_group(group)
    back = reverse("backoffice:exchange-groups")

    def deed(typed: QueryDict, _problems: Problems) -> str:
        reason = typed.get("reason", "")[:LONGEST]
        actions.close_group(group=found.address, reason=reason, actor=actor_of(request), now=clock.now())
        return back

    sheet = Sheet(
        title=_("Close the group?"),
        button=_("Close it"),
        back=back,
        back_label=_("Exchange: groups"),
        done=_("The group was closed, and its rights ended."),
        lead=found.name(language()),
        warning=_("The rights that were given to the group end at once. It does not come back."),
        danger=True,
    )
    return ask(request, sheet, lambda typed, problems: [reason_field(typed, problems)], deed)
