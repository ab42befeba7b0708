"""XAdES signatures as they are written: detached, exclusive C14N, ECDSA P-256, SHA-512 digests, SigningCertificateV2.

The octets that are signed are written in canonical form at once, so that who signs needs no XML library; a test
compares them with a real canonicaliser. ETSI EN 319 132-1 (level B-B); the archive's names are the references.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from divan_libs.asic.hashchain import SHA512, digest

SIGNATURES = "META-INF/signatures.xml"
DS = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
ASIC = "http://uri.etsi.org/02918/v1.2.1#"
C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"
PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MEDIA_TYPES = {"json": "application/json", "xml": "text/xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a signature says: which files (name, SHA-512), when (microseconds since 1970), with which certificate.

    ``certificate`` is the SHA-512 of the certificate's DER form.
    """

    files: Sequence[tuple[str, bytes]]
    signed_at: int
    certificate: bytes

    def octets(self) -> bytes:
        """Return what is signed: the canonical ``SignedInfo``."""
        references = "".join(
            f'<ds:Reference Id="file-{number}" URI="/{name}">{_digest(value)}</ds:Reference>'
            for number, (name, value) in enumerate(self.files)
        )
        return (
            f'<ds:SignedInfo xmlns:ds="{DS}">'
            f'<ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
            f'<ds:SignatureMethod Algorithm="{ECDSA_SHA256}"></ds:SignatureMethod>'
            f"{references}"
            f'<ds:Reference Type="{PROPERTIES_TYPE}" URI="#signed-properties">'
            f'<ds:Transforms><ds:Transform Algorithm="{C14N}"></ds:Transform></ds:Transforms>'
            f"{_digest(digest(self._properties()))}</ds:Reference>"
            "</ds:SignedInfo>"
        ).encode()

    def _properties(self) -> bytes:
        formats = "".join(
            f'<xades:DataObjectFormat ObjectReference="#file-{number}">'
            f"<xades:MimeType>{media_type(name)}</xades:MimeType></xades:DataObjectFormat>"
            for number, (name, _) in enumerate(self.files)
        )
        moment = (_EPOCH + timedelta(microseconds=self.signed_at)).isoformat(timespec="milliseconds")
        return (
            f'<xades:SignedProperties xmlns:xades="{XADES}" Id="signed-properties"><xades:SignedSignatureProperties>'
            f"<xades:SigningTime>{moment.replace('+00:00', 'Z')}</xades:SigningTime>"
            "<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>"
            f'<ds:DigestMethod xmlns:ds="{DS}" Algorithm="{SHA512}"></ds:DigestMethod>'
            f'<ds:DigestValue xmlns:ds="{DS}">{_text(self.certificate)}</ds:DigestValue>'
            "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2>"
            "</xades:SignedSignatureProperties>"
            f"<xades:SignedDataObjectProperties>{formats}</xades:SignedDataObjectProperties></xades:SignedProperties>"
        ).encode()

    def as_file(self, signature: bytes, certificates: Sequence[bytes]) -> bytes:
        """Return ``META-INF/signatures.xml``.

        ``signature`` is r and s, 32 octets each (RFC 4050); ``certificates`` are in DER, the signer's first.
        """
        chain = "".join(f"<ds:X509Certificate>{_text(der)}</ds:X509Certificate>" for der in certificates)
        return (
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            + f'<asic:XAdESSignatures xmlns:asic="{ASIC}"><ds:Signature xmlns:ds="{DS}" Id="signature">'.encode()
            + self.octets()
            + f'<ds:SignatureValue Id="signature-value">{_text(signature)}</ds:SignatureValue>'.encode()
            + f"<ds:KeyInfo><ds:X509Data>{chain}</ds:X509Data></ds:KeyInfo><ds:Object>".encode()
            + f'<xades:QualifyingProperties xmlns:xades="{XADES}" Target="#signature">'.encode()
            + self._properties()
            + b"</xades:QualifyingProperties></ds:Object></ds:Signature></asic:XAdESSignatures>\n"
        )


def media_type(name: str) -> str:
    """Return the media type of a file of a container by its name."""
    return _MEDIA_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _digest(value: bytes) -> str:
    method = f'<ds:DigestMethod Algorithm="{SHA512}"></ds:DigestMethod>'
    return f"{method}<ds:DigestValue>{_text(value)}</ds:DigestValue>"


def _text(value: bytes) -> str:
    return b64encode(value).decode("ascii")
