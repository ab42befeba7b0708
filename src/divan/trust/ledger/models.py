"""What the ledger keeps beside the published files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q


class LedgerEntry(models.Model):
    """The entry of one fact: its position is the fact's position and its index in the log.

    Written (staged) before anything about it is signed, so that a crash cannot draw another salt for it. A trigger
    refuses every change but the erasing of the salt, and every deletion.

    .. pii: the salt, which links the public entry to the fact it was made from
    .. retention: the salt leaves with the data of the person by ``erase_salt``; what remains is random to everybody
    """

    position = models.BigIntegerField(primary_key=True)
    fact_uuid = models.UUIDField(unique=True)
    salt = models.BinaryField(null=True)
    commitment = models.BinaryField()
    staged_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "ledger.entry"

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(position__gte=0), name="entry_position_from_zero"),)

    @property
    def uuid(self) -> UUID:
        """Return the identifier of the fact, under which facts speak of its entry."""
        return self.fact_uuid

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an entry covers."""
        return {"position": self.position, "commitment": bytes(self.commitment), "erased": self.salt is None}


class LogHead(models.Model):
    """The one row that says how far the log is settled: size, root and the signed checkpoint that states them.

    It moves only forward, by compare-and-swap, before anything is published; the signed note in it is what a crash
    between settling and publishing is recovered from.

    .. no_pii: numbers, hashes and a public key
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    uuid = models.UUIDField(unique=True)
    origin = models.CharField(max_length=200)
    verifier = models.CharField(max_length=400)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    sealed_at = models.DateTimeField()

    subject_kind: ClassVar[str] = "ledger.log"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(id=1), name="log_has_one_head"),
            models.CheckConstraint(condition=Q(size__gte=0), name="log_size_from_zero"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of the log covers: its name and key. Size and root are proved by the log itself."""
        return {"origin": self.origin, "verifier": self.verifier}


class Examination(models.Model):
    """One examination of the whole log, by the worker: how far it is, and what it found when it came to its end.

    One is under way at most. ``progress`` has of each part how many pieces are done, and of how many; it moves without
    facts, as nothing rests on it. ``findings`` are the first of those that were ``found``.

    .. no_pii: numbers, codes, and identifiers of rows and facts
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    begun_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    found = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)

    subject_kind: ClassVar[str] = "ledger.examination"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("ended_at",), nulls_distinct=False, name="examination_one_under_way"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an examination covers: when it was, and what it found."""
        return {
            "begun_at": self.begun_at,
            "ended_at": self.ended_at,
            "found": self.found,
            "findings": self.findings,
        }


class Witness(models.Model):
    """What is known of one witness of the policy: how far it vouched, when, and why not lately.

    ``verifier`` is its public key, ``name`` its name in the policy. ``size`` is the head it remembers as far as we
    know, from which the next consistency proof leads; ``cosigned_size`` and ``cosigned_at`` are of its last
    cosignature, the time being the one it signed but never one to come. ``trouble`` is the code of what came of the
    last attempt, empty when it cosigned. All this moves without facts, since nothing rests on it; that a witness fell
    silent or returned is a fact.

    .. no_pii: names and keys of institutions, numbers and times
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    verifier = models.CharField(max_length=400, unique=True)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    cosigned_size = models.BigIntegerField(null=True)
    cosigned_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    trouble = models.CharField(max_length=100, blank=True)
    is_silent = models.BooleanField(default=True)

    subject_kind: ClassVar[str] = "ledger.witness"

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(size__gte=0), name="witness_size_from_zero"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a witness covers: who it is, and whether it is silent."""
        return {"verifier": self.verifier, "is_silent": self.is_silent}


class CosignedHead(models.Model):
    """The one row of the newest head that enough witnesses have cosigned; receipts are issued under it.

    Published beside the checkpoint after this row is committed, and published again from it after a crash.

    .. no_pii: numbers, hashes and signatures
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField()
    root = models.BinaryField()
    note = models.TextField()
    cosigned_at = models.DateTimeField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="log_has_one_cosigned_head"),)


def entries_by_fact(uuids: Iterable[UUID]) -> Iterable[LedgerEntry]:
    """Return the entries of facts, as the subjects of facts about entries."""
    return LedgerEntry.objects.filter(fact_uuid__in=list(uuids))
