"""What letters are written with: templates, groups of recipients, and parties outside with the ways to reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    Channel,
    Correspondent,
    DraftText,
    Party,
    PartyKind,
    RecipientGroup,
    RecipientRole,
    Template,
    TemplateLines,
)
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_drafting import kinds_of, letter_uuid, text_fields
from divan.front.backoffice.letter_recipients import find_candidates, lines_of
from divan.front.backoffice.letter_words import read_words
from divan.front.texts.words import word
from divan.registers.people.values import Post

HEAD_LINES = ("unit_name", "phone", "address", "email")


@access(STAFF)
@require_safe
def furniture(request: HttpRequest) -> HttpResponse:
    """Show the templates and groups of the own unit and body, and the parties outside that fit the words."""
    post, looked_for = own_post(request), request.GET.get("q", "")[:100]
    values = {
        "templates": [(one, one.unit == post.unit.body_uuid) for one in queries.list_templates(post)],
        "groups": queries.list_groups(post.unit.body_uuid),
        "correspondents": [
            (one, word("letter-channel", one.channel)) for one in queries.search_correspondents(looked_for)
        ],
        "q": looked_for,
    }
    return render(request, "backoffice/letters/furniture.html", values)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, template: UUID | None = None) -> HttpResponse:
    """Write a template of the own unit or body, or end it; or say why not and keep what was typed.

    :raises TemplateUnknown: if there is no such template of unit or body.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_template(template, post) if template else None
    problem = ""
    if request.method == "POST":
        try:
            said = _write_template(request.POST, found, actor_of(request), now)
        except Refusal as refusal:
            problem = str(text_of(refusal))
        else:
            messages.success(request, said)
            return redirect("backoffice:letter-furniture")
    fields = _template_fields(post, found, request.POST if request.method == "POST" else None, problem)
    values = {"found": found, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/letters/template.html", values, status=422 if problem else 200)


def _write_template(sent: QueryDict, found: Template | None, actor: Actor, now: datetime) -> str:
    if found is not None and "end" in sent:
        actions.end_template(template=found.uuid, actor=actor, now=now)
        return _("The template is not offered any more.")
    body, _problem = read_words(sent, "body", kept=found.text.body_html if found else "")
    actions.write_template(
        template=found.uuid if found else None,
        for_body=sent.get("whose") == "body",
        name=sent.get("name", ""),
        kind=sent.get("kind", "letter"),
        text=DraftText(subject=sent.get("subject", ""), body_html=body),
        letterhead=TemplateLines(**{line: sent.get(line, "").strip()[:200] for line in HEAD_LINES}),
        copies=found.copies if found else (),
        actor=actor,
        now=now,
    )
    return _("The template was saved.")


def _template_fields(post: Post, found: Template | None, sent: QueryDict | None, problem: str) -> list[Field]:
    def said(name: str, kept: str) -> str:
        return sent.get(name, "") if sent is not None else kept

    whose = "body" if found is not None and found.unit == post.unit.body_uuid else "unit"
    html = found.text.body_html if found else ""
    if sent is not None:
        html, _problem = read_words(sent, "body", kept=html)
    kinds = [Option(code, text) for code, text in kinds_of(post, get_language() or "fa").items()]
    owners = [Option("unit", _("My unit")), Option("body", _("The whole body"))]
    subject, body = text_fields(
        DraftText(subject=said("subject", found.text.subject if found else ""), body_html=html), problems={}
    )
    name, kind = said("name", found.name if found else ""), said("kind", found.kind if found else "letter")
    return [
        Field("name", "text", _("Name of the template"), "", name, [problem] if problem else []),
        Field("whose", "choice", _("Who uses it?"), "", said("whose", whose), options=owners),
        Field("kind", "select", _("Kind of letter"), "", kind, options=kinds),
        Field("subject", "text", subject.label, "", subject.value, required=False, attributes=subject.attributes),
        body,
        *_letterhead_fields(found.letterhead if found else TemplateLines(), sent),
    ]


def _letterhead_fields(kept: TemplateLines, sent: QueryDict | None) -> list[Field]:
    labels = (_("Unit as the letterhead names it"), _("Telephone"), _("Address"), _("E-mail"))
    return [
        Field(
            line,
            "text",
            label,
            "",
            sent.get(line, "") if sent is not None else getattr(kept, line),
            required=False,
        )
        for line, label in zip(HEAD_LINES, labels, strict=True)
    ]


@access(STAFF)
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group: UUID | None = None) -> HttpResponse:
    """Write a group of recipients of the own body: its name, whom it has, and who is added or taken off.

    :raises GroupUnknown: if the body has no such group.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_group(group, post) if group else None
    sent = request.POST if request.method == "POST" else request.GET
    problem = ""
    if request.method == "POST" and "look" not in sent:
        try:
            kept = _write_group(request.POST, found, post, actor_of(request), now)
        except Refusal as refusal:
            problem = str(text_of(refusal))
        else:
            return redirect("backoffice:letter-group", kept) if kept else redirect("backoffice:letter-furniture")
    looked_for = sent.get("q", "")[:100]
    name = sent.get("name", found.name if found else "")
    field = Field("name", "text", _("Name of the group"), "", name, [problem] if problem else [])
    values = {
        "found": found,
        "field": field,
        "q": looked_for,
        "candidates": [
            one for one in find_candidates(looked_for, post, now, language) if not one.key.startswith("group:")
        ],
        "error_summary": ErrorSummary.of([field]),
    }
    return render(request, "backoffice/letters/group.html", values, status=422 if problem else 200)


def _write_group(sent: QueryDict, found: RecipientGroup | None, post: Post, actor: Actor, now: datetime) -> UUID | None:
    """Write or end a group; return the one that stands now."""
    if found is not None and "end" in sent:
        actions.end_group(group=found.uuid, actor=actor, now=now)
        return None
    off = set(sent.getlist("off"))
    members = [one for at, one in enumerate(found.members if found else ()) if str(at) not in off]
    members += [line.party for line in lines_of(sent.getlist("chosen"), RecipientRole.MAIN, post, now)]
    return actions.write_group(
        group=found.uuid if found else None, name=sent.get("name", ""), members=members, actor=actor, now=now
    )


@access(STAFF)
@require_http_methods(["GET", "POST"])
def correspondent(request: HttpRequest, correspondent: UUID | None = None) -> HttpResponse:
    """Enter somebody outside with the ways by which letters reach them, or close the entry with its successor.

    :raises CorrespondentUnknown: if nobody such is entered.
    """
    now = clock.now()
    own_post(request)
    found = queries.get_correspondent(correspondent) if correspondent else None
    problem, part = "", ""
    if request.method == "POST":
        try:
            said = _write_correspondent(request.POST, found, actor_of(request), now)
        except Refusal as refusal:
            problem, part = str(text_of(refusal)), str(refusal.facts.get("reason", "name"))
        else:
            messages.success(request, said)
            return redirect("backoffice:letter-furniture")
    sent = request.POST if request.method == "POST" else None
    fields = _correspondent_fields(found, sent, problem, part)
    values = {
        "found": found,
        "fields": fields,
        "successors": [one for one in queries.search_correspondents("") if found and one.uuid != found.uuid],
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/letters/correspondent.html", values, status=422 if problem else 200)


def ways() -> list[Channel]:
    """Return the ways by which letters leave for somebody outside."""
    return [way for way in Channel if way.sends and way is not Channel.INTERNAL]


def _write_correspondent(sent: QueryDict, found: Correspondent | None, actor: Actor, now: datetime) -> str:
    if found is not None and "close" in sent:
        heir = letter_uuid(sent.get("successor", ""))
        actions.close_correspondent(correspondent=found.uuid, successor=heir, actor=actor, now=now)
        return _("No more letters are written to them.")
    actions.write_correspondent(
        correspondent=found.uuid if found else None,
        kind=sent.get("kind", ""),
        party=Party(
            kind=PartyKind.OUTSIDE,
            organization=sent.get("organization", ""),
            department=sent.get("department", ""),
            title=sent.get("title", ""),
            name=sent.get("name", ""),
            code=sent.get("code", ""),
        ),
        legal_id=sent.get("legal_id", ""),
        channel=sent.get("channel", ""),
        addresses={way.value: sent.get(f"way-{way.value}", "") for way in ways()},
        actor=actor,
        now=now,
    )
    return _("The entry was saved.")


def _correspondent_fields(found: Correspondent | None, sent: QueryDict | None, problem: str, part: str) -> list[Field]:
    def said(name: str, kept: str) -> str:
        return sent.get(name, "") if sent is not None else kept

    def errors(*parts: str) -> list[str]:
        return [problem] if problem and part in parts else []

    kinds = [Option(kind, word("correspondent-kind", kind)) for kind in ("organization", "firm", "person")]
    channels = [Option(way.value, word("letter-channel", way)) for way in ways()]
    kind = said("kind", found.kind if found else "organization")
    channel = said("channel", found.channel if found else Channel.POST)
    reached = _("How do letters reach them?")
    return [
        Field("kind", "choice", _("What are they?"), "", kind, errors("kind"), options=kinds),
        *_name_fields(found, said, errors("name")),
        Field("channel", "select", reached, "", channel, errors("channel", "address"), options=channels),
        *_way_fields(found.addresses if found else {}, said),
    ]


def _name_fields(found: Correspondent | None, said: Callable[[str, str], str], errors: list[str]) -> list[Field]:
    party = found.party if found else Party(kind=PartyKind.OUTSIDE)
    names = (
        ("organization", "text", _("Organization"), party.organization),
        ("department", "text", _("Department"), party.department),
        ("title", "text", _("Title"), party.title),
        ("name", "text", _("Name of the person"), party.name),
        ("legal_id", "identifier", _("National id of the organization"), found.legal_id if found else ""),
        ("code", "code", _("Their code in exchanged letters"), party.code),
    )
    return [
        Field(name, kind, label, "", said(name, kept), errors if name == "organization" else [], required=False)
        for name, kind, label, kept in names
    ]


def _way_fields(kept: Mapping[str, str], said: Callable[[str, str], str]) -> list[Field]:
    carried = {Channel.BY_HAND, Channel.COURIER}
    return [
        Field(
            f"way-{way.value}",
            "text",
            word("channel-address", way),
            "",
            said(f"way-{way.value}", kept.get(way.value, "")),
            required=False,
        )
        for way in ways()
        if way not in carried
    ]
