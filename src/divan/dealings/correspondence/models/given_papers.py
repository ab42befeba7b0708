"""Papers that a secretariat gives out without a signature, each under a code by which anybody finds what it says."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class GivenPaper(models.Model):
    """A receipt of a received letter, or the proof of a register's year, as it was given out; written once.

    ``said`` is what the paper states, as values of its kind; the same statement is given out again under its code.
    Names and subjects are not among them: whoever has the paper reads them there.

    .. no_pii: numbers, counts and days
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=14, unique=True)
    kind = models.CharField(max_length=10)
    secretariat = models.ForeignKey("correspondence.Secretariat", on_delete=models.PROTECT, related_name="+")
    about_uuid = models.UUIDField()
    said = models.JSONField()
    given_by = models.UUIDField()
    given_in = models.UUIDField()
    given_at = models.DateTimeField()

    subject_kind = "correspondence.given-paper"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("receipt", "proof")), name="given_paper_kind_known"),
        )
        indexes = (models.Index(fields=("about_uuid",), name="given_paper_about"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a paper covers: every field."""
        return {
            "code": self.code,
            "of": [self.kind, self.secretariat_id, self.about_uuid],
            "said": self.said,
            "given": [self.given_by, self.given_in, self.given_at],
        }
