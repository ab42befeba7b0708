"""What was found out of messages in doubt."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class SettledDoubt(models.Model):
    """That a message in doubt was followed up: what asking the provider brought; a trigger refuses every change.

    The evidence itself stays as it is. ``request_id`` names the attempt; who settled it stands in the fact.

    .. no_pii: identifiers of messages, and what an officer found out of their way
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    request_id = models.CharField(max_length=64, unique=True)
    finding = models.CharField(max_length=10)
    reason = models.CharField(max_length=1000)
    settled_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "exchange.settled-doubt"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(finding__in=("acted", "not-acted", "repeated", "unknowable")) & ~Q(reason=""),
                name="settled_doubt_says_what",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a settled doubt covers: every field."""
        return {
            "request_id": self.request_id,
            "finding": self.finding,
            "reason": self.reason,
            "settled_at": self.settled_at,
        }
