"""Applying by a citizen's own program: what the pages do, by the interface alone; officers and the bank have pages."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import APIRequestContext, APIResponse
from tests.waiting import PATIENCE, wait_for

from divan_libs.persian.identifiers import national_code_with_check_digit
from divan_libs.persian.jalali import TEHRAN

from .people import NUMBER, Stage
from .test_shipped_services import decide

API = "/api/v1"
HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "apply-by-the-interface.md"
HUSBAND = national_code_with_check_digit("999200001")
SON = national_code_with_check_digit("999200002")
VILLAGE = "1503050001219674"


@dataclass(slots=True)
class Program:
    """A program that holds the session of somebody who signed in on the pages."""

    request: APIRequestContext
    token: str = field(default="")

    def __post_init__(self) -> None:
        self.token = self.request.get(f"{API}/session").json()["csrf_token"]

    def read(self, address: str) -> Any:
        answer = self.request.get(address, headers={"Accept-Language": "en"})
        assert answer.status == 200, answer.text()
        return answer.json()

    def change(self, method: str, address: str, content: Any = None, **headers: str) -> APIResponse:
        """Send a change twice under one key, as a program does that heard no answer; both are answered the same."""
        known = {"X-CSRFToken": self.token, "Idempotency-Key": str(uuid4()), "Accept-Language": "en", **headers}
        answer = self.request.fetch(address, method=method, data=content, headers=known)
        if method == "POST":
            assert self.request.fetch(address, method=method, data=content, headers=known).text() == answer.text()
        return answer

    def done(self, method: str, address: str, content: Any = None, **headers: str) -> Any:
        answer = self.change(method, address, content, **headers)
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def begin(self, service: str) -> str:
        return str(self.done("POST", f"{API}/services/{service}/applications")["address"])

    def save(self, address: str, answers: dict[str, Any]) -> None:
        """Save answers over those that are read now."""
        revision = self.read(f"{address}/answers")["revision"]
        self.done("PATCH", f"{address}/answers", {"answers": answers}, **{"If-Match": revision})

    def wait(self, address: str, until: Callable[[Any], object]) -> Any:
        """Read an address again until something holds of it."""
        found: list[Any] = []

        def look() -> object:
            found[:] = [self.read(address)]
            return until(found[0])

        wait_for(look, otherwise=lambda: found, every=0.5)
        return found[0]

    def registers_answered(self, address: str) -> Any:
        return self.wait(address, lambda found: all(one["state"]["code"] != "asked" for one in found["inquiries"]))

    def place(self, words: str, level: str) -> str:
        return str(self.read(f"{API}/places?q={words}&level={level}")["items"][0]["code"])


@pytest.fixture
def program(stage: Stage) -> Program:
    page = stage.window()
    stage.become(page, "villager")
    return Program(page.request)


def day(days_ago: int) -> str:
    return (datetime.now(TEHRAN).date() - timedelta(days=days_ago)).isoformat()


def pay(stage: Stage, program: Program, invoice: str) -> None:
    """Begin to pay, go to the bank's page as soon as it is ready, and pay there."""
    begun = program.done("POST", f"{invoice}/payments")
    ready = program.wait(f"{invoice}/payments/{begun['uuid']}", lambda found: found["bank_address"])
    bank = stage.window()
    bank.goto(ready["bank_address"])
    bank.locator("button[value=pay]").click(no_wait_after=True)
    bank.wait_for_url(lambda url: "/bank/pay/" not in url, timeout=60_000)
    program.wait(invoice, lambda found: found["state"]["code"] == "paid")


def answers_of_a_mother(program: Program) -> dict[str, Any]:
    return {
        "declarant": "mother",
        "father_absence": "absent",
        "born_on": day(7),
        "birth_county": program.place("خرم", "county"),
        "sex": "girl",
        "order_of_birth": "single",
        "child_name": "گل‌نار",
        "attended_by": "institution",
        "father_kind": "iranian",
        "father": {"national_code": HUSBAND, "born_on": "1364/12/11"},
        "recipient": "مادر",
        "address": address(postal_code="1619735744"),
        "truth": True,
    }


def member(code: str, born_on: str, relation: str) -> dict[str, Any]:
    person = {"national_code": code, "born_on": born_on}
    return {"member": person, "relation": relation, "disabled": False, "studying": False}


def address(**more: str) -> dict[str, str]:
    return {"province": "لرستان", "county": "خرم‌آباد", "city": "خرم‌آباد", "lines": "کوچهٔ ۲", **more}


def test_a_birth_is_declared_paid_for_and_registered_by_a_program(stage: Stage, program: Program):
    application = program.begin("birth-registration")
    program.registers_answered(application)
    early = program.change("POST", f"{application}/submission")
    program.save(application, answers_of_a_mother(program))
    ready = program.registers_answered(application)

    due = program.done("POST", f"{application}/submission")
    pay(stage, program, due["address"])
    case = program.wait(f"{API}/me/cases/{due['case']}", lambda found: found["number"])
    officer = stage.window()
    decide(officer, "civil-registry-expert", case["number"], "propose-registration", text="ثبت شود.")
    decide(officer, "civil-registry-director", case["number"], "sign", confirmed="yes")

    assert (early.status, early.json()["type"]) == (422, "cases.not-complete")
    assert {one["code"] for one in early.json()["errors"]} == {"missing.answer"}
    assert [one["kind"] for one in ready["missing"]] == []
    assert due["state"] == "payment-due"
    told = program.wait(f"{API}/me/cases/{due['case']}", lambda found: found["document_pdf"])
    assert program.request.get(told["document_pdf"]).body().startswith(b"%PDF")
    assert told["messages"]


