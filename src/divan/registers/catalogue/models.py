"""What the catalogue keeps."""

from __future__ import annotations

import hashlib

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Service(models.Model):
    """A public service (خدمت), known by its code for ever; ``current`` is the version offered now, none when withdrawn.

    .. no_pii: public list of services
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=80, unique=True)
    current = models.ForeignKey("ServiceVersion", on_delete=models.PROTECT, null=True, related_name="+")

    subject_kind = "catalogue.service"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a service covers."""
        return {"code": self.code, "current": self.current.sha256 if self.current else None}


class ServiceVersion(models.Model):
    """A frozen version of a service package as canonical JSON with its SHA-256; cases point to it for ever.

    A trigger refuses changes. Everything after ``published_at`` is a projection of the package for the public lists,
    which are read far more often than anything else; it follows from ``canonical`` and can be made anew from it.

    .. no_pii: public description of a service
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    canonical = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    body_code = models.CharField(max_length=60)
    body_fa = models.CharField(max_length=200)
    body_en = models.CharField(max_length=200)
    delivery = models.CharField(max_length=20)
    audience = models.CharField(max_length=12, default="public")
    identifier = models.CharField(max_length=20, blank=True)
    broader = models.CharField(max_length=60, blank=True)
    narrower = ArrayField(models.CharField(max_length=60), default=list)
    life_events = ArrayField(models.CharField(max_length=20), default=list)
    audience_groups = ArrayField(models.CharField(max_length=20), default=list)
    ways = models.JSONField(default=list)
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    summary_fa = models.TextField()
    summary_en = models.TextField()
    sort_key = models.CharField(max_length=900, db_collation="C")
    search_text = models.TextField(db_collation="C")

    subject_kind = "catalogue.version"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("service", "number"), name="version_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="version_number_from_one"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a version covers: the package's own hash, recomputed from the stored bytes."""
        return {
            "number": self.number,
            "sha256": self.sha256,
            "stored": hashlib.sha256(bytes(self.canonical)).hexdigest(),
        }


class BundleVersion(models.Model):
    """A frozen version of a bundle: a life event that gathers services. The newest that was not withdrawn is offered.

    .. no_pii: public description of a life event
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    canonical = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    life_event = models.CharField(max_length=20)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    subject_kind = "catalogue.bundle"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("code", "number"), name="bundle_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="bundle_number_from_one"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a bundle covers: its hash, recomputed from the stored bytes, and its times."""
        return {
            "bundle": [self.code, self.number, self.life_event],
            "sha256": self.sha256,
            "stored": hashlib.sha256(bytes(self.canonical)).hexdigest(),
            "times": [self.published_at, self.withdrawn_at],
        }


class VisitDay(models.Model):
    """How often the page of each service was opened on a day: counts by the service's code, nothing of who came.

    .. no_pii: counts
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    day = models.DateField(unique=True)
    counts = models.JSONField(default=dict)

    subject_kind = "catalogue.visit-day"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a day's visits covers: every field."""
        return {"day": self.day, "counts": self.counts}
