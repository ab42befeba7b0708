"""Invoices, attempts to pay, refunds, and differences, as others see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class Beneficiary(StrEnum):
    """Whose money a line is; money of the treasury never enters the account of a body."""

    TREASURY = "treasury"
    BODY = "body"
    COUNTER_OFFICE = "counter-office"


class InvoiceState(StrEnum):
    """Where an invoice stands; the last two tell how much of what was paid went back."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    PARTLY_REFUNDED = "partly-refunded"
    REFUNDED = "refunded"


class PaymentState(StrEnum):
    """Where an attempt to pay stands.

    ``begun`` waits for the bank's token; with it, it is ``registered``; ``returned`` means that the payer came back and
    the bank is being asked; ``in-doubt`` that nobody knows whether money left. ``verified`` paid the invoice.
    ``surplus`` is money that came for an invoice which could take none any more: it goes back. ``failed`` took nothing.
    """

    BEGUN = "begun"
    REGISTERED = "registered"
    RETURNED = "returned"
    IN_DOUBT = "in-doubt"
    VERIFIED = "verified"
    SURPLUS = "surplus"
    FAILED = "failed"


class RefundState(StrEnum):
    """Where an order to give money back stands; ``refused`` by the officer who decides, ``failed`` by the bank."""

    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"


class DifferenceKind(StrEnum):
    """What the bank's statement and our books do not agree upon."""

    UNKNOWN_PAYMENT = "unknown-payment"
    UNKNOWN_REFUND = "unknown-refund"
    NOT_PAID_HERE = "not-paid-here"
    AMOUNT = "amount"
    SPLIT = "split"
    MISSING_PAYMENT = "missing-payment"
    MISSING_REFUND = "missing-refund"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One charge as it is put on an invoice.

    ``body_code`` is the body that collects it (of a counter office: the office's code); ``account`` the Sheba that the
    bank pays it to, empty for the one that is kept for beneficiary and body.
    """

    service_code: str
    about_kind: str
    about_uuid: UUID
    tariff: str
    row: str
    title_fa: str
    title_en: str
    amount: int
    beneficiary: Beneficiary
    body_code: str
    law: str
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One charge of an invoice; ``refunded`` is what went back or is on its way."""

    uuid: UUID
    service_code: str
    about_kind: str
    about_uuid: UUID
    tariff: str
    row: str
    title_fa: str
    title_en: str
    amount: int
    beneficiary: Beneficiary
    body_code: str
    account: str
    law: str
    refunded: int

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_en if language == "en" and self.title_en else self.title_fa


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as others see it."""

    uuid: UUID
    number: str
    payer: UUID
    about_kind: str
    about_uuid: UUID
    title_fa: str
    title_en: str
    state: InvoiceState
    total: int
    issued_at: datetime
    due_at: datetime | None
    paid_at: datetime | None
    closed_at: datetime | None
    bank_reference: str
    lines: tuple[InvoiceLine, ...]

    def title(self, language: str) -> str:
        """Return the title in a language."""
        return self.title_en if language == "en" and self.title_en else self.title_fa

    @property
    def is_settled(self) -> bool:
        """Whether it was paid, whatever went back later."""
        return self.paid_at is not None

    @property
    def refundable(self) -> int:
        """What of the money paid has not gone back and is not on its way."""
        return sum(line.amount - line.refunded for line in self.lines) if self.is_settled else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An attempt to pay as others see it."""

    uuid: UUID
    invoice: UUID
    amount: int
    state: PaymentState
    token: str
    reason: str
    bank_reference: str
    begun_at: datetime
    expires_at: datetime | None
    returned_at: datetime | None
    paid_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """An order to give money back, as others see it; ``shares`` are rials by invoice line, empty for surplus money."""

    uuid: UUID
    invoice: UUID
    invoice_number: str
    payment: UUID
    amount: int
    reason: str
    state: RefundState
    asked_by: UUID | None
    asked_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    decision_note: str
    done_at: datetime | None
    bank_reference: str
    shares: tuple[tuple[UUID, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference between statement and books; ``payment`` or ``refund`` is ours, if we know one."""

    uuid: UUID
    day: date
    kind: DifferenceKind
    reference: str
    payment: UUID | None
    refund: UUID | None
    invoice: UUID | None
    invoice_number: str
    bank_amount: int | None
    our_amount: int | None
    found_at: datetime
    settled_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementSummary:
    """What the bank stated of a day, and how much of it our books agree with."""

    uuid: UUID
    day: date
    read_at: datetime
    payments: int
    paid: int
    refunds: int
    refunded: int
    open_differences: int
