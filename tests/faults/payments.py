"""An invoice of the villager, issued the same way by a test and by a process that is killed."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.payments import actions
from divan.dealings.payments.values import Beneficiary, NewLine
from divan.foundation.actors import SYSTEM

ABOUT = UUID(int=7)


def issue(world):
    """Issue the invoice, or get it back."""
    lines = [
        NewLine(
            service_code="rural-internet-coverage",
            about_kind="cases.case",
            about_uuid=ABOUT,
            tariff=tariff,
            row="ordinary",
            title_fa="هزینه",
            title_en="Cost",
            amount=amount,
            beneficiary=beneficiary,
            body_code="ict-directorate",
            law="LAW-1",
        )
        for tariff, amount, beneficiary in (("issue", 300_000, Beneficiary.TREASURY), ("survey", 1, Beneficiary.BODY))
    ]
    return actions.issue_invoice(
        about_kind="cases.case",
        about_uuid=ABOUT,
        payer=world.person("villager").uuid,
        title_fa="هزینه",
        title_en="Cost",
        lines=lines,
        due_at=None,
        actor=SYSTEM,
        now=world.now,
    )
