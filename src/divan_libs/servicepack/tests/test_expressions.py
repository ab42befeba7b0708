from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from cel_expr_python import cel
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.servicepack.expression_tree import ExpressionFormUnreadable, tree_of
from divan_libs.servicepack.expressions import (
    MAX_LIST,
    MAX_TEXT,
    Environment,
    EvaluationFailed,
    ExpressionRefused,
    InputRefused,
    ValueType,
    environment_for,
    prepared,
)

NAMES = {
    "answers.households": ValueType.NUMBER,
    "answers.children": ValueType.NUMBER,
    "answers.operators": ValueType.TEXTS,
    "answers.name": ValueType.TEXT,
    "answers.resident": ValueType.YES_NO,
    "answers.since": ValueType.MOMENT,
    "facts.identity.state": ValueType.TEXT,
    "facts.identity.first_name": ValueType.TEXT,
    "case.channel": ValueType.TEXT,
    "case.today": ValueType.MOMENT,
}


@pytest.fixture(scope="module")
def environment() -> Environment:
    return Environment(NAMES)


def refusals(environment: Environment, source: str, wanted: ValueType = ValueType.YES_NO) -> list[str]:
    with pytest.raises(ExpressionRefused) as refused:
        environment.compile(source, wanted)
    return [problem.code for problem in refused.value.problems]


def test_an_expression_is_true_or_false_by_the_answers(environment):
    expression = environment.compile("has(answers.households) && answers.households >= 20")

    assert expression.evaluate(prepared({"answers": {"households": 20}})) is True
    assert expression.evaluate(prepared({"answers": {"households": 19}})) is False
    assert expression.evaluate(prepared({"answers": {}})) is False


def test_an_error_is_raised_and_never_taken_for_true(environment):
    expression = environment.compile("answers.households / answers.children > 1")
    raw = expression.program.eval(data=prepared({"answers": {"households": 1, "children": 0}}))
    assert bool(raw), "the trap: the engine's error is a truthy value"

    with pytest.raises(EvaluationFailed) as failed:
        expression.evaluate(prepared({"answers": {"households": 1, "children": 0}}))

    assert "divide by zero" in failed.value.detail


def test_an_absent_answer_is_an_error_and_not_a_default(environment):
    with pytest.raises(EvaluationFailed) as failed:
        environment.compile("answers.households >= 0").evaluate(prepared({}))

    assert failed.value.code == "expression.evaluation-failed"


def test_an_integer_overflow_is_an_error(environment):
    expression = environment.compile("answers.households + 1 > 0")

    with pytest.raises(EvaluationFailed):
        expression.evaluate(prepared({"answers": {"households": 2**63 - 1}}))
    with pytest.raises(EvaluationFailed):
        expression.evaluate(prepared({"answers": {"households": 2**63}}))


def test_a_value_of_another_type_than_declared_is_an_error(environment):
    with pytest.raises(EvaluationFailed):
        environment.compile("answers.resident").evaluate(prepared({"answers": {"resident": "yes"}}))


@pytest.mark.parametrize("length", [30, 31])
def test_a_chain_up_to_31_is_compiled(environment, length):
    assert environment.compile("+".join(["1"] * (length - 1)) + " > 0").evaluate(prepared({})) is True


@pytest.mark.parametrize("source", ["+".join(["1"] * 60) + " > 0", "(" * 40 + "true" + ")" * 40])
def test_an_expression_nested_deeper_than_31_is_refused_with_a_code_of_its_own(environment, source):
    assert refusals(environment, source) == ["expression.too-deep"]


