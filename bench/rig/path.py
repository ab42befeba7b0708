"""The whole path of evidence: bodies of a gigabyte, kills under load, and containers that foreign tools verify."""

from __future__ import annotations

import hashlib
import http.client
import random
import shutil
import ssl
import subprocess
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from bench.exchange_kills import certify
from bench.rig import exchange
from bench.rig.proxies import HOST, Plan, free_ports
from lxml import etree
from rich.console import Console

from divan_gateway.tests import kills as killing
from divan_gateway.tests.provider import Provider
from divan_gateway.tests.rig import PLAIN_CLIENT, Gateway, Ground
from divan_libs.asic import containers
from divan_libs.asic.verification import verify_container
from divan_libs.asic.xades import DS, SIGNATURES, XADES
from divan_libs.envelope.evidence.containers import batch_signature
from divan_libs.envelope.evidence.finding import find_messages
from divan_libs.envelope.evidence.stamps import StampedBatches, stamp_path
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.timestampers import LocalTimestamper
from divan_libs.pki.timestamps import TimestampAuthority

_PIECE = bytes(range(256)) * 4096
"""A mebibyte."""


class _Bulk(BaseHTTPRequestHandler):
    """Takes bodies of any size and gives their hash; gives as many mebibytes as the path says."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        found = hashlib.sha256()
        left = int(self.headers["Content-Length"])
        while left and (piece := self.rfile.read(min(left, len(_PIECE)))):
            found.update(piece)
            left -= len(piece)
        self._begin(64)
        self.wfile.write(found.hexdigest().encode())

    def do_GET(self) -> None:
        count = int(self.path.rpartition("/")[2])
        self._begin(count * len(_PIECE))
        for _ in range(count):
            self.wfile.write(_PIECE)

    def _begin(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _bulk_provider(port: int) -> Iterator[None]:
    with ThreadingHTTPServer((HOST, port), _Bulk) as server:
        threading.Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True).start()
        yield
        server.shutdown()


def large_bodies(folder: Path, console: Console, *, mebibytes: int) -> dict[str, float]:
    """Send one large body each way and tell how much memory the gateway ever had."""
    at = folder / "large"
    at.mkdir()
    ports = free_ports(2)
    made = exchange.Exchange(at, port=ports[1], provider=ports[0])
    expected = hashlib.sha256()
    for _ in range(mebibytes):
        expected.update(_PIECE)
    with _bulk_provider(ports[0]), made.running(Plan.here()) as gateway:
        before = _highest_memory(gateway.pid)
        began = time.monotonic()
        told = _send(made, mebibytes)
        between = time.monotonic()
        taken = _fetch(made, mebibytes)
        ended = time.monotonic()
        highest = _highest_memory(gateway.pid)
    faults = sum(one != expected.hexdigest() for one in (told, taken))
    console.print(
        f"{mebibytes} MiB there in {between - began:.1f} s and back in {ended - between:.1f} s; the gateway had "
        f"{before / 2**20:.0f} MiB before and {highest / 2**20:.0f} MiB at most; {made.proven()} messages proven"
    )
    figures = {"mebibytes": mebibytes, "up_seconds": between - began, "down_seconds": ended - between}
    figures["resident_mib"] = round(highest / 2**20, 1)
    return {f"large_{name}": round(value, 2) for name, value in figures.items()} | {"faults": faults}


def _connect(made: exchange.Exchange) -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cafile=str(made.root))
    context.load_cert_chain(made.client)
    return http.client.HTTPSConnection(HOST, made.port, context=context, timeout=600)


def _send(made: exchange.Exchange, count: int) -> str:
    connection = _connect(made)
    headers = {"X-Road-Client": exchange.CLIENT, "Content-Length": str(count * len(_PIECE))}
    connection.request("POST", _target(made, "bulk"), (_PIECE for _ in range(count)), headers)
    return connection.getresponse().read().decode()


def _fetch(made: exchange.Exchange, count: int) -> str:
    connection = _connect(made)
    connection.request("GET", _target(made, str(count)), headers={"X-Road-Client": exchange.CLIENT})
    response, found = connection.getresponse(), hashlib.sha256()
    while piece := response.read(len(_PIECE)):
        found.update(piece)
    return found.hexdigest()


def _target(made: exchange.Exchange, last: str) -> str:
    return made.url("strict", 0).partition(str(made.port))[2].removesuffix("0") + last


def _highest_memory(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def whole_path(folder: Path, console: Console, *, kills: int) -> dict[str, float]:
    """Kill the gateway under load so many times, count everything, and have random messages judged by others."""
    provider = Provider()
    try:
        ground = killing.prepare(folder / "path", provider)
        authority = certify(ground)
        count = killing.kill_under_load(ground, provider, kills=kills)
        judged = _judge(ground, authority, messages=10)
    finally:
        provider.close()
    console.print(
        f"{count.kills} kills: {count.asked:,} messages asked, {count.reached_provider:,} reached the provider, "
        f"{count.answered:,} answered, {count.in_doubt:,} in doubt; lost answers {count.lost_answers}, lost at the "
        f"provider {count.lost_at_provider}, ended twice {count.twice}, wrongly in doubt {count.wrong_doubt}, findings "
        f"{len(count.findings)}"
    )
    told = ", ".join(f"{name} {value}" for name, value in judged.items())
    console.print(f"of 10 containers handed out by /asic these hold: {told}")
    wrong = sum(value != 10 for value in judged.values())
    figures = {"kills": count.kills, "answered": count.answered, "in_doubt": count.in_doubt}
    return {f"path_{name}": value for name, value in figures.items()} | {"faults": count.faults + wrong}


def _judge(ground: Ground, authority: RehearsalAuthority, *, messages: int) -> dict[str, int]:
    """Return how many containers each verifier takes for genuine; a tool that is not here is not asked."""
    ids = {closing.request_id for closing in ground.closings() if closing.outcome == "answered"}
    answered = sorted({intent.message_id for intent in ground.intents() if intent.request_id in ids})
    chosen = random.Random(1).sample(answered, messages)  # noqa: S311 (which ones is no secret)
    gateway = Gateway(ground).wait_until()
    try:
        for number, message_id in enumerate(chosen):
            _stamp(ground, authority, message_id, number)
        taken = [_hand_out(gateway, message_id) for message_id in chosen]
    finally:
        gateway.stop()
    court = _Court(ground.directory / "court", authority)
    judges = {"ours": court.ours}
    judges |= {"xmlsec1": court.xmlsec1} if shutil.which("xmlsec1") else {}
    judges |= {"openssl ts": court.openssl} if shutil.which("openssl") else {}
    return {name: sum(map(judge, taken)) for name, judge in judges.items()}


def _hand_out(gateway: Gateway, message_id: str) -> bytes:
    names = ("xRoadInstance", "memberClass", "memberCode", "subsystemCode")
    told = "&".join(f"{name}={part}" for name, part in zip(names, PLAIN_CLIENT.split("/"), strict=True))
    reply = gateway.plain("GET", f"/asic?queryId={quote(message_id)}&{told}&unique&requestOnly")
    if reply.status != 200:
        raise SystemExit(f"no container of {message_id}: {reply.status} {reply.body!r}")
    return reply.body


def _stamp(ground: Ground, authority: RehearsalAuthority, message_id: str, number: int) -> None:
    """Have the batch of a message stamped, as the house does, and lay the token where the gateway looks."""
    now = datetime.now(UTC)
    [message] = find_messages(ground.evidence, message_id)
    key = generate_private_key()
    kept = FileKey(key, authority.issue_timestamper(key.public_key(), now=now), authority.chain)
    signatures = [batch_signature(message.root, message.certificates)]
    stamper = LocalTimestamper(TimestampAuthority(kept, kept.chain), lambda: now)
    told = StampedBatches(
        token=stamper.stamp(containers.stamped_file(signatures), "sha512"),
        items=containers.stamp_items(signatures),
        batches={(message.segment, message.root.batch): 0},
    )
    path = ground.directory / "stamps" / stamp_path(number, "bench", now.date())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(told.encode())


@dataclass(frozen=True)
class _Court:
    """Judges who know nothing of us but the root of our authority."""

    folder: Path
    authority: RehearsalAuthority

    def ours(self, container: bytes) -> bool:
        """Ask our own verifier."""
        later = datetime.now(UTC) + timedelta(minutes=1)
        verdict = verify_container(container, roots=[self.authority.root], now=later)
        return verdict.intact and verdict.trusted is True and verdict.timestamped_at is not None

    def xmlsec1(self, container: bytes) -> bool:
        """Ask xmlsec1 for the signature, its references and its certificate."""
        at = self._unpacked(container)
        root = etree.fromstring((at / SIGNATURES).read_bytes())
        uris = [one.get("URI") for one in root.iter(f"{{{DS}}}Reference")]
        maps = [part for uri in uris if uri.startswith("/") for part in (f"--url-map:{uri}", uri[1:])]
        command = ["xmlsec1", "--verify", "--trusted-pem", "root.pem", "--untrusted-pem", "chain.pem"]
        return _holds([*command, "--id-attr:Id", f"{XADES}:SignedProperties", *maps, SIGNATURES], at)

    def openssl(self, container: bytes) -> bool:
        """Ask OpenSSL for the timestamp."""
        command = ["openssl", "ts", "-verify", "-data", "ts-hashchainresult.xml", "-in", "META-INF/timestamp.tst"]
        command += ["-token_in", "-CAfile", "root.pem", "-untrusted", "chain.pem"]
        return _holds(command, self._unpacked(container))

    def _unpacked(self, container: bytes) -> Path:
        at = self.folder / hashlib.sha256(container).hexdigest()
        with zipfile.ZipFile(BytesIO(container)) as packed:
            packed.extractall(at)
        (at / "root.pem").write_bytes(write_certificates([self.authority.root]))
        (at / "chain.pem").write_bytes(write_certificates(self.authority.chain))
        return at


def _holds(command: Sequence[str], at: Path) -> bool:
    return subprocess.run(command, cwd=at, capture_output=True, check=False).returncode == 0
