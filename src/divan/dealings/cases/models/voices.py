"""What applicants say of a case after they sent it: papers they add, and how they were served."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class Addition(models.Model):
    """A file that an applicant added to a case that runs, with a note; it stays.

    .. pii: a file given by a person, and what they wrote with it
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    note = models.TextField()
    file_uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    subject_kind = "cases.addition"

    class Meta:
        indexes = (models.Index(fields=("case", "id"), name="addition_of_case"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an addition covers: every field."""
        return {
            "case": self.case_id,
            "note": self.note,
            "file": [self.file_uuid, self.name, self.sha256],
            "added_at": self.added_at,
        }


class Rating(models.Model):
    """How an applicant was served in a case: one to five stars and, if they wish, words; once.

    ``service_code`` repeats the service's, so that its ratings are one indexed query.

    .. pii: what a person wrote about their case
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=80)
    stars = models.PositiveSmallIntegerField()
    words = models.TextField(blank=True)
    rated_at = models.DateTimeField()

    subject_kind = "cases.rating"

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="rating_stars"),)
        indexes = (models.Index(fields=("service_code", "stars"), name="rating_of_service"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a rating covers: every field."""
        return {
            "case": [self.case_id, self.service_code],
            "rating": [self.stars, self.words],
            "rated_at": self.rated_at,
        }
