"""Tracks, decisions, waiting, silence, deadlines, aftercare and later beginnings, on the service that has them all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.faults import PackageFaults
from divan_libs.servicepack.flow_rules import (
    Arrival,
    FlowRefusal,
    Given,
    Opening,
    Position,
    TransitionKind,
    after_delivery,
    after_silence,
    apply,
    enter,
    may_withdraw,
    objected,
    objection,
    offered_actions,
    start,
    with_tracks,
)
from divan_libs.servicepack.flow_ways import steps_before, steps_in_order
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_package, load_with_sources
from divan_libs.servicepack.models import InquiryState, Package
from divan_libs.servicepack.tests.broken_flows import BROKEN_FLOWS
from divan_libs.servicepack.tests.folders import workshop

TODAY = date(2025, 11, 22)
AT_WORK = Position("reviews", {"fire": "", "land": ""})


@pytest.fixture(scope="module")
def permit(tmp_path_factory) -> Package:
    return load_package(workshop(tmp_path_factory.mktemp("workshop")))


def case(area: int, **more: object) -> Context:
    facts = {"identity": Fact(InquiryState.MATCHED, {"first_name": "گل‌نار"})}
    answers = {"village": "1", "area": area, "begins": TODAY}
    return replace(Context(today=TODAY, answers=answers, facts=facts), **more)


def test_the_service_with_everything_has_no_fault_and_passes_its_examples(permit):
    assert [str(fault) for fault in lint(permit, surroundings_alone(permit))] == []
    assert [outcome for outcome in run_examples(permit) if not outcome.passed] == []


@pytest.mark.parametrize(
    ("code", "file", "changes"), BROKEN_FLOWS, ids=[f"{row[0]}-{i}" for i, row in enumerate(BROKEN_FLOWS)]
)
def test_a_broken_flow_is_refused_with_code_file_and_line(permit, tmp_path, code, file, changes):
    package, sources = load_with_sources(workshop(tmp_path, *changes))

    found = [fault for fault in lint(package, surroundings_alone(permit), sources) if fault.code == code]

    assert file in {fault.file for fault in found}
    assert all(fault.line > 0 for fault in found)


def test_a_step_whose_condition_fails_is_left_out(permit):
    assert enter(permit, start(permit), case(50)) == Arrival(Position("check"), (Opening("check"),))
    assert enter(permit, start(permit), case(5)).position.step == "reviews"


def test_without_a_context_every_condition_is_taken_to_hold(permit):
    assert enter(permit, "check").position.step == "check"
    assert enter(permit, "reviews").position == AT_WORK


def test_a_parallel_step_opens_the_tracks_whose_condition_holds(permit):
    both = enter(permit, "reviews", case(200))
    assert both == Arrival(AT_WORK, (Opening("fire-review", "fire"), Opening("land-review", "land")))
    assert enter(permit, "reviews", case(50)).position.tracks == {"fire": ""}


def test_a_parallel_step_without_a_track_leads_on_at_once(tmp_path):
    never = "has(answers.area) && answers.area < 0"
    changes = [("flow.yaml", ("steps", "reviews", "tracks", track, "when"), never) for track in ("fire", "land")]
    package = load_package(workshop(tmp_path, *changes))

    assert enter(package, "reviews", case(200)) == Arrival(Position("draft"), (Opening("draft"),))


def test_a_track_goes_its_own_way_while_the_others_stay(permit):
    moved = apply(permit, "fire-review", "visit", Given(), case(200), AT_WORK, "fire")

    assert (moved.kind, moved.step) == (TransitionKind.STAYS, "reviews")
    assert moved.opens == (Opening("fire-visit", "fire"),)
    assert moved.tracks == AT_WORK.tracks


def test_a_finished_track_waits_for_the_others_and_the_last_one_leads_on(permit):
    first = apply(permit, "land-review", "agree", Given(), case(200), AT_WORK, "land")
    assert (first.kind, first.opens, first.tracks) == (TransitionKind.STAYS, (), {"fire": "", "land": "agree"})

    last = apply(permit, "fire-visit", "agree", Given(), case(200), Position("reviews", first.tracks), "fire")
    assert (last.kind, last.step, last.opens) == (TransitionKind.TO_STEP, "deputy-look", (Opening("deputy-look"),))
    assert last.tracks == {"fire": "agree", "land": "agree"}


def test_an_objection_in_a_track_takes_its_own_route(permit):
    position = Position("reviews", {"fire": "", "land": "agree"})

    led = apply(permit, "fire-visit", "object", Given(codes=("REQ-FIRE",)), case(200), position, "fire")

    assert led.step == "draft"
    assert objected(permit, led.tracks)
    assert not objected(permit, {"fire": "agree", "land": "agree"})
    assert with_tracks(permit, case(200), led.tracks).objected


def test_a_return_in_a_track_leaves_the_other_tracks_as_they_are(permit):
    position = Position("reviews", {"fire": "", "land": "agree"})

    back = apply(permit, "fire-review", "return", Given(codes=("REQ-AREA",)), case(200), position, "fire")

    assert (back.kind, back.step, back.tracks) == (TransitionKind.TO_APPLICANT, "reviews", position.tracks)


def test_a_report_decides_the_route(permit):
    done = Position("reviews", {"fire": ""})
    large, small = case(50, reports={"measured": 1500}), case(50, reports={"measured": 50})

    assert apply(permit, "fire-review", "agree", Given(), large, done, "fire").step == "deputy-look"
    assert apply(permit, "fire-review", "agree", Given(), small, done, "fire").step == "draft"
    assert apply(permit, "fire-review", "agree", Given(), case(50), done, "fire").step == "draft"


def test_a_step_names_only_the_codes_it_may(permit):
    with pytest.raises(FlowRefusal) as refused:
        apply(permit, "check", "return", Given(codes=("REQ-FIRE",)), case(50))

    assert refused.value.code == "flow.unknown-codes"
    assert apply(permit, "check", "return", Given(codes=("REQ-AREA",)), case(50)).step == "check"


def test_an_action_waits_for_its_condition(permit):
    agreed = case(50, tracks={"fire": "agree"})

    assert [action.code for action in offered_actions(permit, "draft", agreed)] == ["propose-permit"]
    assert len(offered_actions(permit, "draft", case(50))) == 2


def test_silence_passes_from_holder_to_holder(permit):
    silence = after_silence(permit, "check")

    assert [holder.role for holder in silence.escalated_to] == ["deputy", "director"]
    assert (silence.transition, silence.action, silence.outcome) == (None, None, None)


def test_silence_in_a_track_finishes_it(permit):
    silence = after_silence(permit, "fire-review", None, case(200), AT_WORK, "fire")

    assert silence.action == "agree"
    assert silence.transition.tracks == {"fire": "agree", "land": ""}


def test_silence_may_be_deemed_consent(permit):
    silence = after_silence(permit, "draft")

    assert silence.outcome == "granted"
    assert (silence.transition.kind, silence.transition.outcome) == (TransitionKind.CONCLUDE, "granted")


def test_the_aftercare_begins_with_the_document_and_finishes_the_case(permit):
    assert after_delivery(permit, "granted").opens == (Opening("pay-out"),)
    assert after_delivery(permit, "refused") is None
    assert apply(permit, "pay-out", "paid").step == "posted"
    assert apply(permit, "posted", "delivered").kind is TransitionKind.FINISH


def test_an_objection_is_heard_in_its_step_with_nothing_proposed(permit):
    heard = objection(permit, "refused")

    assert (heard.opens, heard.proposes) == ((Opening("hear-objection"),), None)
    assert objection(permit, "upheld") is None
    assert apply(permit, "hear-objection", "uphold", Given(text="درست است")).outcome == "upheld"


def test_later_beginnings_start_in_their_own_step(permit):
    assert [start(permit, entry) for entry in ("renew", "revoke")] == ["renewing", "revoking"]
    assert start(permit, "ghost") == "check"
    assert [action.code for action in offered_actions(permit, "renewing", case(50, entry="renew"))] == ["renew"]
    assert len(offered_actions(permit, "renewing", case(50, entry="amend"))) == 2


def test_withdrawal_ends_where_the_declared_step_begins(permit):
    assert may_withdraw(permit, "reviews")
    assert not may_withdraw(permit, "sign")
    assert may_withdraw(permit, "renewing", "renew")
    assert not may_withdraw(permit, "renewing")
    assert "pay-out" not in steps_before(permit.flow, "sign")


def test_a_step_of_its_own_accord_has_no_holder(permit):
    with pytest.raises(ValueError, match="reviews goes on by itself"):
        _ = permit.flow.step("reviews").holder


@pytest.mark.parametrize("example", ["corrected", "deadline"])
def test_two_tracks_may_wait_for_one_correction_and_a_decision_ends_all_waiting(permit, example):
    (outcome,) = [outcome for outcome in run_examples(permit) if outcome.code == example]

    assert outcome.differences == ()


def test_steps_are_told_along_the_flow_whatever_their_written_order(permit):
    flow = permit.flow.model_copy(update={"steps": permit.flow.steps[::-1]})

    told = [step.code for step in steps_in_order(flow)]

    assert told == [step.code for step in steps_in_order(permit.flow)]
    main = [code for code in told if code in {"check", "reviews", "large-or-small", "deputy-look", "draft", "sign"}]
    assert main == ["check", "reviews", "large-or-small", "deputy-look", "draft", "sign"]
    assert told.index("fire-review") < told.index("fire-visit")
    assert not {"hear-objection", "renewing", "revoking"} & set(told)


def test_a_span_beyond_every_calendar_is_refused_with_its_line(tmp_path):
    path = ("outcomes", "granted", "validity")
    folder = workshop(tmp_path, ("flow.yaml", path, {"amount": 101, "unit": "years"}))

    with pytest.raises(PackageFaults) as refused:
        load_package(folder)

    [fault] = refused.value.faults
    assert (fault.code, fault.file, fault.line > 0) == ("package.span-too-long", "flow.yaml", True)
