"""A bank in memory: it keeps the promises of the port, and breaks them when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from divan.dealings.payments.values import (
    BankAnswer,
    BankRefused,
    BankSilent,
    BankState,
    Order,
    Registered,
    Share,
    StatedDay,
    StatedMovement,
)
from divan_libs.persian.jalali import TEHRAN


@dataclass
class MemoryBank:
    """A bank that is asked by the jobs of payments, and told by a test what the payer does."""

    orders: dict[UUID, Order] = field(default_factory=dict)
    answers: dict[UUID, BankAnswer] = field(default_factory=dict)
    refunds: dict[UUID, StatedMovement] = field(default_factory=dict)
    silent: bool = False
    refuses: str = ""
    now: datetime = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    calls: list[str] = field(default_factory=list)
    given: int = 0

    def _meet(self, call: str) -> None:
        self.calls.append(call)
        if self.silent:
            raise BankSilent("told to be")

    def register(self, order: Order) -> Registered:
        self._meet("register")
        if self.refuses:
            raise BankRefused(self.refuses)
        self.orders.setdefault(order.order, order)
        return Registered(token=f"token-{order.order.hex}", expires_at=self.now + timedelta(minutes=15))

    def ask(self, order: UUID, token: str) -> BankAnswer:  # noqa: ARG002 (the port)
        self._meet("ask")
        return self.answers.get(order) or self.say(order, BankState.OPEN if order in self.orders else BankState.UNKNOWN)

    def say(self, order: UUID, state: BankState, **told: object) -> BankAnswer:
        answer = {"order": order, "token": f"token-{order.hex}", "state": state} | told
        return BankAnswer(**answer)

    def pay(self, order: UUID, **told: object) -> None:
        """Let the payer pay; ``told`` replaces what the bank says of it."""
        self.given += 1
        known = {"amount": self.orders[order].amount, "reference": f"1{self.given:09}", "paid_at": self.now} | told
        self.answers[order] = self.say(order, BankState.PAID, **known)

    def end(self, order: UUID, state: BankState) -> None:
        """Let an order end without money."""
        self.answers[order] = self.say(order, state)

    def give_back(
        self,
        *,
        key: UUID,
        order: UUID,  # noqa: ARG002 (the port)
        amount: int,
        shares: tuple[Share, ...],
    ) -> tuple[str, datetime]:
        self._meet("give-back")
        if self.refuses:
            raise BankRefused(self.refuses)
        if key not in self.refunds:
            self.given += 1
            self.refunds[key] = StatedMovement(
                refund=True, order=str(key), reference=f"9{self.given:09}", amount=amount, shares=shares, at=self.now
            )
        return self.refunds[key].reference, self.refunds[key].at

    def statement(self, day: date) -> StatedDay:
        self._meet("statement")
        payments = [
            StatedMovement(
                refund=False,
                order=str(order),
                reference=answer.reference,
                amount=answer.amount,
                shares=self.orders[order].shares,
                at=answer.paid_at,
            )
            for order, answer in self.answers.items()
            if answer.state is BankState.PAID
        ]
        moved = [*payments, *self.refunds.values()]
        return StatedDay(day=day, movements=[one for one in moved if one.at.astimezone(TEHRAN).date() == day])

    def page(self, token: str) -> str:
        return f"https://bank.example/pay/{token}"
