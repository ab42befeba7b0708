"""Who may enter where: one table over anonymous, citizen, staff without a post, of another body, and the holder."""

from __future__ import annotations

from uuid import uuid4

import pytest

from divan.dealings.cases import jobs
from divan.dealings.cases import queries as cases
from divan.dealings.correspondence import queries as letters
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people

VISITORS = (
    "",
    "villager",
    "ict-deputy",
    "district-head",
    "integrator",
    "governor-officer",
    "secretariat",
    "ict-expert",
)
"""``ict-deputy`` has lost the post; ``integrator`` and ``governor-officer`` are staff of another body."""

SIGN_IN, NO, ABSENT, OPEN, ELSEWHERE = 302, 403, 404, 200, 302

TABLE = {
    # page:            anonymous, citizen, no post, had it before, other, other body, secretariat, holder
    "/office/": (SIGN_IN, NO, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN),
    "/office/tasks/{task}/": (SIGN_IN, NO, NO, ELSEWHERE, ABSENT, ABSENT, ELSEWHERE, OPEN),
    "/office/cases/{case}/": (SIGN_IN, NO, NO, OPEN, ABSENT, ABSENT, OPEN, OPEN),
    "/office/register/": (SIGN_IN, NO, NO, NO, NO, NO, OPEN, OPEN),
    "/office/absence/": (SIGN_IN, NO, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN),
    "/office/employees/": (SIGN_IN, NO, NO, OPEN, OPEN, OPEN, OPEN, OPEN),
    "/office/issued-permits/": (SIGN_IN, NO, NO, NO, NO, NO, NO, OPEN),
    "/office/issued-permits/{nothing}/": (SIGN_IN, NO, NO, NO, NO, NO, NO, ABSENT),
    "/office/governor/": (SIGN_IN, NO, NO, NO, NO, OPEN, NO, NO),
    "/office/exchange/": (SIGN_IN, NO, NO, OPEN, OPEN, NO, NO, NO),
    "/office/exchange/permits/": (SIGN_IN, NO, NO, OPEN, OPEN, NO, NO, NO),
    "/office/exchange/permits/new/": (SIGN_IN, NO, NO, OPEN, OPEN, NO, NO, NO),
    "/office/exchange/permits/{nothing}/": (SIGN_IN, NO, NO, ABSENT, ABSENT, NO, NO, NO),
    "/office/exchange/members/new/": (SIGN_IN, NO, NO, NO, OPEN, NO, NO, NO),
    "/office/exchange/evidence/": (SIGN_IN, NO, NO, NO, OPEN, NO, NO, NO),
    "/office/exchange/in-doubt/": (SIGN_IN, NO, NO, NO, OPEN, NO, NO, NO),
    "/office/ledger/": (SIGN_IN, NO, OPEN, OPEN, OPEN, OPEN, OPEN, OPEN),
    "/office/tasks/{nothing}/": (SIGN_IN, NO, NO, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT),
    "/office/referrals/{nothing}/": (SIGN_IN, NO, NO, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT),
    "/office/cases/{nothing}/": (SIGN_IN, NO, NO, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT),
    "/office/letters/{nothing}/": (SIGN_IN, NO, NO, ABSENT, ABSENT, ABSENT, ABSENT, ABSENT),
}


@pytest.mark.parametrize("key", VISITORS)
def test_every_page_opens_to_whom_it_is_for_and_to_nobody_else(browser, task_in, world, key):
    case, task = task_in("draft")
    visitor = browser(key)
    if key == "ict-deputy":
        post = world.post("ict-deputy").uuid
        people.leave_post(person=world.person(key).uuid, post=post, actor=SYSTEM, now=world.now)
    names = {"task": task.uuid, "case": case.uuid, "nothing": uuid4()}

    found = {page: visitor.get(page.format(**names)).status_code for page in TABLE}

    assert found == {page: statuses[VISITORS.index(key)] for page, statuses in TABLE.items()}


def test_an_officer_of_another_body_learns_nothing_from_the_answer(browser, task_in):
    case, task = task_in("draft")
    stranger = browser("integrator")

    hidden = stranger.get(f"/office/tasks/{task.uuid}/").content.decode()
    absent = stranger.get(f"/office/tasks/{uuid4()}/").content.decode()

    assert case.number not in hidden
    assert hidden.replace(str(task.uuid), "X").count("csrf") == absent.count("csrf")
    assert [line for line in hidden.splitlines() if "<h1" in line] == [
        line for line in absent.splitlines() if "<h1" in line
    ]


def test_a_draft_is_nobodys_but_its_applicants(browser, world):
    case = world.draft()

    assert browser("secretariat").get(f"/office/cases/{case.uuid}/").status_code == 404


def test_the_governors_officer_sees_figures_and_no_case(world):
    case = world.at_step("sign")

    assert not cases.may_see_case(world.post("governor-officer"), case)
    assert cases.may_see_case(world.post("village-head-of-village"), case)
    assert cases.may_see_case(world.post("ict-secretariat"), case)


def test_who_lost_a_task_by_escalation_still_reads_the_case(world):
    case = world.submitted()
    world.pass_time(days=30)
    jobs.run_clocks(world.now)

    case = cases.get_case(case.uuid)
    assert cases.may_see_case(world.post("village-head-of-village"), case)
    assert cases.may_see_case(world.post("district-head-of-district"), case)
    assert cases.steps_read_by(world.post("village-head-of-village"), case) == {"confirm"}


def test_answers_are_shown_only_to_steps_that_read_them(browser, task_in, world):
    case, task = task_in("endorse")

    page = browser("district-head").get(f"/office/tasks/{task.uuid}/").content.decode()

    # The district's step reads the purpose; the contact number and the relation to the village it does not.
    assert "Education of pupils and students" in page or "education" in page.lower()
    assert "09121234567" not in page
    assert "۰۹۱۲۱۲۳۴۵۶۷" not in page
    assert case.number in page


def test_the_secretariat_reads_the_letter_and_not_the_answers(browser, task_in):
    case, _task = task_in("sign")

    page = browser("secretariat").get(f"/office/cases/{case.uuid}/").context["dossier"]

    assert (page.told, page.evidence, page.opinions, page.referrals, page.notes) == ([], [], [], [], [])
    assert page.paper is not None


def test_a_letter_opens_to_its_secretariat_and_to_those_of_its_case(browser, world):
    case = world.at_step("closed")
    [letter] = letters.list_letters_about(case.uuid)

    found = {
        key: browser(key).get(f"/office/letters/{letter.uuid}/").status_code
        for key in ("secretariat", "ict-director", "village-head", "integrator", "governor-officer")
    }

    assert found == {
        "secretariat": 200,
        "ict-director": 200,
        "village-head": 200,
        "integrator": 404,
        "governor-officer": 404,
    }
