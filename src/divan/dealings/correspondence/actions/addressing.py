"""Recipients, relations and attachments of a draft are written, changed and taken off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.drafting import own_draft, renew_search
from divan.dealings.correspondence.actions.parts import name_recipients, put_files, relate_letter
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.values import (
    MOST_ATTACHMENTS,
    MOST_RECIPIENTS,
    Direction,
    IntakeFile,
    LetterUnknown,
    Party,
    PartyKind,
    Recipient,
    RecipientLine,
    RecipientRole,
    RecipientsNotCleared,
    RecipientsUnfit,
    RelationLine,
    Secrecy,
    TooManyFiles,
    kinds,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people

MOST_COPIES = 100
"""Copies that a letter prints; hidden ones are not counted."""


def require_addressable(
    row: models.Letter, lines: Sequence[RecipientLine] | Sequence[Recipient], now: datetime
) -> None:
    """Refuse recipients to whom a letter cannot go.

    :raises RecipientsUnfit: too many of them, or of an internal letter one outside the body.
    :raises RecipientsNotCleared: posts whose clearance does not open the letter, with their names.
    """
    if len(lines) > MOST_RECIPIENTS:
        raise RecipientsUnfit(reason="too-many", most=MOST_RECIPIENTS)
    if sum(line.role is RecipientRole.COPY and not line.hidden for line in lines) > MOST_COPIES:
        raise RecipientsUnfit(reason="copies", most=MOST_COPIES)
    if row.direction == Direction.INTERNAL:
        outside = [str(line.party) for line in lines if not _is_within(line.party, row.body.uuid)]
        if outside:
            raise RecipientsUnfit(reason="outside", names="؛ ".join(outside))
    posts = [line.party.uuid for line in lines if line.party.kind is PartyKind.POST and line.party.uuid]
    below = queries.list_uncleared(posts, Secrecy(row.secrecy), now)
    if below:
        raise RecipientsNotCleared(names="؛ ".join(post.title_fa for post in below))


def _is_within(party: Party, body: UUID) -> bool:
    if party.uuid is None:
        return False
    if party.kind is PartyKind.POST:
        post = people.find_posts([party.uuid]).get(party.uuid)
        return post is not None and post.unit.body_uuid == body
    unit = people.find_units([party.uuid]).get(party.uuid) if party.kind is PartyKind.UNIT else None
    return unit is not None and unit.body_uuid == body


@transaction.atomic
def set_recipients(*, letter: UUID, lines: Sequence[RecipientLine], actor: Actor, now: datetime) -> None:
    """Write the recipients of a draft in this order, in place of those it had.

    A recipient that stays keeps its row. The same party stands once, in the first role given.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    :raises RecipientsUnfit, RecipientsNotCleared: if the letter cannot go to them.
    """
    row = own_draft(letter, actor=actor, now=now)
    single = _each_once(lines)
    require_addressable(row, single, now)
    had = [(one.party, one.role, one.text, one.hidden) for one in queries.list_recipients(letter)]
    if had == [(one.party, one.role, one.text, one.hidden) for one in single]:
        return
    for old in models.Recipient.objects.select_for_update().filter(letter=row).order_by("position"):
        facts.record(kinds.RECIPIENT_CHANGED, subject=old, actor=actor, at=now, letter=letter, removed=True)
        old.delete()
    name_recipients(row, single, actor=actor, now=now)
    _touch(row, actor=actor, now=now)


def _each_once(lines: Sequence[RecipientLine]) -> list[RecipientLine]:
    kept: list[RecipientLine] = []
    for line in lines:
        known = {one.party if one.party.uuid is None else (one.party.kind, one.party.uuid) for one in kept}
        if (line.party if line.party.uuid is None else (line.party.kind, line.party.uuid)) not in known:
            kept.append(line)
    return kept


@transaction.atomic
def add_recipients(*, letter: UUID, lines: Sequence[RecipientLine], actor: Actor, now: datetime) -> int:
    """Add recipients to a draft behind those it has; return how many were not there before.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft, RecipientsUnfit, RecipientsNotCleared: as above.
    """
    own_draft(letter, actor=actor, now=now)
    had = [
        RecipientLine(party=one.party, role=one.role, text=one.text, hidden=one.hidden)
        for one in queries.list_recipients(letter)
    ]
    set_recipients(letter=letter, lines=[*had, *lines], actor=actor, now=now)
    return len(_each_once([*had, *lines])) - len(had)


@transaction.atomic
def add_relation(*, letter: UUID, line: RelationLine, actor: Actor, now: datetime) -> None:
    """Let a draft refer to another letter; the same reference again changes nothing.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts; a letter of the house that is referred to
        must be one the actor's post may read.
    """
    row = own_draft(letter, actor=actor, now=now)
    if line.other is not None:
        queries.get_letter_for(line.other, acting_post(actor, now), now)
    known = queries.list_relations(letter)
    number = queries.number_key(line.number)
    if not number or any((one.kind, one.number, one.year) == (line.kind, number, line.year) for one in known):
        return
    relate_letter(row, [line], actor=actor, now=now)
    _touch(row, actor=actor, now=now)


@transaction.atomic
def remove_relation(*, letter: UUID, position: int, actor: Actor, now: datetime) -> None:
    """Take a reference off a draft by its place in the list, from 0; one that is not there changes nothing.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    """
    row = own_draft(letter, actor=actor, now=now)
    lines = list(models.Relation.objects.select_for_update().filter(letter=row).order_by("id"))
    if 0 <= position < len(lines):
        gone = lines[position]
        facts.record(kinds.RELATION_REMOVED, subject=gone, actor=actor, at=now, letter=letter, removed=True)
        gone.delete()
        _touch(row, actor=actor, now=now)


@transaction.atomic
def add_attachment(*, letter: UUID, file: UUID, name: str, description: str, actor: Actor, now: datetime) -> None:
    """Put a stored file to a draft as an attachment, behind those it has.

    :raises PostNotHeld, LetterUnknown, LetterNotDraft: as said of drafts.
    :raises TooManyFiles: if it has twenty already.
    """
    row = own_draft(letter, actor=actor, now=now)
    if models.LetterFile.objects.filter(letter=row, removed_at=None).count() >= MOST_ATTACHMENTS:
        raise TooManyFiles(most=MOST_ATTACHMENTS)
    put_files(row, [IntakeFile(file_uuid=file, name=name, description=description)], actor=actor, now=now)
    _touch(row, actor=actor, now=now)


@transaction.atomic
def remove_attachment(*, letter: UUID, file: UUID, actor: Actor, now: datetime) -> None:
    """Take an attachment off a draft; that it was there stays known.

    :raises PostNotHeld, LetterNotDraft: as said of drafts.
    :raises LetterUnknown: if there is no such draft of the post, or it has no such attachment.
    """
    row = own_draft(letter, actor=actor, now=now)
    held = models.LetterFile.objects.select_for_update().filter(letter=row, uuid=file, removed_at=None).first()
    if held is None:
        raise LetterUnknown
    held.removed_at = now
    held.save(update_fields=["removed_at"])
    facts.record(kinds.LETTER_FILE_REMOVED, subject=held, actor=actor, at=now, letter=letter)
    _touch(row, actor=actor, now=now)


def _touch(row: models.Letter, *, actor: Actor, now: datetime) -> None:
    renew_search(row)
    row.save(update_fields=["recipient", "search_text"])
    facts.record(kinds.DRAFT_CHANGED, subject=row, actor=actor, at=now, version=row.version)
