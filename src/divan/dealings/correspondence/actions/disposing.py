"""Files whose time is over are put on a list, another person approves it, and it is carried out file by file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models
from divan.dealings.correspondence.actions.erasing import erase_letter
from divan.dealings.correspondence.actions.filing import require_reason
from divan.dealings.correspondence.actions.numbering import unit_row
from divan.dealings.correspondence.queries.archive import archive_files, archive_files_for, due_on, held_among
from divan.dealings.correspondence.queries.archive_disposal import (
    files_on_lists,
    is_due,
    letters_in,
    was_handed_over,
)
from divan.dealings.correspondence.values import (
    DISPOSALS,
    After,
    DisposalByProposer,
    DisposalNotPossible,
    DisposalState,
    DisposalUnknown,
)
from divan.dealings.correspondence.values.kinds import (
    ARCHIVE_FILE_DISPOSED,
    DISPOSAL_CARRIED_OUT,
    DISPOSAL_DECIDED,
    DISPOSAL_DONE,
    DISPOSAL_PROPOSED,
)
from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN


@transaction.atomic
def propose_disposal(*, deeds: Mapping[UUID, After], post: Post, actor: Actor, now: datetime) -> UUID:
    """Put files of the post's body on a list, each with what is to be done: ``destroy`` or ``transfer``.

    :raises DisposalNotPossible: ``none``; or, naming the file, ``unknown``, ``not-due``, ``held``, ``listed``,
        ``deed`` that its class does not allow, or ``not-handed-over`` for a transfer before its export.
    """
    if not deeds:
        raise DisposalNotPossible(reason="none")
    # Two who propose at once would list a file twice.
    locks.hold(f"correspondence.disposal.{post.unit.body_uuid}")
    known = {row.uuid: row for row in archive_files_for(post, now).filter(uuid__in=list(deeds))}
    listed = files_on_lists(post.unit.body_uuid)
    items = [_item(known.get(file), deed, listed, now) for file, deed in deeds.items()]
    row = models.DisposalList.objects.create(
        uuid=uuid4(),
        body=unit_row(post.unit.body_uuid),
        state=DisposalState.PROPOSED,
        items=items,
        proposed_by=actor.uuid or post.uuid,
        proposed_at=now,
    )
    facts.record(DISPOSAL_PROPOSED, subject=row, actor=actor, at=now, files=[item["file"] for item in items])
    return row.uuid


def _item(row: models.ArchiveFile | None, deed: After, listed: set[UUID], now: datetime) -> dict[str, object]:
    if row is None:
        raise DisposalNotPossible(reason="unknown")
    code, after = f"{row.archive_class.code}/{row.number}", After(row.archive_class.after)
    day, closed_at = due_on(row), row.closed_at
    if row.disposed_at is not None or closed_at is None or day is None or not is_due(row, now):
        raise DisposalNotPossible(reason="not-due", file=code)
    if held_among([row.id]):
        raise DisposalNotPossible(reason="held", file=code)
    if row.uuid in listed:
        raise DisposalNotPossible(reason="listed", file=code)
    if deed not in DISPOSALS or after not in {deed, After.ASSESS}:
        raise DisposalNotPossible(reason="deed", file=code)
    if deed is After.TRANSFER and not was_handed_over(row.uuid):
        raise DisposalNotPossible(reason="not-handed-over", file=code)
    return {
        "file": str(row.uuid),
        "code": code,
        "title": row.title,
        "secrecy": row.secrecy,
        "deed": str(deed),
        "legal_basis": row.archive_class.legal_basis,
        "closed_on": closed_at.astimezone(TEHRAN).date().isoformat(),
        "due_on": day.isoformat(),
        "letters": letters_in([row.id]).get(row.id, 0),
    }


def _proposed(disposal: UUID, post: Post, actor: Actor) -> models.DisposalList:
    rows = models.DisposalList.objects.select_for_update().filter(uuid=disposal, body__uuid=post.unit.body_uuid)
    row = rows.first()
    if row is None:
        raise DisposalUnknown
    if row.state != DisposalState.PROPOSED:
        raise DisposalNotPossible(reason="decided")
    if row.proposed_by in {actor.uuid, actor.on_behalf_of}:
        raise DisposalByProposer
    return row


@transaction.atomic
def approve_disposal(*, disposal: UUID, post: Post, actor: Actor, now: datetime) -> None:
    """Approve a list; it is carried out from now on, and what is erased does not come back.

    :raises DisposalUnknown: if it is not of the post's body.
    :raises DisposalByProposer: for who proposed it, also through a substitute.
    :raises DisposalNotPossible: if it was decided before, or a file on it is held by now.
    """
    row = _proposed(disposal, post, actor)
    files = archive_files().filter(uuid__in=[item["file"] for item in row.items])
    if held := held_among(one.id for one in files):
        one = next(one for one in files if one.id in held)
        raise DisposalNotPossible(reason="held", file=f"{one.archive_class.code}/{one.number}")
    row.state, row.decided_by, row.decided_at = DisposalState.APPROVED, actor.uuid or post.uuid, now
    row.save(update_fields=["state", "decided_by", "decided_at"])
    facts.record(DISPOSAL_DECIDED, subject=row, actor=actor, at=now, approved=True)


@transaction.atomic
def reject_disposal(*, disposal: UUID, reason: str, post: Post, actor: Actor, now: datetime) -> None:
    """Reject a list with the reason; its files may be proposed again.

    :raises DisposalUnknown, DisposalByProposer, DisposalNotPossible: as approving.
    :raises ReasonNeeded: without a reason.
    """
    said = require_reason(reason)
    row = _proposed(disposal, post, actor)
    row.state, row.decided_by, row.decided_at, row.reason = (
        DisposalState.REJECTED,
        actor.uuid or post.uuid,
        now,
        said,
    )
    row.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    facts.record(DISPOSAL_DECIDED, subject=row, actor=actor, at=now, approved=False, reason=said)


@transaction.atomic
def dispose_next(*, disposal: UUID, actor: Actor, now: datetime) -> bool:
    """Deal with the next file of an approved list; return whether there was one.

    A file that is held or was opened again by now stays, and the list says so. The content of a letter goes with the
    last file that it lies in. A power cut leaves each file either whole or erased.
    """
    rows = models.DisposalList.objects.select_for_update(skip_locked=True)
    row = rows.filter(uuid=disposal, state=DisposalState.APPROVED).first()
    if row is None:
        return False
    items: list[dict[str, Any]] = list(row.items)
    item = next((one for one in items if not one.get("outcome")), None)
    if item is None:
        row.state, row.done_at = DisposalState.DONE, now
        row.save(update_fields=["state", "done_at"])
        facts.record(DISPOSAL_DONE, subject=row, actor=actor, at=now)
        return False
    item["outcome"] = _dispose(UUID(item["file"]), After(item["deed"]), row, actor=actor, now=now)
    row.items = items
    row.save(update_fields=["items"])
    facts.record(DISPOSAL_CARRIED_OUT, subject=row, actor=actor, at=now, file=item["file"], outcome=item["outcome"])
    power_may_fail("disposal.before-commit")
    return True


def _dispose(file: UUID, deed: After, of: models.DisposalList, *, actor: Actor, now: datetime) -> str:
    """Erase what lies in a file, or return why it stays."""
    row = archive_files().select_for_update(of=("self",)).get(uuid=file)
    if row.closed_at is None:
        return "reopened"
    if held_among([row.id]):
        return "held"
    if deed is After.TRANSFER and not was_handed_over(row.uuid):
        return "not-handed-over"
    row.disposed_at, row.disposal = now, str(deed)
    row.save(update_fields=["disposed_at", "disposal"])
    facts.record(ARCHIVE_FILE_DISPOSED, subject=row, actor=actor, at=now, by_list=of.uuid)
    for letter in _letters_only_here(row):
        erase_letter(letter, actor=actor, now=now)
    return str(deed)


def _letters_only_here(row: models.ArchiveFile) -> Iterable[models.Letter]:
    """Return the letters of a file that lie in no other file whose time is not over."""
    here = models.Filing.objects.filter(volume__file=row, removed_at=None).values("letter_id")
    elsewhere = models.Filing.objects.filter(removed_at=None, volume__file__disposed_at=None).values("letter_id")
    rows = models.Letter.objects.select_for_update().filter(id__in=here).exclude(id__in=elsewhere).order_by("id")
    return rows.iterator(chunk_size=200)
