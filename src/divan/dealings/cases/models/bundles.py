"""Bundles that somebody began: several applications with what they share."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.cases.models.cases import Case


class BundleRun(models.Model):
    """A person's way through a bundle: begun → sent, or given up. Each chosen service is a case of its own.

    ``answers`` are the yes and no to the bundle's own questions.

    .. pii: what a person needs in a life event
    .. retention: with its cases; drafts 90 days after the last change
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    bundle = models.ForeignKey("catalogue.BundleVersion", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="fa")
    state = models.CharField(max_length=10)
    answers = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    subject_kind = "cases.bundle-run"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("begun", "sent", "given-up")), name="bundle_run_state_known"),
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="bundle_run_sent_when"),
        )
        indexes = (models.Index(fields=("person", "-changed_at"), name="bundle_run_of_person"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a way through a bundle covers: every field."""
        return {
            "bundle": self.bundle_id,
            "person": [self.person_id, self.language],
            "state": self.state,
            "answers": self.answers,
            "times": [self.begun_at, self.changed_at, self.sent_at],
        }


class BundlePart(models.Model):
    """A case that belongs to a way through a bundle; ``left_at`` says that the person goes on with it alone, or not.

    .. no_pii: which case belongs where
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    run = models.ForeignKey(BundleRun, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=80)
    left_at = models.DateTimeField(null=True)

    subject_kind = "cases.bundle-part"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("run", "service_code"), condition=Q(left_at__isnull=True), name="bundle_part_once"
            ),
            models.UniqueConstraint(fields=("case",), condition=Q(left_at__isnull=True), name="bundle_part_of_one_run"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a part covers: every field."""
        return {"run": self.run_id, "case": [self.case_id, self.service_code], "left_at": self.left_at}
