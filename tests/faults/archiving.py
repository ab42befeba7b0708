"""What a process that is killed does with letters that are kept or open cases: each deed as a test does it itself."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from tests.world import SERVICE

from divan.dealings.cases import actions as cases
from divan.dealings.cases.values import LetterApplicant, NewOpening
from divan.dealings.correspondence import actions
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import clerk_of
from divan.foundation.actors import SYSTEM


def put_in_file(world, letter: str, file: str):
    """Put a letter into a file."""
    return actions.put_in_file(letters=[UUID(letter)], file=UUID(file), now=world.now, **clerk_of(world))


def export_archive(world, folder: str):
    """Export the closed files of the body."""
    return actions.export_archive(body=offices.BODY, to=Path(folder), actor=SYSTEM, now=world.now)


def open_case(world, letter: str):
    """Open the case that a letter asks for, with its words."""
    opening = NewOpening(
        service_code=SERVICE,
        applicant=LetterApplicant(national_code=world.person("villager").national_code),
        wording_to="description",
    )
    return cases.open_case_from_letter(
        letter=UUID(letter), opening=opening, actor=world.officer("secretariat"), now=world.now
    )


DEEDS = {deed.__name__: deed for deed in (put_in_file, export_archive, open_case)}
