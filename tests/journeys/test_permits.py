"""Permits in the browser: given while one body is silent, renewed by the holder, refused and objected to, mirrored."""

from __future__ import annotations

import subprocess
import sys

from playwright.sync_api import Page, expect

from .installation import ROOT, Installation
from .people import Stage, act, answer_control, await_registers, forward, open_task, press
from .test_shipped_services import (
    await_link,
    await_words,
    become,
    begin,
    choose,
    days_ago,
    decide,
    fill_day,
    find_place,
    go_to_the_bank,
    number_on,
    send,
    set_outside,
)

PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)
REVIEWERS = {"heritage-visit": "heritage-field-officer", "health-review": "health-field-officer"}
SILENT = ("roads-review", "fire-review", "police-review")
"""Who else looks at a lodge by a main road and outside protected areas."""


def later(stage: Stage, what: str, number: str, *details: str) -> None:
    """Let happen now what time alone brings: silence in a step, or the months before the end of a permit."""
    assert isinstance(stage.installation, Installation)
    done = subprocess.run(
        [sys.executable, "-m", "tests.journeys.passing_time", what, number, *details],
        env=stage.installation.environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def ask_for_a_lodge(citizen: Page, name: str) -> str:
    """Fill in the application for the permit of a lodge; return the address of its overview."""
    overview = begin(citizen, "eco-lodge-permit")
    citizen.goto(f"{overview}pages/applicant/")
    forward(citizen)
    find_place(citizen, "village", "صفرآباد")
    answer_control(citizen, "postal_code", "6815812345")
    choose(citizen, access_road="main-road", holding="own")
    forward(citizen)
    for part, words in (("lodge_name", name), ("rooms", "5"), ("beds", "15"), ("extinguishers", "2")):
        answer_control(citizen, part, words)
    choose(citizen, water="spring", sewage="septic")
    answer_control(citizen, "heating", ["wood", "electricity"])
    citizen.locator("input[name=pictures]").set_input_files(
        [
            {"name": "front.png", "mimeType": "image/png", "buffer": PICTURE},
            {"name": "room.png", "mimeType": "image/png", "buffer": PICTURE},
        ]
    )
    forward(citizen)
    choose(citizen, truth="yes")
    forward(citizen)
    return overview


def pay_and_send(citizen: Page, overview: str) -> str:
    """Pay what is due before sending; return the number of the case that is sent by the payment."""
    citizen.goto(overview)
    await_registers(citizen)
    citizen.goto(f"{overview}check/")
    citizen.locator("main form button.btn-primary").last.click()
    citizen.wait_for_url("**/payments/**")
    citizen.locator("form[action$='/pay/'] button").first.click()
    go_to_the_bank(citizen)
    citizen.locator("button[value=pay]").click()
    citizen.wait_for_url(lambda url: "/bank/pay/" not in url)
    citizen.goto(f"{overview}done/")
    await_link(citizen, ".panel .code, .caption .code")
    return number_on(citizen)


def case_of(overview: str) -> str:
    return f"/cases/{overview.strip('/').split('/')[-1]}/"


def review(officer: Page, number: str, step: str, action: str = "agree", **answers: str | list[str]) -> None:
    """Let the body that has a step open the case and say what it thinks."""
    become(officer, REVIEWERS[step])
    open_task(officer, number)
    if step == "heritage-visit":
        fill_day(officer, "report-visited_on", *days_ago(0))
        answer_control(officer, "report-rooms_counted", "5")
        choose(officer, **{"report-architecture": "restored"})
    act(officer, action, **answers)
    assert officer.url.endswith("/office/"), officer.locator("main").inner_text()


def test_bodies_look_at_a_lodge_side_by_side_one_is_silent_and_the_permit_is_renewed(stage: Stage):
    citizen, officer = stage.window(), stage.window()
    stage.become(citizen, "villager")
    overview = ask_for_a_lodge(citizen, "اقامتگاه گلونی")
    number = pay_and_send(citizen, overview)
    decide(officer, "heritage-expert", number, "accept")
    citizen.goto(case_of(overview))
    expect(citizen.locator(".standing")).to_have_count(5)
    for step in REVIEWERS:
        review(officer, number, step)
    later(stage, "silence", number, *SILENT)

    become(officer, "heritage-expert")
    open_task(officer, number)
    assert "خودبه‌خود" in officer.locator("tr", has_text="آتش‌نشانی").first.inner_text()
    act(officer, "propose-permit", text="مجوز با ظرفیت پنج اتاق صادر شود.")
    decide(officer, "heritage-director", number, "sign", confirmed="yes")
    later(stage, "end", number, "30")
    renew(citizen, officer)


def renew(citizen: Page, officer: Page) -> None:
    """Begin the renewal of a permit that ends soon, pay for it, and let the body decide it."""
    citizen.goto("/permits/")
    before = citizen.locator("main .card-box").first.inner_text()
    citizen.locator("main form[action$='/renew/'] button").first.click()
    citizen.wait_for_url("**/applications/**")
    overview = citizen.url
    await_registers(citizen)
    citizen.goto(f"{overview}pages/lodge/")
    citizen.locator("input[name=pictures]").set_input_files(
        {"name": "today.png", "mimeType": "image/png", "buffer": PICTURE}
    )
    forward(citizen)
    choose(citizen, truth="yes")
    forward(citizen)
    number = pay_and_send(citizen, overview)
    decide(officer, "heritage-field-officer", number, "agree", report_change_finding="همان است که بود.")
    decide(officer, "heritage-expert", number, "propose-renewal", text="سه سال دیگر تمدید شود.")
    decide(officer, "heritage-director", number, "sign", confirmed="yes")
    citizen.goto(case_of(overview))
    await_link(citizen, "main a[href$='.pdf']")
    citizen.goto("/permits/")
    assert citizen.locator("main .card-box").first.inner_text() != before, "the permit ends later than before"


def test_a_business_permit_is_handed_over_and_the_national_portals_state_is_mirrored(stage: Stage):
    citizen = stage.window()
    stage.become(citizen, "villager")
    overview = begin(citizen, "business-permit")
    citizen.goto(f"{overview}pages/applicant/")
    choose(citizen, of_age="yes")
    forward(citizen)
    choose(citizen, trade="online-shop")
    find_place(citizen, "place_county", "خرم")
    forward(citizen)
    choose(citizen, agree="yes")
    forward(citizen)
    number = send(citizen, overview)

    citizen.goto(case_of(overview))
    expect(citizen.locator("main a[href='https://mojavez.ir']")).to_be_visible()
    await_words(citizen, "وضعیت در آنجا")
    set_outside(stage, "national-permits/requests", number, "issued")
    await_words(citizen, "پروانه در درگاه ملی صادر شد")
    assert citizen.locator(".standing").count() == 0, "what is decided there waits for nothing here"


def test_what_is_refused_is_objected_to_and_the_governor_orders_the_permit(stage: Stage):
    citizen, officer = stage.window(), stage.window()
    stage.become(citizen, "villager")
    overview = ask_for_a_lodge(citizen, "اقامتگاه کوهپایه")
    number = pay_and_send(citizen, overview)
    decide(officer, "heritage-expert", number, "accept")
    review(officer, number, "health-review", "object", codes=["REQ-SANITATION"], text="آب چشمه آلوده است.")
    later(stage, "silence", number, "heritage-visit", *SILENT)
    decide(officer, "heritage-expert", number, "propose-refusal", codes=["REQ-SANITATION"], text="آب سالم نیست.")
    decide(officer, "heritage-director", number, "sign", confirmed="yes")

    citizen.goto(case_of(overview))
    await_link(citizen, "main a[href$='.pdf']")
    press(citizen.locator("a[href$='/object/']").first)
    answer_control(citizen, "text", "آب روستا سالم است؛ گواهی آزمایشگاه را دارم.")
    forward(citizen)
    decide(officer, "governor", number, "order-permit", text="مجوز صادر شود.", confirmed="yes")

    citizen.goto(case_of(overview))
    await_words(citizen, "به دستور استاندار")
    citizen.goto("/permits/")
    assert "اقامتگاه" in citizen.locator("main .card-box").first.inner_text()
