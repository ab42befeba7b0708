"""The story: a villager asks for internet, the offices answer, a stranger verifies."""

from __future__ import annotations

from pathlib import Path

from divan_libs.persian.text import latin_digits

from .people import SERVICE, Stage, answer_pages, await_registers, let_the_offices_answer, press, sign_in_by_code


def test_the_story_by_clicks_from_the_villager_to_the_stranger(stage: Stage, tmp_path: Path):
    villager = stage.window()
    villager.goto("/")
    villager.locator("input[name=q]").fill("اینترنت")
    press(villager.locator("form[role=search] button"))
    press(villager.locator(f"a[href$='/services/{SERVICE}/']"))
    press(villager.locator("form[action*='/apply/'] button"))
    sign_in_by_code(stage, villager, "villager")
    press(villager.locator("form[action*='/apply/'] button"))
    await_registers(villager)
    answer_pages(villager)
    before = len(stage.messages("villager"))
    villager.locator("main form button.btn-primary").last.dblclick(no_wait_after=True)
    villager.wait_for_url("**/done/")
    number = latin_digits(villager.locator(".panel .code").inner_text())
    assert stage.await_message("villager", number, after=before)

    let_the_offices_answer(stage, number)

    assert stage.await_message("villager", f"{number}(.|\\n)*110/", after=before)
    press(villager.locator("main a.btn-primary[href*='/cases/']"))
    letter = villager.locator("a[href$='.pdf']")
    letter.wait_for()
    pdf = tmp_path / "letter.pdf"
    pdf.write_bytes(villager.request.get(str(letter.get_attribute("href"))).body())
    code = str(villager.locator("a[href*='/verify/']").first.get_attribute("href")).strip("/").split("/")[-1]
    verify_as_a_stranger(stage, code, pdf)


def verify_as_a_stranger(stage: Stage, code: str, pdf: Path) -> None:
    stranger = stage.window()
    stranger.goto("/verify/")
    stranger.locator("input[name=code]").fill(code)
    press(stranger.locator("form:has(input[name=code]) button"))
    assert stranger.locator(".panel--good").is_visible()
    assert "لیلا احمدی" in stranger.locator("main").inner_text()
    stranger.goto("/verify/")
    stranger.locator("input[name=file]").set_input_files(pdf)
    press(stranger.locator("form:has(input[name=code]) button"))
    assert stranger.locator(".panel--good").is_visible()
    forged = pdf.with_name("forged.pdf")
    forged.write_bytes(pdf.read_bytes().replace(b"/Type", b"/Tipe", 1))
    stranger.goto("/verify/")
    # The same two in the stranger's own browser; the file is not sent.
    sent: list[str] = []
    stranger.on("request", lambda request: sent.append(request.method))
    for file, outcome in ((pdf, "genuine"), (forged, "altered")):
        stranger.locator("#verify-files").set_input_files(file)
        stranger.locator(f".verdict[data-outcome={outcome}]").wait_for()
    assert set(sent) == {"GET"}
    stranger.goto("/verify/")
    stranger.locator("input[name=file]").set_input_files(forged)
    press(stranger.locator("form:has(input[name=code]) button"))
    assert stranger.locator(".panel--bad").is_visible()


def test_divan_journey_runs_the_story_and_finds_every_forgery(stage: Stage):
    done = stage.installation.run("journey")

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "The story holds" in done.stdout
    assert done.stdout.count(": found by ") == 5
