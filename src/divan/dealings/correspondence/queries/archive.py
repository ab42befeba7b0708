"""What the archive tells: the plan of a body, its files up to a post's clearance, and where a letter lies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from divan.dealings.correspondence import models, rules
from divan.dealings.correspondence.queries.letters import letter_of, letters_for, readable_by
from divan.dealings.correspondence.values import (
    After,
    ArchiveClass,
    ArchiveClassUnknown,
    ArchiveFile,
    ArchiveFileUnknown,
    ArchiveVolume,
    Filed,
    LegalHold,
    Letter,
    LetterState,
    Place,
    Secrecy,
)
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import search_pattern, search_terms

FILES_PAGE = 50


def list_plan(body: UUID) -> list[ArchiveClass]:
    """Return the classes of a body's plan that were not ended, each below its own, by code, with how many files."""
    rows = models.ArchiveClass.objects.select_related("parent", "body").filter(body__uuid=body, ended_at=None)
    of_class = models.ArchiveFile.objects.filter(archive_class__body__uuid=body).values("archive_class_id")
    counts = dict(of_class.annotate(many=Count("id")).values_list("archive_class_id", "many"))
    below: dict[int | None, list[models.ArchiveClass]] = {}
    for row in rows.order_by("code"):
        below.setdefault(row.parent_id, []).append(row)
    found: list[ArchiveClass] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in below.get(parent, ()):
            found.append(_class_of(row, depth, has_classes=row.id in below, files=counts.get(row.id, 0)))
            walk(row.id, depth + 1)

    walk(None, 0)
    return found


def _class_of(row: models.ArchiveClass, depth: int, *, has_classes: bool, files: int) -> ArchiveClass:
    return ArchiveClass(
        uuid=row.uuid,
        body=row.body.uuid,
        code=row.code,
        parent=row.parent.code if row.parent else "",
        title_fa=row.title_fa,
        title_en=row.title_en,
        years=row.retention_years,
        after=After(row.after),
        legal_basis=row.legal_basis,
        depth=depth,
        has_classes=has_classes,
        files=files,
    )


def get_class(body: UUID, archive_class: UUID) -> ArchiveClass:
    """Return a class of a body's plan.

    :raises ArchiveClassUnknown: if there is none, or it was ended.
    """
    found = next((one for one in list_plan(body) if one.uuid == archive_class), None)
    if found is None:
        raise ArchiveClassUnknown
    return found


def archive_files() -> QuerySet[models.ArchiveFile]:
    """Return the files with what their values need, nothing hidden."""
    return models.ArchiveFile.objects.select_related("archive_class__body")


def archive_files_for(post: Post, at: datetime) -> QuerySet[models.ArchiveFile]:
    """Return the files of a post's body whose class of secrecy it reads."""
    if post.limit is not None and not post.limit.opens_letters:
        return archive_files().none()
    return archive_files().filter(archive_class__body__uuid=post.unit.body_uuid, secrecy__in=readable_by(post, at))


def due_on(row: models.ArchiveFile) -> date | None:
    """Return the first day on which the time of a file is over; None while it is open, or if it is kept for ever."""
    years, after = row.archive_class.retention_years, row.archive_class.after
    if row.closed_at is None or years is None or after == After.KEEP:
        return None
    return rules.retention_ends(row.closed_at.astimezone(TEHRAN).date(), years)


def archive_file_of(row: models.ArchiveFile) -> ArchiveFile:
    """Return the value of a file's row; its class is loaded with it."""
    plan = row.archive_class
    return ArchiveFile(
        uuid=row.uuid,
        body=plan.body.uuid,
        class_uuid=plan.uuid,
        class_code=plan.code,
        class_fa=plan.title_fa,
        class_en=plan.title_en,
        number=row.number,
        title=row.title,
        secrecy=Secrecy(row.secrecy),
        after=After(plan.after),
        legal_basis=plan.legal_basis,
        opened_by=row.opened_by,
        opened_at=row.opened_at,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        disposed_at=row.disposed_at,
        disposal=row.disposal,
        due_on=due_on(row),
    )


def get_archive_file(file: UUID, post: Post, at: datetime) -> ArchiveFile:
    """Return a file that a post may see.

    :raises ArchiveFileUnknown: if there is none, it is another body's, or its secrecy is above the post's clearance.
    """
    row = archive_files_for(post, at).filter(uuid=file).first()
    if row is None:
        raise ArchiveFileUnknown
    return archive_file_of(row)


def list_archive_files(
    post: Post, at: datetime, *, words: str = "", archive_class: UUID | None = None, only_open: bool = False
) -> list[ArchiveFile]:
    """Return the files that a post may see, newest first: of a class, or whose title or number has all the words."""
    rows = archive_files_for(post, at)
    if archive_class is not None:
        rows = rows.filter(archive_class__uuid=archive_class)
    if only_open:
        rows = rows.filter(closed_at=None)
    for term in search_terms(words):
        rows = rows.filter(Q(title__iregex=search_pattern(term)) | _by_code(term))
    return [archive_file_of(row) for row in rows.order_by("-id")[:FILES_PAGE]]


