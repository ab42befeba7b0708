"""What the exchange decides."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
from divan.trust.exchange.values.control import (
    ENDING_SOON,
    Conditions,
    GroupFaulty,
    NewRequest,
    ReasonMissing,
    RequestKind,
    Scope,
)
from divan_libs.envelope import permits
from divan_libs.envelope.addresses import AddressError, ClientId, GroupId, MemberId, ServiceId

SNAPSHOT_LIFE = timedelta(hours=72)
"""How long a gateway serves from a snapshot without hearing of another: longer than a weekend."""
SNAPSHOT_RENEWED_AFTER = timedelta(hours=24)

CENTRE_ROLES = frozenset({"integrator"})
"""Role codes of who runs the exchange, in the body that the installation is there."""
OFFICER_ROLES = frozenset(
    {
        "integrator",
        "exchange-officer",
        "governor",
        "director",
        "ict-director",
        "county-head",
        "district-head",
        "village-head",
    }
)
"""Role codes of who speaks for a body at the exchange: its officer for that, and whoever heads it."""

LONGEST_PERMIT = timedelta(days=5 * 365 + 2)
"""A right that was asked for lasts so long at most; then somebody looks whether it is still needed."""

WARNED_BEFORE = (30, 7, 1)
"""So many days before a certificate ends its officers are told, as long as nothing replaces it."""
RENEWED_BEFORE = ENDING_SOON
KEY_LIFE = timedelta(days=3 * 365)
"""So long a key is certified again by itself; then its holder makes another one."""
LONGEST_REASON = 300
MOST_SCOPES = 20
MOST_IN_GROUP = 5000

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
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return LookResult.NO_ANSWER
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


def require_group(address: str, instance: str) -> GroupId:
    """Read the address of a group of this exchange.

    :raises AddressFaulty: if it is none.
    :raises GroupFaulty: ``reason`` is ``instance`` for one of another exchange.
    """
    try:
        group = GroupId.parse(address)
    except AddressError as error:
        raise AddressFaulty(address=address, reason=error.code) from error
    if group.instance != instance:
        raise GroupFaulty(reason="instance", address=address)
    return group


def require_reason(reason: str) -> str:
    """Return a reason in one line, as far as it is kept.

    :raises ReasonMissing: if there is none.
    """
    given = " ".join(reason.split())[:LONGEST_REASON]
    if not given:
        raise ReasonMissing
    return given


def require_request(wanted: NewRequest, operations: Iterable[Scope], now: datetime) -> None:
    """Refuse a request that says too little, comes too late, or wants what the data service does not have.

    ``operations`` are what its description lists; none means that it has no description, and everything may be there.

    :raises PermitFaulty: ``reason`` is one of :func:`require_permit`, or ``scopes``, ``past`` (it would begin
        before today), ``long``, ``follows`` or ``matches-nothing``, with the ``scope``.
    """
    if not wanted.scopes or len(wanted.scopes) > MOST_SCOPES or len(set(wanted.scopes)) < len(wanted.scopes):
        raise PermitFaulty(reason="scopes")
    for scope in wanted.scopes:
        require_permit(as_permit(wanted, scope, wanted.conditions, now))
        if not lists(operations, scope):
            raise PermitFaulty(reason="matches-nothing", scope=f"{scope.method} {scope.path_glob}")
    begins = wanted.starts_at or now
    if begins < now - timedelta(days=1):
        raise PermitFaulty(reason="past")
    if wanted.conditions.ends_at - begins > LONGEST_PERMIT:
        raise PermitFaulty(reason="long")
    if (wanted.kind is RequestKind.NEW) != (wanted.follows is None):
        raise PermitFaulty(reason="follows")


def lists(operations: Iterable[Scope], scope: Scope) -> bool:
    """Whether a scope reaches at least one of the operations that a description lists; with no list, it may."""
    known = list(operations)
    return not known or any(reach_the_same(one, scope) for one in known)


def reach_the_same(one: Scope, other: Scope) -> bool:
    """Whether there is a call that both scopes cover."""
    methods = permits.ANY_METHOD in (one.method, other.method) or one.method == other.method
    return methods and permits.overlap(one.path_glob, other.path_glob)


def as_permit(wanted: NewRequest, scope: Scope, given: Conditions, now: datetime) -> NewPermit:
    """Return the permit that a scope of a request becomes under these conditions; it begins now at the earliest."""
    return NewPermit(
        consumer=wanted.consumer,
        data_service=wanted.data_service,
        method=scope.method,
        path_glob=scope.path_glob,
        purpose_fa=wanted.purpose_fa,
        purpose_en=wanted.purpose_en,
        legal_basis_fa=wanted.legal_basis_fa,
        legal_basis_en=wanted.legal_basis_en,
        legal_basis_confirmed=wanted.legal_basis_confirmed,
        starts_at=max(wanted.starts_at or now, now),
        ends_at=given.ends_at,
        hours=given.hours,
        rate_per_minute=given.rate_per_minute,
        daily_quota=given.daily_quota,
        hidden=given.hidden,
    )


def require_not_wider(asked: Conditions, given: Conditions) -> None:
    """Refuse to give more than was asked for: who reviews may narrow only.

    :raises PermitFaulty: ``reason`` is ``wider``, ``what`` names the condition.
    """
    if given.ends_at > asked.ends_at:
        raise PermitFaulty(reason="wider", what="ends_at")
    for name in ("rate_per_minute", "daily_quota"):
        wanted, granted = getattr(asked, name), getattr(given, name)
        if wanted is not None and (granted is None or granted > wanted):
            raise PermitFaulty(reason="wider", what=name)
    if not set(asked.hidden) <= set(given.hidden):
        raise PermitFaulty(reason="wider", what="hidden")
    if asked.hours and given.hours != asked.hours:
        raise PermitFaulty(reason="wider", what="hours")


def warning_due(ends_at: datetime, warned: int | None, now: datetime) -> int | None:
    """Return the number of days of which officers must be told now, or None when they know already."""
    for days in reversed(WARNED_BEFORE):
        if ends_at - now <= timedelta(days=days):
            return days if warned is None or days < warned else None
    return None


def may_renew(since: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether a certificate near its end is renewed for its key, first certified ``since``."""
    return now < ends_at <= now + RENEWED_BEFORE and now - since < KEY_LIFE
