"""Leave of an employee from end to end: asked for at the own desk, agreed to, approved, and somebody stands in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from django.db import transaction

from divan.dealings.cases import models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import NEED_ANSWERED
from divan.dealings.correspondence import actions as correspondence
from divan.dealings.correspondence import queries as letters
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.front.backoffice.tests.doors import holders
from divan.registers.catalogue import actions as catalogue
from divan.registers.people import actions as people_actions
from divan.registers.people import queries as people
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package

LEAVE = Path(__file__).parents[5] / "services" / "employee-leave"
BODY = "industry-trade"


def publish_leave(world) -> None:
    roles = people.list_roles() | {"director", "deputy", "expert", "governor", "governor-deputy", "governor-officer"}
    catalogue.publish_package(
        package=load_package(LEAVE),
        surroundings=Surroundings(
            roles=roles,
            bodies=people.list_body_codes(),
            data_services=frozenset({"civil-registry/person", "personnel/employee"}),
        ),
        actor=SYSTEM,
        now=world.now,
    )
    if not letters.has_register("governor-office"):
        correspondence.open_register(body=people.get_unit("governor-office"), code="777", actor=SYSTEM, now=world.now)


def registers_answer(world) -> None:
    told = {"employed": True, "body": BODY, "leave_balance": 20}
    names = {"first_name": "نمونه", "last_name": "کارمند"}
    with transaction.atomic():
        for need in models.CaseNeed.objects.filter(dropped_at__isnull=True).exclude(state="matched"):
            need.state, need.answered_at = "matched", world.now
            need.fields = names if need.code == "REQ-IDENTITY" else told
            need.save()
            facts.record(NEED_ANSWERED, subject=need, actor=SYSTEM, at=world.now, need=need.code)


def day(name: str, text: str) -> dict[str, str]:
    year, month, number = text.split("/")
    return {f"{name}-day": number, f"{name}-month": month, f"{name}-year": year}


def test_leave_is_asked_for_agreed_to_approved_and_somebody_stands_in(world, tmp_path):
    workshop.publish(world, tmp_path)
    publish_leave(world)
    of_post = holders(world)
    seat = people.get_post_by_code(f"{BODY}-expert")
    employee = people.holder_of(seat.uuid, world.now)
    colleague = people.holder_of(people.get_post_by_code(f"{BODY}-deputy").uuid, world.now)
    people_actions.register_person(
        national_code=colleague.national_code, birth_date=date(1983, 8, 10), actor=SYSTEM, now=world.now
    )
    asking, standing_in, superior = (of_post(f"{BODY}-{role}") for role in ("expert", "deputy", "director"))

    assert "employee-leave" in [one.code for one in asking.get("/office/employees/").context["offered"]]
    asking.post("/services/employee-leave/apply/")
    case = models.Case.objects.get(applicant__uuid=employee.uuid)
    pages = f"/applications/{case.uuid}/pages"
    registers_answer(world)
    leave = {"is_head": "no", "leave_kind": "annual", **day("starts_on", "1405/09/02"), **day("ends_on", "1405/09/04")}
    substitute = {"substitute.national_code": colleague.national_code, **day("substitute.born_on", "1362/05/19")}
    assert asking.post(f"{pages}/leave/", leave).status_code == 302
    assert asking.post(f"{pages}/substitute/", substitute).status_code == 302
    registers_answer(world)
    assert asking.post(f"{pages}/declaration/", {"truth": "yes"}).status_code == 302
    asking.post(f"/applications/{case.uuid}/signatures/REQ-SUBSTITUTE-AGREES/")

    assert standing_in.get("/office/employees/").context["is_asked"]
    [asked] = queries.list_signatures_of(colleague.national_code)
    shown = standing_in.get(f"/signatures/{asked.uuid}/")
    assert shown.status_code == 200
    standing_in.post(f"/signatures/{asked.uuid}/", {"digest": asked.digest, "declared": "yes"})
    assert [one.state for one in queries.list_signatures(case.uuid)] == ["signed"]

    assert asking.post(f"/applications/{case.uuid}/check/").status_code == 302
    [task] = queries.list_open_tasks(case.uuid)
    assert (task.step, task.post) == ("superior", people.get_post_by_code(f"{BODY}-director").uuid)
    page = superior.get(f"/office/tasks/{task.uuid}/")
    assert [line.state for line in page.context["dossier"].evidence][-1] == "Signed"
    superior.post(f"/office/tasks/{task.uuid}/", {"action": "approve", "approve-confirmed": "yes"})

    assert queries.get_case(case.uuid).outcome == "approved"
    world.pass_time(days=1)
    assert people.seated_in(seat.uuid, world.now) == [employee, people.get_person(colleague.uuid)]
    [stand_in] = [one for one in standing_in.get("/office/").context["seats"] if one.stands_in_for]
    assert stand_in.stands_in_for == employee.full_name
    assert [one.substitute.uuid for one in asking.get("/office/absence/").context["appointed"]] == [colleague.uuid]
