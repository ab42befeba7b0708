"""Registers (دفتر اندیکاتور): their lines by year, reserved numbers, the proof of no gap, and the report of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import Letter, Register, RegisterUnknown, RegisterYear, Secretariat
from divan.foundation import clock
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits
from divan.front.backoffice.duties import IN_CHARGE, KEEPERS, own_post
from divan.front.backoffice.secretariat.books import (
    example,
    first_typed,
    read_formula,
    read_takes,
    register_fields,
    typed_of,
)
from divan.front.backoffice.secretariat.reading import Problems, errors, identifier, line, reason_field, whole
from divan.front.backoffice.secretariat.sections import sections_of
from divan.front.texts.words import TONES, word
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN, jalali_year


@access(KEEPERS)
@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """List the registers of the own secretariats, each with an example of its numbers and how far it has counted."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    kept = {one.uuid: one for one in queries.secretariats_kept_by(post)}
    year = jalali_year(now)
    lines = []
    for register in queries.list_every_register(kept):
        secretariat = kept[register.secretariat] if register.secretariat else None
        years = {one.year: one for one in queries.list_years(register.code)}
        lines.append(
            {
                "register": register,
                "name": register.name(language),
                "secretariat": secretariat.name(language) if secretariat else "",
                "takes": [word("direction", one) for one in register.takes],
                "example": example(register.formula, secretariat, register.code, year) if secretariat else "",
                "last": years[year].last if year in years else 0,
            }
        )
    values = {
        "sections": sections_of(post, now, "registers"),
        "lines": lines,
        "year": year,
        "may_open": queries.heads_body(post),
        "has_service_register": queries.has_register(post.unit.body_code),
    }
    return render(request, "backoffice/secretariat/registers.html", values)


def own_book(post: Post, code: str) -> tuple[Register, Secretariat]:
    """Return a register of a secretariat that the post keeps.

    :raises RegisterUnknown: if there is none, or it is not the post's: the two are not told apart.
    """
    found = queries.get_register(code)
    for one in queries.secretariats_kept_by(post):
        if one.uuid == found.secretariat:
            return found, one
    raise RegisterUnknown(code=code)


