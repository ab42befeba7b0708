from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.servicepack.answers import pages_to_show
from divan_libs.servicepack.evaluation import Context, Evaluator, environment_of
from divan_libs.servicepack.expressions import EvaluationFailed, ExpressionRefused, InputRefused, ValueType
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import InquiryState, Package
from divan_libs.servicepack.tests.conftest import SERVICE

DETERMINANTS = """
many: {when: "has(answers.households) && answers.households >= 20"}
poor: {when: "has(answers.present_access) && answers.present_access in ['none', 'voice-only']"}
urgent: {when: "determinants.many && determinants.poor"}
"""
TABLES = """
priority:
  hit: first
  inputs:
    households: {expression: answers.households, type: number}
    poor: {expression: determinants.poor, type: yes-no}
  output: {type: number}
  rows:
    unknown: {when: {households: absent}, then: -1}
    high: {when: {households: ">= 20", poor: true}, then: 3}
    middle: {when: {households: ">= 20"}, then: 2}
    low: {then: 1}
"""


@pytest.fixture
def with_rules(copy_with):
    def make(determinants: str = DETERMINANTS, tables: str = TABLES, *edits) -> Package:
        return load_package(copy_with(("determinants.yaml", "", determinants), ("tables.yaml", "", tables), *edits))

    return make


def value(package, context, source, wanted=ValueType.YES_NO):
    return Evaluator(package, context).value(source, context.answers, wanted)


def test_a_determinant_is_a_condition_with_a_name(with_rules, context):
    package = with_rules()

    assert value(package, context, "determinants.urgent") is True
    assert value(package, replace(context, answers={"households": 35}), "determinants.urgent") is False
    assert value(package, replace(context, answers={}), "!determinants.many") is True


@pytest.mark.parametrize(
    ("answers", "priority"),
    [
        ({}, -1),
        ({"present_access": "none"}, -1),
        ({"households": 19, "present_access": "none"}, 1),
        ({"households": 20, "present_access": "none"}, 3),
        ({"households": 20, "present_access": "fixed-good"}, 2),
        ({"households": 20}, 2),
    ],
)
def test_a_table_reads_answers_and_determinants_and_an_open_answer_is_absent(with_rules, context, answers, priority):
    package = with_rules()

    assert value(package, replace(context, answers=answers), "tables.priority", ValueType.NUMBER) == priority


def test_what_an_expression_reads_while_pages_are_shown_one_by_one_is_never_out_of_date(with_rules, context):
    condition = "    show_when: determinants.many\n"
    package = with_rules(DETERMINANTS, TABLES, ("form.yaml", "  purpose:\n", f"  purpose:\n{condition}"))
    few = replace(context, answers={**context.answers, "households": 3})
    evaluator = Evaluator(package, context)

    assert evaluator.holds("determinants.many", {}) is False
    assert evaluator.holds("determinants.many", {"households": 20}) is True
    assert evaluator.holds("determinants.many", {"households": 19}) is False
    assert "purpose" in [page.code for page in pages_to_show(package, context)]
    assert "purpose" not in [page.code for page in pages_to_show(package, few)]


@given(st.lists(st.dictionaries(st.sampled_from(["households", "present_access"]), st.integers(18, 22)), max_size=6))
def test_a_value_kept_from_before_is_the_value_worked_out_anew(story):
    package = _PACKAGES["rules"]
    kept = Evaluator(package, Context(today=date(2025, 11, 22)))
    for drawn in story:
        answers = {
            code: number if code == "households" else ("none" if number % 2 else "fixed-good")
            for code, number in drawn.items()
        }
        anew = Evaluator(package, Context(today=date(2025, 11, 22)))

        for source, wanted in [("determinants.urgent", ValueType.YES_NO), ("tables.priority", ValueType.NUMBER)]:
            assert kept.value(source, answers, wanted) == anew.value(source, answers, wanted)


