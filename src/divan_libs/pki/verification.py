# pyHanko annotates only in part.
# mypy: disable-error-code="no-untyped-call"
"""Judge signed PDF files: who signed what, when, and whether anything was altered since.

The judgement is a value with stable codes, whatever the file: a forged, damaged or hostile one never raises. Nothing is
fetched from any network. Revocation is not examined: no list is known to this library yet.
"""

import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from io import BytesIO

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.generic_cms import collect_timing_info
from pyhanko.sign.validation.pdf_embedded import (
    EmbeddedPdfSignature,
    async_validate_pdf_signature,
    collect_embedded_signatures,
)
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from divan_libs.pki.asn1 import is_der, parser
from divan_libs.pki.blocking import complete
from divan_libs.pki.encoding import from_asn1, to_asn1
from divan_libs.pki.errors import CertificateUnreadable
from divan_libs.pki.fingerprints import (
    DEFAULT_MAPPING,
    Subject,
    SubjectMapping,
    fingerprint,
    read_subject,
    serial_number,
)

logger = logging.getLogger(__name__)

HEADER_WITHIN = 1024
# What the parsers of PDF and ASN.1 are known to raise on files made to break them.
HOSTILE = (
    PdfError,
    PathError,
    ValidationError,
    CertificateUnreadable,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    zlib.error,
)
SIGNING_PURPOSES = frozenset(
    {
        ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
        ObjectIdentifier("1.3.6.1.4.1.311.10.3.12"),
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    }
)
# The purposes of a certificate are judged by `_may_sign`, so that their breach has a code of its own.
ANY_USE = KeyUsageConstraints(key_usage=set(), extd_key_usage=None)


class PdfProblem(StrEnum):
    """What is wrong with a signed PDF; the values are stable and are what faces translate."""

    NOT_A_PDF = "pki.pdf.not-a-pdf"
    UNREADABLE = "pki.pdf.unreadable"
    ENCRYPTED = "pki.pdf.encrypted"
    UNSIGNED = "pki.pdf.unsigned"
    SIGNATURE_UNREADABLE = "pki.pdf.signature-unreadable"
    ALTERED = "pki.pdf.altered"
    PARTLY_COVERED = "pki.pdf.partly-covered"
    CHANGED_AFTER_SIGNING = "pki.pdf.changed-after-signing"
    UNTRUSTED = "pki.pdf.untrusted"
    CERTIFICATE_EXPIRED = "pki.pdf.certificate-expired"
    CERTIFICATE_NOT_YET_VALID = "pki.pdf.certificate-not-yet-valid"
    CERTIFICATE_UNFIT = "pki.pdf.certificate-unfit"
    WEAK_ALGORITHM = "pki.pdf.weak-algorithm"
    TIMESTAMP_MISSING = "pki.pdf.timestamp-missing"
    TIMESTAMP_ALTERED = "pki.pdf.timestamp-altered"
    TIMESTAMP_UNTRUSTED = "pki.pdf.timestamp-untrusted"


