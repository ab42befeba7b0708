"""A gateway with everything it needs: certificates, keys, a snapshot with a service of each kind."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench.rig.proxies import HOST, Plan, running
from cryptography.hazmat.primitives import serialization

from divan_libs.envelope.addresses import ClientId, GroupId, ServerId, ServiceId
from divan_libs.envelope.evidence.audit import audit_directory
from divan_libs.envelope.evidence.records import Closing, Kind
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.signed_snapshot import sign_snapshot
from divan_libs.envelope.snapshot import (
    Durability,
    Group,
    Member,
    Service,
    ServiceKind,
    Signing,
    Snapshot,
    Subsystem,
    Validation,
)
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.fingerprints import fingerprint
from divan_libs.pki.keys import FileKey, generate_private_key

SERVER = "EE/GOV/2/gateway"
CLIENT = "EE/GOV/1/client"
PROVIDER = "EE/GOV/2/sub"
GROUP = "EE/offices"
_VALUE = {"application/json": {"schema": {"$ref": "#/components/schemas/Value"}}}
_DESCRIPTION = {
    "openapi": "3.0.3",
    "info": {"title": "Echo", "version": "1"},
    "paths": {
        "/{size}": {
            "parameters": [{"name": "size", "in": "path", "required": True, "schema": {"type": "integer"}}],
            "post": {
                "requestBody": {"required": True, "content": _VALUE},
                "responses": {"200": {"description": "the same", "content": _VALUE}},
            },
        }
    },
    "components": {
        "schemas": {
            "Value": {
                "type": "object",
                "required": ["value"],
                "additionalProperties": False,
                "properties": {"value": {"type": "string"}},
            }
        }
    },
}
KINDS: dict[str, dict[str, Any]] = {
    "strict": {},
    "relaxed": {"durability": Durability.RELAXED},
    "signed": {"signing": Signing.MESSAGE},
    "validated": {
        "kind": ServiceKind.OPENAPI,
        "description": json.dumps(_DESCRIPTION),
        "validation": Validation.ENFORCE,
    },
}
"""The services, by how their messages are treated."""


def private_pem(key: Any) -> bytes:
    """Return a key as the gateway's files hold it."""
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem


