"""The classification plan of a body is written: class by class, or all at once from a file."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, rules
from divan.dealings.correspondence.actions.numbering import unit_row
from divan.dealings.correspondence.values import (
    ArchiveClassUnfit,
    ArchiveClassUnknown,
    PlanLine,
)
from divan.dealings.correspondence.values.kinds import (
    ARCHIVE_CLASS_ENDED,
    ARCHIVE_CLASS_WRITTEN,
)
from divan.foundation import facts, locks
from divan.foundation.actors import Actor


@transaction.atomic
def write_class(*, body: UUID, line: PlanLine, actor: Actor, now: datetime) -> UUID:
    """Add a class to a body's plan, or change the one of this code; files of the class keep their numbers.

    A changed time of retention holds for the closed files of the class too, as the law it comes from does.

    :raises ArchiveClassUnfit: if it says too little, or would stand below itself or below a class that has files.
    """
    _hold_plan(body)
    return _write(body, line, actor=actor, now=now).uuid


def _hold_plan(body: UUID) -> None:
    locks.hold(f"correspondence.archive-plan.{body}")


def _write(body: UUID, line: PlanLine, *, actor: Actor, now: datetime) -> models.ArchiveClass:
    rules.require_class(line)
    row = models.ArchiveClass.objects.select_for_update().filter(body__uuid=body, code=line.code).first()
    parent = _parent(body, line, row)
    if row is None:
        row = models.ArchiveClass(uuid=uuid4(), body=unit_row(body), code=line.code)
    before = None if row.id is None else row.subject_state()
    row.parent, row.title_fa, row.title_en = parent, line.title_fa, line.title_en
    row.retention_years, row.after, row.legal_basis = line.years, line.after, line.legal_basis
    row.ended_at = None
    if row.subject_state() != before:
        row.save()
        facts.record(ARCHIVE_CLASS_WRITTEN, subject=row, actor=actor, at=now, code=line.code)
    return row


def _parent(body: UUID, line: PlanLine, row: models.ArchiveClass | None) -> models.ArchiveClass | None:
    """Return the class above, after seeing that it can have classes below it."""
    if not line.parent:
        return None
    parent = models.ArchiveClass.objects.filter(body__uuid=body, code=line.parent, ended_at=None).first()
    if parent is None:
        raise ArchiveClassUnfit(reason="parent", code=line.code)
    above: models.ArchiveClass | None = parent
    while above is not None:
        if row is not None and above.id == row.id:
            raise ArchiveClassUnfit(reason="parent", code=line.code)
        above = above.parent
    if models.ArchiveFile.objects.filter(archive_class=parent).exists():
        raise ArchiveClassUnfit(reason="has-files", code=line.parent)
    return parent


@transaction.atomic
def import_plan(*, body: UUID, text: str, actor: Actor, now: datetime) -> int:
    """Write all classes of a CSV file into a body's plan, or none; return how many. Others of the plan stay.

    :raises ArchiveClassUnfit: with the line and the reason.
    """
    lines = rules.read_plan(text)
    if not lines:
        raise ArchiveClassUnfit(reason="empty", line=1)
    _hold_plan(body)
    for line in lines:
        _write(body, line, actor=actor, now=now)
    return len(lines)


@transaction.atomic
def end_class(*, archive_class: UUID, body: UUID, actor: Actor, now: datetime) -> None:
    """End a class: no file is opened in it any more, those it has stay and are found.

    :raises ArchiveClassUnknown: if the body has no such class.
    :raises ArchiveClassUnfit: while there are classes below it, or open files in it.
    """
    _hold_plan(body)
    known = models.ArchiveClass.objects.select_for_update().filter(uuid=archive_class, body__uuid=body, ended_at=None)
    row = known.first()
    if row is None:
        raise ArchiveClassUnknown
    if models.ArchiveClass.objects.filter(parent=row, ended_at=None).exists():
        raise ArchiveClassUnfit(reason="has-classes", code=row.code)
    if models.ArchiveFile.objects.filter(archive_class=row, closed_at=None).exists():
        raise ArchiveClassUnfit(reason="has-files", code=row.code)
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    facts.record(ARCHIVE_CLASS_ENDED, subject=row, actor=actor, at=now, code=row.code)
