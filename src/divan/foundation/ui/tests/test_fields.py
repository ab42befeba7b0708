from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from divan.foundation.ui.fields import (
    KINDS,
    ErrorSummary,
    Field,
    FieldRow,
    Option,
    Problem,
    field_of,
    read_answer,
    read_date,
)
from divan.foundation.ui.frame import Link
from divan.foundation.ui.tests.drawing import draw, elements, ids

OPTIONS = [Option("north", "North", "Cold"), Option("south", "South")]


INNER = Field("place[1].0.name", "text", "Name")


def question(kind: str) -> Field:
    asked = Field("place[1]", kind, "Where?", "Say where", "", ["Say where it is."], True, OPTIONS)
    if kind == "parts":
        return replace(asked, parts=[INNER])
    if kind in {"rows", "grid"}:
        row = FieldRow("0", "Place 1", [INNER], removable=True)
        return replace(asked, rows=[row], row_name="Place", columns=["Name"])
    return asked


@pytest.mark.parametrize("kind", sorted(KINDS - {"hidden", "information"}))
def test_an_error_leads_to_a_control_that_is_on_the_page(kind):
    asked = question(kind)

    assert asked.control_id in ids(draw("{% field question %}", question=asked))


@pytest.mark.parametrize("kind", sorted(KINDS - {"hidden", "information"}))
def test_hint_and_error_are_bound_to_what_they_speak_of(kind):
    drawn = draw("{% field question %}", question=question(kind))

    described = [
        attributes["aria-describedby"] for _, attributes in elements(drawn) if "aria-describedby" in attributes
    ]
    assert described == ["q-place-1--hint q-place-1--error"]
    assert {"q-place-1--hint", "q-place-1--error"} <= set(ids(drawn))


@pytest.mark.parametrize("kind", sorted(KINDS - {"hidden", "information"}))
def test_every_control_has_a_label(kind):
    found = elements(draw("{% field question %}", question=question(kind)))

    labelled = {attributes["for"] for tag, attributes in found if tag == "label" and "for" in attributes}
    wrapped = sum(1 for tag, attributes in found if tag == "label" and "for" not in attributes)
    drawn = [attributes for tag, attributes in found if tag in {"input", "select", "textarea"}]
    controls = [attributes for attributes in drawn if attributes.get("type") != "hidden"]
    assert controls
    assert len([control for control in controls if control["id"] not in labelled]) == wrapped


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_a_person_typed_is_never_markup(kind):
    nasty = '"><script>alert(1)</script>'
    asked = Field(
        "n", kind, nasty, nasty, nasty, [nasty], True, [Option(nasty, nasty, nasty, nasty)], search=nasty, unit=nasty
    )

    assert "<script>" not in draw("{% field question %}", question=asked)


def test_a_kind_that_cannot_be_drawn_is_refused_by_name():
    with pytest.raises(ValueError, match="no such kind of question: colour"):
        Field("n", "colour", "Which?")


def test_one_question_on_its_page_has_its_label_as_heading():
    assert draw("{% field q %}", q=Field("n", "text", "Name?", heading=True)).count("<h1") == 1
    assert draw("{% field q %}", q=Field("n", "choice", "Where?", options=OPTIONS, heading=True)).count("<h1") == 1
    assert "<h1" not in draw("{% field q %}", q=Field("n", "text", "Name?"))


def test_only_what_may_be_left_out_says_so():
    with translation.override("en"):
        assert "(optional)" in draw("{% field q %}", q=Field("n", "text", "Name?", required=False))
        assert "(optional)" not in draw("{% field q %}", q=Field("n", "text", "Name?"))


def test_the_options_taken_are_checked():
    drawn = elements(draw("{% field q %}", q=Field("n", "choices", "Where?", value=["south"], options=OPTIONS)))

    assert {attributes["value"]: "checked" in attributes for tag, attributes in drawn if tag == "input"} == {
        "north": False,
        "south": True,
    }


