"""Invoices and attempts to pay."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from divan.dealings.payments import models, rules
from divan.dealings.payments.values import (
    Beneficiary,
    Invoice,
    InvoiceLine,
    InvoiceState,
    InvoiceUnknown,
    Payment,
    PaymentState,
    PaymentUnknown,
    RefundState,
    Share,
)
from divan_libs.persian.check_digits import bare_number

PAGE = 50
NOT_GOING_BACK = (RefundState.REFUSED, RefundState.FAILED)


def refunded_by_line(invoice_id: int) -> dict[int, int]:
    """Return what goes back of each line of an invoice, asked for or done, by the line's row number."""
    return _refunded([invoice_id])


def _refunded(invoice_ids: Iterable[int]) -> dict[int, int]:
    shares = models.RefundShare.objects.filter(line__invoice__in=list(invoice_ids))
    sums = shares.exclude(refund__state__in=NOT_GOING_BACK).values("line").annotate(sum=Sum("amount"))
    return {one["line"]: one["sum"] for one in sums}


def _line(row: models.InvoiceLine, refunded: int) -> InvoiceLine:
    return InvoiceLine(
        uuid=row.uuid,
        service_code=row.service_code,
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        tariff=row.tariff,
        row=row.row,
        title_fa=row.title_fa,
        title_en=row.title_en,
        amount=row.amount,
        beneficiary=Beneficiary(row.beneficiary),
        body_code=row.body_code,
        account=row.account,
        law=row.law,
        refunded=refunded,
    )


def _invoice(row: models.Invoice, refunded: dict[int, int]) -> Invoice:
    lines = sorted(row.lines.all(), key=lambda line: line.position)
    return Invoice(
        uuid=row.uuid,
        number=row.number,
        payer=row.payer.uuid,
        about_kind=row.about_kind,
        about_uuid=row.about_uuid,
        title_fa=row.title_fa,
        title_en=row.title_en,
        state=InvoiceState(row.state),
        total=row.total,
        issued_at=row.issued_at,
        due_at=row.due_at,
        paid_at=row.paid_at,
        closed_at=row.closed_at,
        bank_reference=row.bank_reference,
        lines=tuple(_line(line, refunded.get(line.id, 0)) for line in lines),
    )


def _rows() -> QuerySet[models.Invoice]:
    return models.Invoice.objects.select_related("payer").prefetch_related("lines")


def _values(rows: Iterable[models.Invoice]) -> list[Invoice]:
    found = list(rows)
    refunded = _refunded(row.id for row in found)
    return [_invoice(row, refunded) for row in found]


def get_invoice(invoice: UUID) -> Invoice:
    """Return an invoice.

    :raises InvoiceUnknown: if there is none.
    """
    found = _values(_rows().filter(uuid=invoice))
    if not found:
        raise InvoiceUnknown
    return found[0]


def get_invoice_of(invoice: UUID, payer: UUID | None) -> Invoice:
    """Return an invoice that a person has to pay.

    :raises InvoiceUnknown: if there is none, or it is somebody else's: the two are not told apart.
    """
    found = get_invoice(invoice)
    if found.payer != payer:
        raise InvoiceUnknown
    return found


def find_invoice_of(about_kind: str, about_uuid: UUID) -> Invoice | None:
    """Return the newest invoice that was not cancelled and is about something as a whole or in one of its lines."""
    lines = models.InvoiceLine.objects.filter(about_kind=about_kind, about_uuid=about_uuid)
    ids = set(lines.values_list("invoice", flat=True))
    ids |= set(models.Invoice.objects.filter(about_kind=about_kind, about_uuid=about_uuid).values_list("id", flat=True))
    found = _values(_rows().filter(id__in=ids).exclude(state=InvoiceState.CANCELLED).order_by("-id")[:1])
    return found[0] if found else None


def list_invoices_of(person: UUID) -> list[Invoice]:
    """Return a person's invoices, those to be paid first, then the newest."""
    found = _values(_rows().filter(payer__uuid=person).order_by("-id"))
    return sorted(found, key=lambda one: one.state is not InvoiceState.OPEN)


def search_invoices(
    text: str, *, body: str, state: InvoiceState | None = None, after: int = 0, limit: int = PAGE
) -> tuple[list[Invoice], int]:
    """Return invoices by number, bank reference or the payer's national code, newest first, and where the next page
    begins (0 on the last).

    ``body`` limits them to those with a line of this body; empty means all.
    """
    rows = _rows()
    if body:
        rows = rows.filter(Exists(models.InvoiceLine.objects.filter(invoice=OuterRef("pk"), body_code=body)))
    if state is not None:
        rows = rows.filter(state=state)
    if typed := bare_number(text[:60]):
        reference = Q(payments__bank_reference__iexact=text.strip()[:60])
        wanted = Q(number=_grouped(typed)) | Q(payer__national_code=typed) | reference
        rows = rows.filter(id__in=models.Invoice.objects.filter(wanted).values("id"))
    if after:
        rows = rows.filter(id__lt=after)
    page = list(rows.order_by("-id")[: limit + 1])
    following = page[limit - 1].id if len(page) > limit else 0
    return _values(page[:limit]), following


def _grouped(bare: str) -> str:
    return f"{bare[:4]}-{bare[4:-2]}-{bare[-2:]}"


def is_of_body(invoice: Invoice, body: str) -> bool:
    """Whether an officer of a body may see an invoice; an empty body stands for whoever sees all."""
    return not body or any(line.body_code == body for line in invoice.lines)


def _payment(row: models.Payment) -> Payment:
    return Payment(
        uuid=row.uuid,
        invoice=row.invoice.uuid,
        amount=row.amount,
        state=PaymentState(row.state),
        token=row.token,
        reason=row.reason,
        bank_reference=row.bank_reference,
        begun_at=row.begun_at,
        expires_at=row.expires_at,
        returned_at=row.returned_at,
        paid_at=row.paid_at,
        ended_at=row.ended_at,
    )


def get_payment(payment: UUID) -> Payment:
    """Return an attempt to pay.

    :raises PaymentUnknown: if there is none.
    """
    row = models.Payment.objects.select_related("invoice").filter(uuid=payment).first()
    if row is None:
        raise PaymentUnknown
    return _payment(row)


def list_payments_of(invoice: UUID) -> list[Payment]:
    """Return the attempts to pay an invoice, newest first."""
    rows = models.Payment.objects.select_related("invoice").filter(invoice__uuid=invoice).order_by("-id")
    return [_payment(row) for row in rows]


def find_live_payment(invoice: UUID) -> Payment | None:
    """Return the attempt that may still become money, or None."""
    return next((one for one in list_payments_of(invoice) if one.state in rules.LIVE), None)


def shares_of(payment: models.Payment) -> tuple[Share, ...]:
    """Return what the bank passes on of a payment to each account, by the lines of its invoice."""
    lines = models.InvoiceLine.objects.filter(invoice=payment.invoice_id)
    return rules.shares_by_account((line.account, line.amount) for line in lines)


def shares_of_refund(refund: models.RefundOrder) -> tuple[Share, ...]:
    """Return what a refund takes back from each account; surplus money is taken as it was given."""
    shares = list(models.RefundShare.objects.select_related("line").filter(refund=refund))
    if not shares:
        return shares_of(refund.payment)
    return rules.shares_by_account((share.line.account, share.amount) for share in shares)
