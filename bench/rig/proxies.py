"""Other programs of the exchange's bench: nginx and HAProxy as plain mTLS proxies, ApacheBench, the provider.

Each runs on the cores that it is told. Debian has them as ``nginx-light``, ``haproxy`` and ``apache2-utils``; programs
that are not installed may also lie unpacked in ``DIVAN_BENCH_PEERS``.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

HOST = "127.0.0.1"
PACKAGES = {"nginx": "nginx-light", "haproxy": "haproxy", "ab": "apache2-utils"}
_TICK = os.sysconf("SC_CLK_TCK")
_FIGURE = re.compile(
    r"^(Requests per second|Complete requests|Failed requests|Non-2xx responses): +([\d.]+)", re.MULTILINE
)

_NGINX = """
daemon off; worker_processes 1; pid {at}/nginx.pid; error_log {at}/nginx.err error; user root;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 300s; client_max_body_size 0;
  client_body_buffer_size 64k; client_body_temp_path {at}/t1; proxy_temp_path {at}/t2; fastcgi_temp_path {at}/t3;
  uwsgi_temp_path {at}/t4; scgi_temp_path {at}/t5; default_type application/json; sendfile on;
  {body}
}}
"""
_PROVIDER = "server {{ listen {host}:{port} backlog=1024; root {root}; error_page 405 =200 $uri; }}"
_PROXY = """
  upstream provider {{ server {host}:{provider}; keepalive 256; keepalive_requests 100000000; }}
  server {{
    listen {host}:{port} ssl backlog=1024; ssl_certificate {server}; ssl_certificate_key {server};
    ssl_client_certificate {root}; ssl_verify_client on; ssl_verify_depth 3;
    location / {{
      proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_request_buffering off; proxy_max_temp_file_size 0; proxy_buffers 16 64k; proxy_buffer_size 64k;
    }}
  }}
"""
_HAPROXY = """
global
  nbthread 1
  maxconn 4096
  tune.ssl.default-dh-param 2048
defaults
  mode http
  timeout connect 5s
  timeout client 300s
  timeout server 300s
  http-reuse always
frontend exchange
  bind {host}:{port} ssl crt {server} ca-file {root} verify required alpn http/1.1
  default_backend provider
backend provider
  server one {host}:{provider}
"""


def find(program: str) -> str | None:
    """Return where a program lies, or None."""
    unpacked = os.environ.get("DIVAN_BENCH_PEERS", "")
    places = [str(Path(unpacked) / name) for name in ("usr/sbin", "usr/bin")] if unpacked else []
    return shutil.which(program, path=os.pathsep.join([*places, os.environ.get("PATH", ""), "/usr/sbin", "/sbin"]))


def missing() -> dict[str, str]:
    """Return the programs that are not here, with the packages that have them."""
    return {program: package for program, package in PACKAGES.items() if find(program) is None}


@dataclass(frozen=True)
class Plan:
    """Who runs where: ``proxy`` is the core of what is measured, ``others`` those of provider and load."""

    proxy: int
    others: tuple[int, ...]
    nice: int = 0

    @classmethod
    def here(cls) -> Plan:
        """Return a plan for this machine: the first core for what is measured, one more for the rest."""
        known = sorted(os.sched_getaffinity(0))
        return cls(known[0], tuple(known[1:2]) or (known[0],), -10 if os.geteuid() == 0 else 0)

    def run(self, command: Sequence[str], *, is_proxy: bool, log: Path, **more: object) -> subprocess.Popen[bytes]:
        """Start a program on its core."""
        core = str(self.proxy) if is_proxy else ",".join(map(str, self.others))
        placed = ["nice", "-n", str(self.nice), "taskset", "-c", core, *command]
        with log.open("ab") as file:
            return subprocess.Popen(placed, stdout=file, stderr=file, **more)  # type: ignore[call-overload] # what Popen takes


def free_ports(count: int) -> list[int]:
    """Return so many ports that nobody listens on."""
    probes = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for_port(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody listens there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on {port}: {log.read_text(errors='replace')[-2000:]}")


@contextmanager
def running(
    plan: Plan, command: Sequence[str], port: int, log: Path, *, is_proxy: bool, **more: object
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the end of the block."""
    process = plan.run(command, is_proxy=is_proxy, log=log, **more)
    try:
        wait_for_port(port, process, log)
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def provider(plan: Plan, folder: Path, port: int, sizes: Sequence[int]) -> Iterator[None]:
    """Run a provider: nginx, which answers every method with the file that the path names, JSON of that many octets."""
    root = folder / "www"
    root.mkdir()
    for size in sizes:
        (root / str(size)).write_bytes(body_of(size))
    program = find("nginx")
    assert program is not None, "the caller looked"
    at = folder / "provider"
    at.mkdir()
    (at / "nginx.conf").write_text(_NGINX.format(at=at, body=_PROVIDER.format(host=HOST, port=port, root=root)))
    command = [program, "-c", str(at / "nginx.conf")]
    with running(plan, command, port, at / "log", is_proxy=False):
        yield


