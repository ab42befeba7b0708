"""Determinants and tables that keep a package from being published: each rule by an edit, with its line."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from divan_libs.servicepack import lint as rules

GOOD = """poor: {when: "has(answers.present_access) && answers.present_access == 'none'"}
"""
TABLE = """share:
  hit: unique
  inputs:
    households: {expression: answers.households, type: number}
    access: {expression: answers.present_access, type: text}
    poor: {expression: determinants.poor, type: yes-no}
  output: {type: number}
  rows:
    unknown: {when: {households: absent}, then: 0}
    no-access-told: {when: {households: "< 20", access: absent}, then: 1}
    few: {when: {households: "< 20", access: not(none)}, then: 2}
    few-poor: {when: {households: "< 20", access: none}, then: 3}
    many: {when: {households: ">= 20"}, then: 4}
"""
USE = """tariffs:
  share:
    beneficiary: body
    periods:
      - starts_on: 1404/01/01
        law: LAW-USO
        rows:
          any: {amount_from: tables.share * 1000}
"""
TEXTS = {
    "fa": ("texts/fa.yaml", "card:\n", "fees: {share: {title: سهم, rows: {any: همه}}}\ncard:\n"),
    "en": ("texts/en.yaml", "card:\n", "fees: {share: {title: Share, rows: {any: All}}}\ncard:\n"),
}
DATED = """paid:
  hit: first
  inputs: {channel: {expression: case.channel, type: text}}
  output: {type: yes-no}
  periods:
    - {starts_on: 1403/01/01, ends_on: 1404/01/01, law: LAW-USO, rows: {all: {then: true}}}
    - {starts_on: 1404/01/01, law: LAW-USO, rows: {all: {then: false}}}
