"""What only a rehearsal has: becoming somebody in one click, and a telephone to look at."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import httpx
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access
from divan.front.portal.options import options
from divan.registers.people import queries as people
from divan.trust.identity import queries as accounts
from divan.trust.identity.views import sessions


@access(PUBLIC)
@require_safe
def roles(request: HttpRequest) -> HttpResponse:
    """List the people one can be: the cast of the story first, then the officers of all other bodies by body."""
    cast: list[dict[str, object]] = []
    bodies: dict[str, list[dict[str, object]]] = {}
    for part in _parts():
        if part["of_body"]:
            bodies.setdefault(str(part["unit"]), []).append(part)
        else:
            cast.append(part)
    return render(request, "portal/roles.html", {"cast": cast, "bodies": sorted(bodies.items())})


def _parts() -> Iterator[dict[str, object]]:
    language, known = get_language() or "fa", accounts.list_rehearsal_accounts()
    persons = people.find_persons(account.person for account in known)
    holdings = people.list_holdings_of(persons, clock.now())
    for account in known:
        # An officer who once signed in as a citizen has two accounts; each is shown as whom one becomes by it.
        held = holdings.get(account.person, []) if account.is_staff_account else []
        post = held[0].post if held else None
        yield {
            "username": account.username,
            "name": persons[account.person].full_name,
            "part": post.title(language) if post else _("Citizen"),
            "unit": post.unit.name(language) if post else "",
            "staff": bool(held),
            "of_body": post is not None and account.username == f"{post.unit.body_code}-{post.role}",
        }


@access(PUBLIC)
@require_POST
def become(request: HttpRequest) -> HttpResponse:
    """Become the chosen person at once, and go where that person works."""
    username = request.POST.get("username", "")[:80]
    account = sessions.sign_in_for_rehearsal(request, username=username, now=clock.now())
    messages.info(request, _("You are now %(name)s.") % {"name": people.get_person(account.person).full_name})
    back = request.POST.get("next", "")
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return HttpResponseRedirect(back)
    return HttpResponseRedirect("/office/" if account.is_staff_account else "/cases/")


@access(PUBLIC)
@require_safe
def phone(request: HttpRequest) -> HttpResponse:
    """Show every short message that the rehearsal's gateway took, newest first, by number."""
    number = request.GET.get("to", "")[:20]
    try:
        answer = httpx.get(options().rehearsal_phone, params={"to": number} if number else None, timeout=3.0)
        answer.raise_for_status()
        inbox = _by_recipient(answer.json()["messages"])
    except (httpx.HTTPError, ValueError, KeyError):
        inbox = None
    return render(request, "portal/phone.html", {"inbox": inbox, "number": number})


def _by_recipient(taken: list[dict[str, str]]) -> list[dict[str, object]]:
    conversations: dict[str, list[dict[str, object]]] = {}
    for message in sorted(taken, key=lambda one: one["at"], reverse=True):
        said = {"text": message["text"], "at": datetime.fromisoformat(message["at"])}
        conversations.setdefault(message["recipient"], []).append(said)
    return [{"recipient": recipient, "messages": said} for recipient, said in conversations.items()]
