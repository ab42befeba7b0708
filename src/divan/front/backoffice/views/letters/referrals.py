"""Referring a letter, the page of a referral for its receiver and its sender, and closing the letter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import BACK_LINE, Letter, Referral, ReferralState, TermCategory
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import number
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_parts.composing import Reading, compose
from divan.front.backoffice.letter_referring import (
    TypedReferral,
    is_large,
    read_referral,
    referral_fields,
    refused_receivers,
    term_text,
    terms_of,
    words_field,
)
from divan.front.backoffice.people_named import Names
from divan.front.backoffice.views.letters.page import PARTS
from divan.front.texts.words import word
from divan.registers.people.values import Post

REPORT, REPORT_AND_FILE, REFUSE = "report", "report-file", "refuse"


@access(STAFF)
@require_http_methods(["GET", "POST"])
def refer(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Ask to whom a letter is referred, and refer it; or say why not and keep what was typed.

    :raises LetterUnknown: if the letter is not for this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_letter_for(letter, post, now)
    own = queries.find_own_referral(letter, post.uuid)
    has_own = own is not None and own.state is ReferralState.OPEN
    looked_for = (request.POST if request.method == "POST" else request.GET).get("looked-for", "")[:100]
    sent = request.POST if request.method == "POST" else None
    problems: dict[str, str] = {}

    def asked() -> list[Field]:
        return referral_fields(
            found, post, now, language, has_own=has_own, sent=sent, looked_for=looked_for, problems=problems
        )

    fields = asked()
    if request.method == "POST" and fields and "look" not in request.POST:
        typed, problems = read_referral(request.POST, fields, now)
        if not problems:
            try:
                count = _refer(found, typed, own if has_own else None, actor_of(request), now)
            except Refusal as refusal:
                problems = refused_receivers(refusal, language)
            else:
                said = ngettext("Referred to %(count)s post.", "Referred to %(count)s posts.", count)
                messages.success(request, said % {"count": number(count)})
                return redirect("backoffice:letter", letter)
        fields = asked()
    values = {
        "letter": found,
        "fields": fields,
        "is_large": is_large(post),
        "looked_for": looked_for,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/letters/refer.html", values, status=422 if problems else 200)


@transaction.atomic
def _refer(letter: Letter, typed: TypedReferral, own: Referral | None, actor: Actor, now: datetime) -> int:
    """Refer a letter as it was typed, and end the own referral where that was wished: both or neither."""
    made = actions.refer_letter(
        letter=letter.uuid,
        to_posts=typed.to_posts,
        instruction=typed.instruction,
        note=typed.note,
        due_at=typed.due_at,
        secret=typed.secret,
        hidden=typed.hidden,
        copy=typed.copy,
        actor=actor,
        now=now,
    )
    if typed.ends_own and own is not None:
        report = typed.note if typed.note.strip() and not typed.secret else _("Referred onward.")
        actions.report_referral(referral=own.uuid, report=report, actor=actor, now=now)
    return len(made)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def referral(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Show a referral with its letter to its receiver or its sender, and take what the one of the two does with it.

    :raises ReferralUnknown: if it is between others.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_referral_for(referral, post, now)
    if request.method == "POST":
        return _act(request, found, post, now)
    if found.to_post == post.uuid:
        actions.read_referrals(letter=found.letter, actor=actor_of(request), now=now)
    _mark_line_read(referral, actor_of(request), now)
    return _page(request, found, post, now)


def _mark_line_read(about: UUID, actor: Actor, now: datetime) -> None:
    line = queries.find_open_work(about)
    if line is not None:
        actions.mark_read(work=line.uuid, actor=actor, now=now)


def _act(request: HttpRequest, found: Referral, post: Post, now: datetime) -> HttpResponse:
    do, actor = request.POST.get("do", ""), actor_of(request)
    try:
        if do in {REPORT, REPORT_AND_FILE}:
            return _report(request, found, actor, now)
        if do == REFUSE:
            actions.refuse_referral(referral=found.uuid, reason=request.POST.get("reason", ""), actor=actor, now=now)
            messages.success(request, _("The letter went back to whoever referred it to you."))
        elif do == "recall":
            actions.recall_referral(referral=found.uuid, actor=actor, now=now)
            messages.success(request, _("The referral was recalled."))
            return redirect("backoffice:letter", found.letter)
        elif do == "note":
            actions.take_note(referral=found.uuid, actor=actor, now=now)
            messages.success(request, _("It left your worklist."))
    except Refusal as refusal:
        field = {REPORT: "report", REPORT_AND_FILE: "report", REFUSE: "reason"}.get(do, "")
        kept = queries.get_referral_for(found.uuid, post, now)
        return _page(request, kept, post, now, problems={field: str(text_of(refusal))}, status=refusal.status)
    return redirect("backoffice:worklist")


def _report(request: HttpRequest, found: Referral, actor: Actor, now: datetime) -> HttpResponse:
    actions.report_referral(
        referral=found.uuid,
        report=request.POST.get("report", ""),
        closing=request.POST.get("closing", ""),
        closes_letter="closes" in request.POST.getlist("closes-letter"),
        actor=actor,
        now=now,
    )
    messages.success(request, _("Your report stands at the letter, and it left your worklist."))
    if request.POST.get("do") == REPORT_AND_FILE:
        return redirect(f"{reverse('backoffice:put-in-file')}?letter={found.letter}")
    return redirect("backoffice:worklist")


def _page(
    request: HttpRequest,
    found: Referral,
    post: Post,
    now: datetime,
    *,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    language, wrong = get_language() or "fa", problems or {}
    content = queries.content_of(found.letter)
    reading = Reading(content=content, post=post, actor=actor_of(request), language=language, now=now)
    names = Names({found.sent_by, found.ended_by}, {found.from_post, found.to_post}, language)
    is_receiver = found.to_post == post.uuid and found.state is ReferralState.OPEN
    reports = _report_fields(found, content.letter, post, language, request, wrong) if is_receiver else []
    refusing = [_reason_field(request, wrong)] if is_receiver else []
    line = queries.find_open_work(found.uuid)
    values = {
        "letter": content.letter,
        "content": content,
        "referral": found,
        "parts": compose(PARTS, reading),
        "sender": names.both(found.sent_by, found.from_post),
        "receiver": names.post(found.to_post),
        "instruction": term_text(post, TermCategory.INSTRUCTION, found.instruction, language),
        "state": word("letter-referral-state", found.state),
        "report_fields": reports,
        "refuse_fields": refusing,
        "is_refusing": "reason" in wrong,
        "may_refer": is_receiver and bool(queries.list_receivers(post)),
        "reply_url": f"{reverse('backoffice:new-letter')}?answers={found.letter}" if is_receiver else "",
        "may_recall": found.from_post == post.uuid and found.state is ReferralState.OPEN and found.read_at is None,
        "may_follow": found.from_post == post.uuid and found.state is ReferralState.OPEN and not found.copy,
        "has_come_back": line is not None and line.about_kind == BACK_LINE and line.post_uuid == post.uuid,
        "now": now,
        "error_summary": ErrorSummary.of([*reports, *refusing], [wrong[""]] if "" in wrong else []),
    }
    return render(request, "backoffice/letters/referral.html", values, status=status)


def _report_fields(
    found: Referral, letter: Letter, post: Post, language: str, request: HttpRequest, wrong: dict[str, str]
) -> list[Field]:
    """Return the questions of a report; who got the letter for information has none to answer."""
    errors = [wrong["report"]] if "report" in wrong else []
    typed = request.POST
    hint = _("It stands at the letter for everybody who has it.")
    if found.secret:
        hint = _("Only whoever referred it to you reads it.")
    fields = [
        words_field(
            "report", _("What was done?"), typed.get("report", ""), errors, hint=hint, required=not found.copy, rows=4
        ),
        Field(
            "closing",
            "select",
            _("How did it end?"),
            "",
            typed.get("closing", ""),
            required=False,
            options=[Option("", "–"), *_options(terms_of(post, TermCategory.CLOSING, language))],
        ),
    ]
    others = [one for one in queries.list_holders(letter.uuid) if one.uuid != found.uuid]
    if not others and not found.copy and queries.may_close(letter, post):
        label = _("Close the letter with it: nobody else has it.")
        option = [Option("closes", label)]
        closes = typed.getlist("closes-letter")
        fields.append(Field("closes-letter", "choices", _("The letter"), "", closes, required=False, options=option))
    return fields


def _options(terms: dict[str, str]) -> list[Option]:
    return [Option(code, text) for code, text in terms.items()]


def _reason_field(request: HttpRequest, wrong: dict[str, str]) -> Field:
    errors = [wrong["reason"]] if "reason" in wrong else []
    hint = _("For example that it belongs to another unit.")
    return words_field("reason", _("Why do you send it back?"), request.POST.get("reason", ""), errors, hint=hint)


@access(STAFF)
@require_POST
def recall(request: HttpRequest, referral: UUID) -> HttpResponse:
    """Take a referral back that its receiver has not read.

    :raises ReferralUnknown: if it is not the own post's.
    """
    found = queries.get_referral_for(referral, own_post(request), clock.now())
    actions.recall_referral(referral=referral, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The referral was recalled."))
    return redirect("backoffice:letter", found.letter)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Ask why a letter is closed or opened again, and do it.

    :raises LetterUnknown: if the letter is not for this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_letter_for(letter, post, now)
    reopens = found.closed_at is not None
    typed, problem, status = request.POST, "", 200
    if request.method == "POST":
        try:
            if reopens:
                actions.reopen_letter(letter=letter, reason=typed.get("note", ""), actor=actor_of(request), now=now)
            else:
                actions.close_letter(
                    letter=letter,
                    closing=typed.get("closing", ""),
                    note=typed.get("note", ""),
                    actor=actor_of(request),
                    now=now,
                )
        except Refusal as refusal:
            problem, status = str(text_of(refusal)), refusal.status
        else:
            said = _("The letter is open again.") if reopens else _("The letter is closed.")
            messages.success(request, said)
            if typed.get("then") == "file":
                return redirect(f"{reverse('backoffice:put-in-file')}?letter={letter}")
            return redirect("backoffice:letter", letter)
    closing = Field(
        "closing",
        "select",
        _("How did it end?"),
        "",
        typed.get("closing", ""),
        options=_options(terms_of(post, TermCategory.CLOSING, language)),
    )
    label = _("Why is it opened again?") if reopens else _("Note")
    note = words_field("note", label, typed.get("note", ""), [problem] if problem else [], required=reopens)
    fields = [note] if reopens else [closing, note]
    values = {"letter": found, "reopens": reopens, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/letters/close.html", values, status=status)
