"""Which files are due, and what lists were made of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.archive import (
    archive_file_of,
    archive_files,
    archive_files_for,
    due_on,
    erased_at,
    held_among,
)
from divan.dealings.correspondence.queries.letters import readable_by
from divan.dealings.correspondence.values import (
    After,
    DisposalItem,
    DisposalList,
    DisposalState,
    DisposalUnknown,
    DueFile,
    Erasure,
    Secrecy,
)
from divan.dealings.correspondence.values.kinds import (
    ARCHIVE_FILE_CLOSED,
    ARCHIVE_FILE_EXPORTED,
)
from divan.foundation import facts
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN

MOST_LISTS = 50
MOST_DUE = 500


def list_due(post: Post, at: datetime) -> list[DueFile]:
    """Return the closed files of the post's body, up to its clearance, whose time is over and that are on no list."""
    today = at.astimezone(TEHRAN).date()
    rows = archive_files_for(post, at).filter(
        closed_at__isnull=False, disposed_at=None, archive_class__retention_years__isnull=False
    )
    rows = rows.exclude(archive_class__after=After.KEEP).order_by("closed_at", "id")
    listed = files_on_lists(post.unit.body_uuid)
    due = [row for row in rows.iterator(chunk_size=500) if row.uuid not in listed and _is_over(row, today)][:MOST_DUE]
    counts, held = letters_in(row.id for row in due), held_among(row.id for row in due)
    return [
        DueFile(
            file=archive_file_of(row),
            letters=counts.get(row.id, 0),
            is_held=row.id in held,
            handed_over=was_handed_over(row.uuid),
        )
        for row in due
    ]


def _is_over(row: models.ArchiveFile, today: date) -> bool:
    day = due_on(row)
    return day is not None and day <= today


def is_due(row: models.ArchiveFile, at: datetime) -> bool:
    """Whether the time of a file is over."""
    return _is_over(row, at.astimezone(TEHRAN).date())


def letters_in(files: Iterable[int]) -> dict[int, int]:
    """Return how many letters lie in each of these files, by their rows."""
    rows = models.Filing.objects.filter(volume__file_id__in=list(files), removed_at=None).values("volume__file_id")
    return dict(rows.annotate(many=Count("letter_id", distinct=True)).values_list("volume__file_id", "many"))


def files_on_lists(body: UUID) -> set[UUID]:
    """Return the files that are on a list which is not decided or not carried out."""
    waiting = (DisposalState.PROPOSED, DisposalState.APPROVED)
    rows = models.DisposalList.objects.filter(body__uuid=body, state__in=waiting)
    return {UUID(item["file"]) for row in rows for item in row.items if not item.get("outcome")}


def was_handed_over(file: UUID) -> bool:
    """Whether a file was exported since it was closed last."""
    kinds = facts.recorded_for(file)
    if ARCHIVE_FILE_EXPORTED.code not in kinds:
        return False
    backwards = kinds[::-1]
    closed = backwards.index(ARCHIVE_FILE_CLOSED.code) if ARCHIVE_FILE_CLOSED.code in kinds else len(backwards)
    return backwards.index(ARCHIVE_FILE_EXPORTED.code) < closed


def disposal_of(row: models.DisposalList) -> DisposalList:
    """Return the value of a list's row."""
    return DisposalList(
        uuid=row.uuid,
        body=row.body.uuid,
        state=DisposalState(row.state),
        items=tuple(read_item(item) for item in row.items),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        reason=row.reason,
        done_at=row.done_at,
    )


def read_item(item: dict[str, Any]) -> DisposalItem:
    """Return a line of a list as the row keeps it."""
    return DisposalItem(
        file=UUID(item["file"]),
        code=item["code"],
        title=item["title"],
        secrecy=Secrecy(item["secrecy"]),
        deed=After(item["deed"]),
        legal_basis=item["legal_basis"],
        closed_on=date.fromisoformat(item["closed_on"]),
        due_on=date.fromisoformat(item["due_on"]),
        letters=item["letters"],
        outcome=item.get("outcome", ""),
    )


def list_disposals(post: Post, at: datetime) -> list[DisposalList]:
    """Return the lists of the post's body whose every file it may see, those that wait first, then the newest."""
    rows = models.DisposalList.objects.select_related("body").filter(body__uuid=post.unit.body_uuid)
    readable = set(readable_by(post, at))
    found = [disposal_of(row) for row in rows.order_by(F("done_at").desc(nulls_first=True), "-id")[:MOST_LISTS]]
    return [one for one in found if {item.secrecy for item in one.items} <= readable]


def get_disposal(disposal: UUID, post: Post, at: datetime) -> DisposalList:
    """Return a list of the post's body.

    :raises DisposalUnknown: if there is none, it is another body's, or a file on it is above the post's clearance.
    """
    row = models.DisposalList.objects.select_related("body").filter(uuid=disposal, body__uuid=post.unit.body_uuid)
    found = [disposal_of(one) for one in row]
    if not found or not {item.secrecy for item in found[0].items} <= set(readable_by(post, at)):
        raise DisposalUnknown
    return found[0]


def find_erasure(letter: UUID) -> Erasure | None:
    """Return how the content of a letter was disposed of, with the last file it lay in; None while it is kept."""
    at = erased_at(letter)
    if at is None:
        return None
    lay = models.Filing.objects.filter(letter__uuid=letter, removed_at=None, volume__file__disposed_at=at)
    row = archive_files().get(id=lay.order_by("-id").values_list("volume__file_id", flat=True)[:1])
    listed = models.DisposalList.objects.filter(items__contains=[{"file": str(row.uuid), "outcome": row.disposal}])
    by = listed.order_by("-id").first()
    items: list[dict[str, str]] = by.items if by else []
    item = next((one for one in items if one["file"] == str(row.uuid)), {})
    return Erasure(
        at=at,
        deed=After(row.disposal),
        file=archive_file_of(row),
        legal_basis=item.get("legal_basis", "") or row.archive_class.legal_basis,
        disposal=by.uuid if by else None,
        proposed_by=by.proposed_by if by else None,
        decided_by=by.decided_by if by else None,
    )


def list_approved() -> list[UUID]:
    """Return the approved lists that are not carried out, oldest first."""
    rows = models.DisposalList.objects.filter(state=DisposalState.APPROVED).order_by("id")
    return list(rows.values_list("uuid", flat=True))
