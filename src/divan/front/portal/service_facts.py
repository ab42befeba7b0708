"""What the page of a service tells of it, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from divan.foundation.ui.frame import Link
from divan.front.portal.cards import fee_in_words
from divan.front.texts.laws import shown_law
from divan.front.texts.words import clock_in_words, validity_in_words, word
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import Neighbour
from divan_libs.servicepack.drawing import flow_svg
from divan_libs.servicepack.flow_ways import steps_in_order, steps_of_track
from divan_libs.servicepack.models import Card, InquiryNeed, Package, Step, StepKind


@lru_cache(maxsize=1024)
def service_facts(version_uuid: UUID, language: str) -> Mapping[str, object]:
    """Return the values of the page of a service; a version never changes, so they are made once.

    :raises ServiceUnknown: if there is no such version.
    """
    package = catalogue.get_package(version_uuid)
    card = package.card
    inquiries = [need for need in package.needs.requirements if isinstance(need, InquiryNeed)]
    return {
        "title": package.text("card.title", language),
        "description": package.text("card.description", language),
        "provider": package.text("card.provider", language),
        "audience": package.text("card.audience", language),
        "hours": package.text("card.hours", language),
        "output": package.find_text("card.output", language),
        "identifier": card.identifier,
        "promised": clock_in_words(card.promised_time) if card.promised_time else None,
        "average": clock_in_words(card.average_time) if card.average_time else None,
        "visits": card.visits if card.in_person else None,
        "fee_note": package.find_text("card.fee-note", language),
        "asked_ourselves": [package.text(f"needs.{need.code}.title", language) for need in inquiries],
        "documents": _documents(package, language),
        "steps": _steps(package, language),
        "drawing": mark_safe(flow_svg(package, language)) if package.flow.steps else "",  # noqa: S308 (made by us; its texts are escaped)
        "questions": [
            (package.text(f"card.faq.{code}.question", language), package.text(f"card.faq.{code}.answer", language))
            for code in card.questions_and_answers
        ],
        "delivery": word("delivery", str(card.delivery)),
        "electronic": card.delivery == "electronic",
        "begins_at": begins_at(card),
        "hand_off": card.hand_off_address,
        "begun_here": bool(package.form.pages and package.flow.steps),
        "for_employees": card.audience == "employees",
        "instances": [package.text(f"card.instances.{one}", language) for one in card.instances],
        "ways": _ways(package, language),
        "laws": [shown_law(card, law.code) for law in card.laws],
        "validity": validity_in_words(card.permit.validity) if card.permit else None,
        **_cost(package, language),
    }


def _cost(package: Package, language: str) -> dict[str, object]:
    """Return whether the service is free, unknown, or costs what; a card alone prints its own amounts."""
    card = package.card
    rows = [
        fee_in_words(package.find_text(f"card.fees.{row.title}", language) if row.title else None, row)
        for row in card.fees
        if row.amount
    ]
    free = package.fees.free is not None or (bool(card.fees) and not rows and not package.fees.tariffs)
    return {"free": free, "card_fees": [] if package.fees.tariffs else rows}


def _documents(package: Package, language: str) -> list[tuple[str, bool]]:
    optional = {need.code: need.optional for need in package.needs.documents}
    return [
        (package.text(f"needs.{code}.title", language), optional.get(code, False)) for code in package.card.documents
    ]


Told = tuple[str, str, list[tuple[str, str]]]
"""A step as people read it: its title, how long it takes at most, and the reviews that run side by side in it."""


def _steps(package: Package, language: str) -> list[Told]:
    """Return the steps of an application along its flow; objections and later cases are not among them."""
    flow = package.flow
    if not flow.steps:
        return [(package.text(f"card.steps.{step}", language), "", []) for step in package.card.steps]
    beside = {one.code for step in flow.steps for track in step.tracks for one in steps_of_track(flow, track.code)}
    return [
        (*_step(package, step, language), [_review(package, track.code, language) for track in step.tracks])
        for step in steps_in_order(flow)
        if step.code not in beside and step.kind is not StepKind.ROUTE
    ]


def _step(package: Package, step: Step, language: str) -> tuple[str, str]:
    title = package.text(f"steps.{step.code}.title", language)
    return title, clock_in_words(step.clock) if step.clock else ""


def _review(package: Package, track: str, language: str) -> tuple[str, str]:
    """Return a track by the step it begins with: that is who looks at the case."""
    return _step(package, steps_of_track(package.flow, track)[0], language)


def begins_at(card: Card) -> str:
    """Return the page of this portal on which an application begins where its own form is not the way, else nothing."""
    own = f"/services/{card.code}"
    rows = (row for row in card.access if (row.stage, row.channel) == ("request", "internet") and row.electronic)
    addresses = (row.address or "" for row in rows)
    return next((one for one in addresses if one.startswith("/") and not one.startswith(own)), "")


def _ways(package: Package, language: str) -> list[tuple[str, str, str, str]]:
    """Return stage, channel, address and reason of each way, for a service that is not given here."""
    if package.card.delivery == "electronic":
        return []
    return [
        (
            word("stage", str(row.stage)),
            word("channel", str(row.channel)),
            row.address or "",
            package.text(f"card.reasons.{row.reason}", language) if row.reason else "",
        )
        for row in package.card.access
    ]


def relations(card: Card, neighbours: Iterable[Neighbour]) -> list[tuple[str, list[Link]]]:
    """Return the services it stands with as links under their headings, so far as they are offered to the visitor."""
    found = list(neighbours)
    named = {"requires": set(card.requires), "follows": set(card.follows), "related": set(card.related_services)}
    groups = (
        (_("Part of"), [one for one in found if one.is_whole]),
        (_("Sub-services"), [one for one in found if one.is_part]),
        (_("Needs the result of"), [one for one in found if one.code in named["requires"]]),
        (_("Follows after"), [one for one in found if one.code in named["follows"]]),
        (_("Related services"), [one for one in found if one.code in named["related"]]),
    )
    return [
        (title, [Link(reverse("portal:service", args=[one.code]), one.title) for one in services])
        for title, services in groups
        if services
    ]
