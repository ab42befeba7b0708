"""Surroundings of a package that is examined away from any house."""

from __future__ import annotations

from divan_libs.servicepack.lint.card import card_bodies
from divan_libs.servicepack.lint.findings import Surroundings
from divan_libs.servicepack.models import AppointmentNeed, Package


def surroundings_alone(package: Package) -> Surroundings:
    """Return surroundings in which every role, body and data service exists that the package itself names.

    For examining a package on a desk: what it says is checked, whether the house has it is not.
    """
    holders = list(package.flow.holders())
    bodies = {holder.at.body for holder in holders if holder.at is not None and holder.at.body is not None}
    bodies.update(need.body for need in package.needs.requirements if isinstance(need, AppointmentNeed))
    waited = {step.wait.data_service for step in package.flow.steps if step.wait is not None}
    asked = {need.data_service for need in package.needs.inquiries}
    permit = package.card.permit
    stages = permit.stages().values() if permit is not None else ()
    renewed = {service for stage in stages for service in stage.inquiries}
    return Surroundings(
        roles=frozenset(holder.role for holder in holders),
        bodies=card_bodies(package.card) | bodies,
        data_services=frozenset({*package.card.inquiries, *asked, *waited, *renewed}),
    )
