"""What decisions give for a time, and the outside processes that a case waits for."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from divan.dealings.cases.models.cases import Case
from divan.dealings.cases.models.tasks import Task


class Permit(models.Model):
    """What an outcome granted (مجوز): in force → expired, revoked, or returned by its holder; renewals and amendments
    change it.

    ``assess_at`` is when the next reassessment begins by itself.

    .. pii: who holds which permit
    .. retention: five years after it has ended, then by the archive rule of its case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    number = models.CharField(max_length=40, unique=True)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    service_code = models.CharField(max_length=80)
    outcome = models.CharField(max_length=60)
    state = models.CharField(max_length=10)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    assess_at = models.DateTimeField(null=True)
    document_uuid = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    subject_kind = "cases.permit"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("in-force", "expired", "revoked", "returned")), name="permit_state_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="case_permit_period"
            ),
        )
        indexes = (
            models.Index(fields=("holder", "-starts_at"), name="permit_of_holder"),
            models.Index(fields=("service_code", "-starts_at", "-id"), name="permit_of_service"),
            models.Index(fields=("ends_at",), condition=Q(state="in-force"), name="permit_ending"),
            models.Index(fields=("assess_at",), condition=Q(state="in-force"), name="permit_to_assess"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a permit covers: every field."""
        return {
            "number": self.number,
            "case": [self.case_id, self.holder_id, self.service_code, self.outcome],
            "state": self.state,
            "times": [self.starts_at, self.ends_at, self.assess_at, self.changed_at],
            "document": self.document_uuid,
        }


class OutsideOrder(models.Model):
    """The outside process that a waiting step follows: put once, asked again and again until its state means an action.

    ``leased_until`` keeps two workers from asking at once.

    .. pii: fields of a case sent to another body
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    task = models.OneToOneField(Task, on_delete=models.PROTECT, related_name="+")
    data_service = models.CharField(max_length=100)
    fields = models.JSONField(default=dict)
    message_id = models.UUIDField(unique=True)
    put_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=60, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    subject_kind = "cases.outside-order"

    class Meta:
        indexes = (models.Index(fields=("next_at",), condition=Q(ended_at__isnull=True), name="outside_order_due"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an outside order covers: what was ordered and what was answered."""
        return {
            "task": self.task_id,
            "order": [self.data_service, self.fields, self.message_id, self.put_at],
            "answer": [self.state, self.reference],
            "ended_at": self.ended_at,
        }


class CaseInvoice(models.Model):
    """What a case has to pay: the invoice, its amount, and the answers it was reckoned from.

    .. pii: what a person pays for which case
    .. retention: with the case
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    invoice_uuid = models.UUIDField()
    amount = models.PositiveBigIntegerField()
    reckoned_from = models.CharField(max_length=64)
    state = models.CharField(max_length=10)
    issued_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)

    subject_kind = "cases.invoice"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("open", "paid", "cancelled")), name="case_invoice_state_known"
            ),
            models.UniqueConstraint(fields=("case",), condition=Q(state="open"), name="case_invoice_one_open"),
        )
        indexes = (models.Index(fields=("invoice_uuid",), name="case_invoice_of_invoice"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a case's invoice covers: every field."""
        return {
            "case": self.case_id,
            "invoice": [self.invoice_uuid, self.amount, self.reckoned_from],
            "state": self.state,
            "times": [self.issued_at, self.paid_at],
        }
