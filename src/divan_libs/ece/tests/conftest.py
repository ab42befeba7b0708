"""A certificate for loopback."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.keys import generate_private_key

from .loopback import HOST


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Path:
    """Return a file with key and certificate for loopback; its authority stands beside it."""
    folder = tmp_path_factory.mktemp("tls")
    now = datetime.now(UTC)
    authority = RehearsalAuthority.create(now)
    key = generate_private_key()
    issued = authority.issue_tls_server(key.public_key(), [HOST], now=now)
    chain = (issued, *authority.chain)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "server.pem").write_bytes(pem + b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    (folder / "root.pem").write_bytes(authority.root.public_bytes(Encoding.PEM))
    return folder / "server.pem"
