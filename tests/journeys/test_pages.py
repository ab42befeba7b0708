"""Every page, in both languages: axe finds nothing, and at 320 pixels nothing is wider than the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tools.screenshots import overflow

from .axe_check import axe_findings
from .people import SERVICE, Stage, await_registers, begin_application, open_task, submit

PUBLIC = (
    "/",
    "/services/",
    "/services/?q=nothing-of-the-kind",
    f"/services/{SERVICE}/",
    f"/services/{SERVICE}/card/",
    "/sign-in/",
    "/staff/sign-in/",
    "/track/",
    "/verify/",
    "/about/",
    "/about/coverage/",
    "/about/privacy/",
    "/about/accessibility/",
    "/about/log/",
    "/about/style/",
    "/api/v1/docs",
    "/rehearsal/",
    "/rehearsal/phone/",
    "/no/such/page/",
)
"""Pages that anybody may open."""

APPLICATION = ("pages/applicant/", "pages/village/", "pages/present-state/", "pages/purpose/", "pages/declaration/")

LANGUAGES = ("fa", "en")


def look_at(page: Page) -> None:
    """Let axe look at an open page in both widths, and measure it in the narrow one."""
    found = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width}: {line}" for line in axe_findings(page)]
        if (excess := overflow(page)) > 0:
            found.append(f"{width}: {excess} pixels too wide")
    assert not found, f"{page.url}\n" + "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_pages_are_accessible_and_narrow(stage: Stage, language: str):
    page = stage.window(language=language)
    for address in PUBLIC:
        page.goto(address)
        look_at(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_a_citizen_are_accessible_and_narrow(stage: Stage, language: str):
    page = stage.window(language=language)
    stage.become(page, "villager")
    submit(stage, page)
    look_at(page)
    page.locator("main a.btn-primary[href*='/cases/']").click()
    look_at(page)
    page.locator("a[href$='/withdraw/']").click()
    look_at(page)
    begin_application(page)
    overview = page.url
    await_registers(page)
    look_at(page)
    for part in APPLICATION:
        page.goto(overview + part)
        look_at(page)
        page.locator("main form button.btn-primary").last.click()
        if page.url.endswith(part):
            look_at(page)
    for address in (overview + "check/", overview + "give-up/", "/cases/", "/documents/", "/looks/"):
        page.goto(address)
        look_at(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_officers_are_accessible_and_narrow(stage: Stage, language: str):
    citizen = stage.window(language=language)
    stage.become(citizen, "villager")
    number = submit(stage, citizen)
    page = stage.window(language=language)
    for key, addresses in (
        ("village-head", ("/office/",)),
        ("secretariat", ("/office/", "/office/register/")),
        ("governor-officer", ("/office/", "/office/governor/")),
        ("integrator", ("/office/exchange/permits/", "/office/exchange/permits/new/", "/office/exchange/in-doubt/")),
        ("integrator", ("/office/exchange/evidence/", "/office/ledger/", "/staff/account/factors/")),
    ):
        stage.become(page, key)
        for address in addresses:
            page.goto(address)
            look_at(page)
    page.goto("/office/exchange/evidence/")
    page.locator("table a[href*='attempt=']").first.click()
    look_at(page)
    stage.become(page, "village-head")
    open_task(page, number)
    look_at(page)
    page.locator("form:has(input[name=action][value=object]) button").last.click()
    look_at(page)
