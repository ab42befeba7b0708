"""One rehearsal for all its tests, started as a person starts it."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from tests.waiting import PATIENCE, wait_for


@dataclass(frozen=True)
class World:
    """The running rehearsal; ``port`` is the base from which its ports count."""

    port: int
    client: httpx.Client

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port + 2}"

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port + 2}/sign-on"

    @property
    def return_address(self) -> str:
        return f"http://localhost:{self.port}/sign-in/national/return/"

    def tell(self, service: str, mode: str, seconds: float = 0.3) -> None:
        told = self.client.post("/behaviour", json={"service": service, "mode": mode, "seconds": seconds})
        assert told.status_code == 200, told.text


def _is_free(port: int) -> bool:
    with contextlib.closing(socket.socket()) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _free_base() -> int:
    for base in range(20000 + os.getpid() % 2000 * 10, 60000, 10):
        if _is_free(base + 2) and _is_free(base + 6):
            return base
    raise AssertionError("no free ports")


@pytest.fixture(scope="session")
def running(tmp_path_factory) -> Iterator[World]:
    port, data = _free_base(), tmp_path_factory.mktemp("rehearsal")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DIVAN_")}
    environment |= {"DIVAN_PORT": str(port), "DIVAN_DATA": str(data)}
    command = [sys.executable, "-m", "divan.project.command_line", "rehearsal"]
    with (data / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    with httpx.Client(base_url=f"http://127.0.0.1:{port + 2}", trust_env=False, timeout=10) as client:
        world = World(port, client)

        def answers() -> bool:
            assert process.poll() is None, (data / "log").read_text()
            with contextlib.suppress(httpx.HTTPError):
                return client.get("/-/health").status_code == 200
            return False

        wait_for(answers)
        yield world
    process.terminate()
    process.wait(PATIENCE)


@pytest.fixture
def world(running) -> Iterator[World]:
    yield running
    for service in ("civil-registry", "mobile-register", "sign-on", "sms", "scanner", "bank"):
        running.tell(service, "normal")
