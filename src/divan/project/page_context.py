"""What stands around the matter of every page: the frame, composed from what the storeys know."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries as worklist
from divan.foundation.actors import Actor, ActorKind
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.frame import Link, LinkGroup, PageFrame
from divan.front.backoffice.duties import EXCHANGE, ORGANISATION, PERMITS
from divan.registers.people import queries as people
from divan.registers.places import queries as places
from divan.registers.places.values import PlaceUnknown
from divan.trust.exchange import queries as exchange


def page_context(request: HttpRequest) -> dict[str, object]:
    """Give templates the frame; it is made only when a template asks for it."""
    return {"frame": SimpleLazyObject(lambda: _frame(request))}


def _frame(request: HttpRequest) -> PageFrame:
    actor = actor_of(request)
    language = get_language() or "fa"
    holder = people.get_post(actor.post) if actor.post else None
    return PageFrame(
        home="/office/" if actor.is_staff else "/",
        # Divisions have Persian names only; an English page does without.
        place=_place(settings.DIVAN.province_code) if language == "fa" else "",
        rehearsal=settings.DIVAN.rehearsal,
        rehearsal_links=_rehearsal_links(language),
        phase=Link(reverse("portal:coverage"), _("What works and what does not yet")),
        navigation=_navigation(request, actor, language),
        office_navigation=_office(request, actor) if holder else (),
        account=(),
        footer=_footer(language),
        person=_name(actor.uuid) if actor.uuid and actor.kind is not ActorKind.ANONYMOUS else "",
        post=holder.title(language) if holder else "",
        sign_out=reverse("identity:sign-out") if actor.kind is not ActorKind.ANONYMOUS else "",
        language_url=reverse("portal:language"),
        here=request.get_full_path() if request.method == "GET" else request.path,
    )


def _name(person: UUID) -> str:
    return people.get_person(person).full_name


_PLACES: dict[str, str] = {}
"""Names of provinces once they are known: a province does not change its name while a process lives."""


def _place(code: str) -> str:
    if code not in _PLACES:
        try:
            _PLACES[code] = places.get_place(code).name
        except PlaceUnknown:
            return ""
    return _PLACES[code]


@lru_cache(maxsize=8)
def _rehearsal_links(_language: str) -> tuple[Link, ...]:
    if not settings.DIVAN.rehearsal:
        return ()
    return (Link(reverse("rehearsal:roles"), _("Be somebody else")), Link(reverse("rehearsal:phone"), _("Telephone")))


def _link(request: HttpRequest, name: str, label: str, *, exact: bool = False) -> Link:
    url = reverse(name)
    current = request.path == url if exact else request.path.startswith(url)
    return Link(url, label, current=current)


def _navigation(request: HttpRequest, actor: Actor, language: str) -> list[Link]:
    return [Link(url, label, current=request.path.startswith(url)) for url, label in _ways(actor.kind, language)]


@lru_cache(maxsize=32)
def _ways(kind: ActorKind, _language: str) -> tuple[tuple[str, str], ...]:
    """Return addresses and labels of the main navigation: they depend on who one is and the language, nothing else."""
    ways = [("portal:services", _("Services"))]
    if kind is ActorKind.CITIZEN:
        ways += [
            ("portal:cases", _("My cases")),
            ("portal:documents", _("My documents")),
            ("portal:payments", _("My payments")),
            ("portal:signatures", _("Asked of me")),
            ("portal:looks", _("Who looked at my data")),
        ]
    else:
        ways += [("portal:track", _("Track a request")), ("portal:verify", _("Verify a document"))]
    if kind is ActorKind.STAFF:
        ways = [("backoffice:worklist", _("Back office")), *ways]
    if kind is ActorKind.ANONYMOUS:
        ways.append(("identity:sign-in", _("Sign in")))
    return tuple((reverse(name), label) for name, label in ways)


def _office(request: HttpRequest, actor: Actor) -> list[LinkGroup]:
    assert actor.post is not None  # noqa: S101 (asked only for the holder of a post)
    open_count = worklist.count_open_work([actor.post])[actor.post]
    mine = Link(
        reverse("backoffice:worklist"), _("Worklist"), request.path == reverse("backoffice:worklist"), open_count
    )
    own = [
        mine,
        _link(request, "backoffice:drafts", _("Drafts")),
        _link(request, "backoffice:search-letters", _("Find letters")),
        _link(request, "backoffice:circulars", _("Circulars")),
        _link(request, "backoffice:employees", _("Services to employees")),
        _link(request, "backoffice:absence", _("Absence and substitute")),
        _link(request, "backoffice:hand-over", _("Hand a worklist over")),
    ]
    rooms = _office_of(request, actor)
    here = max((len(link.url) for link in (*own, *rooms) if link.current), default=0)
    return [LinkGroup(_("My work"), _only_at(own, here)), LinkGroup(_("Office"), _only_at(rooms, here))]


def _only_at(links: list[Link], length: int) -> list[Link]:
    """Leave one link the current one: of a room within another's address, the inner one."""
    return [replace(link, current=link.current and len(link.url) == length) for link in links]


def _office_of(request: HttpRequest, actor: Actor) -> list[Link]:
    """Return the rooms of the office that the post in use opens."""
    office = []
    if actor.duties & {worklist.SECRETARIAT_ROLE, *worklist.HEAD_ROLES}:
        office.append(_link(request, "backoffice:arrivals", _("Secretariat")))
    if actor.duties & {"secretariat", "ict-director", "ict-deputy", "ict-expert"}:
        office.append(_link(request, "backoffice:register", _("Secretariat register")))
    if actor.duties & worklist.HEAD_ROLES:
        office.append(_link(request, "backoffice:referral-rules", _("How letters are referred")))
        office.append(_link(request, "backoffice:letter-figures", _("Letters in figures")))
    office.append(_link(request, "backoffice:archive", _("Archive")))
    office.append(_link(request, "backoffice:visits", _("Visits")))
    if actor.duties & PERMITS.duties:
        office.append(_link(request, "backoffice:issued-permits", _("Permits given")))
    if "governor-officer" in actor.duties:
        office.append(_link(request, "backoffice:governor", _("The province at a glance"), exact=True))
        office.append(_link(request, "backoffice:province-letters", _("Letters of the province")))
    if actor.duties & {"finance-officer", "governor-officer"}:
        office += [
            _link(request, "backoffice:invoices", _("Invoices"), exact=True),
            _link(request, "backoffice:refunds", _("Refunds")),
            _link(request, "backoffice:statements", _("Reconciliation")),
        ]
    if actor.duties & ORGANISATION.duties:
        office.append(_link(request, "backoffice:organisation", _("Organisation")))
    if actor.duties & EXCHANGE.duties:
        waiting = exchange.count_waiting(actor) or None
        office.append(replace(_link(request, "backoffice:exchange", _("Exchange")), count=waiting))
    if "integrator" in actor.duties:
        office += [
            _link(request, "backoffice:exchange-console", _("Exchange: console")),
            _link(request, "backoffice:evidence", _("Exchange: evidence")),
        ]
    office.append(_link(request, "backoffice:ledger", _("State of the log")))
    return office


@lru_cache(maxsize=8)
def _footer(_language: str) -> tuple[Link, ...]:
    return (
        Link(reverse("portal:about"), _("About Divan")),
        Link(reverse("portal:coverage"), _("What works and what does not yet")),
        Link(reverse("portal:log"), _("The log")),
        Link(reverse("portal:verify"), _("Verify a document")),
        Link(reverse("portal:privacy"), _("Your data")),
        Link(reverse("portal:accessibility"), _("Accessibility")),
    )
