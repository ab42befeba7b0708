"""Records of the shipped services as data services of this installation: who asks for them goes through the gateway."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings

from divan.foundation.actors import Actor
from divan.front.api.records import door_of
from divan.trust.exchange import actions as exchange
from divan.trust.exchange.values import DataService, ExchangePlan, NewPermit
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace
from divan_libs.servicepack.models import Package


def offer_records(packages: Iterable[Package], *, actor: Actor, now: datetime) -> bool:
    """Register what these services make known as data services of our own subsystem, with our own right to ask for it.

    Other bodies get their permits from the integrator. Return whether anything changed; again changes nothing.

    :raises SubsystemUnknown: if this installation does not take part in the exchange.
    """
    told = [package for package in packages if package.outputs.records]
    if not told:
        return False
    plan = ExchangePlan(
        members=(),
        subsystems=(),
        data_services=tuple(one for package in told for one in _data_services(package)),
        permits=tuple(one for package in told for one in _permits(package, now)),
    )
    return exchange.found_exchange(plan=plan, actor=actor, now=now)


def _data_services(package: Package) -> Iterator[DataService]:
    for record in package.outputs.records:
        yield DataService(
            code=record.data_service,
            address=f"{settings.DIVAN.exchange_subsystem}/{record.data_service.replace('/', '.')}",
            name_fa=package.text(f"records.{record.code}.title", "fa"),
            name_en=package.text(f"records.{record.code}.title", "en"),
            base_urls=(f"http://127.0.0.1:{settings.DIVAN.port}{door_of(record.data_service)}",),
            subject=SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1"),
        )


def _permits(package: Package, now: datetime) -> Iterator[NewPermit]:
    laws = {law.code: law for law in package.card.laws}
    for record in package.outputs.records:
        law = laws.get(record.law)
        yield NewPermit(
            consumer=settings.DIVAN.exchange_subsystem,
            data_service=record.data_service,
            method="GET",
            path_glob="/records/*",
            purpose_fa=f"{package.text(f'records.{record.code}.title', 'fa')}: ارائهٔ خدمت بعدی بدون کپی مدرک",
            purpose_en=f"{package.text(f'records.{record.code}.title', 'en')}: the next service without a copy",
            legal_basis_fa=law.title if law else record.law,
            legal_basis_confirmed=bool(law and law.confirmed),
            starts_at=now - timedelta(minutes=1),
        )
