"""What the catalogue speaks in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """A published, frozen version of a service package."""

    uuid: UUID
    service_code: str
    number: int
    digest: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceListing:
    """A service as the public list shows it, in one language."""

    code: str
    title: str
    summary: str
    body_name: str
    delivery: str
    version: VersionRef


class ServiceUnknown(Refusal):
    """No published service has this code."""

    code = "catalogue.service-unknown"
    status = 404


class PackageFaulty(Refusal):
    """The package has faults or its own examples fail; it is not published."""

    code = "catalogue.package-faulty"
    status = 422


SERVICE_PUBLISHED = FactKind("catalogue.version-published", "A version of a service package was frozen and published.")
SERVICE_WITHDRAWN = FactKind(
    "catalogue.service-withdrawn", "A service was taken off the public list; running cases go on."
)
