"""What places keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Place(models.Model):
    """An administrative division, known by its statistical code; one that a newer list lacks is closed, never deleted.

    ``search_text`` and ``sort_key`` come from ``divan_libs.persian``, so that no extension of the database is needed.

    .. no_pii: public list of the country's divisions
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=16, unique=True)
    level = models.CharField(max_length=16)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=400, db_collation="C")
    search_text = models.CharField(max_length=400, db_collation="C")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    inhabitable = models.BooleanField(default=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(level__in=("province", "county", "district", "rural-district", "city", "village")),
                name="place_level_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=models.F("valid_from")), name="place_validity"
            ),
        )
        indexes = (
            models.Index(fields=("parent", "level", "sort_key"), name="place_children"),
            models.Index(fields=("level", "sort_key"), name="place_by_level"),
        )


class DivisionList(models.Model):
    """A list of divisions that was taken over: where from, when, with what result.

    .. no_pii: provenance of a public list
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    imported_at = models.DateTimeField()
    read = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    changed = models.PositiveIntegerField()
    closed = models.PositiveIntegerField()
    faults = models.JSONField(default=list)

    subject_kind = "places.division-list"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a list covers: its hash and its result."""
        return {
            "name": self.name,
            "sha256": self.sha256,
            "imported_at": self.imported_at,
            "counts": [self.read, self.added, self.changed, self.closed],
            "faults": self.faults,
        }
