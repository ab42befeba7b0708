"""What happens to a numbered letter: its signed document is put to it, and the secretariat files it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries, rules
from divan.dealings.correspondence.actions.worklist import finish_work
from divan.dealings.correspondence.values import LETTER_FILED, LETTER_SIGNED, Letter, LetterState, LetterUnknown
from divan.foundation import facts
from divan.foundation.actors import Actor


@transaction.atomic
def put_document(*, letter: UUID, document: UUID, actor: Actor, now: datetime) -> Letter:
    """Put the signed document to its numbered letter; a second time changes nothing.

    :raises LetterUnknown: if there is no such letter.
    """
    row = models.Letter.objects.select_for_update().filter(uuid=letter).first()
    if row is None:
        raise LetterUnknown
    if row.state == LetterState.NUMBERED:
        row.state, row.document_uuid = LetterState.SIGNED, document
        row.save(update_fields=["state", "document_uuid"])
        facts.record(LETTER_SIGNED, subject=row, actor=actor, at=now, document=document)
    return queries.get_letter(letter)


@transaction.atomic
def file_letter(*, letter: UUID, actor: Actor, now: datetime) -> Letter:
    """File a signed letter and take it off the secretariat's worklist.

    :raises LetterUnknown: if there is no such letter.
    :raises LetterNotSigned: if it is not fully signed, or filed before.
    """
    row = models.Letter.objects.select_for_update().filter(uuid=letter).first()
    if row is None:
        raise LetterUnknown
    rules.require_signed(LetterState(row.state))
    row.state = LetterState.FILED
    row.save(update_fields=["state"])
    facts.record(LETTER_FILED, subject=row, actor=actor, at=now)
    finish_work(about_uuid=letter, actor=actor, now=now)
    return queries.get_letter(letter)
