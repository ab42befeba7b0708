"""Erasing salts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.facts import FactRecord
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
    _erase(entry, ground="", actor=actor, now=now)


@transaction.atomic
def erase_salts_about(*, subject: UUID, ground: str, actor: Actor, now: datetime) -> int:
    """Erase the salts of all sealed entries of facts about a subject, on a ground in law, and return how many.

    Afterwards nobody, the house included, can link any of these public entries to the subject; the log itself, and the
    receipts of everybody else, stay what they are. Each erasure is a fact that names the ground.

    :raises EntryUnknown: if no sealed entry belongs to the subject.
    """
    head = models.LogHead.objects.first()
    about = {fact.uuid for fact in facts.of_subject(subject)}
    sealed = models.LedgerEntry.objects.select_for_update().filter(
        fact_uuid__in=about, position__lt=head.size if head else 0
    )
    entries = list(sealed.order_by("position"))
    if not entries:
        raise EntryUnknown(subject=subject)
    return sum(_erase(entry, ground=ground, actor=actor, now=now) for entry in entries)


@transaction.atomic
def erase_salts_before(*, fact: FactRecord, actor: Actor, now: datetime) -> int:
    """Erase the salts of what was sealed about a fact's subject before it, and return how many.

    The fact says that personal data left the subject; its own entry stays and proves that they did.

    :raises EntryUnknown: if the fact is not sealed yet.
    """
    head = models.LogHead.objects.first()
    if head is None or fact.position >= head.size:
        raise EntryUnknown(fact=fact.uuid)
    about = {one.uuid for one in facts.of_subject(fact.subject_uuid)}
    sealed = models.LedgerEntry.objects.select_for_update().filter(
        fact_uuid__in=about, position__lt=fact.position, salt__isnull=False
    )
    return sum(_erase(entry, ground=fact.kind, actor=actor, now=now) for entry in sealed.order_by("position"))


def _erase(entry: models.LedgerEntry, *, ground: str, actor: Actor, now: datetime) -> int:
    if entry.salt is None:
        return 0
    entry.salt = None
    entry.save(update_fields=["salt"])
    told: dict[str, Any] = {"ground": ground} if ground else {}
    facts.record(SALT_ERASED, subject=entry, actor=actor, at=now, position=entry.position, **told)
    return 1
