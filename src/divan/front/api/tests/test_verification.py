"""What a stranger learns of a document or a file."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from divan.dealings.cases import jobs as cases
from divan.dealings.cases import queries
from divan.foundation import clock, facts
from divan.foundation.actors import SYSTEM
from divan.foundation.duties import Duty, run_until_idle
from divan.front.api.operations import verification
from divan.trust.ledger import actions as ledger
from divan.trust.ledger import jobs as sealing
from divan.trust.signing import jobs as signing
from divan.trust.signing import queries as documents

from .doors import citizen

ADDRESS = "/api/v1/verification"
DUTIES = (
    Duty("sequencer", lambda _now: facts.place_facts()),
    Duty("sealer", sealing.seal),
    Duty("case-facts", cases.follow_facts),
    Duty("receipts", cases.hand_receipts),
    Duty("documents", signing.issue_documents),
)


def upload(client, content: bytes):
    return client.post(ADDRESS, {"file": SimpleUploadedFile("letter.pdf", content, "application/pdf")})


@pytest.fixture
def issued(world, tmp_path, monkeypatch):
    """Return the document of a case that was decided, sealed, issued and sealed again."""
    app = apps.get_app_config("ledger")
    own = {"directory": tmp_path / "log", "key_file": tmp_path / "log.key", "verifier_file": tmp_path / "log.vkey"}
    monkeypatch.setattr(app, "options", replace(app.options, **own))
    monkeypatch.setattr(clock, "now", lambda: world.now)
    ledger.open_log(actor=SYSTEM, now=world.now)
    case = world.at_step("over")
    run_until_idle(DUTIES, now=world.now)
    return documents.get_document(queries.find_decision(case.uuid).document)


def test_the_code_of_a_genuine_document_tells_who_signed_what_when(client, issued):
    answer = client.get(f"{ADDRESS}/{issued.code}")

    found = answer.json()
    assert (answer.status_code, found["genuine"], found["standing"]) == (200, True, "genuine")
    assert (found["number"], found["signer_name"]) == (issued.number, issued.signer_name)
    assert found["sha256"] == hashlib.sha256(documents.read_pdf(issued.uuid)).hexdigest()
    assert found["receipt"].startswith("c2sp.org/tlog-proof@v1")
    assert "recipient" not in found
    assert issued.recipient not in answer.content.decode()


def test_the_file_itself_is_judged_like_its_code(client, issued):
    by_file = upload(client, documents.read_pdf(issued.uuid)).json()

    assert by_file == client.get(f"{ADDRESS}/{issued.code}").json()


def test_an_altered_file_is_called_altered_and_the_place_is_named(client, issued):
    content = bytearray(documents.read_pdf(issued.uuid))
    content[len(content) // 2] ^= 1

    found = upload(client, bytes(content)).json()

    assert (found["genuine"], found["standing"]) == (False, "altered")
    assert found["alteration"]["kind"] == "changed"
    assert found["alteration"]["at"] == len(content) // 2


def test_the_applicant_gets_number_code_and_file_of_the_document(world, issued):
    found = citizen(world).get(f"/api/v1/me/cases/{issued.about_uuid}", {"language": "en"}).json()

    assert found["document"]["code"] == issued.code
    assert found["document_pdf"] == f"/documents/{issued.uuid}.pdf"
    assert [event["kind"] for event in found["events"]] == [
        "cases.case-submitted",
        "cases.decision-signed",
        "cases.case-closed",
    ]


def test_a_file_that_is_no_pdf_gets_a_verdict_not_an_error(client, world):
    answer = upload(client, b"hello")

    assert (answer.status_code, answer.json()["standing"], answer.json()["genuine"]) == (200, "not-a-pdf", False)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "foundation.file-empty"), (b"12345", "foundation.file-too-large")],
    ids=["empty", "too large"],
)
def test_a_file_that_cannot_be_judged_is_refused(client, world, monkeypatch, content, code):
    monkeypatch.setattr(verification, "LARGEST", 4)

    answer = upload(client, content)

    assert (answer.status_code // 100, answer.json()["type"]) == (4, code)


def test_an_unknown_code_is_not_found_and_counted(client, world):
    codes = [f"AAAA-AAAA-{number:04}" for number in range(61)]

    answers = [client.get(f"{ADDRESS}/{code}").status_code for code in codes]

    assert answers == [404] * 60 + [429]