def test_an_expression_of_more_than_2000_characters_is_refused(environment):
    assert refusals(environment, "true || " * 300 + "true") == ["expression.too-long"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("has(answers.operators) && answers.operators.map(o, o + o).size() > 1", "expression.map-macro"),
        ("[1, 2].map(x, x > 1, x * 1000) == [2000]", "expression.map-macro"),
        (
            "has(answers.operators) && answers.operators.exists(o, answers.operators.exists(p, p == o))",
            "expression.nested-macro",
        ),
        ("dyn(1) == 1", "expression.forbidden"),
        ("type(1) == int", "expression.forbidden"),
        ("{'a': 1}.a == 1", "expression.forbidden"),
        ("answers['households'] == 1", "expression.unknown-name"),
        ("answers.size() > 1", "expression.unknown-name"),
        ("has(answers.nothing)", "expression.unknown-name"),
        ("has(answers.households.more)", "expression.unknown-name"),
        ("other > 1", "expression.unknown-name"),
        ("has(answers.households) && answers.households > 'a'", "expression.type"),
        ("has(answers.households) && answers.households == 1.0", "expression.type"),
        ("1 + 1", "expression.type"),
        ("answers.households >", "expression.syntax"),
        ("answers.households > 99999999999999999999", "expression.syntax"),
    ],
)
def test_what_is_forbidden_or_wrong_is_refused(environment, source, code):
    assert refusals(environment, source) == [code]


@pytest.mark.parametrize(
    ("macro", "expected"),
    [
        ("exists(o, o == 'mci')", True),
        ("all(o, o == 'mci')", False),
        ("exists_one(o, o == 'mci')", True),
        ("filter(o, o == 'mci').size() == 1", True),
    ],
)
def test_macros_that_make_nothing_new_are_allowed(environment, macro, expected):
    expression = environment.compile(f"has(answers.operators) && answers.operators.{macro}")

    assert expression.evaluate(prepared({"answers": {"operators": ("mci", "rightel")}})) is expected


def test_a_type_error_has_its_line_and_column_even_behind_has(environment):
    with pytest.raises(ExpressionRefused) as refused:
        environment.compile("has(answers.households) &&\n  answers.households == 'many'")

    (problem,) = refused.value.problems
    assert (problem.line, problem.column, problem.code) == (2, 22, "expression.type")


def test_an_unknown_name_inside_has_has_its_column(environment):
    with pytest.raises(ExpressionRefused) as refused:
        environment.compile("true && has(answers.nothing)")

    assert [(problem.line, problem.column) for problem in refused.value.problems] == [(1, 13)]


def test_names_come_from_the_compiled_form_with_those_only_asked_for_presence(environment):
    expression = environment.compile(
        "has(answers.operators) && facts.identity.state == 'matched' || answers.operators.exists(o, o == case.channel)"
    )

    assert expression.names == {"answers.operators", "facts.identity.state", "case.channel"}


def test_names_within_a_text_are_not_names(environment):
    assert environment.compile("'answers.households' == 'has(answers.children)'").names == frozenset()


@pytest.mark.parametrize(
    ("source", "unguarded"),
    [
        ("answers.households > 1", {"answers.households"}),
        ("has(answers.households) && answers.households > 1", set()),
        ("answers.households > 1 && has(answers.households)", {"answers.households"}),
        ("!has(answers.households) || answers.households > 1", set()),
        ("has(answers.households) || answers.households > 1", {"answers.households"}),
        ("has(answers.households) ? answers.households > 1 : answers.households < 1", {"answers.households"}),
        (
            "(has(answers.households) && has(answers.children)) && answers.households > answers.children",
            set(),
        ),
        (
            "(has(answers.households) || has(answers.children)) && answers.households > 1",
            {"answers.households"},
        ),
        ("has(answers.operators) && answers.operators.exists(o, o == answers.name)", {"answers.name"}),
        ("facts.identity.state == 'matched'", set()),
        ("facts.identity.first_name == 'گل‌نار'", {"facts.identity.first_name"}),
        ("case.channel == 'internet'", set()),
    ],
)
def test_what_is_read_without_a_guard_on_its_left_is_named(environment, source, unguarded):
    assert environment.compile(source).unguarded == unguarded


conditions = st.recursive(
    st.sampled_from(
        [
            "has(answers.households)",
            "has(answers.children)",
            "answers.households > 3",
            "answers.children == answers.households",
            "true",
            "false",
        ]
    ),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda text: f"!({text})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} ? {t[1]} : {t[2]})"),
    ),
    max_leaves=8,
)


