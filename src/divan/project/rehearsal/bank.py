"""The payment gateway of an invented bank: orders, a page that asks for no card, refunds, the statement of a day.

Calls and answers are signed by HMAC-SHA-256 under a key both sides know. A payment is kept for the house only once the
house has asked for it; what nobody asks for in half an hour goes back to the payer by itself, as real gateways do.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import httpx
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from divan.project.rehearsal import bank_pages
from divan.project.rehearsal.behaviour import Behaviours, Mode
from divan.project.rehearsal.settings import Settings
from divan_libs.persian.jalali import TEHRAN

ORDER_LIFE = timedelta(minutes=15)
UNASKED_LIFE = timedelta(minutes=30)
CLOCKS_DIFFER = 300
REPEATED = 5
Told = tuple[dict[str, object], int]


@dataclass(slots=True)
class OrderRow:
    """An order as the bank keeps it."""

    order: str
    token: str
    amount: int
    shares: list[list[object]]
    return_address: str
    expires_at: str
    state: str = "open"
    reference: str = ""
    paid_at: str = ""
    asked: bool = False


@dataclass(slots=True)
class RefundRow:
    """Money that went back, under the key of the house."""

    key: str
    order: str
    amount: int
    shares: list[list[object]]
    reference: str
    at: str


@dataclass(slots=True)
class Book:
    """What the bank knows; written to a file with every change, because money outlives a restart."""

    file: Path
    orders: dict[str, OrderRow] = field(default_factory=dict)
    refunds: dict[str, RefundRow] = field(default_factory=dict)

    @classmethod
    def opened(cls, file: Path) -> Book:
        """Return the book as it was left."""
        book = cls(file)
        with contextlib.suppress(FileNotFoundError, ValueError):
            known = json.loads(file.read_text(encoding="utf-8"))
            book.orders = {one["order"]: OrderRow(**one) for one in known["orders"]}
            book.refunds = {one["key"]: RefundRow(**one) for one in known["refunds"]}
        return book

    def keep(self) -> None:
        """Write the book."""
        content = {
            "orders": [asdict(one) for one in self.orders.values()],
            "refunds": [asdict(one) for one in self.refunds.values()],
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(".draft")
        draft.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        draft.replace(self.file)

    def by_token(self, token: str) -> OrderRow | None:
        """Return the order with a token, brought to this moment, or None."""
        found = next((one for one in self.orders.values() if hmac.compare_digest(one.token, token)), None)
        if found is not None:
            self.let_time_pass(found)
        return found

    def let_time_pass(self, row: OrderRow) -> None:
        """Let an order expire that was not paid in time, and give back money that the house never asked for."""
        now = datetime.now(UTC)
        unpaid = row.state == "open" and now > datetime.fromisoformat(row.expires_at)
        unasked = row.state == "paid" and not row.asked and now > datetime.fromisoformat(row.paid_at) + UNASKED_LIFE
        if unpaid or unasked:
            row.state = "expired"
            self.keep()


class Bank:
    """The bank's gateway, below ``/bank``.

    Slow and down are what they say. When it repeats itself it calls the house back five times at once before the payer
    returns. When it lies, what the payer brings back says the contrary of what happened, with another amount; the
    answers to the house stay true, for they are signed. When it is mute it takes the money and shows no way back.
    """

    def __init__(self, behaviours: Behaviours, told: Settings) -> None:
        self._behaviours = behaviours
        self._told = told
        self._book = Book.opened(told.data / "bank.json")
        self._tasks: set[asyncio.Task[None]] = set()
        self.routes = [
            Route("/bank/orders", self._answering(self.register), methods=["POST"]),
            Route("/bank/orders/verify", self._answering(self.verify), methods=["POST"]),
            Route("/bank/refunds", self._answering(self.give_back), methods=["POST"]),
            Route("/bank/statement", self._answering(self.statement), methods=["POST"]),
            Route("/bank/pay/{token}", self.page, methods=["GET"]),
            Route("/bank/pay/{token}", self.pay, methods=["POST"]),
        ]

    def _answering(self, deed: Callable[[Mapping[str, object]], Told]) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            await self._behaviours.meet("bank")
            body = await request.body()
            asked = request.headers.get("bank-signature", "")
            path = request.url.path.removeprefix("/bank")
            if not self._is_ours(request, path, body):
                return self._signed(asked, {"code": "signature"}, 401)
            try:
                told, status = deed(json.loads(body))
            except (ValueError, TypeError, KeyError):
                told, status = {"code": "message"}, 422
            return self._signed(asked, told, status)

        return answer

    def _is_ours(self, request: Request, path: str, body: bytes) -> bool:
        moment, terminal = (request.headers.get(name, "") for name in ("bank-time", "bank-terminal"))
        right = signature(self._told.bank_key, terminal.encode(), path.encode(), moment.encode(), body)
        is_signed = hmac.compare_digest(right.encode(), request.headers.get("bank-signature", "").encode())
        is_fresh = moment.isdigit() and abs(time.time() - int(moment)) <= CLOCKS_DIFFER
        return is_signed and is_fresh and terminal == self._told.bank_terminal

    def _signed(self, asked: str, told: Mapping[str, object], status: int) -> Response:
        content = json.dumps(told).encode()
        signed = signature(self._told.bank_key, asked.encode(), str(status).encode(), content)
        return Response(content, status, {"Bank-Signature": signed}, media_type="application/json")

    def register(self, said: Mapping[str, object]) -> Told:
        """Take an order: the same one again gets the same token; another amount under its key is 409."""
        order, amount, shares = str(said["order"]), said["amount"], said["shares"]
        if not isinstance(amount, int) or amount <= 0 or not isinstance(shares, list):
            return {"code": "amount"}, 422
        if sum(int(part[1]) for part in shares) != amount:
            return {"code": "shares"}, 422
        known = self._book.orders.get(order)
        if known is None:
            expires_at = (datetime.now(UTC) + ORDER_LIFE).isoformat()
            known = OrderRow(order, secrets.token_urlsafe(24), amount, shares, str(said["return_address"]), expires_at)
            self._book.orders[order] = known
            self._book.keep()
        elif known.amount != amount:
            return {"code": "order-used"}, 409
        return {"order": order, "token": known.token, "expires_at": known.expires_at}, 200

    def verify(self, said: Mapping[str, object]) -> Told:
        """Say how an order stands; whoever asks for one that was paid gets its money for good."""
        order = str(said["order"])
        row = self._book.orders.get(order)
        if row is None:
            return {"order": order, "token": str(said.get("token", "")), "state": "unknown"}, 200
        self._book.let_time_pass(row)
        told: dict[str, object] = {"order": order, "token": row.token, "state": row.state}
        if row.state == "paid":
            if not row.asked:
                row.asked = True
                self._book.keep()
            told |= {"amount": row.amount, "reference": row.reference, "paid_at": row.paid_at}
        return told, 200

    def give_back(self, said: Mapping[str, object]) -> Told:
        """Give money of a paid order back; the same key again gets the same reference."""
        key, order, amount, shares = str(said["key"]), str(said["order"]), said["amount"], said["shares"]
        known = self._book.refunds.get(key)
        row = self._book.orders.get(order)
        gone = sum(one.amount for one in self._book.refunds.values() if one.order == order)
        if known is None:
            if row is None or row.state != "paid" or not isinstance(shares, list):
                return {"code": "order"}, 422
            if not isinstance(amount, int) or not 0 < amount <= row.amount - gone:
                return {"code": "amount"}, 422
            known = RefundRow(key, order, amount, shares, _reference("9"), datetime.now(UTC).isoformat())
            self._book.refunds[key] = known
            self._book.keep()
        elif (known.order, known.amount) != (order, amount):
            return {"code": "key-used"}, 409
        return {"key": key, "reference": known.reference, "at": known.at}, 200

    def statement(self, said: Mapping[str, object]) -> Told:
        """Return what moved on a day in Tehran: payments that were asked for, and refunds."""
        day = date.fromisoformat(str(said["day"]))
        moved: list[dict[str, object]] = [
            {"refund": False, "order": one.order, "reference": one.reference, "amount": one.amount}
            | {"shares": one.shares, "at": one.paid_at}
            for one in self._book.orders.values()
            if one.state == "paid" and one.asked
        ]
        moved += [
            {"refund": True, "order": one.key, "reference": one.reference, "amount": one.amount}
            | {"shares": one.shares, "at": one.at}
            for one in self._book.refunds.values()
        ]
        of_day = [one for one in moved if _day(str(one["at"])) == day]
        return {"day": day.isoformat(), "movements": of_day}, 200

    async def page(self, request: Request) -> Response:
        """Show the payer what is to be paid, or how the order stands."""
        await self._behaviours.meet("bank")
        row = self._book.by_token(request.path_params["token"])
        return bank_pages.asking(row) if row else bank_pages.unknown()

    async def pay(self, request: Request) -> Response:
        """Take the payer's decision: ``pay``, ``cancel``, or ``close``, which tells nobody anything."""
        mode = await self._behaviours.meet("bank")
        row = self._book.by_token(request.path_params["token"])
        if row is None:
            return bank_pages.unknown()
        do = dict(parse_qsl((await request.body()).decode("utf-8", "replace"))).get("do", "")
        if do == "close":
            return bank_pages.closed()
        if row.state == "open" and do == "pay":
            row.state, row.reference, row.paid_at = "paid", _reference("1"), datetime.now(UTC).isoformat()
        elif row.state == "open" and do == "cancel":
            row.state = "cancelled"
        self._book.keep()
        if mode is Mode.MUTE and row.state == "paid":
            return bank_pages.mute(row)
        if mode is Mode.REPEAT:
            self._tasks.add(task := asyncio.create_task(self._call_back(row)))
            task.add_done_callback(self._tasks.discard)
        return RedirectResponse(f"{row.return_address}?{urlencode(_brought(row, mode))}", 303)

    async def _call_back(self, row: OrderRow) -> None:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            calls = [client.post(row.return_address, data=_brought(row, Mode.NORMAL)) for _ in range(REPEATED)]
            await asyncio.gather(*calls, return_exceptions=True)


def _brought(row: OrderRow, mode: Mode) -> dict[str, str]:
    """Return what the payer's browser carries back; the house believes none of it but the token."""
    state, amount = row.state, row.amount
    if mode is Mode.LIE:
        state, amount = ("cancelled" if state == "paid" else "paid"), amount * 10
    return {"token": row.token, "state": state, "amount": str(amount)}


def _reference(first: str) -> str:
    return first + "".join(secrets.choice("0123456789") for _ in range(11))


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(TEHRAN).date()


def signature(key: str, *parts: bytes) -> str:
    """Return the HMAC-SHA-256, in hex, over parts that are told apart by their lengths."""
    content = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.new(key.encode(), content, "sha256").hexdigest()
