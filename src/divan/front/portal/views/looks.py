"""Who looked at one's data, through the exchange and in one's cases; and objecting to a look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from divan.dealings.cases import actions
from divan.dealings.cases import queries as cases
from divan.dealings.cases.values import Case
from divan.foundation import clock
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import jalali_time
from divan.foundation.ui.pieces import Row
from divan.front.texts.words import clock_in_words, word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceUnknown
from divan.registers.people import queries as people
from divan.registers.people.values import Person
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import Look, LookResult
from divan_libs.persian.jalali import TEHRAN, from_jalali, jalali_year

PAGE = 30
LONGEST = 5000
OBJECTION = "data-look-objection"
"""The service that carries an objection; its form takes what the evidence says of a look."""
ATTEMPT = "attempt_number"
"""The question whose answer names the look: one objection to each."""
LENGTHS = {
    "objection": LONGEST,
    "asking_body": 100,
    "asker": 300,
    "asking_post": 300,
    "data_asked": 300,
    "asked_at": 60,
    "purpose": 1000,
    "legal_basis": 1000,
    "message_number": 300,
    ATTEMPT: 80,
}
"""What the form of the service takes, in characters; what is longer stands in the evidence."""

RESULTS: dict[LookResult, Promise] = {
    LookResult.GIVEN: gettext_lazy("Your data were given"),
    LookResult.NOT_FOUND: gettext_lazy("Nothing was found about you"),
    LookResult.REFUSED: gettext_lazy("It was refused"),
    LookResult.NO_ANSWER: gettext_lazy("It was asked, and no whole answer came"),
    LookResult.UNKNOWN: gettext_lazy("It is not known whether it was answered"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """By what the list is narrowed: a Jalali year and a body; and where it goes on."""

    year: int
    member: str
    after: str

    @classmethod
    def of(cls, request: HttpRequest) -> _Wish:
        year = request.GET.get("year", "")
        known = year.isascii() and year.isdigit() and 1300 <= int(year) <= 1600
        return cls(
            year=int(year) if known else 0,
            member=request.GET.get("body", "")[:200],
            after=request.GET.get("after", "")[:100],
        )

    @property
    def since(self) -> datetime | None:
        return _begin_of(self.year) if self.year else None

    @property
    def until(self) -> datetime | None:
        return _begin_of(self.year + 1) if self.year else None

    def address(self, after: str) -> str:
        told = {"year": str(self.year or ""), "body": self.member, "after": after}
        return f"{reverse('portal:looks')}?{urlencode({name: value for name, value in told.items() if value})}"


def _begin_of(year: int) -> datetime:
    day: date = from_jalali(year, 1, 1)
    return datetime.combine(day, time(), TEHRAN)


def _person(request: HttpRequest) -> Person:
    found = actor_of(request).uuid
    if found is None:
        raise NotAllowed
    return people.get_person(found)


@access(SIGNED_IN)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show who looked at one's data, when and why: through the exchange, and officers who opened one's cases."""
    language, person, wish = get_language() or "fa", _person(request), _Wish.of(request)
    found = exchange.list_looks_at(
        person.national_code,
        since=wish.since,
        until=wish.until,
        member=wish.member,
        after=wish.after,
        language=language,
        limit=PAGE + 1,
    )
    known = exchange.summarize_looks_at(person.national_code, language=language)
    newest, oldest = (jalali_year(at) if at else 0 for at in (known.last_at, known.first_at))
    objections = _objections(person, found[:PAGE])
    values = {
        "wish": wish,
        "looks": [_shown(look, objections.get(look.request_id)) for look in found[:PAGE]],
        "onward": wish.address(found[PAGE - 1].token) if len(found) > PAGE else "",
        "from_the_top": wish.address("") if wish.after else "",
        "years": range(newest, oldest - 1, -1) if newest else (),
        "members": known.members,
        "opened": [] if wish.after else _opened(person.uuid, wish, language),
    }
    return render(request, "portal/looks.html", values)


def _shown(look: Look, objection: Case | None) -> dict[str, object]:
    said = f"{look.client_name}, {jalali_time(look.at)}"
    if objection is None:
        address = reverse("portal:look-object", args=[look.request_id])
        return {
            "title": look.client_name,
            "rows": _rows(look),
            "actions": [Link(address, _("Object to this"), hidden=said)],
        }
    address = reverse("portal:case", args=[objection.uuid])
    return {
        "title": look.client_name,
        "rows": [*_rows(look), Row(_("Your objection"), _answer_of(objection))],
        "actions": [Link(address, _("See your objection"), hidden=said)],
    }