@given(conditions, st.dictionaries(st.sampled_from(["households", "children"]), st.integers(0, 9)))
def test_a_guarded_expression_never_fails_whatever_was_answered(source, answers):
    expression = environment_for(frozenset(NAMES.items())).compile(source)

    if not expression.unguarded:
        assert expression.evaluate(prepared({"answers": answers})) in (True, False)


def test_a_naive_time_is_refused_although_the_engine_would_take_it():
    naive = datetime(2025, 11, 22, 12, 0)  # noqa: DTZ001 (the trap itself)

    with pytest.raises(InputRefused) as refused:
        prepared({"case": {"today": naive}})

    assert (refused.value.code, refused.value.name) == ("expression.input.naive-time", "case.today")


def test_days_are_midnight_utc_and_compare_with_timestamps(environment):
    expression = environment.compile("has(answers.since) && answers.since < case.today")

    assert expression.evaluate(
        prepared({"answers": {"since": date(2025, 11, 21)}, "case": {"today": datetime(2025, 11, 22, tzinfo=UTC)}})
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("has(answers.since) && answers.since.getFullYear() == 2025", True),
        ("has(answers . since) && case.today - answers . since > duration('24h')", True),
        ("has(answers.since) && 'answers.since' == 'answers' + '.since'", True),
        ('has(answers.since) && "has(answers.since)".size() == 18', True),
        ("has(answers.since) && r'\\d' != 'answers.since' // answers.since", True),
        ("!has(answers.since)", False),
    ],
)
def test_moments_keep_their_type_and_texts_are_left_alone(environment, source, expected):
    inputs = {"answers": {"since": date(2025, 11, 20)}, "case": {"today": date(2025, 11, 22)}}

    assert environment.compile(source).evaluate(prepared(inputs)) is expected


def test_a_moment_is_not_compared_with_a_text(environment):
    assert refusals(environment, "has(answers.since) && answers.since < '2025-01-01'") == ["expression.type"]


def test_the_engine_takes_no_time_inside_a_map():
    plain = cel.NewEnv(variables={"answers": cel.Type.Map(cel.Type.STRING, cel.Type.DYN)})
    moment = datetime(2025, 11, 22, tzinfo=UTC)

    result = plain.compile("answers.since == answers.since").eval(data={"answers": {"since": moment}})

    assert result.type() == cel.Type.ERROR, "the trap; when it is gone, moments need not travel as text"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("a" * (MAX_TEXT + 1), "expression.input.too-large"),
        (("a",) * (MAX_LIST + 1), "expression.input.too-large"),
        (1.5, "expression.input.type"),
        (b"bytes", "expression.input.type"),
    ],
)
def test_oversized_and_foreign_inputs_are_refused(value, code):
    with pytest.raises(InputRefused) as refused:
        prepared({"answers": {"name": value}})

    assert refused.value.code == code


def test_none_is_absent_and_not_null(environment):
    expression = environment.compile("has(answers.name)")

    assert expression.evaluate(prepared({"answers": {"name": None}})) is False


def test_texts_are_counted_in_code_points_with_the_half_space(environment):
    expression = environment.compile("has(answers.name) && size(answers.name) == 6 && answers.name.contains('\u200c')")

    assert expression.evaluate(prepared({"answers": {"name": "گل\u200cنار"}})) is True


def test_compiling_twice_gives_the_same_program(environment):
    assert environment.compile("true") is environment.compile("true")
    assert environment_for(frozenset(NAMES.items())) is environment_for(frozenset(NAMES.items()))


@pytest.mark.parametrize("raw", [b"", b"\x0a\x03abc", b"\xff", b"\x0a\xff\x01a", b"\x0b"])
def test_a_foreign_serialised_form_is_refused(raw):
    with pytest.raises(ExpressionFormUnreadable):
        tree_of(raw)