class Modifications(StrEnum):
    """What happened to a file after a signature was made.

    ``permitted`` are updates that the signature's own policy allows: archive timestamps, or, where it allows them,
    further signatures and form fields.
    """

    NONE = "none"
    PERMITTED = "permitted"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureVerdict:
    """What one signature proves.

    ``intact``: the bytes it covers are those that were signed. ``trusted``: besides, its certificate is meant for
    documents and chains to a root of the caller's at the time of signing. ``signed_at`` is what the signer claims,
    ``timestamped_at`` is proven: the signature existed then. While ``intact`` or ``trusted`` is false, ``signer`` is
    merely who the file says it is.
    """

    field_name: str
    intact: bool
    trusted: bool
    covers_whole_document: bool
    modifications: Modifications
    signer: Subject
    certificate_serial: str
    certificate_fingerprint: str
    signed_at: datetime | None
    timestamped_at: datetime | None
    problems: tuple[PdfProblem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfVerdict:
    """What a PDF file proves: its signatures, oldest first, and all that is wrong with it or them.

    The properties speak of the first signature, which is the one that issued the document, save for ``intact`` and
    ``trusted``, which hold only if they hold for all, and for what was done to the file. Whether all have signed who
    should is not known here.
    """

    problems: tuple[PdfProblem, ...]
    signatures: tuple[SignatureVerdict, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether the document is what its signers signed, and nothing is wrong."""
        return not self.problems

    @property
    def intact(self) -> bool:
        """Whether there is a signature and what every signature covers is unaltered."""
        return bool(self.signatures) and all(signature.intact for signature in self.signatures)

    @property
    def trusted(self) -> bool:
        """Whether there is a signature and every signer is trusted."""
        return bool(self.signatures) and all(signature.trusted for signature in self.signatures)

    @property
    def covers_whole_document(self) -> bool:
        """Whether every byte of the file is under a signature, which is then the last."""
        return any(signature.covers_whole_document for signature in self.signatures)

    @property
    def modifications(self) -> Modifications | None:
        """What happened after the first signature; forbidden if any of them forbids it."""
        if any(signature.modifications is Modifications.FORBIDDEN for signature in self.signatures):
            return Modifications.FORBIDDEN
        return self.signatures[0].modifications if self.signatures else None

    @property
    def signer(self) -> Subject | None:
        """Who made the first signature."""
        return self.signatures[0].signer if self.signatures else None

    @property
    def certificate_serial(self) -> str | None:
        """The serial number of the first signer's certificate, hexadecimal."""
        return self.signatures[0].certificate_serial if self.signatures else None

    @property
    def certificate_fingerprint(self) -> str | None:
        """The SHA-256 of the first signer's certificate, hexadecimal."""
        return self.signatures[0].certificate_fingerprint if self.signatures else None

    @property
    def signed_at(self) -> datetime | None:
        """When the first signer claims to have signed."""
        return self.signatures[0].signed_at if self.signatures else None

    @property
    def timestamped_at(self) -> datetime | None:
        """When the first signature is proven to have existed."""
        return self.signatures[0].timestamped_at if self.signatures else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measure:
    roots: Sequence[x509.Certificate]
    timestamp_roots: Sequence[x509.Certificate]
    now: datetime
    mapping: SubjectMapping
    timestamp_required: bool


def verify_pdf(
    pdf: bytes,
    roots: Sequence[x509.Certificate],
    *,
    now: datetime,
    timestamp_roots: Sequence[x509.Certificate] | None = None,
    mapping: SubjectMapping = DEFAULT_MAPPING,
    timestamp_required: bool = True,
) -> PdfVerdict:
    """Judge a PDF file against the roots the caller trusts; never raises for a bad file.

    The signer's certificate is judged at the time that a trusted timestamp proves, so a document outlives the
    certificate it was signed with; without such a timestamp, at ``now``. Timestamps are judged at ``now``, against
    ``timestamp_roots``, or against ``roots`` if none are given. ``mapping`` says where the certificates keep the names.
    With ``timestamp_required`` off, a signature without timestamp is no problem in itself.
    """
    measure = _Measure(
        roots=tuple(roots),
        timestamp_roots=tuple(roots if timestamp_roots is None else timestamp_roots),
        now=now,
        mapping=mapping,
        timestamp_required=timestamp_required,
    )
    return _verdict(pdf, measure)


def _verdict(pdf: bytes, measure: _Measure) -> PdfVerdict:
    if b"%PDF-" not in pdf[:HEADER_WITHIN]:
        return PdfVerdict(problems=(PdfProblem.NOT_A_PDF,))
    stage = PdfProblem.UNREADABLE
    try:
        reader = PdfFileReader(BytesIO(pdf))
        if reader.encrypted:
            return PdfVerdict(problems=(PdfProblem.ENCRYPTED,))
        stage = PdfProblem.SIGNATURE_UNREADABLE
        found = [signature for signature in collect_embedded_signatures(reader) if signature.sig_object_type == "/Sig"]
        if not found:
            # A damaged signature dictionary is passed over in silence; a range of signed bytes gives it away.
            hidden = b"/ByteRange" in pdf
            return PdfVerdict(problems=(stage if hidden else PdfProblem.UNSIGNED,))
        if not all(is_der(signature.pkcs7_content) for signature in found):
            return PdfVerdict(problems=(stage,))
        verdicts = tuple(complete(_judge(signature, measure)) for signature in found)
    except HOSTILE:
        logger.info("a PDF could not be read: %s", stage, exc_info=True)
        return PdfVerdict(problems=(stage,))
    except Exception:
        # Whatever else the file provoked, it proves nothing; but this is for us to look into.
        logger.exception("a PDF could not be verified: %s", stage)
        return PdfVerdict(problems=(stage,))
    problems = dict.fromkeys(problem for verdict in verdicts for problem in verdict.problems)
    return PdfVerdict(problems=tuple(problems), signatures=verdicts)


async def _judge(signature: EmbeddedPdfSignature, measure: _Measure) -> SignatureVerdict:
    timing = await collect_timing_info(
        signature.signer_info, _context(measure.timestamp_roots, measure.now), signature.compute_digest
    )
    timestamp = timing.get("timestamp_validity")
    proven = timestamp.timestamp if timestamp is not None and timestamp.trusted else None
    status = await _validate(signature, measure, proven or measure.now)
    certificate = from_asn1(signature.signer_cert)
    intact = status.intact and status.valid and not _has_stowaway(signature.pkcs7_content)
    modifications = _modifications(status)
    doubts = await _doubts(signature, status, certificate, measure, proven or measure.now)
    problems = [
        *([] if intact else [PdfProblem.ALTERED]),
        *_coverage_problems(status, modifications),
        *(doubts if status.intact and status.valid else []),
        *_timestamp_problems(status, measure),
    ]
    return SignatureVerdict(
        field_name=str(signature.field_name),
        intact=intact,
        trusted=intact and not doubts,
        covers_whole_document=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        modifications=modifications,
        signer=read_subject(certificate, measure.mapping),
        certificate_serial=serial_number(certificate),
        certificate_fingerprint=fingerprint(certificate),
        signed_at=_aware(status.signer_reported_dt),
        timestamped_at=proven,
        problems=tuple(problems),
    )


async def _validate(signature: EmbeddedPdfSignature, measure: _Measure, moment: datetime) -> PdfSignatureStatus:
    return await async_validate_pdf_signature(
        signature,
        signer_validation_context=_context(measure.roots, moment),
        ts_validation_context=_context(measure.timestamp_roots, measure.now),
        key_usage_settings=ANY_USE,
    )


def _context(roots: Sequence[x509.Certificate], moment: datetime) -> ValidationContext:
    return ValidationContext(trust_roots=[to_asn1(root) for root in roots], moment=moment)


async def _doubts(
    signature: EmbeddedPdfSignature,
    status: PdfSignatureStatus,
    certificate: x509.Certificate,
    measure: _Measure,
    moment: datetime,
) -> list[PdfProblem]:
    """List why the signer is not trusted at that moment."""
    doubts = []
    if not _may_sign(certificate):
        doubts.append(PdfProblem.CERTIFICATE_UNFIT)
    if status.trust_problem_indic == AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE:
        doubts.append(PdfProblem.WEAK_ALGORITHM)
    elif not status.trusted:
        starts_at, ends_at = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        if moment < starts_at:
            doubts.append(PdfProblem.CERTIFICATE_NOT_YET_VALID)
        elif moment > ends_at:
            doubts.append(PdfProblem.CERTIFICATE_EXPIRED)
        # A stranger's certificate does not become a friend's by being old: look again while it was valid.
        while_valid = min(max(moment, starts_at), ends_at)
        if while_valid == moment or not (await _validate(signature, measure, while_valid)).trusted:
            doubts.append(PdfProblem.UNTRUSTED)
    return doubts


def _may_sign(certificate: x509.Certificate) -> bool:
    extensions = certificate.extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        if not (usage.digital_signature or usage.content_commitment):
            return False
    except x509.ExtensionNotFound:
        return False
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return not SIGNING_PURPOSES.isdisjoint(purposes)


def _modifications(status: PdfSignatureStatus) -> Modifications:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return Modifications.NONE
    # Bytes after the signed revision that change no object are no update of a known kind, so nothing permits them.
    permitted = status.docmdp_ok and status.modification_level not in {None, ModificationLevel.NONE}
    return Modifications.PERMITTED if permitted else Modifications.FORBIDDEN


def _coverage_problems(status: PdfSignatureStatus, modifications: Modifications) -> list[PdfProblem]:
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return [PdfProblem.PARTLY_COVERED]
    return [PdfProblem.CHANGED_AFTER_SIGNING] if modifications is Modifications.FORBIDDEN else []


def _timestamp_problems(status: PdfSignatureStatus, measure: _Measure) -> list[PdfProblem]:
    timestamp = status.timestamp_validity
    if timestamp is None:
        return [PdfProblem.TIMESTAMP_MISSING] if measure.timestamp_required else []
    if not (timestamp.intact and timestamp.valid):
        return [PdfProblem.TIMESTAMP_ALTERED]
    return [] if timestamp.trusted else [PdfProblem.TIMESTAMP_UNTRUSTED]


def _has_stowaway(contents: bytes) -> bool:
    # The room left over behind the signature is under no hash at all; it must hold nothing but zeros.
    return any(contents[parser.peek(contents) :])


def _aware(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
