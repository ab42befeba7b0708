"""Accounts, invoices with their lines, attempts to pay, and refunds."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

LIVE = ("begun", "registered", "returned", "in-doubt")


class Account(models.Model):
    """To which bank account the money of a beneficiary goes; an empty body stands for every body not named.

    .. no_pii: accounts of the treasury, of bodies and of offices
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    beneficiary = models.CharField(max_length=20)
    body_code = models.CharField(max_length=60, blank=True)
    sheba = models.CharField(max_length=26)
    title_fa = models.CharField(max_length=200)

    subject_kind = "payments.account"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("beneficiary", "body_code"), name="account_one_for_each"),
            models.CheckConstraint(
                condition=Q(beneficiary__in=("treasury", "body", "counter-office")), name="account_beneficiary_known"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an account covers: every field."""
        return {
            "beneficiary": self.beneficiary,
            "body": self.body_code,
            "sheba": self.sheba,
            "title": self.title_fa,
        }


class Invoice(models.Model):
    """What a person is asked to pay. States: open → paid → partly-refunded → refunded, or open → cancelled.

    Its lines never change. ``content_digest`` is that of the lines as they were asked for, so that asking again for the
    same is known from asking for something else.

    .. pii: who has to pay, and for which service
    .. retention: ten years after the end of the financial year, as accounts are kept
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    number = models.CharField(max_length=24, unique=True)
    payer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=16)
    total = models.BigIntegerField()
    content_digest = models.BinaryField()
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)

    subject_kind = "payments.invoice"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("open", "paid", "cancelled", "partly-refunded", "refunded")),
                name="invoice_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("open", "cancelled"), paid_at__isnull=True)
                | Q(state__in=("paid", "partly-refunded", "refunded"), paid_at__isnull=False),
                name="invoice_paid_when",
            ),
            models.CheckConstraint(condition=Q(total__gt=0), name="invoice_asks_for_something"),
            models.UniqueConstraint(
                fields=("about_kind", "about_uuid"), condition=Q(state="open"), name="invoice_open_once"
            ),
        )
        indexes = (
            models.Index(fields=("payer", "-id"), name="invoice_of_payer"),
            models.Index(fields=("about_uuid",), name="invoice_about"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an invoice covers: every field, and every line."""
        return {
            "number": self.number,
            "payer": self.payer_id,
            "about": [self.about_kind, self.about_uuid],
            "titles": [self.title_fa, self.title_en],
            "state": self.state,
            "total": self.total,
            "content": bytes(self.content_digest),
            "times": [self.issued_at, self.due_at, self.paid_at, self.closed_at],
            "bank_reference": self.bank_reference,
            "lines": [line.state() for line in sorted(self.lines.all(), key=lambda line: line.position)],
        }


class InvoiceLine(models.Model):
    """One charge of an invoice: for which service and case, by which law, whose money, on which account.

    .. pii: for which service somebody pays
    .. retention: with its invoice
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    service_code = models.CharField(max_length=80)
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    tariff = models.CharField(max_length=80)
    row = models.CharField(max_length=80)
    title_fa = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    amount = models.BigIntegerField()
    beneficiary = models.CharField(max_length=20)
    body_code = models.CharField(max_length=60)
    account = models.CharField(max_length=26)
    law = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("invoice", "position"), name="line_position_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="line_not_negative"),
            models.CheckConstraint(
                condition=Q(beneficiary__in=("treasury", "body", "counter-office")), name="line_beneficiary_known"
            ),
        )
        indexes = (
            models.Index(fields=("about_uuid",), name="line_about"),
            models.Index(fields=("body_code", "-invoice"), name="line_of_body"),
        )

    def state(self) -> list[object]:
        """Return every field, for the digest of the invoice."""
        return [
            str(self.uuid),
            self.service_code,
            self.about_kind,
            str(self.about_uuid),
            self.tariff,
            self.row,
            self.title_fa,
            self.title_en,
            self.amount,
            self.beneficiary,
            self.body_code,
            self.account,
            self.law,
        ]


class Payment(models.Model):
    """An attempt to pay an invoice. States: begun → registered → returned → verified | failed | in-doubt | surplus.

    At most one attempt of an invoice is live, and at most one ever paid it: the database says so. ``look_at`` is when
    the worker asks the bank next, None for never; it, ``looks`` and ``leased_until`` are how the worker waits and no
    part of what happened.

    .. pii: who paid, through its invoice; the bank's reference
    .. retention: with its invoice
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=12)
    token = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    look_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)
    leased_until = models.DateTimeField(null=True)

    subject_kind = "payments.payment"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=(*LIVE, "verified", "surplus", "failed")), name="payment_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("verified", "surplus")) | (~Q(bank_reference="") & Q(paid_at__isnull=False)),
                name="payment_money_has_reference",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.UniqueConstraint(fields=("invoice",), condition=Q(state__in=LIVE), name="payment_live_once"),
            models.UniqueConstraint(fields=("invoice",), condition=Q(state="verified"), name="payment_pays_once"),
            models.UniqueConstraint(
                fields=("bank_reference",), condition=~Q(bank_reference=""), name="payment_reference_once"
            ),
            models.UniqueConstraint(fields=("token",), condition=~Q(token=""), name="payment_token_once"),
        )
        indexes = (
            models.Index(fields=("look_at",), condition=Q(look_at__isnull=False), name="payment_to_look_at"),
            models.Index(fields=("paid_at",), condition=Q(paid_at__isnull=False), name="payment_of_day"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an attempt covers: all but how the worker waits."""
        return {
            "invoice": self.invoice_id,
            "amount": self.amount,
            "state": self.state,
            "token": self.token,
            "reason": self.reason,
            "bank_reference": self.bank_reference,
            "times": [self.begun_at, self.expires_at, self.returned_at, self.paid_at, self.ended_at],
        }


class RefundOrder(models.Model):
    """An order to give money back. States: asked → approved → sent → done | failed, or asked → refused.

    Approved by a person who did not ask. ``asked_by`` is None where the house itself found money too many.

    .. pii: who asked and who decided; the payer, through the payment
    .. retention: with its invoice
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=10)
    asked_by = models.UUIDField(null=True)
    asked_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)
    bank_reference = models.CharField(max_length=60, blank=True)
    look_at = models.DateTimeField(null=True)
    looks = models.PositiveIntegerField(default=0)

    subject_kind = "payments.refund"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("asked", "approved", "sent", "done", "refused", "failed")),
                name="refund_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("asked", "refused"))
                | Q(decided_by__isnull=False) & (Q(asked_by__isnull=True) | ~Q(decided_by=F("asked_by"))),
                name="refund_by_two_persons",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_of_something"),
            models.CheckConstraint(
                condition=~Q(state="done") | (~Q(bank_reference="") & Q(done_at__isnull=False)),
                name="refund_done_has_reference",
            ),
            models.UniqueConstraint(
                fields=("bank_reference",), condition=~Q(bank_reference=""), name="refund_reference_once"
            ),
        )
        indexes = (
            models.Index(fields=("asked_at",), condition=Q(state="asked"), name="refund_to_decide"),
            models.Index(fields=("look_at",), condition=Q(state__in=("approved", "sent")), name="refund_to_send"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an order covers: all but how the worker waits, and what goes back of each line."""
        return {
            "payment": self.payment_id,
            "amount": self.amount,
            "reason": self.reason,
            "state": self.state,
            "asked": [self.asked_by, self.asked_at],
            "decided": [self.decided_by, self.decided_at, self.decision_note],
            "done_at": self.done_at,
            "bank_reference": self.bank_reference,
            "shares": sorted([share.line_id, share.amount] for share in self.shares.all()),
        }


class RefundShare(models.Model):
    """What a refund takes back from one line of the invoice.

    .. no_pii: a sum; the order and the line say of whom
    """

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(RefundOrder, on_delete=models.PROTECT, related_name="shares")
    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="refund_shares")
    amount = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("refund", "line"), name="share_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="share_of_something"),
        )
