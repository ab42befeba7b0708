"""Examinations by the worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.trust.ledger import models, rules
from divan.trust.ledger.values import EXAMINATION_BEGUN, EXAMINATION_ENDED, ExaminationOver, Finding, Part

EXAMINER = "ledger.examiner"
"""The lock under which an examination is begun."""

MOST_FINDINGS = 100
"""Findings of an examination that are kept one by one; their number is kept of all."""


@transaction.atomic
def begin_examination(*, actor: Actor, now: datetime) -> UUID | None:
    """Begin the examination that is due, or begin anew the one that a process left unfinished; return it, or None.

    Nothing is due before the log is opened, within a day of the last one, or while another process is at it.
    """
    if not locks.try_hold(EXAMINER) or not models.LogHead.objects.exists():
        return None
    newest = models.Examination.objects.select_for_update().order_by("-begun_at").first()
    if newest is not None and not rules.is_examination_due(newest.begun_at, newest.seen_at, newest.ended_at, now):
        return None
    row = newest if newest is not None and newest.ended_at is None else models.Examination(uuid=uuid4())
    row.begun_at, row.seen_at, row.progress = now, now, {}
    row.save()
    facts.record(EXAMINATION_BEGUN, subject=row, actor=actor, at=now)
    return row.uuid


@transaction.atomic
def carry_on_examination(
    *,
    examination: UUID,
    progress: Mapping[Part, tuple[int, int]],
    findings: Sequence[Finding] | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Note how far an examination is; with ``findings``, none or some, it has come to its end and says so as a fact.

    :raises ExaminationOver: if it has ended.
    """
    row = models.Examination.objects.select_for_update().filter(uuid=examination, ended_at__isnull=True).first()
    if row is None:
        raise ExaminationOver
    row.seen_at, row.progress = now, {str(part): list(pieces) for part, pieces in progress.items()}
    if findings is None:
        row.save(update_fields=["seen_at", "progress"])
        return
    row.ended_at, row.found = now, len(findings)
    row.findings = [_kept(finding) for finding in findings[:MOST_FINDINGS]]
    row.save()
    power_may_fail("examination.before-fact")
    entries = progress.get(Part.FACTS, (0, 0))[0]
    facts.record(EXAMINATION_ENDED, subject=row, actor=actor, at=now, found=row.found, entries=entries)


def _kept(finding: Finding) -> dict[str, object]:
    """Return what an examination's row keeps of a finding; details for who looks further are of `divan ledger fsck`."""
    return {
        "code": str(finding.code),
        "position": finding.position,
        "fact_kind": finding.fact_kind,
        "subject_kind": finding.subject_kind,
        "subject_uuid": str(finding.subject_uuid) if finding.subject_uuid else None,
        "path": finding.path,
    }
