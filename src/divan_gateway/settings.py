"""What an operator tells the gateway, by environment variables."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from divan_libs.envelope.addresses import AddressError, ServerId
from divan_libs.envelope.errors import Dialect

_PREFIX = "DIVAN_GATEWAY_"
_MEBIBYTE = 1024 * 1024
_GIBIBYTE = 1024 * _MEBIBYTE
_MAX_REQUEST = 4 * _GIBIBYTE
_MAX_RESPONSE = 4 * _GIBIBYTE
_BUFFER = 10 * _MEBIBYTE
_CACHE_BYTES = 64 * _MEBIBYTE
_BREAKER_FAILURES = 5
_HEALTH_MS = 5000
_SEGMENT_BYTES = 64 * _MEBIBYTE
_WATCH_MS = 200


class SettingsError(Exception):
    """A setting is missing or cannot be. ``code`` is ``gateway.setting``, ``name`` the environment variable."""

    code = "gateway.setting"

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{_PREFIX}{name}: {problem}")
        self.name = f"{_PREFIX}{name}"
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Listener:
    """Where to listen."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can connect."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """The listener with client certificates (PEM files).

    ``client_authorities`` holds the authorities of client certificates; a pinned self-signed certificate may stand
    there itself. Which certificate may speak for which subsystem is a matter of the snapshot.
    """

    listener: Listener
    certificate: Path
    key: Path
    client_authorities: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The certificate that the gateway shows to providers (PEM files)."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a client may take of the gateway. Times in seconds, ``min_rate`` in octets a second."""

    max_request: int = _MAX_REQUEST
    max_connections: int = 4096
    max_per_address: int = 1024
    head_seconds: float = 15.0
    stall_seconds: float = 30.0
    idle_seconds: float = 75.0
    min_rate: int = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. Each field names its variable, ``DIVAN_GATEWAY_…``; those without a default must be given.

    ``SERVER``: the id of this gateway, ``instance/class/code/server``; snapshots of another are refused.
    ``LISTEN``: host:port of the TLS listener, with ``CERTIFICATE``, ``KEY`` and ``CLIENT_AUTHORITIES``; empty for none.
    ``PROVIDER_CERTIFICATE`` and ``PROVIDER_KEY``: what providers with HTTPS are shown; none if not given.
    ``PLAIN_LISTEN``: host:port of a listener in clear on a loopback address, for clients whose connection is ``http``.
    ``SNAPSHOT``: the file with the signed routing snapshot; ``SNAPSHOT_KEY``: the public key that signs it.
    ``EVIDENCE``: the directory of the evidence; ``SIGNING_KEY``: the P-256 key that signs it, PKCS#8
    PEM or the PKCS#11 URI of a token, with its certificates behind it.
    ``STAMPS``: the directory in which the house lays the timestamps of evidence; by default ``stamps`` beside it.
    ``SUBJECT_KEYS``: a JSON file of key id → hex key (32 octets or more) for the hashes of persons and targets.
    ``WORKERS``: processes, by default one a core. ``DIALECT``: how refusals are written.
    ``MAX_REQUEST`` and ``MAX_RESPONSE``: largest bodies, in octets; large ones are streamed.
    ``BUFFER``: largest body that may be looked at whole (a person named in it, a schema, hidden fields), in octets.
    ``CACHE_BYTES``: memory of each process for the answers that providers allow to keep.
    ``MAX_CONNECTIONS`` and ``MAX_PER_ADDRESS``: connections of clients to one process, in all and from one address.
    ``HEAD_MS``, ``STALL_MS`` and ``IDLE_MS``: how long a request's head may take, how often a body or a reply under way
    must have moved (by ``MIN_RATE`` octets a second at least), and how long a connection may be idle.
    ``BREAKER_FAILURES``: failures in a row after which an address of a provider is left alone for a while.
    ``HEALTH_MS``: how often the health of addresses is looked at.
    ``SEGMENT_BYTES``: size at which an evidence segment is full.
    ``WATCH_MS``: how often the snapshot's file is looked at and what ended is put under a signed root.
    ``TRACES``: where a collector of OpenTelemetry takes spans (OTLP over HTTP, ``http://127.0.0.1:4318/v1/traces``);
    none without it. Needs the extra ``traces``.
    """

    server: ServerId
    tls: Tls | None
    shown: Shown | None
    plain: Listener | None
    snapshot: Path
    snapshot_key: Path
    evidence: Path
    stamps: Path
    signing_key: Path
    subject_keys: Path
    workers: int
    dialect: Dialect = Dialect.XROAD_7_8
    limits: Limits = Limits()
    max_response: int = _MAX_RESPONSE
    buffer: int = _BUFFER
    cache_bytes: int = _CACHE_BYTES
    breaker_failures: int = _BREAKER_FAILURES
    health_ms: int = _HEALTH_MS
    segment_bytes: int = _SEGMENT_BYTES
    watch_ms: int = _WATCH_MS
    traces: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings.

        :raises SettingsError: one is missing or cannot be.
        """
        source = _Source(environment)
        settings = cls(
            server=source.server(),
            tls=source.tls(),
            shown=source.shown(),
            plain=source.plain(),
            snapshot=source.path("SNAPSHOT"),
            snapshot_key=source.file("SNAPSHOT_KEY"),
            evidence=source.path("EVIDENCE"),
            stamps=Path(source.text("STAMPS", str(source.path("EVIDENCE").parent / "stamps"))),
            signing_key=source.file("SIGNING_KEY"),
            subject_keys=source.file("SUBJECT_KEYS"),
            workers=source.number("WORKERS", os.cpu_count() or 1),
            dialect=source.dialect(),
            limits=source.limits(),
            max_response=source.number("MAX_RESPONSE", _MAX_RESPONSE),
            buffer=source.number("BUFFER", _BUFFER),
            cache_bytes=source.number("CACHE_BYTES", _CACHE_BYTES),
            breaker_failures=source.number("BREAKER_FAILURES", _BREAKER_FAILURES),
            health_ms=source.number("HEALTH_MS", _HEALTH_MS),
            segment_bytes=source.number("SEGMENT_BYTES", _SEGMENT_BYTES),
            watch_ms=source.number("WATCH_MS", _WATCH_MS),
            traces=source.collector(),
        )
        if settings.tls is None and settings.plain is None:
            raise SettingsError("LISTEN", "is empty and so is PLAIN_LISTEN; the gateway would not listen at all")
        return settings


class _Source:
    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment

    def text(self, name: str, default: str | None = None) -> str:
        value = self._environment.get(_PREFIX + name, "").strip() or default
        if value is None:
            raise SettingsError(name, "is missing")
        return value

    def path(self, name: str) -> Path:
        return Path(self.text(name))

    def file(self, name: str) -> Path:
        path = self.path(name)
        if not path.is_file():
            raise SettingsError(name, f"there is no file {path}")
        return path

    def number(self, name: str, default: int) -> int:
        text = self.text(name, str(default))
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise SettingsError(name, f"{text!r} is not a whole number above zero")
        return int(text)

    def limits(self) -> Limits:
        usual = Limits()
        return Limits(
            max_request=self.number("MAX_REQUEST", usual.max_request),
            max_connections=self.number("MAX_CONNECTIONS", usual.max_connections),
            max_per_address=self.number("MAX_PER_ADDRESS", usual.max_per_address),
            head_seconds=self.number("HEAD_MS", round(usual.head_seconds * 1000)) / 1000,
            stall_seconds=self.number("STALL_MS", round(usual.stall_seconds * 1000)) / 1000,
            idle_seconds=self.number("IDLE_MS", round(usual.idle_seconds * 1000)) / 1000,
            min_rate=self.number("MIN_RATE", usual.min_rate),
        )

    def server(self) -> ServerId:
        try:
            return ServerId.parse(self.text("SERVER"))
        except AddressError as error:
            raise SettingsError("SERVER", error.message) from error

    def collector(self) -> str | None:
        address = self.text("TRACES", "")
        if not address:
            return None
        if not address.startswith(("http://", "https://")):
            raise SettingsError("TRACES", f"{address!r} is no address that begins with http:// or https://")
        if find_spec("opentelemetry") is None or find_spec("opentelemetry.sdk") is None:
            raise SettingsError("TRACES", "the extra is not installed: pip install 'divan[traces]'")
        return address

    def dialect(self) -> Dialect:
        text = self.text("DIALECT", Dialect.XROAD_7_8.value)
        try:
            return Dialect(text)
        except ValueError as error:
            raise SettingsError("DIALECT", f"{text!r} is none of {', '.join(Dialect)}") from error

    def listener(self, name: str) -> Listener | None:
        text = self.text(name, "")
        if not text:
            return None
        host, _, port = text.rpartition(":")
        if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
            raise SettingsError(name, f"{text!r} is not host:port")
        return Listener(host.strip("[]"), int(port))

    def tls(self) -> Tls | None:
        listener = self.listener("LISTEN")
        if listener is None:
            return None
        return Tls(
            listener=listener,
            certificate=self.file("CERTIFICATE"),
            key=self.file("KEY"),
            client_authorities=self.file("CLIENT_AUTHORITIES"),
        )

    def shown(self) -> Shown | None:
        if not self.text("PROVIDER_CERTIFICATE", ""):
            return None
        return Shown(certificate=self.file("PROVIDER_CERTIFICATE"), key=self.file("PROVIDER_KEY"))

    def plain(self) -> Listener | None:
        listener = self.listener("PLAIN_LISTEN")
        if listener is not None and not listener.is_loopback:
            raise SettingsError("PLAIN_LISTEN", f"{listener.host} is not a loopback address")
        return listener
