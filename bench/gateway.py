"""How many service calls a second go through the gateway, against the same calls sent to the provider directly.

Everything runs on this machine at once: load generator, gateway and provider, each in processes of its own; in each
pair the same generator asks the same provider. Evidence is strict: two durable records a call, and after the run the
evidence is audited and every answered call must have its closing record under a signed root.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import re
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import uvloop
from cryptography.hazmat.primitives import serialization
from rich.console import Console
from rich.progress import track
from rich.table import Table

from divan_libs.envelope.addresses import ClientId, ServerId, ServiceId
from divan_libs.envelope.evidence.audit import audit_directory
from divan_libs.envelope.evidence.records import Closing, Kind
from divan_libs.envelope.evidence.segments import SUFFIX, read_segment
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.signed_snapshot import sign_snapshot
from divan_libs.envelope.snapshot import Connection, Member, Service, Snapshot, Subsystem
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.fingerprints import fingerprint as certificate_fingerprint
from divan_libs.pki.keys import FileKey, generate_private_key

HOST = "127.0.0.1"
CLIENT = "EE/GOV/1/client"
PLAIN_CLIENT = "EE/GOV/1/plain"
SERVICE = "EE/GOV/2/sub/persons"
PATH = "/persons/0012345679"
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_ANSWER_BODY = json.dumps({"first_name": "x" * 450, "last_name": "y" * 450}).encode().ljust(1024)
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(_ANSWER_BODY)
) + _ANSWER_BODY


class _Provider(asyncio.Protocol):
    """Answers every request with the same 1 KiB of JSON."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            found = _LENGTH.search(self._buffer, 0, end)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self._buffer) < whole:
                return
            self._buffer = self._buffer[whole:]
            self._transport.write(_ANSWER)


