"""Permits that the own body gave: the list, one of them, and the beginning of its revocation."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Permit, PermitUnknown
from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Problem
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import PERMITS, own_post
from divan.front.texts.words import TONES, word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceUnknown
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.models.endings import EntryKind

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A revocation that the visitor may begin."""

    code: str
    title: str
    lead: str


@access(PERMITS)
@require_safe
def permits(request: HttpRequest) -> HttpResponse:
    """List the permits that the own body gave, newest first, or those whose number begins as typed.

    :raises PermitUnknown: if the page after a permit is asked for that there is not.
    """
    post, language = own_post(request), get_language() or "fa"
    number, after = request.GET.get("number", "").strip()[:40], _identifier(request.GET.get("after", ""))
    found = queries.list_permits_of_body(post.unit.body_code, number=number, after=after, limit=PAGE + 1)
    shown, has_more = found[:PAGE], len(found) > PAGE
    holders = people.find_persons({one.holder for one in shown})
    titles = {one.code: one.title for one in catalogue.list_services(language=language, inside=True)} if shown else {}
    lines = [
        {
            "permit": one,
            "holder": holders[one.holder].full_name,
            "service": titles.get(one.service_code, one.service_code),
            "state": word("held-permit", one.state),
            "tone": TONES.get(one.state, ""),
        }
        for one in shown
    ]
    values = {
        "lines": lines,
        "number": number,
        "body": people.get_unit(post.unit.body_code).name(language),
        "after": shown[-1].uuid if has_more else "",
        "is_first": after is None,
    }
    return render(request, "backoffice/issued_permits.html", values)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError as wrong:
        raise PermitUnknown from wrong


@access(PERMITS)
@require_http_methods(["GET", "POST"])
def permit(request: HttpRequest, permit: UUID) -> HttpResponse:
    """Show a permit of the own body; begin its revocation, or say why that cannot be.

    :raises PermitUnknown: if there is none, or another body gave it: the two are not told apart.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found, package = _of_own_body(permit, post)
    problem = ""
    if request.method == "POST":
        try:
            case = actions.begin_revocation(
                permit=permit, entry=request.POST.get("entry", ""), actor=actor_of(request), now=now
            )
        except Refusal as refusal:
            problem = str(text_of(refusal))
        else:
            messages.success(request, _("The revocation began as case %(number)s.") % {"number": case.number})
            return redirect("backoffice:issued-permit", permit)
    granting = queries.get_case(found.case)
    values = {
        "permit": found,
        "title": package.text("card.title", language),
        "state": word("held-permit", found.state),
        "tone": TONES.get(found.state, ""),
        "holder": people.get_person(found.holder).full_name,
        "granting": granting,
        "may_open": queries.may_see_case(post, granting),
        "revocations": _revocations(found, package, post, language) if found.state == "in-force" else [],
        "error_summary": ErrorSummary((Problem(problem),)) if problem else None,
        "now": now,
    }
    return render(request, "backoffice/issued_permit.html", values, status=422 if problem else 200)


def _of_own_body(permit: UUID, post: Post) -> tuple[Permit, Package]:
    found = queries.get_permit(permit)
    granting = queries.get_package_of(queries.get_case(found.case))
    if granting.card.provider.body != post.unit.body_code:
        raise PermitUnknown
    try:
        return found, catalogue.get_package(catalogue.get_current_version(found.service_code).uuid)
    except ServiceUnknown:
        # A service that is no longer offered still has its permits.
        return found, granting


def _revocations(permit: Permit, package: Package, post: Post, language: str) -> list[Revocation]:
    granting = queries.get_case(permit.case)
    offered = []
    for entry in package.flow.entries:
        if entry.kind is not EntryKind.REVOCATION or entry.by is None:
            continue
        who = queries.responsible_post(granting, package, entry.by, clock.now())
        if who is not None and who.uuid == post.uuid:
            title = package.text(f"entries.{entry.code}.title", language)
            lead = package.find_text(f"entries.{entry.code}.lead", language) or ""
            offered.append(Revocation(code=entry.code, title=title, lead=lead))
    return offered
