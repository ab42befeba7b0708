"""Paying: what a case costs is reckoned from its answers, asked once, and paid before it goes on."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.notices import send_notice
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.queries.permits import invoice_of
from divan.dealings.cases.values import (
    INVOICE_ASKED,
    INVOICE_DROPPED,
    CaseInvoice,
    CaseState,
    NotComplete,
    NothingToPay,
)
from divan.dealings.payments import actions as payments
from divan.dealings.payments import queries as invoices
from divan.dealings.payments.values import Beneficiary, InvoiceBeingPaid, InvoiceNotOpen, NewLine
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.canonical import digest
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.answers import Missing
from divan_libs.servicepack.bundles import Bundle
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.fees import Charge, fee_of
from divan_libs.servicepack.models import Package

SUBMISSION = "submission"


def charges_due(row: models.Case, package: Package, *, before: str, now: datetime) -> list[Charge]:
    """Return what a case still has to pay before a point of its way: of each charge what paid invoices do not cover."""
    need = package.needs.payment
    if need is None or need.before != before:
        return []
    context = queries.context_of(case_of(row), package, now.astimezone(TEHRAN).date())
    if not _required(package, need.when, context):
        return []
    paid: dict[str, int] = defaultdict(int)
    for settled in models.CaseInvoice.objects.filter(case=row, state="paid"):
        for line in invoices.get_invoice(settled.invoice_uuid).lines:
            if line.about_uuid == row.uuid:
                paid[line.tariff] += line.amount - line.refunded
    return [
        replace(charge, amount=charge.amount - paid[charge.tariff])
        for charge in fee_of(package, context).charges
        if charge.amount > paid[charge.tariff]
    ]


def _required(package: Package, when: str | None, context: Context) -> bool:
    evaluator = Evaluator(package, context)
    return evaluator.holds(when, evaluator.view().answers)


def require_paid(row: models.Case, package: Package, *, before: str, now: datetime) -> None:
    """Refuse to go on while something is to be paid first.

    :raises NotComplete: with the requirement to pay.
    """
    need = package.needs.payment
    if need is not None and charges_due(row, package, before=before, now=now):
        raise NotComplete(missing=(Missing("payment", need.code),))


@transaction.atomic
def ask_payment(*, case: UUID, actor: Actor, now: datetime) -> CaseInvoice:
    """Reckon what one's own draft, or one's case that waits for a fee, costs now, and give the invoice to be paid.

    An invoice for the same charges is given again; when the answers have changed what is due, the old one falls away.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises NothingToPay: if nothing is due.
    :raises InvoiceBeingPaid: while an attempt to pay the old invoice may still become money.
    """
    row = locked_case(case, actor)
    package = catalogue.get_package(row.version.uuid)
    before = SUBMISSION if row.state == CaseState.DRAFT else row.step
    if row.state not in {CaseState.DRAFT, CaseState.PAYMENT}:
        raise NothingToPay
    charges = charges_due(row, package, before=before, now=now)
    if not charges:
        raise NothingToPay
    return _invoice_for(row, package, charges, actor=actor, now=now)


def _invoice_for(
    row: models.Case, package: Package, charges: list[Charge], *, actor: Actor, now: datetime
) -> CaseInvoice:
    reckoned = _reckoned(charges)
    known = models.CaseInvoice.objects.select_for_update().filter(case=row, state="open").first()
    if known is not None and known.reckoned_from == reckoned:
        return invoice_of(known)
    if known is not None:
        _drop(known, actor=actor, now=now)
    invoice = payments.issue_invoice(
        about_kind=row.subject_kind,
        about_uuid=row.uuid,
        payer=row.applicant.uuid,
        title_fa=package.text("card.title", "fa"),
        title_en=package.text("card.title", "en"),
        lines=[line_of(row, package, charge) for charge in charges],
        due_at=None,
        actor=actor,
        now=now,
    )
    return invoice_of(_share(row, invoice.uuid, charges, actor=actor, now=now))


def _reckoned(charges: list[Charge]) -> str:
    return digest([[charge.tariff, charge.row, charge.amount] for charge in charges]).hex()


def _share(
    row: models.Case, invoice: UUID, charges: list[Charge], *, actor: Actor, now: datetime
) -> models.CaseInvoice:
    asked = models.CaseInvoice.objects.create(
        uuid=uuid4(),
        case=row,
        invoice_uuid=invoice,
        amount=sum(charge.amount for charge in charges),
        reckoned_from=_reckoned(charges),
        state="open",
        issued_at=now,
    )
    facts.record(INVOICE_ASKED, subject=asked, actor=actor, at=now, invoice=invoice, amount=asked.amount)
    return asked


Charged = list[tuple[models.Case, Package, list[Charge]]]


def invoice_together(
    run: models.BundleRun, bundle: Bundle, charged: Charged, *, actor: Actor, now: datetime
) -> CaseInvoice:
    """Give one invoice for several drafts, in the running transaction that holds them; each has its share in it.

    A draft that costs nothing has a share of nothing, so that the payment submits it with the others.

    :raises NothingToPay: if none of them costs anything.
    :raises InvoiceBeingPaid: while an attempt to pay an older invoice may still become money.
    """
    if not any(charges for _row, _package, charges in charged):
        raise NothingToPay
    known = _known_together(charged)
    if known is not None:
        return invoice_of(known)
    for row, _package, _charges in charged:
        held = models.CaseInvoice.objects.select_for_update().filter(case=row, state="open").first()
        if held is not None:
            _drop(held, actor=actor, now=now)
    invoice = payments.issue_invoice(
        about_kind=run.subject_kind,
        about_uuid=run.uuid,
        payer=run.person.uuid,
        title_fa=bundle.text("title", "fa"),
        title_en=bundle.text("title", "en"),
        lines=[line_of(row, package, charge) for row, package, charges in charged for charge in charges],
        due_at=None,
        actor=actor,
        now=now,
    )
    power_may_fail("bundle.after-invoice")
    shares = [_share(row, invoice.uuid, charges, actor=actor, now=now) for row, _package, charges in charged]
    return invoice_of(shares[0])


def _known_together(charged: Charged) -> models.CaseInvoice | None:
    """Return a share of the open invoice that asks for exactly these charges of exactly these cases, or None."""
    rows = {row.pk: _reckoned(charges) for row, _package, charges in charged}
    held = list(models.CaseInvoice.objects.select_for_update().filter(case_id__in=rows, state="open").order_by("id"))
    if len(held) != len(rows) or len({share.invoice_uuid for share in held}) != 1:
        return None
    if any(rows[share.case_id] != share.reckoned_from for share in held):
        return None
    others = models.CaseInvoice.objects.filter(invoice_uuid=held[0].invoice_uuid, state="open").exclude(
        case_id__in=rows
    )
    return None if others.exists() else held[0]


def line_of(row: models.Case, package: Package, charge: Charge) -> NewLine:
    """Return a charge of a case as the line of an invoice."""
    key = f"fees.{charge.tariff}.title"
    return NewLine(
        service_code=package.code,
        about_kind=row.subject_kind,
        about_uuid=row.uuid,
        tariff=charge.tariff,
        row=charge.row,
        title_fa=package.text(key, "fa"),
        title_en=package.text(key, "en"),
        amount=charge.amount,
        beneficiary=Beneficiary(str(charge.beneficiary)),
        body_code=package.card.provider.body,
        law=charge.law,
    )


def ask_on_the_way(row: models.Case, package: Package, step: str, *, actor: Actor, now: datetime) -> bool:
    """Let a case wait for its fee before a step, its clocks standing still; return whether there is one to wait for."""
    charges = charges_due(row, package, before=step, now=now)
    if not charges:
        return False
    row.state, row.due_at = CaseState.PAYMENT, None
    models.ClockPause.objects.create(case=row, reason="payment", starts_at=now)
    row.save()
    _invoice_for(row, package, charges, actor=actor, now=now)
    facts.record(INVOICE_ASKED, subject=row, actor=actor, at=now, step=step)
    if package.flow.asked_message:
        send_notice(row, package, package.flow.asked_message, actor=actor, now=now)
    return True


def drop_open_invoice(row: models.Case, *, actor: Actor, now: datetime) -> None:
    """Let the unpaid invoice of a case fall away; one that is being paid stays until that is decided."""
    known = models.CaseInvoice.objects.select_for_update().filter(case=row, state="open").first()
    if known is not None:
        with contextlib.suppress(InvoiceBeingPaid):
            _drop(known, actor=actor, now=now)


def _drop(known: models.CaseInvoice, *, actor: Actor, now: datetime) -> None:
    """Let an unpaid invoice fall away, with the shares of all cases in it."""
    with contextlib.suppress(InvoiceNotOpen):
        payments.cancel_invoice(invoice=known.invoice_uuid, reason="changed", actor=actor, now=now)
        shares = models.CaseInvoice.objects.select_for_update().filter(invoice_uuid=known.invoice_uuid, state="open")
        for share in shares.order_by("id"):
            share.state = "cancelled"
            share.save(update_fields=["state"])
            facts.record(INVOICE_DROPPED, subject=share, actor=actor, at=now)
