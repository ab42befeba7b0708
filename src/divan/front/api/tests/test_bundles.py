"""A life event by a program: begun, answered once, paid once, sent; and the way to the bank."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from divan.dealings.cases import queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.bundled import CODE
from divan.dealings.cases.tests.test_bundles import INTERNET, WORKSHOP, complete, free, pay, priced
from divan.dealings.payments import actions as payments
from divan.dealings.payments.values import Registered
from divan.foundation.actors import SYSTEM

from .doors import citizen

__all__ = ["free", "priced"]
ENGLISH = {"accept-language": "en"}


def keyed() -> dict[str, str]:
    return {"idempotency-key": str(uuid4()), **ENGLISH}


def begin(client, answers: dict):
    return client.post(
        f"/api/v1/life-events/{CODE}/bundles", {"answers": answers}, content_type="application/json", headers=keyed()
    )


def run_of(world):
    return queries.list_bundle_runs(world.citizen().uuid)[0]


def test_a_life_event_tells_its_services_and_the_questions_that_decide(world, free, client):
    found = client.get("/api/v1/life-events", headers=ENGLISH).json()["items"]

    assert [one["code"] for one in found] == [CODE]
    assert [(one["code"], one["always"]) for one in found[0]["services"]] == [(WORKSHOP, True), (INTERNET, False)]
    assert [(one["code"], one["label"]["fa"]) for one in found[0]["questions"]] == [("online", "اینترنت می‌خواهید؟")]


def test_every_question_of_a_life_event_is_answered_and_no_other(world, free):
    refused = begin(citizen(world), {"offline": True})

    assert refused.status_code == 422
    assert [(one["code"], one["name"]) for one in refused.json()["errors"]] == [
        ("api.input.extra-forbidden", "answers.offline"),
        ("api.input.question-unanswered", "answers.online"),
    ]
    assert queries.list_bundle_runs(world.citizen().uuid) == []


def test_what_is_shared_is_answered_once_and_what_lacks_is_told_by_service(world, free):
    client = citizen(world)
    address = begin(client, {"online": True}).json()["address"]

    wrong = client.patch(f"{address}/answers", {"answers": {"village": "nowhere"}}, content_type="application/json")
    right = client.patch(
        f"{address}/answers", {"answers": {"village": workshop.VILLAGE}}, content_type="application/json"
    )
    refused = client.post(f"{address}/submission", headers=keyed())

    assert [(one["name"], one["code"]) for one in wrong.json()["errors"]] == [
        ("answers.village", "answers.place.unknown")
    ]
    assert [one["question"]["answer"] for one in right.json()["shared"]] == [workshop.VILLAGE]
    assert (refused.status_code, refused.json()["type"]) == (422, "cases.bundle-not-complete")
    assert {one["name"].partition(".")[0] for one in refused.json()["errors"]} == {WORKSHOP, INTERNET}


def test_all_are_sent_together_and_each_has_its_number(world, free):
    client = citizen(world)
    address = begin(client, {"online": True}).json()["address"]
    complete(world, free, run_of(world))

    sent = [client.post(f"{address}/submission", headers={"idempotency-key": "send-all-1"}).json() for _ in range(2)]

    assert sent[0] == sent[1]
    assert (sent[0]["state"], set(sent[0]["numbers"])) == ("sent", {WORKSHOP, INTERNET})
    told = client.get(address).json()
    assert (told["state"], {one["number"] for one in told["parts"]}) == ("sent", set(sent[0]["numbers"].values()))


def test_one_invoice_is_asked_and_the_bank_is_told_before_its_address_is(world, priced):
    client = citizen(world)
    address = begin(client, {"online": True}).json()["address"]
    complete(world, priced, run_of(world))

    due = client.post(f"{address}/submission", headers=keyed()).json()
    invoice = client.get(due["address"], headers=ENGLISH).json()
    begun = [
        client.post(f"{due['address']}/payments", headers={"idempotency-key": "pay-once", **ENGLISH}) for _ in range(2)
    ]
    waiting = begun[0].json()
    registered = Registered(token="token-1", expires_at=world.now + timedelta(minutes=15))
    payments.note_registered(payment=waiting["uuid"], registered=registered, actor=SYSTEM, now=world.now)
    ready = client.get(begun[0]["Location"], headers=ENGLISH)

    assert (due["state"], due["numbers"], invoice["total_rials"]) == ("payment-due", {}, 500_000)
    assert (invoice["about"], invoice["about_uuid"]) == ("bundle", due["bundle"])
    assert {one["service"] for one in invoice["lines"]} == {WORKSHOP}
    assert begun[0].content == begun[1].content
    assert (waiting["state"]["code"], waiting["bank_address"], waiting["ask_again_after"]) == ("begun", None, 2)
    assert (ready.json()["state"]["code"], "token-1" in ready.json()["bank_address"]) == ("registered", True)
    assert ready["Retry-After"] == "15"
    pay(world, invoice["uuid"])
    assert all(one["number"] for one in client.get(address).json()["parts"])
    assert [one["uuid"] for one in client.get("/api/v1/me/invoices").json()["items"]] == [invoice["uuid"]]


def test_an_application_leaves_a_bundle_and_the_rest_is_given_up(world, free):
    client = citizen(world)
    address = begin(client, {"online": True}).json()["address"]
    left = run_of(world).parts[INTERNET]

    assert client.delete(f"{address}/parts/{INTERNET}").status_code == 204
    assert [one["service"] for one in client.get(address).json()["parts"]] == [WORKSHOP]
    assert client.delete(address).status_code == 204
    assert client.get("/api/v1/me/bundles").json()["items"] == []
    assert client.get(f"/api/v1/me/applications/{left}").status_code == 200


def test_another_persons_bundle_and_invoice_are_not_found(world, priced):
    client, stranger = citizen(world), citizen(world, "outsider")
    address = begin(client, {"online": True}).json()["address"]
    complete(world, priced, run_of(world))
    invoice = client.post(f"{address}/submission", headers=keyed()).json()["address"]

    answers = [
        stranger.get(address),
        stranger.delete(address),
        stranger.delete(f"{address}/parts/{INTERNET}"),
        stranger.patch(f"{address}/answers", {"answers": {"village": "1"}}, content_type="application/json"),
        stranger.post(f"{address}/submission", headers=keyed()),
    ]
    of_money = [stranger.get(invoice), stranger.post(f"{invoice}/payments", headers=keyed())]

    assert [(one.status_code, one.json()["type"]) for one in answers] == [(404, "cases.bundle-run-unknown")] * 5
    assert [(one.status_code, one.json()["type"]) for one in of_money] == [(404, "payments.invoice-unknown")] * 2
