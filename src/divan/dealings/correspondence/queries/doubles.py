"""What may have been registered before: the same number of the same sender in a year, or the same file."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.intakes import intake_rows
from divan.dealings.correspondence.queries.letters import letter_of, letters, letters_for, read_party
from divan.dealings.correspondence.queries.numbers import number_key, year_of
from divan.dealings.correspondence.values import Double, Intake, IntakeState, Party
from divan.foundation import files
from divan.registers.people.values import Post

MOST = 20


def find_doubles(intake: Intake, *, sender: Party | None, number: str, day: date | None) -> list[models.Letter]:
    """Return the letters of the secretariat's body that what arrived may be, whoever asks, newest first."""
    row = intake_rows().get(uuid=intake.uuid)
    body = row.secretariat.body_id
    found: dict[int, models.Letter] = {}
    if sender is not None and number_key(number):
        like = letters().filter(body_id=body, their_number=number_key(number)).order_by("-id")[:MOST]
        for one in like:
            same_year = day is None or one.their_date is None or year_of(one.their_date) == year_of(day)
            other = read_party(one.sender)
            if same_year and other is not None and sender.is_like(other):
                found[one.id] = one
    for one in letters().filter(body_id=body, id__in=_with_file(_files_of(intake)), direction="incoming")[:MOST]:
        found[one.id] = one
    return [found[key] for key in sorted(found, reverse=True)]


def _files_of(intake: Intake) -> set[UUID]:
    return {one.file_uuid for one in intake.arrived.files if one.role == "origin"}


def _with_file(uuids: Iterable[UUID]) -> list[int]:
    same = files.same_bytes(uuids)
    rows = models.LetterFile.objects.filter(file_uuid__in=same, role="origin", removed_at=None)
    return list(rows.values_list("letter_id", flat=True)[:MOST])


def doubles_of(
    intake: Intake, post: Post, at: datetime, *, sender: Party | None, number: str, day: date | None
) -> list[Double]:
    """Return what a clerk is shown: the letters like it, unnamed where the clerk may not read them, and what waits."""
    rows = find_doubles(intake, sender=sender, number=number, day=day)
    readable = set(letters_for(post, at).filter(id__in=[row.id for row in rows]).values_list("id", flat=True))
    origins = _files_of(intake)
    known = {row.letter_id for row in models.LetterFile.objects.filter(file_uuid__in=files.same_bytes(origins))}
    shown = [
        Double(letter=letter_of(row) if row.id in readable else None, intake=None, by_file=row.id in known)
        for row in rows
    ]
    waiting = intake_rows().filter(
        secretariat__uuid=intake.secretariat, state=IntakeState.WAITING, their_number=number_key(number)
    )
    if sender is not None and number_key(number):
        for row in waiting.exclude(uuid=intake.uuid).order_by("id")[:MOST]:
            other = read_party(row.sender)
            if other is not None and sender.is_like(other):
                shown.append(Double(letter=None, intake=row.uuid, by_file=False))
    return shown
