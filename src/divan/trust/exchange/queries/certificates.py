"""Certificates of our authority: whose they are, which end, and who is told."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.trust.exchange import models, rules
from divan.trust.exchange.queries.looks import own_member
from divan.trust.exchange.queries.membership import member_of, subsystem_of
from divan.trust.exchange.queries.standing import body_of, standing_of
from divan.trust.exchange.values.control import Certificate, CertificateUnknown


def certificate_rows() -> QuerySet[models.Certificate]:
    """Return the rows of certificates with whose they are and what follows them."""
    return models.Certificate.objects.select_related("subsystem__member__body", "renews", "renewal")


def certificate_of(row: models.Certificate) -> Certificate:
    """Return a certificate's row as others see it."""
    renewal = getattr(row, "renewal", None)
    return Certificate(
        uuid=row.uuid,
        subsystem=subsystem_of(row.subsystem),
        member=member_of(row.subsystem.member),
        certificate=row.certificate,
        serial=row.serial,
        fingerprint=row.fingerprint,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        issued_at=row.issued_at,
        fetched_at=row.fetched_at,
        revoked_at=row.revoked_at,
        reason=row.reason,
        renews=row.renews.uuid if row.renews else None,
        renewed=renewal.uuid if renewal else None,
    )


def list_certificates(actor: Actor) -> list[Certificate]:
    """Return the certificates of the actor's body, the last to end first; the centre sees all."""
    standing = standing_of(actor)
    rows = certificate_rows().order_by("-ends_at", "-id")
    if not standing.is_centre:
        body = standing.body if standing.is_officer else None
        rows = rows.none() if body is None else rows.filter(subsystem__member__body__uuid=body)
    return [certificate_of(row) for row in rows]


def get_certificate(certificate: UUID, actor: Actor) -> Certificate:
    """Return a certificate of the actor's body.

    :raises CertificateUnknown: if there is none, or it is another body's.
    """
    row = certificate_rows().filter(uuid=certificate).first()
    if row is None or not standing_of(actor).acts_for(body_of(row.subsystem.member)):
        raise CertificateUnknown
    return certificate_of(row)


def list_certificates_ending(now: datetime) -> list[Certificate]:
    """Return the certificates in force that end within thirty days, the first to end first; for the centre's eyes."""
    rows = certificate_rows().filter(
        revoked_at=None, ends_at__gt=now, ends_at__lte=now + rules.RENEWED_BEFORE, subsystem__closed_at=None
    )
    return [certificate_of(row) for row in rows.order_by("ends_at", "id")]


def due_certificates(now: datetime, *, limit: int = 1000) -> list[UUID]:
    """Return the certificates that may have to be renewed, or of whose end somebody may have to be told."""
    rows = models.Certificate.objects.filter(
        Q(revoked_at=None), ends_at__gt=now, ends_at__lte=now + rules.RENEWED_BEFORE, subsystem__closed_at=None
    )
    return list(rows.order_by("ends_at").values_list("uuid", flat=True)[:limit])


def officers_of(member: models.Member, at: datetime) -> list[str]:
    """Return the mobile numbers of who speaks for a member at the exchange; for one from outside, of the centre."""
    body, roles = member.body, rules.OFFICER_ROLES
    if body is None:
        centre = models.Member.objects.select_related("body").filter(address=own_member()).first()
        body, roles = (centre.body if centre else None), rules.CENTRE_ROLES
    if body is None:
        return []
    posts = [post.uuid for post in people.list_posts_of_body(body.code) if post.role in roles]
    return sorted({person.mobile for person in people.holders_of(posts, at).values() if person.mobile})
