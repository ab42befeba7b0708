"""The way of a draft to its signatures, what is remarked on it, and the templates it begins from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.correspondence.models.letters import Letter


class LetterStep(models.Model):
    """A paraph (پاراف) or a signature that a draft needs of a post; steps of one ``rank`` may come in any order.

    waiting → open → done, or returned with a remark (the letter is a draft again and the steps begin anew in a new
    ``round``), or dropped when the route is changed.

    .. pii: what an officer remarked on a letter
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    post_uuid = models.UUIDField()
    state = models.CharField(max_length=10)
    opened_at = models.DateTimeField(null=True)
    acted_by = models.UUIDField(null=True)
    acted_for = models.UUIDField(null=True)
    acted_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(null=True)
    remark = models.TextField(blank=True)

    subject_kind = "correspondence.step"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("letter", "round", "kind", "post_uuid"), name="step_once_in_round"),
            models.CheckConstraint(condition=Q(kind__in=("paraph", "signature")), name="step_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "open", "done", "returned", "dropped")), name="step_state_known"
            ),
        )
        indexes = (
            models.Index(fields=("letter", "round", "rank"), name="step_of_letter"),
            models.Index(fields=("post_uuid",), condition=Q(state__in=("waiting", "open")), name="step_of_post"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a step covers: every field."""
        return {
            "letter": [self.letter_id, self.round, self.rank, self.kind],
            "post": self.post_uuid,
            "state": self.state,
            "opened_at": self.opened_at,
            "acted": [self.acted_by, self.acted_for, self.acted_at, self.version],
            "remark": self.remark,
        }


class Remark(models.Model):
    """A remark (هامش) on the text of a letter or beside it; never printed, never sent.

    .. pii: what an officer remarked
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    author = models.UUIDField()
    author_post = models.UUIDField()
    quote = models.CharField(max_length=500, blank=True)
    text = models.TextField()
    written_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.remark"

    class Meta:
        indexes = (models.Index(fields=("letter", "id"), name="remark_of_letter"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a remark covers: every field."""
        return {
            "letter": [self.letter_id, self.version],
            "by": [self.author, self.author_post, self.written_at],
            "text": [self.quote, self.text],
            "settled_at": self.settled_at,
        }


class Template(models.Model):
    """A ready text with its letterhead for the letters of a body or of one of its units.

    .. no_pii: words of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=40, default="letter")
    subject = models.CharField(max_length=300, blank=True)
    body_html = models.TextField(blank=True)
    letterhead = models.JSONField(default=dict)
    copies = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.template"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "name"), condition=Q(ended_at__isnull=True), name="template_name_once"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a template covers: every field."""
        return {
            "unit": self.unit_id,
            "name": [self.name, self.kind],
            "text": [self.subject, self.body_html, self.copies],
            "letterhead": self.letterhead,
            "ended_at": self.ended_at,
        }
