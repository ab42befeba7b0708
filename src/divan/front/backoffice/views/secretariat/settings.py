"""How the secretariats of a body work: its basic information, and who is cleared for what."""

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
from divan.registers.people.values import Post


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
