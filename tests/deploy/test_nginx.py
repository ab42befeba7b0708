"""The shipped configuration of nginx, run through nginx: the published log, the house behind it, and nothing else."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.waiting import wait_for

from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import write_certificates
from divan_libs.pki.keys import generate_private_key
from divan_libs.tlog.checkpoints import CHECKPOINT_PATH, COSIGNED_PATH, Checkpoint, open_checkpoint, sign_checkpoint
from divan_libs.tlog.following import Expectations, look
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.fsck import fsck
from divan_libs.tlog.log import integrate
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.remote import RemoteStore
from divan_libs.tlog.serving import cache_control, content_type
from divan_libs.tlog.storage import LocalStore

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
ORIGIN = "log.example/province"
KEY = NoteSigner(ORIGIN, SignatureType.ED25519, b"L" * 32)
SIZES = (1, 200, 256, 300, 700)

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is not installed")


class House(BaseHTTPRequestHandler):
    """Says what reached it."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        told = json.dumps({"path": self.path, "headers": {name.lower(): value for name, value in self.headers.items()}})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told.encode())

    def log_message(self, *_given: object) -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Running:
    https: int
    http: int
    certificate: Path
    log: LocalStore
    house: ThreadingHTTPServer

    def get(self, path: str, *, plain: bool = False, **headers: str) -> tuple[int, dict[str, str], bytes]:
        if plain:
            connection = http.client.HTTPConnection("127.0.0.1", self.http, timeout=10)
        else:
            context = ssl.create_default_context(cafile=str(self.certificate))
            connection = http.client.HTTPSConnection("localhost", self.https, timeout=10, context=context)
        connection.request("GET", path, headers={"Host": "divan.example.org"} | headers)
        answer = connection.getresponse()
        found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        connection.close()
        return found


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def publish(directory: Path) -> LocalStore:
    """Publish a log that has grown in steps, so that full tiles and partial ones lie there."""
    store, frontier = LocalStore(directory), Frontier()
    entries = [os.urandom(32) for _ in range(SIZES[-1])]
    for size in SIZES:
        frontier = integrate(store, frontier, entries[frontier.size : size]).frontier
    note = sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), [KEY]).encode()
    store.replace(CHECKPOINT_PATH, note)
    store.replace(COSIGNED_PATH, note)
    return store


def certify(folder: Path) -> Path:
    authority, key = RehearsalAuthority.create(datetime.now(UTC)), generate_private_key()
    issued = authority.issue_tls_server(key.public_key(), ["localhost"], now=datetime.now(UTC))
    (folder / "fullchain.pem").write_bytes(write_certificates((issued, *authority.chain)))
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    trusted = folder / "root.pem"
    trusted.write_bytes(write_certificates([authority.root]))
    return trusted


def configure(folder: Path, *, https: int, http_port: int, house: int) -> Path:
    """Write what an operator writes: the shipped file with their own ports and folders, within the main one."""
    site = (ROOT / "deploy" / "nginx.conf.example").read_text()
    changes = {
        r"listen \[::\]:\d+( ssl[^;]*)?;": "",
        r"listen 80;": f"listen 127.0.0.1:{http_port};",
        r"listen 443": f"listen 127.0.0.1:{https}",
        r"127\.0\.0\.1:8000": f"127.0.0.1:{house}",
        r"/etc/ssl/divan": str(folder),
        r"/var/lib/divan/tlog": str(folder / "tlog"),
    }
    for shipped, own in changes.items():
        site, count = re.subn(shipped, own, site)
        assert count, f"the shipped file has no {shipped} any more"
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = folder / "nginx.conf"
    whole.write_text(
        f"daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off; {paths}\n{site}\n}}\n"
    )
    return whole


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("nginx")
    log, trusted = publish(folder / "tlog"), certify(folder)
    house = ThreadingHTTPServer(("127.0.0.1", 0), House)
    threading.Thread(target=house.serve_forever, daemon=True).start()
    https, http_port = free_port(), free_port()
    settings = configure(folder, https=https, http_port=http_port, house=house.server_port)
    process = subprocess.Popen([str(NGINX), "-p", str(folder), "-c", str(settings)], stderr=subprocess.PIPE)
    try:
        await_listener(https, process)
        yield Running(https, http_port, trusted, log, house)
    finally:
        process.terminate()
        process.communicate(timeout=10)
        house.shutdown()
        house.server_close()


