"""The archive: classification plan, files and volumes, what lies in them, what keeps them and what disposes of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.correspondence.models.letters import Letter


class ArchiveClass(models.Model):
    """A class of a body's classification plan, with how long its files are kept and by which law.

    ``retention_years`` count Jalali years from the closing of a file; none is for ever.

    .. no_pii: structure of the archive
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    code = models.CharField(max_length=40)
    title_fa = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    retention_years = models.PositiveSmallIntegerField(null=True)
    after = models.CharField(max_length=10, default="keep")
    legal_basis = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.archive-class"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("body", "code"), name="archive_class_once"),
            models.CheckConstraint(
                condition=Q(after__in=("keep", "destroy", "transfer", "assess")), name="archive_after_known"
            ),
            models.CheckConstraint(condition=Q(after="keep") | ~Q(legal_basis=""), name="archive_disposal_has_basis"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a class covers: every field."""
        return {
            "of": [self.body_id, self.parent_id, self.code],
            "titles": [self.title_fa, self.title_en],
            "retention": [self.retention_years, self.after, self.legal_basis],
            "ended_at": self.ended_at,
        }


class ArchiveFile(models.Model):
    """A file (پرونده) of a class: letters on one matter, opened and one day closed.

    .. pii: title of a matter
    .. retention: by its class
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    archive_class = models.ForeignKey(ArchiveClass, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=300)
    secrecy = models.CharField(max_length=25, default="ordinary")
    opened_by = models.UUIDField()
    opened_at = models.DateTimeField()
    closed_by = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    disposal = models.CharField(max_length=10, blank=True)

    subject_kind = "correspondence.archive-file"

    class Meta:
        constraints = (models.UniqueConstraint(fields=("archive_class", "number"), name="archive_file_once"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a file covers: every field."""
        return {
            "of": [self.archive_class_id, self.number],
            "title": [self.title, self.secrecy],
            "opened": [self.opened_by, self.opened_at],
            "closed": [self.closed_by, self.closed_at],
            "disposed": [self.disposed_at, self.disposal],
        }


class ArchiveVolume(models.Model):
    """A volume (جلد) of a file; one is open at a time.

    .. no_pii: numbers and dates
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    file = models.ForeignKey(ArchiveFile, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.archive-volume"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("file", "number"), name="archive_volume_once"),
            models.UniqueConstraint(
                fields=("file",), condition=Q(closed_at__isnull=True), name="archive_volume_one_open"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a volume covers: every field."""
        return {"of": [self.file_id, self.number], "times": [self.opened_at, self.closed_at]}


class Filing(models.Model):
    """That a letter lies in a volume; taken out, it stays known that it lay there.

    .. no_pii: identifiers
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    volume = models.ForeignKey(ArchiveVolume, on_delete=models.PROTECT, related_name="+")
    filed_by = models.UUIDField()
    filed_at = models.DateTimeField()
    removed_by = models.UUIDField(null=True)
    removed_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.filing"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "volume"), condition=Q(removed_at__isnull=True), name="filing_once_in_volume"
            ),
        )
        indexes = (models.Index(fields=("volume", "id"), name="filing_of_volume"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a filing covers: every field."""
        return {
            "of": [self.letter_id, self.volume_id],
            "filed": [self.filed_by, self.filed_at],
            "removed": [self.removed_by, self.removed_at],
        }


class LegalHold(models.Model):
    """That a file may not be disposed of while a proceeding lasts.

    .. pii: reason that may name a matter
    .. retention: with the file
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    file = models.ForeignKey(ArchiveFile, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    laid_by = models.UUIDField()
    laid_at = models.DateTimeField()
    lifted_by = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.legal-hold"

    class Meta:
        indexes = (models.Index(fields=("file",), condition=Q(lifted_at__isnull=True), name="hold_in_force"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a hold covers: every field."""
        return {
            "file": self.file_id,
            "reason": self.reason,
            "laid": [self.laid_by, self.laid_at],
            "lifted": [self.lifted_by, self.lifted_at],
        }


class DisposalList(models.Model):
    """A list of files whose time is over: proposed → approved by another person → carried out; or rejected.

    ``items`` holds file, what is to be done with it, and the law, as they were when the list was proposed.

    .. no_pii: identifiers and laws
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10)
    items = models.JSONField(default=list)
    proposed_by = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.disposal-list"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("proposed", "approved", "rejected", "done")), name="disposal_state_known"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a list covers: every field."""
        return {
            "body": self.body_id,
            "state": self.state,
            "items": self.items,
            "proposed": [self.proposed_by, self.proposed_at],
            "decided": [self.decided_by, self.decided_at, self.reason],
            "done_at": self.done_at,
        }
