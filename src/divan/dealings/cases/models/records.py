"""What outcomes make known to other bodies."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from divan.dealings.cases.models.cases import Case


class IssuedRecord(models.Model):
    """What a decided case lets other bodies ask for instead of a copy; it ends with the permit it tells of.

    About one subject a data service tells the newest record that is in force.

    .. pii: code of a person or organization, and what was decided about them
    .. retention: for ever, as part of the decision's record
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=60)
    data_service = models.CharField(max_length=100)
    subject_code = models.CharField(max_length=30)
    fields = models.JSONField()
    published_at = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "cases.issued-record"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(subject_code=""), name="issued_record_about_somebody"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("published_at")),
                name="issued_record_period",
            ),
        )
        indexes = (
            models.Index(
                fields=("data_service", "subject_code", "-published_at"),
                condition=Q(ended_at__isnull=True),
                name="issued_record_asked",
            ),
            models.Index(fields=("case",), name="issued_record_of_case"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a record covers: every field."""
        return {
            "case": [self.case_id, self.record],
            "about": [self.data_service, self.subject_code],
            "fields": self.fields,
            "times": [self.published_at, self.valid_until, self.ended_at],
        }