def test_a_select_keeps_its_groups_and_its_answer():
    villages = [Option("a", "Upper", group="East"), Option("b", "Lower", group="West")]
    drawn = elements(draw("{% field q %}", q=Field("v", "select", "Village", value="b", options=villages)))

    assert [attributes["label"] for tag, attributes in drawn if tag == "optgroup"] == ["East", "West"]
    assert [attributes["value"] for tag, attributes in drawn if tag == "option" and "selected" in attributes] == ["b"]


def test_a_date_stands_in_three_jalali_parts_in_the_digits_of_the_language():
    asked = Field("born", "date", "Born", value=date(2026, 11, 22))
    with translation.override("fa"):
        persian = elements(draw("{% field q %}", q=asked))
    with translation.override("en"):
        english = elements(draw("{% field q %}", q=asked))

    assert [a["value"] for tag, a in persian if tag == "input"] == ["۱", "۱۴۰۵"]
    assert [a["value"] for tag, a in english if tag == "input"] == ["1", "1405"]
    assert [a["value"] for tag, a in english if tag == "option" and "selected" in a] == ["9"]


def test_a_date_typed_wrong_stands_as_it_was_typed():
    answers = QueryDict("d-year=1404&d-month=12&d-day=30")

    assert Field("d", "date", "Day", value=read_date(answers, "d")).date_parts == ("1404", "12", "30")


@given(st.text(max_size=4), st.text(max_size=4), st.text(max_size=4))
def test_reading_a_date_never_fails(year, month, day):
    answers = QueryDict(mutable=True)
    answers.update({"d-year": year, "d-month": month, "d-day": day})

    read = read_date(answers, "d")

    assert (read == "") == (not (year.strip() or month.strip() or day.strip()))
    assert len(Field("d", "date", "Day", value=read).date_parts) == 3


def test_answers_are_read_as_their_kind_wants():
    answers = QueryDict("a=1&a=2&b=x&d-day=3&d-month=2&d-year=1405")

    assert read_answer(answers, "a", "choices") == ["1", "2"]
    assert read_answer(answers, "b", "text") == "x"
    assert read_answer(answers, "d", "date") == "1405/2/3"
    assert read_answer(answers, "absent", "text") == ""
    assert read_answer(answers, "absent", "choices") == []


def test_figures_in_a_control_are_written_in_the_language_but_free_text_is_left_alone():
    with translation.override("fa"):
        assert Field("m", "mobile", "Mobile", value="0912").written == "۰۹۱۲"
        assert Field("t", "text", "Text", value="0912").written == "0912"


def test_what_searches_is_the_search_box_and_not_what_was_found():
    asked = Field("v", "place", "Village", value="north", options=OPTIONS, attributes={"hx-get": "/find"}, search="no")
    drawn = elements(draw("{% field q %}", q=asked))

    assert [attributes["type"] for tag, attributes in drawn if "hx-get" in attributes] == ["search"]


def test_a_place_that_is_not_found_says_so():
    with translation.override("en"):
        assert "Nothing was found" in draw("{% field q %}", q=Field("v", "place", "Village", search="zzz"))
        assert "Nothing was found" not in draw("{% field q %}", q=Field("v", "place", "Village"))


def test_a_file_given_before_is_named_and_kept():
    drawn = draw("{% field q %}", q=Field("f", "file", "Picture", kept=Link("/file/1", "view.jpg")))

    assert '<a href="/file/1">view.jpg</a>' in drawn


def test_the_summary_lists_general_problems_first_and_then_in_the_order_of_the_page():
    first = Field("one", "text", "One", errors=["One is missing."])
    second = Field("two", "date", "Two", errors=["Two is no date."])

    assert ErrorSummary.of([first, second], ["Not sent."]).problems == (
        Problem("Not sent.", ""),
        Problem("One: One is missing.", "q-one"),
        Problem("Two: Two is no date.", "q-two-day"),
    )


def test_the_summary_names_each_question_and_a_consent_by_what_is_missing_alone():
    asked = Field("where", "choice", "Where is it?", errors=["Answer this question."])
    agreed = Field("truth", "consent", "I confirm that all of it is true.", errors=["Tick the box to go on."])

    assert [problem.text for problem in ErrorSummary.of([asked, agreed]).problems] == [
        "Where is it? Answer this question.",
        "Tick the box to go on.",
    ]


