"""Signatures of second parties under an application."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class CaseSignature(models.Model):
    """The signature of somebody whom an application names: asked → signed, refused, void or expired.

    ``digest`` (hex SHA-256) covers the statement and the answers as they stood when it was asked; what is signed is
    exactly that. A changed answer makes it void. A signature counts until ``until``.

    .. pii: national code and name of the second party, and why they refused
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(max_length=60)
    signer_code = models.CharField(max_length=30)
    state = models.CharField(max_length=10)
    digest = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    signed_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "cases.signature"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "need", "signer_code"), condition=Q(ended_at__isnull=True), name="signature_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "signed", "refused", "void", "expired")), name="signature_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | Q(signed_by__isnull=False, answered_at__isnull=False, until__isnull=False),
                name="signature_signed_by_whom",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("void", "expired")) | Q(ended_at__isnull=False), name="signature_over_when"
            ),
        )
        indexes = (
            models.Index(fields=("signer_code", "-asked_at"), name="signature_of_signer"),
            models.Index(
                fields=("until",), condition=Q(state="signed", ended_at__isnull=True), name="signature_ending"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a signature covers: every field."""
        return {
            "case": self.case_id,
            "need": [self.need, self.signer_code],
            "state": self.state,
            "digest": self.digest,
            "note": self.note,
            "signed_by": self.signed_by,
            "times": [self.asked_at, self.answered_at, self.until, self.ended_at],
        }
