"""What officers have at the desk: answers before a correction, notes, recusals, similar cases, permits of a body."""

from __future__ import annotations

from dataclasses import replace

import pytest

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import (
    LONGEST_NOTE,
    CaseUnknown,
    ConflictOfInterest,
    Given,
    NoteNotPossible,
    NotYourTask,
    PermitUnknown,
    RecusalNotPossible,
    SimilarCases,
    TaskDone,
)
from divan.dealings.correspondence import queries as correspondence
from divan.foundation.models import Fact
from divan.registers.catalogue.values import ServiceUnknown
from divan.registers.people import actions as people_actions
from divan.registers.people import queries as people


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


def facts_of(kind: str) -> int:
    return Fact.objects.filter(kind=kind).count()


def open_task(case, step="check"):
    return next(task for task in queries.list_open_tasks(case.uuid) if task.step == step)


def test_answers_are_kept_as_they_stood_when_a_case_goes_back(shop):
    case = shop.submitted(area=120)
    assert queries.find_kept_answers(case.uuid) is None

    shop.act(case.uuid, "check", "return", "industry-trade-expert", codes=("REQ-AREA",))
    shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=["130"], begins=["1405/10/01"])

    kept = queries.find_kept_answers(case.uuid)
    assert (kept.step, kept.answers["area"], kept.kept_at) == ("check", 120, shop.world.now)
    assert queries.get_case(case.uuid).answers["area"] == 130
    assert facts_of("cases.answers-kept") == 1


def test_the_last_correction_counts(shop):
    case = shop.submitted(area=120)
    for area in ("130", "140"):
        shop.act(case.uuid, "check", "return", "industry-trade-expert", codes=("REQ-AREA",))
        shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=[area], begins=["1405/10/01"])
        actions.resubmit_case(case=case.uuid, actor=shop.world.citizen(), now=shop.world.now)
    assert queries.find_kept_answers(case.uuid).answers["area"] == 130


def test_a_note_is_written_by_whoever_has_a_say_in_the_case(shop):
    case = shop.submitted()
    expert = shop.officer("industry-trade-expert")
    note = actions.write_note(case=case.uuid, text="  با شهرداري هماهنگ شد. ", actor=expert, now=shop.world.now)

    assert queries.list_notes(case.uuid) == [note]
    assert (note.text, note.author, note.post) == ("با شهرداری هماهنگ شد.", expert.uuid, expert.post)
    assert facts_of("cases.note-written") == 1


def test_nobody_else_writes_a_note(shop):
    case = shop.submitted()
    now, expert = shop.world.now, shop.officer("industry-trade-expert")
    with pytest.raises(CaseUnknown):
        actions.write_note(case=case.uuid, text="x", actor=shop.officer("agriculture-expert"), now=now)
    with pytest.raises(CaseUnknown):
        actions.write_note(case=case.uuid, text="x", actor=shop.world.citizen(), now=now)
    with pytest.raises(NotYourTask):
        actions.write_note(case=case.uuid, text="x", actor=replace(expert, uuid=case.applicant), now=now)
    for text, reason in ((" \n ", "empty"), ("x" * (LONGEST_NOTE + 1), "too-long")):
        with pytest.raises(NoteNotPossible) as refused:
            actions.write_note(case=case.uuid, text=text, actor=expert, now=now)
        assert refused.value.facts["reason"] == reason
    assert queries.list_notes(case.uuid) == []
    assert facts_of("cases.note-written") == 0


def test_who_recuses_hands_the_step_to_the_next_holder_and_the_clock_runs_on(shop):
    case = shop.submitted()
    task, expert = open_task(case), shop.officer("industry-trade-expert")
    deputy = people.get_post_by_code("industry-trade-deputy")

    after = actions.recuse(task=task.uuid, reason="برادر متقاضی هستم.", actor=expert, now=shop.world.now)

    assert (after.post, after.due_at) == (deputy.uuid, task.due_at)
    [line] = correspondence.list_worklist(deputy.uuid).items
    assert (line.about_uuid, line.due_at, line.sender_fa) == (task.uuid, task.due_at, "expert")
    assert correspondence.count_open_work([expert.post])[expert.post] == 0
    assert queries.has_recused(case.uuid, expert.uuid)
    assert not queries.may_see_case(people.get_post(expert.post), case)
    recusal = models.Recusal.objects.get()
    assert (recusal.reason, recusal.person) == ("برادر متقاضی هستم.", expert.uuid)
    assert facts_of("cases.task-recused") == 2


def test_who_recused_does_not_act_in_a_later_step_of_the_case_either(shop):
    case = shop.submitted(area=40)
    expert = shop.officer("industry-trade-expert")
    actions.recuse(task=open_task(case).uuid, reason="خویشاوند", actor=expert, now=shop.world.now)
    shop.act(case.uuid, "check", "accept", "industry-trade-deputy", report={"measured": ["40"]})
    shop.act(case.uuid, "fire-review", "agree", "fire-safety-expert")
    drafting = open_task(case, "draft")

    with pytest.raises(ConflictOfInterest):
        actions.act(
            task=drafting.uuid,
            action="propose-permit",
            given=Given(text="موافقت"),
            actor=expert,
            now=shop.world.now,
        )
    assert shop.steps(case.uuid) == ["draft"]


def test_silence_after_a_recusal_goes_to_the_one_after(shop):
    case = shop.submitted()
    task = open_task(case)
    actions.recuse(task=task.uuid, reason="خویشاوند", actor=shop.officer("industry-trade-expert"), now=shop.world.now)
    shop.world.pass_time(days=20)
    shop.run_clocks()
    assert queries.get_task(task.uuid).post == people.get_post_by_code("industry-trade-director").uuid


