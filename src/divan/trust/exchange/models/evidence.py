"""What the gateway gave in evidence."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q


class Segment(models.Model):
    """A segment file of the gateway's evidence, and how far it was taken over.

    Reading goes on at ``resume_at``, before which there are ``closings_before`` closing records: the place of the first
    record that is not yet under an imported root, or whose message is not over. ``batch`` is the number of the last
    imported root and ``batch_digest`` its hex SHA-256 (of the header, before the first). ``doubt`` is the code of what
    does not hold. ``header`` are the octets of its first record, which holds the certificates of its signatures.

    .. no_pii: names, places, hashes and certificates of gateways
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    resume_at = models.PositiveBigIntegerField(default=0)
    closings_before = models.PositiveBigIntegerField(default=0)
    batch = models.PositiveBigIntegerField(default=0)
    batch_digest = models.CharField(max_length=64, blank=True)
    seen_to = models.PositiveBigIntegerField(default=0)
    finished = models.BooleanField(default=False)
    doubt = models.CharField(max_length=60, blank=True)
    doubt_at = models.PositiveBigIntegerField(default=0)
    looked_at = models.DateTimeField()
    header = models.BinaryField(default=b"")

    subject_kind: ClassVar[str] = "exchange.segment"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a segment covers: the last imported root, which names all roots before it."""
        return {
            "name": self.name,
            "batch": self.batch,
            "batch_digest": self.batch_digest,
            "doubt": [self.doubt, self.doubt_at],
        }


class EvidenceBatch(models.Model):
    """A signed root that was imported with the messages under it; a trigger refuses every change.

    ``items`` are the SHA-512 hashes that stand for the messages in the hash chain, one after another.

    .. no_pii: hashes and signatures
    """

    id = models.BigAutoField(primary_key=True)
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField()
    size = models.PositiveIntegerField()
    signed_at = models.DateTimeField()
    root = models.BinaryField()
    items = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("segment", "number"), name="batch_once_in_segment"),)


class EvidenceStamp(models.Model):
    """A timestamp (RFC 3161, ``token``) over the signatures of many batches; a trigger refuses every change.

    ``items`` are the SHA-512 hashes of the signatures, one after another, under whose hash chain the token is.

    .. no_pii: hashes and a token
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    token = models.BinaryField()
    items = models.BinaryField()
    stamped_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "exchange.stamp"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a timestamp covers: token and items."""
        return {
            "token": hashlib.sha256(self.token).hexdigest(),
            "items": hashlib.sha256(self.items).hexdigest(),
        }


class StampedBatch(models.Model):
    """The place of a batch under a timestamp: its own signature is item ``first``, those of its messages follow.

    .. no_pii: numbers
    """

    batch = models.OneToOneField(EvidenceBatch, on_delete=models.PROTECT, related_name="stamped", primary_key=True)
    stamp = models.ForeignKey(EvidenceStamp, on_delete=models.PROTECT, related_name="+")
    first = models.PositiveIntegerField()


class EvidenceRow(models.Model):
    """One message of the exchange that ended and is under a signed root; a trigger refuses every change.

    ``intent`` and ``closing`` are the octets of its two records, from which every other field was read, ``signature``
    those of its own signature if its service wants one; ``place`` is where the closing record begins in the segment,
    ``leaf`` its index in the batch. Of a very long ``message_id``, which clients choose, the column keeps the
    beginning. The table is partitioned by the day (UTC) on which the message came.

    .. pii: keyed hash of whose data were asked; the path says in place of the person only that one stands there
    .. retention: as long as the gateway's segments are kept, for they are the same evidence
    """

    pk = models.CompositePrimaryKey("received_at", "request_id")
    segment = models.ForeignKey(Segment, on_delete=models.PROTECT, related_name="+", db_index=False)
    batch = models.ForeignKey(EvidenceBatch, on_delete=models.PROTECT, related_name="+", db_index=False)
    place = models.PositiveBigIntegerField()
    leaf = models.PositiveIntegerField()
    intent = models.BinaryField()
    closing = models.BinaryField()
    signature = models.BinaryField(default=b"")
    request_id = models.CharField(max_length=64)
    message_id = models.CharField(max_length=255)
    client = models.CharField(max_length=400)
    service = models.CharField(max_length=500)
    permit = models.CharField(max_length=80)
    outcome = models.CharField(max_length=12)
    status = models.PositiveSmallIntegerField(null=True)
    subject = models.CharField(max_length=64, blank=True)
    received_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("message_id",), name="evidence_of_message"),
            models.Index(fields=("subject", "-received_at"), name="evidence_of_subject", condition=~Q(subject="")),
            models.Index(fields=("-received_at",), name="evidence_in_doubt", condition=Q(outcome="in-doubt")),
            BrinIndex(fields=("batch", "leaf"), name="evidence_of_batch"),
            BrinIndex(fields=("ended_at",), name="evidence_ended"),
        )
