"""What the foundation keeps: facts, cursors of their readers, outgoing messages, stored files and kept answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Fact(models.Model):
    """Something that happened, written in the transaction that made it so, and never changed.

    ``position`` is NULL until the sequencer places the fact; then it is gapless, and readers follow "after position N".
    ``subject_digest`` is the SHA-256 of the subject's canonical state after the change, so that a silent change of the
    live row is found by recomputing. A trigger refuses updates (but the placing) and deletions.

    .. pii: identifiers of persons as actors and subjects, and coded data; no names, no numbers of persons
    .. retention: for ever; what links a person is the row it points to, which leaves by its own rule
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60)
    subject_uuid = models.UUIDField()
    subject_sequence = models.PositiveIntegerField()
    subject_digest = models.BinaryField()
    actor = models.JSONField()
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject_uuid", "subject_sequence"), name="fact_sequence_once"),
            models.CheckConstraint(condition=Q(subject_sequence__gte=1), name="fact_sequence_from_one"),
            models.CheckConstraint(
                condition=Q(position__isnull=True) | Q(position__gte=0), name="fact_position_from_zero"
            ),
        )
        indexes = (models.Index(fields=("id",), condition=Q(position__isnull=True), name="fact_not_yet_placed"),)


class FactCursor(models.Model):
    """How far one reader of the facts has come: ``position`` is the last one it has dealt with, -1 before the first.

    .. no_pii: names of readers and numbers
    """

    name = models.CharField(max_length=60, primary_key=True)
    position = models.BigIntegerField(default=-1)


class OutgoingMessage(models.Model):
    """A short message to a person: queued with the change that caused it, sent by the worker.

    States: queued → sent | failed. The gateway is given ``uuid`` as idempotency key, so that a message sent just before
    a power cut is not delivered twice when it is sent again.

    .. pii: mobile number and text
    .. retention: the text and the number leave 180 days after sending
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    recipient = models.CharField(max_length=20)
    text = models.TextField()
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    state = models.CharField(max_length=10, default="queued")
    queued_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    gateway_reference = models.CharField(max_length=80, blank=True)

    subject_kind = "foundation.message"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(state__in=("queued", "sent", "failed")), name="message_state_known"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent"), name="message_sent_when"
            ),
        )
        indexes = (
            models.Index(fields=("next_attempt_at",), condition=Q(state="queued"), name="message_due"),
            models.Index(fields=("about_uuid",), name="message_about"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a message covers."""
        return {
            "recipient": self.recipient,
            "text": self.text,
            "about": [self.about_kind, self.about_uuid],
            "state": self.state,
            "sent_at": self.sent_at,
            "gateway_reference": self.gateway_reference,
        }


class StoredFile(models.Model):
    """A file that was received or made: scanned before it was stored, addressed by its SHA-256.

    .. pii: file names and contents given by persons
    .. retention: with the case or letter that refers to it; unclaimed uploads leave after 48 hours
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=60)
    name = models.CharField(max_length=200)
    stored_at = models.DateTimeField()
    claimed = models.BooleanField(default=False)

    subject_kind = "foundation.file"

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(size__gt=0), name="file_not_empty"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a file covers: its bytes by their hash, its type and its name."""
        return {"sha256": self.sha256, "size": self.size, "media_type": self.media_type, "name": self.name}


class KeptAnswer(models.Model):
    """The answer to a request that a program may send again: under its key it is given again, and nothing is done.

    It is written in the transaction of what was done, so that the one never stands without the other. It is no subject
    of facts: it proves nothing, and is gone after a day.

    .. pii: who asked, with identifiers and numbers of what was begun; no answers of forms and no names
    .. retention: leaves 24 hours after it was given
    """

    id = models.BigAutoField(primary_key=True)
    owner = models.UUIDField()
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    content = models.BinaryField()
    given_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("owner", "key"), name="answer_kept_once"),
            models.CheckConstraint(condition=Q(status__gte=200, status__lt=300), name="answer_of_a_deed"),
        )
