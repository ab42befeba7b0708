"""What a scratch copy lacks for a drill, made by the house's own actions: a payment, where nobody has paid yet."""

from __future__ import annotations

from uuid import uuid4

from django.db import connection

from divan.dealings.payments import actions as payments
from divan.dealings.payments.values import Beneficiary, NewLine
from divan.foundation import clock, facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.project.rehearsal.cast import member
from divan.registers.people import queries as people
from divan.trust.ledger import actions as ledger

PAYER = "villager"
AMOUNT = 300_000


def furnish() -> None:
    """Let a villager begin to pay where the copy holds no payment, and seal all that is not sealed yet."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM payments_payment")
        if cursor.fetchone()[0] == 0:
            _pay()
    while facts.place_facts():
        pass
    while ledger.seal_batch(actor=SYSTEM, now=clock.now()):
        pass


def _pay() -> None:
    payer = people.find_person(member(PAYER).national_code)
    if payer is None:
        return
    case, now = uuid4(), clock.now()
    line = NewLine(
        service_code="building-permit",
        about_kind="cases.case",
        about_uuid=case,
        tariff="issue",
        row="ordinary",
        title_fa="Cost of the service",
        title_en="Cost of the service",
        amount=AMOUNT,
        beneficiary=Beneficiary.TREASURY,
        body_code="ict-directorate",
        law="drill",
    )
    issued = payments.issue_invoice(
        about_kind="cases.case",
        about_uuid=case,
        payer=payer.uuid,
        title_fa=line.title_fa,
        title_en=line.title_en,
        lines=[line],
        due_at=None,
        actor=SYSTEM,
        now=now,
    )
    payments.begin_payment(invoice=issued.uuid, actor=Actor(kind=ActorKind.CITIZEN, uuid=payer.uuid), now=now)
