"""Starting, taking snapshots, losing workers, failing disks: what an operator meets."""

import asyncio
import datetime as dt
import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.waiting import PATIENCE, wait_for

from divan_gateway.journal import Journal, JournalFailed
from divan_gateway.metrics import Count, Level, Metrics
from divan_gateway.routing import ProviderTls, Routing
from divan_gateway.settings import Limits, Listener, Settings, SettingsError
from divan_gateway.tests.rig import PLAIN_CLIENT, PRODUCER, SERVER, SUBJECT_KEY, Ground, permit, service
from divan_libs.envelope.addresses import ServerId
from divan_libs.envelope.errors import Dialect
from divan_libs.envelope.evidence.log import EvidenceLog
from divan_libs.envelope.evidence.records import Intent, Kind, canonical
from divan_libs.envelope.evidence.recovery import recover
from divan_libs.envelope.evidence.segments import SUFFIX
from divan_libs.envelope.keys import SoftSigner

ECHO = f"/r1/{PRODUCER}/echo"


def version(ground, provider, number, *, allowed=True, **changes):
    permits = [permit("echo", client=PLAIN_CLIENT)] if allowed else []
    return ground.snapshot([service("echo", provider.url())], permits, version=number, **changes)


def test_a_newer_snapshot_is_taken_while_calls_go_on_and_anything_else_is_not(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    ground.publish(version(ground, provider, 5))
    gateway = launch(ground).wait_until(version=5)
    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).status == 200

    ground.publish(version(ground, provider, 6, allowed=False))
    gateway.wait_until(version=6)
    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).error == "server.serverproxy.access_denied"

    ground.publish(version(ground, provider, 5))
    gateway.wait_for_log("exchange.snapshot.rolled-back")
    ground.publish(version(ground, provider, 7), signer=SoftSigner(ec.generate_private_key(ec.SECP256R1())))
    gateway.wait_for_log("exchange.snapshot.signature")
    ground.publish(version(ground, provider, 7, subject_key="unknown"))
    gateway.wait_for_log("gateway.snapshot.subject-key")

    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).error == "server.serverproxy.access_denied"
    numbers = gateway.plain("GET", "/-/metrics").body.decode()
    assert "divan_gateway_snapshots_refused_total 3\n" in numbers
    assert gateway.stop() == 0


def test_each_process_of_a_gateway_takes_a_newer_snapshot(provider, tmp_path):
    ground = Ground.prepare(tmp_path)
    ground.evidence.mkdir()
    ground.publish(version(ground, provider, 5))
    now = dt.datetime.now(dt.UTC)
    told = {
        "file": tmp_path / "snapshot.jws",
        "keep_in": ground.evidence,
        "public_key": ground.signer.public_key(),
        "server": ServerId.parse(SERVER),
        "subject_keys": {"k1": SUBJECT_KEY},
        "tls": ProviderTls(None),
    }
    processes = [Routing(**told) for _ in range(2)]
    for process in processes:
        process.start(now=now)

    ground.publish(version(ground, provider, 6))
    for process in processes:
        process.refresh(now=now)

    assert [process.routes.version for process in processes] == [6, 6]


def test_the_last_good_snapshot_survives_a_restart_and_cannot_be_rolled_back_by_one(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    ground.publish(version(ground, provider, 5))
    assert launch(ground).wait_until(version=5).stop() == 0

    ground.publish(version(ground, provider, 4))
    older = launch(ground).wait_until(version=5)
    assert "exchange.snapshot.rolled-back" in older.log.read_text()
    assert older.stop() == 0

    (tmp_path / "snapshot.jws").write_bytes(b"half a file")
    damaged = launch(ground).wait_until(version=5)
    assert damaged.plain("GET", ECHO, client=PLAIN_CLIENT).status == 200
    assert damaged.stop() == 0


def test_without_a_snapshot_and_after_its_end_every_call_is_refused(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    gateway = launch(ground, DIALECT="http-status").wait_until("no-snapshot")
    refused = gateway.plain("GET", ECHO, client=PLAIN_CLIENT)
    assert (refused.status, refused.error) == (503, "server.clientproxy.global_conf_outdated")

    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=2)
    ground.publish(version(ground, provider, 1, expires_at=soon))
    gateway.wait_until(version=1)
    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).status == 200
    gateway.wait_until("no-snapshot")
    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).error == "server.clientproxy.global_conf_outdated"
    assert gateway.stop() == 0


