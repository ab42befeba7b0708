"""The desk: what an officer sees of a case besides its answers, and what can be done besides deciding."""

from __future__ import annotations

from html import unescape
from uuid import uuid4

import pytest
from django.test import Client

from divan.dealings.cases import actions, queries
from divan.dealings.cases.tests import workshop
from divan.foundation.models import Fact
from divan.front.backoffice.dossier import open_dossier
from divan.front.backoffice.tests.doors import browser_of, holders
from divan.registers.people import queries as people


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


@pytest.fixture
def officer(shop):
    """Return a browser of whoever holds a post, reading English."""
    return holders(shop.world)


def task_of(case, step: str):
    return next(task for task in queries.list_open_tasks(case.uuid) if task.step == step)


def url(case, step: str, then: str = "") -> str:
    return f"/office/tasks/{task_of(case, step).uuid}/{then}"


def facts_of(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def test_the_report_of_a_step_is_asked_kept_and_shown_to_the_next(shop, officer):
    case = shop.submitted()
    expert = officer("industry-trade-expert")
    address = url(case, "check")

    page = expert.get(address)
    refused = expert.post(address, {"action": "accept", "report-measured": "many", "accept-note": "I was there."})

    assert [field.name for field in page.context["report"]] == ["report-measured"]
    assert refused.status_code == 422
    [problem] = refused.context["error_summary"].problems
    assert problem.target == "q-report-measured"
    assert "I was there." in text_of(refused)
    assert shop.steps(case.uuid) == ["check"]

    expert.post(address, {"action": "accept", "report-measured": "۹۰"})
    assert queries.get_case(case.uuid).reports == {"measured": 90}
    [opinion] = officer("fire-safety-expert").get(url(case, "fire-review")).context["dossier"].opinions
    assert [row.value for row in opinion.report] == ["90"]


def test_a_return_needs_no_report(shop, officer):
    case = shop.submitted()
    officer("industry-trade-expert").post(url(case, "check"), {"action": "return", "return-codes": ["REQ-AREA"]})
    assert queries.get_case(case.uuid).state == "correction"


def test_a_step_offers_only_the_requirements_it_may_name(shop, officer):
    case = shop.submitted()
    page = officer("industry-trade-expert").get(url(case, "check"))
    returning = next(form for form in page.context["forms"] if form.action.code == "return")
    assert [option.value for option in returning.fields[0].options] == ["REQ-IDENTITY", "REQ-AREA"]


def test_a_ready_wording_is_put_behind_what_was_typed_and_nothing_is_decided(shop, officer):
    case = shop.submitted()
    expert, address = officer("industry-trade-expert"), url(case, "check")
    wording = queries.get_package_of(case).text("steps.check.reasons.incomplete", "fa")

    answer = expert.post(
        address,
        {
            "insert": "return",
            "return-reason": "incomplete",
            "return-note": "First line.",
            "return-codes": ["REQ-AREA"],
            "report-measured": "90",
        },
    )

    assert answer.status_code == 200
    returning = next(form for form in answer.context["forms"] if form.action.code == "return")
    codes, note = returning.fields
    assert note.value == f"First line.\n{wording}"
    assert codes.value == ["REQ-AREA"]
    assert answer.context["report"][0].value == "90"
    assert shop.steps(case.uuid) == ["check"]


def test_tracks_stand_side_by_side_with_holder_and_result(shop, officer):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    shop.act(case.uuid, "land-review", "agree", "agriculture-expert", text="مانعی نیست.")

    fire, land = officer("fire-safety-expert").get(url(case, "fire-review")).context["dossier"].tracks

    assert (fire.is_over, fire.holder, fire.result, fire.due_at) == (
        False,
        people.get_post_by_code("fire-safety-expert").title("en"),
        "",
        task_of(case, "fire-review").due_at,
    )
    assert land.is_over
    assert "agriculture" in land.holder
    assert land.over_at == shop.world.now


def test_evidence_names_source_state_and_day(shop, officer):
    case = shop.drafted()
    answer = officer("industry-trade-expert").get(url(case, "draft"))

    register, letter = answer.context["dossier"].evidence
    assert (register.state, register.at) == ("Confirmed", shop.world.now)
    assert register.told[0] == ("First name", "زهرا")
    [opinion] = queries.list_opinion_letters(case.uuid)
    assert letter.url == f"/office/letters/{opinion.letter}/"
    assert officer("industry-trade-expert").get(letter.url).status_code == 200
    assert officer("industry-trade-finance-officer").get(letter.url).status_code == 404


def test_what_a_register_told_is_read_by_the_body_that_asked_and_not_by_another(shop, officer):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})

    [register, *_rest] = officer("fire-safety-expert").get(url(case, "fire-review")).context["dossier"].evidence

    assert (register.state, register.told) == ("Confirmed", ())


