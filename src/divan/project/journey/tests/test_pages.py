"""What is seen of a page, and what its forms would send."""

from __future__ import annotations

import pytest

from divan.project.journey.pages import Form, read_page, untouched
from divan.project.journey.visitors import StoryBroken, filled

PAGE = """<!doctype html><html><head><title> A page </title><style>p { color: red }</style></head><body>
<nav><a href="/cases/">My <b>cases</b></a></nav><script>var hidden = "words";</script>
<dl><dt>Answered</dt><dd>12</dd><dd>of 20</dd></dl>
<table><thead><tr><th>x</th></tr></thead><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table>
<form method="post" action="send/?a=1" enctype="multipart/form-data">
  <input type="hidden" name="token" value="abc"><input name="name" value="زهرا">
  <input type="radio" name="kind" value="one"><input type="radio" name="kind" value="two" checked>
  <input type="checkbox" name="many" value="x" checked><input type="checkbox" name="many" value="y">
  <select name="post"><option value="">Choose</option><option value="p1">One</option></select>
  <textarea name="text">
first line</textarea>
  <input type="file" name="photo"><input name="off" value="1" disabled>
  <button>Send</button><button name="then" value="later">Later</button><button type="button">Script</button>
</form><form action="/find/"><input type="search" name="q"></form></body></html>"""


def page():
    return read_page(
        address="http://localhost/here/", status=200, content=PAGE.encode(), media_type="text/html; charset=utf-8"
    )


def form() -> Form:
    found = page().form(having="token")
    assert found is not None
    return found


def test_a_page_is_read_as_it_is_seen():
    seen = page()

    assert seen.title == "A page"
    assert "hidden" not in seen.words
    assert "color" not in seen.words
    assert "Answered 12 of 20 x 1 2" in seen.words
    assert [(link.address, link.words) for link in seen.links] == [("http://localhost/cases/", "My cases")]
    assert seen.pair("Answered") == "12"
    assert seen.pair("Unknown") == ""
    assert seen.tables == (2,)


def test_a_form_untouched_sends_what_a_browser_sends():
    assert (form().action, form().method, form().is_multipart) == ("http://localhost/here/send/?a=1", "post", True)
    assert list(untouched(form())) == [
        ("token", "abc"),
        ("name", "زهرا"),
        ("kind", "two"),
        ("many", "x"),
        ("post", ""),
        ("text", "first line"),
    ]
    assert form().buttons == [("", ""), ("then", "later")]


def test_forms_are_told_apart_by_address_controls_and_what_stands_in_them():
    assert page().form(to="/find/") == page().forms[1]
    assert page().form(standing=("token", "abc")) == form()
    assert page().form(standing=("token", "xyz")) is None
    assert page().form(standing=("then", "later")) == form(), "a button sends its value as well"
    assert page().form(having="nothing") is None


def test_answers_take_the_place_of_what_stands_there():
    sent = filled(form(), {"kind": "one", "many": ["x", "y"], "post": "p1", "name": "مریم"}, page())

    assert sent == {
        "token": ["abc"],
        "kind": ["one"],
        "many": ["x", "y"],
        "post": ["p1"],
        "name": ["مریم"],
        "text": ["first line"],
    }


@pytest.mark.parametrize(
    "answers", [{"kind": "three"}, {"post": "p9"}, {"many": ["x", "z"]}, {"off": "2"}, {"no": "1"}]
)
def test_what_the_page_does_not_offer_cannot_be_answered(answers):
    with pytest.raises(StoryBroken, match=r"does not ask|offers no"):
        filled(form(), answers, page())


def test_of_other_files_only_the_bytes_are_kept():
    kept = read_page(address="http://x/a.pdf", status=200, content=b"%PDF-", media_type="application/pdf")

    assert (kept.content, kept.words, kept.forms) == (b"%PDF-", "", ())