def run_provider(port: int, tls_port: int, certificate: str) -> None:
    """Serve on both ports until killed."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
        await loop.create_server(_Provider, HOST, port, backlog=1024)
        await loop.create_server(_Provider, HOST, tls_port, ssl=tls, backlog=1024)
        await asyncio.Event().wait()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve())


class _Asker(asyncio.Protocol):
    """Asks again as soon as it is answered, until the time is over; keeps the times of all answers."""

    def __init__(self, request: bytes, until: float) -> None:
        self._request = request
        self._until = until
        self.times: list[float] = []
        self.failed = 0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)
        self._buffer = b""
        self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        found = _LENGTH.search(self._buffer, 0, end)
        if found is None or len(self._buffer) < end + 4 + int(found[1]):
            return
        now = time.perf_counter()
        self.times.append(now - self._began)
        self.failed += not self._buffer.startswith(b"HTTP/1.1 200 ")
        self._buffer = b""
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.failed += error is not None
        if not self.done.done():
            self.done.set_result(None)


@dataclass
class Result:
    """What one run measured; times in seconds."""

    rate: float
    median: float
    p99: float
    answers: int
    failed: int


def load(port: int, request: bytes, *, connections: int, seconds: float, tls: ssl.SSLContext | None) -> Result:
    """Ask over so many kept-alive connections for so long."""

    async def ask() -> list[_Asker]:
        loop = asyncio.get_running_loop()
        until = time.perf_counter() + seconds
        askers = []
        for _ in range(connections):
            _, asker = await loop.create_connection(
                lambda: _Asker(request, until), HOST, port, ssl=tls, server_hostname=HOST if tls else None
            )
            askers.append(asker)
        await asyncio.gather(*(asker.done for asker in askers))
        return askers

    began = time.perf_counter()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        askers = runner.run(ask())
    elapsed = time.perf_counter() - began
    times = sorted(value for asker in askers for value in asker.times)
    if not times:
        raise SystemExit("nothing was answered")
    return Result(
        rate=len(times) / elapsed,
        median=statistics.median(times),
        p99=times[int(len(times) * 0.99)],
        answers=len(times),
        failed=sum(asker.failed for asker in askers),
    )


def free_ports(count: int) -> list[int]:
    """Return so many ports that nobody listens on."""
    probes = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Bench:
    """Certificates, a snapshot and the addresses of one run."""

    def __init__(self, directory: Path, workers: int) -> None:
        self.directory = directory
        self.workers = workers
        self.provider, self.provider_tls, self.gateway, self.gateway_tls = free_ports(4)
        self.now = datetime.now(UTC)
        authority = RehearsalAuthority.create(self.now)
        self.root = directory / "root.pem"
        self.root.write_bytes(authority.root.public_bytes(serialization.Encoding.PEM))
        self.server_file = directory / "server.pem"
        self.client_file = directory / "client.pem"
        server, client = generate_private_key(), generate_private_key()
        server_certificate = authority.issue_tls_server(server.public_key(), [HOST], now=self.now)
        client_certificate = authority.issue_tls_client(client.public_key(), CLIENT, now=self.now)
        FileKey.create(self.server_file, server, server_certificate, authority.chain)
        FileKey.create(self.client_file, client, client_certificate, authority.chain)
        self.signer = SoftSigner(generate_private_key())
        self.evidence_signer = SoftSigner.from_pem(self._write_key("evidence.pem"))
        (directory / "snapshot.pub").write_bytes(
            self.signer.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
        (directory / "subjects.json").write_text(json.dumps({"k1": os.urandom(32).hex()}))
        (directory / "snapshot.jws").write_bytes(sign_snapshot(self._snapshot(), self.signer).octets)

    def _write_key(self, name: str) -> bytes:
        pem = generate_private_key().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self.directory / name).write_bytes(pem)
        return pem

    def _snapshot(self) -> Snapshot:
        client, plain, service = ClientId.parse(CLIENT), ClientId.parse(PLAIN_CLIENT), ServiceId.parse(SERVICE)
        fingerprint = certificate_fingerprint(FileKey.open(self.client_file).certificate)
        return Snapshot(
            version=1,
            issued_at=self.now,
            expires_at=self.now + timedelta(hours=1),
            server=ServerId.parse("EE/GOV/2/gateway"),
            subject_key="k1",
            members=(Member(id=client.member, name="asks"), Member(id=service.provider.member, name="answers")),
            subsystems=(
                Subsystem(id=client, name="", certificates=frozenset({fingerprint})),
                Subsystem(id=plain, name="", connection=Connection.HTTP),
                Subsystem(id=service.provider, name=""),
            ),
            services=(
                Service(
                    id=service,
                    name="persons",
                    addresses=(f"http://{HOST}:{self.provider}",),
                    subject=SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1"),
                ),
            ),
            permits=tuple(
                Permit(
                    id=str(subject),
                    subject=subject,
                    service=service,
                    method="GET",
                    path_glob="/persons/*",
                    purpose="measurement",
                    legal_basis="none",
                    starts_at=self.now,
                )
                for subject in (client, plain)
            ),
        )

    def environment(self) -> dict[str, str]:
        """Return the environment of the gateway."""
        settings = {
            "SERVER": "EE/GOV/2/gateway",
            "LISTEN": f"{HOST}:{self.gateway_tls}",
            "PLAIN_LISTEN": f"{HOST}:{self.gateway}",
            "CERTIFICATE": self.server_file,
            "KEY": self.server_file,
            "CLIENT_AUTHORITIES": self.root,
            "SNAPSHOT": self.directory / "snapshot.jws",
            "SNAPSHOT_KEY": self.directory / "snapshot.pub",
            "EVIDENCE": self.directory / "evidence",
            "SIGNING_KEY": self.directory / "evidence.pem",
            "SUBJECT_KEYS": self.directory / "subjects.json",
            "WORKERS": self.workers,
        }
        return os.environ | {f"DIVAN_GATEWAY_{name}": str(value) for name, value in settings.items()}

    def tls(self) -> ssl.SSLContext:
        """Return the client's context, with its certificate."""
        context = ssl.create_default_context(cafile=str(self.root))
        context.load_cert_chain(self.client_file)
        return context

    def proven(self) -> int:
        """Return the number of answered calls in the evidence; everything in it must hold."""
        findings = audit_directory(self.directory / "evidence", self.evidence_signer.public_key())
        if findings:
            raise SystemExit(f"the evidence does not hold: {findings[:3]}")
        paths = (self.directory / "evidence").glob(f"*{SUFFIX}")
        records = (record for path in paths for record in read_segment(path).records)
        return sum(1 for kind, payload in records if kind is Kind.CLOSING and Closing.decode(payload).status == 200)


