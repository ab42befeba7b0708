"""A case to read: open to posts that have or had something to do in it, and to the secretariat of its body."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.cases import actions, queries
from divan.dealings.cases.values import Case, CaseUnknown
from divan.dealings.correspondence import queries as letters
from divan.dealings.correspondence.values import Letter
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.media import file_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.front.backoffice.dossier import open_dossier
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.readable import may_read_file
from divan.front.backoffice.standing import note_field
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
    post = own_post(request)
    found = seen_case(post, case)
    actions.note_view(case=case, actor=actor_of(request), now=clock.now())
    return case_page(request, found, post)


def case_page(
    request: HttpRequest, case: Case, post: Post, *, note: Field | None = None, status: int = 200
) -> HttpResponse:
    """Return a case as the holder of a post reads it, with the note that they were about to write."""
    steps = queries.steps_read_by(post, case)
    if actor_of(request).uuid == case.applicant:
        # An officer reads their own case as the applicant does, on the citizen's page.
        steps = frozenset()
    own = next((task for task in queries.list_open_tasks(case.uuid) if task.post == post.uuid), None)
    note = note or note_field()
    values = {
        "dossier": open_dossier(case, steps, language=get_language() or "fa", now=clock.now(), post=post.uuid),
        "own_task": own,
        "letters": _letters_about(case, post),
        "opened_by": _opened_by(case, post),
        "note_field": note if steps else None,
        "error_summary": ErrorSummary.of([note]),
    }
    return render(request, "backoffice/case.html", values, status=status)


def _letters_about(case: Case, post: Post) -> list[Letter]:
    """Return the letters about a case that this post may read."""
    known = letters.list_letters_about(case.uuid)
    readable = letters.list_readable([one.uuid for one in known], post, clock.now())
    return [one for one in known if one.uuid in readable]


def _opened_by(case: Case, post: Post) -> Letter | None:
    """Return the letter that opened a case, where this post may read it."""
    opening = queries.find_opening(case.uuid) if case.channel == "letter" else None
    if opening is None or opening.letter not in letters.list_readable([opening.letter], post, clock.now()):
        return None
    return letters.get_letter(opening.letter)


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
