"""A case to read: open to posts that have or had something to do in it, and to the secretariat of its body."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Case, CaseUnknown
from divan.dealings.correspondence import queries as correspondence
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.front.backoffice.dossier import open_dossier
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.readable import may_read_file
from divan.registers.people.values import Post


def seen_case(post: Post, case: UUID) -> Case:
    """Return a case that the holder of a post may see.

    :raises CaseUnknown: if there is none, or it is not for this post: the two are not told apart.
    """
    found = queries.get_case(case)
    if not queries.may_see_case(post, found):
        raise CaseUnknown
    return found


@access(STAFF)
@require_safe
def case(request: HttpRequest, case: UUID) -> HttpResponse:
    """Show a case and note for its applicant that it was looked at."""
    post, now = own_post(request), clock.now()
    found = seen_case(post, case)
    steps = queries.steps_read_by(post, found)
    actions.note_view(case=case, actor=actor_of(request), now=now)
    waiting = queries.find_open_task(case)
    values = {
        "dossier": open_dossier(found, steps, language=get_language() or "fa", now=now),
        "own_task": waiting if waiting is not None and waiting.post == post.uuid else None,
        "letters": correspondence.list_letters_about(case),
    }
    return render(request, "backoffice/case.html", values)


@access(STAFF)
@require_safe
def file(request: HttpRequest, case: UUID, file: UUID) -> HttpResponse:
    """Give a file of a case to a post whose steps need it, and note the look.

    :raises CaseUnknown: if case or file are not for this post.
    """
    post = own_post(request)
    found = seen_case(post, case)
    if not may_read_file(queries.get_package_of(found), found, file, queries.steps_read_by(post, found)):
        raise CaseUnknown
    actions.note_view(case=case, actor=actor_of(request), now=clock.now())
    return file_answer(*queries.case_file_bytes(case, file))
