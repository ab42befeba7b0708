"""Permits of the own body, absence with a substitute, and services to employees."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from divan.dealings.cases import models, queries
from divan.dealings.cases.tests import workshop
from divan.foundation.models import Fact
from divan.front.backoffice.tests.doors import browser_of, holders
from divan.registers.people import queries as people


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


@pytest.fixture
def officer(shop):
    return holders(shop.world)


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def day(prefix: str, text: str) -> dict[str, str]:
    year, month, number = text.split("/")
    return {f"{prefix}-day": number, f"{prefix}-month": month, f"{prefix}-year": year}


def test_a_director_finds_the_permits_of_the_own_body_by_number(shop, officer):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)
    director = officer("industry-trade-director")

    [line] = director.get("/office/issued-permits/").context["lines"]
    assert (line["permit"].uuid, line["state"]) == (permit.uuid, "In force")
    assert len(director.get("/office/issued-permits/", {"number": permit.number[:6]}).context["lines"]) == 1
    assert "No permit has this number" in text_of(director.get("/office/issued-permits/", {"number": "۷۷"}))
    assert director.get("/office/issued-permits/", {"after": "x"}).status_code == 404


def test_permits_open_to_the_body_that_gave_them_and_to_nobody_else(shop, officer, world):
    case = shop.granted()
    address = f"/office/issued-permits/{queries.find_permit_of_case(case.uuid).uuid}/"

    found = {
        "anonymous": Client().get(address).status_code,
        "secretariat": officer("industry-trade-secretariat").get(address).status_code,
        "other body": officer("agriculture-director").get(address).status_code,
        "expert": officer("industry-trade-expert").get(address).status_code,
        "director": officer("industry-trade-director").get(address).status_code,
    }
    assert found == {"anonymous": 302, "secretariat": 403, "other body": 404, "expert": 200, "director": 200}
    assert officer("agriculture-director").get("/office/issued-permits/").context["lines"] == []


def test_only_whom_the_service_names_begins_a_revocation_and_only_once(shop, officer):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)
    address = f"/office/issued-permits/{permit.uuid}/"
    expert, director = officer("industry-trade-expert"), officer("industry-trade-director")

    assert expert.get(address).context["revocations"] == []
    assert expert.post(address, {"entry": "revoke"}).status_code == 422
    assert not models.Case.objects.filter(entry="revoke").exists()

    assert [one.code for one in director.get(address).context["revocations"]] == ["revoke"]
    assert director.post(address, {"entry": "revoke"})["Location"] == address
    again = director.post(address, {"entry": "revoke"})
    assert again.status_code == 422
    assert again.context["error_summary"].problems
    assert models.Case.objects.filter(entry="revoke", state="open").count() == 1


def test_an_absent_holder_appoints_a_substitute_who_finds_the_work_and_is_told_for_whom(shop, officer):
    case = shop.submitted()
    expert = officer("industry-trade-expert")
    holder = people.holder_of(people.get_post_by_code("industry-trade-expert").uuid, shop.world.now)
    deputy = people.holder_of(people.get_post_by_code("industry-trade-deputy").uuid, shop.world.now)
    typed = {"substitute": str(deputy.uuid), **day("starts", "1405/09/01"), **day("ends", "1405/09/03")}

    assert expert.post("/office/absence/", typed)["Location"] == "/office/absence/"
    [appointed] = expert.get("/office/absence/").context["appointed"]
    assert appointed.substitute == deputy

    standing_in = browser_of(deputy, shop.world)
    seats = {seat.uuid: seat for seat in standing_in.get("/office/").context["seats"]}
    seat = seats[str(people.get_post_by_code("industry-trade-expert").uuid)]
    assert (seat.stands_in_for, seat.count) == (holder.full_name, 1)
    assert f"in place of {holder.full_name}" in text_of(standing_in.get("/office/"))

    standing_in.post("/staff/post", {"post": seat.uuid, "next": "/office/"})
    [task] = queries.list_open_tasks(case.uuid)
    assert standing_in.get(f"/office/tasks/{task.uuid}/").status_code == 200
    standing_in.post(f"/office/tasks/{task.uuid}/", {"action": "accept", "report-measured": "90"})
    done = next(one for one in queries.list_tasks(case.uuid) if one.step == "check")
    assert (done.done_by, done.done_in_post) == (deputy.uuid, people.get_post_by_code("industry-trade-expert").uuid)
    acted = Fact.objects.get(subject_uuid=task.uuid, kind="cases.task-done").actor
    assert (acted["uuid"], acted["on_behalf_of"]) == (str(deputy.uuid), str(holder.uuid))
    assert f"in place of {holder.full_name}" in text_of(expert.get(f"/office/cases/{case.uuid}/"))

    expert.post(f"/office/absence/{appointed.uuid}/end/")
    assert expert.get("/office/absence/").context["appointed"] == []
    assert standing_in.get("/office/").context["seats"] == []


def test_after_a_fork_it_is_said_who_all_have_the_case_and_whose_answer_is_awaited(shop, officer):
    case = shop.submitted(120)

    def said(post: str, step: str, **sent: str) -> str:
        shop.world.pass_time(minutes=1)
        task = next(one for one in queries.list_open_tasks(case.uuid) if one.step == step)
        return text_of(officer(post).post(f"/office/tasks/{task.uuid}/", sent, follow=True))

    forked = said("industry-trade-expert", "check", **{"action": "accept", "report-measured": "90"})
    first = said("fire-safety-expert", "fire-review", action="agree")
    last = said("agriculture-expert", "land-review", action="agree")

    reviews = queries.get_package_of(queries.get_case(case.uuid))
    fire, land = (reviews.text(f"steps.{step}.title", "en") for step in ("fire-review", "land-review"))
    assert f"with several at once: {fire} (expert); {land} (expert)." in forked
    assert f"when these have answered as well: {land} (expert)." in first
    assert "went on to deputy." in last


def test_who_stands_in_applies_and_pays_for_themselves(shop, officer):
    expert, deputy = (
        people.holder_of(people.get_post_by_code(f"industry-trade-{role}").uuid, shop.world.now)
        for role in ("expert", "deputy")
    )
    typed = {"substitute": str(deputy.uuid), **day("starts", "1405/09/01"), **day("ends", "1405/09/03")}
    officer("industry-trade-expert").post("/office/absence/", typed)
    standing_in = browser_of(deputy, shop.world)
    standing_in.post("/staff/post", {"post": people.get_post_by_code("industry-trade-expert").uuid, "next": "/office/"})

    standing_in.post("/services/rural-internet-coverage/apply/")

    [begun] = models.Case.objects.filter(applicant__uuid=deputy.uuid)
    began = Fact.objects.get(subject_uuid=begun.uuid, kind="cases.draft-started").actor
    assert (began["uuid"], "on_behalf_of" in began) == (str(deputy.uuid), False)
    assert models.Case.objects.filter(applicant__uuid=expert.uuid).count() == 0
    for address in ("/payments/", "/permits/", f"/applications/{begun.uuid}/"):
        assert standing_in.get(address).status_code == 200


def test_nobody_ends_the_absence_of_another(shop, officer):
    deputy = people.holder_of(people.get_post_by_code("industry-trade-deputy").uuid, shop.world.now)
    expert = officer("industry-trade-expert")
    typed = {"substitute": str(deputy.uuid), **day("starts", "1405/09/01"), **day("ends", "1405/09/03")}
    expert.post("/office/absence/", typed)
    [appointed] = expert.get("/office/absence/").context["appointed"]

    assert officer("industry-trade-deputy").post(f"/office/absence/{appointed.uuid}/end/").status_code == 404
    assert Client().post(f"/office/absence/{appointed.uuid}/end/").status_code == 302
    assert len(expert.get("/office/absence/").context["appointed"]) == 1


@pytest.mark.parametrize(
    ("starts", "ends", "wrong"),
    [
        ("1405/09/03", "1405/09/02", "ends"),
        ("1405/08/01", "1405/09/02", "starts"),
        ("1405/13/01", "1405/09/02", "starts"),
    ],
)
def test_an_absence_that_cannot_be_is_refused_and_kept_as_typed(shop, officer, starts, ends, wrong):
    deputy = people.holder_of(people.get_post_by_code("industry-trade-deputy").uuid, shop.world.now)
    answer = officer("industry-trade-expert").post(
        "/office/absence/", {"substitute": str(deputy.uuid), **day("starts", starts), **day("ends", ends)}
    )
    assert answer.status_code == 422
    assert [field.name for field in answer.context["fields"] if field.errors] == [wrong]
    assert answer.context["fields"][0].value == str(deputy.uuid)
    assert Fact.objects.filter(kind="people.substitute-appointed").count() == 0


def test_a_person_of_another_body_does_not_stand_in(shop, officer):
    stranger = people.holder_of(people.get_post_by_code("agriculture-expert").uuid, shop.world.now)
    typed = {"substitute": str(stranger.uuid), **day("starts", "1405/09/01"), **day("ends", "1405/09/03")}
    answer = officer("industry-trade-expert").post("/office/absence/", typed)
    assert answer.status_code == 422
    assert [field.name for field in answer.context["fields"] if field.errors] == ["substitute"]


def test_an_employee_begins_a_service_to_employees_from_the_back_office(world, tmp_path):
    workshop.publish(world, tmp_path, ("card.yaml", ("audience",), "employees"), ("card.yaml", ("relations",), ["G2E"]))
    employee = people.holder_of(people.get_post_by_code("agriculture-expert").uuid, world.now)
    client = browser_of(employee, world)

    page = client.get("/office/employees/")
    assert [one.code for one in page.context["offered"]] == ["workshop-permit"]
    begun = client.post("/services/workshop-permit/apply/")
    case = models.Case.objects.get()
    assert begun["Location"] == f"/applications/{case.uuid}/"
    assert client.get(begun["Location"]).status_code == 200
    assert client.get(f"/applications/{case.uuid}/pages/owner/").status_code == 200
    [line] = client.get("/office/employees/").context["own"]
    assert (line["case"].uuid, case.applicant.uuid) == (case.uuid, employee.uuid)


def test_a_citizen_begins_no_service_to_employees(world, tmp_path, browser):
    workshop.publish(world, tmp_path, ("card.yaml", ("audience",), "employees"), ("card.yaml", ("relations",), ["G2E"]))
    villager = browser("villager")
    assert villager.get("/office/employees/").status_code == 403
    assert villager.post("/services/workshop-permit/apply/").status_code == 404
    assert not models.Case.objects.exists()
