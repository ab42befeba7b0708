"""Stepping: who acts, where a case goes, and that exactly one acts."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from divan.dealings.cases import actions, jobs, models, queries
from divan.dealings.cases.values import (
    ActionNotPossible,
    CaseNotOpen,
    CaseState,
    Given,
    NotYourTask,
    ReferralNotPossible,
    TaskDone,
    WithdrawalTooLate,
)
from divan.dealings.correspondence import queries as correspondence
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.catalogue import actions as catalogue
from divan.registers.people import actions as people
from divan.registers.people import queries as bodies
from divan.trust.signing.values import WordingFault
from divan_libs.servicepack.lint import Surroundings
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.tests.conftest import SERVICE


def test_the_story_runs_from_the_village_to_a_numbered_signature(world):
    case = world.at_step("over")

    tasks = queries.list_tasks(case.uuid)
    decision = queries.find_decision(case.uuid)
    letter = correspondence.get_letter(decision.letter)
    assert [(task.step, task.action) for task in tasks] == [
        ("confirm", "confirm"),
        ("endorse", "endorse"),
        ("draft", "propose-answer"),
        ("paraph", "paraph"),
        ("sign", "sign"),
    ]
    assert (case.state, case.outcome, decision.state) == (CaseState.DECIDED, "answered", "signed")
    assert str(letter.number) == "110/1405/1"
    assert [paraph.post for paraph in decision.paraphs] == [world.post("ict-deputy").uuid]


def test_numbers_of_a_register_have_no_gaps_and_no_doubles(world):
    first, second = world.at_step("over"), world.at_step("over", key="outsider")

    numbers = [
        str(correspondence.get_letter(queries.find_decision(case.uuid).letter).number) for case in (first, second)
    ]
    assert numbers == ["110/1405/1", "110/1405/2"]
    assert correspondence.find_gaps("ict-directorate", 1405) == []


def test_each_step_lands_in_the_worklist_of_the_post_that_must_act(world):
    case = world.submitted()
    head = world.post("village-head-of-village").uuid

    before = correspondence.list_worklist(head)
    world.act(case.uuid, "village-head", "confirm")

    assert [item.number for item in before.items] == [case.number]
    assert correspondence.list_worklist(head).items == ()
    assert [
        item.number for item in correspondence.list_worklist(world.post("district-head-of-district").uuid).items
    ] == [case.number]


@pytest.mark.parametrize("key", ["district-head", "ict-expert", "ict-director", "governor-officer", "secretariat"])
def test_an_officer_of_another_post_changes_nothing(world, key):
    case = world.submitted()
    task = queries.find_open_task(case.uuid)

    with pytest.raises(NotYourTask):
        actions.act(task=task.uuid, action="confirm", given=Given(), actor=world.officer(key), now=world.now)

    assert queries.find_open_task(case.uuid) == task


def test_who_comes_second_in_a_step_is_told_and_changes_nothing(world):
    case = world.submitted()
    task = queries.find_open_task(case.uuid)
    world.act(case.uuid, "village-head", "confirm")
    recorded = facts.recorded_for(case.uuid)

    with pytest.raises(TaskDone):
        actions.act(
            task=task.uuid,
            action="object",
            given=Given(codes=("REQ-DEHYARI",)),
            actor=world.officer("village-head"),
            now=world.now,
        )

    assert facts.recorded_for(case.uuid) == recorded


def test_a_signatory_who_lost_the_post_after_the_paraph_cannot_sign(world):
    case = world.at_step("sign")
    director = world.officer("ict-director")
    people.leave_post(person=director.uuid, post=director.post, actor=SYSTEM, now=world.now)

    with pytest.raises(NotYourTask):
        actions.act(
            task=queries.find_open_task(case.uuid).uuid,
            action="sign",
            given=Given(),
            actor=director,
            now=world.pass_time(minutes=1),
        )

    assert queries.get_case(case.uuid).state is CaseState.OPEN
    assert correspondence.list_register("ict-directorate", year=1405) == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "flow.codes-required"),
        ({"codes": ("REQ-INVENTED",)}, "flow.unknown-codes"),
    ],
)
def test_an_objection_names_requirements_of_this_very_version(world, given, reason):
    case = world.submitted()

    with pytest.raises(ActionNotPossible) as refusal:
        world.act(case.uuid, "village-head", "object", **given)

    assert refusal.value.facts["reason"] == reason
    assert queries.find_open_task(case.uuid).step == "confirm"


def test_a_draft_sent_back_is_drafted_anew_and_loses_its_paraphs(world):
    case = world.at_step("sign")
    world.act(case.uuid, "ict-director", "send-back", note="مهلت را بنویسید.")

    world.act(case.uuid, "ict-expert", "propose-answer", text="تا پایان اسفند نصب می‌شود.")

    decision = queries.find_decision(case.uuid)
    assert (decision.version, decision.state, decision.paraphs) == (2, "drafted", ())


def test_a_rejection_keeps_its_codes(world):
    case = world.at_step("draft")

    world.act(case.uuid, "ict-expert", "propose-rejection", codes=("REQ-WITHOUT-COVERAGE",), text="روستا زیر پوشش است.")
    world.act(case.uuid, "ict-deputy", "paraph")
    world.act(case.uuid, "ict-director", "sign")

    closed = queries.get_case(case.uuid)
    assert (closed.outcome, queries.find_decision(case.uuid).codes) == ("rejected", ("REQ-WITHOUT-COVERAGE",))


def test_a_correction_stops_the_clock_and_lets_it_run_on(world):
    case = world.submitted()
    due = queries.find_open_task(case.uuid).due_at
    world.act(case.uuid, "village-head", "return", codes=("REQ-PHOTO",), note="تصویر را بفرستید.")
    waiting = queries.get_case(case.uuid)

    world.pass_time(days=7)
    actions.resubmit_case(case=case.uuid, actor=world.citizen(), now=world.now)

    assert (waiting.state, waiting.due_at, waiting.correction_codes) == (CaseState.CORRECTION, None, ("REQ-PHOTO",))
    again = queries.find_open_task(case.uuid)
    assert again.step == "confirm"
    assert again.due_at >= due + timedelta(days=6)


def test_a_case_in_correction_waits_for_its_applicant_only(world):
    case = world.submitted()
    task = queries.find_open_task(case.uuid)
    world.act(case.uuid, "village-head", "return", codes=("REQ-PHOTO",))

    with pytest.raises((TaskDone, CaseNotOpen)):
        actions.act(task=task.uuid, action="confirm", given=Given(), actor=world.officer("village-head"), now=world.now)


def test_silence_hands_the_task_to_the_superior_by_itself(world):
    case = world.submitted()
    world.pass_time(days=15)

    jobs.run_clocks(world.now)

    task = queries.find_open_task(case.uuid)
    assert task.post == world.post("district-head-of-district").uuid
    assert task.escalated_at == world.now
    assert "cases.task-escalated" in facts.recorded_for(task.uuid)


def test_silence_of_the_district_counts_as_endorsement_and_is_done_once(world):
    case = world.at_step("endorse")
    world.pass_time(days=20)

    assert jobs.run_clocks(world.now) == 1
    assert jobs.run_clocks(world.now) == 0

    assert queries.find_open_task(case.uuid).step == "draft"
    deemed = queries.list_tasks(case.uuid)[1]
    assert (deemed.action, deemed.done_by) == ("endorse", None)


def test_a_village_without_a_village_head_goes_to_the_district(world):
    case = world.draft()
    world.fill(case.uuid, village=["1503050001219752"])

    actions.submit_case(case=case.uuid, actor=world.citizen(), now=world.now)

    assert queries.find_open_task(case.uuid).post == world.post("district-head-of-district").uuid


def test_a_referral_goes_down_with_instruction_and_comes_back_with_an_answer(world):
    case = world.at_step("draft")
    task = queries.find_open_task(case.uuid)
    referral = actions.refer_task(
        task=task.uuid,
        to_post=world.post("ict-deputy").uuid,
        instruction="نظر فنی بدهید.",
        due_at=world.now + timedelta(days=2),
        actor=world.officer("ict-expert"),
        now=world.now,
    )

    answered = actions.answer_referral(
        referral=referral.uuid, answer="امکان‌پذیر است.", actor=world.officer("ict-deputy"), now=world.now
    )

    assert answered.answer == "امکان‌پذیر است."
    assert correspondence.list_worklist(world.post("ict-deputy").uuid).items == ()
    assert queries.find_open_task(case.uuid) == task


def test_an_unanswered_referral_falls_away_with_its_task(world):
    case = world.at_step("draft")
    referral = actions.refer_task(
        task=queries.find_open_task(case.uuid).uuid,
        to_post=world.post("ict-deputy").uuid,
        instruction="نظر فنی بدهید.",
        due_at=None,
        actor=world.officer("ict-expert"),
        now=world.now,
    )
    world.act(case.uuid, "ict-expert", "propose-answer", text="بله.")

    with pytest.raises(ReferralNotPossible):
        actions.answer_referral(referral=referral.uuid, answer="دیر", actor=world.officer("ict-deputy"), now=world.now)

    assert queries.get_referral(referral.uuid)[0].recalled_at == world.now


@pytest.mark.parametrize("to", ["ict-expert", "governor-officer", "village-head-of-village"])
def test_a_referral_stays_in_the_body_and_goes_to_another(world, to):
    case = world.at_step("draft")

    with pytest.raises(ReferralNotPossible):
        actions.refer_task(
            task=queries.find_open_task(case.uuid).uuid,
            to_post=world.post(to).uuid,
            instruction="نظر بدهید.",
            due_at=None,
            actor=world.officer("ict-expert"),
            now=world.now,
        )


def test_withdrawing_takes_the_case_off_the_worklist_and_ends_it(world):
    case = world.at_step("draft")

    actions.withdraw_case(case=case.uuid, actor=world.citizen(), now=world.now)

    assert queries.get_case(case.uuid).state is CaseState.WITHDRAWN
    assert correspondence.list_worklist(world.post("ict-expert").uuid).items == ()


def test_it_is_too_late_to_withdraw_before_the_signature(world):
    case = world.at_step("sign")

    with pytest.raises(WithdrawalTooLate):
        actions.withdraw_case(case=case.uuid, actor=world.citizen(), now=world.now)

    assert queries.get_case(case.uuid).state is CaseState.OPEN


def test_every_digest_of_a_finished_case_is_that_of_its_live_row(world):
    world.at_step("over")

    for kind, uuid, _sequence, _position, digest in facts.last_digests(limit=10_000):
        assert facts.live_digests(kind, [uuid])[uuid] == digest, kind


def test_a_letter_that_these_answers_break_takes_no_number(world, tmp_path):
    folder = Path(shutil.copytree(SERVICE, tmp_path / SERVICE.name))
    template = folder / "outputs" / "reply-letter.typ"
    template.write_text(template.read_text().replace("#fields.reply", '#(1 / fields.reply.matches("ن").len())'))
    around = Surroundings(
        roles=bodies.list_roles(),
        bodies=bodies.list_body_codes(),
        data_services=frozenset({"civil-registry/person", "mobile-register/owner"}),
    )
    catalogue.publish_package(package=load_package(folder), surroundings=around, actor=SYSTEM, now=world.now)
    case = world.at_step("sign")
    broken = models.Decision.objects.get(case__uuid=case.uuid)
    models.Decision.objects.filter(pk=broken.pk).update(text="۴۰")

    with pytest.raises(WordingFault):
        world.act(case.uuid, "ict-director", "sign")

    assert queries.find_open_task(case.uuid).step == "sign"
    models.Decision.objects.filter(pk=broken.pk).update(text=broken.text)
    world.act(case.uuid, "ict-director", "sign")
    assert str(correspondence.get_letter(queries.find_decision(case.uuid).letter).number) == "110/1405/1"
