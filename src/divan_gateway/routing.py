"""The routing snapshot in force: taken from its file, swapped as a whole, the last good one kept."""

from __future__ import annotations

import json
import logging
import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from divan_gateway.settings import Shown
from divan_libs.envelope.addresses import ClientId, GroupId, ServerId, ServiceId
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.signed_snapshot import ReadParts, open_snapshot
from divan_libs.envelope.snapshot import Service, Snapshot, Subsystem, Validation

if TYPE_CHECKING:
    from divan_gateway.validation import Description

_LAST_GOOD = "snapshot.last-good"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of a provider. Two services at the same address share connections."""

    host: str
    port: int
    tls: ssl.SSLContext | None
    base_path: str
    host_header: bytes

    @property
    def key(self) -> tuple[str, int, ssl.SSLContext | None]:
        """What two endpoints must share to share connections: also the context, for it says who is trusted."""
        return (self.host, self.port, self.tls)


@dataclass(frozen=True, slots=True)
class Route:
    """A service and its endpoints; ``description`` is there if messages are held to it and it can be used."""

    service: Service
    encoded_id: str
    endpoints: tuple[Endpoint, ...]
    description: Description | None = None


@dataclass(frozen=True, slots=True)
class Routes:
    """A snapshot made ready for quick questions; moments in seconds since 1970."""

    version: int
    expires_at: float
    server: ServerId
    subject_key_id: str
    subject_key: bytes
    clients: Mapping[ClientId, Subsystem]
    providers: frozenset[ClientId]
    services: Mapping[ServiceId, Route]
    permits: Mapping[tuple[ClientId | GroupId, ServiceId], Sequence[Permit]]
    groups: Mapping[ClientId, Sequence[GroupId]]
    zone: ZoneInfo
    snapshot: Snapshot

    def permits_of(self, client: ClientId, service: ServiceId) -> Iterator[Permit]:
        """Return the permits under which a client may call a service: its own first, then those of its groups."""
        yield from self.permits.get((client, service), ())
        for group in self.groups.get(client, ()):
            yield from self.permits.get((group, service), ())


class ProviderTls:
    """Makes the TLS contexts towards providers: pinned authorities, the gateway's certificate shown."""

    def __init__(self, shown: Shown | None) -> None:
        self._shown = shown
        self.context = lru_cache(maxsize=1024)(self._make)

    def _make(self, trusted: tuple[str, ...]) -> ssl.SSLContext:
        context = ssl.create_default_context(cadata="\n".join(trusted) if trusted else None)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        # A provider's own certificate may be pinned instead of its authority's.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        context.set_alpn_protocols(["http/1.1"])
        if self._shown is not None:
            context.load_cert_chain(self._shown.certificate, self._shown.key)
        return context


def build_routes(snapshot: Snapshot, subject_keys: Mapping[str, bytes], tls: ProviderTls) -> Routes:
    """Return the routes of a snapshot.

    :raises EnvelopeError: ``gateway.snapshot.subject-key`` if the gateway does not hold its key of persons,
        ``gateway.snapshot.certificate`` if a pinned certificate cannot be read.
    """
    if snapshot.subject_key not in subject_keys:
        raise EnvelopeError("gateway.snapshot.subject-key", key=snapshot.subject_key)
    permits: dict[tuple[ClientId | GroupId, ServiceId], list[Permit]] = {}
    for permit in snapshot.permits:
        permits.setdefault((permit.subject, permit.service), []).append(permit)
    groups: dict[ClientId, list[GroupId]] = {}
    for group in snapshot.groups:
        for member in group.members:
            groups.setdefault(member, []).append(group.id)
    return Routes(
        version=snapshot.version,
        expires_at=snapshot.expires_at.timestamp(),
        server=snapshot.server,
        subject_key_id=snapshot.subject_key,
        subject_key=subject_keys[snapshot.subject_key],
        clients={subsystem.id: subsystem for subsystem in snapshot.subsystems},
        providers=frozenset(service.id.provider for service in snapshot.services),
        services={service.id: _route(service, tls) for service in snapshot.services},
        permits=permits,
        groups=groups,
        zone=ZoneInfo(snapshot.time_zone),
        snapshot=snapshot,
    )


