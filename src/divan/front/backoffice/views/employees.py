"""Services to employees of the state («خدمات کارکنان»): what the visitor may ask for, and what they asked for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from divan.dealings.cases import queries
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.front.texts.words import TONES, word
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people


@access(STAFF)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """List the services to employees, and the visitor's own requests to them, newest first.

    :raises NotAllowed: for somebody without a post.
    """
    actor, language = actor_of(request), get_language() or "fa"
    if actor.uuid is None or actor.post is None:
        raise NotAllowed
    offered = [
        one for one in catalogue.list_services(language=language, inside=True) if one.version.audience == "employees"
    ]
    titles = {one.code: one.title for one in offered}
    own = [
        {
            "case": case,
            "title": titles[case.service_code],
            "state": word("case-state", case.state),
            "tone": TONES[case.state],
        }
        for case in queries.list_cases_of(actor.uuid)
        if case.service_code in titles
    ]
    code = people.get_person(actor.uuid).national_code
    is_asked = any(one.state == "asked" for one in queries.list_signatures_of(code))
    return render(request, "backoffice/employees.html", {"offered": offered, "own": own, "is_asked": is_asked})
