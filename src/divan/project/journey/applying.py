"""First chapter: the villager finds the service, signs in, fills in the pages and sends them, twice, and once only."""

from __future__ import annotations

import re
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor

from divan.project.journey.pages import Page
from divan.project.journey.play import NUMBER, SERVICE, Play, figures, must, person
from divan.project.journey.signing_in import sign_in_by_national_sign_on, sign_in_citizen
from divan.project.journey.visitors import Answer, Upload
from divan.project.rehearsal.cast import VILLAGE

VILLAGER = "villager"

PAGES: dict[str, dict[str, Answer]] = {
    "applicant": {},
    "village": {"village": VILLAGE, "relation": "resident"},
    "present-state": {"present_access": "mobile-weak", "households": "۳۵"},
    "purpose": {"purpose": ["education", "health"], "description": "مدرسهٔ روستا اینترنت ندارد."},
    "declaration": {"truth": "yes"},
}
"""What the villager answers, by page of the shipped service."""

LED_TO: dict[str, dict[str, Answer]] = {"present-state": {"operators_seen": ["mci"]}}
"""What a page asks further, on the same page, because of those answers."""


def apply(play: Play) -> None:
    """Play the chapter; afterwards the case has its number and the villager a message."""
    play.narrator.chapter("The villager asks")
    start = _find_service(play)
    overview = _sign_in_and_start(play, start)
    _await_registers(play, overview)
    check = _fill_in(play, overview)
    _send_twice(play, check)


def visit_by_national_sign_on(play: Play) -> None:
    """Let another citizen come in by the national sign-on and find nothing of anybody else's."""
    key = "outsider"
    with play.narrator.step(key, "signs in by the national sign-on") as step:
        page = sign_in_by_national_sign_on(play, key, play.visitor(key).open("/sign-in/?next=/cases/"))
        must(page.address.endswith("/cases/"), f"the sign-on leads back to {page.address}")
        own = [link for link in page.links if "/cases/" in link.address and NUMBER.search(figures(link.words))]
        step.note(f"{len(own)} own cases")


def _find_service(play: Play) -> Page:
    visitor = play.visitor(VILLAGER)
    with play.narrator.step(VILLAGER, "searches the services for «اينترنت روستا», typed with Arabic letters") as step:
        home = visitor.open("/")
        found = visitor.send(home, {"q": "اينترنت روستا"}, to="/services/")
        page = visitor.follow(found, f"/services/{SERVICE}/")
        step.note(page.title)
    with play.narrator.step(VILLAGER, "reads the identity card of the service"):
        card = visitor.follow(page, f"/services/{SERVICE}/card/")
        must(len(card.words) > 500, f"the identity card is nearly empty: {card.words}")
    return page


def _sign_in_and_start(play: Play, service: Page) -> Page:
    visitor = play.visitor(VILLAGER)
    with play.narrator.step(VILLAGER, "starts, and is asked to sign in by national code and code by message") as step:
        asked = visitor.send(service, to="/apply/")
        must("/sign-in/" in asked.address, f"an unknown visitor may start: {asked.address}")
        back = sign_in_citizen(play, VILLAGER, asked, step)
        must(f"/services/{SERVICE}/" in back.address, f"the sign-in does not lead back but to {back.address}")
        overview = visitor.send(back, to="/apply/")
        play.case = overview.address.rstrip("/").rpartition("/")[2]
        step.note(f"application {play.case}")
    return overview


def _await_registers(play: Play, overview: Page) -> None:
    visitor = play.visitor(VILLAGER)
    with play.narrator.step(VILLAGER, "waits until the registers have answered through the gateway") as step:
        first = visitor.open(overview.address)
        visitor.renew(
            overview.address,
            lambda page: b'http-equiv="refresh"' not in page.content,
            "the answers of the registers",
        )
        step.note("page renewed itself" if b'http-equiv="refresh"' in first.content else "answers were there")
    with play.narrator.step(VILLAGER, "finds the name from the civil registry on the first page, without typing it"):
        page = visitor.follow(overview, "/pages/applicant/")
        for known in (person(VILLAGER).first_name, person(VILLAGER).last_name):
            must(known in page.words, f"the page does not know {known} from the registry: {page.words[:600]}")


