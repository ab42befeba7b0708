"""Secretariats, their registers with the years and reservations of these, clearances, and a body's own terms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Secretariat(models.Model):
    """A secretariat (دبیرخانه) of a body; a body has several, of which one is central.

    ``unit`` is the unit it serves, the body itself for the central one. ``ece_address`` is the mailbox at which it
    takes letters of other products; ``settings`` says how letters reach it by a folder or a webhook.

    .. no_pii: structure of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    central = models.BooleanField(default=False)
    ece_address = models.CharField(max_length=200, blank=True)
    settings = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.secretariat"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("body",), condition=Q(central=True, closed_at__isnull=True), name="secretariat_one_central"
            ),
            models.UniqueConstraint(
                fields=("ece_address",),
                condition=~Q(ece_address="") & Q(closed_at__isnull=True),
                name="secretariat_ece_address_once",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a secretariat covers: every field."""
        return {
            "body": [self.body_id, self.unit_id],
            "code": self.code,
            "names": [self.name_fa, self.name_en],
            "central": self.central,
            "ece_address": self.ece_address,
            "settings": self.settings,
            "times": [self.opened_at, self.closed_at],
        }


class Register(models.Model):
    """A register (دفتر اندیکاتور) of a secretariat, known by the code that its numbers begin with.

    ``formula`` says how a number is written: up to six named parts and what stands between them; empty is code, year
    and count. ``takes`` are the directions it numbers. One register of a body also numbers what services issue.

    .. no_pii: structure of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=20, unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    secretariat = models.ForeignKey(Secretariat, on_delete=models.PROTECT, null=True, related_name="+")
    name_fa = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    formula = models.JSONField(default=dict)
    takes = models.JSONField(default=list)
    serves_cases = models.BooleanField(default=True)
    closed_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.register"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("body",), condition=Q(serves_cases=True), name="register_one_for_cases"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a register covers; the later fields once they say something."""
        state: dict[str, object] = {"code": self.code, "body": self.body_id}
        if self.secretariat_id is None:
            return state
        return state | {
            "secretariat": self.secretariat_id,
            "names": [self.name_fa, self.name_en],
            "numbers": [self.formula, self.takes, self.serves_cases],
            "closed_at": self.closed_at,
        }


class RegisterYear(models.Model):
    """How far a register has counted in a Jalali year; its row is locked while a number is taken, so there are no gaps.

    .. no_pii: a count
    """

    id = models.BigAutoField(primary_key=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("register", "year"), name="register_year_once"),)


class ReservedNumber(models.Model):
    """A number taken from a register before there is a letter, with the reason; it is used once, or given up and void.

    Together with the letters these lines make the register gapless: every count is a letter's or stands here.

    .. no_pii: a number and an officer's reason
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    state = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    reserved_by = models.UUIDField()
    reserved_in = models.UUIDField()
    reserved_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    letter_uuid = models.UUIDField(null=True)

    subject_kind = "correspondence.reserved-number"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("register", "year", "count"), name="reserved_number_once"),
            models.CheckConstraint(condition=Q(state__in=("reserved", "used", "void")), name="reserved_state_known"),
            models.CheckConstraint(
                condition=~Q(state="used") | Q(letter_uuid__isnull=False), name="reserved_used_by_letter"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a reserved number covers: every field."""
        return {
            "number": [self.register_id, self.year, self.count],
            "state": self.state,
            "reason": self.reason,
            "reserved": [self.reserved_by, self.reserved_in, self.reserved_at],
            "ended": [self.ended_at, self.letter_uuid],
        }


class Term(models.Model):
    """A word of the basic information (اطلاعات پایه) that a body defines for itself, in one of the categories.

    .. no_pii: words of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=20)
    code = models.CharField(max_length=40)
    text_fa = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.term"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("body", "category", "code"), nulls_distinct=False, name="term_once_in_category"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a term covers: every field."""
        return {
            "of": [self.body_id, self.category, self.code],
            "texts": [self.text_fa, self.text_en],
            "position": self.position,
            "ended_at": self.ended_at,
        }


class Clearance(models.Model):
    """The highest class of secrecy that the holder of a post may read, from one moment to another (half-open).

    .. no_pii: a right of a post
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    post_uuid = models.UUIDField()
    secrecy = models.CharField(max_length=25)
    reason = models.CharField(max_length=500)
    granted_by = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.clearance"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("post_uuid",), condition=Q(ends_at__isnull=True), name="clearance_one_open_of_post"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")), name="clearance_period"
            ),
        )
        indexes = (models.Index(fields=("post_uuid",), name="clearance_of_post"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a clearance covers: every field."""
        return {
            "post": self.post_uuid,
            "secrecy": self.secrecy,
            "reason": self.reason,
            "granted_by": self.granted_by,
            "period": [self.starts_at, self.ends_at],
        }
