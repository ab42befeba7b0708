"""Every page, in both languages: axe finds nothing, and at 320 pixels nothing is wider than the window."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page
from tools.screenshots import overflow

from .axe_check import axe_findings
from .people import LETTER, SERVICE, Stage, act, await_registers, begin_application, open_task, press, submit

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
    "/about/log/entries/0/",
    "/about/log/monitor/",
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
    press(page.locator("main a.btn-primary[href*='/cases/']"))
    look_at(page)
    press(page.locator("a[href$='/withdraw/']"))
    look_at(page)
    begin_application(page)
    overview = page.url
    await_registers(page)
    look_at(page)
    for part in APPLICATION:
        page.goto(overview + part)
        look_at(page)
        press(page.locator("main form button.btn-primary").last)
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
        ("integrator", ("/office/exchange/", "/office/exchange/members/", "/office/exchange/members/new/")),
        ("ict-director", ("/office/exchange/requests/new/", "/office/exchange/services/civil-registry/person/")),
        ("ict-director", ("/office/exchange/groups/new/", "/office/exchange/certificates/new/")),
        ("integrator", ("/office/exchange/evidence/", "/office/ledger/", "/staff/account/factors/")),
    ):
        stage.become(page, key)
        for address in addresses:
            page.goto(address)
            look_at(page)
    page.goto("/office/exchange/evidence/")
    press(page.locator("table a[href*='attempt=']").first)
    look_at(page)
    stage.become(page, "village-head")
    open_task(page, number)
    look_at(page)
    press(page.locator("button.btn[name=action][value=object]"))
    look_at(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_of_a_case_on_its_way_are_accessible_and_narrow(stage: Stage, language: str):
    citizen, office = stage.window(language=language), stage.window(language=language)
    stage.become(citizen, "villager")
    number = submit(stage, citizen)
    case = citizen.locator("main a.btn-primary[href*='/cases/']").get_attribute("href")

    at_work(stage, office, "village-head", number)
    office.locator("input[name=return-codes]").first.check()
    office.locator("textarea[name=return-note]").fill("شمار خانوارها را دوباره ببینید.")
    press(office.locator("button.btn[name=action][value=return]"))
    correct(citizen, str(case))

    for key, action in (("village-head", "confirm"), ("district-head", "endorse")):
        at_work(stage, office, key, number)
        act(office, action)
    refer_and_draft(stage, office, number)
    at_work(stage, office, "ict-deputy", number)
    look_at(office)
    act(office, "paraph")
    at_work(stage, office, "ict-director", number)
    look_at(office)
    act(office, "sign", confirmed="yes")
    look_at(office)
    see_the_end(stage, citizen, office, number, str(case))


def at_work(stage: Stage, page: Page, key: str, number: str) -> None:
    stage.become(page, key)
    open_task(page, number)


def correct(citizen: Page, case: str) -> None:
    citizen.goto(case)
    look_at(citizen)
    press(citizen.locator("main a.btn-primary[href*='/applications/']"))
    look_at(citizen)
    citizen.goto(citizen.url + "check/")
    press(citizen.locator("form:not([action]) button.btn-primary"))
    look_at(citizen)


def refer_and_draft(stage: Stage, office: Page, number: str) -> None:
    at_work(stage, office, "ict-expert", number)
    office.locator("details:has(form[action$='/refer/']) summary").click()
    office.locator("select[name=to]").select_option(index=1)
    office.locator("textarea[name=instruction]").fill("در برنامه هست؟")
    press(office.locator("form[action$='/refer/'] button"))
    look_at(office)
    office.locator("textarea[name=propose-answer-text]").fill(LETTER)
    press(office.locator("button[name=preview]").first)
    look_at(office)
    for key in ("ict-deputy", "secretariat", "ict-director"):
        stage.become(office, key)
        if office.locator("a[href*='/office/referrals/']").count():
            press(office.locator("a[href*='/office/referrals/']").first)
            look_at(office)
            break
    at_work(stage, office, "ict-expert", number)
    act(office, "propose-answer", text=LETTER)


def see_the_end(stage: Stage, citizen: Page, office: Page, number: str, case: str) -> None:
    stage.await_message("villager", f"{number}(.|\\n)*110/")
    citizen.goto(case)
    look_at(citizen)
    verdict = str(citizen.locator("a[href*='/verify/']").first.get_attribute("href"))
    for address in ("/documents/", "/looks/", verdict):
        citizen.goto(address)
        look_at(citizen)
    stage.become(office, "secretariat")
    office.goto("/office/register/")
    press(office.locator("main table a[href^='/office/letters/']").first)
    look_at(office)
    press(office.locator("main a[href*='/office/cases/']"))
    look_at(office)
    stranger = stage.window(language="fa")
    stranger.goto("/verify/")
    stranger.locator("input[name=file]").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 no letter of ours"}
    )
    press(stranger.locator("form:has(input[name=code]) button"))
    look_at(stranger)
