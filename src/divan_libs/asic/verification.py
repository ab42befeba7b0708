"""Judge a container of evidence: what is signed, by whom, since when, and what does not hold.

The judgement is a value with stable codes (:data:`divan_libs.asic.errors.CODES`), whatever the file; nothing is
fetched from any network. Structure and coverage are judged here, the XML signature itself by signxml. Revocation is not
examined.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from cryptography import x509
from lxml import etree
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from signxml.exceptions import SignXMLException
from signxml.verifier import SignatureConfiguration, XMLVerifier

from divan_libs.asic.archive import MIMETYPE, read_archive
from divan_libs.asic.containers import CHAIN, MANIFEST, RESULT, TIME_CHAIN, TIME_RESULT, TIMESTAMP
from divan_libs.asic.errors import AsicError
from divan_libs.asic.reading import (
    DIGESTS,
    Shape,
    Signature,
    follow_chain,
    parse,
    read_signature,
    stamped_values,
)
from divan_libs.asic.xades import DS, SIGNATURES
from divan_libs.pki.asn1 import cms
from divan_libs.pki.blocking import complete
from divan_libs.pki.encoding import to_asn1
from divan_libs.pki.fingerprints import Subject, fingerprint, read_subject, serial_number
from divan_libs.pki.keys import HASHES
from divan_libs.pki.timestamps import TimestampProblem, verify_token

P = ParamSpec("P")
T = TypeVar("T")

_NOT_DATA = frozenset({MIMETYPE, CHAIN, RESULT, TIME_CHAIN, TIME_RESULT})


@dataclass(frozen=True, slots=True, kw_only=True)
class AsicVerdict:
    """What a container proves.

    ``intact``: every file is the one that was signed. ``trusted``: besides, certificate and timestamp lead to the given
    roots; None when there were none to judge by. ``signed_at`` is what the signer says, ``timestamped_at`` what a
    timestamp authority says. ``files`` are under the signature, ``absent`` are named by it with a digest and are not in
    the container; ``octets`` holds all files of the archive.
    """

    problems: tuple[str, ...]
    trusted: bool | None = None
    shape: Shape | None = None
    files: tuple[str, ...] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    signer: Subject | None = None
    certificate: str = ""
    certificate_serial: str = ""
    signed_at: datetime | None = None
    timestamped_at: datetime | None = None
    authority: Subject | None = None
    octets: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def intact(self) -> bool:
        """Whether nothing was found; who signed is another question."""
        return not self.problems


def verify_container(packed: bytes, *, roots: Sequence[x509.Certificate] | None, now: datetime) -> AsicVerdict:
    """Judge a container; ``roots`` are the authorities that are trusted, of signers and of timestamps, None for any.

    The certificate is judged at the time that the timestamp proves, else at ``now``. Never raises for a bad file.
    """
    try:
        files = read_archive(packed)
        signature = read_signature(files)
        certificate = _signing_certificate(signature)
    except AsicError as error:
        return AsicVerdict(problems=(error.code,))
    findings = _Findings()
    findings.collect(_verify_value, signature, files, certificate)
    covered, absent = findings.collect(_covered, signature, files) or ((), {})
    at, authority = findings.collect(_timestamped, signature, files, roots, now) or (None, None)
    if roots is not None:
        findings.collect(_require_trusted, certificate, signature, roots, at or now)
    return AsicVerdict(
        problems=tuple(findings.codes),
        trusted=None if roots is None else not findings.codes,
        shape=signature.shape,
        files=covered,
        absent=absent,
        signer=read_subject(certificate),
        certificate=fingerprint(certificate),
        certificate_serial=serial_number(certificate),
        signed_at=signature.signed_at,
        timestamped_at=at,
        authority=authority,
        octets=files,
    )


class _Findings:
    """Goes on after a fault, so that a verdict names all that is wrong."""

    def __init__(self) -> None:
        self.codes: list[str] = []

    def collect(self, check: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T | None:
        try:
            return check(*arguments, **named)
        except AsicError as error:
            if error.code not in self.codes:
                self.codes.append(error.code)
            return None


def _signing_certificate(signature: Signature) -> x509.Certificate:
    hash_name, expected = signature.certificate_digest
    der = signature.certificates[0]
    if hashlib.new(hash_name, der).digest() != expected:
        raise AsicError("asic.certificate", reason="other")
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise AsicError("asic.certificate", reason="unreadable") from error


def _verify_value(signature: Signature, files: Mapping[str, bytes], certificate: x509.Certificate) -> None:
    def read(uri: str) -> bytes:
        return files[uri.removeprefix("/")]

    missing = [name for name in signature.files if name not in files]
    if missing:
        raise AsicError("asic.signature.malformed", missing=missing)
    try:
        results = XMLVerifier().verify(
            etree.tostring(signature.root),
            x509_cert=certificate,
            validate_schema=False,
            uri_resolver=read,
            expect_config=SignatureConfiguration(
                location=".//",
                expect_references=signature.references,
                # Whether the certificate was valid is judged apart, at the time that the timestamp proves.
                verification_time=certificate.not_valid_before_utc,
            ),
        )
    except (SignXMLException, etree.LxmlError, ValueError, TypeError, KeyError) as error:
        raise AsicError("asic.signature.value", reason=type(error).__name__) from error
    if not isinstance(results, list) or len(results) != signature.references:
        raise AsicError("asic.signature.value", reason="references")


def _covered(signature: Signature, files: Mapping[str, bytes]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    covered, absent = set(signature.files) - {RESULT}, dict[str, str]()
    if signature.shape is Shape.BATCH:
        chained = follow_chain(files, chain=CHAIN, result=RESULT)
        covered, absent = covered | chained.proven, chained.absent
    data = {name for name in files if name not in _NOT_DATA and not name.startswith("META-INF/")}
    loose = data - covered
    if signature.shape is Shape.PLAIN:
        loose |= {CHAIN, RESULT} & files.keys()
    if loose:
        raise AsicError("asic.uncovered", files=sorted(loose))
    return tuple(sorted(data)), absent


def _timestamped(
    signature: Signature, files: Mapping[str, bytes], roots: Sequence[x509.Certificate] | None, now: datetime
) -> tuple[datetime | None, Subject | None]:
    if TIMESTAMP in files:
        chained = follow_chain(files, chain=TIME_CHAIN, result=TIME_RESULT)
        if chained.proven != {SIGNATURES} or chained.absent:
            raise AsicError("asic.timestamp", reason="covers")
        _require_manifest(files)
        return _judge(files[TIMESTAMP], (files[TIME_RESULT],), roots, now)
    if signature.timestamps:
        return _judge(signature.timestamps[0], stamped_values(signature), roots, now)
    if roots is not None:
        raise AsicError("asic.timestamp.missing")
    return None, None


def _judge(
    token: bytes, candidates: Sequence[bytes], roots: Sequence[x509.Certificate] | None, now: datetime
) -> tuple[datetime | None, Subject | None]:
    data = next((data for data in candidates if _is_over(token, data)), None)
    if data is None:
        raise AsicError("asic.timestamp", reason="imprint")
    verdict = verify_token(token, data, roots=roots or (), now=now)
    if set(verdict.problems) - {TimestampProblem.UNTRUSTED}:
        raise AsicError("asic.timestamp")
    if verdict.problems and roots is not None:
        raise AsicError("asic.timestamp.untrusted")
    return verdict.at, verdict.authority


def _is_over(token: bytes, data: bytes) -> bool:
    try:
        stamped = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
        imprint = stamped["message_imprint"]
        hash_name = imprint["hash_algorithm"]["algorithm"].native
        return hash_name in HASHES and bool(hashlib.new(hash_name, data).digest() == imprint["hashed_message"].native)
    except (ValueError, TypeError, KeyError, AttributeError):
        return False


def _require_manifest(files: Mapping[str, bytes]) -> None:
    """The manifest says to foreign tools what the timestamp is over; it must say the same as we do."""
    if MANIFEST not in files:
        raise AsicError("asic.timestamp", reason="manifest")
    root = parse(files[MANIFEST], MANIFEST)
    uris = {str(element.get("URI")).removeprefix("/") for element in root if isinstance(element.tag, str)}
    names = [DIGESTS.get(element.get("Algorithm", ""), "") for element in root.iter(f"{{{DS}}}DigestMethod")]
    values = ["".join((element.text or "").split()) for element in root.iter(f"{{{DS}}}DigestValue")]
    if uris != {TIMESTAMP, TIME_RESULT} or len(names) != 1 or not names[0]:
        raise AsicError("asic.timestamp", reason="manifest")
    if values != [b64encode(hashlib.new(names[0], files[TIME_RESULT]).digest()).decode()]:
        raise AsicError("asic.timestamp", reason="manifest")


def _require_trusted(
    certificate: x509.Certificate, signature: Signature, roots: Sequence[x509.Certificate], at: datetime
) -> None:
    try:
        others = [to_asn1(x509.load_der_x509_certificate(der)) for der in signature.certificates[1:]]
        context = ValidationContext(
            trust_roots=[to_asn1(root) for root in roots], other_certs=others, moment=at.astimezone(UTC)
        )
        validator = CertificateValidator(to_asn1(certificate), validation_context=context)
        complete(validator.async_validate_usage({"digital_signature"}))  # type: ignore[no-untyped-call] # pyHanko's
    except (PathError, ValidationError, ValueError, TypeError, KeyError) as error:
        raise AsicError("asic.certificate.untrusted", reason=type(error).__name__) from error
