"""What a process that is killed does with a letter that is written and signed: each deed as a test does it itself."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import DraftMarks, DraftText

SAVED = DraftText(subject="برنامهٔ توسعه", body_html="<p>متن دوم</p>")


def save_letter(world, letter: str):
    """Save a second version of a draft."""
    return actions.save_draft(
        letter=UUID(letter), seen=1, text=SAVED, marks=DraftMarks(), actor=world.officer("ict-expert"), now=world.now
    )


def start_letter(world, letter: str):
    """Send a draft on its way."""
    return actions.start_circulation(letter=UUID(letter), seen=1, actor=world.officer("ict-expert"), now=world.now)


def paraph_letter(world, letter: str, key: str):
    """Paraph a letter."""
    step = queries.open_step_of(UUID(letter), world.post(key).uuid)
    return actions.paraph_letter(step=step.uuid, seen=1, actor=world.officer(key), now=world.now)


def return_letter(world, letter: str, key: str):
    """Return a letter for correction."""
    step = queries.open_step_of(UUID(letter), world.post(key).uuid)
    return actions.return_letter(step=step.uuid, reason="اصلاح شود", actor=world.officer(key), now=world.now)


def sign_letter(world, letter: str, key: str):
    """Sign a letter."""
    step = queries.open_step_of(UUID(letter), world.post(key).uuid)
    return actions.sign_letter(step=step.uuid, seen=1, actor=world.officer(key), now=world.now)


def put_scan(world, letter: str, scan: str):
    """Put the scan to a letter that was signed by hand."""
    return actions.put_scan(letter=UUID(letter), scan=UUID(scan), actor=world.officer("ict-expert"), now=world.now)


DEEDS = {
    deed.__name__: deed for deed in (save_letter, start_letter, paraph_letter, return_letter, sign_letter, put_scan)
}
