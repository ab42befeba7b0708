"""The played outside world speaks as the real one would: each twin is met by the house's own adapter."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

import httpx
import pytest

from divan.foundation.files import ClamScanner, ScannerSilent
from divan.foundation.messages import GatewayRefused, HttpMessageGateway
from divan.project.rehearsal.cast import CAST, by_national_code, member
from divan.project.rehearsal.scanner import EICAR
from divan.trust.exchange.values import ExchangeAnswer
from divan.trust.identity.adapters.civil_registry import RegistryByExchange
from divan.trust.identity.adapters.mobile_owners import OwnersByExchange
from divan.trust.identity.adapters.national_sign_on import OidcSignOn
from divan.trust.identity.adapters.registers import Question
from divan.trust.identity.urls import urlpatterns
from divan.trust.identity.values import InquiryState, Matched, NotMatched, SignOnRefused, SignOnSilent, Unknown
from divan_libs.persian.identifiers import parse_mobile, parse_national_code

VILLAGER, OUTSIDER = member("villager"), member("outsider")
NOBODY = "9991999994"


def question(one=VILLAGER, *, code: str = "", mobile: str = "") -> Question:
    return Question(
        national_code=code or one.national_code,
        purpose="test",
        message_id=str(uuid4()),
        on=date(2026, 11, 22),
        parameters={"mobile": mobile or one.mobile},
    )


@pytest.fixture
def ask(world):
    """Ask as the gateway would."""
    prefixes = {"civil-registry/person": "/civil-registry", "mobile-register/owner": "/mobile-register"}

    def send(*, data_service, path, query, timeout, **_known) -> ExchangeAnswer:
        headers = {"X-Road-Client": "LR/GOV/governor-office/divan"}
        answer = world.client.get(prefixes[data_service] + path, params=query, headers=headers, timeout=timeout)
        return ExchangeAnswer(status=answer.status_code, body=answer.content)

    return send


def test_every_member_of_the_cast_has_valid_identifiers_of_their_own():
    assert [parse_national_code(one.national_code) for one in CAST] == [one.national_code for one in CAST]
    assert [parse_mobile(one.mobile) for one in CAST] == [one.mobile for one in CAST]
    assert len({one.national_code for one in CAST}) == len({one.mobile for one in CAST}) == len(CAST) >= 10
    assert by_national_code(VILLAGER.national_code) is VILLAGER


def test_the_civil_registry_knows_the_cast_and_nobody_else(ask):
    registry = RegistryByExchange(ask)

    found = registry.answer(question())

    assert isinstance(found, Matched)
    assert found.fields == {
        "first_name": "زهرا",
        "last_name": "رستمی",
        "father_name": "علی",
        "birth_date": "1989-05-12",
        "alive": True,
    }
    assert registry.answer(question(code=NOBODY)) == NotMatched("no-record")


def test_the_mobile_register_knows_whose_number_is_whose(ask):
    owners = OwnersByExchange(ask)

    assert owners.answer(question()) == Matched({"mobile": VILLAGER.mobile})
    assert owners.answer(question(mobile=OUTSIDER.mobile)) == NotMatched("not-the-owner")


@pytest.mark.parametrize("path", [f"/civil-registry/persons/{VILLAGER.national_code}", "/mobile-register/owners"])
def test_registers_answer_only_through_the_exchange(world, path):
    assert world.client.get(path).status_code == 403


@pytest.mark.parametrize(
    ("mode", "state"), [("down", InquiryState.UNKNOWN), ("lie", InquiryState.UNKNOWN), ("slow", InquiryState.MATCHED)]
)
def test_registers_behave_as_they_are_told(world, ask, mode, state):
    world.tell("civil-registry", mode)
    world.tell("mobile-register", mode)
    begun = time.monotonic()

    assert RegistryByExchange(ask).answer(question()).state is state
    assert OwnersByExchange(ask).answer(question()).state is state

    assert mode != "slow" or time.monotonic() - begun >= 0.6


def test_an_answer_that_is_repeated_is_taken_for_no_other_person(world, ask):
    registry, owners = RegistryByExchange(ask), OwnersByExchange(ask)
    registry.answer(question())
    owners.answer(question())
    world.tell("civil-registry", "repeat")
    world.tell("mobile-register", "repeat")

    assert registry.answer(question(OUTSIDER)) == Unknown("answer-of-another", again=True)
    assert owners.answer(question(OUTSIDER, mobile=VILLAGER.mobile)) == Unknown("answer-of-another", again=True)


def choose(world, url: str, **chosen: str):
    """Choose on the page of the sign-on as a person does."""
    assert urlsplit(url).path == "/sign-on/authorize"
    shown = world.client.get(url)
    assert (shown.status_code, "نمایشی" in shown.text) == (200, True)
    return world.client.post(url, data=dict(parse_qsl(urlsplit(url).query)) | {"do": "enter"} | chosen)


def brought_back(answer: httpx.Response, world) -> dict[str, str]:
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(world.return_address + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


@pytest.fixture
def sign_on(world) -> Iterator[OidcSignOn]:
    with closing(httpx.HTTPTransport()) as transport:
        yield OidcSignOn(world.issuer, "divan", "rehearsal-secret", transport=transport)


def test_the_sign_on_vouches_for_whom_one_chose(world, sign_on):
    start = sign_on.begin(world.return_address)

    back = brought_back(choose(world, start.url, person=VILLAGER.national_code), world)
    person = sign_on.finish(start, code=back["code"], return_address=world.return_address, now=datetime.now(UTC))

    assert (person.national_code, person.first_name, person.last_name) == (VILLAGER.national_code, "زهرا", "رستمی")
    assert (back["state"], back["iss"]) == (start.state, world.issuer)
    with pytest.raises(SignOnRefused):
        sign_on.finish(start, code=back["code"], return_address=world.return_address, now=datetime.now(UTC))


def test_a_national_code_can_be_typed_with_persian_digits(world, sign_on):
    start = sign_on.begin(world.return_address)
    typed = OUTSIDER.national_code.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    assert "code" in brought_back(choose(world, start.url, national_code=typed), world)


@pytest.mark.parametrize("chosen", [{}, {"national_code": "123"}, {"national_code": NOBODY}])
def test_whoever_is_not_in_the_cast_is_asked_again(world, sign_on, chosen):
    answer = choose(world, sign_on.begin(world.return_address).url, **chosen)

    assert (answer.status_code, 'role="alert"' in answer.text) == (422, True)


def test_a_visitor_may_cancel(world, sign_on):
    start = sign_on.begin(world.return_address)

    back = brought_back(choose(world, start.url, do="cancel"), world)

    assert back == {"error": "access_denied", "state": start.state, "iss": world.issuer}


def test_an_unknown_client_or_return_address_gets_no_redirect(world, sign_on):
    url = sign_on.begin("http://elsewhere.example/").url

    assert world.client.get(url).status_code == 400
    assert world.client.get(sign_on.begin(world.return_address).url.replace("=divan", "=x")).status_code == 400


def test_without_pkce_there_is_no_code(world, sign_on):
    url = sign_on.begin(world.return_address).url.replace("S256", "plain")

    assert brought_back(world.client.get(url), world)["error"] == "invalid_request"


def test_a_wrong_secret_or_verifier_changes_no_code(world, sign_on):
    start = sign_on.begin(world.return_address)
    back = brought_back(choose(world, start.url, person=VILLAGER.national_code), world)
    form = {"grant_type": "authorization_code", "redirect_uri": world.return_address, "code": back["code"]}

    assert world.client.post("/sign-on/token", data=form, auth=("divan", "guess")).status_code == 401
    wrong = world.client.post("/sign-on/token", data=form | {"code_verifier": "x"}, auth=("divan", "rehearsal-secret"))
    assert (wrong.status_code, wrong.json()) == (400, {"error": "invalid_grant"})
    right = form | {"code_verifier": start.verifier}
    assert world.client.post("/sign-on/token", data=right, auth=("divan", "rehearsal-secret")).status_code == 400


@pytest.mark.parametrize("mode", ["lie", "repeat"])
def test_a_sign_on_that_lies_or_repeats_itself_proves_nobody(world, sign_on, mode):
    for chosen in (VILLAGER, OUTSIDER):
        start = sign_on.begin(world.return_address)
        back = brought_back(choose(world, start.url, person=chosen.national_code), world)
        if chosen is OUTSIDER:
            world.tell("sign-on", mode)
            with pytest.raises(SignOnRefused):
                sign_on.finish(start, code=back["code"], return_address=world.return_address, now=datetime.now(UTC))
        else:
            sign_on.finish(start, code=back["code"], return_address=world.return_address, now=datetime.now(UTC))


def test_a_sign_on_that_is_down_is_silent(world, sign_on):
    world.tell("sign-on", "down")

    with pytest.raises(SignOnSilent):
        sign_on.begin(world.return_address)


def test_visitors_come_back_to_the_address_that_is_registered_there(world):
    [back] = [str(route.pattern) for route in urlpatterns if route.name == "national-return"]

    assert world.return_address == f"http://localhost:{world.port}/{back}"


def inbox(world, to: str) -> list[str]:
    return [one["text"] for one in world.client.get("/sms/inbox", params={"to": to}).json()["messages"]]


def test_a_message_arrives_once_however_often_it_is_sent(world):
    gateway, key = HttpMessageGateway(f"{world.url}/sms/messages", "rehearsal"), uuid4()

    references = {gateway.send(key=key, recipient="09990000001", text="کد شما ۱۲۳۴۵") for _ in range(3)}

    assert len(references) == 1
    assert inbox(world, "09990000001") == ["کد شما ۱۲۳۴۵"]
    with pytest.raises(GatewayRefused):
        gateway.send(key=key, recipient="09990000001", text="another")


@pytest.mark.parametrize(
    ("url", "token", "recipient"),
    [("/sms/messages", "guess", "09990000002"), ("/sms/messages", "rehearsal", "12345")],
)
def test_a_wrong_token_or_number_is_refused_for_good(world, url, token, recipient):
    with pytest.raises(GatewayRefused):
        HttpMessageGateway(world.url + url, token).send(key=uuid4(), recipient=recipient, text="x")
    assert inbox(world, recipient) == []


@pytest.mark.parametrize(("mode", "arrived"), [("repeat", 2), ("lie", 0)])
def test_a_gateway_of_messages_may_repeat_itself_or_lie(world, mode, arrived):
    world.tell("sms", mode)
    number = f"0999111{arrived:04d}"

    assert HttpMessageGateway(f"{world.url}/sms/messages", "rehearsal").send(key=uuid4(), recipient=number, text="x")

    assert inbox(world, number) == ["x"] * arrived


def test_a_gateway_of_messages_that_is_down_may_be_asked_again(world):
    world.tell("sms", "down")

    with pytest.raises(httpx.HTTPStatusError):
        HttpMessageGateway(f"{world.url}/sms/messages", "rehearsal").send(
            key=uuid4(), recipient="09990000003", text="x"
        )


@pytest.mark.parametrize("split", [0, 10, 40])
def test_the_scanner_finds_the_pest_also_across_two_pieces(world, split):
    scanner = ClamScanner(f"localhost:{world.port + 6}")
    pieces = [piece for piece in (b"start" + EICAR[:split], EICAR[split:] + b"end") if piece]

    assert scanner.find(pieces) == "Eicar-Test-Signature"
    assert scanner.find([b"%PDF-1.7 harmless"]) == ""


@pytest.mark.parametrize("mode", ["down", "lie"])
def test_without_a_verdict_the_scanner_is_silent(world, mode):
    world.tell("scanner", mode)

    with pytest.raises(ScannerSilent):
        ClamScanner(f"localhost:{world.port + 6}").find([b"%PDF-1.7"])


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"service": "oracle", "mode": "down"}, "service"),
        ({"service": "sms", "mode": "angry"}, "mode"),
        ({"service": "sms", "mode": "slow", "seconds": 0}, "seconds"),
        ({"service": "sms", "mode": "slow", "seconds": "long"}, "form"),
        ([], "form"),
    ],
)
def test_what_is_no_behaviour_is_refused(world, told, code):
    before = world.client.get("/behaviour").json()

    answer = world.client.post("/behaviour", json=told)

    assert (answer.status_code, answer.json()) == (422, {"code": code})
    assert world.client.get("/behaviour").json() == before


def test_behaviour_can_be_told_on_a_page_and_is_seen_by_others(world):
    sent = world.client.post("/behaviour", data={"service": "sms", "mode": "slow", "seconds": "7"})

    assert (sent.status_code, sent.headers["location"]) == (303, "/")
    assert '<option value="slow" selected>' in world.client.get("/").text
    assert world.client.get("/behaviour").json()["sms"] == {"mode": "slow", "seconds": 7.0}
    assert json.loads(json.dumps(world.client.get("/behaviour").json()))["scanner"]["mode"] == "normal"
