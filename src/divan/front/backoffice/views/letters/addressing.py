"""Recipients, references and attachments of a draft: each on a page of its own that works without scripts."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    MOST_ATTACHMENTS,
    LetterContent,
    LetterErased,
    LetterNotDraft,
    LetterState,
    LetterUnknown,
    RecipientLine,
    RecipientRole,
    RelationKind,
    RelationLine,
)
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option, read_date
from divan.foundation.ui.numbers import number
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_drafting import letter_uuid
from divan.front.backoffice.letter_recipients import find_candidates, lines_of, typed_party
from divan.front.texts.answers import problem_text
from divan.front.texts.words import word
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN, InvalidDate, parse_jalali

LONGEST_NUMBER = 60


def own_content(letter: UUID, post: Post, now: datetime) -> LetterContent:
    """Return a draft that this post writes.

    :raises LetterUnknown: if it is not this post's; LetterNotDraft: if it is on its way or signed.
    """
    content = queries.get_draft(letter, post, now)
    if content.letter.state is not LetterState.DRAFT:
        raise LetterNotDraft(state=content.letter.state)
    return content


@access(STAFF)
@require_http_methods(["GET", "POST"])
def recipients(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Find recipients by words and add those chosen, or somebody typed; or say who may not get the letter and why.

    :raises LetterUnknown, LetterNotDraft: as said of drafts.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    content = own_content(letter, post, now)
    sent = request.POST if request.method == "POST" else request.GET
    looked_for, problem = sent.get("q", "")[:100], ""
    if request.method == "POST" and "look" not in sent:
        role = RecipientRole.COPY if sent.get("role") == RecipientRole.COPY else RecipientRole.MAIN
        lines = lines_of(sent.getlist("chosen"), role, post, now)
        if (typed := typed_party(sent.dict())) is not None:
            lines.append(RecipientLine(party=typed, role=role))
        problem = _add(request, letter, lines, now)
        if not problem:
            return redirect("backoffice:letter-recipients", letter)
    values = {
        "letter": content.letter,
        "content": queries.get_draft(letter, post, now),
        "q": looked_for,
        "may_furnish": queries.may_furnish(post),
        "candidates": find_candidates(
            looked_for,
            post,
            now,
            language,
            is_internal=content.letter.direction == "internal",
            secrecy=content.letter.secrecy,
        ),
        "chosen": sent.getlist("chosen"),
        "role": _role_field(sent.get("role", "")),
        "typed": _typed_fields(sent.dict() if request.method == "POST" else {}),
        "problem": problem,
        "error_summary": ErrorSummary.of([], [problem] if problem else []),
    }
    return render(request, "backoffice/letters/recipients.html", values, status=422 if problem else 200)


def _add(request: HttpRequest, letter: UUID, lines: list[RecipientLine], now: datetime) -> str:
    """Add recipients; return why not, or nothing."""
    if not lines:
        return _("Choose somebody, or write who it is.")
    try:
        count = actions.add_recipients(letter=letter, lines=lines, actor=actor_of(request), now=now)
    except Refusal as refusal:
        return str(text_of(refusal))
    said = ngettext("%(count)s recipient was added.", "%(count)s recipients were added.", count)
    messages.success(request, said % {"count": number(count)})
    return ""


def _role_field(value: str) -> Field:
    options = [Option(str(role), word("recipient-role", role)) for role in RecipientRole]
    return Field("role", "choice", _("As what?"), "", value or str(RecipientRole.MAIN), options=options)


def _typed_fields(sent: dict[str, str]) -> list[Field]:
    labels = (("name", _("Name")), ("title", _("Title")), ("organization", _("Organization")))
    return [
        Field(name, "text", label, "", sent.get(name, ""), required=False, attributes={"maxlength": "200"})
        for name, label in labels
    ]


@access(STAFF)
@require_http_methods(["GET", "POST"])
def relations(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Refer to another letter: one found by its number in any spelling, or any by number and day as typed.

    :raises LetterUnknown, LetterNotDraft: as said of drafts.
    """
    post, now = own_post(request), clock.now()
    content = own_content(letter, post, now)
    sent = request.POST if request.method == "POST" else request.GET
    typed_number, problems = sent.get("q", "")[:LONGEST_NUMBER], dict[str, str]()
    if request.method == "POST" and "remove" in sent:
        place = sent.get("remove", "")
        if place.isascii() and place.isdigit() and len(place) < 4:
            actions.remove_relation(letter=letter, position=int(place), actor=actor_of(request), now=now)
        return redirect("backoffice:letter-relations", letter)
    if request.method == "POST" and "look" not in sent:
        line, problems = _read_relation(request, post, now)
        if line is not None:
            actions.add_relation(letter=letter, line=line, actor=actor_of(request), now=now)
            messages.success(request, _("The reference was added."))
            return redirect("backoffice:letter-relations", letter)
    fields = _relation_fields(sent.get("kind", ""), typed_number, read_date(sent, "dated"), problems)
    values = {
        "letter": content.letter,
        "relations": [(word("letter-relation", one.kind), one) for one in content.relations],
        "q": typed_number,
        "found": queries.search_own_letters(typed_number, post, now) if typed_number else [],
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/letters/relations.html", values, status=422 if problems else 200)


def _relation_fields(kind: str, typed_number: str, dated: str, problems: dict[str, str]) -> list[Field]:
    options = [Option(str(one), word("letter-relation", one)) for one in RelationKind]
    number_errors = [problems["q"]] if "q" in problems else []
    day_errors = [problems["dated"]] if "dated" in problems else []
    attributes = {"maxlength": str(LONGEST_NUMBER)}
    return [
        Field("kind", "choice", _("How does it refer?"), "", kind or str(RelationKind.ANSWERS), options=options),
        Field("q", "code", _("Number of the letter"), "", typed_number, number_errors, attributes=attributes),
        Field("dated", "date", _("Day of that letter"), "", dated, day_errors, required=False),
    ]


def _read_relation(request: HttpRequest, post: Post, now: datetime) -> tuple[RelationLine | None, dict[str, str]]:
    sent = request.POST
    kind = next((one for one in RelationKind if one == sent.get("kind")), RelationKind.ANSWERS)
    other = letter_uuid(sent.get("other", ""))
    if other is not None:
        known = queries.get_letter_for(other, post, now)
        is_theirs = kind is RelationKind.ANSWERS and known.their_number
        day = known.their_date if is_theirs else _day_of(known.registered_at)
        named = known.their_number if is_theirs else known.number_text
        return RelationLine(kind=kind, number=named, year=queries.year_of(day), dated_on=day, other=other), {}
    if not sent.get("q", "").strip():
        return None, {"q": _("Write the number of the letter.")}
    typed = read_date(sent, "dated")
    try:
        dated = parse_jalali(typed) if typed else None
    except InvalidDate:
        return None, {"dated": problem_text("answers.date.invalid", {})}
    year = queries.year_of(dated)
    return RelationLine(kind=kind, number=sent.get("q", "")[:LONGEST_NUMBER], year=year, dated_on=dated), {}


def _day_of(at: datetime | None) -> date | None:
    return at.astimezone(TEHRAN).date() if at else None


@access(STAFF)
@require_http_methods(["GET", "POST"])
def attachments(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Put attachments to a draft: each is checked and scanned before it is kept; an infected one is not.

    :raises LetterUnknown, LetterNotDraft: as said of drafts.
    """
    post, now = own_post(request), clock.now()
    content = own_content(letter, post, now)
    problem, status = "", 200
    if request.method == "POST":
        if removed := letter_uuid(request.POST.get("remove", "")):
            actions.remove_attachment(letter=letter, file=removed, actor=actor_of(request), now=now)
            return redirect("backoffice:letter-files", letter)
        problem, status = _put(request, letter, now)
        if not problem:
            messages.success(request, _("The attachment was added."))
            return redirect("backoffice:letter-files", letter)
    fields = _file_fields(request.POST.get("description", ""), problem)
    values = {
        "letter": content.letter,
        "files": [one for one in content.files if one.role == "attachment"],
        "fields": fields,
        "most": MOST_ATTACHMENTS,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/letters/files.html", values, status=status)


def _file_fields(described: str, problem: str) -> list[Field]:
    return [
        Field(
            "file",
            "file",
            _("File"),
            _("PDF, JPEG or PNG, up to 10 MB."),
            "",
            [problem] if problem else [],
            attributes={"accept": ".pdf,.jpg,.jpeg,.png"},
        ),
        Field(
            "description",
            "text",
            _("What is it?"),
            "",
            described,
            required=False,
            attributes={"maxlength": "300"},
        ),
    ]


def _put(request: HttpRequest, letter: UUID, now: datetime) -> tuple[str, int]:
    upload = request.FILES.get("file")
    if upload is None:
        return _("Choose a file."), 422
    actor = actor_of(request)
    try:
        kept = files.store_upload(name=upload.name or "", content=upload.chunks(), actor=actor, now=now)
        actions.add_attachment(
            letter=letter,
            file=kept.uuid,
            name=kept.name,
            description=request.POST.get("description", "").strip()[:300],
            actor=actor,
            now=now,
        )
    except Refusal as refusal:
        return str(text_of(refusal)), refusal.status
    except Trouble as trouble:
        return str(text_of(trouble)), 503
    return "", 200


@access(STAFF)
@require_safe
def file(request: HttpRequest, letter: UUID, file: UUID) -> HttpResponse:
    """Give a file of a letter, and write that it was taken into the log.

    :raises LetterUnknown: if the letter is not for this post, or has no such file.
    :raises LetterErased: if what the letter said was erased.
    """
    post, now = own_post(request), clock.now()
    actions.note_reading(letter=letter, post=post, what="file", actor=actor_of(request), now=now)
    found = next((one for one in queries.list_files(letter) if one.uuid == file), None)
    if found is None:
        raise LetterUnknown
    if queries.erased_at(letter) is not None:
        raise LetterErased
    kept = files.get_file(found.file_uuid)
    return bytes_answer(files.read_file(found.file_uuid), name=found.name, media_type=kept.media_type, download=False)


@access(STAFF)
@require_POST
def remark(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Write a remark on a letter, or note that one was dealt with.

    :raises LetterUnknown: if the letter is not for this post.
    """
    now, actor = clock.now(), actor_of(request)
    settled = letter_uuid(request.POST.get("settle", ""))
    try:
        if settled is not None:
            actions.settle_remark(letter=letter, remark=settled, actor=actor, now=now)
            messages.success(request, _("The remark is dealt with."))
        else:
            sent = request.POST
            actions.add_remark(
                letter=letter, text=sent.get("text", ""), quote=sent.get("quote", ""), actor=actor, now=now
            )
            messages.success(request, _("Your remark stands beside the letter."))
    except LetterUnknown:
        raise
    except Refusal as refusal:
        messages.error(request, str(text_of(refusal)))
    return redirect(_back_to(letter, request.POST.get("back", "")))


def _back_to(letter: UUID, back: str) -> str:
    step = letter_uuid(back)
    if step is not None:
        return reverse("backoffice:letter-step", args=[step])
    return reverse("backoffice:letter", args=[letter]) + "#route"