def test_outside_processes_are_shown_with_their_state(shop, officer):
    case = shop.granted()
    shop.world.pass_time(days=30)
    shop.run_clocks()
    task = task_of(case, "pay-out")
    assert task.post == people.get_post_by_code("industry-trade-director").uuid

    answer = officer("industry-trade-director").get(f"/office/tasks/{task.uuid}/")

    order = answer.context["dossier"].evidence[-1]
    assert order.state == "Not answered yet"
    assert [form.action.code for form in answer.context["forms"]] == ["paid", "failed"]


def test_after_a_correction_the_changed_answers_stand_old_beside_new(shop, officer):
    case = shop.submitted(area=120)
    shop.act(case.uuid, "check", "return", "industry-trade-expert", codes=("REQ-AREA",))
    shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=["130"], begins=["1405/10/01"])
    actions.resubmit_case(case=case.uuid, actor=shop.world.citizen(), now=shop.world.now)
    village = officer("industry-trade-expert").get(url(case, "check")).context["dossier"].changes
    # The area is read by no step of this service; the village, which is read in this step, did not change.
    assert village.lines == []
    assert "None of the answers that you read" in text_of(officer("industry-trade-expert").get(url(case, "check")))


def test_changes_are_told_only_to_steps_that_read_the_answer(world, tmp_path):
    shop = workshop.publish(
        world, tmp_path, ("form.yaml", ("pages", "workshop", "questions", "area", "read_by"), ["check"])
    )
    case = shop.submitted(area=120)
    shop.act(case.uuid, "check", "return", "industry-trade-expert", codes=("REQ-AREA",))
    shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=["130"], begins=["1405/10/01"])
    actions.resubmit_case(case=case.uuid, actor=world.citizen(), now=world.now)

    found = queries.get_case(case.uuid)
    [line] = open_dossier(found, {"check"}, language="en", now=world.now).changes.lines
    assert (line.before, line.after) == ("120", "130")
    assert open_dossier(found, {"fire-review"}, language="en", now=world.now).changes.lines == []
    assert open_dossier(found, set(), language="en", now=world.now).changes is None


def test_the_clocks_are_stopped_for_a_declared_reason_and_go_on(shop, officer):
    case = shop.submitted()
    expert = officer("industry-trade-expert")

    nothing = expert.post(url(case, "check", "pause/"), {"note": "Snow."})
    assert nothing.status_code == 422
    assert "Snow." in text_of(nothing)
    assert task_of(case, "check").due_at is not None

    expert.post(url(case, "check", "pause/"), {"reason": "site-closed", "note": "Snow."})
    page = expert.get(url(case, "check"))
    assert task_of(case, "check").due_at is None
    assert page.context["dossier"].pause.reason == "site-closed"
    assert page.context["pausing"] == []
    assert "Clock paused" in text_of(page)
    assert "Snow." in text_of(page)

    expert.post(url(case, "check", "resume/"))
    assert task_of(case, "check").due_at is not None
    assert expert.get(url(case, "check")).context["dossier"].pause is None


def test_a_step_without_pauses_offers_none_and_takes_none(shop, officer):
    case = shop.submitted(area=5)
    fire = officer("fire-safety-expert")
    assert fire.get(url(case, "fire-review")).context["pausing"] == []
    assert fire.post(url(case, "fire-review", "pause/"), {"reason": "site-closed"}).status_code == 422
    assert facts_of("cases.clock-paused") == 0


