"""A log, an authority and a gateway that a stranger trusts, and files made by them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from divan_libs.envelope.keys import SoftSigner
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.tests.specimens import NOON, make_pdf

from .specimens import Log, make_evidence, sign_letter, write_trust


@pytest.fixture
def log():
    return Log()


@pytest.fixture(scope="session")
def authority():
    return RehearsalAuthority.create(NOON - timedelta(days=30))


@pytest.fixture(scope="session")
def unsigned_letter():
    return make_pdf()


@pytest.fixture(scope="session")
def signed_letter(unsigned_letter, authority):
    return sign_letter(unsigned_letter, authority, Log().receipt())


@pytest.fixture(scope="session")
def gateway_key():
    return SoftSigner(generate_private_key(SECP256R1()))


@pytest.fixture(scope="session")
def evidence(gateway_key, tmp_path_factory):
    return make_evidence(gateway_key, tmp_path_factory.mktemp("evidence"))


@pytest.fixture
def trust_folder(tmp_path, log, authority, gateway_key):
    return write_trust(tmp_path / "trust", log, authority, gateway_key)