_PACKAGES: dict[str, Package] = {}


@pytest.fixture(autouse=True, scope="module")
def _package_for_the_property(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rules") / SERVICE.name
    shutil.copytree(SERVICE, folder)
    (folder / "determinants.yaml").write_text(DETERMINANTS, "utf-8")
    (folder / "tables.yaml").write_text(TABLES, "utf-8")
    _PACKAGES["rules"] = load_package(folder)


def test_a_loop_fails_and_never_hangs(with_rules, context):
    package = with_rules("a: {when: determinants.b}\nb: {when: '!determinants.a'}\n")

    with pytest.raises(EvaluationFailed) as failed:
        value(package, context, "determinants.a")

    assert "determinants.a → determinants.b → determinants.a" in failed.value.detail


def test_a_chain_of_three_hundred_determinants_is_evaluated(with_rules, context):
    chain = "d0: {when: 'true'}\n" + "".join(f"d{n}: {{when: determinants.d{n - 1}}}\n" for n in range(1, 300))
    package = with_rules(chain)

    assert value(package, context, "determinants.d299") is True


def test_what_fails_costs_nothing_where_it_is_not_read_and_says_why_where_it_is(with_rules, context):
    broken = DETERMINANTS + "broken: {when: 'has(answers.households) && 1 / (answers.households - 35) > 0'}\n"
    package = with_rules(broken)

    assert value(package, context, "determinants.many || determinants.broken") is True
    with pytest.raises(EvaluationFailed) as failed:
        value(package, context, "determinants.many && determinants.broken")
    assert "determinants.broken" in failed.value.detail
    assert "divide by zero" in failed.value.detail


def test_a_table_that_gives_nothing_fails_the_expression_and_says_which(with_rules, context):
    package = with_rules(DETERMINANTS, TABLES.replace("    low: {then: 1}\n", ""))
    few = replace(context, answers={"households": 3})

    with pytest.raises(EvaluationFailed) as failed:
        value(package, few, "tables.priority > 0")

    assert "tables.no-row-applies priority" in failed.value.detail


def test_a_determinant_nobody_defines_is_an_unknown_name(with_rules, context):
    with pytest.raises(ExpressionRefused) as refused:
        value(with_rules(), context, "determinants.nothing")

    assert [problem.code for problem in refused.value.problems] == ["expression.unknown-name"]


def test_the_case_tells_its_entry_and_whether_a_review_objected(good, context):
    assert value(good, context, "case.entry == 'application' && !case.objected") is True
    later = replace(context, entry="renewal", objected=True)
    assert value(good, later, "case.entry == 'renewal' && case.objected") is True


REPORT = """      report:
        seen: {type: number}
        fit: {type: yes-no}
        rooms: {type: group, questions: {size: {type: number}}}
"""


@pytest.fixture
def reporting(package_with):
    text = "  confirm:\n"
    return package_with(("flow.yaml", text, f"{text}    report:\n{REPORT.split(chr(10), 1)[1]}"))


def test_answers_of_officers_are_reports_and_must_be_guarded(reporting, context):
    environment = environment_of(reporting)

    assert environment.compile("reports.seen > 3").unguarded == {"reports.seen"}
    assert value(reporting, context, "has(reports.seen) && reports.seen > 3") is False
    told = replace(context, reports={"seen": 4, "fit": False})
    assert value(reporting, told, "has(reports.seen) && reports.seen > 3") is True
    assert value(reporting, told, "has(reports.fit) && !reports.fit") is True


def test_a_group_of_a_report_has_its_count(reporting, context):
    told = replace(context, reports={"rooms": ({"size": 12}, {"size": 20})})

    assert value(reporting, told, "reports.rooms.count", ValueType.NUMBER) == 2
    assert value(reporting, told, "reports.rooms.size_total", ValueType.NUMBER) == 32
    assert value(reporting, context, "has(reports.rooms.count)") is False


GROUP = """      members:
        type: group
        required: false
        questions: {income: {type: number, maximum: 1000}, ill: {type: yes-no}}
        read_by: [draft]
"""


def test_a_group_without_rows_counts_nothing_and_has_no_least(package_with, context):
    package = package_with(("form.yaml", "      households:\n", f"{GROUP}      households:\n"))
    two = replace(context, answers={"members": ({"income": 5, "ill": True}, {"income": 7, "ill": False})})

    assert value(package, two, "groups.members.count * 50000", ValueType.NUMBER) == 100_000
    assert value(package, two, "groups.members.income_total", ValueType.NUMBER) == 12
    assert value(package, two, "groups.members.ill_any && !groups.members.ill_all") is True
    assert value(package, replace(context, answers={}), "groups.members.count == 0") is True
    assert value(package, replace(context, answers={}), "has(groups.members.income_least)") is False
    names = environment_of(package).compile("groups.members.income_least > 0 && groups.members.count > 0")
    assert names.unguarded == {"groups.members.income_least"}


def test_a_question_called_state_must_be_guarded_like_any_other(package_with):
    package = package_with(
        ("form.yaml", "      households:\n", "      state:\n        type: text\n      households:\n")
    )

    assert environment_of(package).compile("answers.state == 'x'").unguarded == {"answers.state"}
    assert environment_of(package).compile("facts.identity.state == 'x'").unguarded == set()


def test_a_text_too_long_for_an_expression_is_refused_where_it_is_read(good, context):
    long = replace(context, answers={"other_place": "x" * 10_001})

    assert value(good, long, "case.channel == 'internet'") is True
    with pytest.raises(InputRefused):
        value(good, long, "has(answers.other_place)")


def test_the_stored_form_keeps_determinants_and_tables(with_rules, context):
    package = with_rules()
    again = Package.from_canonical(package.canonical())

    assert again == package
    assert again.digest() == package.digest()
    assert value(again, context, "tables.priority", ValueType.NUMBER) == 3
    assert context.facts["identity"].state is InquiryState.MATCHED


@given(st.text(max_size=60))
def test_any_text_is_either_an_expression_or_refused(source):
    environment = environment_of(_PACKAGES["rules"])
    try:
        environment.compile(source)
        compiled = True
    except ExpressionRefused as refused:
        compiled = not refused.problems

    assert compiled in (True, False)


PIECES = ["answers.households", "determinants.many", "tables.priority", "has(answers.households)", "1", "'a'"]
SIGNS = [" && ", " || ", " + ", " > ", "(", ")", "!", " ? ", " : ", "[", "]", ".exists(x, x", "{", "}", "\n", "//", "'"]


@given(st.lists(st.sampled_from(PIECES + SIGNS), max_size=60))
def test_pieces_of_expressions_in_any_order_are_compiled_or_refused_with_a_code(pieces):
    environment = environment_of(_PACKAGES["rules"])
    codes = {"expression.syntax"}
    try:
        environment.compile("".join(pieces))
    except ExpressionRefused as refused:
        codes = {problem.code for problem in refused.problems}

    assert all(code.startswith("expression.") for code in codes)
    assert codes


@pytest.mark.parametrize(
    "source",
    [
        "!" * 1_999 + "a",
        "(" * 999 + "1" + ")" * 999,
        "[" * 1_999,
        "-" * 1_999 + "1",
        "'a'" + ".size()" * 280,
        "true ? " * 280 + "true",
        "a" * 2_000,
        "1" * 2_000,
        '"' + "\\\\" * 990,
        "answers." * 240,
        "x" * 1_000_000,
        "has(" * 490,
    ],
    ids=lambda source: f"{source[:6]}-{len(source)}",
)
def test_deep_and_huge_expressions_are_refused(source):
    environment = environment_of(_PACKAGES["rules"])

    with pytest.raises(ExpressionRefused):
        environment.compile(source)
