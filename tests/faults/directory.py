"""Two lines of a directory's answer, and how a process that is killed takes one of them over."""

from __future__ import annotations

from divan.foundation.actors import SYSTEM
from divan.trust.identity import actions
from divan_libs.directory.values import Deed, Entry, Line
from divan_libs.persian.identifiers import national_code_with_check_digit

ENTRY = Entry(
    directory_id="00000000-0000-4000-8000-000000000001",
    username="new-expert",
    national_code=national_code_with_check_digit("999000078"),
    first_name="نرگس",
    last_name="احمدی",
    post="vacant-expert",
)
COMES = Line(ENTRY, (Deed.PERSON_MADE, Deed.ACCOUNT_MADE, Deed.POST_GIVEN, Deed.LINKED))
GOES = Line(ENTRY, (Deed.ENDED_GONE,))


def take_over(world) -> None:
    """Enter a person with account and post, as the directory tells."""
    actions.take_over_entry(line=COMES, actor=SYSTEM, now=world.now)


def end(world) -> None:
    """End the person, as the directory tells."""
    actions.end_directory_link(line=GOES, actor=SYSTEM, now=world.now)


DEEDS = {"directory-comes": take_over, "directory-goes": end}
