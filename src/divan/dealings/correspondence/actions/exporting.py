"""Closed files are handed over: written into a folder that is there whole or not at all, and noted on each file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries import archive_records as records
from divan.dealings.correspondence.values import Exported, ExportNotPossible, Secrecy
from divan.dealings.correspondence.values.kinds import ARCHIVE_FILE_EXPORTED
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.errors import NotFound
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import Unit
from divan_libs.transfer import values as transfer
from divan_libs.transfer.writing import FolderWriter, new_folder


def export_archive(
    *, body: str, to: Path, up_to: Secrecy = Secrecy.ORDINARY, file: UUID | None = None, actor: Actor, now: datetime
) -> Exported:
    """Write the closed files of a body, or one of them, into a new folder; files above ``up_to`` are left out.

    The facts come after the folder: a power cut between leaves a folder that nothing rests upon, and the files count as
    not handed over.

    :raises ExportNotPossible: ``nothing`` to write, ``taken`` where the folder exists, or ``document`` where the bytes
        of a letter's document are missing or altered: nothing is left of the folder.
    """
    unit = people.get_unit(body)
    rows, left_out = records.closed_files(unit.uuid, up_to=up_to, file=file)
    if not rows:
        raise ExportNotPossible(reason="nothing", left_out=left_out)
    archive = _archive(unit, rows, actor, now)
    try:
        with new_folder(to, lambda: power_may_fail("export.before-rename")) as folder:
            folder.structure.begin(archive)
            _write_classes(folder, rows, unit.name_fa)
            folder.structure.end()
            written = folder.finish(archive)
    except transfer.FolderTaken as error:
        raise ExportNotPossible(reason="taken", folder=str(to)) from error
    except (transfer.DocumentAltered, NotFound) as error:
        raise ExportNotPossible(reason="document", document=str(error)) from error
    power_may_fail("export.before-facts")
    _note(rows, written, actor=actor, now=now)
    return Exported(
        files=written.files,
        letters=written.letters,
        documents=written.documents,
        size=written.size,
        left_out=left_out,
        manifest=written.manifest,
    )


@transaction.atomic
def _note(rows: Sequence[models.ArchiveFile], written: transfer.Written, *, actor: Actor, now: datetime) -> None:
    for row in models.ArchiveFile.objects.select_for_update().filter(id__in=[one.id for one in rows]).order_by("id"):
        facts.record(
            ARCHIVE_FILE_EXPORTED, subject=row, actor=actor, at=now, changes_nothing=True, manifest=written.manifest
        )


def _archive(unit: Unit, rows: Sequence[models.ArchiveFile], actor: Actor, now: datetime) -> transfer.Archive:
    """Return whose archive it is; its identifiers are made of the body's, so that they are the same each time."""
    made = [str(uuid5(NAMESPACE_URL, f"urn:uuid:{unit.uuid}#{part}")) for part in ("archive", "part", "system")]
    return transfer.Archive(
        uuid=made[0],
        part_uuid=made[1],
        system_uuid=made[2],
        creator_code=unit.code,
        creator=unit.name_fa,
        opened_at=min(row.opened_at for row in rows),
        made_at=now,
        made_by=str(actor.uuid or actor.kind),
    )


def _write_classes(folder: FolderWriter, rows: Sequence[models.ArchiveFile], name: str) -> None:
    """Write the classes that hold these files, each below its own."""
    by_class: dict[int, list[models.ArchiveFile]] = {}
    for row in rows:
        by_class.setdefault(row.archive_class_id, []).append(row)
    known = {one.id: one for one in models.ArchiveClass.objects.filter(body_id=rows[0].archive_class.body_id)}
    needed: set[int] = set()
    for wanted in by_class:
        above: int | None = wanted
        while above is not None and above not in needed:
            needed.add(above)
            above = known[above].parent_id
    exported, seen = records.letters_of_files(rows), set[UUID]()

    def write(parent: int | None) -> None:
        for one in sorted((known[row] for row in needed if known[row].parent_id == parent), key=lambda one: one.code):
            made_at = min(row.opened_at for row in rows)
            folder.structure.open_class(
                transfer.Class(uuid=str(one.uuid), code=one.code, title=one.title_fa, made_at=made_at, made_by=name)
            )
            write(one.id)
            for row in by_class.get(one.id, ()):
                _write_file(folder, row, exported, seen, name)
            folder.structure.close_class()

    write(None)


def _write_file(folder: FolderWriter, row: models.ArchiveFile, exported: set[UUID], seen: set[UUID], name: str) -> None:
    told = records.file_record(row, name)
    folder.structure.open_file(told)
    for volume in records.volume_rows(row):
        lies = records.letters_of_volume(volume)
        fresh = [one for one in lies if one not in seen]
        seen.update(fresh)
        elsewhere = [one for one in lies if one not in set(fresh)]
        folder.structure.open_volume(records.volume_record(volume, told, elsewhere))
        for record in records.letter_records(volume, fresh, exported, name):
            folder.add(record)
        folder.structure.close_volume()
    folder.structure.close_file(told)
    folder.files += 1
