from __future__ import annotations

import pytest
from django.template import Context
from django.utils import translation

from divan.foundation.errors import NotFound
from divan.foundation.ui import samples
from divan.foundation.ui.fields import ErrorSummary
from divan.foundation.ui.frame import Link, PageFrame
from divan.foundation.ui.tests.drawing import ENGINE, elements, ids

FRAME = PageFrame(
    place="Semnan",
    rehearsal=True,
    rehearsal_links=[Link("/phone", "Phone")],
    phase=Link("/about/coverage", "What works"),
    navigation=[Link("/services", "Services", current=True)],
    office_navigation=samples.office_navigation(),
    footer=[Link("/verify", "Verify")],
    person="Maryam",
    sign_out="/sign-out",
    here="/services?q=1",
)


def page(name: str, language: str = "fa", **matter: object) -> str:
    with translation.override(language):
        return ENGINE.get_template(name).render(Context(matter))


@pytest.mark.parametrize("name", ["404.html", "403.html", "400.html", "500.html", "403_csrf.html"])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_pages_of_defects_stand_without_a_request_and_without_a_frame(name, language):
    drawn = elements(page(name, language))

    assert [tag for tag, _ in drawn].count("h1") == 1
    assert [attributes["dir"] for tag, attributes in drawn if tag == "html"] == ["rtl" if language == "fa" else "ltr"]


@pytest.mark.parametrize(("language", "sheet"), [("fa", "ui/dist/divan.rtl.css"), ("en", "ui/dist/divan.ltr.css")])
def test_each_direction_gets_its_own_sheet_and_nothing_comes_from_elsewhere(language, sheet):
    drawn = elements(page("ui/page.html", language, frame=FRAME))

    addresses = [a[name] for _, a in drawn for name in ("src", "href") if name in a]
    assert any(address.endswith(sheet) for address in addresses)
    assert [address for address in addresses if "://" in address or address.startswith("//")] == []


def test_the_way_to_the_content_comes_first():
    drawn = elements(page("ui/page.html", frame=FRAME))

    first_link = next(attributes for tag, attributes in drawn if tag == "a")
    assert first_link["href"] == "#main"
    assert "main" in ids(page("ui/page.html", frame=FRAME))


@pytest.mark.parametrize("name", ["ui/page.html", "ui/office.html", "ui/refused.html"])
def test_a_rehearsal_says_so_on_every_page_and_production_never(name):
    matter = {"refusal": NotFound()}

    assert 'class="rehearsal"' in page(name, frame=FRAME, **matter)
    assert 'class="rehearsal"' not in page(name, frame=PageFrame(), **matter)


def test_language_and_sign_out_are_sent_and_not_followed():
    drawn = elements(page("ui/page.html", frame=FRAME))

    forms = [attributes for tag, attributes in drawn if tag == "form"]
    assert [(form["method"], form["action"]) for form in forms] == [("post", "/sign-out"), ("post", "/language")]
    hidden = [a["value"] for tag, a in drawn if tag == "input" and a.get("name") == "next"]
    assert hidden == ["/services?q=1"]


def test_the_other_language_is_offered_in_its_own_name():
    assert '<button class="masthead__button" name="language" value="en" lang="en" dir="ltr">English</button>' in page(
        "ui/page.html", "fa", frame=FRAME
    )
    assert '<button class="masthead__button" name="language" value="fa" lang="fa" dir="rtl">فارسی</button>' in page(
        "ui/page.html", "en", frame=FRAME
    )


def test_a_refusal_tells_what_why_what_next_and_its_code():
    drawn = page("ui/refused.html", "en", frame=FRAME, refusal=NotFound())

    assert "<h1>This page was not found.</h1>" in drawn
    assert "Check the address" in drawn
    assert "foundation.not-found" in drawn


def test_errors_stand_before_the_matter_of_a_page():
    summary = ErrorSummary.of([], ["Not sent."])

    assert "data-error-summary" in page("ui/page.html", frame=FRAME, error_summary=summary)
    assert "data-error-summary" not in page("ui/page.html", frame=FRAME)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_style_pages_are_drawn(language):
    assert "swatch--lapis" in page("ui/style_page.html", language, frame=FRAME, **samples.matter())
    office = page("ui/style_office.html", language, frame=FRAME, worklist=samples.worklist(), **samples.matter())
    assert office.count('class="row--') == 4
