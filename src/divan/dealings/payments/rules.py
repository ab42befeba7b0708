"""What payments decides: what an answer of the bank means, when it is asked again, what may go back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from divan.dealings.payments.values import (
    BankAnswer,
    BankState,
    InvoiceState,
    LinesFaulty,
    NewLine,
    PaymentState,
    RefundTooLarge,
    Share,
)
from divan_libs.persian.amounts import LARGEST_RIALS
from divan_libs.persian.jalali import TEHRAN

LIVE = frozenset({PaymentState.BEGUN, PaymentState.REGISTERED, PaymentState.RETURNED, PaymentState.IN_DOUBT})
"""States in which an attempt may still become money; an invoice has at most one such attempt."""

MOST_LINES = 200
LEASE = timedelta(seconds=30)
"""How long a call to the bank is left alone before a crash between call and answer is assumed."""

REGISTER_PATIENCE = timedelta(minutes=2)
DOUBT_AFTER = timedelta(seconds=60)
"""How long a payer who came back is told to wait before the page says that nobody knows."""

FINANCE_ROLES = ("finance-officer", "governor-officer")
"""Role codes of those who see invoices and decide refunds; the second for every body."""


class Verdict(StrEnum):
    """What an answer of the bank does to an attempt."""

    WAIT = "wait"
    REOPEN = "reopen"
    DOUBT = "doubt"
    FAIL = "fail"
    PAY = "pay"
    SURPLUS = "surplus"


def number_body(jalali_year: int, serial: int) -> str:
    """Return an invoice's number before its check digits: the year in four digits, a serial of eight or more."""
    return f"{jalali_year:04d}-{serial:08d}"


def require_sound(lines: Sequence[NewLine]) -> int:
    """Return the sum of the lines of a new invoice.

    :raises LinesFaulty: ``count``, ``amount`` (a negative one), ``title``, ``law``, ``body``, or ``total`` (nothing to
        pay, or more than has words).
    """
    if not 1 <= len(lines) <= MOST_LINES:
        raise LinesFaulty(reason="count")
    for line in lines:
        if line.amount < 0:
            raise LinesFaulty(reason="amount")
        for name, value in (("title", line.title_fa), ("law", line.law), ("body", line.body_code)):
            if not value.strip():
                raise LinesFaulty(reason=name)
    total = sum(line.amount for line in lines)
    if not 0 < total <= LARGEST_RIALS:
        raise LinesFaulty(reason="total")
    return total


def shares_by_account(parts: Iterable[tuple[str, int]]) -> tuple[Share, ...]:
    """Return what each account gets, by account; accounts that get nothing are absent."""
    sums: dict[str, int] = {}
    for account, amount in parts:
        sums[account] = sums.get(account, 0) + amount
    return tuple(Share(account=account, amount=amount) for account, amount in sorted(sums.items()) if amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What the meaning of an answer depends on: the attempt, and its invoice."""

    order: UUID
    token: str
    amount: int
    state: PaymentState
    invoice_state: InvoiceState
    returned_at: datetime | None


def verdict(attempt: Attempt, answer: BankAnswer) -> tuple[Verdict, str]:
    """Return what an answer means for an attempt, with a reason; only an answer that agrees in everything pays.

    An attempt that ended without money is looked at as well: a bank may change its mind, and the money is real.
    """
    if attempt.state in {PaymentState.VERIFIED, PaymentState.SURPLUS}:
        return Verdict.WAIT, ""
    if answer.order != attempt.order or (attempt.token and answer.token != attempt.token):
        return Verdict.DOUBT, "answer-of-another"
    match answer.state:
        case BankState.OPEN:
            # Whoever came back without paying may go there again.
            waits = attempt.state in {PaymentState.RETURNED, PaymentState.IN_DOUBT}
            return (Verdict.REOPEN if waits else Verdict.WAIT), ""
        case BankState.CANCELLED:
            return Verdict.FAIL, "cancelled"
        case BankState.EXPIRED:
            return Verdict.FAIL, "expired"
        case BankState.UNKNOWN:
            # Before the token is known here nobody can have paid; afterwards the bank has lost something.
            return (Verdict.DOUBT, "unknown-at-bank") if attempt.token else (Verdict.WAIT, "")
        case BankState.PAID:
            return _of_money(attempt, answer)


def _of_money(attempt: Attempt, answer: BankAnswer) -> tuple[Verdict, str]:
    if answer.amount != attempt.amount:
        return Verdict.DOUBT, "amount-differs"
    if not answer.reference:
        return Verdict.DOUBT, "no-reference"
    return (Verdict.PAY, "") if attempt.invoice_state is InvoiceState.OPEN else (Verdict.SURPLUS, "")


def is_now_in_doubt(state: PaymentState, returned_at: datetime | None, now: datetime) -> bool:
    """Whether a payer who came back has waited so long that the page must say that nobody knows."""
    return state is PaymentState.RETURNED and returned_at is not None and now - returned_at >= DOUBT_AFTER


def pause_before_look(looks: int, *, hurried: bool) -> timedelta:
    """Return how long to wait after so many looks: from 2 seconds for who waits before a page, from 15 else.

    Both grow to ten minutes; nobody's money is forgotten, so there is no end.
    """
    first = 2 if hurried else 15
    return timedelta(seconds=min(first * 2 ** min(looks // 3, 10), 600))


def has_given_up_registering(begun_at: datetime, now: datetime) -> bool:
    """Whether a bank that gives no token is asked no more: the payer has none, so no money can have left."""
    return now - begun_at >= REGISTER_PATIENCE


def refund_shares(left: Mapping[UUID, int], wanted: Mapping[UUID, int] | None) -> dict[UUID, int]:
    """Return what goes back of each line: what is wanted, or with None all that is left.

    :raises RefundTooLarge: for an unknown line, an amount below one rial or above what is left, or nothing at all.
    """
    if wanted is None:
        wanted = {line: amount for line, amount in left.items() if amount > 0}
    for line, amount in wanted.items():
        if not 0 < amount <= left.get(line, 0):
            raise RefundTooLarge(left=left.get(line, 0))
    if not wanted:
        raise RefundTooLarge(left=0)
    return dict(wanted)


def refunded_state(total: int, gone_back: int) -> InvoiceState:
    """Return the state of a paid invoice of which so much has gone back."""
    if gone_back <= 0:
        return InvoiceState.PAID
    return InvoiceState.REFUNDED if gone_back >= total else InvoiceState.PARTLY_REFUNDED


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """Return the first moment of a day in Tehran and of the day after."""
    return datetime.combine(day, time.min, TEHRAN), datetime.combine(day + timedelta(days=1), time.min, TEHRAN)
