"""A citizen sees that a body asked about them, objects, and reads the body's signed answer."""

from __future__ import annotations

from playwright.sync_api import Page

from divan_libs.persian.text import latin_digits

from .people import NUMBER, Stage, act, await_registers, begin_application, open_task, press

ASKER = "LR/GOV/governor-office"
"""Divan asks in its name; other members may have asked about the same person."""
REASON = "شما همان روز درخواست پوشش اینترنت روستا داده بودید."


def become_holder(stage: Stage, username: str) -> Page:
    """Open a window of the holder of a post of the demo, by the role switch."""
    page = stage.window()
    page.goto("/rehearsal/")
    page.locator("main details").evaluate_all("folds => folds.forEach(fold => fold.open = true)")
    press(page.locator(f"form:has(input[name=username][value='{username}'])").locator("button"))
    return page


def await_text(page: Page, address: str, wanted: str) -> None:
    """Look at a page again until it says something."""
    for _ in range(150):
        page.goto(address)
        if wanted in page.locator("main").inner_text():
            return
        page.wait_for_timeout(400)
    raise AssertionError(page.locator("main").inner_text())


def await_look(page: Page) -> None:
    """Look at the list of one body's looks again until one is there that was not objected to."""
    for _ in range(150):
        page.goto(f"/looks/?body={ASKER}")
        if page.locator("a[href$='/object/']").count():
            return
        page.wait_for_timeout(400)
    raise AssertionError(page.locator("main").inner_text())


def test_an_objection_to_a_look_is_answered_by_a_signed_letter(stage: Stage):
    citizen = stage.window(scripts=False)
    stage.become(citizen, "villager")
    begin_application(citizen)
    await_registers(citizen)
    await_look(citizen)
    objects = citizen.locator("a[href$='/object/']").first
    look = objects.get_attribute("href")
    press(objects)
    press(citizen.locator("main form button"))
    assert "بنویسید به چه چیزی اعتراض دارید" in citizen.locator("main").inner_text()
    citizen.locator("textarea[name=text]").fill("چرا این دستگاه دربارهٔ من پرسیده است؟")
    press(citizen.locator("main form button"))
    case = citizen.url
    found = NUMBER.search(latin_digits(citizen.locator("main").inner_text()))
    assert found, citizen.locator("main").inner_text()

    expert = become_holder(stage, "governor-office-expert")
    open_task(expert, found.group())
    assert "چرا این دستگاه دربارهٔ من پرسیده است؟" in expert.locator("main").inner_text()
    act(expert, "lawful", text=REASON, report_checked=["case-of-the-person"])
    director = become_holder(stage, "governor-office-director")
    open_task(director, found.group())
    act(director, "sign", confirmed="yes")

    await_text(citizen, "/looks/", "قانونی بوده است، با دلیل")
    citizen.goto(look or "")
    assert citizen.url == case
    await_text(citizen, case, "گشودن نامهٔ امضاشده")
