"""What places does: takes over a list of divisions, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.db import connection, transaction

from divan.foundation import facts, locks
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.places import models, rules
from divan.registers.places.values import (
    CODE_LENGTH,
    DIVISIONS_IMPORTED,
    ImportReport,
    Level,
    PlaceRow,
    RowFault,
    SourceUnreadable,
    TooManyFaults,
)
from divan_libs.persian.text import normalize, search_text, sort_key

FILES = {
    Level.PROVINCE: "ostan.csv",
    Level.COUNTY: "shahrestan.csv",
    Level.DISTRICT: "bakhsh.csv",
    Level.CITY: "shahr.csv",
    Level.RURAL_DISTRICT: "dehestan.csv",
    Level.VILLAGE: "abadi.csv",
}
MAX_FAULTS = 200
Progress = Callable[[str, int], None]


def import_divisions(
    *, directory: Path, actor: Actor, now: datetime, progress: Progress = lambda _stage, _count: None
) -> ImportReport:
    """Take over the five levels of the Statistical Centre's list from a folder of CSV files, in one transaction.

    Running it again changes nothing; a newer list adds, renames and moves divisions and closes those it lacks, inside
    the provinces that it names. ``progress`` is told each stage and the rows done since the last call.

    :raises SourceUnreadable: if a file or a column is missing.
    :raises TooManyFaults: if more than 200 rows are bad; nothing is imported then.
    """
    rows, faults, sha256 = _read(directory, progress)
    with transaction.atomic():
        locks.hold("places.import")
        _stage(rows, progress)
        counts = _merge(now)
        power_may_fail("places.before-fact")
        taken = models.DivisionList.objects.create(
            uuid=uuid4(),
            name=directory.name[:200],
            sha256=sha256,
            imported_at=now,
            read=len(rows),
            faults=[[fault.file, fault.line, fault.code, fault.detail] for fault in faults],
            **counts,
        )
        facts.record(DIVISIONS_IMPORTED, subject=taken, actor=actor, at=now, read=len(rows), counts=counts)
    return ImportReport(
        read=len(rows), unchanged=len(rows) - counts["added"] - counts["changed"], faults=tuple(faults), **counts
    )


def _read(directory: Path, progress: Progress) -> tuple[list[PlaceRow], list[RowFault], str]:
    sha256 = hashlib.sha256()
    faults: list[RowFault] = []
    rows: dict[str, PlaceRow] = {}
    code_of: dict[tuple[str, str], str] = {}
    columns = {
        "ostan": Level.PROVINCE,
        "shahrestan": Level.COUNTY,
        "bakhsh": Level.DISTRICT,
        "dehestan": Level.RURAL_DISTRICT,
    }
    for level, name in FILES.items():
        path = directory / name
        try:
            content = path.read_bytes()
        except OSError as error:
            raise SourceUnreadable(file=str(path)) from error
        sha256.update(content)
        progress(f"read {name}", 0)
        for line, source in _lines(content, name, level):
            parent_field = rules.PARENT_FIELDS[level]
            parent_code = code_of.get((columns[parent_field[0]], source[parent_field[0]]), "?") if parent_field else ""
            row = PlaceRow(
                code=(source["amar_code"] or "").strip(),
                name=normalize(source["name"] or ""),
                level=level,
                parent_code=parent_code,
                inhabitable=rules.is_inhabitable(level, source),
            )
            fault = rules.code_fault(row) or ("places.row-code-repeated" if row.code in rows else "")
            if fault:
                faults.append(RowFault(name, line, fault, f"{row.code} {row.name}"))
                if len(faults) > MAX_FAULTS:
                    raise TooManyFaults(first=str(faults[0]), count=len(faults))
                continue
            rows[row.code] = row
            code_of[level, source["id"]] = row.code
    return list(rows.values()), faults, sha256.hexdigest()


def _lines(content: bytes, name: str, level: Level) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        reader = csv.DictReader(content.decode("utf-8-sig").splitlines())
    except UnicodeDecodeError as error:
        raise SourceUnreadable(file=name, reason="not UTF-8") from error
    needed = {"id", "name", "amar_code", *rules.PARENT_FIELDS[level]}
    if missing := needed - set(reader.fieldnames or ()):
        raise SourceUnreadable(file=name, columns=sorted(missing))
    for source in reader:
        yield reader.line_num, source


def _stage(rows: list[PlaceRow], progress: Progress) -> None:
    """Copy the incoming list into a table that vanishes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.incoming_place")
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming_place (code text PRIMARY KEY, level text, name text, sort_key text, "
            "search_text text, parent_code text, inhabitable boolean) ON COMMIT DROP"
        )
        with cursor.copy(
            "COPY incoming_place (code, level, name, sort_key, search_text, parent_code, inhabitable) FROM STDIN"
        ) as copy:
            for number, row in enumerate(rows, start=1):
                copy.write_row(
                    (
                        row.code,
                        str(row.level),
                        row.name,
                        sort_key(row.name),
                        search_text(row.name, joined=True),
                        row.parent_code or None,
                        row.inhabitable,
                    )
                )
                if number % 2000 == 0:
                    progress("write", 2000)
        cursor.execute("ANALYZE incoming_place")


def _merge(now: datetime) -> dict[str, int]:
    """Bring the table to the incoming list, level by level so that parents stand before their children."""
    day = now.date()
    added = changed = 0
    with connection.cursor() as cursor:
        for level in CODE_LENGTH:
            cursor.execute(
                """
                UPDATE places_place p
                SET name = i.name, sort_key = i.sort_key, search_text = i.search_text, parent_id = up.id,
                    inhabitable = i.inhabitable, valid_until = NULL
                FROM incoming_place i LEFT JOIN places_place up ON up.code = i.parent_code
                WHERE p.code = i.code AND i.level = %s
                  AND (p.name, p.sort_key, p.search_text, p.parent_id, p.inhabitable, p.valid_until)
                      IS DISTINCT FROM (i.name, i.sort_key, i.search_text, up.id, i.inhabitable, NULL)
                """,
                [str(level)],
            )
            changed += cursor.rowcount
            cursor.execute(
                """
                INSERT INTO places_place
                    (uuid, code, level, name, sort_key, search_text, parent_id, inhabitable, valid_from)
                SELECT gen_random_uuid(), i.code, i.level, i.name, i.sort_key, i.search_text, up.id, i.inhabitable, %s
                FROM incoming_place i LEFT JOIN places_place up ON up.code = i.parent_code
                WHERE i.level = %s AND NOT EXISTS (SELECT 1 FROM places_place p WHERE p.code = i.code)
                """,
                [day, str(level)],
            )
            added += cursor.rowcount
        cursor.execute(
            """
            UPDATE places_place p SET valid_until = greatest(%s::date, p.valid_from + 1)
            WHERE p.valid_until IS NULL AND NOT EXISTS (SELECT 1 FROM incoming_place i WHERE i.code = p.code)
              AND left(p.code, 2) IN (SELECT code FROM incoming_place WHERE level = 'province')
              AND (p.level, left(p.code, 2)) IN (SELECT level, left(code, 2) FROM incoming_place)
            """,
            [day],
        )
        closed = cursor.rowcount
    return {"added": added, "changed": changed, "closed": closed}
