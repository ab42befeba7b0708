from __future__ import annotations

import pytest

from divan_libs.servicepack.examples import Difference, run_examples

ANSWERED = "examples/answered.yaml"


def outcome_of(package, code):
    return next(outcome for outcome in run_examples(package) if outcome.code == code)


def test_every_example_of_the_good_package_passes(good):
    outcomes = run_examples(good)

    assert len(outcomes) == 8
    assert [outcome.code for outcome in outcomes if not outcome.passed] == []


@pytest.mark.parametrize(
    ("edit", "difference"),
    [
        ((ANSWERED, "outcome: answered", "outcome: rejected"), Difference("outcome", "rejected", "answered")),
        ((ANSWERED, "document: reply-letter", ""), Difference("document", None, "reply-letter")),
        ((ANSWERED, "message: reply-ready", ""), Difference("message", None, "reply-ready")),
        ((ANSWERED, "fee: 0", "fee: 5000"), Difference("fee", 5000, 0)),
        (
            (ANSWERED, "[applicant, village, present-state, purpose, declaration]", "[applicant]"),
            Difference("pages", ["applicant"], ["applicant", "village", "present-state", "purpose", "declaration"]),
        ),
        (
            (ANSWERED, 'households: "۳۵"', 'households: "سی"'),
            Difference("problems", {}, {"households": "answers.number.not-whole"}),
        ),
        (
            (ANSWERED, "relation: resident", "colour: red"),
            Difference("problems", {}, {"colour": "answers.unknown-question"}),
        ),
        ((ANSWERED, "  relation: resident\n", ""), Difference("missing", [], ["relation"])),
        (
            (ANSWERED, "{step: sign, action: sign}", "{step: draft, action: return, codes: [REQ-PHOTO]}"),
            Difference("refused", None, "flow.not-in-step"),
        ),
        (
            (ANSWERED, "{step: sign, action: sign}", "{applicant: withdraw}"),
            Difference("refused", None, "flow.withdrawal-too-late"),
        ),
        (
            (ANSWERED, "{step: sign, action: sign}", "{applicant: correct}"),
            Difference("refused", None, "flow.nothing-to-correct"),
        ),
        (
            ("examples/village-head-silent.yaml", "escalated: [district-head]", ""),
            Difference("escalated", [], ["district-head"]),
        ),
        (
            ("examples/village-head-silent.yaml", "withdrawn: true", ""),
            Difference("withdrawn", False, True),
        ),
    ],
)
def test_what_comes_out_otherwise_is_named(package_with, edit, difference):
    package = package_with(edit)

    outcome = outcome_of(package, edit[0].removeprefix("examples/").removesuffix(".yaml"))

    assert not outcome.passed
    assert difference in outcome.differences


def test_a_days_field_of_a_register_is_read_as_a_day(package_with):
    package = package_with(
        ("needs.yaml", "alive: yes-no", "alive: yes-no, born_on: date"),
        (
            "needs.yaml",
            "has(facts.identity.alive) && facts.identity.alive",
            "has(facts.identity.born_on) && facts.identity.born_on < case.today",
        ),
        (ANSWERED, "alive: true", 'alive: true, born_on: "1990-01-01"'),
    )

    assert outcome_of(package, "answered").passed
    assert not outcome_of(package, "rejected-by-code").passed, "there the register did not give the day"


def test_a_package_that_does_not_compile_fails_its_examples_instead_of_breaking(package_with):
    package = package_with(("form.yaml", "has(answers.purpose) && 'business' in answers.purpose", "1 + 1"))

    outcome = outcome_of(package, "answered")

    assert not outcome.passed
    assert outcome.differences[0].what == "broken"
    assert "INT instead of yes-no" in str(outcome.differences[0].found)
