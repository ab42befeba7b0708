"""`divan verify`: what it prints, how it ends, and that it needs neither Django nor a database."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polib
import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from typer.testing import CliRunner

from divan.project.commands import verify
from divan.project.verifier import words
from divan.project.verifier.tests.specimens import Log, make_evidence, sign_letter, write_trust
from divan_libs.envelope.keys import SoftSigner
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.tests.specimens import NOON, make_pdf
from divan_libs.tlog.checkpoints import Checkpoint, sign_checkpoint
from divan_libs.tlog.forks import Fork
from divan_libs.tlog.notes import NoteSigner, SignatureType


@pytest.fixture(scope="module")
def given_files(tmp_path_factory):
    """Write a genuine file of each kind, an altered letter, a foreign file, and the folder of what is trusted."""
    folder = tmp_path_factory.mktemp("given")
    log, key = Log(), SoftSigner(generate_private_key(SECP256R1()))
    authority = RehearsalAuthority.create(NOON - timedelta(days=30))
    letter = sign_letter(make_pdf(), authority, log.receipt())
    files = {
        "decision.tlog-proof": log.receipt(),
        "letter.pdf": letter,
        "message.json": json.dumps(make_evidence(key, tmp_path_factory.mktemp("evidence"))).encode(),
        "altered.pdf": letter.replace(b"(Divan)", b"(Nabid)"),
        "picture.png": b"\x89PNG",
    }
    for name, content in files.items():
        (folder / name).write_bytes(content)
    write_trust(folder / "trust", log, authority, key)
    return folder


@pytest.fixture(autouse=True)
def catalogues(tmp_path, monkeypatch):
    """Compile the Persian catalogue as it is in the sources, wherever the tests run."""
    for language in ("fa", "en"):
        folder = tmp_path / language / "LC_MESSAGES"
        folder.mkdir(parents=True)
        polib.pofile(str(words.LOCALE / language / "LC_MESSAGES" / "django.po")).save_as_mofile(
            str(folder / "django.mo")
        )
    monkeypatch.setattr(words, "LOCALE", tmp_path)


@pytest.fixture
def run(given_files):
    app = typer.Typer()
    verify.register(app)

    def run(*arguments):
        return CliRunner().invoke(app, ["--trust", str(given_files / "trust"), *map(str, arguments)])

    return run


def test_the_command_says_each_file_in_persian_unless_told_otherwise(run, given_files):
    genuine = [given_files / name for name in ("decision.tlog-proof", "letter.pdf", "message.json")]

    persian, english = run(*genuine), run("--lang", "en", *genuine)

    assert (persian.exit_code, english.exit_code) == (0, 0)
    assert "این سند اصیل است" in persian.output
    assert english.output.splitlines()[0] == "decision.tlog-proof:"
    for sentence in ("This receipt is genuine", "This document is genuine", "This evidence is genuine", "Sara Ahmadi"):
        assert sentence in english.output


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (["letter.pdf", "altered.pdf"], 1),
        (["letter.pdf", "picture.png"], 2),
        (["altered.pdf", "picture.png"], 1),
    ],
)
def test_the_exit_code_is_that_of_the_worst_file(run, given_files, names, code):
    assert run(*(given_files / name for name in names)).exit_code == code


def test_machines_get_one_object_for_each_file(run, given_files):
    result = run("--json", given_files / "letter.pdf", given_files / "picture.png")

    letter, picture = (json.loads(line) for line in result.output.splitlines())
    assert (letter["kind"], letter["outcome"], letter["inside"]["outcome"]) == ("pdf", "genuine", "genuine")
    assert (picture["kind"], picture["problems"]) == ("unknown", ["verify.unknown-kind"])


def test_a_missing_file_or_trust_folder_is_one_clear_line(run, given_files, tmp_path):
    missing = run(given_files / "nothing.pdf").exception
    untrusting = run("--trust", tmp_path / "nowhere", given_files / "letter.pdf").exception

    assert isinstance(missing, verify.CannotVerify)
    assert "nothing.pdf: No such file" in str(missing)
    assert isinstance(untrusting, verify.CannotVerify)
    assert "no trust folder" in str(untrusting)
    assert missing.exit_code == untrusting.exit_code == 3


def test_a_folder_gives_a_table_with_a_row_for_each_file(run, given_files, tmp_path):
    for name in ("decision.tlog-proof", "letter.pdf", "altered.pdf", "picture.png"):
        (tmp_path / name).write_bytes((given_files / name).read_bytes())

    told = run("--language", "en", tmp_path)

    assert told.exit_code == 1
    for text in ("decision.tlog-proof", "letter.pdf", "altered.pdf", "The content is not what was signed"):
        assert text in " ".join(told.output.split()), told.output
    assert "picture.png" not in told.output
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "holds no receipt" in str(run(empty).exception)


def test_a_name_cannot_steer_the_terminal(run, given_files, tmp_path):
    hostile = tmp_path / "folder"
    hostile.mkdir()
    content = (given_files / "decision.tlog-proof").read_bytes()
    for name in (b"\x1b[2Jcleared.tlog-proof", b"\xff\xfe.tlog-proof"):
        Path(os.fsdecode(os.fsencode(hostile) + b"/" + name)).write_bytes(content)

    each = [run("--lang", "en", *hostile.iterdir()), run("--lang", "en", hostile), run("--json", hostile)]

    assert [told.exit_code for told in each] == [0, 0, 0]
    assert all("\x1b" not in told.output for told in each)
    assert "�[2Jcleared.tlog-proof:" in each[0].output


def test_an_address_is_read_and_judged_like_a_file(run, given_files):
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(given_files))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        genuine, gone = run("--lang", "en", f"{address}/letter.pdf"), run(f"{address}/nothing.pdf").exception
        server.shutdown()
    away = run(f"{address}/letter.pdf").exception

    assert (genuine.exit_code, genuine.output.splitlines()[0]) == (0, "letter.pdf:")
    assert "the server answers 404" in str(gone)
    assert "Connection refused" in str(away)


@pytest.fixture
def demanding(given_files, tmp_path):
    """Give a folder that trusts the same log, and demands a witness that has never seen it besides the one that has."""

    def make(quorum):
        folder = tmp_path / quorum
        shutil.copytree(given_files / "trust", folder)
        other = NoteSigner("witness.example/other", SignatureType.COSIGNATURE, b"O" * 32)
        lines = [f"witness seen {Log().witness.verifier.encode()}", f"witness other {other.verifier.encode()}"]
        lines += ["group both all seen other", f"quorum {quorum}", ""]
        (folder / "log.policy").write_text("\n".join(lines))
        return folder

    return make


def test_who_demands_witnesses_is_told_when_too_few_have_seen_it(run, given_files, demanding):
    receipt = given_files / "decision.tlog-proof"

    met = run("--trust", demanding("seen"), "--lang", "en", receipt)
    unmet = run("--trust", demanding("both"), "--lang", "en", receipt)
    undemanding = run("--lang", "en", receipt)

    assert (met.exit_code, unmet.exit_code, undemanding.exit_code) == (0, 1, 0)
    assert "Not enough of the witnesses that you demand have seen this log. [tlog.policy.unmet]" in unmet.output
    assert "it is not proved:" in unmet.output
    assert "Number: ICT/1405/17" in unmet.output
    assert "that everybody is shown the same log" in undemanding.output
    assert "that everybody is shown the same log" not in met.output
    assert all("that what was recorded is true" in told.output for told in (met, undemanding))


def test_the_proof_that_a_log_lied_is_judged_too(run, tmp_path):
    key = Log().key
    heads = [sign_checkpoint(Checkpoint(key.name, 7, root * 32), [key]) for root in (b"a", b"b")]
    forger = NoteSigner(key.name, SignatureType.ED25519, b"F" * 32)
    forged = sign_checkpoint(Checkpoint(key.name, 7, b"c" * 32), [forger])
    for name, second in [("fork", heads[1]), ("same", heads[0]), ("forged", forged)]:
        (tmp_path / f"{name}.json").write_bytes(Fork(heads[0], second, 1_700_000_000).encode())

    told = {name: run("--lang", "en", tmp_path / f"{name}.json") for name in ("fork", "same", "forged")}

    assert {name: one.exit_code for name, one in told.items()} == {"fork": 0, "same": 1, "forged": 1}
    assert "This proves that the log has lied" in told["fork"].output
    assert "The two heads do not contradict each other." in told["same"].output
    assert "not signed by a log that you trust" in told["forged"].output


def test_the_verifier_needs_no_django_and_no_database(given_files):
    program = (
        "import sys, typer\n"
        "sys.modules['django'] = sys.modules['psycopg'] = None\n"
        "from divan.project.commands import verify\n"
        "app = typer.Typer()\n"
        "verify.register(app)\n"
        "app()\n"
    )
    command = [sys.executable, "-c", program, "--lang", "en", "--trust", str(given_files / "trust")]
    files = [str(given_files / name) for name in ("decision.tlog-proof", "letter.pdf", "message.json")]

    done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("genuine") == 4
