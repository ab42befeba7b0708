"""What is said between the house and the bank."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of a payment the bank passes on to an account, or takes back from it."""

    account: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the bank is asked to take from a payer; ``order`` is the attempt's identifier and the idempotency key."""

    order: UUID
    amount: int
    shares: tuple[Share, ...]
    return_address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The bank will take this payment, under a token, until a moment."""

    token: str
    expires_at: datetime


class BankState(StrEnum):
    """What the bank says of an order."""

    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class BankAnswer:
    """What the bank says, server to server, of one of our orders."""

    order: UUID
    token: str
    state: BankState
    amount: int = 0
    reference: str = ""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedMovement:
    """A line of the bank's statement: a payment, or with ``refund`` money that went back."""

    refund: bool
    order: str
    reference: str
    amount: int
    shares: tuple[Share, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedDay:
    """The bank's statement of a day, in Tehran."""

    day: date
    movements: Sequence[StatedMovement]


class BankSilent(Exception):
    """The bank did not answer, or what came is not the bank's answer; asking again under the same key is safe."""


class BankRefused(Exception):
    """The bank will never do this; ``reason`` is its code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
