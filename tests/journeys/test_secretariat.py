"""A letter on paper comes to the counter: it is scanned, registered, referred, and found by whom it is for."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from .people import Stage, press

SUBJECT = "درخواست نصب دکل در روستا"


def test_a_letter_by_the_counter_is_registered_and_referred(stage: Stage, tmp_path: Path):
    pages = [tmp_path / f"{name}.jpg" for name in ("first", "second")]
    for page in pages:
        Image.new("RGB", (600, 850), "white").save(page)
    clerk = stage.window(width=360)
    stage.become(clerk, "secretariat")
    clerk.goto("/office/secretariat/")
    press(clerk.locator("a[href$='/arrivals/new/']"))
    clerk.locator("input[name=pages]").set_input_files(pages)
    clerk.locator("input[name=organization]").fill("دهیاری صفرآباد")
    clerk.locator("input[name=subject]").fill(SUBJECT)
    press(clerk.locator("main form button.btn-primary"))
    clerk.locator("select[name=register]").wait_for()
    director = clerk.locator("select[name=to] option", has_text="مدیرکل ارتباطات").first
    clerk.locator("select[name=to]").select_option(str(director.get_attribute("value")))
    clerk.locator("input[name=their_number]").fill("۱۴۰۵/۷۷")

    press(clerk.locator("main form button.btn-primary").first)

    clerk.wait_for_url("**/receipts/**")
    number = clerk.locator("dd .code--boxed").inner_text()
    assert "/" in number
    officer = stage.window(scripts=False)
    stage.become(officer, "ict-director")
    officer.goto("/office/")
    press(officer.locator("main tr", has_text=SUBJECT).locator("th a").first)
    press(officer.locator("main a[href*='/office/letters/']").first)
    said = officer.locator("main").inner_text()
    assert SUBJECT in said
    assert "دهیاری صفرآباد" in said
    officer.goto("/office/secretariat/registers/110-2/")
    assert officer.locator("main table th .code", has_text=number).first.is_visible()
