"""How people come in: by a code sent to the mobile, by the national sign-on, by password and authenticator app."""

from __future__ import annotations

import base64
import re
import time
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from divan.project.demo.loading import rehearsal_password, rehearsal_totp_secret
from divan.project.journey.narration import Step
from divan.project.journey.pages import Page
from divan.project.journey.play import Play, must, person
from divan.project.journey.visitors import Visitor

SECONDS_OF_A_CODE = 30


def sign_in_citizen(play: Play, key: str, page: Page, step: Step) -> Page:
    """Sign a citizen in from the sign-in page by national code and one-time code; return where it leads.

    Who has asked for too many codes lately is told to wait, and comes in by the national sign-on instead, as people do.

    :raises StoryBroken: if the code does not come, or is not taken.
    """
    one, visitor = person(key), play.visitor(key)
    before = len(play.telephone.messages(one.mobile))
    known = {"national_code": one.national_code, "mobile": one.mobile}
    asked = visitor.send(page, known, having="national_code", status=(200, 429))
    if asked.status == 429:
        step.note("too many codes were asked for lately: came by the national sign-on")
        return sign_in_by_national_sign_on(play, key, page)
    waiting = visitor.renew(
        asked.address, lambda seen: seen.form(having="code") is not None, "the question for the code"
    )
    text = play.telephone.wait(one.mobile, after=before, having=r"\d{6}", what="code to sign in")
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    must(found, f"the message holds no code of six digits: {text}")
    assert found is not None  # noqa: S101 (told just before)
    return visitor.send(waiting, {"code": found.group()}, having="code")


def sign_in_by_national_sign_on(play: Play, key: str, page: Page) -> Page:
    """Sign a citizen in from the sign-in page by the national sign-on; return where it leads.

    :raises StoryBroken: if the sign-on is not reached, or does not know the person.
    """
    visitor = play.visitor(key)
    asked = visitor.follow(page, "/sign-in/national/")
    must("/sign-on/" in asked.address, f"the national sign-on is not reached, but {asked.address}")
    return _choose_person(visitor, asked, person(key).national_code)


def _choose_person(visitor: Visitor, page: Page, national_code: str) -> Page:
    for form in page.forms:
        for name, value in form.buttons:
            if value == national_code:
                return visitor.send(page, to=form.action, button=(name, value))
        for control in form.controls:
            if control.kind in {"radio", "select"} and national_code in form.offered(control.name):
                return visitor.send(page, {control.name: national_code}, having=control.name)
    typed = next((control.name for form in page.forms for control in form.controls if control.kind == "text"), "")
    must(typed, f"nobody can be chosen on {page.address}: {page.words[:300]}")
    return visitor.send(page, {typed: national_code}, having=typed)


def sign_in_officer(play: Play, key: str) -> Page:
    """Sign a member of staff in by password and authenticator app; return the worklist.

    A code counts once: where the one of this half minute was used before, the next one is waited for.

    :raises StoryBroken: if either step is refused.
    """
    visitor = play.visitor(key)
    page = visitor.open("/staff/sign-in/?next=/office/")
    page = visitor.send(page, {"login": key, "password": rehearsal_password(key)}, having="password")
    asked = page
    page = visitor.send(asked, {"code": authenticator_code(key, datetime.now().astimezone())}, having="code")
    if page.form(having="code") is not None:
        time.sleep(SECONDS_OF_A_CODE - time.time() % SECONDS_OF_A_CODE + 0.5)
        page = visitor.send(page, {"code": authenticator_code(key, datetime.now().astimezone())}, having="code")
    must("/office/" in page.address, f"{key} signs in and arrives at {page.address}: {page.words[:300]}")
    return page


def authenticator_code(key: str, at: datetime) -> str:
    """Return what a member's authenticator app shows at a moment (RFC 6238: SHA-1, six digits, thirty seconds)."""
    secret = base64.b32decode(rehearsal_totp_secret(key))
    return TOTP(secret, 6, SHA1(), SECONDS_OF_A_CODE).generate(int(at.timestamp())).decode()  # noqa: S303 (the apps know no other)
