"""The world outside is slow, down, or says everything twice; the house stays quick, loses nothing, and says so."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from .people import Stage, await_registers, begin_application, begin_sign_in, press

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@contextmanager
def behaving(stage: Stage, service: str, mode: str, seconds: float = 5.0) -> Iterator[None]:
    """Let a service of the outside world behave badly for the length of a block."""
    address = f"{stage.installation.rehearsal}/behaviour"
    told = httpx.post(address, json={"service": service, "mode": mode, "seconds": seconds})
    assert told.is_success, told.text
    try:
        yield
    finally:
        assert httpx.post(address, json={"service": service, "mode": "normal"}).is_success


def test_a_slow_register_keeps_no_page_waiting_and_its_answer_is_taken_when_it_comes(stage: Stage):
    page = stage.window()
    stage.become(page, "outsider")
    # A draft of another journey has its answers already, and nothing would be asked again.
    begin_application(page)
    page.goto(f"{page.url}give-up/")
    press(page.locator("main form button"))
    with behaving(stage, "civil-registry", "slow", 4.0):
        begin_application(page)
        # The overview came while the register is still asked: it waited for nobody.
        assert page.locator("meta[http-equiv=refresh]").count() == 1
        await_registers(page)
    press(page.locator("a[href*='/pages/applicant/']"))
    assert "امید" in page.locator("main").inner_text()


def test_a_file_is_not_taken_while_the_scanner_is_down_and_is_taken_afterwards(stage: Stage, tmp_path: Path):
    page = stage.window()
    stage.become(page, "villager")
    begin_application(page)
    await_registers(page)
    page.goto(page.url + "pages/present-state/")
    page.locator("input[name=present_access][value=none]").check()
    page.locator("input[name=households]").fill("41")
    photo = tmp_path / "photo.png"
    photo.write_bytes(PNG)
    with behaving(stage, "scanner", "down"):
        page.locator("input[name=photo]").set_input_files(photo)
        press(page.locator("main form button.btn-primary"))
        assert page.locator(".error-summary").is_visible()
        assert page.locator(".file-field__kept").count() == 0
    page.locator("input[name=photo]").set_input_files(photo)
    press(page.locator("main form button.btn-primary"))
    page.wait_for_url("**/pages/purpose/")


def test_a_message_waits_while_the_gateway_is_down_and_comes_once(stage: Stage):
    page = stage.window()
    page.goto("/sign-in/")
    with behaving(stage, "sms", "down"):
        before = begin_sign_in(stage, page, "villager")
        page.locator("input[name=code]").wait_for()
        time.sleep(1)
        assert len(stage.messages("villager")) == before
    stage.await_message("villager", r"\d{6}", after=before)
    time.sleep(1)

    assert len(stage.messages("villager")) == before + 1
