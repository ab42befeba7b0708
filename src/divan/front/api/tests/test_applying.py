"""A citizen's own program applies: begin, answer, see what is missing, send; and is told exactly what is wrong."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from tests.world import SERVICE, VILLAGE

from divan.dealings.cases import models, queries
from divan.foundation.models import KeptAnswer

from .doors import citizen

BEGIN = f"/api/v1/services/{SERVICE}/applications"
ANSWERS = {
    "contact_mobile": "09121234567",
    "village": VILLAGE,
    "relation": "resident",
    "present_access": "mobile-weak",
    "households": 35,
    "operators_seen": ["mci"],
    "purpose": ["education", "health"],
    "description": "مدرسه روستا اینترنت ندارد.",
    "truth": True,
}


def keyed(key: str = "") -> dict[str, str]:
    return {"idempotency-key": key or str(uuid4())}


def begin(client: Client) -> str:
    answer = client.post(BEGIN, headers=keyed())
    assert answer.status_code == 201, answer.content
    return answer.json()["address"]


def answered(world, client: Client) -> str:
    """Begin a draft whose registers have answered, and answer every question."""
    world.draft()
    address = begin(client)
    saved = save(client, address, ANSWERS)
    assert saved.status_code == 200, saved.content
    return address


def save(client: Client, address: str, answers: dict, *, seen: str = "*", **headers: str):
    return client.patch(
        f"{address}/answers",
        {"answers": answers},
        content_type="application/json",
        headers={"if-match": seen, "accept-language": "en", **headers},
    )


def send(client: Client, address: str, key: str = ""):
    return client.post(f"{address}/submission", headers={"accept-language": "en", **keyed(key)})


def test_an_application_is_begun_on_the_offered_version_answered_and_sent(world):
    client = citizen(world)
    world.draft()
    begun = client.post(BEGIN, headers=keyed())

    told = client.get(begun["Location"], headers={"accept-language": "en"}).json()
    saved = save(client, begun["Location"], ANSWERS, seen=told["revision"])
    ready = client.get(begun["Location"]).json()
    sent = send(client, begun["Location"])

    assert begun.json()["version"] == told["version"]
    assert told["revision"] != saved.json()["revision"] == ready["revision"]
    assert saved["ETag"] == f'"{ready["revision"]}"'
    assert {one["kind"] for one in told["missing"]} == {"answer"}
    assert (ready["missing"], ready["fee"]["free"]) == ([], True)
    assert {one["state"] for one in ready["needs"] if one["required"]} == {"met", "later"}
    case = client.get(sent.json()["address"]).json()
    assert (sent.json()["state"], sent.json()["number"]) == ("sent", case["number"])
    assert case["answers"]["households"] == 35
    assert [one["post"] for one in case["standings"]] != []
    assert case["may"] == {
        "correct": False,
        "pay": False,
        "add_document": True,
        "withdraw": True,
        "rate": False,
        "object_until": None,
    }
    assert [one["state"] for one in case["messages"]] == ["queued"]


def test_a_question_is_told_in_both_languages_with_options_limits_and_whether_it_is_shown(world):
    client = citizen(world)
    world.draft()
    address = begin(client)

    pages = client.get(address).json()["pages"]

    asked = {one["code"]: one for page in pages for one in page["questions"]}
    assert set(asked["households"]["label"]) == {"fa", "en"}
    assert asked["households"]["limits"].keys() >= {"minimum", "maximum"}
    assert [one["code"] for one in asked["relation"]["options"]][:1] == ["resident"]
    assert (asked["first_name"]["locked"], asked["first_name"]["answer"]) == (True, world.person("villager").first_name)
    assert asked["operators_seen"]["shown"] is False
    save(client, address, {"present_access": "mobile-weak"})
    shown = {one["code"]: one["shown"] for page in client.get(address).json()["pages"] for one in page["questions"]}
    assert shown["operators_seen"] is True


def test_everything_wrong_is_told_by_question_and_nothing_is_saved(world):
    client = citizen(world)
    address = begin(client)

    refused = save(
        client,
        address,
        {"households": "many", "relation": "stranger", "purpose": {"a": 1}, "nothing": 1, "present_access": "none"},
    )

    problem = refused.json()
    assert (refused.status_code, problem["type"]) == (422, "cases.answers-refused")
    assert [(one["name"], one["code"], one["in"]) for one in problem["errors"]] == [
        ("answers.purpose", "answers.shape", "body")
    ]
    again = save(client, address, {"households": "many", "relation": "stranger", "nothing": 1, "truth": False}).json()
    assert {(one["name"], one["code"]) for one in again["errors"]} == {
        ("answers.households", "answers.number.not-whole"),
        ("answers.relation", "answers.choice.unknown"),
        ("answers.nothing", "answers.unknown-question"),
        ("answers.truth", "answers.consent-required"),
    }
    assert next(one for one in again["errors"] if one["name"] == "answers.households")["detail"] == (
        "Write a whole number, for example 35."
    )
    assert client.get(f"{address}/answers").json()["answers"] == {}


def test_of_two_windows_the_second_does_not_overwrite_what_it_did_not_read(world):
    client = citizen(world)
    address = begin(client)
    seen = client.get(f"{address}/answers")["ETag"]

    first = save(client, address, {"households": 35}, seen=seen)
    second = save(client, address, {"households": 36}, seen=seen)

    assert first.status_code == 200
    assert (second.status_code, second.json()["type"]) == (412, "cases.answers-outdated")
    assert client.get(f"{address}/answers").json()["answers"] == {"households": 35}
    assert save(client, address, {"households": None}, seen=first["ETag"]).json()["answers"] == {}


def test_a_change_must_say_which_answers_were_read(world):
    client = citizen(world)
    address = begin(client)

    answer = client.patch(f"{address}/answers", {"answers": {"households": 1}}, content_type="application/json")

    assert (answer.status_code, answer.json()["type"]) == (428, "api.precondition-needed")


def test_what_is_missing_is_told_when_it_is_sent_too_early(world):
    client = citizen(world)
    world.draft()
    address = begin(client)
    save(client, address, {**ANSWERS, "households": None})

    refused = send(client, address, "key-of-sending")

    assert (refused.status_code, refused.json()["type"]) == (422, "cases.not-complete")
    assert [(one["code"], one["in"], one["name"]) for one in refused.json()["errors"]] == [
        ("missing.answer", "application", "households")
    ]
    save(client, address, {"households": 35})
    assert send(client, address, "key-of-sending").status_code == 200


def test_a_request_sent_again_under_its_key_is_done_once_and_answered_the_same(world):
    client = citizen(world)
    key = str(uuid4())
    begun = [client.post(BEGIN, headers=keyed(key)) for _ in range(2)]
    address = answered(world, client)
    sent = [send(client, address, f"{key}-send") for _ in range(3)]

    assert [one.content for one in begun] == [begun[0].content] * 2
    assert ["Idempotent-Replayed" in one for one in begun] == [False, True]
    assert [one.content for one in sent] == [sent[0].content] * 3
    assert sent[2]["Content-Language"] == "en"
    assert models.Case.objects.count() == 1
    # What is kept for sending again tells no answers.
    assert all(b"households" not in bytes(one.content) for one in KeptAnswer.objects.all())


def test_a_key_with_another_request_and_a_request_without_key_are_refused(world):
    client = citizen(world)
    address = answered(world, client)
    client.post(BEGIN, headers=keyed("one-key-only"))

    other = send(client, address, "one-key-only")
    without = client.post(f"{address}/submission")

    assert (other.status_code, other.json()["type"]) == (422, "foundation.key-reused")
    assert (without.status_code, without.json()["errors"][0]["in"]) == (422, "header")
    assert models.Case.objects.get().number is None


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
def test_another_persons_application_is_not_found_by_any_address(world, whose):
    theirs = world.draft("outsider").uuid if whose == "somebody else's" else uuid4()
    client, address = citizen(world), f"/api/v1/me/applications/{theirs}"

    answers = [
        client.get(address),
        client.get(f"{address}/answers"),
        client.get(f"{address}/fee"),
        client.delete(address),
        save(client, address, {"households": 1}),
        send(client, address),
        client.post(f"{address}/needs/REQ-IDENTITY/ask-again"),
        client.post(f"{address}/signatures/REQ-X", headers=keyed()),
        client.get(f"{address}/visits/REQ-X"),
        client.get(f"{address}/files/{uuid4()}"),
        client.post(f"/api/v1/me/cases/{theirs}/withdrawal", headers=keyed()),
        client.post(f"/api/v1/me/cases/{theirs}/invoice", headers=keyed()),
        client.post(
            f"/api/v1/me/cases/{theirs}/objection", {"text": "x"}, content_type="application/json", headers=keyed()
        ),
        client.post(
            f"/api/v1/me/cases/{theirs}/rating", {"stars": 1}, content_type="application/json", headers=keyed()
        ),
    ]

    assert [(one.status_code, one.json()["type"]) for one in answers] == [(404, "cases.case-unknown")] * len(answers)


def test_a_draft_is_given_up_and_its_answers_are_erased(world):
    client = citizen(world)
    address = begin(client)
    save(client, address, {"households": 35})

    gone = client.delete(address)

    assert (gone.status_code, gone.content) == (204, b"")
    assert models.Case.objects.get().answers == {}
    assert client.get(address).json()["type"] == "cases.not-a-draft"


def test_a_correction_is_read_answered_and_sent_back(world):
    client = citizen(world)
    case = world.submitted()
    world.act(case.uuid, "village-head", "return", codes=("REQ-HOUSEHOLDS",), note="شمار را دوباره ببینید.")
    address = f"/api/v1/me/applications/{case.uuid}"

    asked = client.get(address, headers={"accept-language": "en"}).json()
    save(client, address, {"households": 41}, seen=asked["revision"])
    sent = send(client, address)

    assert [one["code"] for one in asked["corrections"]] == ["REQ-HOUSEHOLDS"]
    assert asked["correction_note"] == "شمار را دوباره ببینید."
    assert (sent.json()["state"], sent.json()["number"]) == ("sent", case.number)
    assert queries.get_case(case.uuid).answers["households"] == 41
    assert client.get(address).status_code == 409


def test_a_withdrawn_case_says_so_and_is_withdrawn_once(world):
    client = citizen(world)
    case = world.submitted()

    answers = [client.post(f"/api/v1/me/cases/{case.uuid}/withdrawal", headers=keyed("withdraw-1")) for _ in range(2)]

    assert [one.json()["state"] for one in answers] == ["withdrawn"] * 2
    assert client.post(f"/api/v1/me/cases/{case.uuid}/withdrawal", headers=keyed()).json()["type"] == (
        "cases.case-not-open"
    )


def test_a_refusal_is_objected_to_once_and_somebody_else_hears_it(world):
    client = citizen(world)
    case = world.at_step("draft").uuid
    world.act(case, "ict-expert", "propose-rejection", codes=("REQ-HOUSEHOLDS",), text="خانوار کافی نیست.")
    world.act(case, "ict-deputy", "paraph")
    world.act(case, "ict-director", "sign")
    models.Case.objects.filter(uuid=case).update(state="closed", closed_at=world.now)
    address = f"/api/v1/me/cases/{case}"
    until = client.get(address).json()["may"]["object_until"]

    answers = [
        client.post(
            f"{address}/objection",
            {"text": "چهل خانوار هستیم."},
            content_type="application/json",
            headers=keyed("object-01"),
        )
        for _ in range(2)
    ]

    assert until is not None
    assert [one.status_code for one in answers] == [201, 201]
    told = client.get(address, headers={"accept-language": "en"}).json()
    assert [one["text"] for one in told["objections"]] == ["چهل خانوار هستیم."]
    assert (told["state"]["code"], told["may"]["object_until"]) == ("open", None)
    again = client.post(
        f"{address}/objection", {"text": "باز"}, content_type="application/json", headers=keyed()
    ).json()
    assert (again["type"], again["reason"]) == ("cases.objection-not-possible", "no-decision")
