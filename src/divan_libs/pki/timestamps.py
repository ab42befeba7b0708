"""RFC 3161 timestamps: asking, answering, and judging what came back.

A timestamp token is a CMS ``SignedData`` over ``TSTInfo``; all functions take and give tokens, requests and responses
in DER. Tokens carry whole seconds, with an accuracy of one second.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.hashes import Hash
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko.sign.validation.status import TimestampSignatureStatus
from pyhanko_certvalidator import ValidationContext

from divan_libs.pki.asn1 import algos, cms, core, tsp
from divan_libs.pki.blocking import complete
from divan_libs.pki.encoding import from_asn1, settle, to_asn1
from divan_libs.pki.errors import CertificateUnfit, TimestampMismatch, TimestampRefused, TimestampUnavailable
from divan_libs.pki.fingerprints import Subject, read_subject
from divan_libs.pki.keys import HASHES, Key, hash_of

REHEARSAL_POLICY = "2.25.138281001294845547389984230624330011879"
ACCURACY_SECONDS = 1
SERIAL_BITS = 120
NONCE_BITS = 63
GRANTED = frozenset({"granted", "granted_with_mods"})


class TimestampResponse(core.Sequence):  # type: ignore[misc]  # asn1crypto publishes no types
    """``TimeStampResp`` (RFC 3161, 2.4.2). The one in asn1crypto cannot be without a token, so it knows no refusal."""

    _fields: ClassVar = [("status", tsp.PKIStatusInfo), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


class TimestampProblem(StrEnum):
    """Why a timestamp proves nothing; the values are stable."""

    UNREADABLE = "pki.timestamp.unreadable"
    ALTERED = "pki.timestamp.altered"
    UNTRUSTED = "pki.timestamp.untrusted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimestampVerdict:
    """What a timestamp token proves.

    ``at`` is the time it claims, whole seconds, aware; it is proven only when ``problems`` is empty.
    """

    problems: tuple[TimestampProblem, ...]
    at: datetime | None = None
    serial_number: int | None = None
    policy: str | None = None
    authority: Subject | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the data existed at ``at``, by the word of an authority that the caller trusts."""
        return not self.problems


class TimestampAuthority:
    """Answers timestamp requests with a key whose certificate permits exactly that.

    ``policy`` is the object identifier of the rules under which it stamps. ``serial_number`` must never repeat itself
    for one authority (RFC 3161, 2.4.2); the default draws 120 random bits.

    :raises CertificateUnfit: if the extended key usage is not critical or not timeStamping alone (RFC 3161, 2.3).
    """

    def __init__(
        self,
        key: Key,
        chain: Sequence[x509.Certificate] = (),
        *,
        policy: str = REHEARSAL_POLICY,
        serial_number: Callable[[], int] = lambda: secrets.randbits(SERIAL_BITS),
    ) -> None:
        _require_timestamping(key.certificate)
        self._key = key
        self._certificate = to_asn1(key.certificate)
        self._certificates = [self._certificate, *map(to_asn1, chain)]
        self._policy = policy
        self._serial_number = serial_number

    def answer(self, request: bytes, now: datetime) -> bytes:
        """Answer a ``TimeStampReq`` with a ``TimeStampResp``; what cannot be granted is refused in the answer."""
        try:
            asked = tsp.TimeStampReq.load(request, strict=True)
            failure = self._fault(asked)
        except Exception:  # noqa: BLE001 - hostile DER makes the parser raise whatever it pleases; all of it means this
            failure = "bad_data_format"
        if failure is not None:
            return _refusal(failure)
        granted = {"status": {"status": "granted"}, "time_stamp_token": self._token(asked, now)}
        answer: bytes = TimestampResponse(granted).dump()
        return answer

    def _fault(self, asked: tsp.TimeStampReq) -> str | None:
        if asked["version"].native != "v1":
            return "bad_request"
        imprint = asked["message_imprint"]
        hash_name = imprint["hash_algorithm"]["algorithm"].native
        if hash_name not in HASHES:
            return "bad_alg"
        if len(imprint["hashed_message"].native) != hash_of(hash_name).digest_size:
            return "bad_data_format"
        if asked["req_policy"].native is not None and asked["req_policy"].dotted != self._policy:
            return "unaccepted_policy"
        # Parsing is lazy; reading everything here brings a damaged field to light before anything is signed.
        _ = (asked["nonce"].native, asked["cert_req"].native)
        return "unaccepted_extensions" if asked["extensions"].native else None

    def _token(self, asked: tsp.TimeStampReq, now: datetime) -> cms.ContentInfo:
        fields = {
            "version": "v1",
            "policy": self._policy,
            "message_imprint": asked["message_imprint"],
            "serial_number": self._serial_number(),
            "gen_time": now.replace(microsecond=0),
            "accuracy": {"seconds": ACCURACY_SECONDS},
            "ordering": False,
        }
        if asked["nonce"].native is not None:
            fields["nonce"] = asked["nonce"].native
        content = tsp.TSTInfo(fields).dump()
        sha256 = algos.DigestAlgorithm({"algorithm": "sha256"})
        signed = {
            "version": "v3",
            "digest_algorithms": [sha256],
            "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(content)},
            "signer_infos": [settle(self._signer_info(content, sha256))],
        }
        if asked["cert_req"].native:
            signed["certificates"] = self._certificates
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})

    def _signer_info(self, content: bytes, sha256: algos.DigestAlgorithm) -> cms.SignerInfo:
        named = {"cert_hash": digest_of(self._certificate.dump(), "sha256")}
        attributes = settle(
            cms.CMSAttributes(
                [
                    cms.CMSAttribute({"type": "content_type", "values": ["tst_info"]}),
                    cms.CMSAttribute({"type": "message_digest", "values": [digest_of(content, "sha256")]}),
                    cms.CMSAttribute(
                        {"type": "signing_certificate_v2", "values": [tsp.SigningCertificateV2({"certs": [named]})]}
                    ),
                ]
            )
        )
        issued = {"issuer": self._certificate.issuer, "serial_number": self._certificate.serial_number}
        kind = "ecdsa" if self._certificate.public_key.algorithm == "ec" else "rsa"
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": cms.IssuerAndSerialNumber(issued)}),
                "digest_algorithm": sha256,
                "signed_attrs": attributes,
                "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": f"sha256_{kind}"}),
                "signature": self._key.sign(attributes.dump(), "sha256"),
            }
        )


