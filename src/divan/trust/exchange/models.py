"""What the exchange keeps."""

from __future__ import annotations

import hashlib
from typing import ClassVar

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Q


class Member(models.Model):
    """A body or firm that takes part in the exchange, under its address ``instance/class/code``.

    .. no_pii: bodies and firms
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    address = models.CharField(max_length=200, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)

    subject_kind: ClassVar[str] = "exchange.member"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a member covers."""
        return {"address": self.address, "names": [self.name_fa, self.name_en]}


class Subsystem(models.Model):
    """An information system of a member; ``certificates`` are hex SHA-256 fingerprints of its client certificates.

    .. no_pii: information systems and their public certificates
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=300, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    connection = models.CharField(max_length=13)
    certificates = models.JSONField(default=list)
    true_status = models.BooleanField(default=False)

    subject_kind: ClassVar[str] = "exchange.subsystem"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(connection__in=("https", "https-no-auth", "http")), name="subsystem_connection_known"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a subsystem covers: every field."""
        return {
            "member": self.member_id,
            "address": self.address,
            "names": [self.name_fa, self.name_en],
            "connection": self.connection,
            "certificates": self.certificates,
            **({"true_status": True} if self.true_status else {}),
        }


class DataService(models.Model):
    """What a subsystem offers to be asked, where its providers are, and where in a request the person stands.

    ``disabled_notice`` switches the service off and says why. ``durability`` says whether a message waits until its
    record is durable, ``signing`` whether each message is signed alone besides. ``description`` is its OpenAPI
    document, to which ``validation`` holds the messages.

    .. no_pii: descriptions of services
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=80, unique=True)
    provider = models.ForeignKey(Subsystem, on_delete=models.PROTECT, related_name="+")
    address = models.CharField(max_length=400, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    base_urls = models.JSONField()
    timeout_ms = models.PositiveIntegerField()
    connect_timeout_ms = models.PositiveIntegerField()
    subject_in = models.CharField(max_length=20, blank=True)
    subject_at = models.CharField(max_length=200, blank=True)
    subject_required = models.BooleanField(default=True)
    trusted_certificates = models.JSONField(default=list)
    disabled_notice = models.CharField(max_length=300, blank=True)
    durability = models.CharField(max_length=7, default="strict")
    signing = models.CharField(max_length=7, default="batch")
    health_path = models.CharField(max_length=200, blank=True)
    may_cache = models.BooleanField(default=False)
    description = models.TextField(blank=True)
    validation = models.CharField(max_length=7, default="off")

    subject_kind: ClassVar[str] = "exchange.data-service"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(subject_in="", subject_at="") | ~Q(subject_at=""), name="service_subject_place"
            ),
            models.CheckConstraint(
                condition=Q(durability__in=("strict", "relaxed"), signing__in=("batch", "message")),
                name="service_evidence_known",
            ),
            models.CheckConstraint(
                condition=Q(validation="off") | (Q(validation__in=("report", "enforce")) & ~Q(description="")),
                name="service_validation_described",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a data service covers: every field; the usual evidence is not named."""
        evidence = [self.durability, self.signing]
        inspection = [self.health_path, self.may_cache, self.description, self.validation]
        return {
            "code": self.code,
            "provider": self.provider_id,
            "address": self.address,
            "names": [self.name_fa, self.name_en],
            "base_urls": self.base_urls,
            "timeouts": [self.timeout_ms, self.connect_timeout_ms],
            "subject": [self.subject_in, self.subject_at, self.subject_required],
            "trusted_certificates": self.trusted_certificates,
            "disabled_notice": self.disabled_notice,
            **({} if evidence == ["strict", "batch"] else {"evidence": evidence}),
            **({} if inspection == ["", False, "", "off"] else {"inspection": inspection}),
        }


class Permit(models.Model):
    """The right of one subsystem to ask a data service, for a purpose, on a legal basis, for a time (half-open).

    Granted, then in force while its period lasts, unless it is revoked. Nothing else of it ever changes. ``hours`` are
    rows of days, start and end in local time; ``hidden`` are pointers to fields that answers are given without.

    .. no_pii: rights of information systems
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    consumer = models.ForeignKey(Subsystem, on_delete=models.PROTECT, related_name="+")
    data_service = models.ForeignKey(DataService, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=10)
    path_glob = models.CharField(max_length=300)
    purpose_fa = models.CharField(max_length=300)
    purpose_en = models.CharField(max_length=300, blank=True)
    legal_basis_fa = models.CharField(max_length=500)
    legal_basis_en = models.CharField(max_length=500, blank=True)
    legal_basis_confirmed = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    hours = models.JSONField(default=list)
    rate_per_minute = models.PositiveIntegerField(null=True)
    burst = models.PositiveIntegerField(null=True)
    daily_quota = models.PositiveIntegerField(null=True)
    hidden = models.JSONField(default=list)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "exchange.permit"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="permit_period"
            ),
            models.CheckConstraint(condition=~Q(purpose_fa="") & ~Q(legal_basis_fa=""), name="permit_says_why"),
            models.CheckConstraint(
                condition=(Q(rate_per_minute__isnull=True) | Q(rate_per_minute__gt=0))
                & (Q(burst__isnull=True) | Q(burst__gt=0, rate_per_minute__isnull=False))
                & (Q(daily_quota__isnull=True) | Q(daily_quota__gt=0)),
                name="permit_limits",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a permit covers: every field; bounds only where there are any."""
        limits = [self.rate_per_minute, self.burst, self.daily_quota]
        bounds = [self.hours, limits, self.hidden]
        return {
            "consumer": self.consumer_id,
            "data_service": self.data_service_id,
            "what": [self.method, self.path_glob],
            "purpose": [self.purpose_fa, self.purpose_en],
            "legal_basis": [self.legal_basis_fa, self.legal_basis_en, self.legal_basis_confirmed],
            "period": [self.starts_at, self.ends_at],
            "granted_at": self.granted_at,
            "revoked_at": self.revoked_at,
            **({} if bounds == [[], [None, None, None], []] else {"bounds": bounds}),
        }


class Agreement(models.Model):
    """That another installation is let in, on the card (``card``) that it gave of itself; one in force for each.

    ``theirs`` and ``ours`` are the hex SHA-256 of both cards. In force, then ended once; nothing else ever changes.

    .. no_pii: installations and their public keys
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    subsystem = models.ForeignKey(Subsystem, on_delete=models.PROTECT, related_name="+")
    card = models.JSONField()
    theirs = models.CharField(max_length=64)
    ours = models.CharField(max_length=64)
    law = models.CharField(max_length=500)
    agreed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    subject_kind: ClassVar[str] = "exchange.agreement"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subsystem",), condition=Q(ended_at=None), name="agreement_one_in_force"),
            models.CheckConstraint(condition=~Q(law=""), name="agreement_says_why"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an agreement covers: every field."""
        return {
            "subsystem": self.subsystem_id,
            "card": self.card,
            "fingerprints": [self.theirs, self.ours],
            "law": self.law,
            "period": [self.agreed_at, self.ended_at],
            "reason": self.reason,
        }


class SnapshotVersion(models.Model):
    """A routing snapshot as it was signed and published; a trigger refuses every change.

    .. no_pii: the routing state of the exchange
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    number = models.PositiveBigIntegerField(unique=True)
    signed = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "exchange.snapshot"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(number__gt=0), name="snapshot_number_from_one"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("issued_at")), name="snapshot_period"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a snapshot covers: the hash of its signed octets says everything."""
        return {"number": self.number, "sha256": self.sha256}


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
