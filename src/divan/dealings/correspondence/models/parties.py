"""Who is outside the house: organizations and persons that get letters or write them, and groups of recipients."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Correspondent(models.Model):
    """An organization, a firm, a person or a body elsewhere with which letters are exchanged, and how they reach it.

    ``channel`` is the way that is taken unless another is chosen; ``addresses`` holds one address by channel: member
    and subsystem at the exchange, mailbox of ECE, folder or webhook, postal address, number of the fax. A correspondent
    that closed names its successor.

    .. pii: names and addresses of persons
    .. retention: as long as a letter names it
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    kind = models.CharField(max_length=12)
    organization = models.CharField(max_length=200, blank=True)
    department = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60, blank=True)
    legal_id = models.CharField(max_length=11, blank=True)
    channel = models.CharField(max_length=12)
    addresses = models.JSONField(default=dict)
    search_text = models.TextField(blank=True)
    added_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    subject_kind = "correspondence.correspondent"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("organization", "firm", "person")), name="correspondent_kind_known"
            ),
        )
        indexes = (models.Index(fields=("code",), name="correspondent_by_code"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a correspondent covers: every field but the derived text of the search."""
        return {
            "kind": self.kind,
            "names": [self.organization, self.department, self.title, self.name],
            "codes": [self.code, self.legal_id],
            "way": [self.channel, self.addresses],
            "times": [self.added_at, self.closed_at, self.successor_id],
        }


class RecipientGroup(models.Model):
    """A group of recipients under a name that a body addresses at once; ``members`` are parties in order.

    .. pii: names of persons
    .. retention: until the body ends the group
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    members = models.JSONField(default=list)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.group"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("body", "name"), condition=Q(ended_at__isnull=True), name="group_name_once"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a group covers: every field."""
        return {"body": self.body_id, "name": self.name, "members": self.members, "ended_at": self.ended_at}
