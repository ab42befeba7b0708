"""Certifying the keys of subsystems, telling before that ends, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from cryptography import x509
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from divan.foundation import facts, locks, messages
from divan.foundation.actors import SYSTEM, Actor
from divan.foundation.faults import power_may_fail
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.membership import require_open
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.adapters.issuing import issuer
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.certificates import certificate_rows, officers_of
from divan.trust.exchange.queries.standing import body_of, require_acting_for, standing_of
from divan.trust.exchange.values import SubsystemUnknown
from divan.trust.exchange.values.control import (
    CERTIFICATE_FETCHED,
    CERTIFICATE_ISSUED,
    CERTIFICATE_REVOKED,
    CERTIFICATE_WARNED,
    CertificateRevoked,
    CertificateUnknown,
    CsrUnfit,
)
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.errors import RequestUnfit, SubjectInvalid
from divan_libs.pki.fingerprints import fingerprint, serial_number
from divan_libs.pki.requests import CertificateRequest, read_request


@transaction.atomic
def issue_certificate(*, subsystem: str, csr: bytes, actor: Actor, now: datetime) -> UUID:
    """Certify the key of a subsystem on its request (PKCS#10), and publish; return the certificate's identifier.

    The certificate bears the address of the subsystem and no other name. It is in force at once beside those before
    it, so that the member can change over without a gap.

    :raises CsrUnfit: ``reason`` is one of ``divan_libs.pki.requests``, ``name`` (it wants somebody else's name),
        ``key-taken`` (the key is another subsystem's), ``key-revoked``, ``key-certified`` or ``address``.
    :raises SubsystemUnknown, Closed: if it does not take part.
    :raises NotYours: if it is another body's.
    :raises ExchangeNotPrepared: if the authority or keys of the exchange are missing.
    """
    row = (
        models.Subsystem.objects.select_for_update(of=("self",))
        .select_related("member__body")
        .filter(address=subsystem)
        .first()
    )
    if row is None:
        raise SubsystemUnknown(subsystem=subsystem)
    require_acting_for(actor, row.member)
    require_open(row)
    try:
        wanted = read_request(csr)
    except RequestUnfit as error:
        raise CsrUnfit(reason=error.reason) from error
    _require_fit(wanted, row, now)
    made = _issue(row, wanted, now, since=now)
    facts.record(
        CERTIFICATE_ISSUED, subject=made, actor=actor, at=now, subsystem=row.address, fingerprint=made.fingerprint
    )
    # Certified, not committed: after a power cut here nobody has the certificate and the request is sent again.
    power_may_fail("exchange.certificate-issued")
    sign_and_hand_out(actor=actor, now=now)
    return made.uuid


def _require_fit(wanted: CertificateRequest, row: models.Subsystem, now: datetime) -> None:
    if not wanted.names <= {row.address}:
        raise CsrUnfit(reason="name", names=", ".join(sorted(wanted.names - {row.address}))[:200])
    locks.hold("exchange.certificates")
    known = models.Certificate.objects.filter(key=wanted.key)
    if known.exclude(subsystem=row).exists():
        raise CsrUnfit(reason="key-taken")
    if known.exclude(revoked_at=None).exists():
        # A key is given up when its certificate is revoked: perhaps somebody else has it now.
        raise CsrUnfit(reason="key-revoked")
    if known.filter(ends_at__gt=now).exists():
        raise CsrUnfit(reason="key-certified")


def _issue(
    row: models.Subsystem,
    wanted: CertificateRequest,
    now: datetime,
    *,
    since: datetime,
    renews: models.Certificate | None = None,
) -> models.Certificate:
    authority = issuer(options(), now)
    try:
        made = authority.issue_tls_client(wanted.public_key, row.address, now=now)
    except SubjectInvalid as error:
        raise CsrUnfit(reason="address") from error
    return models.Certificate.objects.create(
        uuid=uuid4(),
        subsystem=row,
        renews=renews,
        csr=wanted.pem,
        certificate=write_certificates((made, *authority.chain)).decode("ascii"),
        serial=serial_number(made),
        fingerprint=fingerprint(made),
        key=wanted.key,
        since=since,
        starts_at=made.not_valid_before_utc,
        ends_at=_end(made),
        issued_at=now,
    )


def _end(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc


@transaction.atomic
def fetch_certificate(*, certificate: UUID, actor: Actor, now: datetime) -> str:
    """Return a certificate with its chain in PEM, and note when the member fetched it first.

    :raises CertificateUnknown: if there is none, or it is another body's.
    """
    row = _locked(certificate, actor)
    standing = standing_of(actor)
    is_theirs = standing.is_own(body_of(row.subsystem.member)) or body_of(row.subsystem.member) is None
    if row.fetched_at is None and is_theirs:
        row.fetched_at = now
        row.save(update_fields=["fetched_at"])
        facts.record(CERTIFICATE_FETCHED, subject=row, actor=actor, at=now)
    return row.certificate


@transaction.atomic
def revoke_certificate(*, certificate: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Revoke a certificate, and publish: within a second the gateway lets it in no more, also on open connections.

    :raises CertificateUnknown: if there is none, or it is another body's.
    :raises CertificateRevoked: if it was revoked before.
    :raises ReasonMissing: without a reason.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    given = rules.require_reason(reason)
    row = _locked(certificate, actor)
    if row.revoked_at is not None:
        raise CertificateRevoked
    end_certificate(row, given, actor, now)
    power_may_fail("exchange.certificate-revoked")
    sign_and_hand_out(actor=actor, now=now)


def end_certificate(row: models.Certificate, reason: str, actor: Actor, now: datetime) -> None:
    """Revoke a certificate without publishing."""
    row.revoked_at, row.reason = now, reason
    row.save(update_fields=["revoked_at", "reason"])
    facts.record(CERTIFICATE_REVOKED, subject=row, actor=actor, at=now, reason=reason, fingerprint=row.fingerprint)


def _locked(certificate: UUID, actor: Actor) -> models.Certificate:
    row = certificate_rows().select_for_update(of=("self",)).filter(uuid=certificate).first()
    if row is None or not standing_of(actor).acts_for(body_of(row.subsystem.member)):
        raise CertificateUnknown
    return row


@transaction.atomic
def renew_certificate(*, certificate: UUID, actor: Actor, now: datetime) -> UUID | None:
    """Certify the same key anew if the certificate is near its end, and publish; return the new one's identifier.

    Nothing is done for one that was renewed, replaced by a younger one or revoked, nor for a key that is too old.

    :raises ExchangeNotPrepared: if the authority or keys of the exchange are missing.
    """
    rows = models.Certificate.objects.select_for_update(of=("self",)).select_related("subsystem")
    row = rows.filter(uuid=certificate, revoked_at=None, renewal=None, subsystem__closed_at=None).first()
    if row is None or not rules.may_renew(row.since, row.ends_at, now) or _is_replaced(row):
        return None
    wanted = read_request(row.csr.encode("ascii"))
    made = _issue(row.subsystem, wanted, now, since=row.since, renews=row)
    facts.record(
        CERTIFICATE_ISSUED,
        subject=made,
        actor=actor,
        at=now,
        subsystem=row.subsystem.address,
        fingerprint=made.fingerprint,
        renews=row.fingerprint,
    )
    power_may_fail("exchange.certificate-renewed")
    sign_and_hand_out(actor=actor, now=now)
    return made.uuid


def _is_replaced(row: models.Certificate) -> bool:
    """Whether a younger certificate that its member has fetched takes over."""
    younger = models.Certificate.objects.filter(subsystem=row.subsystem, revoked_at=None, ends_at__gt=row.ends_at)
    return younger.exclude(fetched_at=None).exists()


@transaction.atomic
def warn_of_end(*, certificate: UUID, actor: Actor, now: datetime) -> int:
    """Tell the officers of a member, by short message, that a certificate ends in 30, 7 or 1 days; return how many.

    Each is told once for each of these days, and not at all once a younger certificate was fetched. For a member from
    outside this installation the centre is told.
    """
    row = certificate_rows().select_for_update(of=("self",)).filter(uuid=certificate, revoked_at=None).first()
    if row is None or row.ends_at <= now or row.subsystem.closed_at is not None or _is_replaced(row):
        return 0
    days = rules.warning_due(row.ends_at, row.warned, now)
    if days is None:
        return 0
    told = officers_of(row.subsystem.member, now)
    row.warned = days
    row.save(update_fields=["warned"])
    facts.record(CERTIFICATE_WARNED, subject=row, actor=actor, at=now, days=days, told=len(told))
    for mobile in told:
        messages.queue_message(recipient=mobile, text=_warning(row), about=row, actor=SYSTEM, now=now)
    power_may_fail("exchange.certificate-warned")
    return len(told)


def _warning(row: models.Certificate) -> str:
    with override("fa"):
        day = format_jalali(row.ends_at.astimezone(TEHRAN).date())
        if getattr(row, "renewal", None) is not None:
            said = _("Exchange: the certificate of “%(subsystem)s” ends on %(day)s. The new one is ready: fetch it.")
        else:
            said = _("Exchange: the certificate of “%(subsystem)s” ends on %(day)s. Send a request for a new one.")
        return said % {"subsystem": row.subsystem.name_fa, "day": day}
