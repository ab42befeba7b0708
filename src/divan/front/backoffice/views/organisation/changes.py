"""Changes of one unit, each on a page of its own, by which decision and from which day on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option, read_date
from divan.foundation.ui.numbers import listed
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import ORGANISATION, require_unlimited
from divan.front.backoffice.secretariat.reading import Problems, day, errors, identifier, line
from divan.front.texts.words import word
from divan.registers.people import actions
from divan.registers.people import queries as people
from divan.registers.people.values import Decision, PostUnknown, Unit, UnitUnfit
from divan_libs.persian.jalali import TEHRAN

Deed = Callable[[Decision, Actor, datetime], object]
Reading = Callable[[QueryDict, Unit, Problems], Deed | None]
_PLACES = {"name": "name_fa", "legal-basis": "legal_basis", "day": "effective"}


@access(ORGANISATION)
@require_http_methods(["GET", "POST"])
def rename(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Give a unit another name.

    :raises UnitUnknown: if there is none.
    """

    def fields(typed: QueryDict | None, found: Unit, problems: Problems) -> list[Field]:
        name_fa = typed.get("name_fa", "") if typed is not None else found.name_fa
        name_en = typed.get("name_en", "") if typed is not None else found.name_en
        most = {"maxlength": "200"}
        return [
            Field("name_fa", "text", _("Name in Persian"), "", name_fa, errors(problems, "name_fa"), attributes=most),
            Field(
                "name_en",
                "text",
                _("Name in English"),
                "",
                name_en,
                errors(problems, "name_en"),
                False,
                attributes=most,
            ),
        ]

    def read(typed: QueryDict, found: Unit, _problems: Problems) -> Deed:
        def deed(decision: Decision, actor: Actor, now: datetime) -> object:
            return actions.rename_unit(
                unit=found.uuid,
                name_fa=line(typed, "name_fa", 400),
                name_en=line(typed, "name_en", 400),
                decision=decision,
                actor=actor,
                now=now,
            )

        return deed

    said = _("The unit was renamed."), _("Rename the unit"), _("Letters and papers of before keep the name it had.")
    return _change(request, unit, fields, read, said)


@access(ORGANISATION)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Put a unit below another one.

    :raises UnitUnknown: if there is none.
    """

    def fields(typed: QueryDict | None, found: Unit, problems: Problems) -> list[Field]:
        return [_unit_field("other", _("Below which unit?"), typed, problems, required=found.kind != "body")]

    def read(typed: QueryDict, found: Unit, problems: Problems) -> Deed | None:
        is_top = found.kind == "body" and not line(typed, "other")
        above = None if is_top else _named(line(typed, "other"), "other", problems)
        if above is None and not is_top:
            return None

        def deed(decision: Decision, actor: Actor, now: datetime) -> object:
            return actions.move_unit(
                unit=found.uuid, parent=above.uuid if above else None, decision=decision, actor=actor, now=now
            )

        return deed

    explained = _("The units below it and all posts go along.")
    return _change(request, unit, fields, read, (_("The unit was moved."), _("Move the unit"), explained))


@access(ORGANISATION)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Let a unit go up in another one.

    :raises UnitUnknown: if there is none.
    """

    def fields(typed: QueryDict | None, _found: Unit, problems: Problems) -> list[Field]:
        return [_unit_field("other", _("Into which unit?"), typed, problems)]

    def read(typed: QueryDict, found: Unit, problems: Problems) -> Deed | None:
        target = _named(line(typed, "other"), "other", problems)
        if target is None:
            return None

        def deed(decision: Decision, actor: Actor, now: datetime) -> object:
            return actions.merge_unit(unit=found.uuid, into=target.uuid, decision=decision, actor=actor, now=now)

        return deed

    explained = _(
        "Its posts with their holders and the units below it go over; it is closed, and the other succeeds it."
    )
    return _change(request, unit, fields, read, (_("The unit was merged."), _("Merge the unit"), explained))


