"""Requests for certificates: whose key, how strong, which names, and what somebody sends by mistake."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from divan_libs.pki.authority import SUBSYSTEM_URN
from divan_libs.pki.errors import RequestUnfit
from divan_libs.pki.keys import generate_private_key
from divan_libs.pki.requests import LARGEST, key_digest, read_request

NAME = "LR/GOV/health/clinics"


def request(key, *names, common_name=NAME, algorithm=None, encoding=serialization.Encoding.PEM):
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(names)), critical=False)
    return builder.sign(key, algorithm or hashes.SHA256()).public_bytes(encoding)


def refused(content):
    with pytest.raises(RequestUnfit) as refusal:
        read_request(content)
    return refusal.value.reason


@pytest.mark.parametrize("encoding", [serialization.Encoding.PEM, serialization.Encoding.DER], ids=["pem", "der"])
def test_a_request_is_read_in_both_forms_with_every_name_it_wants(encoding):
    key = generate_private_key()
    names = x509.UniformResourceIdentifier(f"{SUBSYSTEM_URN}LR/GOV/health/clinics"), x509.DNSName("evil.example")

    found = read_request(request(key, *names, encoding=encoding))

    assert found.key == key_digest(key.public_key())
    assert found.names == {NAME, "evil.example"}
    assert read_request(found.pem.encode()) == found


def test_a_request_without_a_name_leaves_the_name_to_the_authority():
    assert read_request(request(generate_private_key(), common_name="")).names == frozenset()


def test_weak_and_strange_keys_are_refused():
    assert refused(request(rsa.generate_private_key(65537, 1024))) == "key-weak"  # noqa: S505 (refused, that is the test)
    assert refused(request(ec.generate_private_key(ec.SECP192R1()))) == "key-weak"
    strange = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    key = ed25519.Ed25519PrivateKey.generate()
    assert refused(strange.sign(key, None).public_bytes(serialization.Encoding.PEM)) == "key-kind"
    assert read_request(request(rsa.generate_private_key(65537, 2048))).names == {NAME}


def test_what_is_no_request_is_told_apart():
    key = generate_private_key()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    der = bytearray(request(key, encoding=serialization.Encoding.DER))
    der[-1] ^= 1

    assert [refused(one) for one in (secret, bytes(der), b"PK\x03\x04", b"", b"0" * (LARGEST + 1))] == [
        "private-key",
        "signature",
        "unreadable",
        "unreadable",
        "size",
    ]
