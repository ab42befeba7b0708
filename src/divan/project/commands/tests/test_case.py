"""`divan case move`: what it meets is said in sentences, in the language asked for."""

from __future__ import annotations

import re

import pytest
import typer
from typer.testing import CliRunner

from divan.dealings.cases import queries
from divan.dealings.cases.tests import workshop
from divan.project.commands import case as command
from divan.registers.catalogue import queries as catalogue
from divan_libs.servicepack import moving
from divan_libs.servicepack.move_words import SENTENCES

SLOWER = ("flow.yaml", ("steps", "check", "clock"), {"amount": 9, "unit": "working-days"})
OTHER_KIND = ("flow.yaml", ("steps", "check", "kind"), "draft")


@pytest.fixture
def waiting(world, tmp_path):
    """Return how to publish a later version of the service of a case that waits in its first step."""
    shop = workshop.publish(world, tmp_path / "first")
    case = shop.submitted()

    def publish(*changes):
        workshop.publish(world, tmp_path / "second", *changes)
        return case

    for name in ("first", "second"):
        (tmp_path / name).mkdir(exist_ok=True)
    return publish


def typed(*words: str):
    app = typer.Typer()
    command.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["case", "move", *words])


def test_what_changes_is_said_and_the_case_is_moved_with_yes(waiting):
    case = waiting(SLOWER)

    preview = typed(case.number, "--lang", "en")
    assert (preview.exit_code, queries.get_case(case.uuid).version) == (0, case.version)
    assert "Changes: The clock of the step “متن title” is counted anew from its beginning." in preview.stdout
    moved = typed(case.number, "--reason", "مهلت تازه", "--yes")
    assert f"پروندهٔ {case.number} اکنون بر نسخهٔ ۲ است." in moved.stdout
    assert queries.get_case(case.uuid).version == catalogue.get_current_version("workshop-permit").uuid


def test_what_is_in_the_way_is_said_in_persian_unless_asked_otherwise(waiting):
    case = waiting(OTHER_KIND)

    refused = typed(case.number, "--reason", "چون", "--yes")

    assert refused.exit_code == 1
    assert "مانع: گام «متن title» در این نسخه از نوعی دیگر است." in refused.stdout
    assert "move." not in refused.stdout
    assert queries.get_case(case.uuid).version == case.version


@pytest.mark.django_db
def test_a_number_that_no_case_has_is_said():
    told = typed("05-0000001-99", "--lang", "en")

    assert (told.exit_code, "No case has the number 05-0000001-99." in told.output) == (1, True)


def test_every_code_of_a_finding_has_its_sentences():
    assert set(SENTENCES) == set(re.findall(r"move\.[a-z-]+", moving.MoveFinding.__doc__))
