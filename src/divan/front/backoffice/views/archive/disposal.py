"""Files whose time is over: proposed for disposal, and the lists approved or rejected by another person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import DISPOSALS, After, DisposalNotPossible, DisposalState, DueFile
from divan.foundation import clock
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.archive_sections import archive_sections
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.people_named import Names
from divan.front.backoffice.secretariat.reading import Problems, identifier, line, reason_field
from divan.front.texts.words import word

TONES = {DisposalState.PROPOSED: "waiting", DisposalState.APPROVED: "info", DisposalState.DONE: "good"}


def _deeds(one: DueFile) -> list[tuple[str, str]]:
    """Return what may be done with a file now: nothing while it is held, no transfer before it was handed over."""
    if one.is_held:
        return []
    allowed = DISPOSALS if one.file.after is After.ASSESS else (one.file.after,)
    ready = [deed for deed in allowed if deed is not After.TRANSFER or one.handed_over]
    return [(str(deed), word("archive-after", deed)) for deed in ready]


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def due(request: HttpRequest) -> HttpResponse:
    """Show the files whose time is over and the lists made of them; put chosen files on a list."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    problem = ""
    if request.method == "POST":
        deeds = {
            file: After(deed)
            for key, deed in request.POST.items()
            if (file := identifier(key.removeprefix("deed-"))) is not None and deed in set(DISPOSALS)
        }
        try:
            made = actions.propose_disposal(deeds=deeds, post=post, actor=actor_of(request), now=now)
        except DisposalNotPossible as refusal:
            problem = word("disposal-problem", str(refusal.facts.get("reason", ""))) or str(text_of(refusal))
        else:
            messages.success(request, _("The list was made. Another person approves it."))
            return redirect("backoffice:disposal", made)
    lists = queries.list_disposals(post, now)
    names = Names({one.proposed_by for one in lists}, set(), language)
    values = {
        "sections": archive_sections(post, "archive-due"),
        "due": [(one, one.file.class_title(language), _deeds(one)) for one in queries.list_due(post, now)],
        "lists": [
            (one, word("disposal-state", one.state), TONES.get(one.state, ""), names.person(one.proposed_by))
            for one in lists
        ],
        "problem": problem,
        "error_summary": ErrorSummary.of([], [problem] if problem else []),
    }
    return render(request, "backoffice/archive/due.html", values, status=422 if problem else 200)


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest, disposal: UUID) -> HttpResponse:
    """Show a list with its laws and outcomes; whoever is in charge and did not propose it approves or rejects it.

    :raises DisposalUnknown: if it is not of the own body, or above the clearance.
    :raises NotAllowed: for a decision by somebody who is not in charge.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_disposal(disposal, post, now)
    actor, problems = actor_of(request), Problems()
    decides = queries.heads_body(post) and found.state is DisposalState.PROPOSED
    if request.method == "POST":
        if not queries.heads_body(post):
            raise NotAllowed
        reason = line(request.POST, "reason", 500)
        if "approve" in request.POST:
            actions.approve_disposal(disposal=disposal, post=post, actor=actor, now=now)
            messages.success(request, _("The list was approved; it is carried out in the next minutes."))
            return redirect("backoffice:disposal", disposal)
        if reason:
            actions.reject_disposal(disposal=disposal, reason=reason, post=post, actor=actor, now=now)
            messages.success(request, _("The list was rejected."))
            return redirect("backoffice:disposal", disposal)
        problems["reason"] = _("Write why.")
    names = Names({found.proposed_by, found.decided_by}, set(), language)
    fields = [reason_field(problems, request.POST.get("reason", ""))]
    values = {
        "list": found,
        "state": word("disposal-state", found.state),
        "tone": TONES.get(found.state, ""),
        "items": [
            (one, word("archive-after", one.deed), word("disposal-outcome", one.outcome) if one.outcome else "")
            for one in found.items
        ],
        "proposed_by": names.person(found.proposed_by),
        "decided_by": names.person(found.decided_by),
        "is_own": found.proposed_by in {actor.uuid, actor.on_behalf_of},
        "decides": decides,
        "fields": fields,
        "is_rejecting": bool(problems),
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "backoffice/archive/disposal.html", values, status=422 if problems else 200)