def _fill_in(play: Play, overview: Page) -> Page:
    visitor = play.visitor(VILLAGER)
    page = visitor.follow(overview, f"/pages/{next(iter(PAGES))}/")
    for code, answers in PAGES.items():
        with play.narrator.step(VILLAGER, f"answers the page “{code}”") as step:
            must(f"/pages/{code}/" in page.address, f"the page {code} does not come, but {page.address}")
            if "village" in answers:
                page = visitor.send(page, {"village-search": "صفر آباد"}, button=("find", "village"))
                step.note(f"{len(visitor.form(page, having='village').offered('village'))} villages of that name")
            files = {"photo": Upload("school.png", _picture(), "image/png")} if "households" in answers else None
            having = next(iter(answers), "") or "csrfmiddlewaretoken"
            page = visitor.send(page, answers, to="/pages/", having=having, files=files)
            if further := LED_TO.get(code):
                must(f"/pages/{code}/" in page.address, f"nothing further is asked, but {page.address} comes")
                page = visitor.send(page, further, to="/pages/", having=next(iter(further)))
    must(page.address.endswith("/check/"), f"after the last page comes {page.address}: {page.words[:400]}")
    return page


def _picture() -> bytes:
    """Return a small PNG: one turquoise pixel."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack("!I", len(content)) + body + struct.pack("!I", zlib.crc32(body))

    header = struct.pack("!IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x1f\x8a\x8c")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _send_twice(play: Play, check: Page) -> None:
    visitor, mobile = play.visitor(VILLAGER), person(VILLAGER).mobile
    before = len(play.telephone.messages(mobile))
    with play.narrator.step(VILLAGER, "checks the answers and sends them by a double click: one case") as step:
        with ThreadPoolExecutor(2) as hands:
            answers = list(hands.map(lambda _: visitor.send(check, to="/check/"), range(2)))
        numbers = {found.group() for page in answers if (found := NUMBER.search(figures(page.words)))}
        must(len(numbers) == 1, f"a double click gives {sorted(numbers) or 'no number'}: {answers[0].words[:400]}")
        play.number = numbers.pop()
        step.note(f"case {play.number}")
    with play.narrator.step(VILLAGER, "goes back and sends once more: the same number, and one case in the list"):
        again = visitor.send(check, to="/check/")
        must(play.number in figures(again.words), f"sending again shows {again.address}: {again.words[:300]}")
        listed = visitor.open("/cases/")
        mine = [link for link in listed.links if play.case in link.address]
        must(len(mine) == 1, f"the case stands {len(mine)} times in the list")
    with play.narrator.step(VILLAGER, "gets a message with the number"):
        play.telephone.wait(mobile, after=before, having=play.number, what="message with the case number")
    with play.narrator.step("anybody", "sees where it stands by number and secret, without signing in"):
        _track(play)


def _track(play: Play) -> None:
    case = play.visitor(VILLAGER).open(f"/cases/{play.case}/")
    found = re.search(rb'data-copy="([A-Z2-7]{8})"', case.content)
    must(found, f"the case page shows no secret of tracking: {case.words[:600]}")
    assert found is not None  # noqa: S101 (told just before)
    play.secret = found.group(1).decode()
    stranger = play.visitor("stranger")
    page = stranger.open("/track/")
    shown = stranger.send(page, {"number": play.number, "secret": play.secret}, having="secret")
    must(play.number in figures(shown.words), f"tracking shows {shown.words[:300]}")
    must(person(VILLAGER).last_name not in shown.words, "tracking by number shows the applicant's name")