def test_of_a_question_that_takes_several_files_it_is_said_that_new_ones_join_them():
    kept = Link("/file/2", "two.jpg")

    with translation.override("en"):
        several = draw("{% field q %}", q=Field("f", "file", "Pictures", kept=kept, attributes={"multiple": True}))
        one = draw("{% field q %}", q=Field("f", "file", "Picture", kept=kept))

    assert "New ones are added" in several
    assert "takes its place" in one


def test_a_summary_without_problems_draws_nothing():
    assert draw("{% error_summary summary %}", summary=ErrorSummary()).strip() == ""
    assert draw("{% error_summary summary %}", summary=None).strip() == ""


class Reply(forms.Form):
    """A form with a field of each widget that the house uses."""

    text = forms.CharField(label="Text", help_text="Hint")
    body = forms.CharField(widget=forms.Textarea)
    secret = forms.CharField(widget=forms.PasswordInput)
    number = forms.IntegerField()
    one = forms.ChoiceField(choices=[("a", "A"), ("b", "B")])
    radio = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)
    many = forms.MultipleChoiceField(choices=[("a", "A")], widget=forms.CheckboxSelectMultiple)
    agree = forms.BooleanField(required=False)
    mail = forms.EmailField()
    paper = forms.FileField()
    token = forms.CharField(widget=forms.HiddenInput)


def test_fields_of_django_forms_become_questions_of_their_kind():
    assert {bound.name: field_of(bound).kind for bound in Reply()} == {
        "text": "text",
        "body": "long-text",
        "secret": "password",
        "number": "number",
        "one": "select",
        "radio": "choice",
        "many": "choices",
        "agree": "consent",
        "mail": "email",
        "paper": "file",
        "token": "hidden",
    }


def test_a_password_is_never_sent_back():
    form = Reply({"secret": "kept to oneself"})

    assert "kept to oneself" not in draw("{% form_field form.secret %}", form=form)


def test_errors_of_a_django_form_lead_to_its_controls():
    form = Reply({"text": ""})

    summary = ErrorSummary.of_form(form)

    assert summary.problems[0].target == "q-text"
    assert "q-text" in ids(draw("{% form_field form.text %}", form=form))


def test_what_is_wrong_within_rows_is_said_with_its_place():
    wrong = replace(INNER, errors=["Answer this question."])
    rows = Field("m", "rows", "Members", rows=[FieldRow("0", "Member 1", [wrong])])
    grid = Field(
        "h", "grid", "Harvest", rows=[FieldRow("w", "Wheat", [replace(wrong, label="Wheat, tons", quiet=True)])]
    )
    parts = Field("p", "parts", "Friend", errors=["Look again."], parts=[wrong])

    with translation.override("en"):
        summary = ErrorSummary.of([rows, grid, parts])

    assert list(summary.problems) == [
        Problem("Member 1, Name: Answer this question.", "q-place-1--0-name"),
        Problem("Wheat, tons: Answer this question.", "q-place-1--0-name"),
        Problem("Friend: Look again.", "q-p"),
        Problem("Friend, Name: Answer this question.", "q-place-1--0-name"),
    ]


def test_a_row_is_removed_and_added_by_buttons_that_name_it():
    drawn = draw("{% field question %}", question=question("rows"))

    buttons = [attributes["value"] for tag, attributes in elements(drawn) if tag == "button"]
    assert buttons == ["remove:place[1]:0", "add:place[1]"]
    assert ("input", "place[1].row", "0") in [
        (tag, attributes.get("name"), attributes.get("value")) for tag, attributes in elements(drawn)
    ]


def test_an_amount_is_said_in_words_under_its_control():
    drawn = draw("{% field question %}", question=Field("a", "amount", "Price", words="150,000 rials"))

    assert '<p class="field__words" id="q-a-words" aria-live="polite">150,000 rials</p>' in drawn
