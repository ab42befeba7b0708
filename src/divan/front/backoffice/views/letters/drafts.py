"""Drafts: their folder, beginning one, writing it, its versions, how it would look, copying and giving it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.cases import queries as cases
from divan.dealings.cases.values import CaseUnknown
from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    DraftMarks,
    DraftText,
    DraftVersion,
    Letter,
    LetterContent,
    LetterState,
    LetterUnknown,
    Party,
    PartyKind,
    RecipientLine,
    RelationKind,
    RelationLine,
    SavedDraft,
)
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice import letter_drafting as asking
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_changes import changed_lines
from divan.front.backoffice.letter_parts.composing import Reading
from divan.front.backoffice.letter_parts.routes import route_lines
from divan.front.backoffice.people_named import Names
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN
from divan_libs.richtext.cleaning import plain_text

THEN = {
    "recipients": "backoffice:letter-recipients",
    "relations": "backoffice:letter-relations",
    "files": "backoffice:letter-files",
    "route": "backoffice:letter-route",
}
"""Where a save leads when it was for the sake of the next thing."""


@access(STAFF)
@require_safe
def drafts(request: HttpRequest) -> HttpResponse:
    """Show the drafts of the post in use: those being written, and those on their way with whom they wait for."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.list_drafts(post, now)
    values = {
        "lines": [
            (one, word("letter-state", one.state), TONES.get(one.state, ""), _waits_for(one, language)) for one in found
        ],
        "is_many": len(found) >= queries.MOST_DRAFTS,
    }
    return render(request, "backoffice/letters/drafts.html", values)


