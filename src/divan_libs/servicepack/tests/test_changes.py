"""What a new version changes is said in words, in both languages, for whom it concerns."""

from __future__ import annotations

import string

import pytest

from divan_libs.servicepack.change_words import AREAS, SENTENCES
from divan_libs.servicepack.changes import Area, area_in_words, changes
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.tests.folders import REMOVED, workshop

STAY = "Cases and drafts that run stay on the version they began with; only new ones follow the new version."
OTHER_FEE = """tariffs:
  t:
    beneficiary: body
    periods: [{starts_on: 1404/01/01, law: LAW-USO, rows: {all: {amount: 2500000}}}]
"""


def said(old, new, area=None):
    return [change.in_words("en") for change in changes(old, new) if area in (None, change.area)]


def test_the_same_package_changes_nothing(good, package_with):
    assert changes(good, package_with()) == []


def test_cases_that_run_stay_on_their_version_whatever_changes(good, package_with):
    other = package_with(("texts/en.yaml", "label: First name", "label: Given name"))

    assert said(good, other) == ["1 texts are worded differently.", STAY]


@pytest.mark.parametrize(
    ("edit", "area", "sentence"),
    [
        (
            ("form.yaml", "      other_place:\n        type: text", "      elsewhere:\n        type: text"),
            Area.APPLICANTS,
            "The question “elsewhere” is asked now.",
        ),
        (
            ("form.yaml", "maximum: 5000", "maximum: 6000"),
            Area.APPLICANTS,
            "The limits or options of the question “How many households have no adequate internet?” are others.",
        ),
        (
            ("needs.yaml", "answers.households >= 1", "answers.households >= 20"),
            Area.APPLICANTS,
            "The requirement “At least one resident household without coverage” has changed.",
        ),
        (
            ("flow.yaml", "role: ict-expert", "role: ict-deputy"),
            Area.OFFICERS,
            "The step “Expert examination and draft” is held by ict-deputy@ict-directorate instead of "
            "ict-expert@ict-directorate.",
        ),
        (
            ("flow.yaml", "clock: {amount: 6, unit: working-days}", "clock: {amount: 4, unit: working-days}"),
            Area.CLOCKS,
            "The step “Expert examination and draft” has 4 working days instead of 6 working days.",
        ),
        (
            ("card.yaml", "promised_time: {amount: 20, unit", "promised_time: {amount: 25, unit"),
            Area.CLOCKS,
            "The card promises 25 working days instead of 20 working days.",
        ),
        (
            ("flow.yaml", "silence: {perform: endorse}", "silence: {after_action: escalate, to: {role: governor}}"),
            Area.CLOCKS,
            "Silence in the step “Opinion of the district” means something else.",
        ),
        (
            ("outputs/reply-letter.typ", "#fields.reply", "#fields.reply با احترام"),
            Area.PAPERS,
            "The document “Reply to the request for internet coverage of a village” is worded otherwise.",
        ),
    ],
)
def test_a_change_is_told_to_whom_it_concerns(good, package_with, edit, area, sentence):
    found = said(good, package_with(edit), area)

    assert sentence in found, found


def test_a_price_is_told_before_and_after(good, package_with):
    dear = package_with(("fees.yaml", "free: {law: LAW-USO}\n", OTHER_FEE))
    cheap = dear.model_copy(update={"fees": type(dear.fees).model_validate(_with_amount(dear, 1000))})

    assert said(good, dear, Area.FEES) == ["The service is no longer free of charge.", "The charge “t” is new."]
    (change,) = [change for change in changes(cheap, dear) if change.area is Area.FEES]
    assert change.in_words("en") == "The charge “t” in the row all is 2,500,000 rials instead of 1,000 rials."
    assert change.in_words("fa") == "مبلغ «t» در ردیف all از ۱٬۰۰۰ ریال به ۲٬۵۰۰٬۰۰۰ ریال رسید."


def _with_amount(package, amount):
    fees = package.fees.model_dump(mode="json", exclude_none=True)
    fees["tariffs"][0]["periods"][0]["rows"][0]["amount"] = amount
    return fees


def test_a_lost_step_and_a_new_duty_to_answer_concern_cases_that_would_be_moved(tmp_path):
    old = load_package(workshop(tmp_path / "old"))
    new = load_package(
        workshop(
            tmp_path / "new",
            ("flow.yaml", ("steps", "deputy-look"), REMOVED),
            ("flow.yaml", ("steps", "large-or-small", "routes"), [{"to": "draft"}]),
            ("form.yaml", ("pages", "workshop", "questions", "floor"), {"type": "number", "read_by": ["draft"]}),
        )
    )

    found = said(old, new, Area.RUNNING)

    assert len(found) == 3
    assert "cannot be moved to the new version before it has left that step" in found[1]
    assert found[2] == "A case that is moved to the new version lacks 1 answers that must be given now."


def test_areas_come_in_the_same_order_with_headings_in_both_languages(good, package_with):
    new = package_with(
        ("flow.yaml", "role: ict-expert", "role: ict-deputy"),
        ("form.yaml", "maximum: 5000", "maximum: 6000"),
    )

    areas = list(dict.fromkeys(change.area for change in changes(good, new)))

    assert areas == [Area.APPLICANTS, Area.OFFICERS, Area.RUNNING]
    assert [area_in_words(area) for area in areas] == ["برای متقاضی", "برای کارکنان", "پرونده‌های جاری"]


def test_both_languages_say_the_same():
    for code, (fa, en) in SENTENCES.items():
        names = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (fa, en)]
        assert names[0] == names[1], code
    assert set(AREAS) == {area.value for area in Area}