def test_a_fallen_worker_is_replaced_and_its_messages_are_in_doubt(provider, tmp_path, launch):
    provider.released.clear()
    ground = Ground.prepare(tmp_path)
    ground.publish(version(ground, provider, 1))
    gateway = launch(ground, WORKERS="2").wait_until()
    seen = len(provider.seen)
    with closing(HTTPConnection("127.0.0.1", gateway.plain_port, timeout=20)) as asking:
        asking.request("GET", f"{ECHO}/slow", headers={"X-Road-Client": PLAIN_CLIENT, "X-Road-Id": "m-lost"})
        provider.wait_for(seen + 1)
        for pid in children(gateway.process.pid):
            os.kill(pid, signal.SIGKILL)
    gateway.wait_for_log("in doubt: message m-lost")

    gateway.wait_until()
    assert gateway.plain("GET", ECHO, client=PLAIN_CLIENT).status == 200
    wait_for(lambda: len(children(gateway.process.pid)) >= 2)
    assert gateway.stop() == 0
    assert ground.findings() == []
    assert [record.outcome for record in ground.closings()].count("in-doubt") == 1


def test_workers_do_not_outlive_their_supervisor(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    gateway = launch(ground, WORKERS="2").wait_until("no-snapshot")
    workers = children(gateway.process.pid)
    gateway.kill()

    wait_for(lambda: not any(_lives(pid) for pid in workers))


def _lives(pid):
    return os.path.exists(f"/proc/{pid}/stat") and not _is_zombie(pid)  # noqa: PTH110 - a number of the kernel, not a file of ours


def children(pid):
    listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    return [int(text) for text in listing.stdout.split()]


def _is_zombie(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:  # noqa: PTH123 - as above
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_second_gateway_over_the_same_evidence_says_so_and_ends(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    first = launch(ground).wait_until("no-snapshot")

    second = launch(ground)

    assert second.process.wait(PATIENCE) == 2
    assert "another gateway already writes evidence" in second.log.read_text()
    assert first.stop() == 0


def test_a_taken_port_is_told_in_one_line(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)

    gateway = launch(ground, PLAIN_LISTEN=f"127.0.0.1:{provider.port}")

    assert gateway.process.wait(PATIENCE) == 2
    lines = gateway.log.read_text().splitlines()
    assert len(lines) == 1
    assert f"cannot listen on 127.0.0.1:{provider.port}" in lines[0]


def test_missing_settings_are_told_in_one_line():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAN_")}
    run = subprocess.run(
        [sys.executable, "-m", "divan_gateway"], env=environment, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stderr) == (2, "divan gateway: DIVAN_GATEWAY_SERVER: is missing\n")


@pytest.fixture
def environment(tmp_path):
    for name in ("public", "signing", "subjects", "cert", "key", "ca"):
        (tmp_path / name).write_text("")
    return {
        "DIVAN_GATEWAY_SERVER": "EE/GOV/1/gw",
        "DIVAN_GATEWAY_LISTEN": "[::1]:8443",
        "DIVAN_GATEWAY_CERTIFICATE": str(tmp_path / "cert"),
        "DIVAN_GATEWAY_KEY": str(tmp_path / "key"),
        "DIVAN_GATEWAY_CLIENT_AUTHORITIES": str(tmp_path / "ca"),
        "DIVAN_GATEWAY_SNAPSHOT": str(tmp_path / "snapshot"),
        "DIVAN_GATEWAY_SNAPSHOT_KEY": str(tmp_path / "public"),
        "DIVAN_GATEWAY_EVIDENCE": str(tmp_path / "evidence"),
        "DIVAN_GATEWAY_SIGNING_KEY": str(tmp_path / "signing"),
        "DIVAN_GATEWAY_SUBJECT_KEYS": str(tmp_path / "subjects"),
    }


def test_settings_are_read_with_their_defaults(environment):
    settings = Settings.from_environment(environment)

    assert settings.tls.listener == Listener("::1", 8443)
    assert (settings.plain, settings.shown) == (None, None)
    assert settings.dialect is Dialect.XROAD_7_8
    assert (settings.limits, settings.limits.max_request) == (Limits(), 4 * 1024**3)
    assert settings.workers == os.cpu_count()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SERVER", "EE/GOV"),
        ("SERVER", ""),
        ("LISTEN", "8443"),
        ("LISTEN", "host:0"),
        ("LISTEN", ""),
        ("CERTIFICATE", "/nowhere"),
        ("PROVIDER_CERTIFICATE", "/nowhere"),
        ("SNAPSHOT_KEY", "/nowhere"),
        ("EVIDENCE", ""),
        ("PLAIN_LISTEN", "0.0.0.0:8080"),
        ("PLAIN_LISTEN", "example.org:8080"),
        ("WORKERS", "0"),
        ("MAX_REQUEST", "10M"),
        ("DIALECT", "soap"),
    ],
)
def test_settings_that_cannot_be_are_named(environment, name, value):
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment(environment | {f"DIVAN_GATEWAY_{name}": value})
    assert refused.value.name == f"DIVAN_GATEWAY_{name}"
    assert refused.value.code == "gateway.setting"


class Disk:
    """A sync that can be told to fail or to wait."""

    def __init__(self):
        self.failing = False
        self.groups = 0

    def sync(self, _descriptor):
        if self.failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        time.sleep(0.02)
        self.groups += 1


def in_journal(directory, play):
    """Run ``play(journal, disk, failures)`` over a journal with a disk of its own."""

    async def run():
        disk, failures = Disk(), []
        signer = SoftSigner(ec.generate_private_key(ec.SECP256R1()))
        log = EvidenceLog(directory, run="run-1", server="EE/GOV/1/gw", signer=signer, clock=lambda: 0, sync=disk.sync)
        journal = Journal(log, Metrics(), lambda: failures.append("failed"))
        await play(journal, disk, failures)
        await journal.close()
        return signer

    return asyncio.run(run())


def test_whoever_comes_during_a_write_shares_the_next_one(tmp_path):
    async def play(journal, disk, failures):
        before = disk.groups
        first = journal.append(Kind.INTENT, b"{}", "a")
        await asyncio.sleep(0.005)
        others = [journal.append(Kind.INTENT, b"{}", f"b{number}") for number in range(50)]
        await asyncio.gather(first, *others)
        assert disk.groups == before + 2
        assert failures == []

    in_journal(tmp_path, play)


def test_when_the_disk_fails_nobody_is_told_that_anything_is_safe(tmp_path):
    async def play(journal, disk, failures):
        disk.failing = True
        waiters = [journal.append(Kind.INTENT, b"{}", name) for name in "ab"]
        for waiter in waiters:
            with pytest.raises(JournalFailed):
                await waiter
        with pytest.raises(JournalFailed):
            await journal.append(Kind.INTENT, b"{}", "c")
        assert failures == ["failed"]

    in_journal(tmp_path, play)


def test_a_journal_that_failed_leaves_a_segment_that_recovery_completes(tmp_path):
    intent = dict.fromkeys(Intent.__dataclass_fields__, "") | {"request_id": "a"}

    async def play(journal, disk, failures):
        disk.failing = True
        with pytest.raises(JournalFailed):
            await journal.append(Kind.INTENT, canonical(intent), "a")

    signer = in_journal(tmp_path, play)
    (segment,) = tmp_path.glob(f"*{SUFFIX}")
    found = recover(tmp_path, signer, now=1)

    assert found.completed == [segment.name]
    assert [record.request_id for record in found.in_doubt] == ["a"]


def test_numbers_of_all_workers_are_summed():
    metrics = Metrics(2)
    first, second = metrics.of_worker(0), metrics.of_worker(1)
    first.add(Count.MESSAGES, 2)
    second.add(Count.MESSAGES)
    second.set(Level.SNAPSHOT_VERSION, 9)

    text = first.render()

    assert "divan_gateway_messages_total 3\n" in text
    assert 'divan_gateway_snapshot_version{worker="1"} 9\n' in text
    assert metrics.of_worker(1).value(Level.SNAPSHOT_VERSION) == 0
    assert metrics.value(Count.MESSAGES) == 3
