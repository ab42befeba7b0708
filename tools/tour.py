"""Take the pictures of the tour in README.md from a running rehearsal: `make screenshots`.

``python tools/tour.py [--url http://localhost:8000] [--out docs/screenshots]`` plays the story of one request
and of one permit in both languages and takes a picture of each page that the tour shows.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.journeys.people import (  # noqa: E402 (found only with the root on the path)
    SERVICE,
    Stage,
    act,
    answer_pages,
    await_registers,
    begin_application,
    let_the_offices_answer,
    open_task,
    press,
    send,
    submit,
)
from tests.journeys.test_permits import (  # noqa: E402 (as above)
    REVIEWERS,
    ask_for_a_lodge,
    case_of,
    pay_and_send,
    review,
)
from tests.journeys.test_shipped_services import await_link, become, choose, decide  # noqa: E402 (as above)
from tools.screenshots import chromium  # noqa: E402 (as above)


@dataclass(frozen=True, slots=True)
class Running:
    """The installation that is photographed."""

    url: str

    @property
    def rehearsal(self) -> str:
        """Address of the rehearsal, two ports above."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}:{(parts.port or 8000) + 2}"


def picture(page: Page, target: Path) -> None:
    """Take a picture of the window as it is."""
    page.evaluate("document.fonts.ready")
    page.evaluate("scrollTo(0, 0)")
    target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=target)
    sys.stdout.write(f"{target}\n")


def tour(stage: Stage, language: str, out: Path) -> None:
    """Play the story and take the pictures of a language."""
    visitor = stage.window(language=language)
    visitor.goto("/")
    picture(visitor, out / f"home-{language}.png")
    visitor.goto(f"/services/{SERVICE}/")
    picture(visitor, out / f"service-{language}.png")

    villager = stage.window(language=language)
    stage.become(villager, "villager")
    begin_application(villager)
    await_registers(villager)
    answer_pages(villager)
    picture(villager, out / f"check-answers-{language}.png")
    number = send(villager)
    let_the_offices_answer(stage, number)
    stage.await_message("villager", f"{number}(.|\\n)*110/")
    press(villager.locator("main a.btn-primary[href*='/cases/']"))
    picture(villager, out / f"case-{language}.png")
    verdict = str(villager.locator("a[href*='/verify/']").first.get_attribute("href"))

    submit(stage, villager)
    office = stage.window(language=language)
    stage.become(office, "village-head")
    office.goto("/office/")
    picture(office, out / f"worklist-{language}.png")
    visitor.goto(verdict)
    picture(visitor, out / f"verify-{language}.png")
    stage.become(office, "governor-officer")
    office.goto("/office/governor/")
    picture(office, out / f"governor-{language}.png")
    stage.become(office, "integrator")
    office.goto("/office/exchange/console/?minutes=60")
    picture(office, out / f"console-{language}.png")
    visitor.goto("/about/log/")
    picture(visitor, out / f"log-{language}.png")


def permits(stage: Stage, language: str, out: Path) -> None:
    """Ask for the permit of a lodge, let five bodies look at it side by side, and take pictures on the way."""
    citizen, office = stage.window(language=language), stage.window(language=language)
    stage.become(citizen, "outsider")
    citizen.goto("/life-events/opening-an-eco-lodge/")
    choose(citizen, sells_goods="yes", guides_guests="yes", cooks_meals="no", needs_loan="no")
    citizen.locator("main form button.btn-primary").last.click()
    citizen.wait_for_url("**/bundles/**")
    picture(citizen, out / f"bundle-{language}.png")
    stage.become(citizen, "villager")
    overview = ask_for_a_lodge(citizen, "اقامتگاه بوم‌گردی گلونی")
    number = pay_and_send(citizen, overview)
    decide(office, "heritage-expert", number, "accept")
    citizen.goto(case_of(overview))
    picture(citizen, out / f"side-by-side-{language}.png")
    for step in REVIEWERS:
        review(office, number, step)
    for post in ("road-maintenance-expert", "fire-safety-field-officer", "police-expert"):
        decide(office, post, number, "agree")
    become(office, "heritage-expert")
    open_task(office, number)
    picture(office, out / f"desk-{language}.png")
    act(office, "propose-permit", text="مجوز با ظرفیت پنج اتاق صادر شود.")
    decide(office, "heritage-director", number, "sign", confirmed="yes")
    citizen.goto(case_of(overview))
    await_link(citizen, "main a[href$='.pdf']")
    citizen.goto("/permits/")
    picture(citizen, out / f"permit-{language}.png")


def main(arguments: list[str] | None = None) -> int:
    """Take the pictures; return 1 with one line where no rehearsal runs."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", default="http://localhost:8000", help="the running installation")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "screenshots")
    given = parser.parse_args(arguments)
    running = Running(given.url.rstrip("/"))
    try:
        httpx.get(f"{running.url}/rehearsal/").raise_for_status()
    except httpx.HTTPError:
        sys.stderr.write(f"no rehearsal runs at {running.url}: start one with make up, or name it by --url\n")
        return 1
    with chromium() as browser:
        for language in ("fa", "en"):
            stage = Stage(running, browser)
            try:
                tour(stage, language, given.out)
                permits(stage, language, given.out)
            finally:
                stage.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
