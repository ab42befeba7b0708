"""Evidence is written and judged from the command line; judging needs neither house nor Django."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from typer.testing import CliRunner

from divan.project.command_line import application
from divan_libs.asic.archive import read_archive, write_archive
from divan_libs.asic.tests.makers import batch, plain, world

_WITHOUT_DJANGO = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "psycopg"}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Refuse())
from divan.project.command_line import application
application()(sys.argv[1:])
"""


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "whole.asice").write_bytes(batch(5, 2))
    (tmp_path / "alone.asice").write_bytes(plain(others=2))
    files = read_archive(batch(5, 2))
    files.pop("mimetype")
    files["intent.json"] += b" "
    (tmp_path / "altered.asice").write_bytes(write_archive(files))
    (tmp_path / "none.asice").write_bytes(b"no archive")
    (tmp_path / "root.pem").write_bytes(world().root.public_bytes(Encoding.PEM))
    return tmp_path


def judge(folder: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(
        application(), ["exchange", "verify", *arguments], env={"DIVAN_DATA": str(folder / "none")}
    )
    return done.exit_code, done.output + str(done.exception or "")


def test_whole_containers_are_genuine_and_say_who_signed_and_when(folder):
    code, said = judge(
        folder, *(str(folder / name) for name in ("whole.asice", "alone.asice")), "--roots", str(folder / "root.pem")
    )

    assert code == 0
    assert said.count("GENUINE") == 2
    assert "by Gateway, certificate" in said
    assert said.count("says it was 2026-11-22 08:00:00 UTC") == 4


def test_what_does_not_hold_is_said_with_its_code(folder):
    code, said = judge(folder, str(folder / "altered.asice"), str(folder / "none.asice"), "--any-root")

    assert code == 1
    assert "(asic.chain.digest)" in said
    assert "(asic.archive)" in said


def test_a_machine_gets_an_object_for_each_file(folder):
    code, said = judge(folder, str(folder / "alone.asice"), "--any-root", "--json")

    found = json.loads(said.splitlines()[0])
    assert (code, found["genuine"], found["shape"], found["signer"]) == (0, True, "plain", "Gateway")


def test_without_anybody_to_trust_nothing_is_judged(folder):
    code, said = judge(folder, str(folder / "whole.asice"))

    assert code == 1
    assert "no authorities to trust" in said
    assert "GENUINE" not in said


def test_judging_needs_no_django(folder):
    command = [sys.executable, "-c", _WITHOUT_DJANGO, "exchange", "verify", str(folder / "whole.asice"), "--any-root"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert "GENUINE" in done.stdout
    assert done.stderr == ""


def test_evidence_is_written_once_it_is_stamped_and_over_nothing(
    db, tmp_path, monkeypatch, django_capture_on_commit_callbacks
):
    from django.apps import apps  # noqa: PLC0415 (Django is ready only now)

    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.trust.exchange import actions  # noqa: PLC0415 (as above)
    from divan.trust.exchange.apps import ExchangeOptions  # noqa: PLC0415 (as above)
    from divan.trust.exchange.tests import world as around  # noqa: PLC0415 (as above)

    told = ExchangeOptions(
        rehearsal=True,
        control=tmp_path / "exchange",
        gateway=tmp_path / "gateway",
        address="",
        subsystem=around.OURS,
        server="LR/GOV/governor-office/gateway",
    )
    monkeypatch.setattr(apps.get_app_config("exchange"), "options", told)
    with django_capture_on_commit_callbacks(execute=True):
        actions.found_exchange(plan=around.plan(), actor=SYSTEM, now=around.NOW)
    writer = around.Writer(told)
    writer.messages("a")
    writer.log.close()
    actions.import_evidence(actor=SYSTEM, now=around.NOW)
    out = tmp_path / "a.asice"

    def write(message: str, *more: str):
        return CliRunner().invoke(application(), ["exchange", "evidence", message, "--out", str(out), *more])

    early = write("message-a")
    assert (early.exit_code, out.exists()) == (3, False)
    actions.stamp_evidence(timestamper=around.stamper(told, around.NOW), actor=SYSTEM, now=around.NOW)
    assert write("message-a").exit_code == 0
    whole = out.read_bytes()

    assert write("message-a").exit_code == 1
    assert "exchange.evidence-unknown" in str(write("message-z").exception)
    assert out.read_bytes() == whole
    roots = str(told.control / "authorities.pem")
    code, said = judge(tmp_path, str(out), "--roots", roots)
    assert (code, said.count("GENUINE")) == (0, 1)
    assert "purpose: احراز هویت" in said
    listed = CliRunner().invoke(application(), ["exchange", "records", "--day", "2026-11-22"])
    [record] = map(json.loads, listed.output.splitlines())
    assert len(record) == 39 + 1  # those of the schema, and xRequestId
    assert (record["messageId"], record["clientSubsystemCode"], record["serviceCode"]) == (
        "message-a",
        "divan",
        "person",
    )
    assert (record["succeeded"], record["statusCode"], record["responseSize"]) == (True, 200, 3)
    assert record["requestInTs"] < record["responseInTs"]
    assert CliRunner().invoke(application(), ["exchange", "records", "--day", "1"]).exit_code == 1
