"""A package that was stored by the draft of the language reads as a package of today."""

from __future__ import annotations

import json

import pytest

from divan_libs.servicepack.flow_rules import Given, Opening, TransitionKind, after_silence, apply, objection
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.models import Package

NEWER_PARTS = ("review-letter", "review-ready", "upheld", "hear-objection")


def without(part: dict, *later: str) -> None:
    for key in later:
        part.pop(key, None)


def of_old(entries: list[dict]) -> list[dict]:
    return [entry for entry in entries if entry["code"] not in NEWER_PARTS]


def as_version_1(package: Package) -> dict:
    """Return what the draft stored: an objection had a decider, silence one holder, and there were no later files."""
    stored = json.loads(package.canonical())
    stored["schema_version"] = 1
    flow, outputs = stored["flow"], stored["outputs"]
    without(stored, "determinants", "tables")
    without(flow, "entries", "pauses")
    without(outputs, "records")
    flow |= {part: of_old(flow[part]) for part in ("steps", "outcomes")}
    outputs |= {part: of_old(outputs[part]) for part in ("documents", "messages")}
    for step in flow["steps"]:
        without(step, "report", "codes", "reasons", "pauses", "tracks", "routes")
        if to := step["silence"].pop("to", None):
            (step["silence"]["to"],) = to
    for outcome in flow["outcomes"]:
        without(outcome, "effect", "deemed", "records")
        if "review" in outcome:
            del outcome["review"]["start"]
            outcome["review"]["decider"] = {"role": "governor-officer", "at": {"body": "governor-office"}}
    for language, texts in stored["texts"].items():
        old = {key: text for key, text in texts.items() if not any(part in key for part in NEWER_PARTS)}
        stored["texts"][language] = old
    return stored


@pytest.fixture(scope="module")
def lifted(good) -> Package:
    return Package.from_canonical(json.dumps(as_version_1(good)).encode())


def test_a_package_of_the_draft_may_be_published_as_it_is(lifted, surroundings):
    assert [str(fault) for fault in lint(lifted, surroundings)] == []
    assert lifted.schema_version == 2


def test_nothing_but_the_hearing_of_objections_changes(lifted, good):
    old = as_version_1(good)

    assert [step.code for step in lifted.flow.steps] == [
        *(step["code"] for step in old["flow"]["steps"]),
        "hear-objection-rejected",
    ]
    assert lifted.form == good.form
    assert lifted.card == good.card


def test_who_decided_on_objections_hears_them_now(lifted):
    heard = objection(lifted, "rejected")
    step = lifted.flow.step("hear-objection-rejected")

    assert heard.opens == (Opening("hear-objection-rejected"),)
    assert (step.role, step.at.body, step.clock.amount) == ("governor-officer", "governor-office", 10)
    assert [holder.role for holder in after_silence(lifted, step.code).escalated_to] == ["governor-officer"]
    upheld = apply(lifted, step.code, "uphold", Given(text="درست است"))
    assert (upheld.kind, upheld.outcome) == (TransitionKind.CONCLUDE, "rejected")
    assert apply(lifted, step.code, "hear-again", Given(note="از نو")).step == "draft"


def test_the_lifted_package_is_worded_and_stable(lifted):
    assert lifted.text("steps.hear-objection-rejected.title", "en") == "Hearing the objection"
    assert lifted.text("actions.hear-objection-rejected.uphold.label") == "تأیید تصمیم"
    assert Package.from_canonical(lifted.canonical()) == lifted


def test_a_long_outcome_gives_a_step_with_a_good_code(good):
    old = as_version_1(good)
    long = "a" * 44 + "-" + "b" * 10
    text = json.dumps(old).replace('"rejected"', f'"{long}"').replace("outcomes.rejected.", f"outcomes.{long}.")

    package = Package.from_canonical(text.encode())

    assert package.flow.outcome(long).review.start == "hear-objection-" + "a" * 44
