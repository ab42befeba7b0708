"""Recipients, relations and files are written into a letter, in the running transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.values import (
    LETTER_FILE_ADDED,
    RECIPIENT_ANSWERED,
    RECIPIENT_NAMED,
    RELATION_NAMED,
    IntakeFile,
    RecipientLine,
    RelationKind,
    RelationLine,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor


def name_recipients(
    letter: models.Letter, lines: Iterable[RecipientLine], *, actor: Actor, now: datetime
) -> list[models.Recipient]:
    """Write the recipients of a letter that has none, in their order."""
    rows = []
    for position, line in enumerate(lines):
        party = line.party
        row = models.Recipient.objects.create(
            uuid=uuid4(),
            letter=letter,
            position=position,
            role=line.role,
            party_kind=party.kind,
            party_uuid=party.uuid,
            organization=party.organization[:200],
            department=party.department[:200],
            title=party.title[:200],
            name=party.name[:200],
            code=party.code[:60],
            text=line.text[:500],
            hidden=line.hidden,
        )
        facts.record(RECIPIENT_NAMED, subject=row, actor=actor, at=now, letter=letter.uuid)
        rows.append(row)
    return rows


def relate_letter(letter: models.Letter, lines: Iterable[RelationLine], *, actor: Actor, now: datetime) -> None:
    """Write to which letters a letter refers; a letter of the same body is found by its number and year.

    Where a received letter answers one of ours, the recipient of that letter who wrote this one has answered.
    """
    seen: set[tuple[str, str, int | None]] = set()
    for line in lines:
        number = queries.number_key(line.number)
        year = line.year or queries.year_of(line.dated_on)
        if not number or (line.kind, number, year) in seen:
            continue
        seen.add((line.kind, number, year))
        other = _other(letter, line, year)
        row = models.Relation.objects.create(
            uuid=uuid4(), letter=letter, kind=line.kind, number=number, year=year, dated_on=line.dated_on, other=other
        )
        facts.record(RELATION_NAMED, subject=row, actor=actor, at=now, letter=letter.uuid)
        if other is not None and line.kind is RelationKind.ANSWERS and letter.direction == "incoming":
            _note_answer(other, letter, actor=actor, now=now)


def _other(letter: models.Letter, line: RelationLine, year: int | None) -> models.Letter | None:
    if line.other is not None:
        return models.Letter.objects.filter(uuid=line.other, body_id=letter.body_id).first()
    body = models.Letter.objects.select_related("body").get(id=letter.id).body.uuid
    return queries.find_numbered(body, line.number, year)


def _note_answer(asked: models.Letter, answer: models.Letter, *, actor: Actor, now: datetime) -> None:
    sender = queries.read_party(answer.sender)
    rows = list(
        models.Recipient.objects.select_for_update().filter(letter=asked, answered_at=None).order_by("position")
    )
    for row in rows:
        if sender is not None and queries.recipient_of(row).party.is_like(sender):
            row.answered_by, row.answered_at = answer.uuid, now
            row.save(update_fields=["answered_by", "answered_at"])
            facts.record(RECIPIENT_ANSWERED, subject=row, actor=actor, at=now, answer=answer.uuid)


def put_files(letter: models.Letter, lines: Iterable[IntakeFile], *, actor: Actor, now: datetime) -> int:
    """Put stored files to a letter in their order; return how many pages they have together."""
    pages = 0
    for position, line in enumerate(lines):
        files.claim(line.file_uuid)
        row = models.LetterFile.objects.create(
            uuid=uuid4(),
            letter=letter,
            role=line.role,
            position=position,
            file_uuid=line.file_uuid,
            name=line.name[:200],
            description=line.description[:300],
            pages=line.pages,
            added_at=now,
        )
        facts.record(LETTER_FILE_ADDED, subject=row, actor=actor, at=now, letter=letter.uuid)
        pages += line.pages
    return pages


def find_letter_row(letter: UUID) -> models.Letter | None:
    """Return the locked row of a letter, or None."""
    return models.Letter.objects.select_for_update(of=("self",)).filter(uuid=letter).first()
