"""What the exchange decides."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from http import HTTPStatus

from divan.trust.exchange.values import (
    AddressFaulty,
    CertificateFaulty,
    DataServiceFaulty,
    ExchangeAnswer,
    ExchangeSilent,
    LookResult,
    NewPermit,
    Outcome,
    PermitFaulty,
)
from divan_libs.envelope.addresses import AddressError, ClientId, MemberId, ServiceId

SNAPSHOT_LIFE = timedelta(hours=72)
"""How long a gateway serves from a snapshot without hearing of another: longer than a weekend."""
SNAPSHOT_RENEWED_AFTER = timedelta(hours=24)

METHODS = frozenset({"*", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"})
_FINGERPRINT = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*/[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)

_FOR_GOOD = frozenset(
    {
        "server.clientproxy.invalid_client_identifier",
        "server.clientproxy.unknown_member",
        "server.clientproxy.ssl_authentication_failed",
        "server.clientproxy.invalid_security_server",
        "server.serverproxy.unknown_service",
        "server.serverproxy.access_denied",
        "server.serverproxy.invalid_request",
        "client.bad_request",
        "client.not_found",
    }
)
"""Refusals of the exchange that the same message will meet again until somebody changes a permit or a registration."""


def require_member(address: str) -> MemberId:
    """Read the address of a member.

    :raises AddressFaulty: if it is none.
    """
    try:
        return MemberId.parse(address)
    except AddressError as error:
        raise AddressFaulty(address=address, reason=error.code) from error


def require_subsystem(address: str) -> ClientId:
    """Read the address of a subsystem; a member alone is none.

    :raises AddressFaulty: if it is none.
    """
    try:
        client = ClientId.parse(address)
    except AddressError as error:
        raise AddressFaulty(address=address, reason=error.code) from error
    if client.subsystem is None:
        raise AddressFaulty(address=address, reason="exchange.address.parts")
    return client


def require_service(address: str) -> ServiceId:
    """Read the address of a data service.

    :raises AddressFaulty: if it is none.
    """
    try:
        return ServiceId.parse(address)
    except AddressError as error:
        raise AddressFaulty(address=address, reason=error.code) from error


def require_code(code: str) -> None:
    """Refuse a code of a data service that is not two plain words with a slash between them.

    :raises DataServiceFaulty: ``reason`` is ``code``.
    """
    if len(code) > 80 or _CODE.fullmatch(code) is None:
        raise DataServiceFaulty(code=code, reason="code")


def require_fingerprints(certificates: tuple[str, ...]) -> list[str]:
    """Return fingerprints in lower case, in order, each once.

    :raises CertificateFaulty: if one is not 64 hexadecimal digits.
    """
    plain = sorted({fingerprint.lower().replace(":", "") for fingerprint in certificates})
    for fingerprint in plain:
        if _FINGERPRINT.fullmatch(fingerprint) is None:
            raise CertificateFaulty(seen=fingerprint[:80])
    return plain


def require_permit(permit: NewPermit) -> None:
    """Refuse a permit that says too little: no right is given without purpose, legal basis and a period.

    :raises PermitFaulty: ``reason`` is ``method``, ``path``, ``purpose``, ``legal-basis``, ``period``, ``limit`` or
        ``hidden``.
    """
    if permit.method not in METHODS:
        raise PermitFaulty(reason="method")
    if not permit.path_glob.startswith(("/", "*")) or len(permit.path_glob) > 300:
        raise PermitFaulty(reason="path")
    if not permit.purpose_fa.strip():
        raise PermitFaulty(reason="purpose")
    if not permit.legal_basis_fa.strip():
        raise PermitFaulty(reason="legal-basis")
    if permit.ends_at is not None and permit.ends_at <= permit.starts_at:
        raise PermitFaulty(reason="period")
    limits = (permit.rate_per_minute, permit.burst, permit.daily_quota)
    if any(limit is not None and limit < 1 for limit in limits) or (permit.burst and not permit.rate_per_minute):
        raise PermitFaulty(reason="limit")
    if not all(pointer.startswith("/") and len(pointer) > 1 for pointer in permit.hidden):
        raise PermitFaulty(reason="hidden")


def is_snapshot_due(issued_at: datetime | None, now: datetime) -> bool:
    """Whether a snapshot must be published although nothing changed, because the newest grows old."""
    return issued_at is None or now - issued_at >= SNAPSHOT_RENEWED_AFTER


def look_result(outcome: Outcome, status: int | None) -> LookResult:
    """Return what came of a look, as the person sees it; what the exchange does not know it does not claim."""
    if outcome is Outcome.ANSWERED and status is not None:
        if status == HTTPStatus.NOT_FOUND:
            return LookResult.NOT_FOUND
        return LookResult.GIVEN if status < HTTPStatus.BAD_REQUEST else LookResult.REFUSED
    return LookResult.UNKNOWN if outcome is Outcome.IN_DOUBT else LookResult.NO_ANSWER


def judge(answer: ExchangeAnswer) -> ExchangeAnswer:
    """Return an answer as the asker should take it.

    Where the exchange itself spoke (``error``), a refusal for good becomes status 403, whatever number its dialect has
    for it; the rest says that no answer was to be had now.

    :raises ExchangeSilent: if asking again may help.
    """
    if not answer.error:
        return answer
    if answer.error not in _FOR_GOOD:
        raise ExchangeSilent(reason=answer.error)
    return ExchangeAnswer(
        status=403,
        body=answer.body,
        content_type=answer.content_type,
        message_id=answer.message_id,
        request_id=answer.request_id,
        request_hash=answer.request_hash,
        error=answer.error,
    )
