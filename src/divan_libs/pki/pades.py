# pyHanko annotates only in part.
# mypy: disable-error-code="no-untyped-call"
"""Sign PDF files: PAdES baseline B-T (ETSI EN 319 142-1), by one signer or by several one after another.

The first signature certifies the file. Alone it permits no change; where further signers follow, their empty fields
are made with it and it permits these to be filled and nothing else, and the last of them permits no change any more.
Signatures have no appearance; what people see of them (name, post, number, QR) is drawn by the document itself. Numbers
and attachments belong into the file before it comes here: nothing may be added afterwards.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import (
    FieldMDPAction,
    FieldMDPSpec,
    MDPPerm,
    SigFieldSpec,
    SigSeedSubFilter,
    append_signature_field,
    enumerate_sig_fields,
)
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes, Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from divan_libs.pki.asn1 import cms
from divan_libs.pki.attachments import attach
from divan_libs.pki.blocking import complete
from divan_libs.pki.encoding import settle, to_asn1
from divan_libs.pki.errors import PdfUnsignable
from divan_libs.pki.keys import Key, PublicKey
from divan_libs.pki.timestampers import Timestamper

HASH_NAME = "sha256"
DEFAULT_FIELD = "Divan"
ATTRIBUTES_SIZE = 1024


def sign_pdf(
    pdf: bytes,
    key: Key,
    chain: Sequence[x509.Certificate],
    timestamper: Timestamper,
    *,
    now: datetime,
    reason: str | None = None,
    location: str | None = None,
    field_name: str = DEFAULT_FIELD,
    attachments: Sequence[tuple[str, bytes]] = (),
    further: int = 0,
) -> bytes:
    """Return the PDF with attachments and signature added in one incremental update that the signature covers whole.

    ``chain`` holds the certificates up to the root, which itself is not enclosed. ``now`` is written as the claimed
    time of signing. ``further`` is how many sign after this one, by `countersign_pdf`. With a deterministic key and
    timestamp authority the same arguments give the same bytes.

    :raises PdfUnsignable: if the file is no sound PDF, is encrypted, or carries a signature already.
    :raises AttachmentInvalid: if an attachment has no name or one that is in use.
    :raises TimestampUnavailable, TimestampRefused, TimestampMismatch: if there is no timestamp; nothing is signed then.
    """
    try:
        writer = _writer(pdf, field_name, now)
        attach(writer, attachments, now)
        for number in range(1, further + 1):
            append_signature_field(writer, _further_field(field_name, number, is_last=number == further))
    except (PdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PdfUnsignable(str(error)) from error
    metadata = PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm=HASH_NAME,
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.FILL_FORMS if further else MDPPerm.NO_CHANGES,
        reason=reason,
        location=location,
    )
    return _signed(writer, metadata, key, chain, timestamper, now)


def countersign_pdf(
    pdf: bytes,
    key: Key,
    chain: Sequence[x509.Certificate],
    timestamper: Timestamper,
    *,
    now: datetime,
    reason: str | None = None,
    location: str | None = None,
    field_name: str = DEFAULT_FIELD,
) -> bytes:
    """Return a PDF of several signers with the next signature added, in an incremental update that it covers whole.

    What was signed before stays byte for byte. The signature takes the first field that is still empty; the last of
    them permits no change any more.

    :raises PdfUnsignable: if the file is no sound PDF, or has no field left to be signed.
    :raises TimestampUnavailable, TimestampRefused, TimestampMismatch: if there is no timestamp; nothing is signed then.
    """
    try:
        empty = sorted(unsigned_fields(pdf), key=lambda name: (len(name), name))
        if not empty or not all(name.startswith(f"{field_name}-") for name in empty):
            raise PdfUnsignable("no field is left")
        writer = _writer(pdf, empty[0], now)
    except (PdfError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PdfUnsignable(str(error)) from error
    metadata = PdfSignatureMetadata(
        field_name=empty[0],
        md_algorithm=HASH_NAME,
        subfilter=SigSeedSubFilter.PADES,
        docmdp_permissions=MDPPerm.FILL_FORMS if empty[1:] else MDPPerm.NO_CHANGES,
        reason=reason,
        location=location,
    )
    return _signed(writer, metadata, key, chain, timestamper, now)


def unsigned_fields(pdf: bytes) -> list[str]:
    """Return the names of the signature fields of a PDF that nobody has signed yet."""
    return [str(name) for name, _, _ in enumerate_sig_fields(PdfFileReader(BytesIO(pdf)), filled_status=False)]


def _further_field(field_name: str, number: int, *, is_last: bool) -> SigFieldSpec:
    # The lock of the last field takes back what the first signature permitted (ISO 32000-2, 12.7.5.5).
    lock = FieldMDPSpec(FieldMDPAction.ALL) if is_last else None
    return SigFieldSpec(
        f"{field_name}-{number + 1}",
        field_mdp_spec=lock,
        doc_mdp_update_value=MDPPerm.NO_CHANGES if is_last else None,
    )


def _signed(
    writer: IncrementalPdfFileWriter,
    metadata: PdfSignatureMetadata,
    key: Key,
    chain: Sequence[x509.Certificate],
    timestamper: Timestamper,
    now: datetime,
) -> bytes:
    try:
        signer = PdfSigner(metadata, _KeySigner(key, chain), timestamper=timestamper)
        return complete(_sign(signer, writer, timestamper, _fixed_size(key, chain), now))
    except (SigningError, PdfError) as error:
        raise PdfUnsignable(str(error)) from error


async def _sign(
    signer: PdfSigner, writer: IncrementalPdfFileWriter, timestamper: Timestamper, fixed: int, now: datetime
) -> bytes:
    session = signer.init_signing_session(writer)
    session.system_time = now
    # The room for the signature is fixed before it is made. An authority may change the size of its tokens a little
    # from one to the next, hence the quarter on top. The room is counted in hexadecimal digits.
    token = len((await timestamper.async_dummy_response(HASH_NAME)).dump())
    prepared = session.prepare_tbs_document(None, bytes_reserved=2 * (fixed + token + token // 4))
    output = BytesIO()
    digest, _ = prepared.digest_tbs_document(output=output)
    await prepared.perform_signature(
        document_digest=digest.document_digest, pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=now)
    )
    return output.getvalue()


def _fixed_size(key: Key, chain: Sequence[x509.Certificate]) -> int:
    certificates = sum(len(certificate.public_bytes(Encoding.DER)) for certificate in (key.certificate, *chain))
    return certificates + _signature_size(key.public_key) + ATTRIBUTES_SIZE


def _writer(pdf: bytes, field_name: str, now: datetime) -> IncrementalPdfFileWriter:
    writer = _Writer(BytesIO(pdf))
    if writer.prev.encrypted:
        raise PdfUnsignable("encrypted")
    # Each state of a file has an identifier of its own (ISO 32000-1, 14.4). pyHanko draws it at random; derived from
    # what makes this state, it lets the same document be made again byte for byte.
    unique = sha256(b"\0".join((sha256(pdf).digest(), field_name.encode(), now.isoformat().encode()))).digest()
    trailer = writer.prev.trailer
    first = trailer["/ID"][0].original_bytes if "/ID" in trailer else unique[:16]
    writer._document_id = generic.ArrayObject([generic.ByteStringObject(first), generic.ByteStringObject(unique[16:])])
    return writer


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata as the document has them.

    pyHanko would write itself and the machine's clock into them, and could break their agreement that PDF/A demands.
    """

    def _update_meta(self) -> None:
        pass


class _KeySigner(Signer):
    """Lets pyHanko sign with a key of ours."""

    def __init__(self, key: Key, chain: Sequence[x509.Certificate]) -> None:
        registry = SimpleCertificateStore()
        registry.register_multiple(to_asn1(certificate) for certificate in chain)
        super().__init__(signing_cert=to_asn1(key.certificate), cert_registry=registry, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """Sign, or on a dry run return as many bytes as a signature takes at most."""
        return bytes(_signature_size(self._key.public_key)) if dry_run else self._key.sign(data, digest_algorithm)

    async def signed_attrs(self, *arguments: Any, **options: Any) -> cms.CMSAttributes:
        """Collect the signed attributes, settled."""
        return settle(await super().signed_attrs(*arguments, **options))

    def signer_info(self, *arguments: Any) -> cms.SignerInfo:
        """Put the signature together, settled."""
        return settle(super().signer_info(*arguments))


def _signature_size(public_key: PublicKey) -> int:
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        # Two integers of the curve's size with sign byte and header each, in a sequence: DER of ECDSA-Sig-Value.
        return 2 * ((public_key.key_size + 7) // 8 + 3) + 3
    return (public_key.key_size + 7) // 8