class Exchange:
    """The files of a gateway below a folder. ``provider`` is the port of the provider in clear."""

    def __init__(self, folder: Path, *, port: int, provider: int) -> None:
        self.folder, self.port, self.provider = folder, port, provider
        self.now = datetime.now(UTC)
        self.authority = RehearsalAuthority.create(self.now)
        self.root, self.server, self.client = (folder / f"{name}.pem" for name in ("root", "server", "client"))
        self.root.write_bytes(write_certificates([self.authority.root]))
        server, client, evidence = (generate_private_key() for _ in range(3))
        chain = self.authority.chain
        issue = self.authority.issue_tls_server(server.public_key(), [HOST], now=self.now)
        FileKey.create(self.server, server, issue, chain)
        shown = self.authority.issue_tls_client(client.public_key(), CLIENT, now=self.now)
        FileKey.create(self.client, client, shown, chain)
        self.fingerprint = fingerprint(shown)
        witness = self.authority.issue_witness(evidence.public_key(), SERVER, now=self.now)
        (folder / "evidence.key").write_bytes(private_pem(evidence) + write_certificates((witness, *chain)))
        self.evidence_key = evidence.public_key()
        self.signer = SoftSigner(generate_private_key())
        public = self.signer.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        (folder / "snapshot.pub").write_bytes(public)
        (folder / "subjects.json").write_text(json.dumps({"k1": os.urandom(32).hex()}))
        self.version = 0
        self.publish()

    @property
    def evidence(self) -> Path:
        """Where the gateway's segments lie."""
        return self.folder / "evidence"

    def publish(self, *, members: int = 0, permits: int = 0) -> None:
        """Sign the next snapshot: with so many further members, and permits spread over them and a few services."""
        self.version += 1
        draft = self.folder / "snapshot.draft"
        draft.write_bytes(sign_snapshot(self._snapshot(members, permits), self.signer).octets)
        draft.replace(self.folder / "snapshot.jws")

    def _snapshot(self, members: int, permits: int) -> Snapshot:
        client, provider = ClientId.parse(CLIENT), ClientId.parse(PROVIDER)
        others = [ClientId("EE", "GOV", str(1000 + number), "sub") for number in range(members)]
        services = [self._service(ServiceId.parse(f"{PROVIDER}/{name}"), **more) for name, more in KINDS.items()]
        theirs = [self._service(ServiceId(*other.parts(), "data")) for other in others]  # type: ignore[arg-type] # four parts
        group = GroupId.parse(GROUP)
        rights = [self._permit(f"own-{one.id}", client, one.id) for one in services]
        rights += [
            self._permit(
                f"many-{number}",
                others[number % members] if number % 8 else group,
                (theirs[number * 7 % members] if number % 4 else services[number % len(services)]).id,
                path_glob=f"/{number}/**",
            )
            for number in range(permits)
        ]
        return Snapshot(
            version=self.version,
            issued_at=self.now,
            expires_at=self.now + timedelta(hours=6),
            server=ServerId.parse(SERVER),
            subject_key="k1",
            members=tuple(Member(id=one.member, name="a body") for one in (client, provider, *others)),
            subsystems=tuple(
                Subsystem(id=one, name="", certificates=frozenset({self.fingerprint}))
                for one in (client, provider, *others)
            ),
            services=(*services, *theirs),
            permits=tuple(rights),
            groups=(Group(id=group, members=frozenset((client, *others))),),
        )

    def _service(self, identifier: ServiceId, **more: Any) -> Service:
        return Service(id=identifier, name="", addresses=(f"http://{HOST}:{self.provider}",), **more)

    def _permit(self, name: str, subject: ClientId | GroupId, service: ServiceId, path_glob: str = "**") -> Permit:
        return Permit(
            id=name,
            subject=subject,
            service=service,
            method="*",
            path_glob=path_glob,
            purpose="measurement",
            legal_basis="none",
            starts_at=self.now,
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of the gateway."""
        settings = {
            "SERVER": SERVER,
            "LISTEN": f"{HOST}:{self.port}",
            "CERTIFICATE": self.server,
            "KEY": self.server,
            "CLIENT_AUTHORITIES": self.root,
            "SNAPSHOT": self.folder / "snapshot.jws",
            "SNAPSHOT_KEY": self.folder / "snapshot.pub",
            "EVIDENCE": self.evidence,
            "SIGNING_KEY": self.folder / "evidence.key",
            "SUBJECT_KEYS": self.folder / "subjects.json",
            "WORKERS": 1,
        }
        known = {name: value for name, value in os.environ.items() if not name.startswith("DIVAN_GATEWAY_")}
        return known | {f"DIVAN_GATEWAY_{name}": str(value) for name, value in settings.items()}

    @contextmanager
    def running(self, plan: Plan) -> Iterator[Popen[bytes]]:
        """Run the gateway as an operator would, in one process on the core of what is measured."""
        command = [sys.executable, "-m", "divan_gateway"]
        log = self.folder / "gateway.log"
        with running(plan, command, self.port, log, is_proxy=True, env=self.environment()) as process:
            yield process

    def url(self, kind: str, size: int) -> str:
        """Return the address of a message through the gateway."""
        return f"https://{HOST}:{self.port}/r1/{PROVIDER}/{kind}/{size}"

    def proven(self) -> int:
        """Return the number of answered messages in the evidence; everything in it must hold."""
        findings = audit_directory(self.evidence, self.evidence_key)
        if findings:
            raise SystemExit(f"the evidence does not hold: {findings[:3]}")
        records = (record for path in self.evidence.glob(f"*{SUFFIX}") for record in read_segment(path).records)
        return sum(kind is Kind.CLOSING and Closing.decode(payload).status == 200 for kind, payload in records)
