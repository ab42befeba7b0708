"""Erasing salts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.ledger import models
from divan.trust.ledger.values import SALT_ERASED, EntryUnknown


@transaction.atomic
def erase_salt(*, fact: UUID, actor: Actor, now: datetime) -> None:
    """Erase the salt of a sealed fact's entry, so that nobody can ever link the two; a second time changes nothing.

    Receipts already given keep proving what they prove.

    :raises EntryUnknown: if the fact is not sealed.
    """
    entry = models.LedgerEntry.objects.select_for_update().filter(fact_uuid=fact).first()
    head = models.LogHead.objects.first()
    if entry is None or head is None or entry.position >= head.size:
        raise EntryUnknown(fact=fact)
    if entry.salt is not None:
        entry.salt = None
        entry.save(update_fields=["salt"])
        facts.record(SALT_ERASED, subject=entry, actor=actor, at=now, position=entry.position)
