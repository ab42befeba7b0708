"""What the case desk keeps: internal notes, answers as they stood before a correction, and recusals."""

from __future__ import annotations

from django.db import models

from divan.dealings.cases.models.cases import Case
from divan.dealings.cases.models.tasks import Task


class CaseNote(models.Model):
    """An internal note that an officer wrote in a case; written once, never changed, never shown to the applicant.

    .. pii: what an officer wrote about an applicant's case
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    author = models.UUIDField()
    post_uuid = models.UUIDField()
    text = models.TextField()
    written_at = models.DateTimeField()

    subject_kind = "cases.note"

    class Meta:
        indexes = (models.Index(fields=("case", "id"), name="note_of_case"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a note covers: every field."""
        return {
            "case": self.case_id,
            "by": [self.author, self.post_uuid],
            "text": self.text,
            "written_at": self.written_at,
        }


class KeptAnswers(models.Model):
    """The answers of a case as they stood when it was sent back for correction, so that officers see what changed.

    .. pii: answers of the applicant before a correction
    .. retention: with the answers of the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=60)
    answers = models.JSONField()
    kept_at = models.DateTimeField()

    subject_kind = "cases.kept-answers"

    class Meta:
        indexes = (models.Index(fields=("case", "-id"), name="kept_answers_of_case"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of kept answers covers: every field."""
        return {"case": self.case_id, "step": self.step, "answers": self.answers, "kept_at": self.kept_at}


class Recusal(models.Model):
    """An officer's word that they may not decide in a case (ردّ خود); they do not act in it any more.

    .. pii: that a person has an interest in another person's case
    .. retention: with the decision
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    from_post = models.UUIDField()
    to_post = models.UUIDField()
    reason = models.TextField()
    declared_at = models.DateTimeField()

    subject_kind = "cases.recusal"

    class Meta:
        indexes = (models.Index(fields=("case", "person"), name="recusal_of_person"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a recusal covers: every field."""
        return {
            "task": [self.case_id, self.task_id],
            "by": [self.person, self.from_post, self.to_post],
            "reason": self.reason,
            "declared_at": self.declared_at,
        }
