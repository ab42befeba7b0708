"""`divan ledger monitor`: what it says and how it ends, over files and HTTP, and what a power cut leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from divan.project.commands import ledger
from divan.project.launcher.troubles import CannotStart
from divan.project.verifier import watching
from divan.project.verifier.trust import read_trust
from divan_libs.tlog.forks import parse_fork, verify_fork
from divan_libs.tlog.frontier import Frontier
from divan_libs.tlog.log import integrate
from divan_libs.tlog.notes import NoteSigner, SignatureType
from divan_libs.tlog.storage import LocalStore
from divan_witness.tests.rig import Log, WitnessProcess

WITHOUT_THE_HOUSE = (
    "import sys\n"
    "for name in ('django', 'psycopg', 'httpx'): sys.modules[name] = None\n"
    "from divan.project.command_line import main\n"
    "main()\n"
)
WITNESS = NoteSigner("witness.example/w", SignatureType.COSIGNATURE, b"W" * 32)


class Published:
    """A log in a folder, as strangers read it, whose head can be set to any size it was published at."""

    SIZES = (3, 300, 512, 600)

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.honest, self.other = Log(), Log(salt=b"another history ")
        self.show(3)

    def show(self, size: int, *, log: Log | None = None) -> None:
        log = log or self.honest
        for file in sorted(self.folder.glob("tile/**/*")):
            if file.is_file():
                file.unlink()
        store, frontier = LocalStore(self.folder), Frontier()
        for step in [known for known in self.SIZES if known <= size]:
            entries = [log.salt + b"%d" % number for number in range(frontier.size, step)]
            frontier = integrate(store, frontier, entries).frontier
        store.replace("checkpoint", log.head(size).encode())


@pytest.fixture
def published(tmp_path):
    return Published(tmp_path / "log")


@pytest.fixture
def trust(tmp_path, published):
    folder = tmp_path / "trust"
    folder.mkdir()
    (folder / "log.vkey").write_text(published.honest.key.verifier.encode() + "\n")
    return folder


@pytest.fixture
def command_line(tmp_path, published, trust):
    def arguments(*more, source=None):
        paths = ("--trust", str(trust), "--state", str(tmp_path / "known.json"))
        return ["ledger", "monitor", str(source or published.folder), *paths, "--once", "--language", "en", *more]

    return arguments


@pytest.fixture
def monitor(command_line):
    """Run the command in this process, and say its end as the command line does."""

    def run(*more, source=None):
        app = typer.Typer()
        ledger.register(app)
        app.command("nothing")(lambda: None)
        result = CliRunner().invoke(app, command_line(*more, source=source))
        if isinstance(result.exception, CannotStart):
            return Done(result.exception.exit_code, result.stdout, str(result.exception))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return Done(result.exit_code, result.stdout, result.stderr)

    return run


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def process(command_line):
    """Run the command in a process of its own, in which there is no Django."""

    def run(*more, fault=""):
        return subprocess.run(
            [sys.executable, "-c", WITHOUT_THE_HOUSE, *command_line(*more)],
            env=os.environ | {"DIVAN_FAULT": fault},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@contextmanager
def served(handler):
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def test_a_log_is_followed_over_http_until_it_rewrites_itself(monitor, published, tmp_path):
    with served(partial(Quiet, directory=str(published.folder))) as url:
        for size in (3, 300, 512):
            published.show(size)
            done = monitor(source=url)
            assert (done.returncode, done.stderr) == (0, "")
            assert done.stdout == f"✓ log.example/province is in order, with {size} entries.\n"

        published.show(600, log=published.other)
        done = [monitor(source=url), monitor(source=url)]

    assert [one.returncode for one in done] == [1, 1]
    assert "rewritten what it had signed before" in done[0].stdout
    (proof,) = (tmp_path / "known.json.forks").glob("*.json")
    first, second = verify_fork(parse_fork(proof.read_bytes()), [published.honest.key.verifier])
    assert (first.size, second.size) == (512, 600)


@pytest.mark.parametrize(
    ("size", "spoil", "code", "said"),
    [
        (
            300,
            lambda folder: folder.exists(),
            1,
            "shorter than it was. [tlog.following.rolled-back] (size=300, known_size=512)",
        ),
        (600, lambda folder: (folder / "tile/0/002.p/88").write_bytes(b"x" * 88 * 32), 1, "do not lead to the signed"),
        (600, lambda folder: (folder / "tile/0/002.p/88").unlink(), 3, "is missing. [tlog.following.missing]"),
        (600, lambda folder: (folder / "checkpoint").write_text("\x1b[2J"), 1, "not signed by the log"),
        (600, lambda folder: (folder / "checkpoint").unlink(), 3, "is missing"),
    ],
)
def test_each_thing_that_is_wrong_is_said_and_has_its_exit_code(monitor, published, tmp_path, size, spoil, code, said):
    published.show(512)
    assert monitor().returncode == 0
    known = (tmp_path / "known.json").read_bytes()
    published.show(size)
    spoil(published.folder)

    done = monitor()

    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stdout
    assert "\x1b" not in done.stdout
    assert (tmp_path / "known.json").read_bytes() == known


def test_who_is_to_be_told_is_told_and_a_deaf_one_is_named(monitor, published, tmp_path):
    published.show(512)
    assert monitor().returncode == 0
    published.show(512, log=published.other)
    heard = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self):
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    command = f'{sys.executable} -c \'import os,sys; open(sys.argv[1],"w").write(os.environ["DIVAN_FOUND"])\' '
    with served(Hook) as hook:
        told = monitor("--run", command + str(tmp_path / "told"), "--webhook", hook, "--json")
    deaf = monitor("--run", "/nowhere/at/all", "--webhook", hook)

    assert told.returncode == deaf.returncode == 1
    assert (tmp_path / "told").read_text() == "tlog.following.fork"
    assert [found["code"] for found in heard[0]["found"]] == ["tlog.following.fork"]
    assert json.loads(told.stdout)["found"][0]["weight"] == "alarm"
    assert "/nowhere/at/all" in deaf.stderr
    assert hook in deaf.stderr


def test_it_goes_on_through_trouble_and_ends_at_an_alarm_and_tells_only_what_is_new(published, trust, tmp_path):
    told = tmp_path / "told"
    command = (
        f'{sys.executable} -c \'import os,sys; open(sys.argv[1],"a").write(os.environ["DIVAN_FOUND"]+",")\' {told}'
    )
    expected = watching.expectations(read_trust(trust), stalled_after=None, cosigned_within=None)
    watch = watching.Watch(
        source=str(published.folder), state=tmp_path / "known.json", expected=expected, command=command
    )
    head = published.folder / "checkpoint"
    steps = [
        lambda: published.show(300),
        lambda: head.rename(tmp_path / "hidden"),
        lambda: None,
        lambda: (tmp_path / "hidden").rename(head),
        lambda: published.show(3),
    ]

    seen = []
    looks = watching.looks(watch, every=0)
    for step in steps:
        step()
        found, troubles = next(looks)
        seen.append([str(one.code).rpartition(".")[2] for one in found])
        assert troubles == []

    assert seen == [[], ["missing"], ["missing"], [], ["rolled-back"]]
    assert list(looks) == []
    assert told.read_text() == "tlog.following.missing,tlog.following.rolled-back,"


def test_witnesses_that_are_demanded_are_watched_and_asked_for_what_they_saw(monitor, published, trust, tmp_path):
    (tmp_path / "w").mkdir()
    with WitnessProcess(tmp_path / "w", "witness.example/live", published.honest).start() as witness:
        (trust / "log.policy").write_text(f"witness live {witness.verifier.encode()} {witness.url}\nquorum live\n")
        unseen = monitor()
        head = published.honest.head(3)
        line = witness.post(published.honest.submission(0, 3)).body.decode()
        (published.folder / "checkpoint").write_text(head + line)
        seen = monitor()
        witness.post(published.honest.submission(3, 300))
        withheld = monitor()

    silent = monitor()
    assert (unseen.returncode, seen.returncode, withheld.returncode, silent.returncode) == (2, 0, 2, 3)
    assert "Not enough of the witnesses" in unseen.stdout
    assert "A witness knows a longer log than you are shown" in withheld.stdout
    assert "A witness cannot be reached" in silent.stdout


@pytest.mark.parametrize(("fault", "known"), [("monitor.before-rename", 3), ("monitor.after-rename", 300)])
def test_a_power_cut_leaves_the_head_before_or_the_new_one(monitor, process, published, tmp_path, fault, known):
    assert monitor().returncode == 0
    published.show(300)

    cut = process(fault=fault)

    assert cut.returncode == -signal.SIGKILL
    assert f"\\n{known}\\n" in (tmp_path / "known.json").read_text()
    assert process().stdout == "✓ log.example/province is in order, with 300 entries.\n"


def test_what_cannot_be_used_is_said_in_one_line_and_never_begun_anew(monitor, published, trust, tmp_path):
    state = tmp_path / "known.json"
    assert monitor(source=tmp_path / "nowhere").returncode == 3
    assert monitor(source="http://127.0.0.1:9").stdout.startswith("✗ The log cannot be reached.")
    assert not state.exists()
    state.write_text("{}")
    damaged = monitor()
    assert (damaged.returncode, state.read_text()) == (3, "{}")
    assert "is damaged or not of this log" in damaged.stderr
    assert len(damaged.stderr.splitlines()) == 1
    (trust / "log.vkey").write_text(WITNESS.verifier.encode())
    assert "holds no key of a log" in monitor().stderr
