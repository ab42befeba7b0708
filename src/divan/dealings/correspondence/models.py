"""What correspondence keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Register(models.Model):
    """The register (دفتر اندیکاتور) of a body's secretariat, known by the code that its numbers begin with.

    .. no_pii: structure of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=20, unique=True)
    body = models.OneToOneField("people.Unit", on_delete=models.PROTECT, related_name="+")

    subject_kind = "correspondence.register"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a register covers."""
        return {"code": self.code, "body": self.body_id}


class RegisterYear(models.Model):
    """How far a register has counted in a Jalali year; its row is locked while a number is taken, so there are no gaps.

    .. no_pii: a count
    """

    id = models.BigAutoField(primary_key=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "year"), name="register_year_once"),)


class Letter(models.Model):
    """A registered letter. States: numbered → signed → filed. The number comes before the signature and stays.

    .. pii: recipient's name, subject and wording
    .. retention: by the archive rule of the body; the register's line stays for ever
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    direction = models.CharField(max_length=10)
    subject = models.CharField(max_length=300)
    wording = models.TextField()
    recipient = models.CharField(max_length=200)
    signer = models.UUIDField()
    signer_post = models.UUIDField()
    signer_name = models.CharField(max_length=200)
    signer_title = models.CharField(max_length=200)
    registered_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    document_uuid = models.UUIDField(null=True)

    subject_kind = "correspondence.letter"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("register", "year", "count"), name="letter_number_once"),
            models.CheckConstraint(condition=Q(count__gte=1), name="letter_count_from_one"),
            models.CheckConstraint(
                condition=Q(direction__in=("incoming", "outgoing", "internal")), name="letter_direction_known"
            ),
            models.CheckConstraint(condition=Q(state__in=("numbered", "signed", "filed")), name="letter_state_known"),
            models.CheckConstraint(
                condition=Q(state="numbered") | Q(document_uuid__isnull=False), name="letter_signed_has_document"
            ),
        )
        indexes = (models.Index(fields=("about_uuid",), name="letter_about"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a letter covers: every field."""
        return {
            "number": [self.register_id, self.year, self.count],
            "direction": self.direction,
            "subject": self.subject,
            "wording": self.wording,
            "recipient": self.recipient,
            "signer": [self.signer, self.signer_post, self.signer_name, self.signer_title],
            "registered_at": self.registered_at,
            "state": self.state,
            "about": [self.about_kind, self.about_uuid],
            "document": self.document_uuid,
        }


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
                fields=("post_uuid",),
                condition=Q(closed_at__isnull=True, read_at__isnull=True),
                name="work_unread_of_post",
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
