"""The two witnesses of a rehearsal vouch from folders of their own, as another account where that is possible."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.waiting import wait_for

from divan.project.configuration import Configuration
from divan.project.launcher import witnesses
from divan.project.launcher.installation import listens
from divan.project.launcher.processes import parent_of
from divan.project.launcher.troubles import WitnessesUnready
from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint
from divan_libs.tlog.cosigning import cosign
from divan_libs.tlog.hashing import leaf_hash, node_hash
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.policies import parse_policy

LOG = NoteSigner("log.divan.test", SignatureType.ED25519, bytes(range(32)))
FIRST, SECOND = leaf_hash(b"1"), leaf_hash(b"2")


def free_base() -> int:
    """Return a port above which the witnesses' ports are free."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            base = probe.getsockname()[1]
        if base < 65000 and not any(listens(base + one.offset) for one in witnesses.WITNESSES):
            return base


@pytest.fixture
def prepared(tmp_path: Path) -> Configuration:
    made = Configuration(data=tmp_path / "var", port=free_base())
    (made.data / "trust").mkdir(parents=True)
    (made.data / "trust" / "log.vkey").write_text(LOG.verifier.encode() + "\n")
    witnesses.prepare(made)
    return made


@pytest.fixture
def running(prepared: Configuration) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    started = {name: start(command) for name, command in witnesses.commands(prepared).items()}
    for name, port in witnesses.ports(prepared).items():
        await_listener(started[name], port)
    yield started
    for process in started.values():
        process.terminate()
        assert process.wait(20) == 0
    assert not any(listens(port) for port in witnesses.ports(prepared).values())


def start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stderr=subprocess.DEVNULL)


def await_listener(process: subprocess.Popen[bytes], port: int) -> None:
    def answers() -> bool:
        assert process.poll() is None
        return listens(port)

    wait_for(answers)


def program_of(keeper: subprocess.Popen[bytes]) -> int:
    """Return the process that is the witness, and not the one that keeps it."""
    (child,) = (
        pid
        for pid in map(int, filter(str.isdigit, (path.name for path in Path("/proc").iterdir())))
        if parent_of(pid) == keeper.pid
    )
    return child


def head(size: int, root: bytes) -> str:
    return sign_checkpoint(Checkpoint("log.divan.test", size, root), [LOG])


def test_keys_and_memory_are_closed_to_the_province_and_made_once(prepared: Configuration) -> None:
    folders = [one.folder(prepared.data) for one in witnesses.WITNESSES]
    kept = [(folder / "witness.key").read_bytes() for folder in folders]
    policy = prepared.data / "trust" / "log.policy"
    made = policy.read_text()
    policy.write_text(made + "# a remark below the line that makes it ours\n")
    witnesses.prepare(prepared)
    assert policy.read_text() == made
    policy.write_text(made.partition("\n")[2])
    witnesses.prepare(prepared)

    assert [(folder / "witness.key").read_bytes() for folder in folders] == kept
    assert policy.read_text() == made.partition("\n")[2]
    for folder in folders:
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "witness.key").stat().st_mode & 0o777 == 0o600
        if os.geteuid() == 0:
            assert {path.stat().st_uid for path in (folder, *folder.rglob("*"))}.isdisjoint({0})


def test_both_vouch_for_a_head_as_another_account_and_remember_it_through_a_kill(
    prepared: Configuration, running: dict[str, subprocess.Popen[bytes]]
) -> None:
    policy = parse_policy((prepared.data / "trust" / "log.policy").read_bytes())
    first = cosign(head(1, FIRST), policy, lambda _: (), timeout=20, patience=20)
    assert (first.is_enough, [one.code for one in first.outcomes]) == (True, ["", ""])
    if os.geteuid() == 0:
        for process in running.values():
            assert Path(f"/proc/{program_of(process)}").stat().st_uid != 0

    name = next(iter(running))
    os.kill(program_of(running[name]), signal.SIGKILL)
    down = cosign(head(2, node_hash(FIRST, SECOND)), policy, lambda _: (SECOND,), sizes=first.sizes, timeout=20)
    assert (down.is_enough, bool(down.outcomes[0].code), down.outcomes[1].code) == (True, True, "")
    await_listener(running[name], witnesses.ports(prepared)[name])

    # It was away and forgot nothing: a second history of the same size is refused, the true one is signed.
    forked = cosign(head(1, SECOND), policy, lambda _: (), sizes={"university": 1, "newspaper": 2}, timeout=20)
    assert forked.outcomes[0].code == "tlog.cosigning.root-differs"
    caught_up = cosign(
        head(2, node_hash(FIRST, SECOND)), policy, lambda _: (SECOND,), sizes={}, timeout=20, patience=20
    )
    assert [one.code for one in caught_up.outcomes] == ["", ""]


def test_what_keeps_witnesses_from_being_made_ready_is_said_in_one_line(prepared: Configuration) -> None:
    key = prepared.data / "witnesses" / "university" / "witness.key"
    key.chmod(0o644)
    with pytest.raises(WitnessesUnready, match="others may touch"):
        witnesses.prepare(prepared)
    key.chmod(0o600)
    (prepared.data / "trust" / "log.vkey").unlink()
    with pytest.raises(WitnessesUnready, match=r"log\.vkey"):
        witnesses.prepare(prepared)
