"""A scratch house: its own database with durable writes, its own data folder, its own web process; gone afterwards."""

from __future__ import annotations

import http.client
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from divan.project.launcher import postgres
from divan.project.serving import cores

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class House:
    """Where a scratch house lies."""

    folder: Path
    port: int


def machine() -> str:
    """Say on what machine this runs."""
    return f"{platform.machine()}, {cores()} cores, Python {platform.python_version()}"


def free_port(span: int = 10) -> int:
    """Return a port that nobody listens on, with as many free ones behind it."""
    for _ in range(100):
        with socket.create_server((HOST, 0)) as probe:
            port: int = probe.getsockname()[1]
        if port + span < 65536 and all(_is_free(one) for one in range(port, port + span)):
            return port
    raise SystemExit("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) != 0


@contextmanager
def scratch_house(*, furnished: bool = True) -> Iterator[House]:
    """Make a house and set Django up in this process; furnished, it has the demo province and static files.

    The database forces its writes to the disk, as an installation's does.
    """
    with tempfile.TemporaryDirectory(prefix="divan-bench-") as name:
        folder = Path(name)
        # As root the server runs as another account, which must be able to pass here.
        folder.chmod(0o711)
        with postgres.running(folder / "pg") as server:
            house = House(folder, free_port())
            for stray in [known for known in os.environ if known.startswith("DIVAN_") and known != "DIVAN_REAL_DATA"]:
                del os.environ[stray]
            os.environ |= {
                "DJANGO_SETTINGS_MODULE": "divan.project.settings",
                "DIVAN_DATABASE_URL": server.url,
                "DIVAN_DATA": str(folder / "var"),
                "PORT": str(house.port),
            }
            for needed in ("run", "log"):
                (folder / "var" / needed).mkdir(parents=True)
            if furnished:
                _prepare(folder)
            _set_up(migrate=not furnished)
            try:
                yield house
            finally:
                _close_connections()


def _prepare(folder: Path) -> None:
    with (folder / "prepare.log").open("wb") as log, open(os.devnull, "wb") as report:  # noqa: PTH123 (a device)
        done = subprocess.run(
            [sys.executable, "-m", "divan.project.launcher.preparation", str(report.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[report.fileno()],
            check=False,
        )
    if done.returncode:
        raise SystemExit((folder / "prepare.log").read_text(errors="replace")[-3000:])


def _set_up(*, migrate: bool) -> None:
    import django  # noqa: PLC0415 (its settings are known only now)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 (readable only after setup)

    if migrate:
        call_command("migrate", interactive=False, verbosity=0)


def _close_connections() -> None:
    from django.db import connections  # noqa: PLC0415 (readable only after setup)

    connections.close_all()


@contextmanager
def web(house: House) -> Iterator[int]:
    """Serve the house as an installation does; return its port."""
    command = [sys.executable, "-m", "divan.project.command_line", "web"]
    with _serving(command, house.folder / "web.log", house.port, "/-/health", os.environ):
        yield house.port


@contextmanager
def bare_web(house: House, *, size: int) -> Iterator[int]:
    """Serve the smallest Django in the same way; its only page has so many bytes."""
    port = free_port(1)
    command = [sys.executable, "-m", "bench.rig.bare", str(port), str(cores())]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "BARE_BYTES": str(size)}
    with _serving(command, house.folder / "bare.log", port, "/", environment):
        yield port


@contextmanager
def _serving(command: list[str], log: Path, port: int, path: str, environment: Mapping[str, str]) -> Iterator[None]:
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(environment), cwd=ROOT
        )
    try:
        _await_answer(process, port, path, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_answer(process: subprocess.Popen[bytes], port: int, path: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", path)
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise SystemExit(f"nothing answers on {port}: {log.read_text(errors='replace')[-3000:]}")


def page_size(port: int, path: str, cookies: Mapping[str, str] | None = None) -> int:
    """Ask for a page once and return its size in bytes; it must be there."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in (cookies or {}).items())} if cookies else {}
    connection.request("GET", path, headers={"Host": "localhost", **headers})
    answer = connection.getresponse()
    size = len(answer.read())
    connection.close()
    if answer.status != 200:
        raise SystemExit(f"{path} answers {answer.status} {answer.headers.get('Location', '')}")
    return size
