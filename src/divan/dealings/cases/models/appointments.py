"""Visits that applications come with."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from divan.dealings.cases.models.cases import Case


class Appointment(models.Model):
    """A visit at a body's desk: booked → cancelled. A desk is one requirement of one service; its seats are numbered.

    No seat is given twice for the same time: the table refuses it, whoever asks.

    .. pii: who comes when, through the case
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    need = models.CharField(max_length=60)
    desk = models.CharField(max_length=150)
    body = models.CharField(max_length=60)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    seat = models.PositiveSmallIntegerField()
    booked_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    subject_kind = "cases.appointment"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("desk", "starts_at", "seat"),
                condition=Q(cancelled_at__isnull=True),
                name="appointment_seat_once",
            ),
            models.UniqueConstraint(
                fields=("case", "need"), condition=Q(cancelled_at__isnull=True), name="appointment_one_of_case"
            ),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="appointment_span"),
        )
        indexes = (
            models.Index(fields=("body", "starts_at"), condition=Q(cancelled_at__isnull=True), name="appointment_day"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a visit covers: every field."""
        return {
            "case": self.case_id,
            "need": [self.need, self.desk, self.body],
            "span": [self.starts_at, self.ends_at, self.seat],
            "times": [self.booked_at, self.cancelled_at],
        }
