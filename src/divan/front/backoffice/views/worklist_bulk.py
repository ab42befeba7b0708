"""Many lines of the worklist at once: mark read, flag, recall, refer, close; each by itself, with a result for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    LONGEST_REPORT,
    REFERRAL_LINE,
    TermCategory,
    WorkItem,
    WorkUnknown,
)
from divan.foundation import clock
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import number
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_referring import (
    TypedReferral,
    is_large,
    read_referral,
    referral_fields,
    refused_receivers,
    terms_of,
    words_field,
)
from divan.front.backoffice.worklist_lines import WorkLine, line_of
from divan.front.texts.answers import problem_text
from divan.registers.people import queries as people
from divan.registers.people.values import Post

MOST = 200
"""How many lines are dealt with at once."""

AT_ONCE = frozenset({"read", "flag", "unflag", "recall"})
"""What needs no words and is done at once."""

Deed = Callable[[WorkItem, Actor], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one line."""

    line: WorkLine
    is_done: bool
    said: str


@access(STAFF)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Do something with every line that was chosen; ask first for the words that it needs."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    do, back = request.POST.get("do", ""), _back(request.POST.get("back", ""))
    chosen = _chosen(request.POST)
    if not chosen or do not in AT_ONCE | {"refer", "close"}:
        messages.error(request, _("Choose at least one line first.") if not chosen else _("Choose what to do."))
        return redirect(back)
    if do in AT_ONCE:
        return _carry_out(request, chosen, _deed_at_once(do, now), back, now)
    fields = _fields(do, post, request.POST, now, language)
    problems: dict[str, str] = {}
    if "confirmed" in request.POST and "look" not in request.POST:
        deed, problems = _deed(do, fields, request.POST, now)
        if deed is not None:
            return _carry_out(request, chosen, deed, back, now)
        fields = _fields(do, post, request.POST, now, language, problems)
    values = {
        "do": do,
        "lines": [line for _, line in _lines(chosen, request, now)],
        "chosen": chosen,
        "fields": fields,
        "is_large": do == "refer" and is_large(post),
        "looked_for": request.POST.get("looked-for", "")[:100],
        "back": back,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/bulk.html", values, status=422 if problems else 200)


def _back(typed: str) -> str:
    """Return the page of the worklist that one came from: never another site's."""
    home = reverse("backoffice:worklist")
    return typed if typed == home or typed.startswith(f"{home}?") else home


def _chosen(sent: QueryDict) -> list[UUID]:
    found: list[UUID] = []
    for one in dict.fromkeys(sent.getlist("line")):
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found[:MOST]


def _deed_at_once(do: str, now: datetime) -> Deed:
    def deed(item: WorkItem, actor: Actor) -> None:
        if do == "read":
            actions.read_line(work=item.uuid, actor=actor, now=now)
        elif do == "recall":
            actions.recall_line(work=item.uuid, actor=actor, now=now)
        else:
            actions.flag_work(work=item.uuid, flagged=do == "flag", actor=actor, now=now)

    return deed


def _fields(
    do: str, post: Post, sent: QueryDict, now: datetime, language: str, problems: dict[str, str] | None = None
) -> list[Field]:
    wrong = problems or {}
    typed = sent if "confirmed" in sent else None
    if do == "refer":
        return referral_fields(
            None,
            post,
            now,
            language,
            has_own=True,
            sent=typed,
            looked_for=sent.get("looked-for", "")[:100],
            problems=wrong,
        )
    terms = terms_of(post, TermCategory.CLOSING, language)
    errors = [wrong["report"]] if "report" in wrong else []
    hint = _("One report for all. What only told you something needs none.")
    return [
        words_field("report", _("What was done?"), sent.get("report", ""), errors, hint=hint, required=False, rows=4),
        Field(
            "closing",
            "select",
            _("How did it end?"),
            "",
            sent.get("closing", ""),
            required=False,
            options=[Option("", "–"), *(Option(code, text) for code, text in terms.items())],
        ),
    ]


def _deed(do: str, fields: list[Field], sent: QueryDict, now: datetime) -> tuple[Deed | None, dict[str, str]]:
    """Return what is to be done with each line, or what is wrong with what was typed."""
    if do == "close":
        report, closing = sent.get("report", ""), sent.get("closing", "")
        if len(report) > LONGEST_REPORT:
            return None, {"report": problem_text("answers.too-long", {"maximum": LONGEST_REPORT})}

        def close(item: WorkItem, actor: Actor) -> None:
            actions.close_line(work=item.uuid, report=report, closing=closing, actor=actor, now=now)

        return close, {}
    typed, problems = read_referral(sent, fields, now)

    def refer(item: WorkItem, actor: Actor) -> None:
        _refer(item, typed, actor, now)

    return (None, problems) if problems else (refer, {})


@transaction.atomic
def _refer(item: WorkItem, typed: TypedReferral, actor: Actor, now: datetime) -> None:
    if item.post_uuid != actor.post:
        raise WorkUnknown
    actions.refer_letter(
        letter=queries.letter_behind(item),
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
    if typed.ends_own and item.about_kind == REFERRAL_LINE:
        report = typed.note if typed.note.strip() and not typed.secret else _("Referred onward.")
        actions.report_referral(referral=item.about_uuid, report=report, actor=actor, now=now)


def _carry_out(request: HttpRequest, chosen: Sequence[UUID], deed: Deed, back: str, now: datetime) -> HttpResponse:
    """Do it line by line, each in a transaction of its own, and tell what became of every one."""
    language, results = get_language() or "fa", []
    found = dict(_lines(chosen, request, now))
    for item, line in found.items():
        try:
            deed(item, _actor_for(item, request, now))
        except Refusal as refusal:
            said = refused_receivers(refusal, language).get("to") or str(text_of(refusal))
            results.append(Result(line=line, is_done=False, said=said))
        else:
            results.append(Result(line=line, is_done=True, said=""))
    gone = len(chosen) - len(found)
    done = sum(one.is_done for one in results)
    if done == len(chosen):
        said = ngettext("Done: %(count)s line.", "Done: %(count)s lines.", done) % {"count": number(done)}
        messages.success(request, said)
        return redirect(back)
    values = {"results": results, "done": done, "failed": len(results) - done, "gone": gone, "back": back}
    return render(request, "backoffice/bulk_results.html", values)


def _lines(chosen: Sequence[UUID], request: HttpRequest, now: datetime) -> list[tuple[WorkItem, WorkLine]]:
    """Return the chosen lines that are still open in the visitor's worklists, or that they referred, as seen there."""
    actor, language = actor_of(request), get_language() or "fa"
    held = people.list_holdings(actor.uuid, now) if actor.uuid else []
    own = {one.post.uuid: one.post for one in held}
    found = []
    for item in queries.find_work(chosen):
        seen_in = next((own[post] for post in (item.post_uuid, item.from_post) if post in own), None)
        if seen_in is not None and item.about_kind.startswith(queries.scope_of(seen_in)):
            shown = queries.withheld(item, queries.readable_by(seen_in, now))
            found.append((item, line_of(shown, language, seats={}, current=actor.post or item.post_uuid)))
    return found


def _actor_for(item: WorkItem, request: HttpRequest, now: datetime) -> Actor:
    """Return the visitor in the post whose line it is, where they hold that post too; else as they are."""
    actor = actor_of(request)
    if actor.uuid is None or item.post_uuid == actor.post:
        return actor
    for held in people.list_holdings(actor.uuid, now):
        if held.post.uuid == item.post_uuid:
            return replace(
                actor,
                post=held.post.uuid,
                on_behalf_of=held.stands_in_for,
                duties=frozenset({held.post.role}),
                unit=held.post.unit.uuid,
            )
    return actor