def test_a_recusal_needs_a_reason_a_seat_and_somebody_to_follow(shop):
    case = shop.submitted()
    task, expert, now = open_task(case), shop.officer("industry-trade-expert"), shop.world.now
    with pytest.raises(NotYourTask):
        actions.recuse(task=task.uuid, reason="x", actor=shop.officer("industry-trade-deputy"), now=now)
    with pytest.raises(RecusalNotPossible) as refused:
        actions.recuse(task=task.uuid, reason="  ", actor=expert, now=now)
    assert refused.value.facts["reason"] == "reason"

    actions.recuse(task=task.uuid, reason="x", actor=expert, now=now)
    actions.recuse(task=task.uuid, reason="x", actor=shop.officer("industry-trade-deputy"), now=now)
    with pytest.raises(RecusalNotPossible) as refused:
        actions.recuse(task=task.uuid, reason="x", actor=shop.officer("industry-trade-director"), now=now)
    assert refused.value.facts["reason"] == "nobody-else"
    assert models.Recusal.objects.count() == 2
    shop.act(case.uuid, "check", "accept", "industry-trade-director", report={"measured": ["90"]})
    with pytest.raises(TaskDone):
        actions.recuse(task=task.uuid, reason="x", actor=expert, now=now)


def test_who_recuses_from_a_step_whose_silence_names_nobody_hands_it_to_the_next_superior(shop):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    task, now = open_task(case, "fire-review"), shop.world.now

    after = actions.recuse(task=task.uuid, reason="x", actor=shop.officer("fire-safety-expert"), now=now)

    assert (after.post, after.due_at) == (people.get_post_by_code("fire-safety-director").uuid, task.due_at)
    assert [line.about_uuid for line in correspondence.list_worklist(after.post).items] == [task.uuid]
    shop.act(case.uuid, "fire-review", "agree", "fire-safety-director")
    assert "fire-review" not in shop.steps(case.uuid)


def test_similar_cases_are_of_the_same_service_and_place_or_applicant(shop):
    first = shop.granted()
    decided = queries.get_case(first.uuid)
    second = shop.submitted()

    similar = queries.similar_cases(second)

    [line] = similar.newest
    assert (line.number, line.outcome, line.decided_at) == (first.number, "granted", decided.decided_at)
    assert (line.negative, line.is_same_applicant) == (False, True)
    assert similar.outcomes == (("granted", 1),)
    assert queries.similar_cases(first) == SimilarCases(newest=(), outcomes=())
    other_service = shop.world.submitted()
    assert queries.similar_cases(other_service) == SimilarCases(newest=(), outcomes=())


def test_similar_cases_cost_one_statement(shop, django_assert_num_queries):
    shop.granted()
    case = shop.submitted()
    with django_assert_num_queries(1):
        queries.similar_cases(case)


def test_a_body_lists_the_permits_of_its_services_alone(shop, django_assert_num_queries):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)

    with django_assert_num_queries(1):
        [line] = queries.list_permits_of_body("industry-trade")
    assert (line.uuid, line.number, line.state, line.holder) == (permit.uuid, permit.number, "in-force", case.applicant)
    assert queries.list_permits_of_body("agriculture") == []
    assert queries.list_permits_of_body("industry-trade", number=permit.number[:5]) == [line]
    assert queries.list_permits_of_body("industry-trade", number="۹۹") == []
    assert queries.list_permits_of_body("industry-trade", after=permit.uuid) == []
    with pytest.raises(PermitUnknown):
        queries.list_permits_of_body("industry-trade", after=case.uuid)


def test_a_pause_is_told_with_its_reason_and_its_end(shop):
    case = shop.submitted()
    assert queries.find_pause(case.uuid) is None
    expert = shop.officer("industry-trade-expert")
    actions.pause_clocks(task=open_task(case).uuid, reason="site-closed", note="", actor=expert, now=shop.world.now)
    pause = queries.find_pause(case.uuid)
    assert (pause.reason, pause.starts_at) == ("site-closed", shop.world.now)
    assert pause.until > shop.world.now


def test_an_opinion_of_another_body_is_told_with_its_letter(shop):
    case = shop.drafted()
    [opinion] = queries.list_opinion_letters(case.uuid)
    task = next(task for task in queries.list_tasks(case.uuid) if task.step == "land-review")
    assert (opinion.task, opinion.document, opinion.issued_at) == (task.uuid, "land-letter", None)
    assert correspondence.get_letter(opinion.letter).signer_title == "expert"


def test_a_service_to_employees_is_begun_by_whoever_holds_a_post_and_by_nobody_else(world, tmp_path):
    shop = workshop.publish(
        world, tmp_path, ("card.yaml", ("audience",), "employees"), ("card.yaml", ("relations",), ["G2E"])
    )
    employee = shop.officer("industry-trade-expert")

    with pytest.raises(ServiceUnknown):
        actions.start_draft(service_code="workshop-permit", language="fa", actor=world.citizen(), now=world.now)
    assert not models.Case.objects.exists()
    case = actions.start_draft(service_code="workshop-permit", language="fa", actor=employee, now=world.now)
    assert case.applicant == employee.uuid

    world.pass_time(days=1)
    people_actions.leave_post(person=employee.uuid, post=employee.post, actor=employee, now=world.now)
    with pytest.raises(ServiceUnknown):
        actions.start_draft(service_code="workshop-permit", language="fa", actor=employee, now=world.now)