def _by_code(term: str) -> Q:
    """Return the files of a class, or the one file, that a word such as ``12`` or ``12/3`` names."""
    code, slash, number = term.rpartition("/")
    if slash and number.isascii() and number.isdigit() and len(number) < 9:
        return Q(archive_class__code=code, number=int(number))
    return Q(archive_class__code=term)


def list_volumes(file: UUID) -> list[ArchiveVolume]:
    """Return the volumes of a file in order, each with how many letters lie in it."""
    rows = models.ArchiveVolume.objects.filter(file__uuid=file).order_by("number")
    filed = models.Filing.objects.filter(volume__file__uuid=file, removed_at=None).values("volume_id")
    counts = dict(filed.annotate(many=Count("id")).values_list("volume_id", "many"))
    return [
        ArchiveVolume(
            uuid=row.uuid,
            number=row.number,
            opened_at=row.opened_at,
            closed_at=row.closed_at,
            letters=counts.get(row.id, 0),
        )
        for row in rows
    ]


def list_filed(file: UUID, post: Post, at: datetime, *, volume: int, before: int | None = None) -> list[Filed]:
    """Return the letters of a volume, newest first; one that the post may not read stands there without a word."""
    rows = models.Filing.objects.filter(volume__file__uuid=file, volume__number=volume, removed_at=None)
    if before is not None:
        rows = rows.filter(id__lt=before)
    page = list(rows.select_related("volume").order_by("-id")[:FILES_PAGE])
    readable = letters_for(post, at).filter(id__in=[row.letter_id for row in page])
    known = {row.id: letter_of(row) for row in readable}
    return [
        Filed(
            uuid=row.uuid,
            volume=row.volume.number,
            filed_by=row.filed_by,
            filed_at=row.filed_at,
            letter=known.get(row.letter_id),
        )
        for row in page
    ]


def list_places(letter: UUID, post: Post, at: datetime) -> list[Place]:
    """Return where a letter lies, as far as the post may see the files."""
    rows = models.Filing.objects.filter(letter__uuid=letter, removed_at=None)
    known = {row.id: row for row in archive_files_for(post, at).filter(id__in=rows.values("volume__file_id"))}
    return [
        Place(
            filing=row.uuid,
            file=archive_file_of(known[row.volume.file_id]),
            volume=row.volume.number,
            filed_at=row.filed_at,
        )
        for row in rows.select_related("volume").order_by("id")
        if row.volume.file_id in known
    ]


def erased_at(letter: UUID) -> datetime | None:
    """Return when the content of a letter was erased: with the last of the files it lies in; None while it is kept."""
    rows = models.Filing.objects.filter(letter__uuid=letter, removed_at=None)
    moments = list(rows.values_list("volume__file__disposed_at", flat=True))
    if not moments or None in moments:
        return None
    return max(moment for moment in moments if moment is not None)


def list_unfiled(post: Post, at: datetime, *, words: str = "") -> list[Letter]:
    """Return the closed and filed-away letters of the post's body that it may read and that lie in no file."""
    done = (LetterState.CLOSED, LetterState.DISPATCHED, LetterState.FILED)
    rows = letters_for(post, at).filter(body__uuid=post.unit.body_uuid, state__in=done)
    filed = models.Filing.objects.filter(removed_at=None).values("letter_id")
    rows = rows.exclude(id__in=filed)
    for term in search_terms(words):
        rows = rows.filter(Q(subject__icontains=term) | Q(number__icontains=term))
    return [letter_of(row) for row in rows.order_by(F("registered_at").desc(nulls_last=True), "-id")[:FILES_PAGE]]


def list_holds(file: UUID) -> list[LegalHold]:
    """Return the holds of a file, those in force first."""
    rows = models.LegalHold.objects.filter(file__uuid=file).order_by(F("lifted_at").desc(nulls_first=True), "-id")
    return [
        LegalHold(
            uuid=row.uuid,
            reason=row.reason,
            laid_by=row.laid_by,
            laid_at=row.laid_at,
            lifted_by=row.lifted_by,
            lifted_at=row.lifted_at,
        )
        for row in rows
    ]


def held_letters() -> QuerySet[models.Filing, int]:
    """Return the letters, by their rows, that lie in a file that is held."""
    held = models.LegalHold.objects.filter(lifted_at=None).values("file_id")
    return models.Filing.objects.filter(removed_at=None, volume__file__in=held).values_list("letter_id", flat=True)


def held_among(files: Iterable[int]) -> set[int]:
    """Return which of these files, by their rows, are held."""
    rows = models.LegalHold.objects.filter(file_id__in=list(files), lifted_at=None)
    return set(rows.values_list("file_id", flat=True))