@access(ORGANISATION)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Close a unit, with or without successors.

    :raises UnitUnknown: if there is none.
    """

    def fields(typed: QueryDict | None, _found: Unit, problems: Problems) -> list[Field]:
        hint = _("The codes or names of the units that do its work from now on, one a line. None, if nobody does.")
        value = typed.get("successors", "") if typed is not None else ""
        label, wrong = _("Successors"), errors(problems, "successors")
        return [Field("successors", "long-text", label, hint, value, wrong, False, attributes={"rows": "3"})]

    def read(typed: QueryDict, found: Unit, problems: Problems) -> Deed | None:
        wanted = [text for text in typed.get("successors", "").splitlines() if text.strip()][:20]
        heirs = [_named(" ".join(text.split()), "successors", problems) for text in wanted]
        if None in heirs:
            return None

        def deed(decision: Decision, actor: Actor, now: datetime) -> object:
            return actions.close_unit(
                unit=found.uuid, successors=[one.uuid for one in heirs if one], decision=decision, actor=actor, now=now
            )

        return deed

    explained = _("Nobody may hold a post in it and no unit may stand below it: move them first.")
    return _change(request, unit, fields, read, (_("The unit was closed."), _("Close the unit"), explained))


@access(ORGANISATION)
@require_http_methods(["GET", "POST"])
def move_posts(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Put posts of a unit into another one.

    :raises UnitUnknown: if there is none.
    """
    language = get_language() or "fa"

    def fields(typed: QueryDict | None, found: Unit, problems: Problems) -> list[Field]:
        posts = people.list_posts_of_unit(found.uuid)
        holders = people.holders_of([one.uuid for one in posts], clock.now())
        options = [
            Option(
                str(one.uuid),
                one.title(language),
                holders[one.uuid].full_name if one.uuid in holders else _("vacant"),
            )
            for one in posts
        ]
        taken = typed.getlist("posts") if typed is not None else []
        return [
            Field("posts", "choices", _("Which posts?"), "", taken, errors(problems, "posts"), options=options),
            _unit_field("other", _("Into which unit?"), typed, problems),
        ]

    def read(typed: QueryDict, _found: Unit, problems: Problems) -> Deed | None:
        chosen = [one for text in typed.getlist("posts") if (one := identifier(text)) is not None]
        target = _named(line(typed, "other"), "other", problems)
        if not chosen:
            problems["posts"] = _("Choose the posts.")
        if target is None or not chosen:
            return None

        def deed(_decision: Decision, actor: Actor, now: datetime) -> object:
            return actions.move_posts(posts=chosen, unit=target.uuid, actor=actor, now=now)

        return deed

    said = _("The posts were moved."), _("Move posts"), _("Their holders go along; what lies open in them stays there.")
    return _change(request, unit, fields, read, said, is_decided=False)


def _change(
    request: HttpRequest,
    unit: UUID,
    fields_of: Callable[[QueryDict | None, Unit, Problems], list[Field]],
    read: Reading,
    said: tuple[str, str, str],
    *,
    is_decided: bool = True,
) -> HttpResponse:
    """Ask for a change and its decision and do it; or say what is wrong and keep what was typed."""
    require_unlimited(request)
    found, now = people.get_unit_by_uuid(unit), clock.now()
    done, title, explained = said
    typed, problems, general = (request.POST if request.method == "POST" else None), Problems(), []
    if typed is not None:
        decision = _decision(typed, problems) if is_decided else Decision(effective_on=date.min, legal_basis="")
        deed = read(typed, found, problems)
        if not problems and deed is not None:
            try:
                deed(decision, actor_of(request), now)
            except UnitUnfit as refusal:
                reason = str(refusal.facts.get("reason"))
                problems[_PLACES.get(reason, "other")] = word("unit-problem", reason)
            except Refusal as refusal:
                told = text_of(refusal)
                general = [" ".join(filter(None, (str(told.title), str(told.explanation))))]
            else:
                messages.success(request, done)
                return redirect("backoffice:unit", unit)
    today = now.astimezone(TEHRAN).date()
    fields = [*fields_of(typed, found, problems), *(_decision_fields(typed, today, problems) if is_decided else ())]
    values = {
        "unit": found,
        "name": found.name(get_language() or "fa"),
        "title": title,
        "explained": explained,
        "fields": fields,
        "error_summary": ErrorSummary.of(fields, general),
    }
    return render(request, "backoffice/organisation/change.html", values, status=422 if problems or general else 200)


def _decision(typed: QueryDict, problems: Problems) -> Decision:
    on = day(typed, "effective", problems)
    if on is None:
        problems.setdefault("effective", word("unit-problem", "no-day"))
    basis = line(typed, "legal_basis", 400)
    if not basis:
        problems["legal_basis"] = word("unit-problem", "legal-basis")
    return Decision(effective_on=on or date.min, legal_basis=basis)


def _decision_fields(typed: QueryDict | None, today: date, problems: Problems) -> Sequence[Field]:
    on: object = read_date(typed, "effective") if typed is not None else today
    basis = typed.get("legal_basis", "") if typed is not None else ""
    hint = _("For example the number and day of the decision of the Supreme Administrative Council.")
    return [
        Field("effective", "date", _("From which day on?"), "", on, errors(problems, "effective")),
        Field(
            "legal_basis",
            "text",
            _("By which law or decision?"),
            hint,
            basis,
            errors(problems, "legal_basis"),
            attributes={"maxlength": "300"},
        ),
    ]


def _unit_field(name: str, label: str, typed: QueryDict | None, problems: Problems, *, required: bool = True) -> Field:
    hint = _("Its code, or its name.")
    value = typed.get(name, "") if typed is not None else ""
    return Field(name, "text", label, hint, value, errors(problems, name), required, attributes={"maxlength": "200"})


def _named(text: str, field: str, problems: Problems) -> Unit | None:
    """Return the standing unit of a code or name, or None with what is wrong: none has it, or several do."""
    try:
        return people.get_unit(text)
    except PostUnknown:
        pass
    found = people.search_units(text)
    exact = [one for one in found if text in {one.name_fa, one.name_en}] or found
    if len(exact) == 1:
        return exact[0]
    if not exact:
        problems[field] = _("No unit has the code or name “%(text)s”.") % {"text": text} if text else _("Name a unit.")
    else:
        several = listed(*(f"{one.name_fa} ({one.code})" for one in exact[:6]))
        problems[field] = _("Several units are called so; write the code: %(units)s") % {"units": several}
    return None
