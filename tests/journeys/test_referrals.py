"""A letter is referred: a director hands it to two experts, one sends it back, the other reports, the tree tells it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from .people import Stage
from .referred_letter import incoming_letter


def refer(page: Page, letter: str, *receivers: str, note: str, instruction: str) -> None:
    """Refer a letter from its page as an officer does."""
    page.goto(f"/office/letters/{letter}/refer/")
    for receiver in receivers:
        page.get_by_label(re.compile(receiver)).first.check()
    page.locator("select[name=instruction]").select_option(instruction)
    page.locator("textarea[name=note]").fill(note)
    page.locator("main form button.btn-primary").click()
    page.wait_for_url(f"**/office/letters/{letter}/")


def open_line(page: Page, subject: str) -> None:
    """Open the line of the worklist that bears a subject."""
    page.goto("/office/")
    page.locator("table.worklist tbody tr", has_text=subject).locator("a").first.click()
    page.wait_for_url("**/office/letters/referrals/**")


def test_a_director_refers_a_letter_to_two_experts_and_reads_the_tree(stage: Stage):
    subject = "درخواست نصب دکل در روستای صفرآباد"
    letter = incoming_letter(stage.installation, subject=subject)
    director = stage.window()
    stage.become(director, "ict-director")
    refer(
        director, letter, "کارشناس توسعهٔ ارتباطات روستایی", "معاون توسعهٔ فناوری", note="تا شنبه", instruction="report"
    )

    deputy = stage.window(width=360)
    stage.become(deputy, "ict-deputy")
    open_line(deputy, subject)
    deputy.locator("details.reveal summary").last.click()
    deputy.locator("textarea[name=reason]").fill("مربوط به حوزهٔ فنی نیست")
    deputy.locator("button[name=do][value=refuse]").click()
    deputy.wait_for_url("**/office/")

    expert = stage.window(scripts=False)
    stage.become(expert, "ict-expert")
    open_line(expert, subject)
    expert.locator("textarea[name=report]").fill("بازدید انجام شد و محل مناسب است")
    expert.locator("button[name=do][value=report]").click()
    expert.wait_for_url("**/office/")

    director.goto(f"/office/letters/{letter}/")
    tree = director.locator("#referrals ol.tree").first
    expect(tree).to_contain_text("مربوط به حوزهٔ فنی نیست")
    expect(tree).to_contain_text("بازدید انجام شد و محل مناسب است")
    expect(director.locator("#referrals .holders")).to_contain_text("مدیرکل ارتباطات")
    # The director holds it still, reports as the last one, and closes the letter with it.
    open_line(director, subject)
    director.locator("textarea[name=report]").fill("با نصب دکل موافقت شد")
    director.locator("input[name=closes-letter]").check()
    director.locator("button[name=do][value=report]").click()
    director.wait_for_url("**/office/")
    director.goto(f"/office/letters/{letter}/")
    expect(director.locator("#referrals")).to_contain_text("با نصب دکل موافقت شد")
    assert director.locator("#referrals a[href$='/close/']").count() == 1


def test_the_keys_of_the_worklist_choose_and_refer_and_tell_themselves(stage: Stage):
    subject = "استعلام پهنای باند مدارس"
    incoming_letter(stage.installation, subject=subject)
    page = stage.window()
    stage.become(page, "ict-director")
    page.goto("/office/?text=" + "مدارس")

    page.keyboard.press("?")
    expect(page.locator("dialog[data-list-keys]")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("input[name=line]").first.is_checked()
    with page.expect_navigation():
        page.keyboard.press("f")
    page.goto("/office/?folder=flagged")
    expect(page.locator("table.worklist")).to_contain_text(subject)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("r")

    expect(page.locator("main h1")).to_be_visible()
    assert page.url.endswith("/office/worklist/bulk/")
    assert page.locator("input[name=to]").count() > 1
