"""A log that can grow, fork and roll back at will, and witnesses as processes of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.waiting import wait_for

from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, Checkpoint, sign_checkpoint
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.log import integrate, read_hashes
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.proofs import consistency_proof, tree_root
from divan_libs.tlog.remote import Answer, RemoteError, request
from divan_libs.tlog.storage import MemoryStore
from divan_libs.tlog.witnessing import Submission
from divan_witness.keys import make_key
from divan_witness.settings import TEMPLATE

ORIGIN = "log.example/province"
NOON = 1_700_000_000


@dataclass
class Log:
    """A log in memory that holds ``longest`` entries and signs its head at any size up to there."""

    longest: int = 600
    salt: bytes = b""
    key: NoteSigner = field(default_factory=lambda: NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32))
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        integrate(self.store, Frontier(), [self.salt + b"%d" % number for number in range(self.longest)])
        self._read = read_hashes(self.store, self.longest)

    def head(self, size: int) -> str:
        """Return the signed head at a size."""
        return sign_checkpoint(Checkpoint(self.key.name, size, tree_root(size, self._read)), [self.key])

    def publish(self, size: int, cosigners: tuple[NoteSigner, ...] = (), *, at: int = NOON) -> str:
        """Let strangers see the head of a size, cosigned."""
        checkpoint = Checkpoint(self.key.name, size, tree_root(size, self._read))
        note = sign_checkpoint(checkpoint, [self.key, *cosigners], at=at)
        self.store.replace(CHECKPOINT_PATH, note.encode())
        return note

    def prove(self, old_size: int, size: int) -> tuple[bytes, ...]:
        """Return the proof that the log of one size is a beginning of the one of the other."""
        return tuple(consistency_proof(old_size, size, self._read)) if old_size else ()

    def submission(self, old_size: int, size: int) -> bytes:
        """Return the body by which a head is submitted."""
        return Submission(old_size, self.prove(old_size, size), self.head(size)).encode()


class WitnessProcess:
    """A witness in a folder of its own, with its own key, told to stop at the end or killed on the way."""

    def __init__(self, folder: Path, name: str, log: Log) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{free_port()}"
        self.config = folder / "witness.toml"
        folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(TEMPLATE.replace("127.0.0.1:8014", self.url.removeprefix("http://")), encoding="utf-8")
        self.verifier = make_key(folder / "witness.key", name).verifier
        (folder / "logs.policy").write_text(f"quorum none\nlog {log.key.verifier.encode()}\n", encoding="utf-8")
        self.process: subprocess.Popen[bytes] | None = None

    def command(self, *arguments: str, code: int = 0) -> str:
        """Run another command of `divan witness`, on this witness unless told otherwise, and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "divan.project.command_line", "witness", *arguments],
            capture_output=True,
            env={"DIVAN_WITNESS_CONFIG": str(self.config)} | os.environ,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    def start(self, *, fault: str = "") -> WitnessProcess:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "divan_witness", str(self.config)]
        self.process = subprocess.Popen(command, env=os.environ | {"DIVAN_FAULT": fault}, stderr=subprocess.DEVNULL)
        wait_for(self._answers, otherwise="the witness does not answer")
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, "the witness did not start"
        with suppress(RemoteError):
            request(f"{self.url}/key", timeout=2)
            return True
        return False

    def post(self, body: bytes) -> Answer:
        """Submit a head."""
        return request(f"{self.url}/add-checkpoint", method="POST", body=body)

    def died(self) -> bool:
        """Wait for the end that a fault brings, and tell whether it was that."""
        assert self.process is not None
        return self.process.wait(timeout=60) == -signal.SIGKILL

    def stop(self) -> int:
        """Tell it to stop and return its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.process.wait(timeout=60)

    def __enter__(self) -> WitnessProcess:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=60)


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
