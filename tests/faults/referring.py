"""What a process that is killed does with a letter: each deed the same as a test does it itself."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.tests.referred import officer, refer


def refer_letter(world, letter: str, sender: str, receiver: str, other: str):
    """Refer a letter from one post to two others."""
    return refer(world, UUID(letter), sender, receiver, other)


def report_referral(world, referral: str, post: str):
    """Report on a referral as its receiver."""
    return actions.report_referral(
        referral=UUID(referral), report="انجام شد.", actor=officer(world, post), now=world.now
    )


def refuse_referral(world, referral: str, post: str):
    """Send a referral back as its receiver."""
    return actions.refuse_referral(
        referral=UUID(referral), reason="مربوط نیست.", actor=officer(world, post), now=world.now
    )


DEEDS = {deed.__name__: deed for deed in (refer_letter, report_referral, refuse_referral)}