def _route(service: Service, tls: ProviderTls) -> Route:
    endpoints = []
    for address in service.addresses:
        parts = urlsplit(address)
        secure = parts.scheme == "https"
        try:
            context = tls.context(service.trusted_certificates) if secure else None
        except (ssl.SSLError, ValueError) as error:
            raise EnvelopeError("gateway.snapshot.certificate", service=str(service.id)) from error
        endpoints.append(
            Endpoint(
                host=parts.hostname or "",
                port=parts.port or (443 if secure else 80),
                tls=context,
                base_path=parts.path,
                host_header=parts.netloc.encode("utf-8"),
            )
        )
    return Route(service, service.id.encoded(), tuple(endpoints), _description(service))


def _description(service: Service) -> Description | None:
    if service.validation is Validation.OFF or service.description is None:
        return None
    # The library takes a second and 40 MB to load, which only gateways of such services spend; here, in the thread that
    # takes the snapshot, no message waits for it.
    from divan_gateway.validation import description_of  # noqa: PLC0415 - see above

    return description_of(service.description)


def read_subject_keys(path: Path) -> dict[str, bytes]:
    """Read the keys of persons: a JSON object of key id → hex.

    :raises EnvelopeError: ``gateway.subject-keys`` when it is not that, or a key is shorter than 32 octets.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        keys = {str(name): bytes.fromhex(value) for name, value in document.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise EnvelopeError("gateway.subject-keys", file=path.name) from error
    if not keys or any(len(key) < 32 for key in keys.values()):
        raise EnvelopeError("gateway.subject-keys", file=path.name)
    return keys


class Routing:
    """Holds the routes in force and takes newer ones. One instance a process; loading may run in a thread."""

    def __init__(
        self,
        *,
        file: Path,
        keep_in: Path,
        public_key: EllipticCurvePublicKey,
        server: ServerId,
        subject_keys: Mapping[str, bytes],
        tls: ProviderTls,
    ) -> None:
        self.routes: Routes | None = None
        self.refused = 0
        self._file = file
        self._last_good = keep_in / _LAST_GOOD
        self._public_key = public_key
        self._server = server
        self._subject_keys = subject_keys
        self._tls = tls
        self._taken: bytes | None = None
        self._read = ReadParts()
        self._floor: int | None = None
        self._seen: tuple[int, int, int] | None = None

    def start(self, *, now: datetime) -> None:
        """Take the last good snapshot, then the file if it is newer; with neither, every call is refused."""
        self._take(self._last_good, now, quiet=True)
        self.refresh(now=now)

    def refresh(self, *, now: datetime) -> None:
        """Take the file if it has changed and holds a good newer snapshot; else say why not and go on as before."""
        try:
            status = self._file.stat()
        except OSError:
            return
        seen = (status.st_mtime_ns, status.st_ino, status.st_size)
        if seen != self._seen:
            self._seen = seen
            self._take(self._file, now, quiet=False)

    def _take(self, path: Path, now: datetime, *, quiet: bool) -> None:
        try:
            data = path.read_bytes()
        except OSError as error:
            if not quiet:
                logger.warning("snapshot cannot be read: %s", error)
            return
        # Compared with what this process took: another one of the gateway may have kept it as its last good one before.
        if data == self._taken:
            return
        try:
            routes = self._open(data, now)
        except EnvelopeError as error:
            self.refused += 1
            logger.error("snapshot refused, version in force is %s: %s", self._floor, error)  # noqa: TRY400 - the refusal says it all
            return
        # One assignment: a message sees the old routes or the new, never a mixture.
        self.routes = routes
        self._taken = data
        self._floor = routes.version
        logger.info("snapshot %d in force until %s", routes.version, datetime.fromtimestamp(routes.expires_at, UTC))
        if path != self._last_good:
            self._keep(data)

    def _open(self, data: bytes, now: datetime) -> Routes:
        try:
            snapshot = open_snapshot(data, self._public_key, now=now, newer_than=self._floor, read=self._read)
        except EnvelopeError as error:
            if error.code == "exchange.snapshot.expired":
                # It does not serve any more, but nothing older than it may come after it.
                self._floor = int(str(error.facts["version"]))
            raise
        if snapshot.server != self._server:
            raise EnvelopeError("gateway.snapshot.other-server", server=str(snapshot.server))
        return build_routes(snapshot, self._subject_keys, self._tls)

    def _keep(self, data: bytes) -> None:
        # Survives a restart, so that neither a damaged file nor an older one can take its place then.
        draft = self._last_good.with_suffix(f".{os.getpid()}")
        try:
            with draft.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._last_good)
        except OSError as error:
            logger.warning("the snapshot in force could not be kept for the next start: %s", error)
