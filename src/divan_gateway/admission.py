"""Whether a call may go: the checks of X-Road in X-Road's order, before anything is written or sent."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from cryptography import x509

from divan_gateway.metaservices import is_metaservice
from divan_gateway.routing import Route, Routes
from divan_gateway.wire import Request
from divan_libs.envelope import errors
from divan_libs.envelope.addresses import (
    AddressError,
    ClientId,
    RepresentedParty,
    ServerId,
    ServiceId,
    Target,
    climbs,
    normalise_path,
    parse_client,
    parse_target,
)
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.snapshot import Connection, Service, Subsystem, Validation
from divan_libs.envelope.subjects import SubjectIn

METHODS = frozenset({b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"PATCH", b"POST", b"PUT", b"TRACE"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is at the other end of a connection, as TLS knows it. ``certificate`` is the hex SHA-256 fingerprint."""

    secure: bool
    certificate: str | None = None
    expires_at: float = 0.0


PLAIN_CALLER = Caller(secure=False)


def caller_of(tls: ssl.SSLObject) -> Caller:
    """Return who authenticated on this TLS connection."""
    octets = tls.getpeercert(binary_form=True)
    if not octets:
        return Caller(secure=True)
    expires_at = x509.load_der_x509_certificate(octets).not_valid_after_utc.timestamp()
    return Caller(secure=True, certificate=hashlib.sha256(octets).hexdigest(), expires_at=expires_at)


@dataclass(slots=True)
class RoadHeaders:
    """The headers of the exchange in a request; of a repeated one the last wins."""

    client: bytes | None = None
    message_id: bytes | None = None
    user_id: bytes | None = None
    issue: bytes | None = None
    server: bytes | None = None
    represented_party: bytes | None = None


def read_road_headers(told: Mapping[bytes, bytes]) -> RoadHeaders:
    """Find the headers of the exchange among the last values of all, by their lower-case names."""
    return RoadHeaders(
        client=told.get(b"x-road-client"),
        message_id=told.get(b"x-road-id"),
        user_id=told.get(b"x-road-userid"),
        issue=told.get(b"x-road-issue"),
        server=told.get(b"x-road-security-server"),
        represented_party=told.get(b"x-road-represented-party"),
    )


@dataclass(slots=True)
class Admission:
    """A call that may go: by whom, whereto, under which permit."""

    client: ClientId
    target: Target
    route: Route
    permit: Permit
    path: str
    road: RoadHeaders

    def person(self, body: bytes) -> str | None:
        """Return the identifier of the person whose data are asked, where the service says one stands.

        :raises ExchangeRefusal: nobody is named although the service demands it.
        """
        place = self.route.service.subject
        if place is None:
            return None
        subject = place.find(self.path, body, self.target.query)
        if subject is None and place.required:
            raise errors.invalid_request(f"The person is not named in the request ({place.where.value} {place.at})")
        return subject

    @property
    def is_for_gateway(self) -> bool:
        """Whether the gateway itself answers: a metaservice."""
        return not self.route.endpoints

    @property
    def looks_into_answer(self) -> bool:
        """Whether the answer must be there as a whole, and be plain, before the client gets any of it."""
        return bool(self.permit.hidden) or self.route.service.validation is not Validation.OFF

    @property
    def looks_into_body(self) -> bool:
        """Whether the request must be there as a whole before it may go."""
        service = self.route.service
        names_person = service.subject is not None and service.subject.where is SubjectIn.JSON_POINTER
        return names_person or service.validation is Validation.ENFORCE


