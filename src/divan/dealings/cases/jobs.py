"""What cases does later: follow registers' answers, documents and clocks, and clear away old drafts."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from divan.dealings.cases import actions, models
from divan.dealings.cases.values import CaseState
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import FactRecord
from divan.trust.identity.values import INQUIRY_ANSWERED
from divan.trust.ledger import queries as ledger
from divan.trust.signing import actions as signing
from divan.trust.signing import queries as documents
from divan.trust.signing.values import DOCUMENT_ISSUED

DRAFT_LIFE = timedelta(days=90)


def follow_facts(now: datetime) -> int:
    """Note what registers answered and which documents were issued."""

    def handle(fact: FactRecord) -> None:
        if fact.kind == INQUIRY_ANSWERED.code:
            actions.note_answer(inquiry=fact.subject_uuid, actor=SYSTEM, now=now)
        else:
            actions.note_issued_document(document=fact.subject_uuid, actor=SYSTEM, now=now)

    return facts.follow("cases", handle, kinds=(INQUIRY_ANSWERED, DOCUMENT_ISSUED))


def hand_receipts(now: datetime) -> int:
    """Give each requested document the receipt of its sealed decision, so that it can be made and signed."""
    given = 0
    for document, fact in documents.list_awaiting_receipt():
        receipt = ledger.find_receipt(fact)
        if receipt is not None:
            signing.give_receipt(document=document, receipt=receipt, actor=SYSTEM, now=now)
            given += 1
    return given


def run_clocks(now: datetime) -> int:
    """Carry out what silence means for the tasks whose clock has run out."""
    overdue: list[UUID] = list(
        models.Task.objects.filter(
            closed_at__isnull=True, escalated_at__isnull=True, due_at__lt=now, case__state=CaseState.OPEN
        )
        .order_by("due_at")
        .values_list("uuid", flat=True)[:100]
    )
    return sum(actions.let_clock_run_out(task=task, actor=SYSTEM, now=now) for task in overdue)


def clear_drafts(now: datetime) -> int:
    """Erase the answers of drafts that nobody has touched for 90 days."""
    old = models.Case.objects.filter(state=CaseState.DRAFT, changed_at__lt=now - DRAFT_LIFE).values_list(
        "uuid", flat=True
    )[:100]
    for case in list(old):
        actions.abandon_draft(case=case, actor=SYSTEM, now=now)
    return len(old)
