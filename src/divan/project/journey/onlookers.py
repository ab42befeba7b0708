"""Who looks at the log from outside the house in a drill: a witness, and a reader who follows it.

The witness is the shipped program with a key and a memory of its own; the reader is `divan ledger monitor`.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from divan.project.verifier.watching import Watch, look_once
from divan_libs.tlog.cosigning import cosign
from divan_libs.tlog.following import Expectations, Observation, Seen
from divan_libs.tlog.notes import NoteVerifier
from divan_libs.tlog.policies import Policy, parse_policy
from divan_witness.keys import make_key

NAME = "drill.witness.rehearsal"
PATIENCE = 30.0


class OnlookerMissing(RuntimeError):
    """The witness of the drill did not start, or did not vouch for the true log."""


@dataclass(frozen=True, slots=True)
class Onlookers:
    """A witness that has vouched for the true log, and what a reader knows of it."""

    folder: Path
    policy: Policy
    log: NoteVerifier

    def look(self, source: Path, *, as_newcomer: bool = False) -> list[Seen]:
        """Return what a reader finds in the files of a folder: one who followed the true log, or one who is new."""
        state = self.folder / "looking.json"
        state.unlink(missing_ok=True)
        if not as_newcomer:
            shutil.copyfile(self._known, state)
        return look_once(self._watch(source, state), sleep=_at_once)

    def meet(self, source: Path) -> list[Seen]:
        """Let the reader get to know the true log; return what was found."""
        return look_once(self._watch(source, self._known), sleep=_at_once)

    @property
    def _known(self) -> Path:
        return self.folder / "known.json"

    def _watch(self, source: Path, state: Path) -> Watch:
        return Watch(source=str(source), state=state, expected=Expectations(log_keys=(self.log,), policy=self.policy))


def _at_once(_seconds: float) -> None:
    """Wait for nobody: what these files lack will not come."""


@contextmanager
def onlookers(folder: Path, log: NoteVerifier, note: str) -> Iterator[Onlookers]:
    """Start a witness in a folder of its own and let it vouch for a head, for the length of a block.

    :raises OnlookerMissing: if it does not.
    """
    home = folder / "witness"
    home.mkdir(mode=0o700, parents=True)
    signer = make_key(home / "witness.key", NAME)
    port = _free_port()
    (home / "witness.toml").write_text(f'listen = "127.0.0.1:{port}"\n')
    (home / "logs.policy").write_text(f"log {log.encode()}\nquorum none\n")
    lines = [f"log {log.encode()}", f"witness drill {signer.verifier.encode()} http://127.0.0.1:{port}", "quorum drill"]
    policy = parse_policy("\n".join([*lines, ""]))
    command = [sys.executable, "-m", "divan_witness", str(home / "witness.toml")]
    program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603 (ourselves)
    try:
        _await(program, port)
        cosigned = cosign(note, policy, _nothing, timeout=PATIENCE)
        if not cosigned.is_enough:
            raise OnlookerMissing(cosigned.outcomes[0].code)
        yield Onlookers(folder, policy, log)
    finally:
        program.kill()
        program.wait()


def _nothing(_size: int) -> Sequence[bytes]:
    """Prove nothing: this witness has seen no head before."""
    return ()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await(program: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and program.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise OnlookerMissing("no answer")


WHAT_CONVICTS = frozenset(
    {
        Observation.FORK,
        Observation.REWRITTEN,
        Observation.ROLLED_BACK,
        Observation.FORK_SEEN_BY_WITNESS,
        Observation.WITHHELD,
    }
)
"""What a reader says when the log is not the one it was."""
