"""Every fault that may be found says what to change."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from divan_libs.servicepack import lint
from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.lint.advice import _sentences, advice, advised

LIBRARY = Path(lint.__file__).parents[1]
SOURCES = [
    *LIBRARY.glob("lint/*.py"),
    *LIBRARY.glob("models/*.py"),
    *(
        LIBRARY / f"{name}.py"
        for name in ("loading", "strict_yaml", "expressions", "expression_tree", "table_analysis", "bundles")
    ),
]
FAMILIES = "bundle|card|needs|form|flow|fees|outputs|texts|examples|expression|package|yaml|tables|determinants"
CODE = re.compile(rf'"((?:{FAMILIES})\.[a-z0-9-]+)"')
NOT_FAULTS = {
    *(f"{name}.yaml" for name in ("card", "needs", "form", "flow", "fees", "tables", "determinants")),
    "package.faults",
    "package.text-missing",
    # What evaluation says while a case runs.
    "expression.refused",
    "expression.evaluation-failed",
}


def codes() -> set[str]:
    return {code for path in SOURCES for code in CODE.findall(path.read_text("utf-8"))} - NOT_FAULTS


def test_every_code_has_its_advice_in_both_languages():
    without = {code for code in codes() if code not in _sentences()}

    assert without == set()
    for code, sentences in _sentences().items():
        assert set(sentences) == {"fa", "en"}, code
        assert all(sentence.endswith(".") for sentence in sentences.values()), code
        assert re.search("[آ-ی]", sentences["fa"]), code
        assert not re.search("[آ-ی]", sentences["en"]), code


def test_no_advice_is_left_over_from_a_code_that_went():
    assert set(_sentences()) - codes() == set()


def test_an_advised_fault_says_place_data_and_what_to_change():
    fault = Fault("flow.unknown-step", "flow.yaml", 12, {"step": "heaven"})

    assert advised(fault, "en").splitlines() == [
        "flow.yaml:12: flow.unknown-step (step=heaven)",
        "    → Name a step of this flow, or write the step.",
    ]
    assert "گامی" in advised(fault)
    with pytest.raises(KeyError):
        advice("flow.nothing-of-the-kind")
