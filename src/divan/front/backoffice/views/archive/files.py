"""Files of the archive: found, opened, changed, closed, held."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import ArchiveFileUnfit, FileNotSecretEnough, Secrecy
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.archive_sections import (
    archive_sections,
    class_field,
    keeps_archive,
    secrecy_field,
    title_field,
)
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.people_named import Names
from divan.front.backoffice.secretariat.reading import Problems, identifier, line, reason_field, whole
from divan.front.texts.words import word


@access(STAFF)
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """Find files of the own body by words of the title or by their code, or show those of a class."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    words, chosen = request.GET.get("q", "")[:100], identifier(request.GET.get("class", ""))
    found = queries.list_archive_files(post, now, words=words, archive_class=chosen)
    plan = queries.list_plan(post.unit.body_uuid)
    shown = next((one for one in plan if one.uuid == chosen), None)
    values = {
        "sections": archive_sections(post, "archive"),
        "files": [(one, one.class_title(language), word("secrecy", one.secrecy)) for one in found],
        "q": words,
        "chosen": shown,
        "chosen_title": shown.title(language) if shown else "",
        "is_cut": len(found) == queries.FILES_PAGE,
        "has_plan": bool(plan),
        "keeps": keeps_archive(post),
    }
    return render(request, "backoffice/archive/files.html", values)


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a file in a class of the own body's plan."""
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    sent = request.POST if request.method == "POST" else request.GET
    readable = queries.readable_by(post, now)
    problems: Problems = {}
    if request.method == "POST":
        chosen = identifier(sent.get("class", ""))
        if chosen is None:
            problems["class"] = _("Choose a class.")
        if not line(request.POST, "title", 300):
            problems["title"] = _("Write what the file is about.")
        if sent.get("secrecy") not in readable:
            problems["secrecy"] = _("Choose a class up to your own clearance.")
        if chosen is not None and not problems:
            try:
                made = actions.open_archive_file(
                    archive_class=chosen,
                    title=line(request.POST, "title", 300),
                    secrecy=Secrecy(sent.get("secrecy", "")),
                    post=post,
                    actor=actor_of(request),
                    now=now,
                )
            except ArchiveFileUnfit as refusal:
                problems["class"] = str(text_of(refusal))
            else:
                messages.success(request, _("The file was opened."))
                return redirect("backoffice:archive-file", made)
    fields = [
        class_field(queries.list_plan(post.unit.body_uuid), language, sent.get("class", ""), problems),
        title_field(sent.get("title", ""), problems),
        secrecy_field(readable, sent.get("secrecy", ""), problems),
    ]
    values = {"fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/archive/new_file.html", values, status=422 if problems else 200)


@access(STAFF)
@require_safe
def file(request: HttpRequest, file: UUID) -> HttpResponse:
    """Show a file: its volumes, the letters in it that the post may read, until when it is kept, and what holds it.

    :raises ArchiveFileUnknown: if it is not for this post.
    """
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_archive_file(file, post, now)
    volumes = queries.list_volumes(file)
    volume = whole(request.GET.get("volume", ""), most=9999) or volumes[-1].number
    holds = queries.list_holds(file)
    names = Names({found.opened_by, found.closed_by, *(one.laid_by for one in holds)}, set(), language)
    values = {
        "file": found,
        "class_title": found.class_title(language),
        "secrecy": word("secrecy", found.secrecy),
        "after": word("archive-after", found.after),
        "opened_by": names.person(found.opened_by),
        "closed_by": names.person(found.closed_by),
        "volumes": volumes,
        "volume": volume,
        "filed": queries.list_filed(file, post, now, volume=volume),
        "most": queries.FILES_PAGE,
        "holds": [(one, names.person(one.laid_by)) for one in holds],
        "is_held": any(one.lifted_at is None for one in holds),
        "keeps": keeps_archive(post),
        "is_due": found.due_on is not None and found.due_on <= now.date(),
    }
    return render(request, "backoffice/archive/file.html", values)


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, file: UUID) -> HttpResponse:
    """Change title and class of secrecy of an open file.

    :raises ArchiveFileUnknown, ArchiveFileClosed: if it is not for this post, or closed.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_archive_file(file, post, now)
    readable = queries.readable_by(post, now)
    problems: Problems = {}
    typed = request.POST if request.method == "POST" else {"title": found.title, "secrecy": str(found.secrecy)}
    if request.method == "POST":
        if not line(request.POST, "title", 300):
            problems["title"] = _("Write what the file is about.")
        if typed.get("secrecy") not in readable:
            problems["secrecy"] = _("Choose a class up to your own clearance.")
        if not problems:
            try:
                actions.change_archive_file(
                    file=file,
                    title=line(request.POST, "title", 300),
                    secrecy=Secrecy(typed.get("secrecy", "")),
                    post=post,
                    actor=actor_of(request),
                    now=now,
                )
            except FileNotSecretEnough as refusal:
                problems["secrecy"] = str(text_of(refusal))
            else:
                messages.success(request, _("The file was changed."))
                return redirect("backoffice:archive-file", file)
    fields = [
        title_field(typed.get("title", ""), problems),
        secrecy_field(readable, typed.get("secrecy", ""), problems),
    ]
    values = {"file": found, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/archive/change_file.html", values, status=422 if problems else 200)


@access(KEEPERS)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, file: UUID, deed: str) -> HttpResponse:
    """Begin a volume, close or reopen a file, or hold it: a page that says what it means, and a button.

    :raises ArchiveFileUnknown, ArchiveFileClosed, ArchiveFileUnfit, ReasonNeeded: and nothing was changed.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_archive_file(file, post, now)
    if deed not in {"volume", "close", "reopen", "hold"}:
        raise Http404
    needs_reason = deed in {"reopen", "hold"}
    problems: Problems = {}
    reason = line(request.POST, "reason", 500)
    if request.method == "POST" and needs_reason and not reason:
        problems["reason"] = _("Write why.")
    elif request.method == "POST":
        _do(deed, file, reason, request)
        messages.success(request, _("Done."))
        return redirect("backoffice:archive-file", file)
    fields = [reason_field(problems, request.POST.get("reason", ""))] if needs_reason else []
    values = {"file": found, "deed": deed, "fields": fields, "error_summary": ErrorSummary.of(fields)}
    return render(request, "backoffice/archive/act.html", values, status=422 if problems else 200)


def _do(deed: str, file: UUID, reason: str, request: HttpRequest) -> None:
    post, actor, now = own_post(request), actor_of(request), clock.now()
    match deed:
        case "volume":
            actions.open_volume(file=file, post=post, actor=actor, now=now)
        case "close":
            actions.close_archive_file(file=file, post=post, actor=actor, now=now)
        case "reopen":
            actions.reopen_archive_file(file=file, reason=reason, post=post, actor=actor, now=now)
        case "hold":
            actions.lay_hold(file=file, reason=reason, post=post, actor=actor, now=now)


@access(KEEPERS)
@require_POST
def lift(request: HttpRequest, file: UUID, hold: UUID) -> HttpResponse:
    """Lift a hold of a file.

    :raises ArchiveFileUnknown, FilingUnknown: and nothing was changed.
    """
    post, now = own_post(request), clock.now()
    actions.lift_hold(hold=hold, post=post, actor=actor_of(request), now=now)
    messages.success(request, _("The file is not held any more."))
    return redirect("backoffice:archive-file", file)
