"""Noting: what officers write for each other in a case, and what they keep of it before a correction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.queries.desk import note_of
from divan.dealings.cases.values import (
    ANSWERS_KEPT,
    LONGEST_NOTE,
    NOTE_WRITTEN,
    CaseNote,
    CaseUnknown,
    NoteNotPossible,
    NotYourTask,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.registers.people.values import SubstituteScope
from divan_libs.persian.text import normalize


@transaction.atomic
def write_note(*, case: UUID, text: str, actor: Actor, now: datetime) -> CaseNote:
    """Write an internal note in a case, as the holder of a post that has or had a say in it.

    :raises CaseUnknown: if the case is not for this post.
    :raises NotYourTask: if the actor neither holds the post nor stands in for its holder.
    :raises NoteNotPossible: if it is empty or too long.
    """
    row = locked_case(case)
    if actor.post is None or not queries.steps_read_by(people.get_post(actor.post), queries.get_case(case)):
        raise CaseUnknown
    seated = {person.uuid for person in people.seated_in(actor.post, now, SubstituteScope.CASES)}
    if actor.uuid is None or actor.uuid not in seated:
        raise NotYourTask
    wording = "\n".join(normalize(line) for line in text.splitlines()).strip()
    if not wording:
        raise NoteNotPossible(reason="empty")
    if len(wording) > LONGEST_NOTE:
        raise NoteNotPossible(reason="too-long")
    note = models.CaseNote.objects.create(
        uuid=uuid4(), case=row, author=actor.uuid, post_uuid=actor.post, text=wording, written_at=now
    )
    facts.record(NOTE_WRITTEN, subject=note, actor=actor, at=now, case=row.uuid)
    return note_of(note)


def keep_answers(row: models.Case, step: str, *, actor: Actor, now: datetime) -> None:
    """Keep the answers as they stand while a case goes back to its applicant, in the running transaction."""
    kept = models.KeptAnswers.objects.create(uuid=uuid4(), case=row, step=step, answers=row.answers, kept_at=now)
    facts.record(ANSWERS_KEPT, subject=kept, actor=actor, at=now, case=row.uuid)
