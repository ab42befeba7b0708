"""A hand-off is a link alone, or carries the request over and mirrors what the other side decides; nothing between."""

from __future__ import annotations

import pytest

from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.tests.conftest import SERVICE

PERMIT = SERVICE.parent / "business-permit"


def _faults(**changed: object) -> set[str]:
    written = load_package(PERMIT).model_dump(mode="json")
    for file, part in changed.items():
        written[file] = {**written[file], **part}  # type: ignore[dict-item]  # parts of a file are mappings
    package = Package.model_validate(written)
    return {fault.code for fault in lint(package, surroundings_alone(package))}


def test_a_hand_off_may_have_a_form_and_a_flow():
    assert _faults() == set()


def test_a_hand_off_with_a_form_has_a_flow_as_well():
    assert "card.electronic-without-form-or-flow" in _faults(flow={"start": None, "steps": []})
    assert "card.electronic-without-form-or-flow" in _faults(form={"pages": []})


@pytest.mark.parametrize("delivery", ["information-only", "counter-only"])
def test_other_kinds_have_neither(delivery):
    assert "card.form-or-flow-not-electronic" in _faults(card={"delivery": delivery, "hand_off_address": None})


def test_a_hand_off_that_is_carried_over_says_how_long_it_takes():
    assert "card.not-stated" in _faults(card={"promised_time": None})


def test_what_the_other_side_decides_concludes_without_a_letter_and_never_with_one():
    written = load_package(PERMIT).model_dump(mode="json")
    next(outcome for outcome in written["flow"]["outcomes"] if outcome["code"] == "issued-there")["document"] = (
        "governor-letter"
    )
    package = Package.model_validate(written)

    assert "flow.concluded-without-signature" in {fault.code for fault in lint(package, surroundings_alone(package))}
