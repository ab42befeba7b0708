"""Cases that a body opened from a letter it had received."""

from __future__ import annotations

from django.db import models

from divan.dealings.cases.models.cases import Case


class CaseLetter(models.Model):
    """That a case was opened from a received letter: the paper channel of a service, entered by a post of its body.

    The case is its applicant's as every other; the post that entered it writes the answers of the letter into it.

    .. no_pii: identifiers
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    letter_uuid = models.UUIDField()
    entered_by = models.UUIDField()
    entered_in = models.UUIDField()
    entered_at = models.DateTimeField()

    subject_kind = "cases.case-letter"

    class Meta:
        indexes = (models.Index(fields=("letter_uuid",), name="case_of_letter"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an opening covers: every field."""
        return {
            "case": self.case_id,
            "letter": self.letter_uuid,
            "entered": [self.entered_by, self.entered_in, self.entered_at],
        }
