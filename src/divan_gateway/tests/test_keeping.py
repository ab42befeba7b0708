"""Evidence as a service wants it, on a disk that fills up, and under kills."""

from __future__ import annotations

import json
import os
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from tests.waiting import wait_for

from divan_gateway.tests import kills
from divan_gateway.tests.rig import PLAIN_CLIENT, PRODUCER, Ground, permit, service
from divan_libs.envelope.evidence.records import Kind, MessageSignature
from divan_libs.envelope.snapshot import Durability, Signing


def test_evidence_is_given_as_the_service_wants_it(provider, tmp_path, launch):
    ground = Ground.prepare(tmp_path)
    services = [
        service("echo", provider.url()),
        service("quick", provider.url(), durability=Durability.RELAXED),
        service("alone", provider.url(), signing=Signing.MESSAGE),
    ]
    ground.publish(ground.snapshot(services, [permit(item.name, client=PLAIN_CLIENT) for item in services]))
    gateway = launch(ground).wait_until()

    replies = {
        name: gateway.plain("GET", f"/r1/{PRODUCER}/{name}/x", client=PLAIN_CLIENT)
        for name in ("echo", "quick", "alone")
    }
    [signature] = [payload for kind, payload in ground.records() if kind is Kind.SIGNATURE]
    assert gateway.stop() == 0

    assert [reply.status for reply in replies.values()] == [200, 200, 200]
    assert MessageSignature.decode(signature).request_id == replies["alone"].value("x-road-request-id")
    assert [closing.outcome for closing in ground.closings()] == ["answered"] * 3
    assert ground.findings() == []


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 12 MiB; only where this process may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(path: Path) -> None:
    with path.open("wb", buffering=0) as others, suppress(OSError):
        while others.write(bytes(4096)):
            pass


def test_a_full_disk_refuses_clearly_and_service_comes_back(provider, tmp_path, small_disk: Path, launch):
    ground = kills.prepare(tmp_path, provider)
    (tmp_path / "evidence").symlink_to(small_disk)
    gateway = launch(ground, SEGMENT_BYTES="4000000").wait_until()

    def ask():
        return gateway.plain("POST", kills.ECHO, client=PLAIN_CLIENT, body=b"x")

    assert ask().status == 200
    fill(small_disk / "others")
    replies = [ask() for _ in range(200)]
    refused = [reply for reply in replies if reply.status != 200]
    assert len(refused) > 100
    assert {reply.error for reply in refused} == {"server.clientproxy.logging_failed"}
    seen = len(provider.seen)
    ask()
    assert len(provider.seen) == seen
    health = gateway.plain("GET", "/-/health")
    assert (health.status, json.loads(health.body)["status"]) == (503, "disk-full")

    (small_disk / "others").unlink()
    gateway.wait_for_log("the disk is full")
    wait_for(lambda: ask().status == 200)
    assert gateway.stop() == 0
    assert ground.findings() == []
    assert {closing.outcome for closing in ground.closings()} == {"answered"}


def test_a_gateway_killed_under_load_loses_nothing_and_doubts_exactly_what_had_no_end(provider, tmp_path):
    provider.seen.clear()
    count = kills.kill_under_load(kills.prepare(tmp_path, provider), provider, kills=3, clients=4)

    assert count.faults == 0, count
    assert count.answered > 20
    assert count.answered <= count.reached_provider <= count.asked