def _waits_for(letter: Letter, language: str) -> str:
    open_posts = [step.post for step in queries.list_steps(letter.uuid) if step.state == "open"]
    posts = people.find_posts(open_posts)
    return _(", ").join(posts[one].title(language) for one in open_posts if one in posts)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask from which template a letter begins, and begin it.

    ``answers`` names a letter that it answers, ``revokes`` one that it revokes, ``case`` a case that it is about: each
    only if this post may see it.

    :raises LetterUnknown, CaseUnknown: otherwise.
    """
    post, now = own_post(request), clock.now()
    given = request.POST if request.method == "POST" else request.GET
    other, kind = _other_letter(given, post, now)
    case = _case_of(given, post)
    if request.method == "POST":
        try:
            begun = _begin(post, given.get("template", ""), other, kind, case, actor_of(request), now)
        except Refusal as refusal:
            return _new_page(request, post, other, kind, case, problem=str(text_of(refusal)))
        return redirect("backoffice:compose", begun.uuid)
    return _new_page(request, post, other, kind, case)


def _other_letter(given: QueryDict, post: Post, now: datetime) -> tuple[Letter | None, RelationKind]:
    for kind in RelationKind:
        if named := given.get(kind.value, ""):
            uuid = asking.letter_uuid(named)
            if uuid is None:
                raise LetterUnknown
            return queries.get_letter_for(uuid, post, now), kind
    return None, RelationKind.ANSWERS


def _case_of(given: QueryDict, post: Post) -> UUID | None:
    if not given.get("case", ""):
        return None
    uuid = asking.letter_uuid(given.get("case", ""))
    if uuid is None or not cases.may_see_case(post, cases.get_case(uuid)):
        raise CaseUnknown
    return uuid


@transaction.atomic
def _begin(
    post: Post,
    template: str,
    other: Letter | None,
    kind: RelationKind,
    case: UUID | None,
    actor: Actor,
    now: datetime,
) -> Letter:
    chosen = asking.letter_uuid(template) if template else None
    ready = queries.get_template(chosen, post) if chosen else None
    text = ready.text if ready else DraftText(subject="", body_html="")
    lines = list(ready.recipients) if ready else []
    marks = DraftMarks(kind=ready.kind if ready else "letter")
    if other is not None:
        marks = DraftMarks(kind=marks.kind, secrecy=other.secrecy, urgency=other.urgency)
        text = DraftText(subject=text.subject or other.subject, body_html=text.body_html)
        if other.sender is not None and kind is RelationKind.ANSWERS:
            lines.insert(0, RecipientLine(party=other.sender))
    if case is not None:
        person = people.get_person(cases.get_case(case).applicant)
        lines.insert(0, RecipientLine(party=Party(kind=PartyKind.PERSON, uuid=person.uuid, name=person.full_name)))
    begun = actions.start_draft(
        text=text,
        marks=marks,
        recipients=tuple(lines),
        letterhead=ready.letterhead if ready else None,
        about=("cases.case", case) if case else None,
        actor=actor,
        now=now,
    )
    if other is not None:
        _relate(begun, other, kind, actor, now)
    return begun


def _relate(begun: Letter, other: Letter, kind: RelationKind, actor: Actor, now: datetime) -> None:
    # What we answer is named by the sender's number, as the sender knows it.
    is_theirs = kind is RelationKind.ANSWERS and other.their_number
    day = other.their_date if is_theirs else None
    if day is None and other.registered_at is not None:
        day = other.registered_at.astimezone(TEHRAN).date()
    line = RelationLine(
        kind=kind, number=other.their_number if is_theirs else other.number_text, dated_on=day, other=other.uuid
    )
    actions.add_relation(letter=begun.uuid, line=line, actor=actor, now=now)


def _new_page(
    request: HttpRequest,
    post: Post,
    other: Letter | None,
    kind: RelationKind,
    case: UUID | None,
    *,
    problem: str = "",
) -> HttpResponse:
    templates = queries.list_templates(post)
    options = [Option("", _("An empty letter"), "")]
    options += [Option(str(one.uuid), one.name, one.text.subject) for one in templates]
    field = Field(
        "template", "choice", _("From what does it begin?"), "", "", [problem] if problem else [], options=options
    )
    values = {
        "field": field,
        "other": other,
        "relation": word("letter-relation", kind),
        "relation_name": kind.value,
        "case": cases.get_case(case) if case else None,
        "error_summary": ErrorSummary.of([field]),
    }
    return render(request, "backoffice/letters/new.html", values, status=422 if problem else 200)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def compose(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Write a draft: words, marks and recipients are saved together; or say what is wrong and keep what was typed.

    Where another tab saved in between both texts are kept, and this one says so.

    :raises LetterUnknown: if it is not written in this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    content = queries.get_draft(letter, post, now)
    if content.letter.state is not LetterState.DRAFT:
        return redirect("backoffice:letter", letter)
    _mark_read(letter, actor_of(request), now)
    if request.method != "POST":
        return _compose_page(request, content, post, now)
    typed, problems = asking.read_draft(request.POST, content, post, now, language)
    if not problems:
        try:
            saved = _save(letter, typed, actor_of(request), now)
        except Refusal as refusal:
            problems = {"recipients": str(text_of(refusal))}
        else:
            if saved.between is not None:
                content = queries.get_draft(letter, post, now)
                return _compose_page(request, content, post, now, typed=typed, between=saved.between)
            then = request.POST.get("then", "")
            if then in THEN:
                return redirect(THEN[then], letter)
            messages.success(request, _("Saved as version %(version)s.") % {"version": digits(saved.version)})
            return redirect("backoffice:compose", letter)
    return _compose_page(request, content, post, now, typed=typed, problems=problems)


def _mark_read(about: UUID, actor: Actor, now: datetime) -> None:
    line = queries.find_open_work(about)
    if line is not None:
        actions.mark_read(work=line.uuid, actor=actor, now=now)


@transaction.atomic
def _save(letter: UUID, typed: asking.TypedDraft, actor: Actor, now: datetime) -> SavedDraft:
    """Save a draft with its recipients, both or neither; recipients stay where somebody saved in between."""
    saved = actions.save_draft(letter=letter, seen=typed.seen, text=typed.text, marks=typed.marks, actor=actor, now=now)
    if saved.between is None:
        actions.set_recipients(letter=letter, lines=typed.lines, actor=actor, now=now)
    return saved


def _compose_page(
    request: HttpRequest,
    content: LetterContent,
    post: Post,
    now: datetime,
    *,
    typed: asking.TypedDraft | None = None,
    problems: Mapping[str, str] | None = None,
    between: int | None = None,
) -> HttpResponse:
    language, wrong = get_language() or "fa", problems or {}
    letter = content.letter
    text = typed.text if typed else DraftText(subject=letter.subject, body_html=content.body_html)
    marks = typed.marks if typed else queries.marks_of(content)
    text_fields = asking.text_fields(text, problems=wrong)
    marked = asking.mark_fields(post, marks, now, get_language() or "fa", problems=wrong)
    reading = Reading(content=content, post=post, actor=actor_of(request), language=language, now=now)
    values = {
        "letter": letter,
        "content": content,
        # After a save beside another the newest version is seen here, so the next save takes the marks too.
        "seen": typed.seen if typed and between is None else letter.version,
        "between": between,
        "text_fields": text_fields,
        "kind_fields": asking.kind_fields(post, marks, language),
        "mark_fields": marked,
        "marks_open": any(field.errors for field in marked) or _is_marked(marks),
        "rows": asking.recipient_rows(content.recipients, request.POST if typed else None),
        "recipient_problem": wrong.get("recipients", ""),
        "relations": [(word("letter-relation", one.kind), one) for one in content.relations],
        "files": [one for one in content.files if one.role == "attachment"],
        "route": route_lines(reading),
        "remarks": queries.list_remarks(letter.uuid),
        "returned": _returned(content, language),
        "error_summary": ErrorSummary.of(
            [*text_fields, *marked], [wrong["recipients"]] if "recipients" in wrong else []
        ),
    }
    status = 409 if between is not None else (422 if wrong else 200)
    return render(request, "backoffice/letters/compose.html", values, status=status)


def _is_marked(marks: DraftMarks) -> bool:
    plain = DraftMarks(direction=marks.direction, kind=marks.kind)
    return marks != plain


def _returned(content: LetterContent, language: str) -> list[tuple[str, str, datetime | None]]:
    """Return who returned the letter in its newest round, and with what words."""
    newest = max((step.round for step in content.steps), default=0)
    steps = [one for one in content.steps if one.round == newest and one.state == "returned"]
    names = Names({one.acted_by for one in steps}, {one.post for one in steps}, language)
    return [(names.both(one.acted_by, one.post), one.remark, one.acted_at) for one in steps]


@access(STAFF)
@require_safe
def preview(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Give the letter as a PDF as it would be made now: unsigned, without a code, and not kept.

    :raises LetterUnknown: if the letter is not for this post.
    """
    post, now = own_post(request), clock.now()
    queries.get_letter_for(letter, post, now)
    actor = actor_of(request)
    step = queries.open_step_of(letter, post.uuid)
    acting = (post.uuid, actor.uuid) if step is not None and step.kind == "signature" and actor.uuid else None
    pdf = queries.preview_letter(letter, now, acting=acting)
    return bytes_answer(pdf, name="draft.pdf", media_type="application/pdf", download=False)


