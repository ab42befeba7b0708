"""What the chapters of the story share: the people, the telephone, and what they have learned so far."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from divan.project.demo.loading import rehearsal_password, rehearsal_totp_secret
from divan.project.journey.narration import Narrator
from divan.project.journey.pages import Page
from divan.project.journey.telephone import Telephone
from divan.project.journey.visitors import StoryBroken, Visitor
from divan.project.rehearsal.cast import CastMember, member
from divan_libs.persian.text import latin_digits

SERVICE = "rural-internet-coverage"
NUMBER = re.compile(r"\d{2}-\d{7,}-\d{2}")


@dataclass(slots=True)
class Play:
    """One run of the story. What is learned on the way stands in the fields, empty before."""

    base_url: str
    narrator: Narrator
    telephone: Telephone
    language: str = "fa"
    visitors: dict[str, Visitor] = field(default_factory=dict)
    case: str = ""
    """Identifier of the case, as it stands in addresses."""
    number: str = ""
    secret: str = ""
    code: str = ""
    """Verification code of the letter."""
    pdf: bytes = b""
    receipt: bytes = b""
    answered_before: int = 0
    checkpoint_before: bytes = b""

    def visitor(self, key: str) -> Visitor:
        """Return the browser of a member of the cast (or of a nameless one), opened at its first use."""
        if key not in self.visitors:
            self.visitors[key] = Visitor(key, self.base_url, language=self.language)
        return self.visitors[key]

    def close(self) -> None:
        """Close every browser."""
        for visitor in self.visitors.values():
            visitor.close()


def must(holds: object, otherwise: str) -> None:
    """Break the story unless something holds.

    :raises StoryBroken: saying what was expected.
    """
    if not holds:
        raise StoryBroken(otherwise)


def figures(text: str) -> str:
    """Return a text with its figures in Latin digits, whichever the page wrote."""
    return latin_digits(text)


def speak_english(visitor: Visitor) -> None:
    """Let a visitor choose English by the button at the top of every page."""
    page = visitor.open("/")
    if page.form(to="/language/") is not None and ("language", "en") in visitor.form(page, to="/language/").buttons:
        visitor.send(page, to="/language/", button=("language", "en"))


def sign_in_citizen(play: Play, key: str, page: Page) -> Page:
    """Sign a citizen in by national code and one-time code, from the sign-in page; return where it leads.

    :raises StoryBroken: if the code does not come, or is not taken.
    """
    one, visitor = member(key), play.visitor(key)
    before = len(play.telephone.messages(one.mobile))
    asked = visitor.send(page, {"national_code": one.national_code, "mobile": one.mobile}, having="national_code")
    waiting = visitor.renew(
        asked.address,
        lambda seen: seen.form(having="code") is not None or "/sign-in/code/again/" in str(seen.content),
        "the question for the code",
    )
    text = play.telephone.wait(one.mobile, after=before, having=r"\d{6}", what="code to sign in")
    found = re.search(r"(?<!\d)\d{6}(?!\d)", text)
    must(found, f"the message holds no code of six digits: {text}")
    assert found is not None  # noqa: S101 (told just before)
    return visitor.send(waiting, {"code": found.group()}, having="code")


def sign_in_officer(play: Play, key: str) -> Page:
    """Sign a member of staff in by password and authenticator app; return the worklist.

    :raises StoryBroken: if either step is refused.
    """
    visitor = play.visitor(key)
    page = visitor.open("/staff/sign-in/?next=/office/")
    page = visitor.send(page, {"login": key, "password": rehearsal_password(key)}, having="password")
    code = authenticator_code(key, datetime.now().astimezone())
    page = visitor.send(page, {"code": code}, having="code")
    must("/office/" in page.address, f"{key} signs in and arrives at {page.address}: {page.words[:300]}")
    return page


def authenticator_code(key: str, at: datetime) -> str:
    """Return what a member's authenticator app shows at a moment (RFC 6238: SHA-1, six digits, thirty seconds)."""
    secret = base64.b32decode(rehearsal_totp_secret(key))
    return TOTP(secret, 6, SHA1(), 30).generate(int(at.timestamp())).decode()  # noqa: S303 (the apps know no other)


def person(key: str) -> CastMember:
    """Return a member of the cast."""
    return member(key)