def test_a_refusal_is_objected_to_and_the_case_is_rated_by_a_program(stage: Stage, program: Program):
    application = program.begin("rural-internet-coverage")
    program.registers_answered(application)
    program.save(
        application,
        {
            "contact_mobile": "09121234567",
            "village": VILLAGE,
            "relation": "resident",
            "present_access": "none",
            "households": 35,
            "purpose": ["education"],
            "description": "مدرسه روستا اینترنت ندارد.",
            "truth": True,
        },
    )
    sent = program.done("POST", f"{application}/submission")
    address, number, officer = f"{API}/me/cases/{sent['case']}", sent["number"], stage.window()

    for key, action, answers in (
        ("village-head", "confirm", {}),
        ("district-head", "endorse", {}),
        ("ict-expert", "propose-rejection", {"codes": ["REQ-HOUSEHOLDS"], "text": "شمار خانوار کم است."}),
        ("ict-deputy", "paraph", {}),
        ("ict-director", "sign", {"confirmed": "yes"}),
    ):
        decide(officer, key, number, action, **answers)
    refused = program.wait(address, lambda found: found["may"]["object_until"])
    program.done("POST", f"{address}/objection", {"text": "چهل خانوار هستیم."})
    heard = program.read(address)
    decide(officer, "governor-officer", number, "uphold", text="تصمیم درست است.", confirmed="yes")
    closed = program.wait(address, lambda found: found["may"]["rate"])
    program.done("POST", f"{address}/rating", {"stars": 3})

    assert refused["decisions"][0]["negative"] is True
    assert (heard["state"]["code"], [one["state"]["code"] for one in heard["objections"]]) == ("open", ["heard"])
    assert [one["state"]["code"] for one in closed["objections"]] == ["upheld"]
    assert program.read(address)["stars"] == 3


def test_a_life_event_is_answered_once_paid_once_and_sent_by_a_program(stage: Stage, program: Program):
    chosen = {"answers": {"needs_support": True, "child_disabled": False}}
    bundle = program.done("POST", f"{API}/life-events/child-is-born/bundles", chosen)["address"]
    parts = {one["service"]: f"{API}/me/applications/{one['case']}" for one in program.read(bundle)["parts"]}
    for application in parts.values():
        program.registers_answered(application)

    shared = {"contact_mobile": "09121234567", "address": address(postal_code="1619735744")}
    program.done("PATCH", f"{bundle}/answers", {"answers": shared})
    birth = {name: answer for name, answer in answers_of_a_mother(program).items() if name != "address"}
    program.save(parts["birth-registration"], birth)
    program.save(
        parts["family-welfare-payment"],
        {
            "acts_for": "own-family",
            "members": [
                member(HUSBAND, "1364/12/11", "spouse"),
                member(SON, "1395/07/09", "child"),
            ],
            "reason": ["unemployment"],
            "county": program.place("خرم", "county"),
            "dwelling": "own",
            "sheba": "IR82 0540 1026 8002 0817 9090 02",
            "truth": True,
        },
    )
    for application in parts.values():
        program.registers_answered(application)
    lacking = [one["missing"] for one in program.read(bundle)["parts"]]
    due = program.done("POST", f"{bundle}/submission")
    pay(stage, program, due["address"])
    sent = program.wait(bundle, lambda found: found["state"] == "sent")

    assert set(parts) == {"birth-registration", "family-welfare-payment"}
    assert lacking == [[], []]
    assert due["state"] == "payment-due"
    assert all(one["number"] for one in sent["parts"])


def test_to_another_persons_program_nothing_of_it_exists(stage: Stage, program: Program):
    application = program.begin("birth-registration")
    page = stage.window()
    stage.become(page, "outsider")
    stranger = Program(page.request)

    for address in (application, f"{application}/answers", application.replace("applications", "cases")):
        assert stranger.request.get(address).status == 404
    assert stranger.change("POST", f"{application}/submission").status == 404
    assert stranger.change("DELETE", application).status == 404
    assert program.change("DELETE", application, **{"X-CSRFToken": "t" * 32}).json()["type"] == "api.origin-refused"
    assert program.change("DELETE", application).status == 204


def test_the_example_of_the_documents_sends_one_request_once(stage: Stage):
    page = stage.window()
    stage.become(page, "villager")
    example = re.search(r"```sh\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    session = next(one["value"] for one in page.context.cookies() if one["name"] == "divan_session")

    ran = subprocess.run(
        ["sh", "-c", example[1]],
        env={**os.environ, "HOUSE": stage.installation.url, "SESSION": session},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    missing, first, again = ran.stdout.splitlines()
    assert (missing, first) == ("missing: []", again)
    assert NUMBER.fullmatch(first)