@access(STAFF)
@require_POST
def discard(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Give up a draft.

    :raises LetterUnknown: if it is not written in this post.
    """
    actions.discard_draft(letter=letter, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The draft was given up. It can still be read and copied."))
    return redirect("backoffice:drafts")


@access(STAFF)
@require_POST
def copy(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Begin a draft with the words, marks and recipients of a letter.

    :raises LetterUnknown: if the letter is not for this post.
    """
    made = actions.copy_letter(letter=letter, with_files=True, actor=actor_of(request), now=clock.now())
    messages.success(request, _("This is a new draft with the words of the other letter."))
    return redirect("backoffice:compose", made.uuid)


@access(STAFF)
@require_safe
def versions(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Show the versions of a letter, and what changed from one to another.

    :raises LetterUnknown: if the letter is not for this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_letter_for(letter, post, now)
    known = queries.list_versions(letter)
    names = Names({one.author for one in known}, {one.author_post for one in known}, language)
    by_number = {str(one.version): one for one in known}
    newer = by_number.get(request.GET.get("to", ""), known[0] if known else None)
    before = [one for one in known if newer is not None and one.version < newer.version]
    older = by_number.get(request.GET.get("from", ""), before[0] if before else None)
    values = {
        "letter": found,
        "versions": [(one, names.both(one.author, one.author_post)) for one in known],
        "older": older,
        "newer": newer,
        # A draft begins with a version that says nothing; only of a letter with a number it means that it was erased.
        "are_erased": found.registered_at is not None and bool(known) and not any(map(_has_words, known)),
        "changes": changed_lines(_said(older), _said(newer)) if older and newer else [],
        "back": reverse(
            "backoffice:compose"
            if found.state is LetterState.DRAFT and found.drafter_post == post.uuid
            else "backoffice:letter",
            args=[letter],
        ),
    }
    return render(request, "backoffice/letters/versions.html", values)


def _has_words(version: DraftVersion) -> bool:
    return bool(version.subject or version.body_html)


def _said(version: object) -> list[str]:
    subject, html = getattr(version, "subject", ""), getattr(version, "body_html", "")
    return [subject, *plain_text(html).splitlines()]
