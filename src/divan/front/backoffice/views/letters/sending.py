"""A letter that came back: its line in the worklist leads to its sendings at the dispatch desk."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from divan.dealings.correspondence import actions, queries
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.middleware import actor_of
from divan.front.backoffice.duties import KEEPERS, own_post


@access(KEEPERS)
@require_safe
def came_back(request: HttpRequest, dispatch: UUID) -> HttpResponse:
    """Lead from what came back to the page of its letter at the desk; the line is read by that.

    :raises DispatchUnknown: if the post does not keep its secretariat, or may not read the letter.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_dispatch_for(dispatch, post, now)
    line = queries.find_open_work(dispatch)
    if line is not None and line.post_uuid == post.uuid:
        actions.mark_read(work=line.uuid, actor=actor_of(request), now=now)
    return redirect("backoffice:dispatch", found.letter)
