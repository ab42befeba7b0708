"""What would take memory or time without measure is refused with its place, in a time that nobody waits for."""

from __future__ import annotations

import pytest

from divan_libs.servicepack.faults import PackageFaults
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_package, load_with_sources
from divan_libs.servicepack.tests.folders import workshop

LAUGHS = "lol0: &lol0 lol\n" + "".join(f"lol{n}: &lol{n} [{', '.join([f'*lol{n - 1}'] * 10)}]\n" for n in range(1, 10))
CONDITION = ("flow.yaml", ("steps", "check", "when"))


@pytest.mark.parametrize("file", ["card.yaml", "flow.yaml", "tables.yaml", "texts/fa.yaml", "examples/granted.yaml"])
def test_a_billion_laughs_end_at_the_first_line(tmp_path, file):
    folder = workshop(tmp_path)
    (folder / file).write_text(LAUGHS, "utf-8")

    with pytest.raises(PackageFaults) as refused:
        load_package(folder)

    assert ("yaml.alias", file, 1) in {(fault.code, fault.file, fault.line) for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("(" * 900 + "true" + ")" * 900, "expression.too-deep"),
        ("[1, 2, 3].exists(a, [1, 2].exists(b, a == b))", "expression.nested-macro"),
        ("'" + "x" * 1990, "expression.syntax"),
    ],
)
def test_a_deep_or_endless_expression_is_refused_with_its_line(tmp_path, expression, code):
    package, sources = load_with_sources(workshop(tmp_path, (*CONDITION, expression)))

    found = [fault for fault in lint(package, surroundings_alone(package), sources) if fault.code == code]

    assert {(fault.file, fault.line > 0) for fault in found} == {("flow.yaml", True)}


def test_an_expression_longer_than_any_law_needs_is_not_even_compiled(tmp_path):
    folder = workshop(tmp_path, (*CONDITION, "true && " * 20_000 + "true"))

    with pytest.raises(PackageFaults) as refused:
        load_package(folder)

    (fault,) = refused.value.faults
    assert (fault.code, fault.file) == ("package.wrong-value", "flow.yaml")
    assert fault.line > 0


def test_sixty_steps_that_all_lead_to_each_other_are_examined_in_time(tmp_path):
    codes = [f"step-{number}" for number in range(59)]
    clock = {"amount": 1, "unit": "hours"}
    held = {"kind": "review", "role": "expert", "law": "LAW-WORKSHOPS", "clock": clock}
    silence = {"after_action": "escalate", "to": {"role": "director"}}
    steps = {
        code: {
            **held,
            "silence": silence,
            "actions": {f"to-{other}": {"to": other} for other in codes if other != code},
        }
        for code in codes
    }
    steps["end"] = {**held, "silence": silence, "actions": {"stop": {"to": "step-0"}}}
    folder = workshop(tmp_path, ("flow.yaml", ("steps",), steps), ("flow.yaml", ("start",), "step-0"))
    package, sources = load_with_sources(folder)

    codes_found = {fault.code for fault in lint(package, surroundings_alone(package), sources)}

    assert {"flow.cycle-without-exit", "flow.unreachable-step"} <= codes_found


def test_more_than_sixty_steps_are_refused(tmp_path):
    step = {"kind": "route", "routes": [{"to": "draft"}]}
    folder = workshop(tmp_path, ("flow.yaml", ("steps",), {f"step-{number}": step for number in range(61)}))

    with pytest.raises(PackageFaults) as refused:
        load_package(folder)

    assert [(fault.code, fault.file) for fault in refused.value.faults] == [("package.wrong-value", "flow.yaml")]
