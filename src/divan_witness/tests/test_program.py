"""`divan witness` as its operator runs it and as logs meet it: processes, sockets, kill -9, and the client of a log."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from divan_libs.tlog.checkpoints import open_checkpoint
from divan_libs.tlog.cosigning import cosign, remembered_head
from divan_libs.tlog.forks import parse_fork, verify_fork
from divan_libs.tlog.notes import NoteSigner, SignatureType, parse_note
from divan_libs.tlog.policies import TrustedWitness, open_by_policy, parse_policy
from divan_libs.tlog.remote import RemoteError, RemoteStore, request
from divan_libs.tlog.witnessing import read_size
from divan_witness.tests.rig import ORIGIN, Log, WitnessProcess, free_port

SMUGGLED = (
    b"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET"
)
"""A request of two lengths, of which a proxy and a server may each believe another."""


@pytest.fixture(scope="module")
def log():
    return Log()


@pytest.fixture(scope="module")
def running(tmp_path_factory, log):
    """Two witnesses of two houses, under way."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(WitnessProcess(tmp_path_factory.mktemp(name), f"witness.example/{name}", log)).start()
            for name in ("university", "newspaper")
        ]


def policy_of(witnesses):
    lines = [f"witness {one.folder.name} {one.verifier.encode()} {one.url}" for one in witnesses]
    names = " ".join(one.folder.name for one in witnesses)
    return parse_policy("\n".join([*lines, f"group everybody all {names}", "quorum everybody", ""]))


