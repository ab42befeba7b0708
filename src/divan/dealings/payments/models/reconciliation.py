"""The bank's statements, and what they and the books do not agree upon."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.payments.models.money import Payment, RefundOrder


class Statement(models.Model):
    """The bank's statement of a day in Tehran, as it was read last.

    .. no_pii: a day
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    day = models.DateField(unique=True)
    read_at = models.DateTimeField()

    subject_kind = "payments.statement"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a statement covers: its day, when it was read, and every line."""
        return {
            "day": self.day,
            "read_at": self.read_at,
            "lines": sorted(line.state() for line in self.lines.all()),
        }


class StatementLine(models.Model):
    """A movement as the bank states it.

    .. pii: the bank's reference of somebody's payment
    .. retention: with the invoices of its day
    """

    id = models.BigAutoField(primary_key=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="lines")
    is_refund = models.BooleanField()
    order = models.CharField(max_length=60)
    reference = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    shares = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("statement", "is_refund", "reference"), name="statement_line_once"),
        )

    def state(self) -> list[object]:
        """Return every field, for the digest of the statement."""
        return [self.is_refund, self.order, self.reference, self.amount, str(self.shares), self.at]


class Difference(models.Model):
    """What statement and books do not agree upon; settled by a person's words, or when a later reading agrees.

    .. pii: the bank's reference of somebody's payment; who settled it
    .. retention: with the invoices of its day
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=20)
    reference = models.CharField(max_length=60)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    refund = models.ForeignKey(RefundOrder, on_delete=models.PROTECT, null=True, related_name="+")
    bank_amount = models.BigIntegerField(null=True)
    our_amount = models.BigIntegerField(null=True)
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)

    subject_kind = "payments.difference"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("statement", "kind", "reference"), name="difference_once"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=(
                        "unknown-payment",
                        "unknown-refund",
                        "not-paid-here",
                        "amount",
                        "split",
                        "missing-payment",
                        "missing-refund",
                    )
                ),
                name="difference_kind_known",
            ),
        )
        indexes = (models.Index(fields=("found_at",), condition=Q(settled_at__isnull=True), name="difference_open"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a difference covers: every field."""
        return {
            "statement": self.statement_id,
            "kind": self.kind,
            "reference": self.reference,
            "ours": [self.payment_id, self.refund_id],
            "amounts": [self.bank_amount, self.our_amount],
            "found_at": self.found_at,
            "settled": [self.settled_at, self.settled_by, self.note],
        }