"""


@pytest.fixture
def found(faults_of):
    """Return (code, file, line, facts) of the faults of the good rules after an edit of their text."""

    def examine(determinants=GOOD, tables=TABLE):
        faults = faults_of(
            ("determinants.yaml", "", determinants),
            ("tables.yaml", "", tables),
            ("fees.yaml", "free: {law: LAW-USO}\n", USE),
            *TEXTS.values(),
        )
        return [(fault.code, fault.file, fault.line, dict(fault.facts)) for fault in faults]

    return examine


def test_good_tables_and_determinants_have_no_fault(found):
    assert found() == []


def edited(old: str, new: str, text: str = TABLE) -> str:
    assert old in text
    return text.replace(old, new, 1)


MANY, POOR = ">= 20", "access: none}"


def dated(old: str, new: str) -> str:
    return edited(old, new, TABLE + DATED)


@pytest.mark.parametrize(
    ("tables", "code", "line", "facts"),
    [
        (
            edited("not(none)", "'voice-only, fixed-good'"),
            "tables.falls-through",
            1,
            {"table": "share", "input": "households = 1, access = mobile-weak, poor = false"},
        ),
        (
            edited("access: not(none)}", "poor: false}"),
            "tables.overlap",
            11,
            {
                "table": "share",
                "rows": ["no-access-told", "few"],
                "input": "households = 1, access = absent, poor = false",
            },
        ),
        (edited(MANY, ">= 9000"), "tables.row-unreachable", 13, {"table": "share", "row": "many"}),
        (
            edited(MANY, ">> 20"),
            "tables.cell-unreadable",
            13,
            {"row": "many", "input": "households", "cell": ">> 20"},
        ),
        (
            edited(MANY, "[20..10]"),
            "tables.cell-empty",
            13,
            {"row": "many", "input": "households", "cell": "[20..10]"},
        ),
        (edited(POOR, "acess: none}"), "tables.unknown-input", 12, {"row": "few-poor", "input": "acess"}),
        (
            edited(POOR, "access: nothing}"),
            "tables.unknown-value",
            12,
            {"row": "few-poor", "input": "access", "value": "nothing"},
        ),
        (
            edited("number}\n    access", "number, minimum: 9, maximum: 1}\n    access"),
            "tables.impossible-limits",
            4,
            {"input": "households"},
        ),
        (TABLE + DATED, "tables.never-used", 14, {"table": "paid"}),
        (
            dated("ends_on: 1404/01/01", "ends_on: 1403/06/01"),
            "tables.period-gap",
            20,
            {"table": "paid", "without": "2024-08-22"},
        ),
        (
            dated("ends_on: 1404/01/01", "ends_on: 1404/06/01"),
            "tables.period-overlap",
            20,
            {"table": "paid", "twice": "2025-03-21"},
        ),
        (
            dated(", ends_on: 1404/01/01", ""),
            "tables.period-overlap",
            20,
            {"table": "paid", "twice": "2025-03-21"},
        ),
        (dated("ends_on: 1404/01/01", "ends_on: 1403/01/01"), "tables.period-empty", 19, {"table": "paid"}),
        (dated("LAW-USO", "LAW-NOWHERE"), "card.unknown-law", 19, {"law": "LAW-NOWHERE"}),
        (edited("answers.households", "answers.houses"), "expression.unknown-name", 4, None),
        (edited("determinants.poor", "answers.households"), "expression.type", 6, None),
    ],
)
def test_a_table_that_may_not_be_published_is_named_with_its_line(found, tables, code, line, facts):
    faults = [fault for fault in found(tables=tables) if fault[0] == code]

    assert [fault[:3] for fault in faults][:1] == [(code, "tables.yaml", line)]
    if facts is not None:
        assert faults[0][3] == facts


@pytest.mark.parametrize(
    ("determinants", "code", "line", "facts"),
    [
        (GOOD + "alone: {when: 'true'}\n", "determinants.never-used", 2, {"determinant": "alone"}),
        (
            "poor: {when: determinants.a}\na: {when: determinants.b}\nb: {when: '!determinants.a'}\n",
            "determinants.cycle",
            2,
            {"loop": "determinants.a → determinants.b → determinants.a"},
        ),
        (
            "poor: {when: tables.share > 0}\n",
            "determinants.cycle",
            1,
            {"loop": "determinants.poor → tables.share → determinants.poor"},
        ),
        ("poor: {when: answers.households > 3}\n", "expression.unguarded", 1, None),
        ("poor: {when: 1 + 1}\n", "expression.type", 1, None),
    ],
)
def test_a_determinant_that_may_not_be_published_is_named_with_its_line(found, determinants, code, line, facts):
    faults = [fault for fault in found(determinants) if fault[0] == code and fault[1] == "determinants.yaml"]

    assert [fault[:3] for fault in faults] == [(code, "determinants.yaml", line)]
    if facts is not None:
        assert faults[0][3] == facts


def test_a_condition_may_not_look_ahead_by_way_of_a_determinant(faults_of):
    ahead = ("form.yaml", "  applicant:\n", "  applicant:\n    show_when: determinants.poor\n")
    faults = faults_of(("determinants.yaml", "", GOOD), ahead)

    assert ("form.condition-looks-ahead", {"question": "present_access"}) in [(f.code, dict(f.facts)) for f in faults]


def test_a_table_that_collects_a_sum_need_not_be_complete(found):
    collecting = edited("hit: unique", "hit: collect")
    summed = edited("{type: number}\n  rows", "{type: number, aggregate: sum}\n  rows", collecting)

    assert found(tables=edited("not(none)", "voice-only", summed)) == []


def test_another_value_makes_a_table_complete(found):
    otherwise = edited("  rows:\n", "  otherwise: 9\n  rows:\n")

    assert found(tables=edited("not(none)", "voice-only", otherwise)) == []


def test_a_table_that_is_too_entangled_is_refused(found):
    chance = random.Random(1)  # noqa: S311 (the same table in every run)
    inputs = "".join(f"    i{n}: {{expression: '1', type: number, minimum: 0, maximum: 99}}\n" for n in range(6))
    cells = [
        ", ".join(f'i{n}: "[{chance.randrange(50)}..{chance.randrange(50, 100)}]"' for n in range(6))
        for _ in range(700)
    ]
    rows = "".join(f"    r{n}: {{when: {{{cell}}}, then: 1}}\n" for n, cell in enumerate(cells))
    table = f"share:\n  hit: first\n  inputs:\n{inputs}  output: {{type: number}}\n  rows:\n{rows}"

    codes = [fault[0] for fault in found("", table)]

    assert "tables.too-entangled" in codes


def test_every_rule_has_a_case_here():
    here = Path(rules.__file__).parent
    source = "".join((here / name).read_text("utf-8") for name in ("tables.py", "determinants.py"))
    codes = set(re.findall(r'"((?:tables|determinants)\.[a-z-]+)"', source)) - {"tables.yaml", "determinants.yaml"}
    told = set(re.findall(r'"((?:tables|determinants)\.[a-z-]+)"', Path(__file__).read_text("utf-8")))

    assert codes - told == set()
