"""Who read, printed or took a letter."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.correspondence import queries
from divan.foundation import clock
from divan.foundation.http.access import access
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.people_named import Names, identifier
from divan.front.texts.words import word


@access(KEEPERS)
@require_safe
def readings(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Show who read, printed or took a letter of the own body, newest first.

    :raises LetterUnknown: if the letter is not for this post.
    """
    post, now = own_post(request), clock.now()
    found = queries.list_readings(letter, post, now)
    persons = {identifier(one.actor.get(name)) for one in found for name in ("uuid", "on_behalf_of")}
    names = Names(persons, {identifier(one.actor.get("post")) for one in found}, get_language() or "fa")
    values = {
        "letter": queries.get_letter_for(letter, post, now),
        "lines": [(one.at, names.actor(one.actor), word("letter-reading", one.what)) for one in found],
    }
    return render(request, "backoffice/archive/readings.html", values)
