"""Invoices: issued by whoever knows what is owed, cancelled while nobody pays them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, connection, transaction

from divan.dealings.payments import models, queries, rules
from divan.dealings.payments.values import (
    ACCOUNT_OPENED,
    INVOICE_CANCELLED,
    INVOICE_ISSUED,
    AccountFaulty,
    AccountMissing,
    Beneficiary,
    Invoice,
    InvoiceBeingPaid,
    InvoiceDiffers,
    InvoiceNotOpen,
    InvoiceState,
    InvoiceUnknown,
    NewLine,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.canonical import digest
from divan.foundation.faults import power_may_fail
from divan.registers.people.values import PersonUnknown
from divan_libs.persian.check_digits import with_check_digit
from divan_libs.persian.identifiers import InvalidIdentifier, parse_sheba
from divan_libs.persian.jalali import jalali_year


@transaction.atomic
def open_account(
    *, beneficiary: Beneficiary, body_code: str, sheba: str, title_fa: str, actor: Actor, now: datetime
) -> None:
    """Lay down to which account the money of a beneficiary goes, of one body or (empty) of every body not named.

    Invoices already issued keep the account that they were issued with. The same again changes nothing.

    :raises AccountFaulty: if it is not the Sheba of an account.
    """
    try:
        account = parse_sheba(sheba)
    except InvalidIdentifier as error:
        raise AccountFaulty(reason=error.code) from error
    row, is_new = models.Account.objects.select_for_update().get_or_create(
        beneficiary=beneficiary,
        body_code=body_code,
        defaults={"uuid": uuid4(), "sheba": account, "title_fa": title_fa[:200]},
    )
    if not is_new and (row.sheba, row.title_fa) == (account, title_fa[:200]):
        return
    row.sheba, row.title_fa = account, title_fa[:200]
    row.save(update_fields=["sheba", "title_fa"])
    facts.record(ACCOUNT_OPENED, subject=row, actor=actor, at=now, beneficiary=beneficiary, body=body_code)


@transaction.atomic
def issue_invoice(
    *,
    about_kind: str,
    about_uuid: UUID,
    payer: UUID,
    title_fa: str,
    title_en: str,
    lines: Sequence[NewLine],
    due_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Invoice:
    """Ask a person to pay. Asking again for the same charges about the same thing gives the same invoice back,
    as long as it is open, or paid and not refunded: nobody is asked to pay the same charge twice.

    The lines may speak of several cases: one payment is then split by service.

    :raises LinesFaulty: if nothing is to be paid, or a line lacks amount, title, body or law.
    :raises AccountMissing: if nobody laid down where the money of a line goes.
    :raises AccountFaulty: if a line names an account that is none.
    :raises InvoiceDiffers: if an open invoice about the same thing asks for something else.
    :raises PersonUnknown: if the payer is not in the register of people.
    """
    total = rules.require_sound(lines)
    person: Any = models.Invoice._meta.get_field("payer").related_model._default_manager.filter(uuid=payer).first()
    if person is None:
        raise PersonUnknown
    content = _content_digest(payer, lines)
    if known := _same_asked_before(about_kind, about_uuid, content):
        return queries.get_invoice(known.uuid)
    accounts = [_account_of(line) for line in lines]
    try:
        with transaction.atomic():
            row = _new_invoice((about_kind, about_uuid), person, (title_fa, title_en), total, content, due_at, now)
    except IntegrityError:
        # Another transaction asked at the same moment and has committed since.
        if known := _same_asked_before(about_kind, about_uuid, content):
            return queries.get_invoice(known.uuid)
        raise
    models.InvoiceLine.objects.bulk_create(
        _line(row, position, line, account)
        for position, (line, account) in enumerate(zip(lines, accounts, strict=True), start=1)
    )
    power_may_fail("invoice.before-fact")
    facts.record(
        INVOICE_ISSUED,
        subject=row,
        actor=actor,
        at=now,
        number=row.number,
        about=[about_kind, about_uuid],
        total=total,
    )
    return queries.get_invoice(row.uuid)


def _new_invoice(
    about: tuple[str, UUID],
    payer: Any,
    titles: tuple[str, str],
    total: int,
    content: bytes,
    due_at: datetime | None,
    now: datetime,
) -> models.Invoice:
    return models.Invoice.objects.create(
        uuid=uuid4(),
        number=with_check_digit(rules.number_body(jalali_year(now), _next_serial())),
        payer=payer,
        about_kind=about[0],
        about_uuid=about[1],
        title_fa=titles[0][:300],
        title_en=titles[1][:300],
        state=InvoiceState.OPEN,
        total=total,
        content_digest=content,
        issued_at=now,
        due_at=due_at,
    )


def _same_asked_before(about_kind: str, about_uuid: UUID, content: bytes) -> models.Invoice | None:
    found = models.Invoice.objects.select_for_update().filter(about_kind=about_kind, about_uuid=about_uuid)
    same = (
        found.filter(content_digest=content, state__in=(InvoiceState.OPEN, InvoiceState.PAID)).order_by("-id").first()
    )
    if same is None and found.filter(state=InvoiceState.OPEN).exists():
        raise InvoiceDiffers
    return same


def _content_digest(payer: UUID, lines: Sequence[NewLine]) -> bytes:
    return digest(
        [
            payer,
            [[line.service_code, line.about_kind, line.about_uuid, line.tariff, line.row] for line in lines],
            [[line.amount, line.beneficiary, line.body_code, line.law, line.account] for line in lines],
        ]
    )


def _account_of(line: NewLine) -> str:
    if line.account:
        try:
            return parse_sheba(line.account)
        except InvalidIdentifier as error:
            raise AccountFaulty(reason=error.code) from error
    known = models.Account.objects.filter(beneficiary=line.beneficiary, body_code__in=("", line.body_code))
    row = known.order_by("-body_code").first()
    if row is None:
        raise AccountMissing(beneficiary=str(line.beneficiary), body=line.body_code)
    return row.sheba


def _line(invoice: models.Invoice, position: int, line: NewLine, account: str) -> models.InvoiceLine:
    return models.InvoiceLine(
        uuid=uuid4(),
        invoice=invoice,
        position=position,
        service_code=line.service_code,
        about_kind=line.about_kind,
        about_uuid=line.about_uuid,
        tariff=line.tariff,
        row=line.row,
        title_fa=line.title_fa[:300],
        title_en=line.title_en[:300],
        amount=line.amount,
        beneficiary=line.beneficiary,
        body_code=line.body_code,
        account=account,
        law=line.law,
    )


def _next_serial() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('payments_serial')")
        return int(cursor.fetchone()[0])


def locked_invoice(invoice: UUID) -> models.Invoice:
    """Return the row of an invoice, locked to the end of the transaction; it is locked before its payments.

    :raises InvoiceUnknown: if there is none.
    """
    row = models.Invoice.objects.select_for_update().filter(uuid=invoice).first()
    if row is None:
        raise InvoiceUnknown
    return row


@transaction.atomic
def cancel_invoice(*, invoice: UUID, reason: str, actor: Actor, now: datetime) -> Invoice:
    """Let an unpaid invoice fall away; one that is cancelled already stays so, and nothing more is recorded.

    :raises InvoiceUnknown: if there is none.
    :raises InvoiceNotOpen: if it was paid: money goes back by a refund.
    :raises InvoiceBeingPaid: while an attempt to pay may still become money.
    """
    row = locked_invoice(invoice)
    if row.state == InvoiceState.CANCELLED:
        return queries.get_invoice(invoice)
    if row.state != InvoiceState.OPEN:
        raise InvoiceNotOpen
    if row.payments.filter(state__in=rules.LIVE).exists():
        raise InvoiceBeingPaid
    row.state, row.closed_at = InvoiceState.CANCELLED, now
    row.save(update_fields=["state", "closed_at"])
    facts.record(
        INVOICE_CANCELLED, subject=row, actor=actor, at=now, about=[row.about_kind, row.about_uuid], reason=reason
    )
    return queries.get_invoice(invoice)
