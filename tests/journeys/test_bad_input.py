"""What cannot stand is said in words beside the field, and nothing typed is lost."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from playwright.sync_api import Page

from divan.project.rehearsal.cast import member
from divan.project.rehearsal.scanner import EICAR
from divan_libs.persian.text import latin_digits

from .people import Stage, await_registers, begin_application, begin_sign_in, press

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("۹۹۹ ۱۰۰ ۰۱۰ ۱", "رقم آخر"), ("1111111111", "یکسان"), ("12345", "ده رقم دارد"), ("abc", "تنها از رقم")],
    ids=["check-digit", "all-equal", "short", "letters"],
)
def test_a_national_code_that_cannot_be_is_said_so_and_stays_as_typed(stage: Stage, typed: str, said: str):
    page = stage.window()
    page.goto("/sign-in/")
    page.locator("input[name=national_code]").fill(typed)
    page.locator("input[name=mobile]").fill(member("outsider").mobile)

    press(page.locator("form:has(input[name=national_code]) button"))

    assert said in page.locator(".field__error").inner_text()
    kept = page.locator("input[name=national_code][aria-invalid=true]").input_value()
    assert latin_digits(kept) == latin_digits(typed)
    page.locator(".error-summary a").click()
    assert page.evaluate("document.activeElement.name") == "national_code"


def test_a_wrong_code_is_refused_and_the_right_one_still_taken(stage: Stage):
    page = stage.window()
    page.goto("/sign-in/?next=/cases/")
    before = begin_sign_in(stage, page, "outsider")
    code = stage.await_message("outsider", r"(?<!\d)\d{6}(?!\d)", after=before).group()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"

    page.locator("input[name=code]").fill(wrong)
    press(page.locator("form:has(input[name=code]) button").first)

    assert page.locator(".field__error").count() == 1
    page.locator("input[name=code]").fill(code)
    press(page.locator("form:has(input[name=code]) button").first)
    page.wait_for_url("**/cases/")
    again = stage.window()
    again.goto("/sign-in/code/")
    assert again.url.endswith("/sign-in/")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("photo.png", b"%PDF-1.7 not a picture"),
        ("photo.jpg", PNG),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + EICAR),
        ("notes.txt", b"some words"),
    ],
    ids=["empty", "mislabelled-pdf", "mislabelled-png", "infected", "unknown-type"],
)
def test_a_file_that_cannot_be_taken_is_refused_and_the_answers_stay(
    stage: Stage, tmp_path: Path, name: str, content: bytes
):
    page = at_the_photo(stage)
    handed = tmp_path / name
    handed.write_bytes(content)
    page.locator("input[name=households]").fill("41")
    page.locator("input[name=photo]").set_input_files(handed)

    press(page.locator("main form button.btn-primary"))

    assert page.locator(".error-summary").is_visible(), page.locator("main").inner_text()
    assert page.locator("input[name=households]").input_value() in {"41", "۴۱"}
    assert page.locator(".file-field__kept").count() == 0


def at_the_photo(stage: Stage) -> Page:
    page = stage.window()
    stage.become(page, "outsider")
    begin_application(page)
    await_registers(page)
    page.goto(page.url + "pages/present-state/")
    page.locator("input[name=present_access][value=none]").check()
    return page


def test_an_upload_of_200_megabytes_is_refused_before_it_has_arrived(stage: Stage):
    page = at_the_photo(stage)
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    path = page.url.removeprefix(stage.installation.url)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost:{stage.installation.port}\r\nCookie: {cookies}\r\n"
        f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {200 * 1024 * 1024}\r\n\r\n--x\r\n"
    )
    with socket.create_connection(("localhost", stage.installation.port), timeout=10) as line:
        line.sendall(head.encode())
        sent = len(head)
        line.settimeout(0.01)
        answer = b""
        while not answer and sent < 60 * 1024 * 1024:
            try:
                answer = line.recv(4096)
            except TimeoutError:
                line.settimeout(10)
                line.sendall(os.urandom(65536))
                sent += 65536
                line.settimeout(0.01)

    assert b" 413 " in answer.split(b"\r\n", 1)[0], answer[:200]
    assert sent < 20 * 1024 * 1024
