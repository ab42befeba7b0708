"""Where the embedded database keeps its files and its socket.

The installation's folder (``var/pg``) holds ``location``, which says where the files really lie. They lie in
``var/pg/data`` where the server's account can reach it; else (root with a closed home) in a folder of the machine named
after the installation. The socket lies in ``/tmp`` under a short name, because its path may not exceed 107 bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from divan.project.launcher.account import Account, may
from divan.project.launcher.troubles import DataBelongElsewhere, NoPlaceForData, SocketFolderTaken

SHELVES = (Path("/var/lib/divan-embedded"), Path("/var/tmp/divan-embedded"))  # noqa: S108 (entries are checked for owner and mode)


def name_of(directory: Path) -> str:
    """Return the short name of an installation's database folder: twelve hexadecimal digits of its path's hash."""
    return hashlib.sha256(os.fsencode(directory.resolve())).hexdigest()[:12]


def socket_folder(directory: Path) -> Path:
    """Return where the server's socket lies; computed from the path alone, nothing is touched."""
    return Path("/tmp") / f"divan-{name_of(directory)}"  # noqa: S108 (owner and mode are checked before use)


@dataclass(frozen=True, slots=True)
class Place:
    """Where one database lies: ``data`` may not exist yet."""

    directory: Path
    data: Path

    @property
    def major(self) -> int | None:
        """The major version that made the data; None before there are any.

        :raises NoPlaceForData: when the files belong to an account we cannot read as.
        """
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise NoPlaceForData(
                f"the database in {self.data} belongs to another account: start as the one who made it (perhaps root), "
                "or use another folder: DIVAN_DATA=var-mine"
            ) from error


def find_place(directory: Path) -> Place | None:
    """Return where the database of an installation lies, or None where none was ever placed.

    :raises DataBelongElsewhere: when the folder was copied from an installation that still uses these files.
    """
    try:
        record = json.loads((directory / "location").read_text())
    except FileNotFoundError:
        return None
    if record["data"] == "data":
        return Place(directory, directory / "data")
    owner = Path(record["made_for"])
    if owner.resolve() != directory.resolve():
        if (owner / "location").exists() and json.loads((owner / "location").read_text())["data"] == record["data"]:
            raise DataBelongElsewhere(
                f"{directory} is a copy of {owner}, which uses the same database files: "
                f"remove {directory / 'location'} to start with an empty database"
            )
        _record(directory, record["data"])
    return Place(directory, Path(record["data"]))


def make_place(directory: Path, account: Account) -> Place:
    """Choose and record where a new database will lie.

    :raises NoPlaceForData: when no folder takes the owner and mode that PostgreSQL insists on.
    """
    directory.mkdir(parents=True, exist_ok=True)
    if serves(directory, account):
        _record(directory, "data")
        return Place(directory, directory / "data")
    for shelf in SHELVES if account.switch else ():
        candidate = shelf / f"{name_of(directory)}"
        try:
            shelf.mkdir(exist_ok=True, mode=0o755)
            candidate.mkdir(exist_ok=True, mode=0o755)
        except OSError:
            continue
        if candidate.lstat().st_uid == os.geteuid() and serves(candidate, account):
            _record(directory, str(candidate / "data"))
            return Place(directory, candidate / "data")
    raise NoPlaceForData(
        f"no place for the database: {account.name} needs a folder of its own with mode 0700, and neither {directory} "
        f"nor {', '.join(map(str, SHELVES))} gives one: choose a folder on a local disk by DIVAN_DATA, "
        "or set DIVAN_DATABASE_URL"
    )


def serves(folder: Path, account: Account) -> bool:
    """Tell whether the account reaches the folder, and a folder made in it keeps owner and mode (not so on shares)."""
    if not may(account, "-x", folder):
        return False
    probe = folder / f".probe-{secrets.token_hex(6)}"
    try:
        own_folder(probe, account)
        state = probe.stat()
    except OSError:
        return False
    finally:
        shutil.rmtree(probe, ignore_errors=True)
    return state.st_uid == account.uid and stat.S_IMODE(state.st_mode) == 0o700


def own_folder(folder: Path, account: Account) -> None:
    """Make a folder that only the account (and root) may enter."""
    folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    if account.switch:
        os.chown(folder, account.uid, account.gid)


def open_socket_folder(directory: Path, account: Account) -> Path:
    """Make the socket's folder, or check that the one there is really ours, and return it.

    :raises SocketFolderTaken: when something of another owner lies there.
    """
    folder = socket_folder(directory)
    try:
        own_folder(folder, account)
    except FileExistsError:
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != account.uid or stat.S_IMODE(state.st_mode) != 0o700:
            raise SocketFolderTaken(
                f"{folder} should be a folder of {account.name} with mode 0700 and is not: remove it and start again"
            ) from None
    return folder


def _record(directory: Path, data: str) -> None:
    made = directory / f".location-{secrets.token_hex(4)}"
    made.write_text(json.dumps({"data": data, "made_for": str(directory.resolve())}) + "\n")
    made.replace(directory / "location")


def forget(place: Place) -> None:
    """Remove the database's files, their record and the socket's folder; the server must be stopped.

    :raises NoPlaceForData: when the files belong to an account whose files we may not remove.
    """
    shutil.rmtree(place.data, ignore_errors=True)
    if place.data.parent != place.directory:
        shutil.rmtree(place.data.parent, ignore_errors=True)
    shutil.rmtree(socket_folder(place.directory), ignore_errors=True)
    shutil.rmtree(place.directory, ignore_errors=True)
    if place.data.exists():
        raise NoPlaceForData(
            f"cannot remove {place.data}, which belongs to another account: repeat as the one who made it"
        )
