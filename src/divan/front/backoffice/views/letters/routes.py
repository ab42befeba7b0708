"""The route of a draft laid and begun, a paraph or signature in its turn, and what becomes of a numbered letter."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    DraftText,
    OpenStep,
    Route,
    RouteStep,
    StepKind,
    StepOver,
    StepUnknown,
)
from divan.foundation import clock, files
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_drafting import letter_uuid, text_fields
from divan.front.backoffice.letter_numbers import NAME as RESERVED
from divan.front.backoffice.letter_numbers import number_fields, read_reserved, register_of
from divan.front.backoffice.letter_parts import paper
from divan.front.backoffice.letter_parts.composing import Reading
from divan.front.backoffice.letter_parts.routes import remark_fields, remark_lines, route_lines
from divan.front.backoffice.letter_words import read_words
from divan.front.backoffice.views.letters.addressing import own_content
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.registers.people.values import Post

MOST_STEPS = 12
SEARCHED = 40


@access(STAFF)
@require_http_methods(["GET", "POST"])
def route(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Lay the route of a draft, as the last letter or the chart proposes it, and send the letter on its way.

    :raises LetterUnknown, LetterNotDraft: as said of drafts.
    """
    post, now = own_post(request), clock.now()
    content = own_content(letter, post, now)
    steps = queries.route_of(content)
    shown = steps if steps.steps else queries.propose_route(post, now)
    problem = ""
    if request.method == "POST":
        shown = _read_route(request.POST)
        if "look" not in request.POST:
            problem = _lay(request, letter, shown, now)
            if not problem:
                return redirect("backoffice:drafts" if request.POST.get("then") == "start" else request.path)
    return _route_page(request, letter, post, shown, now, is_laid=bool(steps.steps), problem=problem)


def _read_route(sent: QueryDict) -> Route:
    """Return the route as typed: steps in the order of their places, those taken off left out, one added last."""
    placed = []
    for at in range(MOST_STEPS):
        post = letter_uuid(sent.get(f"post-{at}", ""))
        if post is None or sent.get(f"off-{at}"):
            continue
        kind = StepKind.SIGNATURE if sent.get(f"kind-{at}") == StepKind.SIGNATURE else StepKind.PARAPH
        place = sent.get(f"place-{at}", "")
        order = int(place) if place.isdigit() and len(place) < 4 else at + 1
        placed.append((order, at, RouteStep(kind=kind, post=post)))
    steps = [step for _order, _at, step in sorted(placed, key=lambda one: one[:2])]
    added = letter_uuid(sent.get("add", ""))
    if added is not None and len(steps) < MOST_STEPS:
        kind = StepKind.SIGNATURE if sent.get("add-kind") == StepKind.SIGNATURE else StepKind.PARAPH
        steps.append(RouteStep(kind=kind, post=added))
    # Paraphs come before signatures whatever places were typed.
    steps.sort(key=lambda step: step.kind is StepKind.SIGNATURE)
    return Route(steps=tuple(steps), any_order=sent.get("order") == "any")


def _lay(request: HttpRequest, letter: UUID, shown: Route, now: datetime) -> str:
    """Lay the route, and begin it where that was wished; return why not, or nothing."""
    actor = actor_of(request)
    try:
        actions.set_route(letter=letter, route=shown, actor=actor, now=now)
        if request.POST.get("then") == "start":
            seen = request.POST.get("seen", "")
            version = int(seen) if seen.isdigit() and len(seen) < 7 else 0
            actions.start_circulation(letter=letter, seen=version, actor=actor, now=now)
            messages.success(request, _("The letter is on its way to signature."))
        else:
            messages.success(request, _("The route was saved."))
    except Refusal as refusal:
        return _why_not(refusal)
    return ""


def _why_not(refusal: Refusal) -> str:
    missing = refusal.facts.get("missing")
    if isinstance(missing, list):
        words = _(", ").join(word("draft-part", one) for one in missing)
        return _("Still missing: %(parts)s.") % {"parts": words}
    names = refusal.facts.get("names")
    text = text_of(refusal)
    return f"{text} {names}" if names else str(text)


def _route_page(
    request: HttpRequest, letter: UUID, post: Post, shown: Route, now: datetime, *, is_laid: bool, problem: str
) -> HttpResponse:
    language = get_language() or "fa"
    content = queries.get_draft(letter, post, now)
    looked_for = request.POST.get("q", "")[:100]
    posts = people.find_posts([step.post for step in shown.steps])
    holders = people.holders_of(posts, now)
    kinds = [Option(str(kind), word("step", kind)) for kind in StepKind]
    rows = []
    for at, step in enumerate(shown.steps):
        if step.post not in posts:
            continue
        title = posts[step.post].title(language)
        fields = [
            Field(f"kind-{at}", "select", _("What they do"), "", str(step.kind), options=kinds),
            Field(f"place-{at}", "number", _("Place"), "", str(at + 1)),
            Field(f"off-{at}", "consent", _("Take off"), "", "", required=False),
        ]
        holder = holders[step.post].full_name if step.post in holders else ""
        rows.append((at, step, title, holder, fields))
    values = {
        "letter": content.letter,
        "rows": rows,
        "is_laid": is_laid,
        "q": looked_for,
        "add": _add_fields(post, shown, looked_for, now, language),
        "order": _order_field(shown),
        "problem": problem,
        "error_summary": ErrorSummary.of([], [problem] if problem else []),
    }
    return render(request, "backoffice/letters/route.html", values, status=422 if problem else 200)


