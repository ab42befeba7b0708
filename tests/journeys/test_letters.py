"""A letter by clicks alone: drafted, returned, paraphed and signed by three officers, verified by a stranger."""

from __future__ import annotations

from pathlib import Path

from divan_libs.persian.text import latin_digits

from .people import Stage, press


def open_step(page) -> None:
    """Open the letter that waits in the worklist, once whoever sent it on has been answered."""
    step = page.locator("a[href*='/letters/steps/']")
    for _ in range(30):
        page.goto("/office/")
        if step.count():
            break
        page.wait_for_timeout(500)
    assert step.count(), page.locator("main").inner_text()
    press(step.first)


def test_a_letter_goes_from_the_draft_to_a_verified_signature(stage: Stage, tmp_path: Path):
    expert, deputy, director = stage.window(), stage.window(width=360), stage.window(scripts=False)
    stage.become(expert, "ict-expert")
    expert.goto("/office/letters/new/")
    press(expert.locator("main form button.btn-primary"))
    draft = expert.url
    expert.locator("input[name=subject]").fill("برنامهٔ توسعهٔ ارتباطات روستایی")
    expert.locator("[contenteditable=true]").click()
    expert.keyboard.type("با سلام و احترام")
    press(expert.locator("button[name=then][value=recipients]"))
    expert.locator("input#q").fill("استانداری لرستان")
    press(expert.locator("form[role=search] button"))
    expert.locator("input[name=chosen][value^='body:']").check()
    press(expert.locator("main form button.btn-primary").last)
    expert.goto(f"{draft}route/")
    press(expert.locator("button[name=then][value=start]"))

    stage.become(deputy, "ict-deputy")
    open_step(deputy)
    deputy.locator("textarea[name=reason]").fill("مهلت پاسخ نوشته شود.")
    press(deputy.locator("button[name=do][value=return]"))
    expert.goto("/office/")
    press(expert.locator(f"a[href$='{draft.partition('/office')[2]}']"))
    assert "مهلت پاسخ نوشته شود." in expert.locator("main").inner_text()
    expert.locator("[contenteditable=true]").click()
    expert.keyboard.press("Control+End")
    expert.keyboard.type("، تا پایان سال.")
    press(expert.locator("button[name=then][value=route]"))
    press(expert.locator("button[name=then][value=start]"))
    open_step(deputy)
    assert "تا پایان سال" in deputy.locator("main").inner_text()
    press(deputy.locator("button[name=do][value=paraph]"))

    stage.become(director, "ict-director")
    open_step(director)
    preview = director.locator("a[href$='preview.pdf']").first.get_attribute("href")
    assert director.request.get(str(preview)).body().startswith(b"%PDF-")
    press(director.locator("button[name=do][value=sign]"))

    letter = draft.replace("/drafts/", "/")
    expert.goto(letter)
    for _ in range(30):
        if expert.locator("a[href$='document.pdf']").count():
            break
        expert.wait_for_timeout(1000)
        expert.reload()
    assert "110/14" in latin_digits(expert.locator("main .caption").first.inner_text())
    pdf = tmp_path / "letter.pdf"
    pdf.write_bytes(expert.request.get(str(expert.locator("a[href$='document.pdf']").get_attribute("href"))).body())
    stranger = stage.window()
    stranger.goto("/verify/")
    stranger.locator("input[name=file]").set_input_files(pdf)
    press(stranger.locator("form:has(input[name=code]) button"))
    assert stranger.locator(".panel--good").count(), stranger.locator("main").inner_text()
    assert "لیلا احمدی" in stranger.locator("main").inner_text()