def admit(routes: Routes | None, caller: Caller, request: Request, *, now: datetime) -> Admission:
    """Check a call.

    Order: address and identifiers, snapshot in force, client registered, client authenticated, target server,
    provider known, service known, permit, service not disabled. Whether the person is named is asked later, of the
    admission, because that may need the body.

    :raises ExchangeRefusal: the first check that fails.
    """
    target, client, road = _read_call(request)
    second = now.timestamp()
    if routes is None or second >= routes.expires_at:
        raise errors.outdated_snapshot()
    subsystem = routes.clients.get(client)
    if subsystem is None:
        raise errors.unknown_client(client)
    authenticate(client, subsystem, caller, second)
    _check_server(routes, road)
    asks_gateway = is_metaservice(request.method, target)
    route = None if asks_gateway else routes.services.get(target.service)
    # A service that is known has a provider that is known.
    if route is None:
        if target.service.provider not in routes.providers:
            raise errors.unknown_provider(target.service)
        if not asks_gateway:
            raise errors.unknown_service(target.service)
        return Admission(client, target, _own_route(target.service), _own_permit(client, target.service), "", road)
    path, permit = _permit(routes, client, target, request.method, now)
    if route.service.disabled_notice is not None:
        raise errors.service_disabled(target.service, route.service.disabled_notice)
    return Admission(client, target, route, permit, path, road)


@lru_cache(maxsize=1024)
def _own_route(service: ServiceId) -> Route:
    described = Service(id=service, name=service.service_code, addresses=("http://gateway.invalid",))
    return Route(described, service.encoded(), ())


@lru_cache(maxsize=1024)
def _own_permit(client: ClientId, service: ServiceId) -> Permit:
    return Permit(
        id="",
        subject=client,
        service=service,
        method="GET",
        path_glob="**",
        purpose="metaservice",
        legal_basis="",
        starts_at=datetime.fromtimestamp(0, UTC),
    )


def _read_call(request: Request) -> tuple[Target, ClientId, RoadHeaders]:
    if request.method not in METHODS:
        raise errors.invalid_call("Invalid HTTP method")
    road = read_road_headers(request.told)
    try:
        target = parse_target(request.target.decode("ascii"))
        if road.client is None:
            raise errors.missing_client()
        client = parse_client(road.client.decode("ascii"))
        if road.represented_party is not None:
            RepresentedParty.parse(road.represented_party.decode("ascii"))
    except AddressError as error:
        raise errors.invalid_call(error.message) from error
    except UnicodeDecodeError as error:
        raise errors.invalid_call("Invalid character in identifier") from error
    return target, client, road


def authenticate(client: ClientId, subsystem: Subsystem, caller: Caller, second: float) -> None:
    """Check that whoever is at the other end may speak for a client, as its subsystem's connection wants it.

    :raises ExchangeRefusal: 401.
    """
    if not caller.secure and subsystem.connection is Connection.HTTP:
        return
    if subsystem.connection is Connection.HTTPS_NO_AUTH:
        if not caller.secure:
            raise errors.unauthenticated(
                f"Client ({client}) specifies HTTPS NO AUTH but client made plaintext connection"
            )
        return
    if caller.certificate is None:
        raise errors.unauthenticated(f"Client ({client}) specifies HTTPS but did not supply TLS certificate")
    if not subsystem.certificates:
        raise errors.unauthenticated(f"Client ({client}) has no IS certificates")
    if caller.certificate not in subsystem.certificates:
        raise errors.unauthenticated(f"Client ({client}) TLS certificate does not match any IS certificates")
    if second >= caller.expires_at:
        raise errors.unauthenticated(f"Client ({client}) TLS certificate is expired")


def _check_server(routes: Routes, road: RoadHeaders) -> None:
    if road.server is None:
        return
    try:
        server = ServerId.parse(road.server.decode("ascii"))
    except (AddressError, UnicodeDecodeError) as error:
        raise errors.invalid_call(ServerId.invalid) from error
    if server != routes.server:
        raise errors.unknown_server(server)


def _permit(routes: Routes, client: ClientId, target: Target, method: bytes, now: datetime) -> tuple[str, Permit]:
    try:
        path = normalise_path(target.service_path)
    except AddressError as error:
        raise errors.invalid_call(error.message) from error
    if not climbs(path):
        verb = method.decode("ascii")
        for permit in routes.permits_of(client, target.service):
            if permit.is_valid_at(now) and permit.covers(verb, path) and permit.is_open_at(now, routes.zone):
                return path, permit
    raise errors.access_denied(target.service)
