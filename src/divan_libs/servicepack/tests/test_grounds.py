"""What an officer may name against a case: nothing that nobody asked of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.flow_rules import FlowRefusal, Given, apply, with_tracks
from divan_libs.servicepack.grounds import grounds
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.tests.folders import workshop

LAW = {"law": "LAW-WORKSHOPS"}
SMOKE = {
    "kind": "condition",
    **LAW,
    "when": "has(answers.area) && answers.area >= 500",
    "expression": "answers.area < 900",
}
MANDATE = {
    "kind": "mandate",
    **LAW,
    "principal": "substitute",
    "capacity": "guardian",
    "fact": "mandate",
    "data_service": "civil-registry/guardianship",
}


@pytest.fixture
def permit(tmp_path) -> Package:
    texts = {"title": "متن", "rejection": "متن"}
    return load_package(
        workshop(
            tmp_path,
            ("needs.yaml", ("requirements", "REQ-SMOKE"), SMOKE),
            ("needs.yaml", ("requirements", "REQ-MANDATE"), MANDATE),
            *[
                (f"texts/{one}.yaml", ("needs", code), texts)
                for one in ("fa", "en")
                for code in ("REQ-SMOKE", "REQ-MANDATE")
            ],
        )
    )


def named(package: Package, step: str, **context: object) -> list[str]:
    known = Context(today=date(2025, 11, 22), **context)
    found = package.flow.step(step)
    return [need.code for need in grounds(package, found, with_tracks(package, known, known.tracks))]


def test_a_requirement_that_this_case_does_not_have_is_no_ground(permit):
    small = named(permit, "draft", answers={"area": 40}, tracks={"fire": "agree"})
    large = named(permit, "draft", answers={"area": 600}, tracks={"fire": "agree", "land": "agree"})

    assert small == ["REQ-IDENTITY", "REQ-AREA", "REQ-FIRE"]
    assert large == ["REQ-IDENTITY", "REQ-AREA", "REQ-FIRE", "REQ-LAND", "REQ-SMOKE"]
    assert "REQ-LAND" in named(permit, "revoking", answers={"area": 40}, entry="revoke")
    assert "REQ-MANDATE" in named(permit, "draft", answers={"area": 40, "substitute": "9992000090"})


def test_what_a_step_is_to_judge_itself_is_a_ground_in_it(permit):
    assert "REQ-LAND" in named(permit, "land-review", answers={"area": 40})
    assert named(permit, "check", answers={"area": 40}) == ["REQ-IDENTITY", "REQ-AREA"]


def test_a_step_whose_grounds_all_fall_away_keeps_them_so_that_there_is_a_way_on(permit):
    step = permit.flow.step("check").model_copy(update={"codes": ("REQ-SMOKE",)})

    assert [need.code for need in grounds(permit, step, Context(today=date(2025, 11, 22)))] == ["REQ-SMOKE"]


def test_an_action_that_names_what_was_not_asked_is_refused(permit):
    known = Context(today=date(2025, 11, 22), answers={"area": 40}, tracks={"fire": "object"}, objected=True)
    given = Given(codes=("REQ-SMOKE",), text="شرح")

    with pytest.raises(FlowRefusal) as refused:
        apply(permit, "draft", "propose-refusal", given, known)

    assert (refused.value.code, refused.value.facts["codes"]) == ("flow.unknown-codes", ["REQ-SMOKE"])
    large = replace(known, answers={"area": 600})
    assert apply(permit, "draft", "propose-refusal", given, large).proposes == "refused"
