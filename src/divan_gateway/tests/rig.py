"""What the tests of the gateway stand on: certificates, snapshots, a gateway process, a client."""

from __future__ import annotations

import datetime as dt
import hashlib
import http.client
import ipaddress
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.waiting import PATIENCE, wait_for

from divan_libs.envelope.addresses import ClientId, MemberId, ServerId, ServiceId
from divan_libs.envelope.evidence.audit import audit_directory
from divan_libs.envelope.evidence.records import Closing, Intent, Kind
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.signed_snapshot import sign_snapshot
from divan_libs.envelope.snapshot import Connection, Member, Service, Snapshot, Subsystem

SERVER = "EE/BUSINESS/producer/gateway"
CLIENT = "EE/BUSINESS/consumer/sub"
SLASHED_CLIENT = "EE/BUSINESS/consumer/sub%2Fsystem"
STRANGER = "EE/BUSINESS/stranger/sub"
BARE = "EE/BUSINESS/consumer/bare"
PLAIN_CLIENT = "EE/BUSINESS/consumer/plain"
PRODUCER = "EE/BUSINESS/producer/sub"
SLASHED_SERVICE = "EE/BUSINESS/producer/s%2Fub/%C3%B6%C3%A4%C3%A5"
SUBJECT_KEY = bytes(range(32))


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, in files."""

    certificate: Path
    key: Path

    @property
    def pem(self) -> str:
        return self.certificate.read_text()

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.pem)).hexdigest()


class Authority:
    """A certificate authority for one test run."""

    def __init__(self, directory: Path, name: str = "authority") -> None:
        self._directory = directory
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = directory / f"{name}.pem"
        self._write(self.certificate, self._build(self._name, self._key, is_authority=True))

    def issue(self, name: str, *, valid_for: dt.timedelta = dt.timedelta(days=1)) -> Identity:
        """Return a certificate for loopback and for clients; with a negative time it is over."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        files = Identity(self._directory / f"{name}.crt", self._directory / f"{name}.key")
        self._write(files.certificate, self._build(subject, key, is_authority=False, valid_for=valid_for))
        files.key.write_bytes(private_pem(key))
        return files

    def _build(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        *,
        is_authority: bool,
        valid_for: dt.timedelta = dt.timedelta(days=1),
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + valid_for)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if not is_authority:
            loopback = x509.SubjectAlternativeName(
                [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            )
            builder = builder.add_extension(loopback, critical=False)
        return builder.sign(self._key, hashes.SHA256())

    @staticmethod
    def _write(path: Path, certificate: x509.Certificate) -> None:
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def private_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def service_id(name: str) -> ServiceId:
    """Read a service id, or the code of a service of the usual producer."""
    return ServiceId.parse(name if "/" in name else f"{PRODUCER}/{name}")


def service(name: str, *addresses: str, **options: Any) -> Service:
    return Service(id=service_id(name), name=name, addresses=addresses, **options)


def permit(name: str, *, client: str = CLIENT, method: str = "*", glob: str = "**", **options: Any) -> Permit:
    now = dt.datetime.now(dt.UTC)
    known: dict[str, Any] = {
        "id": f"{client} {name} {method} {glob}",
        "subject": ClientId.parse(client),
        "service": service_id(name),
        "method": method,
        "path_glob": glob,
        "purpose": "tests of the gateway",
        "legal_basis": "none, rehearsal",
        "starts_at": now - dt.timedelta(hours=1),
    }
    return Permit(**(known | options))


@dataclass
class Ground:
    """A directory with the keys and files of one gateway, and the snapshots it is given."""

    directory: Path
    authority: Authority
    client: Identity
    server: Identity
    signer: SoftSigner
    evidence_key: SoftSigner

    @classmethod
    def prepare(cls, directory: Path, *, authority_name: str = "authority") -> Ground:
        directory.mkdir(parents=True, exist_ok=True)
        authority = Authority(directory, authority_name)
        keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
        (directory / "evidence.key").write_bytes(private_pem(keys[1]))
        (directory / "snapshot.pub").write_bytes(
            keys[0]
            .public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        (directory / "subjects.json").write_text(json.dumps({"k1": SUBJECT_KEY.hex()}))
        return cls(
            directory,
            authority,
            authority.issue("client"),
            authority.issue("gateway"),
            SoftSigner(keys[0]),
            SoftSigner(keys[1]),
        )

    @property
    def evidence(self) -> Path:
        return self.directory / "evidence"

    def snapshot(self, services: Sequence[Service], permits: Sequence[Permit], **changes: Any) -> Snapshot:
        now = dt.datetime.now(dt.UTC)
        own = frozenset({self.client.fingerprint})
        known: dict[str, Any] = {
            "version": 1,
            "issued_at": now,
            "expires_at": now + dt.timedelta(hours=1),
            "server": ServerId.parse(SERVER),
            "subject_key": "k1",
            "members": tuple(
                Member(id=MemberId.parse(f"EE/BUSINESS/{code}"), name=code)
                for code in ("consumer", "producer", "stranger")
            ),
            "subsystems": (
                Subsystem(id=ClientId.parse(CLIENT), name="", certificates=own),
                Subsystem(id=ClientId.parse(SLASHED_CLIENT), name="", certificates=own),
                Subsystem(id=ClientId.parse(STRANGER), name="", certificates=frozenset({"0" * 64})),
                Subsystem(id=ClientId.parse(BARE), name=""),
                Subsystem(id=ClientId.parse(PLAIN_CLIENT), name="", connection=Connection.HTTP),
                *(Subsystem(id=provider, name="") for provider in {item.id.provider for item in services}),
            ),
            "services": tuple(services),
            "permits": tuple(permits),
        }
        return Snapshot(**(known | changes))

    def publish(self, snapshot: Snapshot, *, signer: SoftSigner | None = None) -> None:
        draft = self.directory / "snapshot.draft"
        draft.write_bytes(sign_snapshot(snapshot, signer or self.signer).octets)
        draft.replace(self.directory / "snapshot.jws")

    def records(self) -> list[tuple[Kind, bytes]]:
        segments = sorted(self.evidence.glob(f"*{SUFFIX}"))
        return [record for path in segments for record in read_segment(path).records]

    def intents(self) -> list[Intent]:
        return [Intent.decode(payload) for kind, payload in self.records() if kind is Kind.INTENT]

    def closings(self) -> list[Closing]:
        return [Closing.decode(payload) for kind, payload in self.records() if kind is Kind.CLOSING]

    def findings(self) -> list[str]:
        return [finding.code for finding in audit_directory(self.evidence, self.evidence_key.public_key())]


_RUN = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop()), -1))
runpy.run_module("divan_gateway", run_name="__main__", alter_sys=True)
"""
"""Runs the gateway; no file may grow beyond the given size, as on a disk that is full."""


class Gateway:
    """A gateway process over a ground."""

    def __init__(
        self, ground: Ground, *, fault: str | None = None, largest_file: int | None = None, **settings: str
    ) -> None:
        self.ground = ground
        self.port = free_port()
        self.plain_port = free_port()
        at = ground.directory
        known: dict[str, Any] = {
            "SERVER": SERVER,
            "LISTEN": f"127.0.0.1:{self.port}",
            "PLAIN_LISTEN": f"127.0.0.1:{self.plain_port}",
            "CERTIFICATE": str(ground.server.certificate),
            "KEY": str(ground.server.key),
            "PROVIDER_CERTIFICATE": str(ground.server.certificate),
            "PROVIDER_KEY": str(ground.server.key),
            "CLIENT_AUTHORITIES": str(ground.authority.certificate),
            "SNAPSHOT": str(at / "snapshot.jws"),
            "SNAPSHOT_KEY": str(at / "snapshot.pub"),
            "EVIDENCE": str(ground.evidence),
            "SIGNING_KEY": str(at / "evidence.key"),
            "SUBJECT_KEYS": str(at / "subjects.json"),
            "WORKERS": "1",
            "WATCH_MS": "100",
        }
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAN_")}
        environment |= {f"DIVAN_GATEWAY_{name}": value for name, value in (known | settings).items()}
        if fault is not None:
            environment["DIVAN_FAULT"] = fault
        self.log = at / f"gateway-{self.port}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _RUN, str(largest_file or -1)], env=environment, stderr=log
            )

    def wait_until(self, health: str = "ok", *, version: int | None = None) -> Gateway:
        def is_so() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            try:
                document = json.loads(self.plain("GET", "/-/health").body)
            except OSError:
                return False
            return document.get("status") == health and version in (None, document.get("snapshot"))

        wait_for(is_so, otherwise=lambda: f"not {health} {version}: {self.log.read_text()}")
        return self

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(PATIENCE)

    def wait_for_log(self, text: str) -> None:
        wait_for(lambda: text in self.log.read_text(), otherwise=self.log.read_text)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(PATIENCE)

    def context(self, identity: Identity | None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.ground.authority.certificate))
        if identity is not None:
            context.load_cert_chain(identity.certificate, identity.key)
        return context

    def connect(self, *, identity: Identity | None = None, anonymous: bool = False) -> http.client.HTTPSConnection:
        own = None if anonymous else identity or self.ground.client
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=self.context(own), timeout=20)

    def call(self, method: str, target: str, **options: Any) -> Reply:
        """Ask over TLS as the client, with ``X-Road-Client`` unless ``client`` says otherwise."""
        anonymous = bool(options.pop("anonymous", False))
        identity: Identity | None = options.pop("identity", None)
        with closing(self.connect(identity=identity, anonymous=anonymous)) as connection:
            return ask(connection, method, target, **options)

    def plain(self, method: str, target: str, **options: Any) -> Reply:
        with closing(http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=20)) as connection:
            return ask(connection, method, target, **({"client": None} | options))


@dataclass
class Reply:
    """An answer with its whole body."""

    status: int
    reason: str
    headers: list[tuple[str, str]]
    body: bytes

    def values(self, name: str) -> list[str]:
        return [value for header, value in self.headers if header.lower() == name.lower()]

    def value(self, name: str) -> str | None:
        return next(iter(self.values(name)), None)

    @property
    def error(self) -> str | None:
        return self.value("X-Road-Error")

    @property
    def message(self) -> str:
        return str(json.loads(self.body)["message"])


def ask(
    connection: http.client.HTTPConnection,
    method: str,
    target: str,
    *,
    body: Any = None,
    client: str | None = CLIENT,
    headers: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    chunked: bool = False,
) -> Reply:
    connection.putrequest(method, target, skip_accept_encoding=True)
    if client is not None:
        connection.putheader("X-Road-Client", client)
    for name, value in dict(headers).items():
        connection.putheader(name, value)
    if isinstance(body, bytes) and not chunked:
        connection.putheader("Content-Length", str(len(body)))
    if chunked:
        connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(body, encode_chunked=chunked)
    response = connection.getresponse()
    return Reply(response.status, response.reason, response.getheaders(), response.read())