def _answer_of(objection: Case) -> str:
    """Return what came of an objection, or where it stands."""
    if not objection.outcome:
        return word("case-state", objection.state)
    return cases.get_package_of(objection).text(f"outcomes.{objection.outcome}.title", get_language() or "fa")


def _rows(look: Look) -> list[Row]:
    return [
        Row(_("When"), jalali_time(look.at)),
        Row(_("What was asked"), look.service_name),
        Row(_("Why"), " – ".join(filter(None, (look.purpose, look.stated)))),
        Row(_("By which law"), look.legal_basis),
        Row(_("For which post"), look.post or _("No post was named; the body's system asked")),
        Row(_("What came of it"), RESULTS[look.result]),
    ]


def _opened(person: UUID, wish: _Wish, language: str) -> list[dict[str, object]]:
    """Return which officers opened a case of the person, newest first."""
    views = []
    for case in cases.list_cases_of(person):
        for line in cases.list_history(case.uuid):
            inside = (wish.since is None or line.at >= wish.since) and (wish.until is None or line.at < wish.until)
            if line.kind == "cases.case-viewed" and "post" in line.actor and inside:
                views.append((line.at, UUID(line.actor["post"]), case))
    posts = people.find_posts({post for _at, post, _case in views})
    return [
        {
            "at": at,
            "who": posts[post].title(language) if post in posts else "",
            "unit": posts[post].unit.name(language) if post in posts else "",
            "case": case,
        }
        for at, post, case in sorted(views, key=lambda view: view[0], reverse=True)
    ]


@access(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def object_to(request: HttpRequest, request_id: str) -> HttpResponse:
    """Object to a look: a case at the body that asked, with what the evidence says; once for each look.

    :raises LookUnknown: if nobody looked at the visitor under that identifier.
    """
    language, person = get_language() or "fa", _person(request)
    look = exchange.get_look(person.national_code, request_id[:64], language=language)
    if (case := _objections(person, [look]).get(look.request_id)) is not None:
        return redirect("portal:case", case.uuid)
    text, wrong = request.POST.get("text", "")[:LONGEST], []
    if request.method == "POST":
        if text.strip():
            return redirect("portal:case", _send(request, person, look, text.strip()).uuid)
        wrong.append(_("Write what you object to."))
    fields = [Field("text", "long-text", _("What do you object to?"), "", text, wrong, attributes={"rows": "8"})]
    values = {
        "rows": [
            Row(_("Who asked"), look.client_name),
            *_rows(look),
            Row(_("Number of the message"), look.message_id, code=True),
        ],
        **_whom(look, language),
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "portal/look_object.html", values, status=422 if wrong else 200)


def _whom(look: Look, language: str) -> dict[str, object]:
    """Say who examines an objection and how long it may take; nothing where the service is not offered here."""
    try:
        version = catalogue.get_offered_version(OBJECTION, inside=False)
    except ServiceUnknown:
        return {"body": ""}
    card = catalogue.get_package(version.uuid).card
    is_here = look.body in people.list_body_codes()
    body = people.get_unit(look.body if is_here else card.provider.body)
    return {
        "body": body.name(language),
        "is_the_asker": is_here,
        "promised": clock_in_words(card.promised_time) if card.promised_time else "",
    }


def _objections(person: Person, looks: Sequence[Look]) -> dict[str, Case]:
    """Return the cases of objections to these looks, by the look's identifier."""
    return cases.find_cases_by_answer(person.uuid, OBJECTION, ATTEMPT, [look.request_id for look in looks])


def _send(request: HttpRequest, person: Person, look: Look, text: str) -> Case:
    """Open the case of an objection with what the evidence says of the look; sent again it is the same case."""
    given = {
        "objection": text,
        "full_name": person.full_name,
        "asking_body": look.body,
        "asker": look.client_name,
        "asking_post": look.post,
        "data_asked": look.service_name,
        "asked_at": jalali_time(look.at),
        "purpose": " – ".join(filter(None, (look.purpose, look.stated))),
        "legal_basis": look.legal_basis,
        "result": str(RESULTS[look.result]),
        "message_number": look.message_id,
        ATTEMPT: look.request_id,
    }
    return actions.send_application(
        service_code=OBJECTION,
        given={code: answer[: LENGTHS.get(code, 200)] for code, answer in given.items()},
        once_by=ATTEMPT,
        language=get_language() or "fa",
        actor=actor_of(request).for_oneself(),
        now=clock.now(),
    )
