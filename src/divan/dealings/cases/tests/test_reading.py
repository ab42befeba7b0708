"""Reading answers of parts and rows: what is kept, and what is wrong at which place."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import TypeAdapter
from tests.world import VILLAGE

from divan.dealings.cases.actions.reading import read_answers
from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import InquiryState, Question

PACKAGE = load_package(Path(__file__).resolve().parents[5] / "tests" / "showcase" / "every-question")
GROUP = TypeAdapter(Question).validate_python(
    {
        "code": "fields",
        "type": "group",
        "max_rows": 5,
        "questions": {"village": {"type": "place", "level": "village"}, "hectares": {"type": "number"}},
    }
)


@pytest.fixture
def read(world):
    context = Context(
        today=world.now.date(),
        facts={"identity": Fact(InquiryState.MATCHED, {"first_name": "گل‌نار", "last_name": "دشتی"})},
    )

    def reading(question: Question, given: dict[str, list[str]]):
        found = read_answers(PACKAGE, [question], given, context, now=world.now)
        return found.values, [(fault.question, fault.at, fault.code) for fault in found.faults]

    return reading


def test_rows_are_kept_as_json_and_blank_ones_are_none(read):
    given = {"fields.2.village": [VILLAGE], "fields.2.hectares": ["۷"], "fields.0.village": [""]}

    assert read(GROUP, given) == ({"fields": [{"village": VILLAGE, "hectares": 7}]}, [])


def test_a_place_that_the_register_lacks_is_marked_in_the_row_it_was_typed_in(read):
    given = {
        "fields.0.hectares": [""],
        "fields.3.village": [VILLAGE],
        "fields.3.hectares": ["1"],
        "fields.7.village": ["999999"],
        "fields.7.hectares": ["1"],
    }

    assert read(GROUP, given) == ({}, [("fields", "7.village", "answers.place.unknown")])


def test_a_signature_is_kept_with_its_moment_and_only_under_the_registered_name(read, world):
    question = PACKAGE.form.question("signed")

    assert read(question, {"signed.name": ["گلنار دشتي"], "signed.declared": ["yes"]}) == (
        {"signed": {"name": "گلنار دشتی", "declared": True, "signed_at": world.now.isoformat()}},
        [],
    )
    assert read(question, {"signed.name": ["نادر کریمی"], "signed.declared": ["yes"]}) == (
        {},
        [("signed", "name", "answers.signature.other-name")],
    )


def test_an_optional_answer_left_open_is_taken_away_and_everything_wrong_is_said(read):
    assert read(PACKAGE.form.question("foreigner"), {}) == ({"foreigner": None}, [])
    assert read(PACKAGE.form.question("friend"), {"friend.national_code": ["1"]}) == (
        {},
        [("friend", "national_code", "persian.national-code.length"), ("friend", "born_on", "answers.required")],
    )
