"""What the catalogue does."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.registers.catalogue import models, queries, rules
from divan.registers.catalogue.values import (
    BUNDLE_PUBLISHED,
    BUNDLE_WITHDRAWN,
    SERVICE_PUBLISHED,
    SERVICE_WITHDRAWN,
    VISITS_COUNTED,
    BundleFaulty,
    BundleRef,
    BundleUnknown,
    PackageFaulty,
    ServiceUnknown,
    VersionRef,
)
from divan.registers.people import queries as people
from divan_libs.persian.text import search_text, sort_key
from divan_libs.servicepack.bundles import Bundle, lint_bundle
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
def publish_bundle(*, bundle: Bundle, actor: Actor, now: datetime) -> BundleRef:
    """Freeze a bundle as its next version and offer it from now on; what is offered already returns as it stands.

    :raises BundleFaulty: if it does not fit the services that are offered now; nothing is published.
    """
    offered = {
        code: queries.get_package(version)
        for code, version in queries.current_versions(service.code for service in bundle.services).items()
    }
    if faults := [str(fault) for fault in lint_bundle(bundle, offered)]:
        raise BundleFaulty(bundle=bundle.code, faults=faults)
    locks.hold(f"catalogue.bundle.{bundle.code}")
    newest = models.BundleVersion.objects.filter(code=bundle.code).order_by("-number").first()
    if newest is not None and newest.withdrawn_at is None and newest.sha256 == bundle.digest():
        return queries.bundle_ref(newest)
    row = models.BundleVersion.objects.create(
        uuid=uuid4(),
        code=bundle.code,
        number=rules.next_number(newest.number if newest else None),
        canonical=bundle.stored_form,
        sha256=bundle.digest(),
        life_event=str(bundle.life_event),
        published_at=now,
    )
    facts.record(BUNDLE_PUBLISHED, subject=row, actor=actor, at=now, number=row.number, sha256=row.sha256)
    return queries.bundle_ref(row)


@transaction.atomic
def withdraw_bundle(*, code: str, actor: Actor, now: datetime) -> None:
    """Take a bundle off the public list; what was begun with it goes on.

    :raises BundleUnknown: if none is offered under this code.
    """
    row = models.BundleVersion.objects.select_for_update().filter(code=code).order_by("-number").first()
    if row is None or row.withdrawn_at is not None:
        raise BundleUnknown(bundle=code)
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    facts.record(BUNDLE_WITHDRAWN, subject=row, actor=actor, at=now)


@transaction.atomic
def count_visits(*, day: date, counts: Mapping[str, int], actor: Actor, now: datetime) -> None:
    """Add visits of the pages of services, by their codes, to the counts of a day."""
    row, _ = models.VisitDay.objects.select_for_update().get_or_create(day=day, defaults={"uuid": uuid4()})
    row.counts = {code: row.counts.get(code, 0) + counts.get(code, 0) for code in {*row.counts, *counts}}
    row.save(update_fields=["counts"])
    facts.record(VISITS_COUNTED, subject=row, actor=actor, at=now, visits=sum(counts.values()))
