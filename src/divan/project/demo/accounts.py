"""To which invented accounts the money of the demo province goes: treasury, bodies and counter offices apart."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.payments import actions
from divan.dealings.payments.values import Beneficiary
from divan.foundation.actors import Actor

ACCOUNTS = (
    (Beneficiary.TREASURY, "", "IR740990000000000000000001", "خزانهٔ معین استان (نمایشی)"),
    (Beneficiary.BODY, "", "IR470990000000000000000002", "درآمد اختصاصی دستگاه‌ها (نمایشی)"),
    (Beneficiary.COUNTER_OFFICE, "", "IR200990000000000000000003", "سهم دفاتر پیشخوان (نمایشی)"),
    (Beneficiary.BODY, "ict-directorate", "IR900990000000000000000004", "اداره‌کل ارتباطات (نمایشی)"),
    (Beneficiary.BODY, "governor-office", "IR630990000000000000000005", "استانداری (نمایشی)"),
)
"""Beneficiary, body (empty: every body not named), Sheba of a bank that does not exist, title."""


def open_accounts(*, actor: Actor, now: datetime) -> None:
    """Lay down where money goes; again changes nothing."""
    for beneficiary, body, sheba, title in ACCOUNTS:
        actions.open_account(beneficiary=beneficiary, body_code=body, sheba=sheba, title_fa=title, actor=actor, now=now)
