"""Certificates between the forms in which they travel: PEM text, `cryptography` objects, asn1crypto objects."""

from collections.abc import Iterable

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from divan_libs.pki.errors import CertificateUnreadable


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
