"""What a process that is killed does with many letters: moves old ones in, and reminds of a circular."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from divan.dealings.correspondence import actions
from divan.dealings.correspondence.tests.offices import BODY
from divan.dealings.correspondence.values import DraftText
from divan.foundation.actors import operator

REMINDER = DraftText(subject="یادآوری", body_html="<p>پاسخ نرسیده است.</p>")


def move_in(world, folder: str):
    """Move the letters of a folder in."""
    return actions.move_in_letters(folder=Path(folder), body=BODY, actor=operator("tester"), now=world.now)


def remind(world, letter: str, *recipients: str):
    """Draft a reminder as the expert who has the letter."""
    return actions.draft_reminder(
        letter=UUID(letter),
        recipients=[UUID(one) for one in recipients],
        text=REMINDER,
        actor=world.officer("ict-expert"),
        now=world.now,
    )


DEEDS = {deed.__name__: deed for deed in (move_in, remind)}
