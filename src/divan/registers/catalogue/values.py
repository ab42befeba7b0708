"""What the catalogue speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from divan.foundation.errors import Refusal
from divan.foundation.kinds import FactKind
from divan_libs.servicepack.bundles import Bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRef:
    """A published, frozen version of a service package."""

    uuid: UUID
    service_code: str
    number: int
    digest: str
    published_at: datetime
    audience: str = "public"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceListing:
    """A service as the public list shows it, in one language; ``identifier`` is empty until it has been given."""

    code: str
    identifier: str
    title: str
    summary: str
    body_name: str
    delivery: str
    version: VersionRef


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """A service in the outline of the whole catalogue: what the tree and the filters are made of."""

    code: str
    identifier: str
    title: str
    body_code: str
    body_name: str
    delivery: str
    audience: str
    life_events: tuple[str, ...]
    audience_groups: tuple[str, ...]
    broader: str
    narrower: tuple[str, ...]
    digest: str


@dataclass(frozen=True, slots=True)
class Forest:
    """The services as trees: the codes that stand on top, and below each code its sub-services, in order."""

    roots: tuple[str, ...]
    children: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One declared way to a stage of a service, with the reason in one language where it is not electronic."""

    stage: str
    channel: str
    electronic: bool
    address: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceWays:
    """A service with all its ways, in one language."""

    code: str
    identifier: str
    title: str
    body_code: str
    body_name: str
    delivery: str
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOutside:
    """How far a service is given outside the portal: the ways to other systems, and those that are not electronic."""

    service: ServiceWays
    elsewhere: tuple[Way, ...]
    unelectronic: tuple[Way, ...]

    @property
    def handed_off(self) -> bool:
        """Whether the whole service is given on another system."""
        return self.service.delivery == "hand-off"

    @property
    def only_here(self) -> bool:
        """Whether everything of it is given through the portal."""
        return not (self.elsewhere or self.unelectronic or self.handed_off)

    @property
    def unreasoned(self) -> int:
        """Count the ways that are not electronic and for which the card gives no reason."""
        return sum(1 for way in self.unelectronic if not way.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A service that stands in a declared relation to another: a part of it, the whole it is part of, or beside it."""

    code: str
    title: str
    is_part: bool
    is_whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleRef:
    """A published, frozen version of a bundle."""

    uuid: UUID
    code: str
    number: int
    digest: str
    published_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedBundle:
    """A bundle as it is offered now, with those of its services that are offered, in its order."""

    ref: BundleRef
    bundle: Bundle
    services: tuple[ServiceListing, ...]


class BundleUnknown(Refusal):
    """No published bundle has this code."""

    code = "catalogue.bundle-unknown"
    status = 404


class BundleFaulty(Refusal):
    """The bundle does not fit the services that are offered; it is not published."""

    code = "catalogue.bundle-faulty"
    status = 422


class ServiceUnknown(Refusal):
    """No published service has this code."""

    code = "catalogue.service-unknown"
    status = 404


class PackageFaulty(Refusal):
    """The package has faults or its own examples fail; it is not published."""

    code = "catalogue.package-faulty"
    status = 422


BUNDLE_PUBLISHED = FactKind("catalogue.bundle-published", "A version of a bundle of services was published.")
BUNDLE_WITHDRAWN = FactKind("catalogue.bundle-withdrawn", "A bundle of services was taken off the public list.")
VISITS_COUNTED = FactKind("catalogue.visits-counted", "Visits of the pages of services were added to a day's counts.")
SERVICE_PUBLISHED = FactKind("catalogue.version-published", "A version of a service package was frozen and published.")
SERVICE_WITHDRAWN = FactKind(
    "catalogue.service-withdrawn", "A service was taken off the public list; running cases go on."
)