@access(KEEPERS)
@require_safe
def register(request: HttpRequest, code: str) -> HttpResponse:
    """Show a register's lines of a Jalali year, newest first, with the proof that no number is missing."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found, secretariat = own_book(post, code)
    years = queries.list_years(code)
    year = whole(request.GET.get("year", ""), most=9999) or (years[0].year if years else jalali_year(now))
    before = whole(request.GET.get("before", ""), most=9_999_999)
    lines = queries.list_lines(code, post, now, year=year, before=before)
    address = reverse("backoffice:book", args=[code])
    values = {
        "register": found,
        "name": found.name(language),
        "secretariat": secretariat.name(language),
        "year": year,
        "years": [Link(f"{address}?year={one.year}", digits(one.year), current=one.year == year) for one in years],
        "closed_at": next((one.closed_at for one in years if one.year == year), None),
        "lines": [_line(count, letter) for count, letter in lines],
        "proof": queries.prove_register(code, year),
        "reserved": queries.list_reserved(code, year=year),
        "reserve_fields": _reserve_fields({}, {}),
        "void_reason": reason_field({}, name="reason"),
        "next_url": f"{address}?year={year}&before={lines[-1][0]}" if len(lines) == queries.PAGE else "",
        "is_first": before is None,
        "in_charge": queries.heads_body(post),
        "may_begin": _may_begin(post, found, years, now),
        "this_year": jalali_year(now),
        "begin_reason": reason_field({}, name="begin_reason"),
        "may_end": queries.heads_body(post) and year < jalali_year(now) and bool(years),
        "today": now.astimezone(TEHRAN).date().isoformat(),
    }
    return render(request, "backoffice/secretariat/book.html", values)


def _may_begin(post: Post, found: Register, years: Sequence[RegisterYear], now: datetime) -> bool:
    """Whether the running year of a register waits to be begun by hand, by this post."""
    has_begun = any(one.year == jalali_year(now) for one in years)
    return queries.heads_body(post) and found.closed_at is None and not has_begun


def _line(count: int, letter: Letter | None) -> dict[str, object]:
    if letter is None:
        return {"count": count, "letter": None}
    return {
        "count": count,
        "letter": letter,
        "state": word("letter-state", letter.state),
        "tone": TONES.get(letter.state, ""),
        "party": str(letter.sender) if letter.sender else letter.recipient,
    }


def _reserve_fields(typed: dict[str, str], problems: Problems) -> list[Field]:
    many = typed.get("many", "1")
    return [
        Field("many", "number", _("How many?"), _("Between 1 and 100."), many, errors(problems, "many")),
        reason_field(problems, typed.get("reason", "")),
    ]


@access(KEEPERS)
@require_POST
def reserve(request: HttpRequest, code: str) -> HttpResponse:
    """Reserve the next numbers of a register.

    :raises RegisterUnknown, RegisterClosed, CountUnfit, ReasonNeeded: and nothing was reserved.
    """
    own_book(own_post(request), code)
    many, reason = whole(request.POST.get("many", ""), most=9999) or 0, line(request.POST, "reason", 500)
    made = actions.reserve_numbers(register=code, many=many, reason=reason, actor=actor_of(request), now=clock.now())
    said = ngettext(
        "%(count)s number was reserved: %(first)s", "%(count)s numbers were reserved, from %(first)s on.", many
    )
    messages.success(request, said % {"count": digits(many), "first": digits(made[0].count)})
    return redirect("backoffice:book", code)


@access(KEEPERS)
@require_POST
def void(request: HttpRequest, code: str, reserved: UUID) -> HttpResponse:
    """Give a reserved number up.

    :raises RegisterUnknown, NumberUnfit, ReasonNeeded: and nothing was changed.
    """
    own_book(own_post(request), code)
    if reserved not in {one.uuid for one in queries.list_reserved(code)}:
        raise RegisterUnknown(code=code)
    reason = line(request.POST, "reason", 500)
    actions.void_number(reserved=reserved, reason=reason, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The number was given up; it stands in the register as void."))
    return redirect("backoffice:book", code)


@access(IN_CHARGE)
@require_POST
def begin_year(request: HttpRequest, code: str) -> HttpResponse:
    """Begin the running year of a register by hand, and show the proof of the year before.

    :raises RegisterUnknown, RegisterClosed, YearBegun, ReasonNeeded: and nothing was changed.
    """
    own_book(own_post(request), code)
    reason, now = line(request.POST, "begin_reason", 500), clock.now()
    proof = actions.begin_year(register=code, reason=reason, actor=actor_of(request), now=now)
    year = digits(jalali_year(now))
    messages.success(request, _("The year %(year)s was begun; its first number is 1.") % {"year": year})
    return redirect("backoffice:book-proof", code, proof.year) if proof else redirect("backoffice:book", code)


@access(IN_CHARGE)
@require_POST
def end_year(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Close a past year of a register.

    :raises RegisterUnknown, YearRuns, YearClosed, NumberUnfit, ReasonNeeded: and nothing was changed.
    """
    own_book(own_post(request), code)
    reason = line(request.POST, "reason", 500)
    actions.end_year(register=code, year=year, reason=reason, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The year was closed; nothing is registered in it any more."))
    return redirect(f"{reverse('backoffice:book', args=[code])}?year={year}")


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change the names of a register, what it takes, and how its next numbers are written."""
    post, now = own_post(request), clock.now()
    found, secretariat = own_book(post, code)
    said, takes = typed_of(found)
    problems: Problems = {}
    shown = example(found.formula, secretariat, code, jalali_year(now))
    if request.method == "POST":
        formula, directions = read_formula(request.POST, problems), read_takes(request.POST, problems)
        reason = line(request.POST, "reason", 500)
        _require_words(request, problems)
        shown = example(formula, secretariat, code, jalali_year(now))
        if not problems and "show" not in request.POST:
            actions.change_register(
                register=code,
                formula=formula,
                takes=directions,
                name_fa=line(request.POST, "name_fa"),
                name_en=line(request.POST, "name_en"),
                reason=reason,
                actor=actor_of(request),
                now=now,
            )
            messages.success(request, _("The register was changed; its next numbers are written so."))
            return redirect("backoffice:book", code)
    typed = request.POST if request.method == "POST" else said
    chosen = request.POST.getlist("takes") if request.method == "POST" else takes
    fields = [*register_fields(typed, problems, chosen), reason_field(problems, typed.get("reason", ""))]
    values = {
        "register": found,
        "name": found.name(get_language() or "fa"),
        "fields": fields,
        "example": shown,
        "error_summary": ErrorSummary.of(fields) if "show" not in request.POST else None,
    }
    return render(request, "backoffice/secretariat/change_book.html", values, status=422 if problems else 200)


def _require_words(request: HttpRequest, problems: Problems) -> None:
    if "show" in request.POST:
        return
    if not line(request.POST, "name_fa"):
        problems["name_fa"] = _("Write the name.")
    if not line(request.POST, "reason"):
        problems["reason"] = _("Write why.")


@access(IN_CHARGE)
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    """Close a register.

    :raises RegisterUnknown, RegisterClosed, NumberUnfit, ReasonNeeded: and nothing was changed.
    """
    own_book(own_post(request), code)
    reason = line(request.POST, "reason", 500)
    actions.close_register(register=code, reason=reason, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The register was closed."))
    return redirect("backoffice:registers")


def _name_problems(sent: QueryDict, code: str) -> Problems:
    problems: Problems = {}
    if not code or not code.replace("-", "").isalnum() or not code.isascii() or queries.is_code_taken(code):
        problems["code"] = _("Choose another code: small Latin letters, digits and hyphens.")
    if not line(sent, "name_fa"):
        problems["name_fa"] = _("Write the name.")
    return problems


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a register of a secretariat, after showing what its numbers look like."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    kept = queries.secretariats_kept_by(post)
    wanted = identifier(request.POST.get("secretariat", ""))
    secretariat = next((one for one in kept if one.uuid == wanted), kept[0] if kept else None)
    if secretariat is None:
        raise NotAllowed
    problems, shown = Problems(), ""
    said, takes = first_typed()
    code = line(request.POST, "code", 20).lower()
    if request.method == "POST":
        formula, directions = read_formula(request.POST, problems), read_takes(request.POST, problems)
        problems |= _name_problems(request.POST, code)
        shown = example(formula, secretariat, code, jalali_year(now))
        if not problems and "show" not in request.POST:
            actions.add_register(
                secretariat=secretariat.uuid,
                code=code,
                takes=directions,
                formula=formula,
                name_fa=line(request.POST, "name_fa"),
                name_en=line(request.POST, "name_en"),
                actor=actor_of(request),
                now=now,
            )
            messages.success(request, _("The register was opened."))
            return redirect("backoffice:book", code)
    typed = request.POST if request.method == "POST" else said
    chosen = request.POST.getlist("takes") if request.method == "POST" else takes
    fields = [
        Field("code", "code", _("Code"), "", code, errors(problems, "code")),
        *register_fields(typed, problems, chosen),
    ]
    values = {
        "fields": fields,
        "secretariats": [(one.uuid, one.name(language)) for one in kept],
        "chosen": secretariat.uuid,
        "example": shown,
        "error_summary": ErrorSummary.of(fields) if problems and "show" not in request.POST else None,
    }
    return render(request, "backoffice/secretariat/new_book.html", values, status=422 if problems else 200)
