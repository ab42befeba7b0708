"""The public list of services, the page of each, and its identity card as the official form prints it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from divan.dealings.cases import queries as cases
from divan.foundation import clock
from divan.foundation.actors import ActorKind
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.frame import Link
from divan.front.portal.browsing import Look, Wish
from divan.front.portal.cards import card_parts
from divan.front.portal.linked import wants_linked_data
from divan.front.portal.measured import measured_in, period_of
from divan.front.portal.service_facts import relations, service_facts
from divan.front.portal.tariffs import tariff_tables
from divan.front.portal.visits import VISITS
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import VersionRef
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.models import Package


def is_inside(request: HttpRequest) -> bool:
    """Whether services to employees are shown: somebody signed in who works for the state, in whatever capacity."""
    actor = actor_of(request)
    if actor.kind is ActorKind.CITIZEN and actor.uuid is not None:
        return bool(people.list_holdings(actor.uuid, clock.now()))
    return actor.kind is ActorKind.STAFF


def offered(request: HttpRequest, code: str) -> tuple[VersionRef, Package]:
    """Return the version of a service that is offered to the visitor, and its package.

    :raises ServiceUnknown: if there is none for them.
    """
    version = catalogue.get_offered_version(code, inside=is_inside(request))
    return version, catalogue.get_package(version.uuid)


@access(PUBLIC)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show the tree of the whole catalogue, or the services that a wish leaves of it."""
    if wants_linked_data(request):
        return HttpResponseRedirect(reverse("portal:catalogue-data"))
    look = Look(Wish.of(request.GET), get_language() or "fa", inside=is_inside(request))
    return render(
        request, "portal/services.html", {"look": look, "wish": look.wish, "life_events": _life_events(look.wish)}
    )


def _life_events(wish: Wish) -> list[tuple[str, str]]:
    """Return the bundles of a life event that is asked for, or of all where the whole catalogue is shown."""
    language = get_language() or "fa"
    if wish.is_narrowed and not wish.event:
        return []
    return [
        (one.bundle.code, one.bundle.text("title", language))
        for one in catalogue.list_bundles(language=language)
        if wish.event in {"", str(one.bundle.life_event)}
    ]


@access(PUBLIC)
@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the service gives, to whom, when, at what cost and with which papers; lead to the application."""
    version, package = offered(request, code)
    if wants_linked_data(request):
        return HttpResponseRedirect(reverse("portal:service-data", args=[code]))
    now, language = clock.now(), get_language() or "fa"
    today = now.astimezone(TEHRAN).date()
    VISITS.note(code, now)
    context = {
        "code": code,
        "version": version,
        "trail": _trail(),
        "measured": measured_in(code, period_of(now)),
        "ratings": cases.ratings_of(code),
        "relations": relations(
            package.card, catalogue.list_neighbours(package.card, language=language, inside=is_inside(request))
        ),
        "today": today,
        "tariffs": tariff_tables(package, language, today),
        **service_facts(version.uuid, language),
    }
    return render(request, "portal/service.html", context)


@access(PUBLIC)
@require_safe
def card(request: HttpRequest, code: str) -> HttpResponse:
    """Show the identity card (شناسنامه خدمت) part by part as the annex of the official form has it."""
    version, package = offered(request, code)
    language, period = get_language() or "fa", period_of(clock.now())
    context = {
        "code": code,
        "version": version,
        "title": package.text("card.title", language),
        "parts": card_parts(package, language, measured_in(code, period)),
        "period": period,
        "edition": package.edition,
        "trail": [*_trail(), Link(reverse("portal:service", args=[code]), package.text("card.title", language))],
    }
    return render(request, "portal/card.html", context)


def _trail() -> list[Link]:
    return [Link("/", gettext("First page")), Link(reverse("portal:services"), gettext("Services"))]
