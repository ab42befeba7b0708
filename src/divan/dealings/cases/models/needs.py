"""What a case needs from registers, and the files of its applicant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class CaseNeed(models.Model):
    """A fact that a case needs from a register about one subject.

    States: not asked → asked → matched, not matched or unknown. Whoever is named anew makes a row of their own; the row
    of whom nobody names any more falls away (``dropped_at``) with what the register told. ``reused`` says that an
    answer counted which had been given before, at ``answered_at``.

    .. pii: code of the applicant or of somebody the application names, and what a register told about them
    .. retention: with the case; what was told about somebody who is no longer named leaves at once
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    fact = models.CharField(max_length=40)
    subject_code = models.CharField(max_length=30, blank=True)
    parameters = models.JSONField(default=dict)
    state = models.CharField(max_length=12)
    fields = models.JSONField(default=dict)
    inquiry_uuid = models.UUIDField(null=True, db_index=True)
    reused = models.BooleanField(default=False)
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    subject_kind = "cases.need"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case", "code", "subject_code"), condition=Q(dropped_at__isnull=True), name="need_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("not-asked", "asked", "matched", "not-matched", "unknown")),
                name="need_state_known",
            ),
            models.CheckConstraint(
                condition=Q(dropped_at__isnull=True) | Q(fields={}), name="need_dropped_tells_nothing"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a need covers: every field."""
        return {
            "case": self.case_id,
            "need": [self.code, self.fact],
            "about": [self.subject_code, self.parameters],
            "state": self.state,
            "fields": self.fields,
            "inquiry": [self.inquiry_uuid, self.reused],
            "times": [self.asked_at, self.answered_at, self.dropped_at],
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
