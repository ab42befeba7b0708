from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from divan_libs.persian.clocks import Clock
from divan_libs.servicepack.models import (
    ClockLength,
    DayUnit,
    Example,
    Expected,
    Package,
    StoredPackageUnreadable,
    TextMissing,
    package_schema,
)


def test_the_stored_form_reads_back_as_the_same_package(good):
    again = Package.from_canonical(good.canonical())

    assert again == good
    assert again.canonical() == good.canonical()
    assert again.digest() == good.digest()


def test_the_order_of_questions_and_actions_outlives_the_stored_form(good):
    again = Package.from_canonical(good.canonical())

    assert [page.code for page in again.form.pages] == [
        "applicant",
        "village",
        "present-state",
        "purpose",
        "declaration",
    ]
    assert [action.code for action in again.flow.steps[0].actions] == ["confirm", "object", "return"]


def test_the_canonical_form_has_sorted_keys_and_no_nulls(good):
    text = good.canonical().decode("utf-8")

    assert text.startswith('{"card":{"access":[')
    assert ":null" not in text
    assert "درخواست پوشش اینترنت روستا" in text


def test_rows_typed_in_an_example_are_stored_as_they_are():
    rows = ({"name": "گل‌نار", "knows_how": "همسایه"},)
    example = Example(code="x", title="سه گواه", on="1404/09/01", answers={"witnesses": rows}, expect=Expected())

    stored = example.model_dump(mode="json")

    assert stored["answers"] == {"witnesses": [{"name": "گل‌نار", "knows_how": "همسایه"}]}
    assert Example.model_validate(stored) == example


def test_loading_twice_gives_the_same_digest(package_with, good):
    assert package_with().digest() == good.digest()


def test_any_change_changes_the_digest(package_with, good):
    changed = package_with(("texts/fa.yaml", "label: امضا", "label: امضاء"))

    assert changed.digest() != good.digest()


def test_a_package_cannot_be_changed(good):
    with pytest.raises(ValidationError):
        good.code = "other"
    with pytest.raises(ValidationError):
        good.flow.steps[0].role = "nobody"
    with pytest.raises(TypeError):
        good.texts["fa"]["card.title"] = "دیگر"


def test_texts_fall_back_to_persian(good, package_with):
    partial = package_with(("texts/en.yaml", "  title: Request for internet coverage of a village\n", ""))

    assert good.text("card.title", "en") == "Request for internet coverage of a village"
    assert partial.text("card.title", "en") == good.text("card.title") == "درخواست پوشش اینترنت روستا"
    assert good.find_text("pages.village.lead") is None
    with pytest.raises(TextMissing) as missing:
        good.text("nothing.here")
    assert missing.value.key == "nothing.here"


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (b"{", "package.stored.json"),
        (b"\xff", "package.stored.json"),
        (b"[]", "package.stored.version"),
        (b'{"schema_version": 99}', "package.stored.version"),
        (b'{"schema_version": "1"}', "package.stored.version"),
        (b'{"schema_version": 1, "code": "x"}', "package.stored.shape"),
    ],
)
def test_what_is_no_stored_package_is_refused(stored, code):
    with pytest.raises(StoredPackageUnreadable) as refused:
        Package.from_canonical(stored)

    assert refused.value.code == code


def test_an_older_schema_version_is_lifted_by_its_upgrader(good):
    old = json.loads(good.canonical())
    old["schema_version"] = 0
    old["title_of_old_days"] = old["texts"]["fa"].pop("card.title")

    def upgrade(data):
        texts = {**data["texts"], "fa": {**data["texts"]["fa"], "card.title": data["title_of_old_days"]}}
        rest = {key: value for key, value in data.items() if key != "title_of_old_days"}
        return {**rest, "texts": texts, "schema_version": 2}

    lifted = Package.from_canonical(json.dumps(old).encode(), upgraders={0: upgrade})

    assert lifted == good
    with pytest.raises(StoredPackageUnreadable):
        Package.from_canonical(json.dumps(old).encode())


def test_the_json_schema_describes_the_canonical_form():
    schema = package_schema()

    assert set(schema["required"]) >= {"code", "edition", "card", "needs", "form", "flow", "fees", "outputs", "texts"}
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["Flow"]["properties"]["steps"]["type"] == "array"
    assert "PlaceQuestion" in schema["$defs"]


@pytest.mark.parametrize(
    ("amount", "unit", "hours"),
    [
        (5, DayUnit.WORKING_DAYS, 7 * 24),
        (1, DayUnit.WORKING_DAYS, 2 * 24),
        (3, DayUnit.CALENDAR_DAYS, 72),
        (6, DayUnit.HOURS, 6),
    ],
)
def test_a_clock_has_an_upper_bound_in_hours(amount, unit, hours):
    assert ClockLength(amount=amount, unit=unit).longest_hours() == hours


def test_a_clock_of_a_package_is_the_clock_that_counts():
    length = ClockLength(amount=15, unit=DayUnit.CALENDAR_DAYS, roll_over=False)

    assert length.to_clock() == Clock(15, "calendar-days", excluded=True, roll_over=False)
