"""The bank: what the house asks of one, and a bank that is reached over HTTP.

The calls of :class:`HttpBank` are what the twin in the rehearsal answers; a real gateway gets an adapter of its own
that keeps the same promises (docs/adr/0025-payments.md).
"""

from __future__ import annotations

import hmac
import json
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import httpx
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

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

LIMIT = httpx.Timeout(10.0, connect=3.0)
LONGEST_ANSWER = 32 * 1024 * 1024


class Bank(Protocol):
    """Somebody who takes money from payers for us; every call may be made again under the same key, with one effect."""

    def register(self, order: Order) -> Registered:
        """Announce a payment and return its token.

        :raises BankSilent: when no answer came that is the bank's.
        :raises BankRefused: when it will never take this order.
        """

    def ask(self, order: UUID, token: str) -> BankAnswer:
        """Ask how an order stands; of one that was paid, the bank keeps the money from now on.

        :raises BankSilent: when no answer came that is the bank's.
        """

    def give_back(self, *, key: UUID, order: UUID, amount: int, shares: tuple[Share, ...]) -> tuple[str, datetime]:
        """Give money of an order back and return the bank's reference and moment.

        :raises BankSilent: when no answer came that is the bank's.
        :raises BankRefused: when it will never do so.
        """

    def statement(self, day: date) -> StatedDay:
        """Return what moved on a day, in Tehran.

        :raises BankSilent: when no answer came that is the bank's.
        """

    def page(self, token: str) -> str:
        """Return the address at which the payer pays an order."""


class _Told(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


Shape = TypeVar("Shape", bound=_Told)


class _Token(_Told):
    order: str
    token: str = Field(min_length=16, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")
    expires_at: AwareDatetime


class _Standing(_Told):
    order: str
    token: str
    state: BankState
    amount: int = 0
    reference: str = Field("", max_length=60)
    paid_at: AwareDatetime | None = None


class _GivenBack(_Told):
    key: str
    reference: str = Field(min_length=1, max_length=60)
    at: AwareDatetime


class _Movement(_Told):
    refund: bool
    order: str
    reference: str = Field(min_length=1, max_length=60)
    amount: int = Field(gt=0)
    shares: list[tuple[str, int]]
    at: AwareDatetime


class _Day(_Told):
    day: date
    movements: list[_Movement]


def signature(key: str, *parts: bytes) -> str:
    """Return the HMAC-SHA-256, in hex, over parts that are told apart by their lengths."""
    content = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(key.encode(), content, "sha256").hexdigest()


class HttpBank:
    """A bank reached over HTTP: each call is signed, and each answer is signed over the call that it answers.

    What is not signed was not said by the bank, whatever it says: a proxy's error page, an answer to another question.
    """

    def __init__(self, address: str, terminal: str, key: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self._address, self._terminal, self._key = address.rstrip("/"), terminal, key
        self._transport = transport

    def page(self, token: str) -> str:
        """Return the address of the page that asks for the card."""
        return f"{self._address}/pay/{token}"

    def register(self, order: Order) -> Registered:
        """Announce a payment; see :class:`Bank`."""
        told = self._call(
            "/orders",
            {
                "order": str(order.order),
                "amount": order.amount,
                "shares": [[share.account, share.amount] for share in order.shares],
                "return_address": order.return_address,
            },
        )
        answer = _read(_Token, told)
        if answer.order != str(order.order):
            raise BankSilent("answer of another order")
        return Registered(token=answer.token, expires_at=answer.expires_at)

    def ask(self, order: UUID, token: str) -> BankAnswer:
        """Ask how an order stands; see :class:`Bank`."""
        answer = _read(_Standing, self._call("/orders/verify", {"order": str(order), "token": token}))
        try:
            named = UUID(answer.order)
        except ValueError as error:
            raise BankSilent("no order is named") from error
        return BankAnswer(
            order=named,
            token=answer.token,
            state=answer.state,
            amount=answer.amount,
            reference=answer.reference,
            paid_at=answer.paid_at,
        )

    def give_back(self, *, key: UUID, order: UUID, amount: int, shares: tuple[Share, ...]) -> tuple[str, datetime]:
        """Give money back; see :class:`Bank`."""
        parts = [[share.account, share.amount] for share in shares]
        told = self._call("/refunds", {"key": str(key), "order": str(order), "amount": amount, "shares": parts})
        answer = _read(_GivenBack, told)
        if answer.key != str(key):
            raise BankSilent("answer of another refund")
        return answer.reference, answer.at

    def statement(self, day: date) -> StatedDay:
        """Return what moved on a day; see :class:`Bank`."""
        answer = _read(_Day, self._call("/statement", {"day": day.isoformat()}))
        if answer.day != day:
            raise BankSilent("statement of another day")
        movements = [
            StatedMovement(
                refund=one.refund,
                order=one.order,
                reference=one.reference,
                amount=one.amount,
                shares=tuple(Share(account=account, amount=amount) for account, amount in one.shares),
                at=one.at,
            )
            for one in answer.movements
        ]
        return StatedDay(day=day, movements=movements)

    def _call(self, path: str, said: Mapping[str, object]) -> bytes:
        body, moment = json.dumps(said).encode(), str(int(time.time()))
        signed = signature(self._key, self._terminal.encode(), path.encode(), moment.encode(), body)
        headers = {
            "Content-Type": "application/json",
            "Bank-Terminal": self._terminal,
            "Bank-Time": moment,
            "Bank-Signature": signed,
        }
        try:
            with httpx.Client(timeout=LIMIT, transport=self._transport, trust_env=False) as client:
                answer = client.post(f"{self._address}{path}", content=body, headers=headers)
        except httpx.HTTPError as error:
            raise BankSilent(str(error)) from error
        return self._opened(answer, signed)

    def _opened(self, answer: httpx.Response, asked: str) -> bytes:
        own = signature(self._key, asked.encode(), str(answer.status_code).encode(), answer.content)
        is_signed = hmac.compare_digest(own.encode(), answer.headers.get("bank-signature", "").encode())
        if not is_signed or len(answer.content) > LONGEST_ANSWER:
            raise BankSilent(f"an answer that is not the bank's: {answer.status_code}")
        if 400 <= answer.status_code < 500:
            raise BankRefused(_code_of(answer))
        if answer.status_code != 200:
            raise BankSilent(str(answer.status_code))
        return answer.content


def _code_of(answer: httpx.Response) -> str:
    try:
        told: Any = answer.json()
    except ValueError:
        told = None
    code = told.get("code") if isinstance(told, dict) else None
    return str(code or answer.status_code)[:60]


def _read(shape: type[Shape], told: bytes) -> Shape:
    try:
        return shape.model_validate_json(told)
    except ValidationError as error:
        raise BankSilent(f"not an answer: {error.error_count()} faults") from error
