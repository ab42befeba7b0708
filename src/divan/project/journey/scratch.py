"""A scratch copy of the running installation: its database and the files it vouches for, removed afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg
from django.conf import settings
from django.db import transaction
from psycopg import sql

from divan.foundation import locks
from divan.project.journey.forgeries import PREFIX
from divan.project.journey.visitors import StoryBroken
from divan.trust.ledger.queries import SEALER

_NOT_COPIED = ("pg", "static", "log", "witnesses")
"""Folders of the data that are no part of what the house vouches for: the database server's own, made assets, words of
processes, and what the witnesses keep, who are somebody else."""


@dataclass(frozen=True, slots=True)
class Scratch:
    """A copy to be altered: its database, in which no trigger guards a row, its folder, and how much was copied."""

    name: str
    url: str
    folder: Path
    rows: int

    def environment(self) -> dict[str, str]:
        """Return the environment of a process that works on the copy instead of the installation."""
        return {**os.environ, "DIVAN_DATABASE_URL": self.url, "DIVAN_DATA": str(self.folder)}


@contextmanager
def scratch_copy(data: Path) -> Iterator[Scratch]:
    """Copy the installation whose settings are in force, with its data folder, for the length of a block.

    Database and files are copied under the sealer's lock, so that they show the log at one moment; nothing else of the
    installation waits.

    :raises StoryBroken: if the database user may not make a database.
    """
    name = PREFIX + secrets.token_hex(6)
    folder = Path(tempfile.mkdtemp(prefix="divan-scratch-"))
    made = Scratch(name, _url(name), folder, 0)
    try:
        _create(name)
        try:
            _migrate(made)
            rows = _copy(made, data)
            yield Scratch(name, made.url, folder, rows)
        finally:
            _administer(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _known() -> Mapping[str, str]:
    return {
        key: str(settings.DATABASES["default"].get(key) or "") for key in ("HOST", "PORT", "USER", "PASSWORD", "NAME")
    }


def _url(name: str) -> str:
    user, password, host, port = (quote(_known()[key], safe="") for key in ("USER", "PASSWORD", "HOST", "PORT"))
    return f"postgresql://{user}:{password}@{host}{f':{port}' if port else ''}/{name}"


def _connect(name: str, *, autocommit: bool = False) -> psycopg.Connection[tuple[object, ...]]:
    known = _known()
    return psycopg.connect(
        host=known["HOST"] or None,
        port=known["PORT"] or None,
        user=known["USER"] or None,
        password=known["PASSWORD"] or None,
        dbname=name,
        autocommit=autocommit,
    )


def _administer(statement: sql.Composed) -> None:
    with _connect("postgres", autocommit=True) as connection:
        connection.execute(statement)


def _create(name: str) -> None:
    try:
        _administer(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise StoryBroken(
            f"no scratch copy: the database user may not create databases ({error.diag.message_primary}); "
            "run the journey with --quick, or give it that right"
        ) from error


def _migrate(made: Scratch) -> None:
    command = [sys.executable, "-m", "divan.project.command_line", "migrate"]
    done = subprocess.run(command, env=made.environment(), capture_output=True, text=True, check=False)  # noqa: S603 (ourselves)
    if done.returncode:
        raise StoryBroken(f"the scratch copy cannot be migrated: {done.stderr.strip()[-500:]}")


def _copy(made: Scratch, data: Path) -> int:
    with transaction.atomic():
        locks.hold(SEALER)
        with _connect(_known()["NAME"]) as source, _connect(made.name) as target:
            source.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            rows = _copy_tables(source, target)
        for path in sorted(data.iterdir()):
            if path.name not in _NOT_COPIED:
                _copy_path(path, made.folder / path.name)
    return rows


def _copy_path(path: Path, target: Path) -> None:
    if path.is_dir():
        # A file that is gone when its turn comes was one being written, under a name for the moment.
        shutil.copytree(path, target, symlinks=True, copy_function=_copy_file, dirs_exist_ok=True)
    elif path.is_file():
        _copy_file(str(path), str(target))


def _copy_file(path: str, target: str) -> None:
    try:
        shutil.copy2(path, target)
    except FileNotFoundError:
        if Path(path).exists():
            raise


def _copy_tables(source: psycopg.Connection[tuple[object, ...]], target: psycopg.Connection[tuple[object, ...]]) -> int:
    _divide(source, target)
    # What is divided by day holds no row itself; its parts are tables of their own.
    found = source.execute(
        "SELECT relname FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relpersistence = 'p' ORDER BY relname"
    )
    names = [str(name) for (name,) in found.fetchall()]
    _disarm(target, names)
    target.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, names))))
    _count_on(source, target)
    return sum(_copy_table(source, target, name) for name in names)


def _count_on(source: psycopg.Connection[tuple[object, ...]], target: psycopg.Connection[tuple[object, ...]]) -> None:
    """Let the copy's sequences go on where those of the house stand, so that it can be worked in."""
    found = source.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL"
    )
    for name, value in found.fetchall():
        target.execute("SELECT setval(format('%%I', %s::text)::regclass, %s)", [name, value])


def _divide(source: psycopg.Connection[tuple[object, ...]], target: psycopg.Connection[tuple[object, ...]]) -> None:
    """Let the copy's tables have the parts that those of the house have; migrations make none, days do."""
    found = source.execute(
        "SELECT part.relname, whole.relname, pg_get_expr(part.relpartbound, part.oid)"
        " FROM pg_inherits JOIN pg_class part ON part.oid = inhrelid JOIN pg_class whole ON whole.oid = inhparent"
        " WHERE part.relispartition AND part.relkind = 'r' AND whole.relnamespace = 'public'::regnamespace"
    )
    for part, whole, bound in found.fetchall():
        target.execute(
            sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF {} {}").format(
                sql.Identifier(str(part)),
                sql.Identifier(str(whole)),
                sql.SQL(str(bound)),  # the database's own text of its own bound
            )
        )


def _disarm(target: psycopg.Connection[tuple[object, ...]], names: Sequence[str]) -> None:
    """Take off what guards rows from one another and from the owner of the tables, who needs no more to do so."""
    found = target.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE contype = 'f' AND conparentid = 0 AND connamespace = 'public'::regnamespace"
    )
    for table, constraint in found.fetchall():
        target.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                sql.Identifier(str(table)), sql.Identifier(str(constraint))
            )
        )
    for name in names:
        target.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(name)))


def _copy_table(
    source: psycopg.Connection[tuple[object, ...]], target: psycopg.Connection[tuple[object, ...]], name: str
) -> int:
    found = source.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [name],
    )
    columns = sql.SQL(", ").join(sql.Identifier(str(column)) for (column,) in found.fetchall())
    table = sql.Identifier(name)
    out = sql.SQL("COPY {} ({}) TO STDOUT (FORMAT binary)").format(table, columns)
    into = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(table, columns)
    with source.cursor() as reading, target.cursor() as writing:
        with reading.copy(out) as leaving, writing.copy(into) as arriving:
            for piece in leaving:
                arriving.write(piece)
        return writing.rowcount
