"""Files and volumes of the archive are opened and closed, and letters are put into them and taken out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.queries.archive import archive_files_for
from divan.dealings.correspondence.queries.archive_disposal import files_on_lists
from divan.dealings.correspondence.queries.letters import letters_for
from divan.dealings.correspondence.values import (
    ArchiveClassUnknown,
    ArchiveFileClosed,
    ArchiveFileUnfit,
    ArchiveFileUnknown,
    FileNotSecretEnough,
    FilingUnknown,
    LetterUnknown,
    ReasonNeeded,
    Secrecy,
)
from divan.dealings.correspondence.values.kinds import (
    ARCHIVE_FILE_CHANGED,
    ARCHIVE_FILE_CLOSED,
    ARCHIVE_FILE_OPENED,
    ARCHIVE_FILE_REOPENED,
    ARCHIVE_VOLUME_CLOSED,
    ARCHIVE_VOLUME_OPENED,
    LETTER_ARCHIVED,
    LETTER_TAKEN_OUT,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people.values import Post

LONGEST_TITLE = 300


def require_reason(reason: str) -> str:
    """Return the reason without the spaces around it.

    :raises ReasonNeeded: without one.
    """
    said = " ".join(reason.split())
    if not said:
        raise ReasonNeeded
    return said[:500]


def locked_file(file: UUID, post: Post, now: datetime) -> models.ArchiveFile:
    """Return the row of a file that a post may see, under its lock.

    :raises ArchiveFileUnknown: if there is none.
    """
    row = archive_files_for(post, now).select_for_update(of=("self",)).filter(uuid=file).first()
    if row is None:
        raise ArchiveFileUnknown
    return row


def _clean_title(title: str) -> str:
    said = " ".join(title.split())
    if not said or len(said) > LONGEST_TITLE:
        raise ArchiveFileUnfit(reason="title")
    return said


@transaction.atomic
def open_archive_file(
    *, archive_class: UUID, title: str, secrecy: Secrecy, post: Post, actor: Actor, now: datetime
) -> UUID:
    """Open a file in a class of the post's body under the next number, with its first volume.

    :raises ArchiveClassUnknown: if the body's plan has no such class.
    :raises ArchiveFileUnfit: ``class`` with classes below it, ``title`` without one, ``secrecy`` above the clearance.
    """
    known = models.ArchiveClass.objects.select_for_update(of=("self",)).filter(
        uuid=archive_class, body__uuid=post.unit.body_uuid, ended_at=None
    )
    plan = known.first()
    if plan is None:
        raise ArchiveClassUnknown
    if models.ArchiveClass.objects.filter(parent=plan, ended_at=None).exists():
        raise ArchiveFileUnfit(reason="class")
    if secrecy not in queries.readable_by(post, now):
        raise ArchiveFileUnfit(reason="secrecy")
    last = models.ArchiveFile.objects.filter(archive_class=plan).aggregate(last=Max("number"))["last"] or 0
    row = models.ArchiveFile.objects.create(
        uuid=uuid4(),
        archive_class=plan,
        number=last + 1,
        title=_clean_title(title),
        secrecy=secrecy,
        opened_by=actor.uuid or post.uuid,
        opened_at=now,
    )
    facts.record(ARCHIVE_FILE_OPENED, subject=row, actor=actor, at=now, archive_class=plan.uuid, number=row.number)
    _open_volume(row, 1, actor=actor, now=now)
    return row.uuid


def _open_volume(row: models.ArchiveFile, number: int, *, actor: Actor, now: datetime) -> models.ArchiveVolume:
    volume = models.ArchiveVolume.objects.create(uuid=uuid4(), file=row, number=number, opened_at=now)
    facts.record(ARCHIVE_VOLUME_OPENED, subject=volume, actor=actor, at=now, file=row.uuid, number=number)
    return volume


def _open_one(row: models.ArchiveFile) -> models.ArchiveVolume:
    """Return the volume that takes letters now: an open file has exactly one."""
    return models.ArchiveVolume.objects.select_for_update().get(file=row, closed_at=None)


def _close_volume(volume: models.ArchiveVolume, *, actor: Actor, now: datetime) -> None:
    volume.closed_at = now
    volume.save(update_fields=["closed_at"])
    facts.record(ARCHIVE_VOLUME_CLOSED, subject=volume, actor=actor, at=now)


def _require_open(row: models.ArchiveFile) -> None:
    if row.closed_at is not None:
        raise ArchiveFileClosed(reason="closed")


@transaction.atomic
def change_archive_file(*, file: UUID, title: str, secrecy: Secrecy, post: Post, actor: Actor, now: datetime) -> None:
    """Change title and class of secrecy of an open file; the class stays at or above that of every letter in it.

    :raises ArchiveFileUnknown, ArchiveFileClosed: if there is no such open file.
    :raises ArchiveFileUnfit: ``title``, or ``secrecy`` above the post's clearance.
    :raises FileNotSecretEnough: if a letter in it is of a higher class.
    """
    row = locked_file(file, post, now)
    _require_open(row)
    if secrecy not in queries.readable_by(post, now):
        raise ArchiveFileUnfit(reason="secrecy")
    lies = models.Filing.objects.filter(volume__file=row, removed_at=None).values("letter_id")
    if models.Letter.objects.filter(id__in=lies).exclude(secrecy__in=secrecy.readable).exists():
        raise FileNotSecretEnough
    row.title, row.secrecy = _clean_title(title), secrecy
    row.save(update_fields=["title", "secrecy"])
    facts.record(ARCHIVE_FILE_CHANGED, subject=row, actor=actor, at=now)


@transaction.atomic
def open_volume(*, file: UUID, post: Post, actor: Actor, now: datetime) -> int:
    """Close the volume that takes letters and open the next one; return its number.

    :raises ArchiveFileUnknown, ArchiveFileClosed: if there is no such open file.
    :raises ArchiveFileUnfit: ``empty`` while nothing lies in the present volume.
    """
    row = locked_file(file, post, now)
    _require_open(row)
    volume = _open_one(row)
    if not models.Filing.objects.filter(volume=volume, removed_at=None).exists():
        raise ArchiveFileUnfit(reason="empty")
    _close_volume(volume, actor=actor, now=now)
    return _open_volume(row, volume.number + 1, actor=actor, now=now).number


@transaction.atomic
def close_archive_file(*, file: UUID, post: Post, actor: Actor, now: datetime) -> None:
    """Close a file with its volume; from this day its time of retention runs, in Jalali years.

    :raises ArchiveFileUnknown, ArchiveFileClosed: if there is no such open file.
    """
    row = locked_file(file, post, now)
    _require_open(row)
    _close_volume(_open_one(row), actor=actor, now=now)
    row.closed_by, row.closed_at = actor.uuid or post.uuid, now
    row.save(update_fields=["closed_by", "closed_at"])
    facts.record(ARCHIVE_FILE_CLOSED, subject=row, actor=actor, at=now)


@transaction.atomic
def reopen_archive_file(*, file: UUID, reason: str, post: Post, actor: Actor, now: datetime) -> None:
    """Open a closed file again, with a new volume; its time of retention begins anew when it is closed again.

    :raises ArchiveFileUnknown: if there is no such file.
    :raises ArchiveFileClosed: if it is open, disposed of, or on a list that is not decided or not carried out.
    :raises ReasonNeeded: without a reason.
    """
    said = require_reason(reason)
    row = locked_file(file, post, now)
    if row.closed_at is None:
        raise ArchiveFileClosed(reason="open")
    if row.disposed_at is not None:
        raise ArchiveFileClosed(reason="disposed")
    if row.uuid in files_on_lists(row.archive_class.body.uuid):
        raise ArchiveFileClosed(reason="listed")
    row.closed_by = row.closed_at = None
    row.save(update_fields=["closed_by", "closed_at"])
    facts.record(ARCHIVE_FILE_REOPENED, subject=row, actor=actor, at=now, reason=said)
    last = models.ArchiveVolume.objects.filter(file=row).aggregate(last=Max("number"))["last"] or 0
    _open_volume(row, last + 1, actor=actor, now=now)


@transaction.atomic
def put_in_file(*, letters: Iterable[UUID], file: UUID, post: Post, actor: Actor, now: datetime) -> int:
    """Put letters of the file's body into the volume that takes letters; return how many did not lie there before.

    All go in, or none. A letter may lie in several files.

    :raises ArchiveFileUnknown, ArchiveFileClosed: if there is no such open file.
    :raises LetterUnknown: if a letter is not for this post, is another body's, or has no number yet.
    :raises FileNotSecretEnough: if a letter's class of secrecy is above the file's.
    """
    row = locked_file(file, post, now)
    _require_open(row)
    volume = _open_one(row)
    wanted = set(letters)
    readable = letters_for(post, now).filter(uuid__in=wanted, body_id=row.archive_class.body_id)
    found = list(readable.exclude(state__in=models.UNNUMBERED).order_by("id"))
    if len(found) < len(wanted):
        raise LetterUnknown
    if any(Secrecy(letter.secrecy).rank > Secrecy(row.secrecy).rank for letter in found):
        raise FileNotSecretEnough
    lies = set(
        models.Filing.objects.filter(volume__file=row, removed_at=None, letter__in=found).values_list(
            "letter_id", flat=True
        )
    )
    fresh = [letter for letter in found if letter.id not in lies]
    for letter in fresh:
        filing = models.Filing.objects.create(
            uuid=uuid4(), letter=letter, volume=volume, filed_by=actor.uuid or post.uuid, filed_at=now
        )
        facts.record(LETTER_ARCHIVED, subject=filing, actor=actor, at=now, letter=letter.uuid, file=row.uuid)
    power_may_fail("archive.before-filed")
    return len(fresh)


@transaction.atomic
def take_out(*, filing: UUID, reason: str, post: Post, actor: Actor, now: datetime) -> None:
    """Take a letter out of an open file; it stays known that it lay there, and why it was taken out.

    :raises FilingUnknown: if nothing lies there that this post may read.
    :raises ArchiveFileClosed: if the file is closed.
    :raises ReasonNeeded: without a reason.
    """
    said = require_reason(reason)
    row = _lying(filing, post, now)
    _require_open(locked_file(row.volume.file.uuid, post, now))
    row.removed_by, row.removed_at = actor.uuid or post.uuid, now
    row.save(update_fields=["removed_by", "removed_at"])
    facts.record(LETTER_TAKEN_OUT, subject=row, actor=actor, at=now, reason=said)


def _lying(filing: UUID, post: Post, now: datetime) -> models.Filing:
    rows = models.Filing.objects.select_related("volume__file", "letter").select_for_update(of=("self",))
    row = rows.filter(uuid=filing, removed_at=None).first()
    if row is None or not letters_for(post, now).filter(id=row.letter_id).exists():
        raise FilingUnknown
    return row


@transaction.atomic
def move_letter(*, filing: UUID, file: UUID, reason: str, post: Post, actor: Actor, now: datetime) -> None:
    """Take a letter out of an open file and put it into another one of the same body.

    :raises FilingUnknown, ArchiveFileUnknown, ArchiveFileClosed, FileNotSecretEnough, ReasonNeeded: nothing is moved.
    """
    letter = _lying(filing, post, now).letter.uuid
    take_out(filing=filing, reason=reason, post=post, actor=actor, now=now)
    put_in_file(letters=[letter], file=file, post=post, actor=actor, now=now)
