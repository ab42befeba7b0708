"""The services shipped with Divan, found, examined against the house and published."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from divan.dealings.cases import queries as cases
from divan.foundation.actors import Actor
from divan.project.demo.records import offer_records
from divan.registers.catalogue import actions as catalogue
from divan.registers.catalogue import queries as offered
from divan.registers.catalogue.values import BundleFaulty, PackageFaulty, ServiceUnknown
from divan.registers.people import queries as people
from divan.trust.exchange import queries as exchange
from divan.trust.signing import actions as signing
from divan_libs.servicepack.bundles import bundle_files, load_bundle
from divan_libs.servicepack.faults import PackageFaults
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package

logger = logging.getLogger(__name__)


def surroundings() -> Surroundings:
    """Return what a package may rely on here: roles that some post has, bodies, data services of the exchange."""
    return Surroundings(
        roles=people.list_roles(),
        bodies=people.list_body_codes(),
        data_services=exchange.data_service_codes(),
        seats=people.list_seats(),
    )


def shipped_services() -> list[Path]:
    """Return the folders of the shipped services, in a checkout or in an installed distribution."""
    for candidate in (Path(__file__).parents[4] / "services", Path(__file__).parents[2] / "shipped_services"):
        if candidate.is_dir():
            return sorted(path.parent for path in candidate.glob("*/card.yaml"))
    return []


def publish_shipped_services(*, actor: Actor, now: datetime) -> None:
    """Publish every shipped service that is not offered in this very version.

    One that does not fit this house is not offered and told of in the log; it does not keep the others away.
    """
    packages = dict(_loaded(shipped_services()))
    # What one service issues the next one asks for, so all records stand at the exchange before any is examined.
    offer_records(packages.values(), actor=actor, now=now)
    around = surroundings()
    for directory, package in packages.items():
        try:
            if _is_offered(package):
                continue
            catalogue.publish_package(package=package, surroundings=around, actor=actor, now=now)
            enrol_seal(package, actor=actor, now=now)
        except PackageFaulty as faulty:
            logger.error("the shipped service %s is not offered: %s", directory.name, faulty)  # noqa: TRY400 (the faults say it all)


def publish_shipped_bundles(*, actor: Actor, now: datetime) -> None:
    """Publish every shipped bundle whose services are offered; another is told of in the log."""
    for root in {folder.parent for folder in shipped_services()}:
        for path in bundle_files(root):
            try:
                catalogue.publish_bundle(bundle=load_bundle(path)[0], actor=actor, now=now)
            except (BundleFaulty, PackageFaults) as faulty:
                logger.error("the shipped bundle %s is not offered: %s", path.stem, faulty)  # noqa: TRY400 (the faults say it all)


def _loaded(directories: list[Path]) -> Iterator[tuple[Path, Package]]:
    for directory in directories:
        try:
            yield directory, load_package(directory)
        except PackageFaults as faulty:
            logger.error("the shipped service %s is not offered: %s", directory.name, faulty)  # noqa: TRY400 (the faults say it all)


def _is_offered(package: Package) -> bool:
    """Return whether this very version is offered: what was examined once is not examined at every start."""
    try:
        return offered.get_current_version(package.code).digest == package.digest()
    except ServiceUnknown:
        return False


def enrol_seal(package: Package, *, actor: Actor, now: datetime) -> None:
    """Give the providing body a seal to sign with, where silence may decide in its stead."""
    if any(outcome.deemed for outcome in package.flow.outcomes):
        signing.enrol_signatory(signer=cases.seal_of(package.card.provider.body)[0], actor=actor, now=now)
