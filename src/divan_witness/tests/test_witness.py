"""What a witness vouches for, what it keeps, and what it does when the disk, the clock or the log misbehaves."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from divan_libs.tlog.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from divan_libs.tlog.forks import parse_fork, verify_fork
from divan_libs.tlog.notes import NoteSigner, SignatureType, parse_note
from divan_libs.tlog.policies import TrustedLog
from divan_libs.tlog.storage import LocalStore
from divan_libs.tlog.witnessing import read_cosignatures, read_size, remembered_at
from divan_witness import memory as memory_module
from divan_witness.memory import Memory, MemoryUnusable
from divan_witness.metrics import Metrics
from divan_witness.tests.rig import NOON, ORIGIN, Log
from divan_witness.web import Application
from divan_witness.witness import Witness

KEY = NoteSigner("witness.example/w1", SignatureType.COSIGNATURE, b"W" * 32)


@dataclass
class Desk:
    """A witness behind its WSGI application, in this process, with a clock that is set by hand."""

    folder: Path
    log: Log
    now: float = NOON
    settings: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.metrics = Metrics()
        self.memory = Memory(self.folder, KEY.verifier)
        self.witness = Witness(KEY, (TrustedLog(self.log.key.verifier),), self.memory, self.metrics, **self.settings)
        self.application = Application(self.witness, self.memory, self.metrics, max_body=65_536, clock=lambda: self.now)

    def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, dict[str, str], bytes]:
        seen: list[tuple[str, list[tuple[str, str]]]] = []
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body)}
        answer = b"".join(self.application(environ, lambda status, headers: seen.append((status, headers))))
        status, headers = seen[0]
        return int(status[:3]), dict(headers), answer

    def submit(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        return self.ask("POST", "/add-checkpoint", body)

    def grow(self, old_size: int, size: int) -> int:
        return self.submit(self.log.submission(old_size, size))[0]

    def remembered(self) -> int | None:
        head = self.memory.recall(ORIGIN, (self.log.key.verifier,))
        return head.checkpoint.size if head else None

    def anew(self) -> Desk:
        self.memory.close()
        return Desk(self.folder, self.log, self.now, self.settings)


@pytest.fixture(scope="module")
def log():
    return Log()


@pytest.fixture
def desk(tmp_path, log):
    return Desk(tmp_path / "state", log)


def test_a_growing_log_is_vouched_for_and_its_newest_head_can_be_read(desk, log):
    for old, size in [(0, 3), (3, 300), (300, 600)]:
        desk.now += 60
        status, headers, answer = desk.submit(log.submission(old, size))

        assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        _, cosignature = read_cosignatures(answer, parse_note(log.head(size)).text, KEY.verifier)
        assert cosignature.timestamp == desk.now

    status, _, note = desk.ask("GET", f"/{remembered_at(ORIGIN)}")
    opened = open_checkpoint(note, [log.key.verifier, KEY.verifier], origin=ORIGIN, quorum=1)
    assert (status, opened.checkpoint.size) == (200, 600)
    assert desk.anew().remembered() == 600


def test_who_lost_the_answer_is_told_the_size_and_asks_from_there(desk, log):
    desk.grow(0, 300)

    status, headers, answer = desk.submit(log.submission(0, 600))

    assert (status, read_size(headers["Content-Type"], answer)) == (409, 300)
    assert desk.grow(300, 600) == 200


def test_a_rollback_is_refused_and_nothing_is_forgotten(desk, log):
    desk.grow(0, 600)

    for body, status in [(log.submission(0, 300), 409), (log.submission(300, 300), 409), (b"old 600\n\n", 400)]:
        assert desk.submit(body)[0] == status

    assert (desk.remembered(), desk.anew().remembered()) == (600, 600)


def test_a_fork_is_refused_and_its_proof_is_kept_for_everybody(desk, log, tmp_path):
    other = Log(salt=b"another history")
    desk.grow(0, 300)
    desk.grow(300, 600)

    answers = [desk.submit(other.submission(old, 600)) for old in (600, 300, 600)]

    assert [status for status, _, _ in answers] == [409, 409, 409]
    assert [read_size(headers["Content-Type"], body) for _, headers, body in answers] == [None, 600, None]
    assert desk.remembered() == 600
    (path,) = desk.memory.forks(ORIGIN)
    status, _, proof = desk.ask("GET", f"/{path}")
    first, second = verify_fork(parse_fork(proof), [log.key.verifier])
    assert (status, first.size, second.size) == (200, 600, 600)
    assert first.root != second.root
    metrics = desk.ask("GET", "/metrics")[2].decode()
    assert f'divan_witness_forks_total{{origin="{ORIGIN}"}} 1' in metrics
    assert 'divan_witness_answers_total{status="409",code="tlog.witness.root-differs"} 2' in metrics
    assert f'divan_witness_log_size{{origin="{ORIGIN}"}} 600' in metrics
    assert path in desk.ask("GET", "/")[2].decode()


def test_a_log_that_rewrote_its_beginning_convicts_itself_by_its_own_proof(desk, log):
    rewritten = Log(salt=b"another history")
    desk.grow(0, 300)

    status, _, answer = desk.submit(rewritten.submission(300, 600))

    assert (status, answer) == (422, b"tlog.witness.proof\n")
    (path,) = desk.memory.forks(ORIGIN)
    first, second = verify_fork(parse_fork(desk.ask("GET", f"/{path}")[2]), [log.key.verifier])
    assert (first.size, second.size) == (300, 600)


def test_a_proof_that_somebody_garbled_convicts_nobody(desk, log):
    desk.grow(0, 300)
    lines = log.submission(300, 600).split(b"\n")
    lines[2] = lines[1]

    assert desk.submit(b"\n".join(lines))[0] == 422
    assert desk.memory.forks(ORIGIN) == []
    assert desk.grow(300, 600) == 200


def test_a_log_cannot_fill_the_disk_with_forks(desk, log, monkeypatch):
    monkeypatch.setattr(memory_module, "MOST_FORKS", 3)
    desk.grow(0, 7)

    for number in range(6):
        head = sign_checkpoint(Checkpoint(ORIGIN, 7, bytes([number]) * 32), [log.key])
        assert desk.submit(b"old 7\n\n" + head.encode())[0] == 409

    assert len(desk.memory.forks(ORIGIN)) == 3


@pytest.mark.parametrize("persisted", [False, True])
def test_a_disk_that_fails_gives_no_cosignature_and_no_answer_out_of_what_may_be_lost(desk, monkeypatch, persisted):
    desk.grow(0, 3)
    replace = LocalStore.replace

    def fail(store, path, data):
        if persisted:
            replace(store, path, data)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(LocalStore, "replace", fail)
    status, headers, answer = desk.submit(desk.log.submission(3, 300))
    monkeypatch.undo()

    assert (status, answer) == (503, b"tlog.witness.storage\n")
    assert int(headers["Retry-After"]) > 0
    writes = []
    monkeypatch.setattr(
        LocalStore, "replace", lambda store, path, data: (writes.append(path), replace(store, path, data))
    )
    retry = [desk.grow(3, 300), desk.grow(300, 300)]
    assert retry == ([409, 200] if persisted else [200, 200])
    # What was perhaps not on the disk is written again before it is vouched for.
    assert len(writes) == 1
    assert desk.anew().remembered() == 300


def test_submissions_at_once_leave_one_history(desk, log, monkeypatch):
    """Each is judged against what the one before left: the file never goes back, whatever the order of arrival."""
    sizes = []
    remember = Memory.remember
    monkeypatch.setattr(
        Memory,
        "remember",
        lambda memory, origin, note: (sizes.append(int(note.text.split("\n")[1])), remember(memory, origin, note)),
    )
    desk.grow(0, 1)
    bodies = [log.submission(old, new) for old in (1, 20, 30) for new in (20, 30, 40, 50) if old <= new]

    with ThreadPoolExecutor(12) as pool:
        statuses = [status for status, _, _ in pool.map(desk.submit, bodies * 4)]

    assert set(statuses) <= {200, 409}
    assert statuses.count(200) >= 1
    assert sizes == sorted(sizes)
    assert desk.remembered() == sizes[-1] > 1


def test_the_clock_never_runs_backwards_in_what_is_signed(desk):
    desk.grow(0, 3)
    desk.now -= 3600

    status, headers, answer = desk.submit(desk.log.submission(3, 300))

    assert (status, answer, headers["Retry-After"]) == (503, b"tlog.witness.clock\n", "3601")
    assert desk.remembered() == 3
    desk.now += 3600
    assert desk.grow(3, 300) == 200


def test_a_head_that_is_sent_again_costs_no_write_and_takes_nothing_from_its_log(tmp_path, log):
    desk = Desk(tmp_path / "state", log, settings={"growths_per_minute": 6, "refresh_seconds": 10})
    desk.grow(0, 3)
    again = log.submission(3, 3)

    answers = {desk.submit(again)[2] for _ in range(50)}

    assert len(answers) == 1
    assert "divan_witness_writes_total 1\n" in desk.ask("GET", "/metrics")[2].decode()
    desk.now += 10
    assert desk.submit(again)[2] not in answers


def test_a_log_that_grows_too_often_is_put_off_and_nobody_else(tmp_path, log):
    desk = Desk(tmp_path / "state", log, settings={"growths_per_minute": 6})

    statuses = [desk.grow(size, size + 1) for size in range(8)]

    assert statuses[:7] == [200] * 6 + [429]
    desk.now += 10
    assert desk.grow(6, 7) == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("HEAD", "/", 200),
        ("GET", "/key", 200),
        ("GET", "/metrics", 200),
        ("GET", "/add-checkpoint", 405),
        ("PUT", "/add-checkpoint", 405),
        ("POST", "/", 405),
        ("GET", "/elsewhere", 404),
        ("GET", f"/{remembered_at('unknown.example')}", 404),
        ("GET", f"/{'a' * 64}/../.lock", 404),
        ("GET", "/.lock", 404),
        ("GET", "/../witness.key", 404),
        ("GET", f"/{'a' * 64}/forks/../checkpoint", 404),
        ("GET", "/\x00", 404),
    ],
)
def test_only_what_is_public_is_shown(desk, method, path, status):
    answered, headers, body = desk.ask(method, path)

    assert answered == status
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert (body == b"") is (method == "HEAD")


def test_a_body_beyond_the_limit_is_not_read(desk):
    assert desk.submit(b"old 0\n" * 20_000)[0] == 413


def test_a_witness_that_was_made_to_forget_does_not_start(desk, log):
    desk.grow(0, 300)
    file = desk.folder / remembered_at(ORIGIN)
    genuine = file.read_text()
    impostor = Log(key=NoteSigner(ORIGIN, SignatureType.ED25519, b"I" * 32))
    looking = Memory(desk.folder, KEY.verifier, is_reader=True)

    for altered in (genuine.replace("\n300\n", "\n299\n"), impostor.head(3), log.head(3), "", genuine[:-5]):
        file.write_text(altered)
        with pytest.raises(MemoryUnusable) as refusal:
            Witness(KEY, (TrustedLog(log.key.verifier),), looking, Metrics())
        assert ORIGIN in str(refusal.value)
    file.write_text(genuine)
    assert desk.anew().remembered() == 300


def test_two_witnesses_cannot_share_a_memory(desk):
    with pytest.raises(MemoryUnusable) as refusal:
        Memory(desk.folder, KEY.verifier)

    assert "another witness uses" in str(refusal.value)
    assert Memory(desk.folder, KEY.verifier, is_reader=True).forks(ORIGIN) == []
