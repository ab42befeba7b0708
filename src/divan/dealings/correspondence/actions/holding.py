"""Files are kept while a proceeding lasts, whatever their class says."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models
from divan.dealings.correspondence.actions.filing import locked_file, require_reason
from divan.dealings.correspondence.values import (
    ArchiveFileClosed,
    FilingUnknown,
)
from divan.dealings.correspondence.values.kinds import (
    HOLD_LAID,
    HOLD_LIFTED,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import Post


@transaction.atomic
def lay_hold(*, file: UUID, reason: str, post: Post, actor: Actor, now: datetime) -> UUID:
    """Hold a file: it is not disposed of until the hold is lifted, also if a list with it was approved before.

    :raises ArchiveFileUnknown: if there is no such file.
    :raises ArchiveFileClosed: if it was disposed of.
    :raises ReasonNeeded: without a reason.
    """
    said = require_reason(reason)
    row = locked_file(file, post, now)
    if row.disposed_at is not None:
        raise ArchiveFileClosed(reason="disposed")
    hold = models.LegalHold.objects.create(
        uuid=uuid4(), file=row, reason=said, laid_by=actor.uuid or post.uuid, laid_at=now
    )
    facts.record(HOLD_LAID, subject=hold, actor=actor, at=now, file=row.uuid)
    return hold.uuid


@transaction.atomic
def lift_hold(*, hold: UUID, post: Post, actor: Actor, now: datetime) -> None:
    """Lift a hold of a file.

    :raises FilingUnknown: if there is no such hold in force.
    :raises ArchiveFileUnknown: if the file is not for this post.
    """
    row = models.LegalHold.objects.select_for_update(of=("self",)).select_related("file").filter(uuid=hold).first()
    if row is None or row.lifted_at is not None:
        raise FilingUnknown
    locked_file(row.file.uuid, post, now)
    row.lifted_by, row.lifted_at = actor.uuid or post.uuid, now
    row.save(update_fields=["lifted_by", "lifted_at"])
    facts.record(HOLD_LIFTED, subject=row, actor=actor, at=now, file=row.file.uuid)
