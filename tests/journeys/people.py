"""People at their windows, and the short messages they get."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page
from tests.waiting import wait_for

from divan.project.rehearsal.cast import member
from divan_libs.persian.text import latin_digits

SERVICE = "rural-internet-coverage"
NUMBER = re.compile(r"\d{2}-\d{7}-\d{2}")


class Ground(Protocol):
    """A running rehearsal: where its pages are, and where the outside world is played."""

    @property
    def url(self) -> str:
        """Address of the web process."""

    @property
    def rehearsal(self) -> str:
        """Address of the rehearsal of the outside world."""


@dataclass(slots=True)
class Stage:
    """The installation and a browser; every window is a fresh one without cookies."""

    installation: Ground
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def window(self, *, language: str = "fa", width: int = 1280, scripts: bool = True) -> Page:
        """Open a window of a visitor who has been nowhere yet."""
        context = self.browser.new_context(
            base_url=self.installation.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": "divan_language", "value": language, "url": self.installation.url}])
        self.contexts.append(context)
        return context.new_page()

    def become(self, page: Page, key: str) -> None:
        """Become a member of the cast by one click of the role switch."""
        page.goto("/rehearsal/")
        press(page.locator("form:has(input[name=username])", has_text=member(key).full_name).locator("button"))

    def messages(self, key: str) -> list[str]:
        """Return the short messages on somebody's telephone, oldest first, in Latin figures."""
        answer = httpx.get(f"{self.installation.rehearsal}/sms/inbox", params={"to": member(key).mobile})
        taken = sorted(answer.json()["messages"], key=lambda one: str(one["at"]))
        return [latin_digits(str(one["text"])) for one in taken]

    def await_message(self, key: str, having: str, *, after: int = 0) -> re.Match[str]:
        """Wait for a message beyond the first ``after`` ones in which a pattern is found, and return what was found."""

        def look() -> re.Match[str] | None:
            return next(filter(None, (re.search(having, text) for text in self.messages(key)[after:])), None)

        found = wait_for(look, otherwise=lambda: f"no {having} in {self.messages(key)[after:]}", every=0.1)
        assert found
        return found

    def close(self) -> None:
        """Close every window."""
        for context in self.contexts:
            context.close()


def press(control: Locator) -> None:
    """Click a link or a button that leads on, and wait until the page it leads to stands.

    A click alone is over before the page it asked for comes: what is opened or looked at next would cut it short.
    """
    with control.page.expect_navigation():
        control.click()


def begin_sign_in(stage: Stage, page: Page, key: str) -> int:
    """Ask for a code on the sign-in page; return how many messages were there before."""
    before = len(stage.messages(key))
    page.locator("input[name=national_code]").fill(member(key).national_code)
    page.locator("input[name=mobile]").fill(member(key).mobile)
    press(page.locator("form:has(input[name=national_code]) button"))
    return before


def sign_in_by_code(stage: Stage, page: Page, key: str) -> None:
    """Sign a citizen in by the code that comes to the telephone, from the sign-in page."""
    before = begin_sign_in(stage, page, key)
    code = stage.await_message(key, r"(?<!\d)\d{6}(?!\d)", after=before).group()
    field = page.locator("input[name=code]")
    # Without scripts the page renews itself; with them, part of it does.
    field.wait_for()
    field.fill(code)
    press(page.locator("form:has(input[name=code]) button").first)


def await_registers(page: Page) -> None:
    """Wait on the overview of an application until the registers have answered."""
    for _ in range(100):
        if page.locator("meta[http-equiv=refresh]").count() == 0:
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError("the registers do not answer")


def answer_pages(page: Page) -> None:
    """Fill in every page of the service, from the overview to the page on which the answers are checked."""
    press(page.locator("a[href*='/pages/applicant/']"))
    forward(page)
    page.locator("input[name=village-search]").fill("صفرآباد")
    press(page.locator("button[name=find]"))
    page.locator("input[name=village]").first.check()
    page.locator("input[name=relation][value=resident]").check()
    forward(page)
    page.locator("input[name=present_access][value=mobile-weak]").check()
    page.locator("input[name=households]").fill("۳۵")
    forward(page)
    # Weak reception leads to a further question on the same page.
    page.locator("input[name=operators_seen][value=mci]").check()
    forward(page)
    page.locator("input[name=purpose][value=education]").check()
    page.locator("textarea[name=description]").fill("مدرسهٔ روستا اینترنت ندارد.")
    forward(page)
    page.locator("input[name=truth]").check()
    forward(page)


def forward(page: Page) -> None:
    """Save the page and go on."""
    press(page.locator("main form button.btn-primary").last)


def begin_application(page: Page) -> None:
    """Press the start button of the service; one who is signed in arrives at the overview."""
    page.goto(f"/services/{SERVICE}/")
    press(page.locator("form[action*='/apply/'] button"))


def submit(stage: Stage, page: Page) -> str:
    """Let whoever is signed in send a request; return its number."""
    begin_application(page)
    await_registers(page)
    answer_pages(page)
    return send(page)


def send(page: Page) -> str:
    """Send what was checked; return the number of the case."""
    press(page.locator("form:not([action]) button.btn-primary"))
    page.wait_for_url("**/done/")
    found = NUMBER.search(latin_digits(page.locator("main").inner_text()))
    assert found, page.locator("main").inner_text()
    return found.group()


def open_task(page: Page, number: str) -> None:
    """Open a case from the worklist by its number."""
    page.goto("/office/")
    for link in page.locator("table.worklist th a").all():
        if number in latin_digits(link.inner_text()):
            press(link)
            return
    raise AssertionError(f"{number} is not in the worklist: {page.locator('main').inner_text()}")


def act(page: Page, action: str, **answers: str | list[str]) -> None:
    """Do one of the things a step offers.

    ``answers`` by the part of the control's name after the action; those that begin with ``report_`` are answers to the
    questions of the step itself.
    """
    for part, answer in answers.items():
        name = part.replace("_", "-", 1) if part.startswith("report_") else f"{action}-{part}"
        answer_control(page, name, answer)
    press(page.locator(f"button.btn[name=action][value={action}]"))


def answer_control(page: Page, name: str, answer: str | list[str]) -> None:
    """Answer one control by its name: ticks for a list or a ``yes``, otherwise what is typed, chosen or looked for."""
    control = page.locator(f"[name='{name}']")
    if isinstance(answer, list):
        for one in answer:
            page.locator(f"[name='{name}'][value='{one}']").check()
    elif answer == "yes" and control.get_attribute("type") == "checkbox":
        control.check()
    else:
        control.fill(answer)


LETTER = "دکل تازه تا پایان پاییز نصب می‌شود."


def let_the_offices_answer(stage: Stage, number: str) -> None:
    """Let the offices confirm, endorse, draft, paraph and sign, by the role switch."""
    office = stage.window()
    for key, action, answers in (
        ("village-head", "confirm", {}),
        ("district-head", "endorse", {}),
        ("ict-expert", "propose-answer", {"text": LETTER}),
        ("ict-deputy", "paraph", {}),
        ("ict-director", "sign", {"confirmed": "yes"}),
    ):
        stage.become(office, key)
        open_task(office, number)
        act(office, action, **answers)
        assert office.url.endswith("/office/"), office.locator("main").inner_text()
