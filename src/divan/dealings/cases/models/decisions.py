"""Decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class Decision(models.Model):
    """The decision of a case. States: drafted → paraphed → signed → issued; a draft sent back is drafted anew.

    ``sealed_fact`` is the fact of the signature: its receipt is embedded in the document before that is signed.

    .. pii: wording of a decision about a person
    .. retention: for ever, as the record of an administrative act
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    version = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=60)
    codes = models.JSONField(default=list)
    text = models.TextField()
    drafted_by = models.UUIDField()
    drafted_in = models.UUIDField()
    paraphs = models.JSONField(default=list)
    signed_by = models.UUIDField(null=True)
    signed_in = models.UUIDField(null=True)
    signed_at = models.DateTimeField(null=True)
    letter_uuid = models.UUIDField(null=True, unique=True)
    document_uuid = models.UUIDField(null=True, unique=True)
    sealed_fact = models.UUIDField(null=True)

    subject_kind = "cases.decision"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "paraphed", "signed", "issued")), name="decision_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("drafted", "paraphed")) | Q(signed_at__isnull=False, letter_uuid__isnull=False),
                name="decision_signed_has_number",
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(state="signed"), name="decision_to_issue"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a decision covers: every field but the pointer to its own fact."""
        return {
            "case": self.case_id,
            "state": self.state,
            "version": self.version,
            "outcome": self.outcome,
            "codes": self.codes,
            "text": self.text,
            "drafted": [self.drafted_by, self.drafted_in],
            "paraphs": self.paraphs,
            "signed": [self.signed_by, self.signed_in, self.signed_at],
            "letter": self.letter_uuid,
            "document": self.document_uuid,
        }
