"""Certificates between the forms in which they travel: PEM text, `cryptography` objects, asn1crypto objects."""

from collections.abc import Iterable
from typing import Any, TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from divan_libs.pki.asn1 import x509 as asn1_x509
from divan_libs.pki.errors import CertificateUnreadable

Asn1 = TypeVar("Asn1", bound=Any)


def read_certificates(pem: bytes) -> list[x509.Certificate]:
    """Read every certificate of a PEM text, in its order.

    :raises CertificateUnreadable: if there is none, or one is damaged.
    """
    try:
        return x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise CertificateUnreadable(str(error)) from error


def write_certificates(certificates: Iterable[x509.Certificate]) -> bytes:
    """Write certificates as PEM, one after another in the order given."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def to_asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """Return the same certificate as asn1crypto and pyHanko want it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def from_asn1(certificate: asn1_x509.Certificate) -> x509.Certificate:
    """Return the same certificate as `cryptography` wants it.

    :raises CertificateUnreadable: if it is not well-formed.
    """
    try:
        return x509.load_der_x509_certificate(certificate.dump())
    except ValueError as error:
        raise CertificateUnreadable(str(error)) from error


def settle(value: Asn1) -> Asn1:
    """Return an asn1crypto value as if it had been read, not built.

    A built value is encoded anew, with all it holds, each time that anything around it is; a read one is not.
    """
    settled: Asn1 = type(value).load(value.dump())
    return settled
