"""Other ways to use the pages: without scripts, with the keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from .people import (
    SERVICE,
    Stage,
    answer_pages,
    await_registers,
    begin_application,
    forward,
    press,
    sign_in_by_code,
    submit,
)


def test_a_citizen_applies_without_scripts(stage: Stage):
    page = stage.window(scripts=False)
    page.goto(f"/sign-in/?next=/services/{SERVICE}/")
    sign_in_by_code(stage, page, "outsider")
    press(page.locator("form[action*='/apply/'] button"))
    await_registers(page)
    answer_pages(page)
    before = len(stage.messages("outsider"))

    forward(page)

    assert page.url.endswith("/done/")
    assert stage.await_message("outsider", r"\d{2}-\d{7}-\d{2}", after=before)
    press(page.locator("form[action*='sign-out'] button").first)
    page.goto("/cases/")
    assert "/sign-in/" in page.url


def test_a_citizen_answers_a_page_by_the_keyboard_alone(stage: Stage):
    page = stage.window()
    stage.become(page, "villager")
    begin_application(page)
    await_registers(page)
    page.goto(page.url + "pages/present-state/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    tab_to(page, "[name=present_access]")
    page.keyboard.press("Space")
    tab_to(page, "[name=households]")
    page.keyboard.type("12")
    tab_to(page, "main form .btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/pages/purpose/"))


IS_SEEN = """() => {
  const here = document.activeElement;
  const drawn = [here, here.closest("label")].filter(Boolean).map(one => getComputedStyle(one));
  return here === document.body || drawn.some(one => one.outlineStyle !== "none" || one.boxShadow !== "none");
}"""
"""Whether the place of the keyboard is drawn: around the control, or around the label that holds it."""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something is reached, seeing on the way that the place of the keyboard is always visible."""
    for _ in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"{selector} is not reached by the keyboard")


def test_the_worklist_is_walked_by_keys(stage: Stage):
    citizen = stage.window()
    stage.become(citizen, "villager")
    submit(stage, citizen)
    page = stage.window()
    stage.become(page, "village-head")
    page.goto("/office/")

    page.keyboard.press("j")
    page.keyboard.press("o")

    page.wait_for_url("**/office/tasks/**")


def test_on_a_telephone_the_menu_of_the_office_unfolds_by_keys_and_a_wide_screen_shows_it_without_scripts(stage: Stage):
    page = stage.window(width=360)
    stage.become(page, "secretariat")
    page.goto("/office/")
    drafts = page.locator(".office-menu a[href='/office/letters/drafts/']")
    assert not drafts.is_visible()

    tab_to(page, ".office-menu > summary")
    page.keyboard.press("Enter")
    tab_to(page, ".office-menu a[href='/office/letters/drafts/']")
    page.keyboard.press("Enter")

    page.wait_for_url("**/office/letters/drafts/")
    assert not page.locator(".office-menu a").first.is_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator(".office-menu a").first.wait_for()
    unscripted = stage.window(scripts=False)
    stage.become(unscripted, "secretariat")
    unscripted.goto("/office/")
    assert unscripted.locator(".office-menu a[href='/office/letters/drafts/']").is_visible()
