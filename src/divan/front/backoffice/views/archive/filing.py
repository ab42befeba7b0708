"""Letters are put into files, one or many at once, and taken out or moved."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import FilingUnknown, Letter, LetterUnknown
from divan.foundation import clock
from divan.foundation.errors import Refusal
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field, Option
from divan.foundation.ui.numbers import number
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.archive_sections import archive_sections, keeps_archive
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.secretariat.reading import Problems, errors, identifier, line, reason_field
from divan.registers.people.values import Post

MOST_AT_ONCE = 50


@access(STAFF)
@require_safe
def unfiled(request: HttpRequest) -> HttpResponse:
    """Show the letters that are done with and lie in no file, to be put into one together."""
    post, now = own_post(request), clock.now()
    words = request.GET.get("q", "")[:100]
    values = {
        "sections": archive_sections(post, "unfiled"),
        "letters": queries.list_unfiled(post, now, words=words),
        "q": words,
        "most": queries.FILES_PAGE,
    }
    return render(request, "backoffice/archive/unfiled.html", values)


def _chosen(request: HttpRequest, post: Post) -> list[Letter]:
    sent = request.POST if request.method == "POST" else request.GET
    wanted = [identifier(one) for one in sent.getlist("letter")[:MOST_AT_ONCE]]
    return [queries.get_letter_for(one, post, clock.now()) for one in wanted if one is not None]


def _file_field(post: Post, words: str, chosen: str, problems: Problems) -> Field:
    language = get_language() or "fa"
    known = queries.list_archive_files(post, clock.now(), words=words, only_open=True)
    options = [Option(str(one.uuid), f"{one.code} – {one.title}", one.class_title(language)) for one in known]
    return Field("file", "choice", _("Into which file?"), "", chosen, errors(problems, "file"), options=options)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def put(request: HttpRequest) -> HttpResponse:
    """Put one or several letters into a file that is found by its title.

    :raises LetterUnknown: if one is not for this post.
    """
    post, now = own_post(request), clock.now()
    letters = _chosen(request, post)
    if not letters:
        messages.warning(request, _("Choose at least one letter."))
        return redirect("backoffice:unfiled")
    sent = request.POST if request.method == "POST" else request.GET
    words, problems = sent.get("q", "")[:100], dict[str, str]()
    if request.method == "POST" and "look" not in sent:
        file = identifier(sent.get("file", ""))
        if file is None:
            problems["file"] = _("Choose a file.")
        else:
            try:
                many = actions.put_in_file(
                    letters=[one.uuid for one in letters], file=file, post=post, actor=actor_of(request), now=now
                )
            except LetterUnknown:
                raise
            except Refusal as refusal:
                problems["file"] = str(text_of(refusal))
            else:
                said = ngettext(
                    "%(count)s letter was put into the file.", "%(count)s letters were put into the file.", many
                )
                messages.success(request, said % {"count": number(many)})
                return redirect("backoffice:archive-file", file)
    field = _file_field(post, words, sent.get("file", ""), problems)
    values = {
        "letters": letters,
        "q": words,
        "field": field if field.options else None,
        "keeps": keeps_archive(post),
        "error_summary": ErrorSummary.of([field]),
    }
    return render(request, "backoffice/archive/put.html", values, status=422 if problems else 200)


@access(STAFF)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, letter: UUID, filing: UUID) -> HttpResponse:
    """Take a letter out of a file, or move it into another one, with the reason.

    :raises FilingUnknown: if it does not lie there, or is not for this post.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_letter_for(letter, post, now)
    place = next((one for one in queries.list_places(letter, post, now) if one.filing == filing), None)
    if place is None:
        raise FilingUnknown
    words, problems = request.POST.get("q", "")[:100], dict[str, str]()
    reason, file = line(request.POST, "reason", 500), identifier(request.POST.get("file", ""))
    if request.method == "POST" and "look" not in request.POST:
        if not reason:
            problems["reason"] = _("Write why.")
        elif "move" in request.POST and file is None:
            problems["file"] = _("Choose a file.")
        else:
            actor = actor_of(request)
            try:
                if "move" in request.POST and file is not None:
                    actions.move_letter(filing=filing, file=file, reason=reason, post=post, actor=actor, now=now)
                else:
                    actions.take_out(filing=filing, reason=reason, post=post, actor=actor, now=now)
            except Refusal as refusal:
                problems["file"] = str(text_of(refusal))
            else:
                messages.success(request, _("Done."))
                return redirect(reverse("backoffice:letter", args=[letter]) + "#archive")
    fields = [reason_field(problems, request.POST.get("reason", ""))]
    field = _file_field(post, words, request.POST.get("file", ""), problems)
    values = {
        "letter": found,
        "place": place,
        "fields": fields,
        "field": field,
        "q": words,
        "error_summary": ErrorSummary.of([*fields, field]),
    }
    return render(request, "backoffice/archive/take.html", values, status=422 if problems else 200)
