"""How the secretariats of a body work: its basic information, who is cleared for what, and the secretariats."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    CodeTaken,
    Secrecy,
    Secretariat,
    SecretariatUnknown,
    TermCategory,
    TermUnknown,
)
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.frame import Link
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import IN_CHARGE, KEEPERS, own_post
from divan.front.backoffice.secretariat.reading import Problems, errors, identifier, line, one_of, reason_field
from divan.front.backoffice.secretariat.sections import sections_of
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.registers.people.values import Post, Unit


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def terms(request: HttpRequest) -> HttpResponse:
    """Show the words of a category of the own body's basic information, and add or change one."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    body = post.unit.body_uuid
    category = _category(request.GET.get("category", ""))
    address = reverse("backoffice:terms")
    problems: Problems = {}
    if request.method == "POST":
        category = _category(request.POST.get("category", ""))
        problems = _write_term(request, body, category)
        if not problems:
            messages.success(request, _("The word was written."))
            return redirect(f"{address}?category={category}")
    fields = _term_fields(request, body, category, problems)
    links = [
        Link(f"{address}?category={one}", word("term-category", one), current=one is category) for one in TermCategory
    ]
    values = {
        "sections": sections_of(post, now, "terms"),
        "categories": links,
        "category": category,
        "title": word("term-category", category),
        "terms": [(one.code, one.text_fa, one.text_en) for one in queries.list_terms(body, category)],
        "language": language,
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/terms.html", values, status=422 if problems else 200)


def _write_term(request: HttpRequest, body: UUID, category: TermCategory) -> Problems:
    """Write the word that was sent; return what is wrong with it, or nothing when it stands."""
    problems: Problems = {}
    code, fa = line(request.POST, "code", 40), line(request.POST, "text_fa")
    if not fa:
        problems["text_fa"] = _("Write the word in Persian.")
    if not code:
        problems["code"] = _("Write a code.")
    if problems:
        return problems
    en, actor = line(request.POST, "text_en"), actor_of(request)
    try:
        actions.write_term(
            body=body, category=category, code=code, text_fa=fa, text_en=en, actor=actor, now=clock.now()
        )
    except CodeTaken as refusal:
        problems["code"] = str(text_of(refusal))
    return problems


def _term_fields(request: HttpRequest, body: UUID, category: TermCategory, problems: Problems) -> list[Field]:
    known = queries.find_term(body, category, request.GET.get("code", ""))
    typed = request.POST if request.method == "POST" else {}
    return [
        Field(
            "code",
            "code",
            _("Code"),
            _("Small Latin letters, digits and hyphens; the code of a word that stands there changes it."),
            typed.get("code", known.code if known else ""),
            errors(problems, "code"),
        ),
        Field(
            "text_fa",
            "text",
            _("Word in Persian"),
            "",
            typed.get("text_fa", known.text_fa if known else ""),
            errors(problems, "text_fa"),
        ),
        Field(
            "text_en", "text", _("Word in English"), "", typed.get("text_en", known.text_en if known else ""), (), False
        ),
    ]


def _category(typed: str) -> TermCategory:
    return TermCategory(typed) if typed in set(TermCategory) else TermCategory.LETTER_KIND


@access(KEEPERS)
@require_POST
def end_term(request: HttpRequest) -> HttpResponse:
    """End a word of the own body's basic information.

    :raises TermUnknown: if the body has no such word.
    """
    category = _category(request.POST.get("category", ""))
    code = line(request.POST, "code", 40)
    if queries.find_term(own_post(request).unit.body_uuid, category, code) is None:
        raise TermUnknown
    body = own_post(request).unit.body_uuid
    actions.end_term(body=body, category=category, code=code, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The word is not offered any more; letters that bear it keep it."))
    return redirect(f"{reverse('backoffice:terms')}?category={category}")


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def clearances(request: HttpRequest) -> HttpResponse:
    """Show which class of secrecy each post of the own body reads, and grant or take a clearance with a reason.

    Nobody grants above the own clearance, nor to the own post: that a superior body does.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    posts = {one.uuid: one for one in people.list_posts_of_body(post.unit.body_code)}
    own = queries.clearance_of(post.uuid, now)
    problems: Problems = {}
    if request.method == "POST":
        chosen = identifier(request.POST.get("post", ""))
        classes = [Option(one, "") for one in own.readable]
        secrecy = one_of(request.POST.get("secrecy", ""), classes)
        reason = line(request.POST, "reason", 500)
        if chosen not in posts or chosen == post.uuid:
            problems["post"] = _("Choose a post of your body that is not your own.")
        elif queries.clearance_of(posts[chosen].uuid, now).rank > own.rank:
            problems["post"] = _("This post is cleared for more than yours; a superior body decides of it.")
        if not secrecy:
            problems["secrecy"] = _("Choose a class up to your own clearance.")
        if not reason:
            problems["reason"] = _("Write why.")
        if not problems and chosen is not None:
            actions.grant_clearance(
                post=chosen, secrecy=Secrecy(secrecy), reason=reason, actor=actor_of(request), now=now
            )
            messages.success(request, _("The clearance was written down."))
            return redirect("backoffice:clearances")
    fields = _clearance_fields(request, list(posts.values()), post, own, language, problems)
    values = {
        "sections": sections_of(post, now, "clearances"),
        "lines": _clearance_lines(posts, language, now),
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/clearances.html", values, status=422 if problems else 200)


def _clearance_lines(posts: dict[UUID, Post], language: str, now: datetime) -> list[dict[str, object]]:
    holders = people.holders_of(posts, now)
    return [
        {
            "post": one.title(language),
            "unit": one.unit.name(language),
            "holder": holders[one.uuid].full_name if one.uuid in holders else _("vacant"),
            "secrecy": word("secrecy", queries.clearance_of(one.uuid, now)),
            "is_ordinary": queries.clearance_of(one.uuid, now) is Secrecy.ORDINARY,
        }
        for one in posts.values()
    ]


def _clearance_fields(
    request: HttpRequest, posts: list[Post], own: Post, highest: Secrecy, language: str, problems: Problems
) -> list[Field]:
    typed = request.POST
    options = [Option(str(one.uuid), one.title(language)) for one in posts if one.uuid != own.uuid]
    classes = [Option(one, word("secrecy", one)) for one in highest.readable]
    hint = _("The ordinary class takes a clearance away.")
    return [
        Field("post", "select", _("Post"), "", typed.get("post", ""), errors(problems, "post"), options=options),
        Field(
            "secrecy",
            "select",
            _("Highest class it reads"),
            hint,
            typed.get("secrecy", ""),
            errors(problems, "secrecy"),
            options=classes,
        ),
        reason_field(problems, typed.get("reason", "")),
    ]


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def secretariats(request: HttpRequest) -> HttpResponse:
    """List the secretariats of the own body, and open one for a unit."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    body = people.find_units([post.unit.body_uuid])[post.unit.body_uuid]
    units = _units(post)
    problems: Problems = {}
    if request.method == "POST":
        chosen = identifier(request.POST.get("unit", ""))
        code, name = line(request.POST, "code", 20).lower(), line(request.POST, "name_fa")
        if chosen not in units:
            problems["unit"] = _("Choose a unit of your body that has no secretariat.")
        if not code or not code.replace("-", "").isalnum() or not code.isascii() or queries.is_code_taken(code):
            problems["code"] = _("Choose another code: small Latin letters, digits and hyphens.")
        if not name:
            problems["name_fa"] = _("Write the name.")
        if not problems and chosen is not None:
            actions.open_secretariat(
                body=body,
                unit=units[chosen],
                code=code,
                name_fa=name,
                name_en=line(request.POST, "name_en"),
                actor=actor_of(request),
                now=now,
            )
            messages.success(request, _("The secretariat was opened; open its registers next."))
            return redirect("backoffice:registers")
    fields = _secretariat_fields(request, units, language, problems)
    values = {
        "sections": sections_of(post, now, "secretariats"),
        "lines": [
            (one, one.name(language), people.find_units([one.unit_uuid])[one.unit_uuid].name(language))
            for one in queries.list_secretariats(post.unit.body_code)
        ],
        "fields": fields if units else [],
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/secretariats.html", values, status=422 if problems else 200)


def _units(post: Post) -> dict[UUID, Unit]:
    """Return the units of the own body that have posts and no secretariat of their own."""
    taken = {one.unit_uuid for one in queries.list_secretariats(post.unit.body_code)}
    posts = people.list_posts_of_body(post.unit.body_code)
    return {one.unit.uuid: one.unit for one in posts if one.unit.uuid not in taken}


def _secretariat_fields(
    request: HttpRequest, units: dict[UUID, Unit], language: str, problems: Problems
) -> list[Field]:
    typed = request.POST
    options = [Option(str(uuid), unit.name(language)) for uuid, unit in units.items()]
    return [
        Field("unit", "select", _("Unit"), "", typed.get("unit", ""), errors(problems, "unit"), options=options),
        Field("code", "code", _("Code"), "", typed.get("code", ""), errors(problems, "code")),
        Field("name_fa", "text", _("Name in Persian"), "", typed.get("name_fa", ""), errors(problems, "name_fa")),
        Field("name_en", "text", _("Name in English"), "", typed.get("name_en", ""), (), False),
    ]


@access(IN_CHARGE)
@require_http_methods(["GET", "POST"])
def secretariat(request: HttpRequest, secretariat: UUID) -> HttpResponse:
    """Change the name and address of a secretariat, and who may register there under an earlier day.

    :raises SecretariatUnknown: if it is of another body, or closed.
    """
    post = own_post(request)
    if not queries.keeps(post, secretariat):
        raise SecretariatUnknown
    found = queries.get_secretariat(secretariat)
    roles = sorted({one.role for one in people.list_posts_of_body(post.unit.body_code)})
    problems: Problems = {}
    if request.method == "POST":
        problems = _change(request, found, roles)
        if not problems:
            messages.success(request, _("The secretariat was changed."))
            return redirect("backoffice:secretariats")
    fields = _change_fields(request, post, found, problems)
    values = {
        "secretariat": found,
        "fields": fields,
        "closing": [reason_field({}, label=_("Why is it closed?"))],
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/secretariat/secretariat.html", values, status=422 if problems else 200)


def _change(request: HttpRequest, found: Secretariat, roles: list[str]) -> Problems:
    """Change a secretariat as was sent; return what is wrong with it, or nothing when it is done."""
    if not line(request.POST, "name_fa"):
        return {"name_fa": _("Write the name.")}
    chosen = [one for one in roles if one in request.POST.getlist("backdating")]
    try:
        actions.change_secretariat(
            secretariat=found.uuid,
            name_fa=line(request.POST, "name_fa"),
            name_en=line(request.POST, "name_en"),
            ece_address=line(request.POST, "ece_address"),
            settings={**found.settings, "backdating": chosen},
            actor=actor_of(request),
            now=clock.now(),
        )
    except CodeTaken as refusal:
        return {"ece_address": str(text_of(refusal))}
    return {}


def _change_fields(request: HttpRequest, post: Post, found: Secretariat, problems: Problems) -> list[Field]:
    typed = request.POST if request.method == "POST" else {}
    may = request.POST.getlist("backdating") if request.method == "POST" else sorted(queries.backdating_roles(found))
    titles = {one.role: one.title(get_language() or "fa") for one in people.list_posts_of_body(post.unit.body_code)}
    return [
        Field(
            "name_fa",
            "text",
            _("Name in Persian"),
            "",
            typed.get("name_fa", found.name_fa),
            errors(problems, "name_fa"),
        ),
        Field("name_en", "text", _("Name in English"), "", typed.get("name_en", found.name_en), (), False),
        Field(
            "ece_address",
            "email",
            _("E-mail address of the letter exchange"),
            "",
            typed.get("ece_address", found.ece_address),
            errors(problems, "ece_address"),
            required=False,
        ),
        Field(
            "backdating",
            "choices",
            _("Who may register under an earlier day?"),
            "",
            may,
            (),
            False,
            options=[Option(one, titles[one]) for one in sorted(titles)],
        ),
    ]


@access(IN_CHARGE)
@require_POST
def close(request: HttpRequest, secretariat: UUID) -> HttpResponse:
    """Close a secretariat of a unit, with its registers.

    :raises SecretariatUnknown, SecretariatBusy, NumberUnfit, ReasonNeeded: and nothing was changed.
    """
    if not queries.keeps(own_post(request), secretariat):
        raise SecretariatUnknown
    reason = line(request.POST, "reason", 500)
    actions.close_secretariat(secretariat=secretariat, reason=reason, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The secretariat was closed, and its registers with it."))
    return redirect("backoffice:secretariats")
