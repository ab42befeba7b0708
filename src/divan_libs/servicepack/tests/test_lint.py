from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from divan_libs.servicepack import lint as rules
from divan_libs.servicepack.lint import Surroundings, lint
from divan_libs.servicepack.models import DocumentNeed, Package
from divan_libs.servicepack.tests.broken_cards import BROKEN_CARDS
from divan_libs.servicepack.tests.broken_copies import BROKEN as BROKEN_COPIES
from divan_libs.servicepack.tests.broken_flows import BROKEN_FLOWS
from divan_libs.servicepack.tests.broken_outputs import BROKEN_OUTPUTS
from divan_libs.servicepack.tests.conftest import SERVICE

BROKEN = [*BROKEN_COPIES, *BROKEN_OUTPUTS, *BROKEN_CARDS]


def test_the_good_package_has_no_fault(good, surroundings):
    assert lint(good, surroundings) == []


def test_a_stored_package_is_examined_without_files(good, surroundings):
    stored = Package.from_canonical(good.canonical())
    without = replace(surroundings, roles=surroundings.roles - {"ict-director"})

    assert [(fault.code, fault.file, fault.line) for fault in lint(stored, without)][:1] == [
        ("flow.role-nobody-holds", "flow.yaml", 0)
    ]


def test_a_role_is_looked_for_in_its_body(good, surroundings):
    ict, governor = "ict-directorate", "governor-office"
    seats = frozenset({(ict, "ict-expert"), (ict, "ict-deputy"), (governor, "ict-director")})
    seats |= {(governor, "governor"), (governor, "governor-officer")}

    found = [fault for fault in lint(good, replace(surroundings, seats=seats)) if fault.code == "flow.role-not-in-body"]

    assert {(fault.facts["role"], fault.facts["there"]) for fault in found} == {
        ("ict-director", "ict-deputy, ict-expert")
    }


@pytest.mark.parametrize(("code", "file", "edit"), BROKEN, ids=[f"{row[0]}-{i}" for i, row in enumerate(BROKEN)])
def test_a_broken_copy_is_refused_with_code_and_file(faults_of, code, file, edit):
    found = {(fault.code, fault.file) for fault in faults_of(edit)}

    assert (code, file) in found


def test_every_rule_of_lint_has_a_broken_copy(good):
    source = "".join(path.read_text("utf-8") for path in Path(rules.__file__).parent.glob("*.py"))
    codes = set(re.findall(r'"((?:card|needs|form|flow|fees|outputs|texts|examples)\.[a-z-]+)"', source))
    files = {"card.yaml", "needs.yaml", "form.yaml", "flow.yaml", "fees.yaml"}

    tested = {code for code, _, _ in (*BROKEN, *BROKEN_FLOWS)} | {
        "card.electronic-without-form-or-flow",
        "card.no-law",
        "examples.none",
        "flow.reserved-step",
        # Found by the typesetter, whose tests are those of the command.
        "outputs.letter-not-typeset",
        "flow.role-not-in-body",
    }
    assert codes - files - tested == set()


def test_a_fault_points_to_its_line(faults_of):
    faults = faults_of(("flow.yaml", "role: ict-expert", "role: magician"))

    (fault,) = faults
    text = (SERVICE / "flow.yaml").read_text("utf-8").splitlines()
    assert text[fault.line - 1].strip() == "role: ict-expert"
    assert fault.facts["role"] == "magician"
    assert "ict-expert" in str(fault.facts["known"]).split(", ")


def test_a_type_error_in_an_expression_has_its_place_within_it(faults_of):
    faults = faults_of(("needs.yaml", "answers.households >= 1", "answers.households >= 'many'"))

    (fault,) = faults
    assert fault.facts["at"] == "1:47"
    assert fault.facts["expression"] == "has(answers.households) && answers.households >= 'many'"


def test_an_electronic_service_needs_a_form_and_a_flow(good, surroundings):
    bare = good.model_copy(update={"form": type(good.form)()})

    assert "card.electronic-without-form-or-flow" in {fault.code for fault in lint(bare, surroundings)}


def test_a_service_without_examples_is_refused(good, surroundings):
    untested = good.model_copy(update={"examples": ()})

    assert [fault.code for fault in lint(untested, surroundings)] == ["examples.none"]


def test_a_step_may_not_be_called_applicant(faults_of):
    faults = faults_of(
        ("flow.yaml", "  paraph:\n    kind", "  applicant:\n    kind"),
    )

    assert "flow.reserved-step" in {fault.code for fault in faults}


def test_an_information_only_service_needs_only_its_card_and_texts(good, surroundings):
    bare = good.model_copy(
        update={
            "card": good.card.model_copy(update={"delivery": "information-only", "documents": (), "inquiries": ()}),
            "needs": type(good.needs)(),
            "form": type(good.form)(),
            "flow": type(good.flow)(),
            "outputs": type(good.outputs)(),
            "texts": {
                language: {key: text for key, text in texts.items() if key.startswith("card.")}
                for language, texts in good.texts.items()
            },
            "examples": (),
        }
    )

    assert lint(bare, surroundings) == []


def test_the_surroundings_decide_what_a_photocopy_is(good, surroundings):
    """Where no register answers, the document may be asked; the day the register joins, lint refuses it."""
    needs = [
        need.model_copy(update={"held_in": "cadastre/parcel"}) if isinstance(need, DocumentNeed) else need
        for need in good.needs.requirements
    ]
    package = good.model_copy(update={"needs": good.needs.model_copy(update={"requirements": tuple(needs)})})
    joined = replace(surroundings, data_services=surroundings.data_services | {"cadastre/parcel"})

    assert lint(package, surroundings) == []
    assert [fault.code for fault in lint(package, joined)] == ["needs.document-held-by-register"]


def test_surroundings_cannot_be_changed(surroundings: Surroundings):
    with pytest.raises(AttributeError):
        surroundings.roles = frozenset()  # type: ignore[misc]  # the refusal is what is tested
