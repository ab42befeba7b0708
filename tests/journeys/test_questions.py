"""Every type of question, answered in a browser: both languages, wide and narrow, by keys, and without scripts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from divan.project.rehearsal.cast import member

from .axe_check import axe_findings
from .people import Stage, await_registers, forward

SHOWCASE = Path(__file__).resolve().parents[1] / "showcase" / "every-question"
PERSON = "0499370899"
TOLD = {
    "fa": (
        "یکصد و پنجاه هزار تومان",
        "۰۸:۳۰",
        "کد ملی ۰۴۹۹۳۷۰۸۹۹، متولد ۱۲ مهر ۱۳۶۵",
        "عضو خانواده ۱",
        "گندم",
        "امضا در",
    ),
    "en": (
        "1,500,000 rials (150,000 tomans)",
        "08:30",
        "born 4 October 1986",
        "Family member 1",
        "Wheat",
        "signed on",
    ),
}
"""Words that stand on the page of all answers."""


@pytest.fixture
def offered(stage: Stage) -> Stage:
    """The stage with the service of all questions on offer."""
    told = stage.installation.run("service", "publish", str(SHOWCASE), "--yes")  # type: ignore[attr-defined]
    assert told.returncode == 0, told.stderr
    return stage


def begin(stage: Stage, page: Page, key: str = "villager") -> str:
    """Begin an application as a member of the cast; return the address of its overview."""
    stage.become(page, key)
    page.goto("/services/every-question/")
    page.locator("form[action*='/apply/'] button").click()
    page.wait_for_url(re.compile("/applications?/|/cases/"))
    await_registers(page)
    return page.url


def fill(page: Page, **values: str) -> None:
    """Type into the controls with these names; two underscores stand for a dot."""
    for name, value in values.items():
        page.locator(f"[name='{name.replace('__', '.')}']").fill(value)


def check(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name='{name}'][value='{value}']").check()


def fill_day(page: Page, name: str, year: str, month: str, day: str) -> None:
    page.locator(f"[name='{name}-day']").fill(day)
    page.locator(f"[name='{name}-month']").select_option(month)
    page.locator(f"[name='{name}-year']").fill(year)


def answer_plain(page: Page) -> None:
    fill(page, title="آزمون", count="۳", price="۱۵۰٬۰۰۰ تومان", hour="۸:۳۰")
    fill_day(page, "day", "۱۴۰۴", "8", "۱")
    check(page, "married", "no")
    check(page, "colour", "red")
    check(page, "languages", "luri")
    forward(page)


def answer_identifiers(page: Page) -> None:
    fill(page, company="۱۰۳۸۰۲۸۴۷۹۰", code=PERSON, mobile="۰۹۱۲۰۰۰۰۰۰۰", mail="n@example.ir", post="1619735744")
    fill(page, account="IR82 0540 1026 8002 0817 9090 02", car="۱۲ ب ۳۴۵ ایران ۶۷")
    forward(page)


def answer_places(page: Page) -> None:
    fill(page, friend__national_code=PERSON, home__province="لرستان", home__county="خرم‌آباد", home__city="بیرانشهر")
    fill(page, home__lines="کوچهٔ ۲")
    fill_day(page, "friend.born_on", "1365", "7", "12")
    forward(page)


def answer_member(page: Page, row: int) -> None:
    page.locator(f"[name='members.{row}.who.national_code']").fill(PERSON)
    fill_day(page, f"members.{row}.who.born_on", "1390", "7", "12")
    check(page, f"members.{row}.relation", "child")
    check(page, f"members.{row}.studies", "yes")


def answer_rows(page: Page) -> None:
    answer_member(page, 0)
    for row, tons in (("wheat", "۵"), ("barley", "۲")):
        page.locator(f"[name='harvest.{row}.tons']").fill(tons)
        page.locator(f"[name='harvest.{row}.watering']").select_option("rain")
    forward(page)


def answer_signing(page: Page, key: str = "villager") -> None:
    fill(page, signed__name=member(key).full_name)
    check(page, "signed.declared", "yes")
    check(page, "truth", "yes")
    forward(page)


def sits_well(page: Page) -> None:
    """Assert that axe finds nothing and that nothing is wider than the window."""
    assert axe_findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize(("language", "width"), [("fa", 1280), ("fa", 360), ("en", 1280), ("en", 360)])
def test_every_question_is_asked_and_told_again(offered: Stage, language: str, width: int):
    page = offered.window(language=language, width=width)
    overview = begin(offered, page)
    page.goto(f"{overview}pages/plain/")
    for answer in (answer_plain, answer_identifiers, answer_places, answer_rows, answer_signing):
        sits_well(page)
        answer(page)

    sits_well(page)
    told = page.locator("main").inner_text()
    for words in {
        "fa": (
            "یکصد و پنجاه هزار تومان",
            "۰۸:۳۰",
            "کد ملی ۰۴۹۹۳۷۰۸۹۹، متولد ۱۲ مهر ۱۳۶۵",
            "عضو خانواده ۱",
            "گندم",
            "امضا در",
        ),
        "en": (
            "1,500,000 rials (150,000 tomans)",
            "08:30",
            "born 4 October 1986",
            "Family member 1",
            "Wheat",
            "signed on",
        ),
    }[language]:
        assert words in told
    offered_url = page.url
    forward(page)
    assert page.url.endswith("/done/"), offered_url


def test_what_is_wrong_is_marked_at_the_very_field_and_stays_typed(offered: Stage):
    page = offered.window(width=360)
    overview = begin(offered, page, "outsider")
    page.goto(f"{overview}pages/rows/")
    page.locator("[name='members.0.who.national_code']").fill("123")
    page.locator("[name='harvest.wheat.tons']").fill("۵۰۱")
    forward(page)

    assert page.locator("#q-members-0-who-national_code").get_attribute("aria-invalid") == "true"
    assert page.locator("#q-members-0-who-national_code").input_value() == "۱۲۳"
    assert page.locator("#q-harvest-wheat-tons-error").inner_text() != ""
    link = page.locator("[data-error-summary] a[href='#q-harvest-wheat-tons']")
    link.click()
    assert page.evaluate("document.activeElement.id") == "q-harvest-wheat-tons"
    sits_well(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_rows_come_and_go_and_keep_what_was_typed(offered: Stage, scripts: bool):
    page = offered.window(scripts=scripts)
    overview = begin(offered, page, "outsider")
    page.goto(f"{overview}pages/rows/")
    answer_member(page, 0)
    page.locator("#q-members-add").click()
    page.locator("#q-members-row-1").wait_for()
    if scripts:
        expect(page.locator("[name='members.1.who.national_code']")).to_be_focused()
    answer_member(page, 1)
    page.locator("[name='members.1.income']").fill("۲۰۰۰")
    page.locator("#q-members-row-0 button[name=row]").click()
    page.locator("#q-members-row-0").wait_for(state="detached")

    assert page.locator("[name='members.1.income']").input_value() == "۲۰۰۰"
    assert page.locator("[name='members.1.relation'][value=child]").is_checked()
    assert page.locator(".field-row").count() == 1
    assert page.locator(".field-row button[name=row]").count() == 0, "the last row stays"


def test_a_sum_is_said_in_words_while_it_is_typed(offered: Stage):
    page = offered.window()
    overview = begin(offered, page, "outsider")
    page.goto(f"{overview}pages/plain/")
    page.locator("[name=price]").press_sequentially("۱۵۰۰۰۰۰")

    expect(page.locator("#q-price-words")).to_contain_text("یکصد و پنجاه هزار تومان")


def test_the_enter_key_saves_a_page_and_removes_no_row(offered: Stage):
    page = offered.window(scripts=False)
    overview = begin(offered, page, "outsider")
    page.goto(f"{overview}pages/rows/")
    page.locator("#q-members-add").click()
    page.locator("[name='members.1.income']").fill("۵")
    page.locator("[name='members.1.income']").press("Enter")
    page.wait_for_load_state()

    assert page.locator(".field-row").count() == 2
    assert page.locator("[data-error-summary]").count() == 1


def test_the_enter_key_looks_for_a_place_in_its_search(offered: Stage):
    page = offered.window()
    overview = begin(offered, page, "outsider")
    page.goto(f"{overview}pages/places/")
    page.locator("[name=village-search]").fill("صفرآباد")
    page.locator("[name=village-search]").press("Enter")

    expect(page.locator("input[name=village]").first).to_be_visible()
    expect(page.locator("[data-error-summary]")).to_have_count(0)


def test_rows_are_answered_by_the_keyboard_alone(offered: Stage):
    page = offered.window()
    overview = begin(offered, page, "outsider")
    page.goto(f"{overview}pages/rows/")
    page.locator("[name='members.0.who.national_code']").focus()
    page.keyboard.type(PERSON)
    page.keyboard.press("Tab")
    page.keyboard.type("12")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("1390")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("7000")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("[name='members.1.who.national_code']")).to_be_focused()

    assert page.locator("[name='members.0.income']").input_value() == "۷۰۰۰"
    assert page.locator("[name='members.0.studies'][value=yes]").is_checked()
