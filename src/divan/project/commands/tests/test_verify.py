"""`divan verify`: what it prints, how it ends, and that it needs neither Django nor a database."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import polib
import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from typer.testing import CliRunner

from divan.project.commands import verify
from divan.project.launcher.troubles import CannotStart
from divan.project.verifier import words
from divan.project.verifier.tests.specimens import Log, make_evidence, sign_letter, write_trust
from divan_libs.envelope.keys import SoftSigner
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.tests.specimens import NOON, make_pdf


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

    assert isinstance(missing, CannotStart)
    assert "nothing.pdf: No such file" in str(missing)
    assert isinstance(untrusting, CannotStart)
    assert "no trust folder" in str(untrusting)


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
