"""What else belongs to an application and a case: files, second parties, visits, papers, ratings, permits."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from divan.dealings.cases import actions, models
from divan.dealings.cases.tests import outside, workshop
from divan.dealings.cases.tests.outside import WITNESS
from divan.foundation import files
from divan.foundation.apps import options
from divan.foundation.files import FileInfected
from divan.foundation.models import StoredFile
from divan.trust.exchange import queries as exchange

from .doors import citizen, signed_in

PDF = b"%PDF-1.7 an invented paper"
ENGLISH = {"accept-language": "en"}


class Scanner:
    """A scanner that finds nothing, or what a test puts into a file."""

    def __init__(self, _address: str) -> None:
        self.asked = 0

    def find(self, content) -> str:
        return "Eicar" if b"EICAR" in b"".join(content) else ""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    monkeypatch.setattr(files, "ClamScanner", Scanner)


@pytest.fixture
def case(world, tmp_path, monkeypatch):
    """A draft of the villager that names a witness and comes with a visit."""
    monkeypatch.setattr(exchange, "data_service_codes", lambda: outside.DATA_SERVICES)
    workshop.publish(world, tmp_path / "first")
    outside.publish(tmp_path / "second", world.now)
    begun = actions.start_draft(
        service_code="workshop-permit", language="fa", actor=world.citizen(), now=world.now
    ).uuid
    named = {"witness.national_code": [WITNESS], "witness.born_on": ["1362/09/21"], "first_name": ["زهرا"]}
    placed = {"village": [workshop.VILLAGE], "area": ["120"], "begins": ["1405/10/01"]}
    for page, given in (("owner", named), ("workshop", placed)):
        actions.save_page(case=begun, page=page, given=given, actor=world.citizen(), now=world.now)
    return begun


def keyed(key: str = "") -> dict[str, str]:
    return {"idempotency-key": key or str(uuid4()), **ENGLISH}


def attach(client, case, name: str = "photo.pdf", content: bytes = PDF, *, question: str = "photos", key: str = ""):
    return client.post(
        f"/api/v1/me/applications/{case}/files",
        {"question": question, "file": SimpleUploadedFile(name, content)},
        headers=keyed(key),
    )


def photo_question(world) -> str:
    draft = world.draft()
    told = citizen(world).get(f"/api/v1/me/applications/{draft.uuid}").json()
    return next(one["code"] for page in told["pages"] for one in page["questions"] if one["type"] == "file")


def test_a_file_is_attached_once_given_back_and_taken_off(world, folder):
    question, client, case = photo_question(world), citizen(world), world.draft().uuid
    name, content = "picture.png", b"\x89PNG\r\n\x1a\n of a village"

    answers = [attach(client, case, name, content, question=question, key="attach-1") for _ in range(2)]
    given = client.get(answers[0]["Location"])
    told = client.get(f"/api/v1/me/applications/{case}").json()
    gone = client.delete(answers[0]["Location"])

    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert (given.content, StoredFile.objects.count()) == (content, 1)
    assert [(one["question"], one["name"]) for one in told["files"]] == [(question, name)]
    assert answers[0].json()["revision"] == told["revision"]
    assert (gone.status_code, client.get(answers[0]["Location"]).status_code) == (204, 404)


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("a.pdf", b"", 422, "foundation.file-empty"),
        ("a.pdf", b"hello", 422, "foundation.file-type-unknown"),
        ("a.png", PDF, 422, "foundation.file-mislabelled"),
        ("a.pdf", PDF + b"EICAR", 422, "foundation.file-infected"),
        ("a.pdf", PDF + b"0" * files.MAX_UPLOAD, 413, "foundation.file-too-large"),
    ],
)
def test_a_file_that_the_pages_would_not_take_is_not_taken_here(world, folder, name, content, status, code):
    client, case = citizen(world), world.draft().uuid

    answer = attach(client, case, name, content, question=photo_question(world))

    assert (answer.status_code, answer.json()["type"]) == (status, code)
    assert (StoredFile.objects.count(), models.CaseFile.objects.count()) == (0, 0)
    assert FileInfected.code == "foundation.file-infected"


def test_a_file_for_another_question_is_named_at_its_question(world, folder):
    answer = attach(citizen(world), world.draft().uuid, question="households")

    assert answer.status_code == 422
    assert [(one["name"], one["code"]) for one in answer.json()["errors"]] == [
        ("answers.households", "answers.files.not-asked")
    ]


def test_a_paper_is_added_to_a_case_that_runs(world, folder):
    client, case = citizen(world), world.submitted().uuid
    address = f"/api/v1/me/cases/{case}/documents"

    added = client.post(address, {"note": "سند تازه", "file": SimpleUploadedFile("a.pdf", PDF)}, headers=keyed())

    assert added.status_code == 201
    assert client.get(added["Location"]).content == PDF
    told = client.get(f"/api/v1/me/cases/{case}").json()
    assert [(one["name"], one["note"]) for one in told["additions"]] == [("a.pdf", "سند تازه")]


def test_a_second_party_is_asked_reads_and_signs_exactly_what_was_read(world, case):
    client = citizen(world)
    witness = signed_in(_account(world, outside.person(WITNESS, world.now).uuid))
    address = f"/api/v1/me/applications/{case}"

    before = client.get(address, headers=ENGLISH).json()["signatures"]
    asked = client.post(f"{address}/signatures/REQ-WITNESS", headers=keyed())
    mine = witness.get("/api/v1/me/signatures", headers=ENGLISH).json()["items"]
    one = f"/api/v1/me/signatures/{mine[0]['uuid']}"
    read = witness.get(one, headers=ENGLISH).json()
    wrong = witness.post(one, {"do": "sign", "digest": "0" * 64}, content_type="application/json", headers=keyed())
    right = witness.post(
        one, {"do": "sign", "digest": read["digest"]}, content_type="application/json", headers=keyed()
    )

    assert [(found["signer"], found["state"]["code"], found["may_ask"]) for found in before] == [
        (WITNESS, "not-asked", True)
    ]
    assert asked.status_code == 204
    assert [found["answer"] for found in read["answers"]] == ["120"]
    assert (wrong.status_code, wrong.json()["type"]) == (409, "cases.answers-changed")
    assert (right.status_code, right.json()["state"]["code"]) == (200, "signed")
    after = client.get(address, headers=ENGLISH).json()["signatures"]
    assert [found["state"]["code"] for found in after] == ["signed"]
    assert client.get(one).json()["type"] == "cases.signature-unknown"


def _account(world, person):
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as the doors of these tests do)
    from divan.trust.identity import actions as identity  # noqa: PLC0415 (as above)

    return identity.create_citizen_account(person=person, actor=SYSTEM, now=world.now)


def test_a_visit_is_booked_moved_and_given_up(world, case):
    client, address = citizen(world), f"/api/v1/me/applications/{case}/visits/REQ-VISIT"
    free = client.get(address).json()["free"]

    def book(starts_at: str):
        return client.put(address, {"starts_at": starts_at}, content_type="application/json", headers=ENGLISH)

    booked, moved = book(free[0]["starts_at"]), book(free[1]["starts_at"])

    assert (booked.json()["booked"], moved.json()["booked"]) == (free[0]["starts_at"], free[1]["starts_at"])
    assert book("2026-11-24T05:30:00").json()["errors"][0]["code"] == "api.input.datetime-parsing"
    assert book("2001-01-01T00:00:00Z").json()["reason"] == "no-such-time"
    assert client.delete(address).status_code == 204
    assert client.get(address).json()["booked"] is None
    assert client.get(address.replace("VISIT", "NOTHING")).json()["type"] == "cases.visit-not-possible"


def test_a_permit_tells_what_may_be_begun_and_a_renewal_asks_only_what_is_new(world, tmp_path):
    shop = workshop.publish(world, tmp_path)
    shop.granted()
    early = citizen(world).get("/api/v1/me/permits", headers=ENGLISH).json()["items"][0]
    world.pass_time(days=670)
    client = citizen(world)
    address = f"/api/v1/me/permits/{early['uuid']}"
    now = client.get(address).json()

    begun = [client.post(f"{address}/entries/renew", headers=keyed("renewal-1")) for _ in range(2)]
    told = client.get(begun[0]["Location"]).json()

    offer = next(one for one in early["offers"] if one["code"] == "renew")
    assert (offer["open"], offer["reason"]) == (False, "too-early")
    assert next(one for one in now["offers"] if one["code"] == "renew")["open"] is True
    assert begun[0].content == begun[1].content
    assert (told["entry"], told["permit"]) == ("renew", early["uuid"])
    carried = [page for page in told["pages"] if not page["asked"]]
    question = next(one["code"] for page in carried for one in page["questions"] if not one["locked"])
    refused = client.patch(
        f"{begun[0]['Location']}/answers",
        {"answers": {question: "x"}},
        content_type="application/json",
        headers={"if-match": "*"},
    )
    assert refused.status_code == 422
    assert citizen(world, "outsider").get(address).json()["type"] == "cases.permit-unknown"


def test_an_answered_case_is_rated_once(world):
    client, case = citizen(world), world.submitted().uuid
    address = f"/api/v1/me/cases/{case}/rating"

    early = client.post(address, {"stars": 5}, content_type="application/json", headers=keyed())
    models.Case.objects.filter(uuid=case).update(state="closed", closed_at=world.now, decided_at=world.now)
    given = client.post(address, {"stars": 4, "words": "خوب"}, content_type="application/json", headers=keyed())
    again = client.post(address, {"stars": 1}, content_type="application/json", headers=keyed())

    assert (early.status_code, early.json()["reason"]) == (409, "not-answered")
    assert (given.status_code, given.json()["stars"]) == (201, 4)
    assert again.json()["reason"] == "rated-before"
    assert client.get(f"/api/v1/me/cases/{case}").json()["stars"] == 4
