"""Cases and what belongs to their application."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

HEAVY = ("version__canonical", "version__search_text", "version__summary_fa", "version__summary_en")
"""What a case's version carries for others; tens of kilobytes that reading a case must not fetch."""


class Cases(models.Manager["Case"]):
    """Reads cases together with the names of their service and applicant."""

    def named(self) -> models.QuerySet[Case]:
        """Return cases with version, service and applicant, without the package itself."""
        return self.select_related("version__service", "applicant", "permit").defer(*HEAVY)


class Case(models.Model):
    """An application and what became of it, on the version of the service it was started with.

    States: draft → open ⇄ correction (or payment) → decided → closed, or abandoned, or withdrawn; after the decision
    there may be an aftercare, and an objection opens a closed case again. ``entry`` is the beginning: an application,
    or a later one about ``permit``; ``channel`` is how it came. ``tracks`` and ``reports`` are what parallel reviews
    and officers' reports have come to. ``place_code`` and ``county_code`` repeat the answered place, so that figures by
    county are one query.

    .. pii: answers of the applicant, as the service asks them
    .. retention: drafts 90 days after the last change, then answers are erased; decided cases by the archive rule
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    number = models.CharField(max_length=20, null=True, unique=True)  # noqa: DJ001 (a draft has none, and only what is there is unique)
    version = models.ForeignKey("catalogue.ServiceVersion", on_delete=models.PROTECT, related_name="+")
    applicant = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="fa")
    entry = models.CharField(max_length=60, default="application")
    channel = models.CharField(max_length=20, default="internet", db_default="internet")
    permit = models.ForeignKey("cases.Permit", on_delete=models.PROTECT, null=True, related_name="+")
    begun_by_itself = models.BooleanField(default=False)
    state = models.CharField(max_length=12)
    answers = models.JSONField(default=dict)
    step = models.CharField(max_length=60, blank=True)
    tracks = models.JSONField(default=dict)
    reports = models.JSONField(default=dict)
    proposed = models.CharField(max_length=60, blank=True)
    outcome = models.CharField(max_length=60, blank=True)
    negative = models.BooleanField(default=False)
    deemed = models.BooleanField(default=False)
    place_code = models.CharField(max_length=16, blank=True)
    county_code = models.CharField(max_length=4, blank=True)
    started_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    has_deadline = models.BooleanField(default=False)
    deadline_passed_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    correction_codes = models.JSONField(default=list)
    correction_note = models.TextField(blank=True)

    objects = Cases()

    subject_kind = "cases.case"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    state__in=(
                        "draft",
                        "open",
                        "correction",
                        "payment",
                        "decided",
                        "aftercare",
                        "closed",
                        "withdrawn",
                        "abandoned",
                    )
                ),
                name="case_state_known",
            ),
            models.CheckConstraint(condition=Q(channel__in=("internet", "letter")), name="case_channel_known"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "abandoned")) | Q(number__isnull=False, submitted_at__isnull=False),
                name="case_submitted_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("decided", "aftercare", "closed")) | Q(decided_at__isnull=False),
                name="case_decided_when",
            ),
        )
        indexes = (
            models.Index(fields=("applicant", "-changed_at"), name="case_of_applicant"),
            models.Index(fields=("county_code", "state"), name="case_by_county"),
            models.Index(
                fields=("version", "submitted_at"), include=("decided_at", "due_at"), name="case_of_service_since"
            ),
            models.Index(
                fields=("version", "place_code", "-decided_at"),
                condition=Q(decided_at__isnull=False) & ~Q(place_code=""),
                name="case_decided_of_place",
            ),
            models.Index(fields=("due_at",), condition=Q(state__in=("open", "correction")), name="case_due"),
            models.Index(
                fields=("due_at",),
                condition=Q(state="open", has_deadline=True, deadline_passed_at__isnull=True),
                name="case_deadline",
            ),
            models.Index(fields=("changed_at",), condition=Q(state="draft"), name="case_draft_age"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a case covers: every field."""
        # Digests from before there were letters must be found by recomputing.
        came = {"channel": self.channel} if self.channel != "internet" else {}
        return came | {
            "number": self.number,
            "version": self.version_id,
            "applicant": self.applicant_id,
            "language": self.language,
            "entry": [self.entry, self.permit_id, self.begun_by_itself],
            "state": self.state,
            "answers": self.answers,
            "step": [self.step, self.tracks, self.reports],
            "outcome": [self.proposed, self.outcome, self.negative, self.deemed],
            "place": [self.place_code, self.county_code],
            "times": [
                self.started_at,
                self.changed_at,
                self.submitted_at,
                self.due_at,
                self.has_deadline,
                self.deadline_passed_at,
                self.decided_at,
                self.closed_at,
            ],
            "correction": [self.correction_codes, self.correction_note],
        }