def _order_field(shown: Route) -> Field:
    options = [Option("in-order", _("One after another, as they stand")), Option("any", _("As each finds the time"))]
    value = "any" if shown.any_order else "in-order"
    return Field("order", "choice", _("If several sign"), "", value, options=options)


def _add_fields(post: Post, shown: Route, looked_for: str, now: datetime, language: str) -> list[Field]:
    known = people.list_posts_of_body(post.unit.body_code)
    if looked_for or len(known) > SEARCHED:
        known = people.search_posts(looked_for, now, limit=SEARCHED)
    taken = {step.post for step in shown.steps}
    holders = people.holders_of([one.uuid for one in known], now)
    options = [Option("", _("Nobody more"))]
    options += [
        Option(str(one.uuid), f"{one.title(language)} – {holders[one.uuid].full_name}")
        for one in known
        if one.uuid in holders and one.uuid not in taken
    ]
    kinds = [Option(str(kind), word("step", kind)) for kind in StepKind]
    return [
        Field("add", "select", _("Add somebody"), "", "", required=False, options=options),
        Field("add-kind", "select", _("What they do"), "", str(StepKind.PARAPH), options=kinds),
    ]


@access(STAFF)
@require_POST
def withdraw(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Take a letter back that is on its way, before anybody signed.

    :raises LetterUnknown, LetterNumbered, LetterNotDraft: as said of drafts.
    """
    actions.withdraw_letter(letter=letter, actor=actor_of(request), now=clock.now())
    messages.success(request, _("The letter is a draft again."))
    return redirect("backoffice:compose", letter)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, step: UUID) -> HttpResponse:
    """Show a letter to whom it waits for, exactly as it would be signed, and take what they do with it.

    :raises StepUnknown: if it is not this post's.
    """
    post, now, actor = own_post(request), clock.now(), actor_of(request)
    try:
        found = queries.get_open_step(step, post, now)
    except StepUnknown:
        known = queries.find_step(step)
        if known is None or known.post != post.uuid:
            raise
        # Done in another tab, returned or withdrawn: the letter's page tells which.
        queries.get_letter_for(known.letter, post, now)
        if request.method == "POST":
            return render(request, "backoffice/letters/too_late.html", {"letter": known.letter}, status=409)
        return redirect("backoffice:letter", known.letter)
    line = queries.find_open_work(step)
    if line is not None:
        actions.mark_read(work=line.uuid, actor=actor, now=now)
    if request.method == "POST":
        return _act(request, found, post, now)
    actions.note_reading(letter=found.step.letter, post=post, what="page", actor=actor, now=now)
    return _step_page(request, found, post, now)


def _act(request: HttpRequest, found: OpenStep, post: Post, now: datetime) -> HttpResponse:
    do, sent = request.POST.get("do", ""), request.POST
    seen = int(sent.get("seen", "0")) if sent.get("seen", "0").isdigit() and len(sent.get("seen", "0")) < 7 else 0
    try:
        if said := _done(request, do, found, seen, now):
            messages.success(request, said)
            return (
                redirect("backoffice:letter-step", found.step.uuid) if do == "edit" else redirect("backoffice:worklist")
            )
    except StepOver:
        return render(request, "backoffice/letters/too_late.html", {"letter": found.step.letter}, status=409)
    except Refusal as refusal:
        fresh = queries.get_open_step(found.step.uuid, post, now)
        return _step_page(request, fresh, post, now, problem=_why_not(refusal), done=do, status=refusal.status)
    return _step_page(request, found, post, now)


def _done(request: HttpRequest, do: str, found: OpenStep, seen: int, now: datetime) -> str:
    """Do what was chosen in a step and return what is said of it, or nothing where nothing was chosen."""
    sent, actor, step = request.POST, actor_of(request), found.step.uuid
    if do == "paraph":
        actions.paraph_letter(step=step, seen=seen, remark=sent.get("note", ""), actor=actor, now=now)
        return _("You paraphed the letter; it went on.")
    if do == "sign":
        number = read_reserved(sent.get(RESERVED, ""))
        signed = actions.sign_letter(step=step, seen=seen, reserved=number, actor=actor, now=now)
        return _("You signed letter %(number)s.") % {"number": digits(signed.number_text)}
    if do == "number":
        number = read_reserved(sent.get(RESERVED, ""))
        numbered = actions.number_for_hand(step=step, seen=seen, reserved=number, actor=actor, now=now)
        return _("Letter %(number)s can be printed and signed by hand.") % {"number": digits(numbered.number_text)}
    if do == "return":
        if found.is_numbered:
            actions.decline_signature(step=step, reason=sent.get("reason", ""), actor=actor, now=now)
            return _("You declined to sign; the drafter is told why.")
        actions.return_letter(step=step, reason=sent.get("reason", ""), actor=actor, now=now)
        return _("The letter went back to its drafter.")
    if do == "anew":
        reason = sent.get("anew", "")
        actions.begin_signatures_anew(letter=found.step.letter, reason=reason, actor=actor, now=now)
        return _("Everybody signs anew, under the same number.")
    if do == "edit":
        content = queries.content_of(found.step.letter)
        body, problem = read_words(sent, "body", kept=content.body_html)
        if not problem:
            text = DraftText(subject=sent.get("subject", ""), body_html=body)
            version = actions.edit_in_step(step=step, seen=seen, text=text, actor=actor, now=now)
            return _("Your changes stand as version %(version)s. Nothing is paraphed or signed yet.") % {
                "version": digits(version)
            }
    return ""


def _step_page(
    request: HttpRequest,
    found: OpenStep,
    post: Post,
    now: datetime,
    *,
    problem: str = "",
    done: str = "",
    status: int = 200,
) -> HttpResponse:
    content = queries.content_of(found.step.letter)
    reading = Reading(content=content, post=post, actor=actor_of(request), language=get_language() or "fa", now=now)
    typed = request.POST if done == "edit" else None
    register = register_of(found, content.letter)
    text = DraftText(subject=content.letter.subject, body_html=content.body_html)
    if typed is not None:
        text = DraftText(subject=typed.get("subject", ""), body_html=read_words(typed, "body", kept=text.body_html)[0])
    values = {
        "found": found,
        "letter": content.letter,
        "content": content,
        "kind": word("step", found.step.kind),
        "is_signature": found.step.kind is StepKind.SIGNATURE,
        "paper": paper.build(reading),
        "route": route_lines(reading),
        "remarks": remark_lines(reading),
        "remark_fields": remark_fields(),
        "text_fields": text_fields(text, problems={}),
        "may_edit": queries.may_edit_in_step(found.step.letter),
        "edit_open": typed is not None,
        "note": _reason_field("note", _("Note beside the paraph"), request, ""),
        "reason": _reason_field("reason", _("What is to be corrected?"), request, problem if done == "return" else ""),
        "anew": _reason_field("anew", _("Why do all sign anew?"), request, problem if done == "anew" else ""),
        "is_for_another": _named_otherwise(found, actor_of(request).uuid),
        "stands_in": actor_of(request).on_behalf_of is not None,
        "register": register.name(reading.language) if register else "",
        "number_fields": number_fields(register, request.POST.get(RESERVED, ""), now),
        "problem": problem,
        "error_summary": ErrorSummary.of([], [problem] if problem else []),
    }
    return render(request, "backoffice/letters/step.html", values, status=status)


def _reason_field(name: str, label: str, request: HttpRequest, problem: str) -> Field:
    return Field(
        name,
        "long-text",
        label,
        "",
        request.POST.get(name, ""),
        [problem] if problem else [],
        required=name != "note",
        attributes={"rows": "3", "maxlength": "2000"},
    )


def _named_otherwise(found: OpenStep, person: UUID | None) -> str:
    """Return the name that the letter has for this signature, where it is another's."""
    living = queries.living_document(found.step.letter)
    named = [one for one in living.signatures if one.post == found.step.post] if living else []
    return named[0].name if named and named[0].person != person else ""


@access(STAFF)
@require_POST
def settle(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Let a numbered letter that is not signed be signed anew, close it, or put the scan of its paper to it.

    :raises LetterUnknown: if the letter is not written in this post.
    """
    now, actor, sent = clock.now(), actor_of(request), request.POST
    try:
        if sent.get("do") == "void":
            actions.void_letter(letter=letter, reason=sent.get("reason", ""), actor=actor, now=now)
            messages.success(request, _("The letter was closed; its number is not given again."))
        elif sent.get("do") == "anew":
            actions.begin_signatures_anew(letter=letter, reason=sent.get("reason", ""), actor=actor, now=now)
            messages.success(request, _("Everybody signs anew, under the same number."))
        elif sent.get("do") == "scan":
            upload = request.FILES.get("scan")
            if upload is None:
                messages.error(request, _("Choose a file."))
            else:
                kept = files.store_upload(name=upload.name or "", content=upload.chunks(), actor=actor, now=now)
                actions.put_scan(letter=letter, scan=kept.uuid, actor=actor, now=now)
                messages.success(request, _("The scan stands with the letter; its document is being made."))
    except (Refusal, Trouble) as no:
        if getattr(no, "status", 503) == 404:
            raise
        messages.error(request, str(text_of(no)))
    return redirect(reverse("backoffice:letter", args=[letter]))
