"""The witnesses of a rehearsal: two programs that vouch for the log, and whom the province cannot speak for.

Each has a folder of its own, closed to everybody else, with its key and with what it remembers. Where the launcher runs
as root they run as another account, and the folders belong to it; else they are at least other programs with other
files. Outsiders run theirs on machines of their own (``docs/how-to/run-a-witness.md``); these two show how it looks.

``python -m divan.project.launcher.witnesses FOLDER`` keeps one of them: it starts it, starts it again when it ends, and
goes on with the installation. The witness itself changes into its folder, becomes the account that owns it, and never
comes back. That one of them is down is no reason for the province to stop; its pages say so.
"""

from __future__ import annotations

import os
import pwd
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from divan.project.configuration import Configuration
from divan.project.launcher import processes
from divan.project.launcher.troubles import WitnessesUnready
from divan_libs.tlog.errors import TlogError
from divan_libs.tlog.notes import NoteVerifier
from divan_witness.keys import KeyUnusable, make_key, read_key

ACCOUNTS = ("nobody", "daemon")
"""Accounts that own nothing of the province; the first that the machine knows is taken."""
POLICY = "log.policy"
GROUP = "witnesses"
PAUSE = 2.0
"""Seconds from the end of a witness to its next start."""
OURS = "# Made by divan up, and anew at each start while this line stands (C2SP tlog-policy)."


@dataclass(frozen=True, slots=True)
class DemoWitness:
    """One of the two: what it is called, and how far its port lies above the base."""

    name: str
    offset: int

    @property
    def key_name(self) -> str:
        """Return the name under which it signs."""
        return f"{self.name}.rehearsal"

    def folder(self, data: Path) -> Path:
        """Return where its files lie."""
        return data / "witnesses" / self.name


WITNESSES = (DemoWitness("university", 4), DemoWitness("newspaper", 5))


def ports(configuration: Configuration) -> Mapping[str, int]:
    """Return the port of each, by its process's name."""
    return {f"witness-{one.name}": configuration.port + one.offset for one in WITNESSES}


def commands(configuration: Configuration) -> dict[str, list[str]]:
    """Return the command line of each, by its process's name."""
    program = [sys.executable, "-m", "divan.project.launcher.witnesses"]
    return {f"witness-{one.name}": [*program, str(one.folder(configuration.data))] for one in WITNESSES}


def prepare(configuration: Configuration) -> None:
    """Make keys and settings where there are none, and let the policy of the log name both; again changes nothing.

    The policy asks for one of the two, so that a witness that is down keeps no receipt back. Who takes its first line
    away has the last word about it.

    :raises WitnessesUnready: if the log has handed out no key, or a folder or key cannot be used.
    """
    try:
        _prepare(configuration)
    except (OSError, TlogError, KeyUnusable) as trouble:
        raise WitnessesUnready(
            f"the witnesses of the log cannot be made ready: {trouble}; `divan reset` begins anew"
        ) from trouble


def _prepare(configuration: Configuration) -> None:
    data = configuration.data
    log_key = NoteVerifier.parse((data / "trust" / "log.vkey").read_text().strip()).encode()
    for one in WITNESSES:
        _make(one.folder(data), one, log_key, configuration.port + one.offset)
    policy = data / "trust" / POLICY
    if not policy.exists() or policy.read_text().startswith(OURS):
        draft = policy.with_name(f".{POLICY}.new")
        draft.write_text(_policy(configuration))
        draft.replace(policy)


def _make(folder: Path, one: DemoWitness, log_key: str, port: int) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)
    if not (folder / "witness.key").exists():
        # A key cut short by a power cut vouched for nothing yet: the name counts once the whole file has it.
        (folder / "witness.key.new").unlink(missing_ok=True)
        make_key(folder / "witness.key.new", one.key_name)
        (folder / "witness.key.new").rename(folder / "witness.key")
    (folder / "witness.toml").write_text(f'listen = "127.0.0.1:{port}"\n')
    (folder / "logs.policy").write_text(f"log {log_key}\nquorum none\n")
    if (account := _account()) is not None:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)


def _policy(configuration: Configuration) -> str:
    lines = [OURS, "# Which witnesses must have seen a head of the log before a receipt counts, and how many of them."]
    for one in WITNESSES:
        key = read_key(one.folder(configuration.data) / "witness.key").verifier.encode()
        lines.append(f"witness {one.name} {key} http://127.0.0.1:{configuration.port + one.offset}")
    names = " ".join(one.name for one in WITNESSES)
    return "\n".join([*lines, f"group {GROUP} any {names}", f"quorum {GROUP}", ""])


def _account() -> pwd.struct_passwd | None:
    """Return as whom the witnesses run; None for ourselves, who are not root and can become nobody else."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def become(folder: Path) -> None:
    """Change into the folder and become its owner, for good; paths are relative from here on.

    The wish to end with its parent comes last, because the kernel forgets it when a process changes its account.
    """
    parent = os.getppid()
    os.chdir(folder)
    owner = Path.cwd().stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        os.setgroups([])
        os.setgid(owner.st_gid)
        os.setuid(owner.st_uid)
    processes.die_with_parent(signal.SIGTERM, parent=parent)()


def keep(folder: Path) -> int:
    """Run a witness until told to stop, anew a moment after it ended by itself."""
    # All that it needs is loaded before it becomes somebody who may not be able to read where we and Python lie: host
    # names are looked up by a codec that Python loads at the first one.
    import encodings.idna  # noqa: F401, PLC0415 (as said)

    from divan_witness.__main__ import main as run  # noqa: PLC0415 (not needed by the launcher itself)

    signal.signal(signal.SIGTERM, _leave)
    child = 0
    try:
        while True:
            child = os.fork()
            if not child:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                become(folder)
                os._exit(run(Path("witness.toml")))
            os.waitpid(child, 0)
            child = 0
            time.sleep(PAUSE)
    except (KeyboardInterrupt, SystemExit):
        if child:
            os.kill(child, signal.SIGTERM)
            os.waitpid(child, 0)
        return 0


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1])))