def test_an_objection_and_the_decision_it_speaks_of_are_shown_to_who_hears_it(shop, officer):
    case = shop.submitted(area=40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    shop.act(case.uuid, "fire-review", "object", "fire-safety-expert", codes=("REQ-FIRE",), text="راه خروج ندارد.")
    shop.act(case.uuid, "draft", "propose-refusal", "industry-trade-expert", codes=("REQ-FIRE",), text="رد می‌شود.")
    shop.act(case.uuid, "sign", "sign", "industry-trade-director")
    shop.issue(case.uuid)
    actions.raise_objection(case=case.uuid, text="راه خروج ساختم.", actor=shop.world.citizen(), now=shop.world.now)
    step = task_of(case, "hear-objection")
    client = browser_of(people.holder_of(step.post, shop.world.now), shop.world)

    page = client.get(f"/office/tasks/{step.uuid}/")

    assert page.status_code == 200
    [heard] = page.context["dossier"].objections
    assert (heard.text, heard.is_open) == ("راه خروج ساختم.", True)
    assert "رد می‌شود." in text_of(page)
    client.post(
        f"/office/tasks/{step.uuid}/",
        {"action": "uphold", "uphold-text": "اعتراض وارد نیست.", "uphold-confirmed": "yes"},
    )
    after = client.get(f"/office/cases/{case.uuid}/")
    dossier = after.context["dossier"]
    assert (dossier.paper.is_letter, dossier.paper.state) == (False, "Recorded")
    assert [paper.wording for paper in dossier.earlier] == ["رد می‌شود."]
    assert "writes no letter" in text_of(after)


def test_a_decision_by_silence_is_worded_so(shop, officer):
    case = shop.drafted()
    shop.world.pass_time(days=90)
    shop.run_clocks()
    found = queries.get_case(case.uuid)
    assert found.deemed

    page = officer("industry-trade-expert").get(f"/office/cases/{case.uuid}/")

    assert page.context["dossier"].paper.deemed
    assert "silence counts as this decision" in text_of(page)


def test_a_note_is_for_officers_and_keeps_what_cannot_be_kept(shop, officer):
    case = shop.submitted()
    expert = officer("industry-trade-expert")
    empty = expert.post(f"/office/cases/{case.uuid}/notes/", {"note-text": "  "})
    kept = expert.post(f"/office/cases/{case.uuid}/notes/", {"note-text": "Look at the door."})

    assert empty.status_code == 422
    assert kept["Location"].endswith("/#notes")
    [note] = expert.get(url(case, "check")).context["dossier"].notes
    assert note.text == "Look at the door."
    assert "expert" in note.by
    secretary = officer("industry-trade-secretariat").get(f"/office/cases/{case.uuid}/")
    assert "Look at the door." not in text_of(secretary)
    assert secretary.context["note_field"] is None


@pytest.mark.parametrize("then", ["pause/", "resume/", "recuse/"])
def test_nobody_else_does_anything_in_a_step(shop, officer, then):
    case = shop.submitted()
    address = url(case, "check", then)
    assert officer("agriculture-expert").post(address, {"reason": "site-closed"}).status_code == 404
    assert Client().post(address).status_code == 302
    assert task_of(case, "check").post == people.get_post_by_code("industry-trade-expert").uuid
    assert facts_of("cases.clock-paused") == facts_of("cases.task-recused") == 0


def test_who_steps_aside_hands_the_step_on_and_sees_the_case_no_more(shop, officer):
    case = shop.submitted()
    expert, address = officer("industry-trade-expert"), url(case, "check")

    empty = expert.post(f"{address}recuse/", {"recusal": ""})
    assert empty.status_code == 422
    assert "Write why you may not decide here." in text_of(empty)

    done = expert.post(f"{address}recuse/", {"recusal": "My brother asks."}, follow=True)
    assert people.get_post_by_code("industry-trade-deputy").title("en") in text_of(done)
    assert expert.get(address).status_code == 404
    assert officer("industry-trade-deputy").get(address).status_code == 200


def test_ones_own_case_is_not_shown_and_can_only_be_handed_on(shop, officer):
    seat = people.get_post_by_code("industry-trade-expert")
    holder = people.holder_of(seat.uuid, shop.world.now)
    case = shop.submitted()
    # The applicant of the case becomes the one who would have to decide it.
    from divan.dealings.cases import models  # noqa: PLC0415 (Django is ready only now)
    from divan.registers.people.models import Person  # noqa: PLC0415 (as above)

    models.Case.objects.filter(uuid=case.uuid).update(applicant=Person.objects.get(uuid=holder.uuid))
    expert, address = officer("industry-trade-expert"), url(case, "check")

    page = expert.get(address)
    acted = expert.post(address, {"action": "accept", "report-measured": "90"})
    read = expert.get(f"/office/cases/{case.uuid}/")

    assert (page.status_code, acted.status_code) == (403, 403)
    assert "Nobody decides on their own" in text_of(page)
    assert page.context["field"].value == "It is my own case."
    assert read.context["dossier"].told == []
    assert shop.steps(case.uuid) == ["check"]
    expert.post(f"{address}recuse/", {"recusal": "It is my own case."})
    assert task_of(case, "check").post == people.get_post_by_code("industry-trade-deputy").uuid


def test_similar_cases_are_told_with_outcome_and_number(shop, officer):
    first = shop.granted()
    case = shop.submitted()
    [line] = officer("industry-trade-expert").get(url(case, "check")).context["dossier"].similar
    assert (line.number, line.tone, line.is_same_applicant) == (first.number, "good", True)
    assert line.url == f"/office/cases/{first.uuid}/"
    assert officer("industry-trade-expert").get(line.url).status_code == 200


def test_a_similar_case_is_no_link_for_a_post_that_had_no_part_in_it(shop, officer):
    first, case = shop.granted(), shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    found = queries.get_case(case.uuid)

    [line] = open_dossier(found, {"check"}, language="en", now=shop.world.now, post=uuid4()).similar

    assert (line.number, line.url) == (first.number, "")


def test_a_page_of_the_desk_asks_a_bounded_number_of_questions(shop, officer, django_assert_max_num_queries):
    case = shop.drafted()
    client, address = officer("industry-trade-expert"), url(case, "draft")
    client.get(address)
    with django_assert_max_num_queries(75) as seen:
        client.get(address)
    few = len(seen.captured_queries)
    for number in range(5):
        actions.write_note(
            case=case.uuid, text=f"note {number}", actor=shop.officer("industry-trade-expert"), now=shop.world.now
        )
    with django_assert_max_num_queries(few):
        client.get(address)
