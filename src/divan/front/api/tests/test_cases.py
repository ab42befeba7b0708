"""One's own cases, and tracking by number and secret."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from divan.dealings.cases import actions, queries

from .doors import citizen

LIST = "/api/v1/me/cases"
TRACKING = "/api/v1/tracking"
PRIVATE_NOTE = "به نظر من نادرست است"


def track(client, number: str, secret: str, **headers: str):
    return client.post(TRACKING, {"number": number, "secret": secret}, content_type="application/json", headers=headers)


def test_the_list_holds_ones_own_cases_the_one_begun_last_first(world):
    sent = world.submitted()
    world.pass_time(hours=1)
    draft = world.draft()
    world.submitted("outsider")

    found = citizen(world).get(LIST, {"language": "en"})

    lines = found.json()["items"]
    assert [(line["uuid"], line["number"], line["state"]["code"]) for line in lines] == [
        (str(draft.uuid), None, "draft"),
        (str(sent.uuid), sent.number, "open"),
    ]
    assert lines[1]["state"]["text"] == "Under examination"
    assert found["Cache-Control"] == "private, no-store"


def test_pages_follow_each_other_while_cases_move_on(world):
    older = world.submitted()
    world.pass_time(hours=1)
    newer = world.submitted()
    client = citizen(world)

    first = client.get(LIST, {"limit": 1}).json()
    world.pass_time(hours=1)
    world.act(older.uuid, "village-head", "confirm")
    second = client.get(LIST, {"limit": 1, "after": first["next"]}).json()

    assert [line["uuid"] for line in (*first["items"], *second["items"])] == [str(newer.uuid), str(older.uuid)]
    assert second["next"] is None


def test_a_page_behind_somebody_elses_case_is_refused_like_one_behind_nothing(world):
    theirs = world.submitted("outsider")
    client = citizen(world)

    answers = [client.get(LIST, {"after": str(case)}) for case in (theirs.uuid, uuid4())]

    assert [(one.status_code, one.json()["errors"][0]["code"]) for one in answers] == [
        (422, "api.input.cursor-unknown")
    ] * 2


def test_ones_own_case_tells_where_it_stands_and_what_one_told(world):
    case = world.at_step("draft")

    found = citizen(world).get(f"{LIST}/{case.uuid}", {"language": "en"}).json()

    assert found["with_post"] == "Expert of rural communications"
    assert [(step["code"], step["closed_at"] is None) for step in found["steps"]] == [
        ("confirm", False),
        ("endorse", False),
        ("draft", True),
    ]
    assert found["answers"]["households"] == 35
    assert [(need["code"], need["state"]["code"]) for need in found["needs"]] == [
        ("REQ-IDENTITY", "matched"),
        ("REQ-MOBILE", "matched"),
    ]
    assert [event["kind"] for event in found["events"]] == ["cases.case-submitted"]
    assert found["tracking_secret"] == queries.tracking_secret(case.uuid)
    assert found["document"] is None


def test_a_correction_names_the_requirements_to_correct(world):
    case = world.submitted()
    world.act(case.uuid, "village-head", "return", codes=("REQ-HOUSEHOLDS",), note="شمار را دوباره ببینید.")

    found = citizen(world).get(f"{LIST}/{case.uuid}", {"language": "en"}).json()

    assert (found["state"]["code"], found["due_at"], found["with_post"]) == ("correction", None, None)
    assert [one["code"] for one in found["corrections"]] == ["REQ-HOUSEHOLDS"]
    assert found["correction_note"] == "شمار را دوباره ببینید."


def test_what_officers_say_among_themselves_is_not_told(world):
    case = world.at_step("paraph")
    world.act(case.uuid, "ict-deputy", "send-back", note=PRIVATE_NOTE)
    task = queries.find_open_task(case.uuid)
    actions.refer_task(
        task=task.uuid,
        to_post=world.post("ict-expert-2").uuid,
        instruction=PRIVATE_NOTE,
        due_at=world.now + timedelta(days=1),
        actor=world.officer("ict-expert"),
        now=world.now,
    )

    own = citizen(world).get(f"{LIST}/{case.uuid}").content.decode()
    tracked = track(Client(), case.number, queries.tracking_secret(case.uuid)).content.decode()

    for text in (own, tracked):
        assert "ict-adviser" not in text
        assert PRIVATE_NOTE not in text
        assert "دکل جدید" not in text


@pytest.mark.parametrize("whose", ["somebody else's", "nobody's"])
def test_another_persons_case_is_not_found(world, whose):
    case = world.submitted("outsider").uuid if whose == "somebody else's" else uuid4()

    answer = citizen(world).get(f"{LIST}/{case}")

    assert (answer.status_code, answer.json()["type"]) == (404, "cases.case-unknown")


def test_number_and_secret_open_a_case_without_signing_in(client, world):
    case = world.submitted()

    answer = track(client, case.number, queries.tracking_secret(case.uuid).lower())

    assert answer.status_code == 200
    assert (answer.json()["uuid"], answer.json()["state"]["code"]) == (str(case.uuid), "open")
    assert not {"answers", "needs", "document_pdf", "tracking_secret"} & set(answer.json())


def test_a_number_in_persian_digits_opens_the_case_too(client, world):
    case = world.submitted()
    typed = case.number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))

    assert track(client, typed, queries.tracking_secret(case.uuid)).status_code == 200


def test_a_wrong_secret_and_an_unknown_number_get_the_same_answer(client, world):
    case = world.submitted()

    wrong = track(client, case.number, "AAAAAAAA")
    unknown = track(client, "05-0000099-99", queries.tracking_secret(case.uuid))

    assert (wrong.status_code, wrong.json()) == (404, unknown.json())
    assert wrong.json()["type"] == "cases.tracking-refused"


def test_guesses_are_counted_by_address_and_right_ones_are_taken_back(client, world):
    case = world.submitted()
    secret = queries.tracking_secret(case.uuid)

    for _ in range(25):
        assert track(client, case.number, secret).status_code == 200
    answers = [track(client, case.number, "AAAAAAAA").status_code for _ in range(21)]
    refused = track(client, case.number, secret)

    assert answers == [404] * 20 + [429]
    assert refused.status_code == 429
    assert refused.json()["type"] == "identity.too-many-attempts"
    assert int(refused["Retry-After"]) >= 60


def test_guesses_at_the_pages_and_here_count_together(client, world):
    case = world.submitted()

    for _ in range(20):
        client.post("/track/", {"number": case.number, "secret": "AAAAAAAA"})

    assert track(client, case.number, "AAAAAAAA").status_code == 429