@contextmanager
def lying(answer):
    """A server that answers every submission the same way."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            status, content_type, body = answer
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def silent():
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_a_log_gets_the_cosignatures_of_all_and_remembers_where_each_stands(running, log):
    policy = policy_of(running)
    sizes = {}
    for size in (5, 5, 300):
        cosigned = cosign(log.head(size), policy, lambda old, new=size: log.prove(old, new), sizes=sizes, timeout=30)

        assert (cosigned.is_enough, [outcome.code for outcome in cosigned.outcomes]) == (True, ["", ""])
        opened = open_by_policy(cosigned.note, policy, log_keys=[log.key.verifier])
        assert opened.checkpoint.size == size
        sizes = cosigned.sizes
    assert sizes == dict.fromkeys((one.folder.name for one in running), 300)
    # With an empty memory the log is told by each witness where it stands.
    assert cosign(log.head(600), policy, lambda old: log.prove(old, 600), timeout=30).is_enough
    for one in running:
        seen = remembered_head(TrustedWitness("w", one.verifier, one.url), [log.key.verifier], ORIGIN)
        assert seen is not None
        assert open_checkpoint(seen, [log.key.verifier, one.verifier], quorum=1).checkpoint.size == 600


def test_witnesses_that_are_down_silent_or_lying_cost_only_their_own_cosignature(tmp_path, log):
    stranger = NoteSigner("witness.example/stranger", SignatureType.COSIGNATURE, b"S" * 32).verifier.encode()
    answers = {
        "forger": (200, "text/plain", b"\xe2\x80\x94 witness.example/stranger AAAAAAAAAAAA\n"),
        "mute": (200, "text/plain", b""),
        "loop": (409, "text/x.tlog.size", b"1\n"),
        "ahead": (409, "text/x.tlog.size", b"9999\n"),
        "other": (409, "text/plain", b"no\n"),
        "closed": (404, "text/html", b"<h1>gone</h1>"),
        "huge": (200, "text/plain", b"x" * 2_000_000),
    }
    with ExitStack() as stack:
        honest = stack.enter_context(WitnessProcess(tmp_path, "witness.example/honest", log)).start()
        urls = {name: stack.enter_context(lying(answer)) for name, answer in answers.items()}
        urls |= {"silent": stack.enter_context(silent()), "down": f"http://127.0.0.1:{free_port()}", "odd": "ftp://x"}
        keys = {
            name: NoteSigner(f"witness.example/{name}", SignatureType.COSIGNATURE, name.ljust(32).encode())
            for name in urls
        }
        lines = [f"witness honest {honest.verifier.encode()} {honest.url}"]
        lines += [f"witness {name} {keys[name].verifier.encode()} {url}" for name, url in urls.items()]
        policy = parse_policy("\n".join(lines) + "\nquorum honest\n")

        cosigned = cosign(log.head(300), policy, lambda old: log.prove(old, 300), timeout=15, patience=3)

    assert cosigned.is_enough
    assert {outcome.witness.name: outcome.code.removeprefix("tlog.") for outcome in cosigned.outcomes} == {
        "honest": "",
        "forger": "cosigning.cosignature",
        "mute": "cosigning.cosignature",
        "loop": "cosigning.refused",
        "ahead": "cosigning.witness-ahead",
        "other": "cosigning.root-differs",
        "closed": "cosigning.refused",
        "huge": "remote.too-large",
        "silent": "cosigning.too-late",
        "down": "remote.unreachable",
        "odd": "remote.address",
    }
    assert {outcome.witness.name for outcome in cosigned.against_the_log} == {"ahead", "other"}
    assert stranger not in cosigned.note
    assert len(parse_note(cosigned.note).lines) == 2


def test_a_log_that_was_rolled_back_or_forked_hears_it_from_its_witness(tmp_path, log):
    with WitnessProcess(tmp_path, "witness.example/w", log).start() as witness:
        policy = policy_of([witness])
        cosign(log.head(300), policy, lambda old: log.prove(old, 300), timeout=30)
        fork = Log(salt=b"another history")

        rolled_back = cosign(log.head(5), policy, lambda old: log.prove(old, 5), timeout=30)
        forked = cosign(fork.head(300), policy, lambda old: fork.prove(old, 300), timeout=30)

        assert [outcome.code for outcome in rolled_back.against_the_log] == ["tlog.cosigning.witness-ahead"]
        assert [outcome.code for outcome in forked.against_the_log] == ["tlog.cosigning.root-differs"]
        assert not rolled_back.is_enough
        told = witness.command("status", code=1)
    file = told.rpartition("fork: ")[2].strip()
    first, _ = verify_fork(parse_fork(Path(file).read_bytes()), [log.key.verifier])
    assert first.size == 300


@pytest.mark.parametrize(("fault", "remembered"), [("witness.cosigned", 3), ("witness.remembered", 300)])
def test_a_power_cut_gives_out_nothing_and_the_log_goes_on_from_what_is_left(tmp_path, log, fault, remembered):
    with WitnessProcess(tmp_path, "witness.example/w", log) as witness:
        witness.start()
        assert witness.post(log.submission(0, 3)).status == 200
        witness.stop()
        witness.start(fault=fault)

        with pytest.raises(RemoteError):
            witness.post(log.submission(3, 300))

        assert witness.died()
        witness.start()
        told = witness.post(log.submission(0, 300))
        assert (told.status, read_size(told.content_type, told.body)) == (409, remembered)
        assert witness.post(log.submission(remembered, 300)).status == 200
        assert witness.stop() == 0


def test_the_proof_of_a_fork_survives_a_power_cut(tmp_path, log):
    with WitnessProcess(tmp_path, "witness.example/w", log) as witness:
        witness.start(fault="witness.fork-kept")
        assert witness.post(log.submission(0, 7)).status == 200

        with pytest.raises(RemoteError):
            witness.post(Log(salt=b"other").submission(7, 7))

        assert witness.died()
        assert "1 forks" in witness.command("status", code=1)
        witness.start()
        assert witness.post(log.submission(7, 300)).status == 200


def test_a_remembered_head_is_read_like_a_file_of_the_log(running, log):
    store = RemoteStore(running[0].url)

    assert store.read("nowhere") is None
    assert request(f"{running[0].url}/add-checkpoint").status == 405
    assert running[0].post(b"x" * 100_000).status == 413
    with socket.create_connection(("127.0.0.1", int(running[0].url.rpartition(":")[2])), timeout=5) as raw:
        raw.sendall(SMUGGLED)
        assert raw.recv(100).startswith(b"HTTP/1.1 400")
    assert request(f"{running[0].url}/key").body.decode().strip() == running[0].verifier.encode()


def test_keys_and_logs_are_made_once_and_wrong_ones_are_said_in_one_line(tmp_path, log):
    witness = WitnessProcess(tmp_path, "witness.example/w", log)
    key = tmp_path / "witness.key"

    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert "there already" in witness.command("keygen", "witness.example/w", code=1)
    other = tmp_path / "other"
    elsewhere = ["--config", str(other / "witness.toml")]
    assert witness.command("keygen", "witness.example/o", *elsewhere).startswith("witness.example/o+")
    assert f"{ORIGIN}: added" in witness.command(
        "add-log", log.key.verifier.encode(), "https://log.example", *elsewhere
    )
    assert "0 entries, vouched for never" in witness.command("status", *elsewhere)
    assert "cannot name a witness" in witness.command("keygen", "two words", code=1)
    assert "stands here already" in witness.command("add-log", log.key.verifier.encode(), code=1)
    assert "tlog.note.key" in witness.command("add-log", "nonsense", code=1)
    assert "another kind" in witness.command("add-log", witness.verifier.encode(), code=1)
    assert "never" in witness.command("status")
    key.chmod(0o644)
    assert "chmod 600" in witness.command("run", code=1)
    key.chmod(0o600)
    witness.config.write_text('listen = "127.0.0.1"\n')
    assert "is not host:port" in witness.command("run", code=1)
    witness.config.write_text("thread = 3\n")
    assert "there is no setting thread" in witness.command("run", code=1)


def test_the_witness_runs_where_nothing_of_the_house_is(tmp_path, log):
    """Neither Django nor the database's driver is imported by any of its commands."""
    program = (
        "import sys\n"
        "for name in ('django', 'psycopg', 'httpx', 'granian'): sys.modules[name] = None\n"
        "from divan.project.command_line import main\n"
        "main()\n"
    )
    config = str(tmp_path / "witness.toml")
    for arguments in (["keygen", "witness.example/w"], ["add-log", log.key.verifier.encode()], ["status"]):
        done = subprocess.run(
            [sys.executable, "-c", program, "witness", *arguments, "--config", config],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert ORIGIN in done.stdout
