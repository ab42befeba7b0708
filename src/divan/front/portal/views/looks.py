"""Who looked at one's data, through the exchange and in one's cases; and objecting to a look."""

from __future__ import annotations

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

from divan.dealings.cases import queries as cases
from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import queries as secretariats
from divan.dealings.correspondence.values import (
    Arrived,
    Channel,
    Intake,
    Party,
    PartyKind,
    RecipientLine,
    Secretariat,
)
from divan.foundation import clock
from divan.foundation.errors import NotAllowed
from divan.foundation.http.access import SIGNED_IN, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import ErrorSummary, Field
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import jalali_time
from divan.foundation.ui.pieces import Row
from divan.registers.people import queries as people
from divan.registers.people.values import Person
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import Look, LookResult
from divan_libs.persian.jalali import TEHRAN, from_jalali, jalali_year

PAGE = 30
LONGEST = 5000

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
    values = {
        "wish": wish,
        "looks": [_shown(look) for look in found[:PAGE]],
        "onward": wish.address(found[PAGE - 1].token) if len(found) > PAGE else "",
        "from_the_top": wish.address("") if wish.after else "",
        "years": range(newest, oldest - 1, -1) if newest else (),
        "members": known.members,
        "opened": [] if wish.after else _opened(person.uuid, wish, language),
    }
    return render(request, "portal/looks.html", values)


def _shown(look: Look) -> dict[str, object]:
    moment = jalali_time(look.at)
    address = reverse("portal:look-object", args=[look.request_id])
    return {
        "title": look.client_name,
        "rows": _rows(look),
        "actions": [Link(address, _("Object to this"), hidden=f"{look.client_name}, {moment}")],
    }


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
    """Object to a look: a letter goes to the body that asked, with what the evidence says; once for each look.

    :raises LookUnknown: if nobody looked at the visitor under that identifier.
    """
    language, person = get_language() or "fa", _person(request)
    look = exchange.get_look(person.national_code, request_id[:64], language=language)
    secretariat = _secretariat_of(look)
    text, wrong = request.POST.get("text", "")[:LONGEST], []
    if request.method == "POST" and secretariat is not None:
        if text.strip():
            taken = _send(request, person, look, secretariat, text.strip())
            return redirect("portal:petition", taken.uuid)
        wrong.append(_("Write what you object to."))
    fields = [Field("text", "long-text", _("What do you object to?"), "", text, wrong, attributes={"rows": "8"})]
    body = people.get_unit(secretariat.body_code) if secretariat is not None else None
    values = {
        "rows": [
            Row(_("Who asked"), look.client_name),
            *_rows(look),
            Row(_("Number of the message"), look.message_id, code=True),
        ],
        "body": body.name(language) if body else "",
        "is_the_asker": body is not None and look.member.rpartition("/")[2] == body.code,
        "fields": fields,
        "error_summary": ErrorSummary.of(fields),
    }
    return render(request, "portal/look_object.html", values, status=422 if wrong else 200)


def _secretariat_of(look: Look) -> Secretariat | None:
    """Return where an objection goes: to the body that asked if it is here, else to the one that keeps the exchange."""
    known = {one.body_code: one for one in secretariats.list_central_secretariats()}
    codes = (address.rpartition("/")[2] for address in (look.member, exchange.own_member()))
    return next((known[code] for code in codes if code in known), None)


def _send(request: HttpRequest, person: Person, look: Look, secretariat: Secretariat, text: str) -> Intake:
    body = people.get_unit(secretariat.body_code)
    lines = [
        text,
        "",
        _("This letter objects to a question about me through the exchange:"),
        _("who asked: %(body)s") % {"body": look.client_name},
        _("what: %(service)s") % {"service": look.service_name},
        _("when: %(moment)s") % {"moment": jalali_time(look.at)},
        _("why: %(purpose)s") % {"purpose": " – ".join(filter(None, (look.purpose, look.stated)))},
        _("by which law: %(law)s") % {"law": look.legal_basis or "–"},
        _("number of the message: %(number)s") % {"number": look.message_id},
    ]
    arrived = Arrived(
        sender=Party(kind=PartyKind.PERSON, uuid=person.uuid, name=person.full_name),
        their_date=None,
        subject=_("Objection to a question about me on %(moment)s") % {"moment": jalali_time(look.at)},
        wording="\n".join(lines),
        recipients=(
            RecipientLine(party=Party(kind=PartyKind.BODY, uuid=body.uuid, organization=body.name_fa, code=body.code)),
        ),
        applicant=person.uuid,
        language=get_language() or "fa",
    )
    # One letter for each look: sent again it is the same letter.
    return correspondence.take_in_pages(
        secretariat=secretariat.uuid,
        channel=Channel.PORTAL,
        key=f"{person.uuid}:look-{look.request_id}",
        arrived=arrived,
        pages=(),
        actor=actor_of(request).for_oneself(),
        now=clock.now(),
    )
