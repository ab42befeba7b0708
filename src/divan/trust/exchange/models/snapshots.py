"""What was published to the gateway."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class SnapshotVersion(models.Model):
    """A routing snapshot as it was signed and published; a trigger refuses every change.

    ``signed`` is its signed line, which names its parts by their hashes; ``sha256`` is that of the line.

    .. no_pii: the routing state of the exchange
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    number = models.PositiveBigIntegerField(unique=True)
    signed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "exchange.snapshot"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(number__gt=0), name="snapshot_number_from_one"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="snapshot_period"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a snapshot covers: number and hash of its signed octets, which say everything."""
        return {"number": self.number, "sha256": hashlib.sha256(self.signed).hexdigest()}


class SnapshotPart(models.Model):
    """A line that snapshots name by its hash, kept once however many name it; a trigger refuses every change.

    .. no_pii: the routing state of the exchange
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    line = models.BinaryField()
