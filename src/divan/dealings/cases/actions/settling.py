"""Settling: an invoice was paid, and the case that waited for it goes on by itself."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.asking import renew_old_answers
from divan.dealings.cases.actions.bundling import note_sent
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.paying import SUBMISSION, charges_due
from divan.dealings.cases.actions.submitting import begin_flow
from divan.dealings.cases.actions.tasks import open_task, restart_clocks
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import CASE_MOVED, INVOICE_SETTLED, CaseState
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.answers import complete


@transaction.atomic
def note_paid(*, invoice: UUID, actor: Actor, now: datetime) -> None:
    """Note that an invoice was paid, for each case that has a share in it; a second time changes nothing.

    A complete draft is submitted by the payment itself, so that whoever pays and closes the window has applied. One
    that was changed meanwhile stays a draft, paid as far as it is.
    """
    shares = models.CaseInvoice.objects.filter(invoice_uuid=invoice, state="open").order_by("case_id")
    cases = list(shares.values_list("case__uuid", flat=True))
    for case in cases:
        _settle(case, invoice, actor=actor, now=now)
    note_sent(cases, actor=actor, now=now)


def _settle(case: UUID, invoice: UUID, *, actor: Actor, now: datetime) -> None:
    row = locked_case(case)
    share = models.CaseInvoice.objects.select_for_update().filter(invoice_uuid=invoice, case=row, state="open").first()
    if share is None:
        return
    share.state, share.paid_at = "paid", now
    share.save(update_fields=["state", "paid_at"])
    facts.record(INVOICE_SETTLED, subject=share, actor=actor, at=now, invoice=invoice)
    power_may_fail("case.after-settling")
    package = catalogue.get_package(row.version.uuid)
    today = now.astimezone(TEHRAN).date()
    if row.state == CaseState.DRAFT:
        renew_old_answers(row, package, actor=actor, now=now)
        whole = not complete(package, queries.context_of(case_of(row), package, today))
        if whole and not charges_due(row, package, before=SUBMISSION, now=now):
            begin_flow(row, package, actor=actor, now=now)
    elif row.state == CaseState.PAYMENT and not charges_due(row, package, before=row.step, now=now):
        models.ClockPause.objects.filter(case=row, ends_at__isnull=True).update(ends_at=now)
        row.state, row.changed_at = CaseState.OPEN, now
        row.due_at = queries.due_of_case(row, now)
        row.save()
        facts.record(CASE_MOVED, subject=row, actor=actor, at=now, step=row.step)
        restart_clocks(row, actor=actor, now=now)
        arrival = flow_rules.enter(package, row.step, queries.context_of(case_of(row), package, today))
        for opening in arrival.opens:
            open_task(row, package, opening.step, track=opening.track, actor=actor, now=now)
