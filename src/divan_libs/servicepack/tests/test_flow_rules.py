from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.servicepack.flow_rules import (
    FlowRefusal,
    Given,
    Opening,
    Transition,
    TransitionKind,
    after_correction,
    after_silence,
    apply,
    may_withdraw,
    offered_actions,
    start,
)
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.tests.conftest import SERVICE

TO_STEP, TO_APPLICANT, CONCLUDE = TransitionKind.TO_STEP, TransitionKind.TO_APPLICANT, TransitionKind.CONCLUDE
PACKAGE = load_package(SERVICE)


def to_step(step, proposed):
    return Transition(TO_STEP, step, proposed, opens=(Opening(step),))


def test_a_case_begins_in_the_first_step(good):
    assert start(good) == "confirm"


def test_the_holder_is_offered_the_declared_actions(good):
    assert [action.code for action in offered_actions(good, "paraph")] == ["paraph", "send-back"]


@pytest.mark.parametrize(
    ("step", "action", "given_with_it", "transition"),
    [
        ("confirm", "confirm", Given(), to_step("endorse", None)),
        ("confirm", "object", Given(codes=("REQ-DEHYARI",)), to_step("endorse", None)),
        ("confirm", "return", Given(codes=("REQ-PHOTO",)), Transition(TO_APPLICANT, "confirm", None)),
        ("draft", "propose-answer", Given(text="پاسخ"), to_step("paraph", "answered")),
        (
            "draft",
            "propose-rejection",
            Given(codes=("REQ-HOUSEHOLDS",), text="شرح"),
            to_step("paraph", "rejected"),
        ),
        ("paraph", "paraph", Given(proposed="rejected"), to_step("sign", "rejected")),
        ("paraph", "send-back", Given(proposed="rejected", note="کوتاه‌تر"), to_step("draft", "rejected")),
        ("sign", "sign", Given(proposed="answered"), Transition(CONCLUDE, None, "answered", "answered")),
    ],
)
def test_an_action_leads_where_it_is_declared(good, step, action, given_with_it, transition):
    assert apply(good, step, action, given_with_it) == transition


@pytest.mark.parametrize(
    ("step", "action", "given_with_it", "code"),
    [
        ("nowhere", "sign", Given(), "flow.unknown-step"),
        ("confirm", "sign", Given(), "flow.action-not-offered"),
        ("confirm", "object", Given(), "flow.codes-required"),
        ("confirm", "object", Given(codes=("REQ-INVENTED",)), "flow.unknown-codes"),
        ("confirm", "confirm", Given(codes=("REQ-DEHYARI",)), "flow.codes-not-accepted"),
        ("draft", "propose-rejection", Given(text="شرح"), "flow.codes-required"),
        ("draft", "propose-rejection", Given(codes=("REQ-HOUSEHOLDS",), text="  "), "flow.text-required"),
        ("draft", "propose-answer", Given(), "flow.text-required"),
        ("sign", "send-back", Given(proposed="answered"), "flow.note-required"),
        ("sign", "sign", Given(), "flow.nothing-proposed"),
    ],
)
def test_an_action_without_what_it_requires_is_refused(good, step, action, given_with_it, code):
    with pytest.raises(FlowRefusal) as refused:
        apply(good, step, action, given_with_it)

    assert refused.value.code == code


def test_an_action_with_a_condition_is_offered_only_when_it_holds(package_with, context):
    package = package_with(
        (
            "flow.yaml",
            "confirm: {to: endorse}",
            "confirm: {to: endorse, when: 'has(answers.households) && answers.households >= 20'}",
        )
    )
    few = replace(context, answers={**context.answers, "households": 3})

    assert [action.code for action in offered_actions(package, "confirm", context)] == ["confirm", "object", "return"]
    assert [action.code for action in offered_actions(package, "confirm", few)] == ["object", "return"]
    with pytest.raises(FlowRefusal) as refused:
        apply(package, "confirm", "confirm", Given(), few)
    assert refused.value.code == "flow.action-not-offered"


def test_a_correction_returns_to_the_step_that_waited_with_its_proposal(good):
    assert after_correction(good, "draft", "answered") == to_step("draft", "answered")


def test_silence_escalates_to_the_declared_holder(good):
    consequence = after_silence(good, "confirm")

    assert [(holder.role, holder.at.level) for holder in consequence.escalated_to] == [("district-head", "district")]
    assert consequence.transition is None


def test_silence_performs_the_declared_action(good):
    consequence = after_silence(good, "endorse")

    assert (consequence.action, consequence.escalated_to) == ("endorse", ())
    assert consequence.transition == to_step("draft", None)


@pytest.mark.parametrize(
    ("step", "allowed"), [("confirm", True), ("endorse", True), ("draft", True), ("paraph", True), ("sign", False)]
)
def test_withdrawal_is_possible_until_the_declared_step(good, step, allowed):
    assert may_withdraw(good, step) is allowed


def test_without_a_declaration_there_is_no_withdrawal(package_with):
    package = package_with(("flow.yaml", "withdrawal: {until: sign}\n", ""))

    assert not may_withdraw(package, "confirm")


def test_an_information_only_service_has_no_flow(good):
    empty = good.model_copy(update={"flow": type(good.flow)()})

    with pytest.raises(FlowRefusal) as refused:
        start(empty)

    assert refused.value.code == "flow.no-flow"


@given(st.lists(st.integers(0, 2), max_size=40))
def test_any_way_of_acting_stays_in_the_flow_and_ends_only_with_an_outcome(choices):
    step, proposed = start(PACKAGE), None
    for choice in choices:
        actions = offered_actions(PACKAGE, step)
        action = actions[choice % len(actions)]
        codes = ("REQ-HOUSEHOLDS",) if "codes" in action.requires else ()
        result = apply(PACKAGE, step, action.code, Given(codes=codes, text="متن", note="یادداشت", proposed=proposed))
        proposed = result.proposes
        if result.kind is CONCLUDE:
            assert PACKAGE.flow.outcome(result.outcome) is not None
            return
        assert PACKAGE.flow.step(result.step) is not None
        assert result.step not in ("paraph", "sign") or proposed in ("answered", "rejected")
        step = result.step
