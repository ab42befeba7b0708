"""The field of rich text: read with and without scripts, drawn for both, and cleaned at the server."""

from __future__ import annotations

import pytest
from django.http import QueryDict
from django.test import RequestFactory

from divan.foundation.ui.fields import Field
from divan.foundation.ui.rich_text import TOOLBAR, clean_pasted, read_rich_text

from .drawing import draw

KEPT = "<p>با <strong>سلام</strong></p><ul><li>یک</li></ul>"


def sent(**values: str) -> QueryDict:
    answers = QueryDict(mutable=True)
    answers.update({name.replace("_", "-"): value for name, value in values.items()})
    return answers


def test_what_the_editor_sends_is_cleaned():
    answers = sent(body='<p onclick="x">كتاب<script>x</script></p>', body_form="html")

    assert read_rich_text(answers, "body") == "<p>کتاب</p>"


def test_without_scripts_blank_lines_part_paragraphs_and_markup_is_text():
    assert (
        read_rich_text(sent(body="یک\r\nدو\r\n\r\n<b>", body_form="text"), "body") == "<p>یک<br>دو</p><p>&lt;b&gt;</p>"
    )
    assert read_rich_text(sent(), "body") == ""


def test_without_scripts_what_was_not_touched_keeps_its_looks():
    assert read_rich_text(sent(body="با سلام\r\n\r\nیک", body_form="text"), "body", before=KEPT) == KEPT
    assert read_rich_text(sent(body="با سلام", body_form="text"), "body", before=KEPT) == "<p>با سلام</p>"


def test_the_field_is_a_textarea_with_its_words_and_an_editor_with_its_looks():
    drawn = draw("{% rich_text q %}", q=Field("body", "long-text", "متن", value=KEPT + "<script>x</script>"))

    assert "با سلام\n\nیک</textarea>" in drawn
    assert f"<template>{KEPT}</template>" in drawn
    assert 'name="body-form" value="text"' in drawn
    for group in TOOLBAR:
        for tool in group.tools:
            assert f'data-command="{tool.command}"' in drawn


@pytest.mark.parametrize(
    ("html", "status", "told"),
    [("<p class=x>متن<o:p></o:p></p>", 200, "<p>متن</p>"), ("<div>" * 300, 422, "richtext.too-deep")],
)
def test_what_is_pasted_is_cleaned_at_the_server(html, status, told):
    answer = clean_pasted.__wrapped__(RequestFactory().post("/clean-pasted/", {"html": html}))

    assert (answer.status_code, answer.content.decode()) == (status, told)
