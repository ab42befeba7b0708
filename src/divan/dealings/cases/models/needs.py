"""What a case needs from registers, and the files of its applicant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class CaseNeed(models.Model):
    """A fact that a case needs from a register: not asked → asked → matched, not matched or unknown.

    .. pii: fields that a register returned about the applicant
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    fact = models.CharField(max_length=40)
    state = models.CharField(max_length=12)
    fields = models.JSONField(default=dict)
    inquiry_uuid = models.UUIDField(null=True, unique=True)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    subject_kind = "cases.need"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "code"), name="need_once"),
            models.CheckConstraint(
                condition=Q(state__in=("not-asked", "asked", "matched", "not-matched", "unknown")),
                name="need_state_known",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a need covers."""
        return {
            "case": self.case_id,
            "code": self.code,
            "state": self.state,
            "fields": self.fields,
            "inquiry": self.inquiry_uuid,
            "times": [self.asked_at, self.answered_at],
        }


class CaseFile(models.Model):
    """A scanned file that an applicant put to a question.

    .. pii: a file given by a person
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    question = models.CharField(max_length=40)
    file_uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    removed_at = models.DateTimeField(null=True)

    subject_kind = "cases.file"

    class Meta:
        indexes = (models.Index(fields=("case", "question"), name="case_file_of_question"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a file's place in a case covers."""
        return {
            "case": self.case_id,
            "question": self.question,
            "file": self.file_uuid,
            "sha256": self.sha256,
            "removed_at": self.removed_at,
        }
