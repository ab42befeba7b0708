"""A province with accounts, an invoice to pay, and a bank in memory that obeys the test."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest

from .twin import MemoryBank


@pytest.fixture
def bank() -> MemoryBank:
    return MemoryBank()


@pytest.fixture
def lines():
    """Return lines: 300,000 rials for the treasury and 200,000 for the ICT directorate, of two cases."""
    from divan.dealings.payments.values import Beneficiary, NewLine  # noqa: PLC0415 (Django is ready only now)

    def of(*cases: UUID) -> list:
        first, second = cases if len(cases) == 2 else (cases or (uuid4(),)) * 2
        common = {"about_kind": "cases.case", "row": "ordinary", "body_code": "ict-directorate"}
        return [
            NewLine(
                service_code="building-permit",
                about_uuid=first,
                tariff="issue",
                title_fa="صدور پروانه",
                title_en="Issue of the permit",
                amount=300_000,
                beneficiary=Beneficiary.TREASURY,
                law="LAW-1",
                **common,
            ),
            NewLine(
                service_code="rural-internet-coverage",
                about_uuid=second,
                tariff="survey",
                title_fa="بازدید فنی",
                title_en="Technical survey",
                amount=200_000,
                beneficiary=Beneficiary.BODY,
                law="LAW-2",
                **common,
            ),
        ]

    return of


@pytest.fixture
def issue(world, lines) -> Callable:
    """Return a way to issue an invoice to a member of the cast."""
    from divan.dealings.payments import actions  # noqa: PLC0415 (Django is ready only now)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)

    def issue(key: str = "villager", about: UUID | None = None, **changes):
        about = about or uuid4()
        told = {"about_kind": "cases.case", "about_uuid": about, "lines": lines(about), "due_at": None} | changes
        return actions.issue_invoice(
            payer=world.person(key).uuid,
            title_fa="هزینهٔ خدمت",
            title_en="Cost of the service",
            actor=SYSTEM,
            now=world.now,
            **told,
        )

    return issue


@pytest.fixture
def work(world, bank) -> Callable:
    """Return a way to let the worker do what is due, some seconds later."""
    from divan.dealings.payments import jobs  # noqa: PLC0415 (Django is ready only now)

    def work(**span: float) -> None:
        now = world.pass_time(**(span or {"seconds": 1}))
        jobs.register_payments(now, at=bank)
        jobs.look_at_payments(now, at=bank)
        jobs.send_refunds(now, at=bank)

    return work


@pytest.fixture
def begin(world, work) -> Callable:
    """Return a way to begin paying an invoice as its payer, up to the bank's token."""
    from divan.dealings.payments import actions, queries  # noqa: PLC0415 (Django is ready only now)

    def begin(invoice, key: str = "villager"):
        payment = actions.begin_payment(invoice=invoice.uuid, actor=world.citizen(key), now=world.now)
        work()
        return queries.get_payment(payment.uuid)

    return begin


@pytest.fixture
def paid(issue, begin, bank, work) -> Callable:
    """Return a way to have an invoice that was paid."""
    from divan.dealings.payments import queries  # noqa: PLC0415 (Django is ready only now)

    def pay(**told):
        invoice = issue(**told)
        payment = begin(invoice)
        bank.pay(payment.uuid)
        work(minutes=1)
        return queries.get_invoice(invoice.uuid)

    return pay
