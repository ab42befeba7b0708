"""The one worklist (کارتابل) and the searches that people keep as folders of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class WorkItem(models.Model):
    """A line of the one worklist (کارتابل): something waits for the holder of a post until ``closed_at``.

    Titles are kept in both languages, because lists of 50,000 lines are read from this table alone.

    .. pii: number of a case and a note written by an officer
    .. retention: with the case or letter it speaks of
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    post_uuid = models.UUIDField()
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    case_uuid = models.UUIDField(null=True)
    number = models.CharField(max_length=40)
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    step_fa = models.CharField(max_length=200)
    step_en = models.CharField(max_length=200)
    sender_fa = models.CharField(max_length=200, blank=True)
    sender_en = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    urgency = models.CharField(max_length=10)
    arrived_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    order_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    secrecy = models.CharField(max_length=25, default="ordinary")
    from_post = models.UUIDField(null=True)
    flagged_at = models.DateTimeField(null=True)
    search_text = models.TextField(blank=True)

    subject_kind = "correspondence.work"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("about_uuid",), condition=Q(closed_at__isnull=True), name="work_open_once"),
            models.CheckConstraint(
                condition=Q(urgency__in=("ordinary", "urgent", "immediate")), name="work_urgency_known"
            ),
        )
        indexes = (
            models.Index(
                fields=("post_uuid", "order_at", "id"), condition=Q(closed_at__isnull=True), name="work_open_of_post"
            ),
            models.Index(
                fields=("post_uuid", "order_at", "id"),
                condition=Q(closed_at__isnull=True, read_at__isnull=True),
                name="work_unread_in_order",
            ),
            models.Index(
                fields=("post_uuid", "due_at", "id"),
                condition=Q(closed_at__isnull=True, due_at__isnull=False),
                name="work_due_of_post",
            ),
            models.Index(
                fields=("post_uuid", "order_at", "id"),
                condition=Q(closed_at__isnull=True, flagged_at__isnull=False),
                name="work_flagged_of_post",
            ),
            models.Index(
                fields=("from_post", "order_at", "id"),
                condition=Q(closed_at__isnull=True, from_post__isnull=False),
                name="work_sent_by_post",
            ),
            models.Index(
                fields=("post_uuid", "-closed_at", "-id"),
                condition=Q(closed_at__isnull=False),
                name="work_done_of_post",
            ),
            models.Index(fields=("case_uuid",), name="work_of_case"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a line covers: what it speaks of, whose it is and until when."""
        return {
            "post": self.post_uuid,
            "about": [self.about_kind, self.about_uuid],
            "arrived_at": self.arrived_at,
            "due_at": self.due_at,
            "closed_at": self.closed_at,
            "note": self.note,
        }


class HandOver(models.Model):
    """That all open lines of a post go to another post of its body, because it changes hands or is abolished.

    The lines go one by one, each with a fact of its own; ``stayed`` names those that could not, with the reason.

    .. pii: an officer's reason
    .. retention: for ever; acts in a post must stay attributable
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    from_post = models.UUIDField()
    to_post = models.UUIDField()
    reason = models.CharField(max_length=500)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField()
    moved = models.PositiveIntegerField(default=0)
    stayed = models.JSONField(default=list)
    last_id = models.BigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.hand-over"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("from_post",), condition=Q(ended_at__isnull=True), name="hand_over_once_at_a_time"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a hand-over covers: every field but how far it has come."""
        return {
            "posts": [self.from_post, self.to_post],
            "asked": [self.reason, self.asked_by, self.asked_at],
            "ended": [self.ended_at, self.stayed if self.ended_at else []],
        }


class SavedSearch(models.Model):
    """Filters of the worklist that a person keeps under a name, as a folder.

    .. pii: a person's own words
    .. retention: until the person ends it
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    person = models.UUIDField()
    name = models.CharField(max_length=60)
    filters = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.saved-search"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("person", "name"), condition=Q(ended_at__isnull=True), name="saved_search_name_once"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a saved search covers: every field."""
        return {
            "person": self.person,
            "name": self.name,
            "filters": self.filters,
            "times": [self.saved_at, self.ended_at],
        }