@contextmanager
def provider_running(bench: Bench) -> Iterator[None]:
    """Run the provider in a process of its own."""
    arguments = (bench.provider, bench.provider_tls, str(bench.server_file))
    process = multiprocessing.get_context("spawn").Process(target=run_provider, args=arguments, daemon=True)
    process.start()
    try:
        wait_for_port(bench.provider_tls)
        yield
    finally:
        process.kill()
        process.join()


@contextmanager
def gateway_running(bench: Bench) -> Iterator[None]:
    """Run the gateway as an operator would."""
    with (bench.directory / "gateway.log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "divan_gateway"], env=bench.environment(), stderr=log)
    try:
        wait_for_port(bench.gateway)
        wait_for_port(bench.gateway_tls)
        yield
    finally:
        process.terminate()
        process.wait(30)


def wait_for_port(port: int) -> None:
    """Wait until somebody listens there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nobody listens on {port}")


def sync_floor(directory: Path) -> float:
    """Return the median time of making one record durable here, in seconds."""
    times = []
    with (directory / "floor").open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(b"x" * 600)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times)


def measure(bench: Bench, *, connections: tuple[int, ...], seconds: float) -> dict[str, Result]:
    """Run every case and return its result by name."""
    direct = f"GET {PATH} HTTP/1.1\r\nHost: provider\r\nAccept: application/json\r\n\r\n".encode()
    through = (
        f"GET /r1/{SERVICE}{PATH} HTTP/1.1\r\nHost: gateway\r\nAccept: application/json\r\nX-Road-Client: %s\r\n\r\n"
    )
    tls = bench.tls()
    cases = {
        "direct_plain": (bench.provider, direct, None),
        "gateway_plain": (bench.gateway, (through % PLAIN_CLIENT).encode(), None),
        "direct_tls": (bench.provider_tls, direct, tls),
        "gateway_mtls": (bench.gateway_tls, (through % CLIENT).encode(), tls),
    }
    runs = [(name, case, count) for count in connections for name, case in cases.items()]
    results = {}
    for name, (port, request, context), count in track(runs, console=Console(stderr=True), description="measuring"):
        load(port, request, connections=count, seconds=min(1.0, seconds / 4), tls=context)
        results[f"{name}_{count}"] = load(port, request, connections=count, seconds=seconds, tls=context)
    return results


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    parser.add_argument("--workers", type=int, default=1, help="processes of the gateway")
    options = parser.parse_args()
    connections = (32,) if options.quick else (1, 32, 128)
    with tempfile.TemporaryDirectory(prefix="divan-bench-") as name, ExitStack() as running:
        bench = Bench(Path(name), options.workers)
        floor = sync_floor(bench.directory)
        running.enter_context(provider_running(bench))
        with gateway_running(bench):
            results = measure(bench, connections=connections, seconds=4.0 if options.quick else 10.0)
        proven = bench.proven()
    failed = sum(result.failed for result in results.values())
    figures = report(results, connections, floor, proven, options.workers)
    figures["failed"] = failed
    if options.json:
        print(json.dumps(figures))
    if failed:
        raise SystemExit(f"{failed} calls failed")


def report(
    results: dict[str, Result], connections: tuple[int, ...], floor: float, proven: int, workers: int
) -> dict[str, float]:
    """Print the table and return the figures by name."""
    console = Console()
    console.print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{workers} gateway process(es), durable write {floor * 1e6:.0f} µs"
    )
    table = Table("case", "connections", "requests/s", "median ms", "p99 ms")
    figures: dict[str, float] = {"durable_write_us": round(floor * 1e6, 1), "proven_calls": proven}
    for name, result in results.items():
        case, _, count = name.rpartition("_")
        row = (f"{result.rate:,.0f}", f"{result.median * 1e3:.2f}", f"{result.p99 * 1e3:.2f}")
        table.add_row(case, count, *row)
        figures[f"{name}_rps"] = round(result.rate, 1)
        figures[f"{name}_p99_ms"] = round(result.p99 * 1e3, 3)
    console.print(table)
    for number in connections:
        for through, direct in (("gateway_plain", "direct_plain"), ("gateway_mtls", "direct_tls")):
            ratio = results[f"{through}_{number}"].rate / results[f"{direct}_{number}"].rate
            figures[f"{through}_to_{direct}_{number}"] = round(ratio, 3)
            console.print(f"{through} / {direct} at {number} connections: {ratio:.2f}")
    return figures


if __name__ == "__main__":
    main()
