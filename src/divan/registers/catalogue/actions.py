"""What the catalogue does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import models, queries, rules
from divan.registers.catalogue.values import (
    SERVICE_PUBLISHED,
    SERVICE_WITHDRAWN,
    VISITS_COUNTED,
    PackageFaulty,
    ServiceUnknown,
    VersionRef,
)
from divan.registers.people import queries as people
from divan_libs.persian.text import search_text, sort_key
from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.lint import Surroundings, lint
from divan_libs.servicepack.models import Package


@transaction.atomic
def publish_package(*, package: Package, surroundings: Surroundings, actor: Actor, now: datetime) -> VersionRef:
    """Freeze a package as the next version of its service and offer it from now on.

    Publishing what is already offered returns the version that stands.

    :raises PackageFaulty: if lint finds a fault or one of the package's own examples fails; nothing is published.
    """
    faults = [str(fault) for fault in lint(package, surroundings)]
    faults += [
        f"example {outcome.code} fails: {outcome.differences}"
        for outcome in run_examples(package)
        if not outcome.passed
    ]
    if faults:
        raise PackageFaulty(service=package.code, faults=faults)
    service, _ = models.Service.objects.select_for_update(of=("self",)).get_or_create(
        code=package.code, defaults={"uuid": uuid4()}
    )
    if service.current and service.current.sha256 == package.digest():
        return queries.get_version(service.current.uuid)
    numbers = models.ServiceVersion.objects.filter(service=service).order_by("-number").values_list("number", flat=True)
    version = models.ServiceVersion.objects.create(
        uuid=uuid4(),
        service=service,
        number=rules.next_number(numbers.first()),
        canonical=package.canonical(),
        sha256=package.digest(),
        published_at=now,
        **_projection(package),
    )
    service.current = version
    service.save(update_fields=["current"])
    facts.record(SERVICE_PUBLISHED, subject=version, actor=actor, at=now, number=version.number, sha256=version.sha256)
    facts.record(SERVICE_PUBLISHED, subject=service, actor=actor, at=now, number=version.number)
    return queries.get_version(version.uuid)


def _projection(package: Package) -> dict[str, Any]:
    """Return what the public lists read, taken out of a package."""
    card, body = package.card, people.get_unit(package.card.provider.body)
    title = package.text("card.title")
    return {
        "body_code": card.provider.body,
        "body_fa": body.name("fa"),
        "body_en": body.name("en"),
        "delivery": str(card.delivery),
        "audience": str(card.audience),
        "identifier": card.identifier or "",
        "broader": card.broader or "",
        "narrower": list(card.sub_services),
        "life_events": [str(event) for event in card.life_events],
        "audience_groups": [str(group) for group in card.audience_groups],
        "ways": rules.projected_ways(package),
        "title_fa": title,
        "title_en": package.text("card.title", "en"),
        "summary_fa": package.text("card.description"),
        "summary_en": package.text("card.description", "en"),
        "sort_key": sort_key(title),
        "search_text": search_text(rules.search_words(package, (body.name("fa"), body.name("en")))),
    }


@transaction.atomic
def withdraw_service(*, service_code: str, actor: Actor, now: datetime) -> None:
    """Take a service off the public list; cases that run on its versions go on.

    :raises ServiceUnknown: if it is unknown or already withdrawn.
    """
    service = (
        models.Service.objects.select_for_update(of=("self",)).filter(code=service_code, current__isnull=False).first()
    )
    if service is None:
        raise ServiceUnknown(service=service_code)
    service.current = None
    service.save(update_fields=["current"])
    facts.record(SERVICE_WITHDRAWN, subject=service, actor=actor, at=now)


@transaction.atomic
def count_visits(*, day: date, counts: Mapping[str, int], actor: Actor, now: datetime) -> None:
    """Add visits of the pages of services, by their codes, to the counts of a day."""
    row, _ = models.VisitDay.objects.select_for_update().get_or_create(day=day, defaults={"uuid": uuid4()})
    row.counts = {code: row.counts.get(code, 0) + counts.get(code, 0) for code in {*row.counts, *counts}}
    row.save(update_fields=["counts"])
    facts.record(VISITS_COUNTED, subject=row, actor=actor, at=now, visits=sum(counts.values()))
