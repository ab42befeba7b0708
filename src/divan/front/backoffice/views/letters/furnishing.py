"""What letters are written with: templates, groups of recipients, and parties outside with the ways to reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
    FurnishingNotAllowed,
    Party,
    PartyKind,
    RecipientGroup,
    RecipientLine,
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
from divan.front.backoffice.letter_drafting import LONGEST_COPY_TEXT, kinds_of, letter_uuid, text_fields
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
        "may_furnish": queries.may_furnish(post),
    }
    return render(request, "backoffice/letters/furniture.html", values)


def _furnisher(request: HttpRequest) -> Post:
    """Return the own post, if it writes templates, groups and entries of outside.

    :raises FurnishingNotAllowed: if it does not.
    """
    post = own_post(request)
    if not queries.may_furnish(post):
        raise FurnishingNotAllowed
    return post


@access(STAFF)
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, template: UUID | None = None) -> HttpResponse:
    """Write a template of the own unit or body, or end it; or say why not and keep what was typed.

    :raises FurnishingNotAllowed: if the post writes none.
    :raises TemplateUnknown: if there is no such template of unit or body.
    """
    post, now = _furnisher(request), clock.now()
    found = queries.get_template(template, post) if template else None
    problem = ""
    if request.method == "POST":
        try:
            written = _write_template(request.POST, found, actor_of(request), now)
        except Refusal as refusal:
            problem = str(text_of(refusal))
        else:
            if written is not None and request.POST.get("then") == "recipients":
                return redirect("backoffice:letter-template-recipients", written)
            ended = _("The template is not offered any more.")
            messages.success(request, _("The template was saved.") if written else ended)
            return redirect("backoffice:letter-furniture")
    fields = _template_fields(post, found, request.POST if request.method == "POST" else None, problem)
    rows = [(str(one.party), _line_fields(at, one)) for at, one in enumerate(found.recipients if found else ())]
    values = {"found": found, "fields": fields, "rows": rows, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/letters/template.html", values, status=422 if problem else 200)


def _write_template(sent: QueryDict, found: Template | None, actor: Actor, now: datetime) -> UUID | None:
    """Write or end a template; return the one that stands now."""
    if found is not None and "end" in sent:
        actions.end_template(template=found.uuid, actor=actor, now=now)
        return None
    body, _problem = read_words(sent, "body", kept=found.text.body_html if found else "")
    return actions.write_template(
        template=found.uuid if found else None,
        for_body=sent.get("whose") == "body",
        name=sent.get("name", ""),
        kind=sent.get("kind", "letter"),
        text=DraftText(subject=sent.get("subject", ""), body_html=body),
        letterhead=TemplateLines(**{line: sent.get(line, "").strip()[:200] for line in HEAD_LINES}),
        recipients=_read_lines(sent, found.recipients if found else ()),
        actor=actor,
        now=now,
    )


def _line_fields(at: int, one: RecipientLine) -> list[Field]:
    roles = [Option(str(role), word("recipient-role", role)) for role in RecipientRole]
    marks = [Option("hidden", _("Not printed")), Option("remove", _("Take off"))]
    given = ["hidden"] if one.hidden else []
    longest = {"maxlength": str(LONGEST_COPY_TEXT)}
    return [
        Field(f"r-{at}-role", "select", _("Gets"), "", str(one.role), options=roles),
        Field(f"r-{at}-text", "text", _("What the copy is for"), "", one.text, required=False, attributes=longest),
        Field(f"r-{at}-marks", "choices", _("More"), "", given, required=False, options=marks),
    ]


def _read_lines(sent: QueryDict, kept: Sequence[RecipientLine]) -> list[RecipientLine]:
    """Return the recipients of a template as they were typed, without those taken off."""
    lines = []
    for at, one in enumerate(kept):
        marks = set(sent.getlist(f"r-{at}-marks"))
        if f"r-{at}-role" not in sent:
            lines.append(one)
        elif "remove" not in marks:
            is_copy = sent.get(f"r-{at}-role") == RecipientRole.COPY
            role = RecipientRole.COPY if is_copy else RecipientRole.MAIN
            text = sent.get(f"r-{at}-text", "").strip()[:LONGEST_COPY_TEXT]
            lines.append(replace(one, role=role, text=text, hidden="hidden" in marks))
    return lines


@access(STAFF)
@require_http_methods(["GET", "POST"])
def template_recipients(request: HttpRequest, template: UUID) -> HttpResponse:
    """Look for somebody to whom letters of a template go, or who gets copies of them, and add them.

    :raises FurnishingNotAllowed: if the post writes none.
    :raises TemplateUnknown: if there is no such template of unit or body.
    """
    post, now, language = _furnisher(request), clock.now(), get_language() or "fa"
    found = queries.get_template(template, post)
    looked_for = (request.POST if request.method == "POST" else request.GET).get("q", "")[:100]
    if request.method == "POST":
        role = RecipientRole.MAIN if request.POST.get("role") == RecipientRole.MAIN else RecipientRole.COPY
        known = {one.party for one in found.recipients}
        lines = [one for one in lines_of(request.POST.getlist("chosen"), role, post, now) if one.party not in known]
        _add_lines(found, post, lines, actor_of(request), now)
        return redirect("backoffice:letter-template", template)
    roles = [Option(str(role), word("recipient-role", role)) for role in (RecipientRole.COPY, RecipientRole.MAIN)]
    values = {
        "found": found,
        "q": looked_for,
        "candidates": find_candidates(looked_for, post, now, language),
        "role": Field("role", "choice", _("What do they get?"), "", str(RecipientRole.COPY), options=roles),
    }
    return render(request, "backoffice/letters/template_recipients.html", values)


def _add_lines(found: Template, post: Post, lines: list[RecipientLine], actor: Actor, now: datetime) -> None:
    actions.write_template(
        template=found.uuid,
        for_body=found.unit == post.unit.body_uuid,
        name=found.name,
        kind=found.kind,
        text=found.text,
        letterhead=found.letterhead,
        recipients=[*found.recipients, *lines],
        actor=actor,
        now=now,
    )


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
    labels = (_("Unit as the letterhead names it"), _("Telephone number of the unit"), _("Address"), _("E-mail"))
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

    :raises FurnishingNotAllowed: if the post writes none.
    :raises GroupUnknown: if the body has no such group.
    """
    post, now, language = _furnisher(request), clock.now(), get_language() or "fa"
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

    :raises FurnishingNotAllowed: if the post enters nobody.
    :raises CorrespondentUnknown: if nobody such is entered.
    """
    now = clock.now()
    _furnisher(request)
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
    hints = {
        Channel.EXCHANGE: _(
            "Their subsystem and, after #, the code of the secretariat there, such as HM/GOV/governor-office/divan#20."
        ),
        Channel.ECE: _("The mail address at which their secretariat takes letters of ECE."),
        Channel.FOLDER: _("The name under which the people who run this system entered the product."),
    }
    return [
        Field(
            f"way-{way.value}",
            "text",
            word("channel-address", way),
            hints.get(way, ""),
            said(f"way-{way.value}", kept.get(way.value, "")),
            required=False,
        )
        for way in ways()
        if way not in carried
    ]
