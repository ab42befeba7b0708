"""The rehearsal's bank, met by the house's own adapter, in each of its moods."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from divan.dealings.payments.adapters.bank import HttpBank
from divan.dealings.payments.values import BankRefused, BankSilent, BankState, Order, Share
from divan_libs.persian.jalali import TEHRAN

SHARES = (Share(account="IR740990000000000000000001", amount=300), Share(account="IR47", amount=200))


@pytest.fixture
def bank(world) -> HttpBank:
    return HttpBank(f"{world.url}/bank", "divan", "rehearsal-key")


def order(return_address: str = "http://127.0.0.1:1/payments/return/x/", **told) -> Order:
    known = {"order": uuid4(), "amount": 500, "shares": SHARES, "return_address": return_address}
    return Order(**known | told)


def decide(world, bank: HttpBank, token: str, do: str) -> httpx.Response:
    page = bank.page(token)
    assert world.client.get(page).status_code == 200
    return world.client.post(page, data={"do": do})


def test_an_order_is_paid_asked_for_stated_and_given_back(world, bank):
    wanted = order()
    token = bank.register(wanted).token
    assert bank.ask(wanted.order, token).state is BankState.OPEN

    went = decide(world, bank, token, "pay")
    told = bank.ask(wanted.order, token)
    reference, at = bank.give_back(key=(key := uuid4()), order=wanted.order, amount=200, shares=SHARES[1:])

    assert (went.status_code, urlsplit(went.headers["location"]).path) == (303, "/payments/return/x/")
    assert (told.state, told.amount, told.token) == (BankState.PAID, 500, token)
    assert bank.give_back(key=key, order=wanted.order, amount=200, shares=SHARES[1:]) == (reference, at)
    stated = {
        (one.refund, one.order): one for one in bank.statement(datetime.now(UTC).astimezone(TEHRAN).date()).movements
    }
    assert stated[False, str(wanted.order)].reference == told.reference
    assert stated[False, str(wanted.order)].shares == SHARES
    assert (stated[True, str(key)].amount, stated[True, str(key)].reference) == (200, reference)
    with pytest.raises(BankRefused, match="amount"):
        bank.give_back(key=uuid4(), order=wanted.order, amount=301, shares=SHARES[:1])


def test_the_same_order_gets_the_same_token_and_another_amount_none(bank):
    wanted = order()
    first = bank.register(wanted)

    assert bank.register(wanted) == first
    with pytest.raises(BankRefused, match="order-used"):
        bank.register(replace(wanted, amount=300, shares=SHARES[:1]))
    with pytest.raises(BankRefused, match="shares"):
        bank.register(order(amount=501))


@pytest.mark.parametrize(("do", "state"), [("cancel", BankState.CANCELLED), ("close", BankState.OPEN)])
def test_who_cancels_or_closes_has_not_paid(world, bank, do, state):
    wanted = order()
    token = bank.register(wanted).token

    decide(world, bank, token, do)

    assert bank.ask(wanted.order, token).state is state


def test_an_order_that_the_bank_never_got_is_unknown(bank):
    assert bank.ask(uuid4(), "token").state is BankState.UNKNOWN


def test_a_wrong_key_is_silence_for_both_sides(world, bank):
    stranger = HttpBank(f"{world.url}/bank", "divan", "another key")

    with pytest.raises(BankSilent):
        stranger.register(order())
    unsigned = world.client.post("/bank/orders", json={"order": "x"})
    assert (unsigned.status_code, unsigned.json()) == (401, {"code": "signature"})


def test_an_answer_that_is_not_signed_over_the_very_question_is_silence(bank):
    wanted = order()
    token = bank.register(wanted).token
    kept: list[httpx.Response] = []

    class Replaying(httpx.BaseTransport):
        """Gives the first answer again, whatever is asked."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            if not kept:
                with httpx.HTTPTransport() as wire:
                    answer = wire.handle_request(request)
                    answer.read()
                kept.append(answer)
            return httpx.Response(kept[0].status_code, headers=kept[0].headers, content=kept[0].content)

    replaying = HttpBank(bank._address, "divan", "rehearsal-key", transport=Replaying())

    assert replaying.ask(wanted.order, token).state is BankState.OPEN
    with pytest.raises(BankSilent):
        replaying.ask(uuid4(), token)


def test_a_bank_that_is_down_is_silent_and_knows_everything_afterwards(world, bank):
    wanted = order()
    token = bank.register(wanted).token
    world.tell("bank", "down")

    with pytest.raises(BankSilent):
        bank.ask(wanted.order, token)
    world.tell("bank", "normal")

    assert bank.ask(wanted.order, token).state is BankState.OPEN


def test_a_lying_bank_lies_to_the_browser_and_not_under_its_signature(world, bank):
    wanted = order()
    token = bank.register(wanted).token
    world.tell("bank", "lie")

    brought = parse_qs(urlsplit(decide(world, bank, token, "cancel").headers["location"]).query)

    assert (brought["state"], brought["amount"], brought["token"]) == (["paid"], ["5000"], [token])
    assert bank.ask(wanted.order, token).state is BankState.CANCELLED


def test_a_mute_bank_takes_the_money_and_shows_no_way_back(world, bank):
    wanted = order()
    token = bank.register(wanted).token
    world.tell("bank", "mute")

    page = decide(world, bank, token, "pay")

    assert (page.status_code, "location" in page.headers) == (200, False)
    assert bank.ask(wanted.order, token).state is BankState.PAID
    refused = world.client.post("/behaviour", json={"service": "sms", "mode": "mute"})
    assert refused.status_code == 422


@contextlib.contextmanager
def listening() -> Iterator[tuple[str, list[UUID]]]:
    heard: list[UUID] = []
    enough = threading.Event()

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            heard.append(UUID(self.path.strip("/")))
            self.send_response(303)
            self.send_header("Content-Length", "0")
            self.end_headers()
            if len(heard) == 5:
                enough.set()

        def log_message(self, *_arguments: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", heard
        assert enough.wait(10)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_bank_that_repeats_itself_calls_back_five_times_at_once(world, bank):
    world.tell("bank", "repeat")
    with listening() as (address, heard):
        key = uuid4()
        token = bank.register(order(f"{address}/{key}/", order=key)).token
        decide(world, bank, token, "pay")

    assert heard == [key] * 5