def await_listener(port: int, process: subprocess.Popen[bytes]) -> None:
    def listens() -> bool:
        assert process.poll() is None, process.communicate()[1].decode()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    wait_for(listens, otherwise="nginx does not listen")


def test_every_published_file_is_served_as_the_house_itself_serves_it(running):
    paths = sorted(running.log.paths())
    assert sum(".p/" in path for path in paths) >= 2
    assert {CHECKPOINT_PATH, COSIGNED_PATH, "tile/0/000", "tile/entries/001"} <= set(paths)

    for path in paths:
        status, headers, body = running.get(f"/log/{path}")

        assert (status, body) == (200, running.log.read(path)), path
        assert headers["cache-control"] == cache_control(path), path
        assert headers["content-type"] == content_type(path), path
        assert headers["access-control-allow-origin"] == "*", path
        assert headers["x-content-type-options"] == "nosniff", path


def test_a_stranger_follows_and_examines_the_log_through_nginx(running, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
    remote = RemoteStore(f"https://localhost:{running.https}/log/")

    followed, found = look(remote, None, Expectations(log_keys=(KEY.verifier,)), now=int(time.time()))

    assert found == []
    assert open_checkpoint(followed.note, [KEY.verifier]).checkpoint.size == SIZES[-1]


def test_the_log_is_read_while_the_house_is_away(running, tmp_path):
    settings = configure_without_house(running, tmp_path)
    process = subprocess.Popen([str(NGINX), "-p", str(tmp_path), "-c", str(settings.file)], stderr=subprocess.PIPE)
    try:
        await_listener(settings.running.https, process)
        assert settings.running.get("/log/checkpoint")[0] == 200
        assert settings.running.get("/services/")[0] == 502
    finally:
        process.terminate()
        process.communicate(timeout=10)


@dataclass(frozen=True)
class Away:
    file: Path
    running: Running


def configure_without_house(running: Running, folder: Path) -> Away:
    shutil.copytree(running.log._directory, folder / "tlog")
    trusted, https, http_port = certify(folder), free_port(), free_port()
    file = configure(folder, https=https, http_port=http_port, house=free_port())
    return Away(file, Running(https, http_port, trusted, LocalStore(folder / "tlog"), running.house))


@pytest.mark.parametrize(
    "path",
    [
        "/log/tile/9/999",
        "/log/tile/../../nginx.conf",
        "/log/tile/%2e%2e/%2e%2e/nginx.conf",
        "/log/tile/0/../../../key.pem",
        "/log/tile//0/000/../../../../key.pem",
        "/log/checkpoint/../../key.pem",
        "/log/tile/0/000%00.p/1",
        "/log/",
        "/log/.staging/x",
    ],
)
def test_nothing_but_the_log_leaves_its_folder(running, path):
    status, _, body = running.get(path)

    # What is no file of the log is the house's to answer, or nobody's.
    assert status in {400, 404} or json.loads(body)["path"]
    assert b"PRIVATE KEY" not in body
    assert b"master_process" not in body


@pytest.mark.parametrize("path", ["/exchange/persons/1", "/%65xchange/persons/1", "//exchange/x", "/a/../exchange/x"])
def test_what_the_gateway_asks_for_is_for_nobody_outside(running, path):
    assert running.get(path)[0] == 403


def test_the_house_is_told_who_really_asks(running):
    status, _, body = running.get("/services/?q=a%2Fb", **{"X-Forwarded-For": "1.2.3.4", "X-Forwarded-Proto": "http"})

    told = json.loads(body)
    assert (status, told["path"]) == (200, "/services/?q=a%2Fb")
    assert told["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert told["headers"]["x-forwarded-proto"] == "https"
    assert told["headers"]["host"] == "divan.example.org"


def test_who_comes_in_clear_is_sent_to_https(running):
    status, headers, _ = running.get("/services/?q=1", plain=True)

    assert (status, headers["location"]) == (301, "https://divan.example.org/services/?q=1")


def test_a_body_larger_than_any_form_is_refused_before_the_house_hears_of_it(running):
    context = ssl.create_default_context(cafile=str(running.certificate))
    connection = http.client.HTTPSConnection("localhost", running.https, timeout=10, context=context)
    connection.putrequest("POST", "/services/")
    connection.putheader("Content-Length", str(33 * 1024 * 1024))
    connection.endheaders()

    assert connection.getresponse().status == 413
    connection.close()


def test_the_whole_log_is_sound(running):
    assert fsck(running.log, [KEY.verifier], origin=ORIGIN) == []
