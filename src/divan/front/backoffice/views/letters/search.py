"""Finding letters: by words, by numbers however they are spelled, and by marks; nothing that the post may not read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.correspondence import queries
from divan.foundation import clock
from divan.foundation.http.access import STAFF, access
from divan.front.backoffice.duties import own_post
from divan.front.backoffice.letter_finding import choices_of, read_search, search_address, typed_search
from divan.front.texts.words import TONES, word


@access(STAFF)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show the form and, once something was asked, a page of the letters that fit."""
    post, language, now = own_post(request), get_language() or "fa", clock.now()
    typed, after = typed_search(request.GET), request.GET.get("after", "")[:80]
    choices = choices_of(post, language, now)
    filters, problems = read_search(typed, choices)
    found = queries.search_letters(filters, post, now, after=after) if typed and not problems else None
    values = {
        "typed": typed,
        "narrower": {name: value for name, value in typed.items() if name != "text"},
        "choices": choices,
        "problems": problems,
        "found": found,
        "most": queries.MOST_COUNTED,
        "lines": [(one, *_said(one.letter.state, one.letter.secrecy)) for one in found.items] if found else [],
        "is_first": not after,
        "next_url": search_address(typed, after=found.after) if found and found.after else "",
        "top_url": search_address(typed),
    }
    return render(request, "backoffice/letters/search.html", values)


def _said(state: str, secrecy: str) -> tuple[str, str, str, str]:
    """Return state and secrecy in words with their tones; ordinary letters say nothing of secrecy."""
    marked = "" if secrecy == "ordinary" else word("secrecy", secrecy)
    return word("letter-state", state), TONES.get(state, ""), marked, TONES.get(secrecy, "")
