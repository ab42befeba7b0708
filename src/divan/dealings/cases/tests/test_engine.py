"""The engine: parallel reviews, silence that decides, aftercare, and objections."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from divan.dealings.cases import actions, jobs, models, queries, rules
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import (
    ActionNotPossible,
    AnswersRefused,
    CaseState,
    Given,
    ObjectionNotPossible,
    PauseNotPossible,
)
from divan.dealings.correspondence import queries as correspondence
from divan.foundation.actors import SYSTEM
from divan.registers.people import queries as people
from divan.trust.exchange.values import ExchangeAnswer, ExchangeSilent
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.filling import raw_values
from divan_libs.servicepack.models import CaseField, OutputField


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


def test_reviews_wait_side_by_side_and_the_last_one_leads_on(shop):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    assert shop.steps(case.uuid) == ["fire-review", "land-review"]

    shop.act(case.uuid, "land-review", "agree", "agriculture-expert", text="مانعی نیست.")
    assert shop.steps(case.uuid) == ["fire-review"]
    assert queries.get_case(case.uuid).tracks == {"fire": "", "land": "agree"}

    shop.act(case.uuid, "fire-review", "agree", "fire-safety-expert")
    assert shop.steps(case.uuid) == ["deputy-look"]
    assert queries.get_case(case.uuid).tracks == {"fire": "agree", "land": "agree"}


def test_a_review_that_does_not_concern_the_case_is_left_out(shop):
    case = shop.submitted(area=40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    assert shop.steps(case.uuid) == ["fire-review"]


def test_a_step_whose_condition_fails_is_left_out_from_the_beginning(shop):
    assert shop.steps(shop.submitted(area=5).uuid) == ["fire-review"]


def test_an_officer_answers_the_questions_of_the_step(shop):
    case = shop.submitted()
    with pytest.raises(AnswersRefused) as refused:
        shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["بسیار"]})
    assert [fault.question for fault in refused.value.facts["faults"]] == ["measured"]
    assert shop.steps(case.uuid) == ["check"]

    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["۱۲۰۰"]})
    assert queries.get_case(case.uuid).reports == {"measured": 1200}


def test_an_objecting_review_leads_to_the_draft_that_may_refuse(shop):
    case = shop.submitted(area=40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    shop.act(case.uuid, "fire-review", "object", "fire-safety-expert", codes=("REQ-FIRE",), text="راه خروج ندارد.")
    assert shop.steps(case.uuid) == ["draft"]
    shop.act(case.uuid, "draft", "propose-refusal", "industry-trade-expert", codes=("REQ-FIRE",), text="رد")
    assert queries.find_decision(case.uuid).outcome == "refused"


def test_a_step_names_only_the_requirements_it_may_name(shop):
    case = shop.submitted()
    with pytest.raises(ActionNotPossible) as refused:
        shop.act(case.uuid, "check", "return", "industry-trade-expert", codes=("REQ-FIRE",))
    assert refused.value.facts["reason"] == "flow.unknown-codes"


def test_a_correction_in_one_track_holds_the_clocks_of_all(shop):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    shop.act(case.uuid, "land-review", "return", "agriculture-expert", codes=("REQ-AREA",), note="مساحت؟")
    held = queries.list_open_tasks(case.uuid)
    assert [(task.step, task.due_at) for task in held] == [("fire-review", None)]

    shop.world.pass_time(days=20)
    assert shop.run_clocks() == 0
    shop.page(case.uuid, "workshop", village=[workshop.VILLAGE], area=["130"], begins=["1405/10/01"])
    actions.resubmit_case(case=case.uuid, actor=shop.world.citizen(), now=shop.world.now)
    tasks = {task.step: task for task in queries.list_open_tasks(case.uuid)}
    assert sorted(tasks) == ["fire-review", "land-review"]
    assert tasks["land-review"].track == "land"
    assert all(task.due_at > shop.world.now for task in tasks.values())


def test_an_opinion_is_a_signed_letter_of_the_other_body(shop):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    shop.act(case.uuid, "land-review", "agree", "agriculture-expert", text="مانعی نیست.")
    opinion = models.OpinionLetter.objects.get()
    letter = correspondence.get_letter(opinion.letter_uuid)
    assert letter.signer_title == "expert"
    assert letter.body_uuid == people.get_unit("agriculture").uuid
    actions.note_issued_document(document=opinion.document_uuid, actor=SYSTEM, now=shop.world.now)
    opinion.refresh_from_db()
    assert opinion.issued_at == shop.world.now
    assert shop.steps(case.uuid) == ["fire-review"]


def test_silence_escalates_from_post_to_post_and_stays_with_the_last(shop):
    case = shop.submitted()
    posts = []
    for _ in range(4):
        shop.world.pass_time(days=12)
        shop.run_clocks()
        open_tasks = queries.list_open_tasks(case.uuid)
        if open_tasks and open_tasks[0].step == "check":
            posts.append(people.get_post(open_tasks[0].post).role)
    assert posts[:2] == ["deputy", "director"]


def test_silence_of_a_review_is_its_agreement(shop):
    case = shop.submitted(area=40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    shop.world.pass_time(days=10)
    shop.run_clocks()
    assert queries.get_case(case.uuid).tracks == {"fire": "agree"}
    assert shop.steps(case.uuid) == ["draft"]


def test_silence_past_the_draft_grants_the_permit_under_the_seal_of_the_body(shop):
    case = shop.drafted()
    shop.world.pass_time(days=15)
    shop.run_clocks()

    decided, decision = queries.get_case(case.uuid), queries.find_decision(case.uuid)
    letter = correspondence.get_letter(decision.letter)
    assert (decided.state, decided.outcome, decided.deemed) == (CaseState.DECIDED, "granted", True)
    assert (decision.deemed, decision.signed_by) == (True, people.get_unit("industry-trade").uuid)
    assert letter.signer_name == people.get_unit("industry-trade").name_fa
    assert queries.list_open_tasks(case.uuid) == []
    assert queries.find_permit_of_case(case.uuid).state == "in-force"


def test_the_deadline_of_the_whole_case_decides_over_all_open_tracks(shop):
    case = shop.submitted()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    models.Task.objects.filter(case__uuid=case.uuid).update(silent=True)
    shop.world.pass_time(days=90)
    assert shop.run_clocks() == 1
    decided = queries.get_case(case.uuid)
    assert (decided.outcome, decided.deemed) == ("granted", True)
    assert queries.list_open_tasks(case.uuid) == []
    assert shop.run_clocks() == 0


def test_clocks_stand_still_for_a_coded_reason_and_go_on_by_themselves(shop):
    case = shop.submitted()
    task = queries.find_open_task(case.uuid)
    expert = shop.officer("industry-trade-expert")
    with pytest.raises(PauseNotPossible):
        actions.pause_clocks(task=task.uuid, reason="holiday", note="", actor=expert, now=shop.world.now)
    actions.pause_clocks(task=task.uuid, reason="site-closed", note="", actor=expert, now=shop.world.now)
    with pytest.raises(PauseNotPossible):
        actions.pause_clocks(task=task.uuid, reason="site-closed", note="", actor=expert, now=shop.world.now)
    assert queries.find_open_task(case.uuid).due_at is None

    shop.world.pass_time(days=4)
    assert shop.run_clocks() == 0
    shop.world.pass_time(days=5)
    assert shop.run_clocks() == 1
    going_on = queries.find_open_task(case.uuid)
    assert going_on.due_at is not None
    assert going_on.due_at > task.due_at


def _answering(state, calls):
    def ask(**message):
        calls.append((message["method"], message["path"], message["body"]))
        if state is None:
            raise ExchangeSilent(reason="timeout")
        return ExchangeAnswer(
            status=200,
            body=json.dumps({"state": state, "reference": "T-7"}).encode(),
            content_type="application/json",
            message_id=message["message_id"],
            request_id="",
            request_hash="",
            error="",
        )

    return ask


def test_after_the_decision_an_order_goes_out_once_and_its_state_moves_the_case(shop):
    case = shop.granted()
    assert (case.state, shop.steps(case.uuid)) == (CaseState.AFTERCARE, ["pay-out"])

    calls = []
    jobs.follow_orders(shop.world.now, ask=_answering("ordered", calls))
    assert calls == [("PUT", f"/orders/{case.number}", {"area": 120})]
    assert shop.steps(case.uuid) == ["pay-out"]

    shop.world.pass_time(hours=13)
    jobs.follow_orders(shop.world.now, ask=_answering("paid", calls))
    assert shop.steps(case.uuid) == ["posted"]
    shop.world.pass_time(hours=7)
    jobs.follow_orders(shop.world.now, ask=_answering("delivered", calls))
    closed = queries.get_case(case.uuid)
    assert (closed.state, closed.outcome) == (CaseState.CLOSED, "granted")
    # The parcel is only followed, never ordered.
    assert [call[0] for call in calls] == ["PUT", "GET", "GET", "GET"]


def test_what_is_ordered_outside_carries_the_number_and_the_days_of_a_case_as_machines_read_them(shop):
    case = shop.granted()
    sources = queries.output_sources(
        case, queries.get_package_of(case), today=shop.world.now.date(), language="fa", base_url="https://x.example"
    )
    number = OutputField(code="number", case=CaseField.NUMBER)
    sent = OutputField(code="sent", case=CaseField.SUBMITTED_ON)

    day = case.submitted_at.astimezone(TEHRAN).date().isoformat()
    assert raw_values((number, sent), sources) == {"number": case.number, "sent": day}
    assert sources.case[CaseField.NUMBER] != case.number


def test_an_installation_may_lay_down_how_long_an_order_goes_unasked_at_most():
    twelve, moment = timedelta(hours=12), timedelta(seconds=15)
    assert rules.asking_pause(twelve) == twelve
    assert rules.asking_pause(timedelta()) == timedelta(minutes=1)
    assert rules.asking_pause(twelve, moment) == moment


def test_a_silent_body_is_asked_again_later_and_later(shop):
    shop.granted()
    calls = []
    for _ in range(3):
        jobs.follow_orders(shop.world.now, ask=_answering(None, calls))
    assert len(calls) == 1
    shop.world.pass_time(minutes=1)
    jobs.follow_orders(shop.world.now, ask=_answering(None, calls))
    assert [call[0] for call in calls] == ["PUT", "PUT"]


def test_an_outside_process_nobody_answers_for_comes_to_an_officer_in_the_end(shop):
    case = shop.granted()
    task = queries.find_open_task(case.uuid)
    shop.world.pass_time(days=30)
    shop.run_clocks()
    director = people.find_post_of_role("director", body="industry-trade")
    assert queries.find_open_task(case.uuid).post == director.uuid
    assert [work.about_uuid for work in correspondence.list_worklist(director.uuid).items] == [task.uuid]


def test_an_objection_is_heard_by_another_and_may_have_the_case_decided_anew(shop):
    case = shop.submitted(area=40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    shop.act(case.uuid, "fire-review", "object", "fire-safety-expert", codes=("REQ-FIRE",), text="راه خروج ندارد.")
    shop.act(case.uuid, "draft", "propose-refusal", "industry-trade-expert", codes=("REQ-FIRE",), text="رد")
    shop.act(case.uuid, "sign", "sign", "industry-trade-director")
    with pytest.raises(ObjectionNotPossible) as early:
        actions.raise_objection(case=case.uuid, text="نه", actor=shop.world.citizen(), now=shop.world.now)
    assert early.value.facts["reason"] == "no-decision"
    shop.issue(case.uuid)

    actions.raise_objection(case=case.uuid, text="راه خروج ساخته‌ام.", actor=shop.world.citizen(), now=shop.world.now)
    assert shop.steps(case.uuid) == ["hear-objection"]
    hearing = shop.world.officer("governor-officer")
    task = queries.find_open_task(case.uuid)
    actions.act(task=task.uuid, action="decide-anew", given=Given(note="دوباره"), actor=hearing, now=shop.world.now)
    shop.act(case.uuid, "draft", "propose-permit", "industry-trade-expert", text="موافقت")
    shop.act(case.uuid, "sign", "sign", "industry-trade-director")

    first, second = reversed(queries.list_decisions(case.uuid))
    assert [(one.number, one.outcome, one.state) for one in (first, second)] == [
        (1, "refused", "issued"),
        (2, "granted", "signed"),
    ]
    assert [objection.state for objection in queries.list_objections(case.uuid)] == ["accepted"]


def test_an_objection_comes_in_time_with_a_reason_and_once(shop):
    case = shop.submitted(area=40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    shop.act(case.uuid, "fire-review", "object", "fire-safety-expert", codes=("REQ-FIRE",), text="ندارد")
    shop.act(case.uuid, "draft", "propose-refusal", "industry-trade-expert", codes=("REQ-FIRE",), text="رد")
    shop.act(case.uuid, "sign", "sign", "industry-trade-director")
    shop.issue(case.uuid)
    citizen = shop.world.citizen()
    with pytest.raises(ObjectionNotPossible) as empty:
        actions.raise_objection(case=case.uuid, text="  ", actor=citizen, now=shop.world.now)
    assert empty.value.facts["reason"] == "no-reason"
    with pytest.raises(ObjectionNotPossible) as late:
        actions.raise_objection(case=case.uuid, text="دیر", actor=citizen, now=shop.world.now + timedelta(days=60))
    assert late.value.facts["reason"] == "too-late"

    actions.raise_objection(case=case.uuid, text="نه", actor=citizen, now=shop.world.now)
    task = queries.find_open_task(case.uuid)
    actions.act(
        task=task.uuid,
        action="uphold",
        given=Given(text="تصمیم درست بود."),
        actor=shop.world.officer("governor-officer"),
        now=shop.world.now,
    )
    upheld = queries.get_case(case.uuid)
    assert (upheld.state, upheld.outcome) == (CaseState.CLOSED, "upheld")
    assert queries.find_decision(case.uuid).state == "recorded"
    with pytest.raises(ObjectionNotPossible) as again:
        actions.raise_objection(case=case.uuid, text="باز هم نه", actor=citizen, now=shop.world.now)
    assert again.value.facts["reason"] == "not-heard"


@pytest.fixture
def reporting(world, tmp_path):
    """A case under review where a visit must be asked for with what was found."""
    shop = workshop.publish(
        world,
        tmp_path,
        ("flow.yaml", ("steps", "fire-review", "report"), {"finding": {"type": "text", "required": False}}),
        ("flow.yaml", ("steps", "fire-review", "actions", "visit", "reports"), ["finding"]),
        ("examples/granted.yaml", ("moves", 2, "report"), {"finding": "بازدید لازم است"}),
        *[(f"texts/{one}.yaml", ("questions", "finding"), {"label": "یافته"}) for one in ("fa", "en")],
    )
    case = shop.submitted(40)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["40"]})
    return shop, case.uuid


def test_a_question_of_a_report_may_be_required_for_one_action(reporting):
    shop, case = reporting

    with pytest.raises(AnswersRefused) as refused:
        shop.act(case, "fire-review", "visit", "fire-safety-expert")

    [fault] = refused.value.facts["faults"]
    assert (fault.question, fault.code, shop.steps(case)) == ("finding", "answers.required", ["fire-review"])
    shop.act(case, "fire-review", "visit", "fire-safety-expert", report={"finding": ["کپسول نیست"]})
    assert (queries.get_case(case).reports["finding"], shop.steps(case)) == ("کپسول نیست", ["fire-visit"])


def test_the_other_actions_of_a_step_leave_such_a_question_of_the_report_open(reporting):
    shop, case = reporting

    shop.act(case, "fire-review", "agree", "fire-safety-expert")

    assert shop.steps(case) == ["draft"]
