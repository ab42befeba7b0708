"""Who takes part, what they offer, in which groups they are, and with whom the installation agreed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Member(models.Model):
    """A body or firm that takes part in the exchange, under its address ``instance/class/code``.

    ``body`` is the body of this installation's own tree that it is; one from outside, for which the centre acts, has
    none. States: takes part → closed (``closed_at``).

    .. no_pii: bodies and firms
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    address = models.CharField(max_length=200, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "exchange.member"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("body",), condition=Q(closed_at=None), name="member_one_of_body"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a member covers: every field; body and end only where there are any."""
        return {
            "address": self.address,
            "names": [self.name_fa, self.name_en],
            **({"body": self.body_id} if self.body_id else {}),
            **({"closed_at": self.closed_at} if self.closed_at else {}),
        }


class Subsystem(models.Model):
    """An information system of a member; ``certificates`` are hex SHA-256 fingerprints of certificates of others.

    What our own authority issued for it stands beside (``Certificate``). States: takes part → closed (``closed_at``).

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
    closed_at = models.DateTimeField(null=True)

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
            **({"closed_at": self.closed_at} if self.closed_at else {}),
        }


class Group(models.Model):
    """Subsystems that rights are given to together: a global group of the centre, or a local one of a provider.

    ``address`` is ``instance/group`` or ``instance/class/code/subsystem/group``; ``owner`` is the provider of a local
    one. States: in use → closed (``closed_at``).

    .. no_pii: information systems
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    address = models.CharField(max_length=400, unique=True)
    owner = models.ForeignKey(Subsystem, on_delete=models.PROTECT, null=True, related_name="+")
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    members = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "exchange.group"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a group covers: every field; ``members`` are sorted addresses of subsystems."""
        return {
            "address": self.address,
            "owner": self.owner_id,
            "names": [self.name_fa, self.name_en],
            "members": self.members,
            "closed_at": self.closed_at,
        }


class DataService(models.Model):
    """What a subsystem offers to be asked, where its providers are, and where in a request the person stands.

    ``disabled_notice`` switches the service off and says why. ``durability`` says whether a message waits until its
    record is durable, ``signing`` whether each message is signed alone besides. ``description`` is its OpenAPI
    document, to which ``validation`` holds the messages. States: offered → closed (``closed_at``).

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
    closed_at = models.DateTimeField(null=True)

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
            **({"closed_at": self.closed_at} if self.closed_at else {}),
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
