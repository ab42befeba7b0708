"""A member's own system: it makes a key, has it certified, and calls through the gateway over one connection."""

from __future__ import annotations

import ssl
from pathlib import Path

import httpx
from cryptography.hazmat.primitives import serialization
from tests.waiting import wait_for

from divan.foundation.actors import Actor
from divan.trust.exchange import actions
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.apps import ExchangeOptions
from divan_libs.pki.keys import generate_private_key
from divan_libs.pki.tests.test_requests import request


class MemberSystem:
    """A subsystem with a certificate of our authority; ``certificate`` is its identifier."""

    def __init__(self, told: ExchangeOptions, subsystem: str, folder: Path, *, actor: Actor, now) -> None:
        key = generate_private_key()
        self.certificate = actions.issue_certificate(
            subsystem=subsystem, csr=request(key, common_name=subsystem), actor=actor, now=now
        )
        pem = actions.fetch_certificate(certificate=self.certificate, actor=actor, now=now)
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file = folder / f"{subsystem.replace('/', '-')}.pem"
        file.touch(mode=0o600)
        file.write_bytes(secret + pem.encode("ascii"))
        context = ssl.create_default_context(cafile=str(told.control / keys.AUTHORITIES))
        context.load_cert_chain(file)
        self._client = httpx.Client(
            base_url=told.address, verify=context, trust_env=False, headers={"X-Road-Client": subsystem}
        )

    def get(self, service: str, path: str) -> str:
        """Call, and return the exchange's code of refusal, or the status of the provider's answer."""
        answer = self._client.get(f"/r1/{service}{path}")
        return answer.headers.get("x-road-error", "") or str(answer.status_code)

    def until(self, wanted: str, service: str, path: str) -> None:
        """Call until an answer is so. How long that takes bench/rights.py measures."""
        wait_for(
            lambda: self.get(service, path) == wanted,
            otherwise=lambda: f"still {self.get(service, path)}, not {wanted}",
            every=0.01,
        )

    def close(self) -> None:
        """Hang up."""
        self._client.close()
