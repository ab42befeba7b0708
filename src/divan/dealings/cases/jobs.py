"""What cases does later: follow registers' answers, documents, payments and clocks, and clear away old drafts."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.actions import outside
from divan.dealings.cases.values import CaseState, OutsideOrder
from divan.dealings.payments.values import INVOICE_PAID
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import Post
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent
from divan.trust.identity.values import INQUIRY_ANSWERED
from divan.trust.ledger import queries as ledger
from divan.trust.signing import actions as signing
from divan.trust.signing import queries as documents
from divan.trust.signing.values import DOCUMENT_ISSUED
from divan_libs.servicepack import flow_rules

logger = logging.getLogger(__name__)

DRAFT_LIFE = timedelta(days=90)
BATCH = 100
ORDERS_AT_ONCE = 20
ORDER_TIMEOUT = 10.0


def follow_facts(now: datetime) -> int:
    """Note what registers answered, which documents were issued and which invoices were paid."""

    def handle(fact: FactRecord) -> None:
        if fact.kind == INQUIRY_ANSWERED.code:
            actions.note_answer(inquiry=fact.subject_uuid, actor=SYSTEM, now=now)
        elif fact.kind == INVOICE_PAID.code:
            actions.note_paid(invoice=fact.subject_uuid, actor=SYSTEM, now=now)
        else:
            actions.note_issued_document(document=fact.subject_uuid, actor=SYSTEM, now=now)

    return facts.follow("cases", handle, kinds=(INQUIRY_ANSWERED, DOCUMENT_ISSUED, INVOICE_PAID))


def hand_receipts(now: datetime) -> int:
    """Give each requested document the receipt of its sealed decision, so that it can be made and signed."""
    given = 0
    for document, fact in documents.list_awaiting_receipt():
        receipt = ledger.find_receipt_to_keep(fact, now=now)
        if receipt is not None:
            signing.give_receipt(document=document, receipt=receipt, actor=SYSTEM, now=now)
            given += 1
    return given


def run_clocks(now: datetime) -> int:
    """Carry out what silence means for tasks and cases whose clock has run out, and end pauses that are over."""
    running = (CaseState.OPEN, CaseState.AFTERCARE)
    overdue: list[UUID] = list(
        models.Task.objects.filter(closed_at__isnull=True, silent=False, due_at__lt=now, case__state__in=running)
        .order_by("due_at")
        .values_list("uuid", flat=True)[:BATCH]
    )
    done = sum(actions.let_clock_run_out(task=task, actor=SYSTEM, now=now) for task in overdue)
    late: list[UUID] = list(
        models.Case.objects.filter(
            state=CaseState.OPEN, due_at__lt=now, deadline_passed_at__isnull=True, has_deadline=True
        )
        .order_by("due_at")
        .values_list("uuid", flat=True)[:BATCH]
    )
    done += sum(actions.let_deadline_pass(case=case, actor=SYSTEM, now=now) for case in late)
    over = models.ClockPause.objects.filter(ends_at__isnull=True, until__lte=now).values_list("case__uuid", flat=True)
    return done + sum(actions.end_pause(case=case, actor=SYSTEM, now=now) for case in list(over[:BATCH]))


def run_permits(now: datetime) -> int:
    """End permits whose time is over, begin reassessments that are due, and submit those whose registers answered."""
    ending, due = queries.list_permits_ending(now), queries.list_permits_to_assess(now)
    for permit in ending:
        actions.expire_permit(permit=permit, actor=SYSTEM, now=now)
    for permit in due:
        actions.begin_reassessment(permit=permit, actor=SYSTEM, now=now)
    ready = queries.list_reassessments()
    submitted = sum(actions.submit_reassessment(case=case, actor=SYSTEM, now=now) for case in ready)
    return len(ending) + len(due) + submitted


Ask = Callable[..., ExchangeAnswer]


def follow_orders(now: datetime, *, ask: Ask = exchange.ask) -> int:
    """Put the orders of waiting steps to other bodies and ask for the state of those that were put."""
    begun, done = time.monotonic(), 0
    while done < ORDERS_AT_ONCE:
        moment = now + timedelta(seconds=time.monotonic() - begun)
        order = outside.take_due_order(now=moment)
        if order is None:
            break
        _carry(order, ask, moment)
        done += 1
    return done


def _carry(order: OutsideOrder, ask: Ask, now: datetime) -> None:
    """Take one order a step further, with no transaction open while the other body thinks."""
    try:
        told = _read(_sent(order, ask))
    except (ExchangeSilent, ValueError):
        # No answer, or an order that does not say whom it is about where its body wants to know: asked again, and seen
        # by the officer whose clock for it runs.
        told = None
    if told is None:
        logger.warning("order %s at %s got no answer that can be read", order.uuid, order.data_service)
        outside.note_order_silent(order=order.uuid, now=now)
        return
    # The other body has taken the order, the row does not say so yet. After a power cut here the lease runs out and the
    # same order goes out again under the same number, which its side takes for the same one.
    power_may_fail("order.after-send")
    if order.put_at is None:
        actions.note_order_put(order=order.uuid, actor=SYSTEM, now=now)
    wait = _wait_of(order)
    state, reference = told.get(wait[0], ""), told.get(wait[1] or "reference", "")
    actions.note_order_state(
        order=order.uuid,
        state=state if isinstance(state, str) else "",
        reference=str(reference or ""),
        actor=SYSTEM,
        now=now,
    )


def _wait_of(order: OutsideOrder) -> tuple[str, str | None]:
    task = queries.get_task(order.task)
    step = flow_rules.step_of(queries.get_package_of(queries.get_case(task.case)), task.step)
    return (step.wait.state_field, step.wait.reference_field) if step.wait else ("state", None)


def _read(answer: ExchangeAnswer) -> dict[str, object] | None:
    if answer.status not in {200, 201}:
        return None
    try:
        told = json.loads(answer.body)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _ordering_post(task: UUID) -> Post | None:
    """Return the post whose act brought a case to a waiting step, or None where it was the applicant's or nobody's."""
    opened = next(iter(facts.of_subjects([task])), None)
    post = opened.actor.get("post") if opened is not None else None
    return people.get_post(UUID(str(post))) if post else None


def _sent(order: OutsideOrder, ask: Ask) -> ExchangeAnswer:
    put = order.put_at is None
    post = _ordering_post(order.task)
    return ask(
        data_service=order.data_service,
        path=f"/orders/{order.case_number}",
        # Where an order is about a person, it names the person as ``subject``; that body counts it among its looks.
        subject=str(order.fields.get("subject", "")),
        method="PUT" if put else "GET",
        body=dict(order.fields) if put else None,
        post=post.title_fa if post else "",
        post_body=post.unit.body_code if post else "",
        # An order is one message however often it is sent; each look at its state is a message of its own.
        message_id=str(order.message_id if put else uuid5(order.message_id, order.next_at.isoformat())),
        timeout=ORDER_TIMEOUT,
    )


def clear_drafts(now: datetime) -> int:
    """Erase the answers of drafts that nobody has touched for 90 days."""
    old = models.Case.objects.filter(state=CaseState.DRAFT, changed_at__lt=now - DRAFT_LIFE).values_list(
        "uuid", flat=True
    )[:100]
    for case in list(old):
        actions.abandon_draft(case=case, actor=SYSTEM, now=now)
    return len(old)


def expire_signatures(now: datetime) -> int:
    """End signatures of second parties whose time is over under applications that were not sent."""
    over: list[UUID] = list(
        models.CaseSignature.objects.filter(state="signed", ended_at__isnull=True, until__lt=now)
        .filter(case__state__in=(CaseState.DRAFT, CaseState.CORRECTION))
        .order_by("until")
        .values_list("uuid", flat=True)[:BATCH]
    )
    return sum(actions.expire_signature(signature=one, actor=SYSTEM, now=now) for one in over)
