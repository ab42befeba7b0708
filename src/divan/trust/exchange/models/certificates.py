"""Certificates that our own authority issued to the subsystems of members."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from divan.trust.exchange.models.membership import Subsystem


class Certificate(models.Model):
    """A client certificate (PEM) that our authority issued to a subsystem on its request (``csr``, PKCS#10, PEM).

    ``key`` is the hex SHA-256 of the public key, ``since`` when that key was first certified: a renewal is for the same
    key, and no key is renewed for ever. ``warned`` is the last number of days before its end at which somebody was
    told. States: in force while its period lasts, unless revoked for a ``reason``.

    .. no_pii: public certificates of information systems
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    subsystem = models.ForeignKey(Subsystem, on_delete=models.PROTECT, related_name="issued")
    renews = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="renewal")
    csr = models.TextField()
    certificate = models.TextField()
    serial = models.CharField(max_length=40, unique=True)
    fingerprint = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=64)
    since = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    issued_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)
    warned = models.PositiveSmallIntegerField(null=True)
    revoked_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    subject_kind: ClassVar[str] = "exchange.certificate"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="certificate_period"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(reason=""), name="certificate_revoked_with_reason"
            ),
        )
        indexes = (
            models.Index(fields=("ends_at",), name="certificates_ending", condition=Q(revoked_at=None)),
            models.Index(fields=("key",), name="certificates_of_key"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a certificate covers: every field; the rest of the CSR stands in ``key``."""
        return {
            "subsystem": self.subsystem_id,
            "renews": self.renews_id,
            "certificate": [self.certificate, self.serial, self.fingerprint, self.key],
            "period": [self.since, self.starts_at, self.ends_at],
            "issued_at": self.issued_at,
            "fetched_at": self.fetched_at,
            "warned": self.warned,
            "revoked": [self.revoked_at, self.reason],
        }