def digest_of(data: bytes, hash_name: str = "sha256") -> bytes:
    """Hash data.

    :raises KeyUnsupported: if the hash is unknown.
    """
    digest = Hash(hash_of(hash_name))
    digest.update(data)
    return digest.finalize()


def make_nonce() -> int:
    """Draw the random number by which an asker knows the answer as its own: 63 bits."""
    return secrets.randbits(NONCE_BITS)


def timestamp_request(digest: bytes, *, hash_name: str = "sha256", nonce: int | None = None) -> bytes:
    """Write a ``TimeStampReq`` for a digest, asking for the certificates too.

    :raises ValueError: if the digest has not the length of its hash.
    """
    if len(digest) != hash_of(hash_name).digest_size:
        raise ValueError(f"not a {hash_name} digest: {len(digest)} bytes")
    imprint = {"hash_algorithm": {"algorithm": hash_name}, "hashed_message": digest}
    fields: dict[str, object] = {"version": "v1", "message_imprint": imprint, "cert_req": True}
    if nonce is not None:
        fields["nonce"] = nonce
    request: bytes = tsp.TimeStampReq(fields).dump()
    return request


def token_of(response: bytes, request: bytes) -> bytes:
    """Take the token out of a ``TimeStampResp`` and make sure that it answers this request.

    The token's signature and authority are not examined, see `verify_token`.

    :raises TimestampUnavailable: if the response is no ``TimeStampResp``.
    :raises TimestampRefused: if the authority declined.
    :raises TimestampMismatch: if it stamped another digest, or repeated another nonce.
    """
    asked = tsp.TimeStampReq.load(request)
    try:
        answer = TimestampResponse.load(response, strict=True)
        status, reasons = answer["status"]["status"].native, answer["status"]["fail_info"].native
    except Exception as error:
        raise TimestampUnavailable(f"no timestamp response: {error}") from error
    if status not in GRANTED:
        raise TimestampRefused(", ".join(sorted(reasons)) if reasons else str(status))
    try:
        token = answer["time_stamp_token"]
        stamped = token["content"]["encap_content_info"]["content"].parsed
        imprint, nonce = stamped["message_imprint"].native, stamped["nonce"].native
        encoded: bytes = token.dump()
    except Exception as error:
        raise TimestampUnavailable(f"no timestamp token: {error}") from error
    if imprint["hashed_message"] != asked["message_imprint"]["hashed_message"].native:
        raise TimestampMismatch("imprint")
    if imprint["hash_algorithm"]["algorithm"] != asked["message_imprint"]["hash_algorithm"]["algorithm"].native:
        raise TimestampMismatch("imprint")
    if nonce != asked["nonce"].native:
        raise TimestampMismatch("nonce")
    return encoded


def token_time(token: bytes) -> datetime:
    """Return the time that a token claims; whether to believe it says :func:`verify_token`.

    :raises ValueError: if it is no token.
    """
    try:
        stamped = cms.ContentInfo.load(token, strict=True)["content"]["encap_content_info"]["content"].parsed
        at: datetime = stamped["gen_time"].native
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no timestamp token") from error
    return at


def verify_token(token: bytes, data: bytes, *, roots: Sequence[x509.Certificate], now: datetime) -> TimestampVerdict:
    """Judge a timestamp token over data (the data itself, not its digest) at the time ``now``.

    The authority's certificate must permit timeStamping, chain to one of ``roots`` with the help of the certificates in
    the token, and be valid at ``now``. Revocation is not examined. Never raises for a bad token.
    """
    try:
        return complete(_judge(cms.ContentInfo.load(token, strict=True)["content"], data, roots, now))
    except Exception:  # noqa: BLE001 - the parsers of hostile input raise whatever they please; all of it means this
        return TimestampVerdict(problems=(TimestampProblem.UNREADABLE,))


async def _judge(
    signed: cms.SignedData, data: bytes, roots: Sequence[x509.Certificate], now: datetime
) -> TimestampVerdict:
    context = ValidationContext(trust_roots=[to_asn1(root) for root in roots], moment=now)
    status = TimestampSignatureStatus(
        **await validate_tst_signed_data(signed, context, lambda hash_name: digest_of(data, hash_name))
    )
    stamped: tsp.TSTInfo = signed["encap_content_info"]["content"].parsed
    problems = []
    if not (status.intact and status.valid):
        problems.append(TimestampProblem.ALTERED)
    elif not status.trusted:
        problems.append(TimestampProblem.UNTRUSTED)
    return TimestampVerdict(
        problems=tuple(problems),
        at=status.timestamp,
        serial_number=stamped["serial_number"].native,
        policy=stamped["policy"].dotted,
        authority=read_subject(from_asn1(status.signing_cert)),
    )


def _require_timestamping(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise CertificateUnfit("timeStamping") from None
    if not usage.critical or list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise CertificateUnfit("timeStamping")


def _refusal(failure: str) -> bytes:
    status = {"status": "rejection", "fail_info": {failure}}
    refusal: bytes = TimestampResponse({"status": status}).dump()
    return refusal
