"""As whom PostgreSQL runs: ourselves, or, because it refuses to run as root, an unprivileged account."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from divan.project.launcher.troubles import NoOrdinaryAccount

_NOBODY = 65534


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the machine; ``switch`` tells whether we are root and must become it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def options(self) -> dict[str, Any]:
        """Return what ``subprocess`` needs to start a program as this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}


def server_account() -> Account:
    """Return as whom the server runs: ourselves; for root ``postgres`` where it exists, else ``nobody``."""
    if os.geteuid() != 0:
        uid = os.geteuid()
        return Account(name=_name_of(uid), uid=uid, gid=os.getegid(), switch=False)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid, switch=True)
    return Account(name="nobody", uid=_NOBODY, gid=_NOBODY, switch=True)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def program_environment(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment for PostgreSQL's programs: English messages and none of libpq's own variables."""
    kept = {name: value for name, value in environment.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def run_as(
    account: Account, command: Sequence[str | Path], *, timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the account and return its output, error output included in ``stdout``.

    :raises NoOrdinaryAccount: when root may not become the account.
    """
    try:
        return subprocess.run(  # noqa: S603 (our own command lines, no shell)
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            cwd="/",
            env=program_environment(),
            timeout=timeout,
            check=False,
            **account.options(),
        )
    except PermissionError as error:
        raise _explained(account, error) from error


def start_as(
    account: Account, command: Sequence[str | Path], *, output: IO[bytes], before: Callable[[], None]
) -> subprocess.Popen[bytes]:
    """Start a program as the account, as our direct child in a session of its own, and return at once.

    :raises NoOrdinaryAccount: when root may not become the account.
    """
    try:
        return subprocess.Popen(  # noqa: S603 (our own command line, no shell)
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            env=program_environment(),
            start_new_session=True,
            preexec_fn=before,  # noqa: PLW1509 (one system call; nothing else can bind the child's life to ours)
            **account.options(),
        )
    except PermissionError as error:
        raise _explained(account, error) from error


def may(account: Account, flag: str, path: Path) -> bool:
    """Tell whether the account passes ``test FLAG PATH`` (``-x`` for folders and programs, ``-r`` for files)."""
    return run_as(account, ["/bin/sh", "-c", f'test {flag} "$1"', "sh", path]).returncode == 0


def _explained(account: Account, error: PermissionError) -> Exception:
    if not account.switch:
        return error
    return NoOrdinaryAccount(
        f"PostgreSQL refuses to run as root, and root may not become {account.name} here ({error.strerror}): "
        "run the command as an ordinary user, or set DIVAN_DATABASE_URL to a server of your own."
    )
