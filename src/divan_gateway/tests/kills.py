"""A gateway is killed under load and started again; both ends and the evidence are counted and must agree."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from divan_gateway.tests.provider import Provider
from divan_gateway.tests.rig import PLAIN_CLIENT, PRODUCER, Gateway, Ground, permit, service
from divan_libs.envelope.evidence.records import Closing, Intent, Kind

ECHO = f"/r1/{PRODUCER}/echo/mirror"


@dataclass
class Load:
    """Clients that ask without pause until the gateway is gone; ``answered`` are the ids whose answer came whole."""

    gateway: Gateway
    prefix: str
    clients: int
    answered: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        for number in range(self.clients):
            thread = threading.Thread(target=self._ask, args=(f"{self.prefix}-{number}",))
            thread.start()
            self._threads.append(thread)

    def _ask(self, name: str) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.plain_port, timeout=5)
        for number in range(1_000_000):
            if self._stop.is_set():
                break
            message = f"{name}-{number}"
            self.asked.append(message)
            try:
                connection.request(
                    "POST", ECHO, body=b"x" * 1024, headers={"X-Road-Client": PLAIN_CLIENT, "X-Road-Id": message}
                )
                response = connection.getresponse()
                whole = response.read() == b"x" * 1024 and response.status == 200
            except (OSError, http.client.HTTPException):
                break
            if whole:
                self.answered.append(message)
        connection.close()

    def end(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(15)


@dataclass(frozen=True)
class Count:
    """What was counted after all kills; every field that names a fault must be zero."""

    kills: int
    asked: int
    reached_provider: int
    answered: int
    in_doubt: int
    lost_answers: int
    lost_at_provider: int
    twice: int
    wrong_doubt: int
    findings: Sequence[str]

    @property
    def faults(self) -> int:
        return self.lost_answers + self.lost_at_provider + self.twice + self.wrong_doubt + len(self.findings)


def prepare(directory: Path, provider: Provider, **changes: object) -> Ground:
    ground = Ground.prepare(directory)
    services = [service("echo", provider.url(), **changes)]
    ground.publish(ground.snapshot(services, [permit("echo", client=PLAIN_CLIENT)]))
    return ground


def kill_under_load(ground: Ground, provider: Provider, *, kills: int, clients: int = 8, seed: int = 1) -> Count:
    """Kill the gateway so many times at random moments; then count what clients, provider and evidence say."""
    chance = random.Random(seed)  # noqa: S311 (moments, no secrets)
    asked: list[str] = []
    answered: list[str] = []
    doubts_before_recovery: set[str] = set()
    for number in range(kills):
        gateway = Gateway(ground, SEGMENT_BYTES="200000").wait_until()
        load = Load(gateway, f"k{number}", clients)
        load.begin()
        time.sleep(chance.uniform(0.15, 0.6))
        gateway.kill()
        load.end()
        asked += load.asked
        answered += load.answered
        doubts_before_recovery |= _without_end(ground)
    assert Gateway(ground).wait_until().stop() == 0
    return _count(ground, provider, kills, asked, answered, doubts_before_recovery)


def _without_end(ground: Ground) -> set[str]:
    records = ground.records()
    ended = {Closing.decode(payload).request_id for kind, payload in records if kind is Kind.CLOSING}
    intents = [Intent.decode(payload) for kind, payload in records if kind is Kind.INTENT]
    return {intent.message_id for intent in intents if intent.request_id not in ended}


def _count(
    ground: Ground, provider: Provider, kills: int, asked: list[str], answered: list[str], doubts: set[str]
) -> Count:
    intents = {intent.request_id: intent.message_id for intent in ground.intents()}
    ends: dict[str, list[str]] = {}
    for closing in ground.closings():
        ends.setdefault(intents[closing.request_id], []).append(closing.outcome)
    seen = {seen.values("x-road-id")[0] for seen in provider.seen if seen.values("x-road-id")}
    return Count(
        kills=kills,
        asked=len(asked),
        reached_provider=len(seen),
        answered=len(answered),
        in_doubt=sum(outcomes == ["in-doubt"] for outcomes in ends.values()),
        lost_answers=sum(ends.get(message) != ["answered"] for message in answered),
        lost_at_provider=len(seen - set(intents.values())),
        twice=sum(len(outcomes) != 1 for outcomes in ends.values()),
        wrong_doubt=len({message for message, outcomes in ends.items() if "in-doubt" in outcomes} ^ doubts),
        findings=ground.findings(),
    )
