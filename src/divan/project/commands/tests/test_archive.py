"""`divan archive`: what is handed over and what is wrong with it is said in words and in the exit code."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import typer
from django.apps import apps
from typer.testing import CliRunner

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, lying_in
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.project.commands import archive as command
from divan.project.launcher.troubles import CannotStart
from divan.registers.people import queries as people


def typed(*words: object):
    app = typer.Typer()
    command.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["archive", *map(str, words)])


@pytest.fixture
def closed(world, tmp_path, monkeypatch):
    """A body with a closed file of two letters."""
    known = replace(options(), files_directory=tmp_path / "files")
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", known)
    offices.found(world)
    body = people.get_unit(offices.BODY).uuid
    actions.import_plan(body=body, text=PLAN, actor=SYSTEM, now=world.now)
    plan = {one.code: one for one in queries.list_plan(body)}
    return lying_in(world, plan["2-1"], letters=2)


def test_what_was_exported_verifies_and_what_was_altered_is_named(closed, tmp_path):
    folder = tmp_path / "out"

    made = typed("export", offices.BODY, "--to", folder)
    whole = typed("verify", folder)
    [document, *_rest] = sorted((folder / "data/documents").rglob("*.pdf"))
    document.write_bytes(document.read_bytes() + b"x")
    altered = typed("verify", folder)
    as_json = typed("verify", folder, "--json")

    assert (made.exit_code, whole.exit_code) == (0, 0)
    assert "1 files, 2 letters, 2 documents" in made.stdout
    assert "whole, and as it was handed over" in whole.stdout
    assert altered.exit_code == as_json.exit_code == 1
    place = document.relative_to(folder).as_posix()
    assert f"altered  {place}" in altered.stdout
    assert [json.loads(line)["place"] for line in as_json.stdout.splitlines() if "altered" in line] == [place]
    assert "findings" in altered.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nowhere",), "there is no body nowhere"),
        (("governor-office",), "nothing was written"),
        ((offices.BODY, "--up-to", "burned"), "burned"),
        ((offices.BODY, "--file", "x"), "badly formed"),
    ],
)
def test_what_cannot_be_exported_is_said_and_leaves_no_folder(closed, tmp_path, words, said):
    done = typed("export", *words, "--to", tmp_path / "out")

    assert isinstance(done.exception, CannotStart)
    assert said in str(done.exception)
    assert not (tmp_path / "out").exists()


def test_nothing_is_written_over_what_is_there(closed, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("kept")

    done = typed("export", offices.BODY, "--to", tmp_path / "out")

    assert isinstance(done.exception, CannotStart)
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["mine"]
    assert typed("verify", tmp_path / "out").exit_code == 1
    assert typed("verify", tmp_path / "gone").exit_code == 2
