"""The public list of services, the page of each, and its identity card as the official form prints it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from divan.foundation.http.access import PUBLIC, access
from divan.foundation.ui.frame import Link
from divan.front.portal.cards import card_rows
from divan.front.texts.words import clock_in_words, word
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack.models import InquiryNeed, Package


@access(PUBLIC)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """List the services that hold every word of the query."""
    query = request.GET.get("q", "").strip()[:200]
    services = catalogue.list_services(language=get_language() or "fa", query=query)
    listed = "-".join(service.version.digest[:16] for service in services)
    return render(request, "portal/services.html", {"services": services, "query": query, "listed": listed})


def _facts(package: Package, language: str) -> dict[str, object]:
    card = package.card
    inquiries = [need for need in package.needs.requirements if isinstance(need, InquiryNeed)]
    return {
        "title": package.text("card.title", language),
        "description": package.text("card.description", language),
        "provider": package.text("card.provider", language),
        "audience": package.text("card.audience", language),
        "hours": package.text("card.hours", language),
        "output": package.find_text("card.output", language),
        "promised": clock_in_words(card.promised_time) if card.promised_time else None,
        "average": clock_in_words(card.average_time) if card.average_time else None,
        "visits": card.visits,
        "free": package.fees.free is not None,
        "fees": [(package.text(f"fees.{tariff.code}.title", language), tariff) for tariff in package.fees.tariffs],
        "asked_ourselves": [package.text(f"needs.{need.code}.title", language) for need in inquiries],
        "documents": [
            (package.text(f"needs.{need.code}.title", language), need.optional) for need in package.needs.documents
        ],
        "steps": [
            (package.text(f"steps.{step.code}.title", language), clock_in_words(step.clock))
            for step in package.flow.steps
        ],
        "questions": [
            (package.text(f"card.faq.{code}.question", language), package.text(f"card.faq.{code}.answer", language))
            for code in card.questions_and_answers
        ],
        "delivery": word("delivery", str(card.delivery)),
        "electronic": card.delivery == "electronic",
        "hand_off": card.hand_off_address,
    }


@access(PUBLIC)
@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the service gives, to whom, when, at what cost and with which papers; lead to the application."""
    version = catalogue.get_current_version(code)
    package = catalogue.get_package(version.uuid)
    context = {"code": code, "version": version, "trail": _trail(), **_facts(package, get_language() or "fa")}
    return render(request, "portal/service.html", context)


@access(PUBLIC)
@require_safe
def card(request: HttpRequest, code: str) -> HttpResponse:
    """Show the identity card (شناسنامه خدمت) part by part as the annex of the official form has it."""
    version = catalogue.get_current_version(code)
    package = catalogue.get_package(version.uuid)
    language = get_language() or "fa"
    context = {
        "code": code,
        "version": version,
        "title": package.text("card.title", language),
        "parts": card_rows(package, language),
        "edition": package.edition,
        "trail": _trail(),
    }
    return render(request, "portal/card.html", context)


def _trail() -> list[Link]:

    return [Link("/", gettext("First page")), Link(reverse("portal:services"), gettext("Services"))]
