"""What a process that is killed does in the archive: each deed the same as a test does it itself."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

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


DEEDS = {deed.__name__: deed for deed in (put_in_file, export_archive)}
