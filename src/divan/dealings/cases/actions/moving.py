"""Moving a running case to another version of its service: an exception, ordered with a reason and recorded."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.tasks import restart_clocks
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import CASE_REPINNED, Case, CaseState, MoveNotPossible
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.text import normalize
from divan_libs.servicepack.moving import may_move


@transaction.atomic
def move_case(*, case: UUID, version: UUID, reason: str, actor: Actor, now: datetime) -> Case:
    """Pin a running case to another version of its service, after the same examination that the preview shows.

    Clocks of open steps are counted anew from where they began, by the clocks of the new version.

    :raises CaseUnknown: if there is no such case.
    :raises MoveNotPossible: without a reason, to the same version or another service, for a case that does not run, or
        while something hinders it; ``findings`` says what.
    """
    row = locked_case(case)
    wanted = catalogue.get_version(version)
    wording = normalize(reason)
    same_service = wanted.service_code == row.version.service.code
    runs = row.state in {CaseState.OPEN, CaseState.CORRECTION, CaseState.PAYMENT, CaseState.AFTERCARE}
    if not wording or not same_service or not runs or row.version.uuid == version:
        raise MoveNotPossible(reason="not-allowed")
    findings = queries.preview_move(case, version, now)
    if not may_move(findings):
        raise MoveNotPossible(reason="hindered", findings=tuple(one for one in findings if one.hinders))
    before = row.version.uuid
    row.version_id, row.changed_at = queries.key_of_version(version), now
    row.save(update_fields=["version_id", "changed_at"])
    row = locked_case(case)
    facts.record(CASE_REPINNED, subject=row, actor=actor, at=now, before=before, after=version, reason=wording[:500])
    if row.state in {CaseState.OPEN, CaseState.AFTERCARE} and not _stands_still(row):
        restart_clocks(row, actor=actor, now=now)
    return case_of(row)


def _stands_still(row: models.Case) -> bool:
    return models.ClockPause.objects.filter(case=row, ends_at__isnull=True).exists()