def body_of(size: int) -> bytes:
    """Return a JSON document of that many octets."""
    frame = b'{"value": ""}'
    return frame[:-2] + b"x" * (size - len(frame)) + frame[-2:]


@contextmanager
def proxy(
    plan: Plan, program: str, folder: Path, *, port: int, provider: int, server: Path, root: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run nginx or HAProxy as a plain proxy that demands a client certificate."""
    at = folder / program
    at.mkdir()
    told = {"host": HOST, "port": port, "provider": provider, "server": server, "root": root}
    path = find(program)
    assert path is not None, "the caller looked"
    if program == "nginx":
        (at / "conf").write_text(_NGINX.format(at=at, body=_PROXY.format(**told)))
        command = [path, "-c", str(at / "conf")]
    else:
        (at / "conf").write_text(_HAPROXY.format(**told))
        command = [path, "-db", "-f", str(at / "conf")]
    with running(plan, command, port, at / "log", is_proxy=True) as process:
        yield process


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and its children have used."""
    total = 0.0
    for one in [pid, *_children(pid)]:
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / _TICK
    return total


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [one for child in map(int, found) for one in (child, *_children(child))]


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured: messages a second, times in milliseconds, processor time of the proxy in microseconds."""

    rate: float
    p50: float
    p99: float
    answers: int
    failed: int
    processor: float

    def or_better(self, other: Run | None) -> Run:
        """Return the run with the higher rate, with all that failed in both and the lower processor time."""
        if other is None:
            return self
        best = max(self, other, key=lambda run: run.rate)
        return replace(best, failed=self.failed + other.failed, processor=min(self.processor, other.processor))


@dataclass(frozen=True)
class Load:
    """ApacheBench over kept connections with a client certificate; each message has ``body`` for a body."""

    plan: Plan
    folder: Path
    certificate: Path

    def run(
        self, url: str, pid: int, body: bytes, *, connections: int, seconds: int, headers: Sequence[str] = ()
    ) -> Run:
        """Send messages for so long; ``pid`` is the process whose time is measured."""
        posted, table, log = self.folder / "body", self.folder / "times.csv", self.folder / "ab.log"
        posted.write_bytes(body)
        log.unlink(missing_ok=True)
        program = find("ab")
        assert program is not None, "the caller looked"
        command = [program, "-k", "-l", "-q", "-r", "-t", str(seconds), "-n", "100000000", "-c", str(connections)]
        command += ["-p", str(posted), "-T", "application/json", "-E", str(self.certificate), "-e", str(table)]
        command += [part for header in headers for part in ("-H", header)]
        before = processor_seconds(pid)
        process = self.plan.run([*command, url], is_proxy=False, log=log)
        process.wait(seconds + 60)
        used = processor_seconds(pid) - before
        figures = {name: float(value) for name, value in _FIGURE.findall(log.read_text(errors="replace"))}
        if process.returncode or "Complete requests" not in figures:
            raise SystemExit(f"the load failed: {log.read_text(errors='replace')[-2000:]}")
        if not figures["Complete requests"]:
            # So much was on its way at once that nothing came to its end in this time.
            return Run(rate=0.0, p50=0.0, p99=0.0, answers=0, failed=int(figures["Failed requests"]), processor=0.0)
        with table.open() as file:
            times = {row[0]: float(row[1]) for row in list(csv.reader(file))[1:]}
        answers = int(figures["Complete requests"])
        return Run(
            rate=figures["Requests per second"],
            p50=times["50"],
            p99=times["99"],
            answers=answers,
            failed=int(figures["Failed requests"] + figures.get("Non-2xx responses", 0)),
            processor=used / answers * 1e6,
        )
