"""`divan service`: begin, examine, try, compare, publish, carry in and out, draw; as somebody types it."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
from typer.testing import CliRunner

from divan.project.commands import service
from divan.project.launcher.troubles import CannotStart
from divan.registers.catalogue import queries
from divan.registers.catalogue.values import ServiceUnknown
from divan.trust.exchange import queries as exchange
from divan_libs.servicepack.loading import load_package

CODE = "rural-internet-coverage"
SHIPPED = Path(__file__).resolve().parents[5] / "services" / CODE


@pytest.fixture
def run():
    """Return a function that types a command; what the person can put right is raised."""
    app = typer.Typer()
    service.register(app)
    app.callback()(lambda: None)

    def typed(*words, answer=None):
        result = CliRunner().invoke(app, ["service", *map(str, words)], input=answer)
        if isinstance(result.exception, CannotStart):
            raise result.exception
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result

    return typed


@pytest.fixture
def province(world, monkeypatch):
    """A furnished province whose exchange offers what the shipped service asks; no gateway runs in a test."""
    known = frozenset({"civil-registry/person", "mobile-register/owner"})
    monkeypatch.setattr(exchange, "data_service_codes", lambda: known)
    return world


@pytest.fixture
def edited(tmp_path):
    """Return the shipped service in a folder of its own, a clock shortened."""
    folder = tmp_path / "edited" / CODE
    shutil.copytree(SHIPPED, folder)
    flow = folder / "flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("amount: 6, unit", "amount: 4, unit"), "utf-8")
    return folder


@pytest.mark.parametrize("kind", ["executable", "card", "hand-off"])
def test_a_new_service_passes_lint_and_test_at_once(run, tmp_path, kind):
    assert run("new", "well-permit", "--kind", kind, "--into", tmp_path).exit_code == 0

    assert run("lint", "--alone", tmp_path / "well-permit").exit_code == 0
    assert run("test", tmp_path / "well-permit").exit_code == 0


def test_a_new_service_is_not_written_over_another(run, tmp_path):
    run("new", "well-permit", "--into", tmp_path)

    with pytest.raises(CannotStart, match="not empty"):
        run("new", "well-permit", "--into", tmp_path)
    with pytest.raises(CannotStart, match="no code"):
        run("new", "Well", "--into", tmp_path)


def test_lint_says_where_and_what_to_change(run, edited):
    flow = edited / "flow.yaml"
    flow.write_text(flow.read_text("utf-8").replace("{to: endorse}", "{to: heaven}"), "utf-8")

    told = run("lint", "--alone", edited, "--lang", "en")

    assert told.exit_code == 1
    assert "flow.yaml:15: flow.unknown-step (step=heaven)" in told.output
    assert "→ Name a step of this flow, or write the step." in told.output


@pytest.mark.parametrize(
    ("slip", "said"), [("#شماره", "unknown variable"), ("[", "unclosed delimiter"), ("@ali ", "label `<ali>`")]
)
def test_lint_and_publish_typeset_every_letter_on_trial(run, edited, province, slip, said):
    letter = next(edited.glob("outputs/*.typ"))
    words = letter.read_text("utf-8")
    letter.write_text(words.replace("احترام", f"احترام {slip}", 1), "utf-8")

    for command in (["lint", "--alone"], ["publish", "--yes"]):
        told = run(*command, edited, "--lang", "en")

        assert told.exit_code == 1
        assert f"outputs/{letter.name}:" in told.output
        assert f"outputs.letter-not-typeset (said={said}" in told.output
        assert "→ Correct the Typst of this letter there." in told.output
    with pytest.raises(ServiceUnknown):
        queries.get_numbered_version(CODE, 2)


def test_a_folder_that_cannot_be_read_is_told_the_same_way(run, edited):
    (edited / "fees.yaml").write_text("free: [", "utf-8")

    for command in (["lint", "--alone"], ["test"], ["draw"]):
        told = run(*command, edited)
        assert told.exit_code == 1
        assert "fees.yaml:1: yaml.syntax" in told.output


def test_a_failing_example_is_named(run, edited):
    example = edited / "examples" / "answered.yaml"
    example.write_text(example.read_text("utf-8").replace("fee: 0", "fee: 7"), "utf-8")

    told = run("test", edited)

    assert told.exit_code == 1
    assert "FAILED  answered" in told.output
    assert "fee: 7 is expected, 0 came out" in told.output


def test_two_folders_are_compared_in_words(run, edited):
    told = run("diff", SHIPPED, edited, "--lang", "en")

    assert told.exit_code == 1
    assert told.output.splitlines() == [
        "Clocks and silence",
        "  - The step “Expert examination and draft” has 4 working days instead of 6 working days.",
        "Cases that run",
        "  - Cases and drafts that run stay on the version they began with; only new ones follow the new version.",
    ]
    assert run("diff", SHIPPED, SHIPPED).exit_code == 0


def test_pictures_are_drawn(run, tmp_path):
    assert run("draw", SHIPPED, "--out", tmp_path / "flow.svg").exit_code == 0
    assert run("draw", SHIPPED, "--as", "bpmn", "--out", tmp_path / "flow.bpmn").exit_code == 0

    for name, root in (("flow.svg", "svg"), ("flow.bpmn", "definitions")):
        drawn = ET.fromstring((tmp_path / name).read_text("utf-8"))  # noqa: S314 (written by ourselves)
        assert drawn.tag.endswith(root)


def test_a_table_of_cards_becomes_folders(run, tmp_path):
    table = tmp_path / "cards.csv"
    table.write_text(
        "code,عنوان خدمت,شرح خدمت,دستگاه اجرایی,نوع خدمت,ماهیت,سطح,قوانین و مقررات,متوسط مدت زمان\n"
        "well-seal,پلمب چاه,پلمب چاه‌های بی‌پروانه,آب منطقه‌ای,G2C,حاکمیتی,استانی,قانون آب,حدود ۵ روز کاری\n",
        "utf-8",
    )
    into = tmp_path / "services"

    dry = run("import", table, "--into", into, "--body", "water", "--dry-run")
    assert not into.exists()
    assert "would be written" in dry.output
    told = run("import", table, "--into", into, "--body", "water")
    assert "code: well-seal" in (into / "well-seal" / "card.yaml").read_text("utf-8")
    assert "پلمب چاه" in (into / "well-seal" / "texts" / "fa.yaml").read_text("utf-8")
    assert f"row 2: {into / 'well-seal'}" in told.output
    again = run("import", table, "--into", into, "--body", "water")
    assert again.exit_code == 1
    assert "is there already" in again.output


@pytest.mark.usefixtures("province")
def test_publishing_shows_the_changes_and_asks(run, edited):
    before = queries.get_current_version(CODE)

    refused = run("publish", edited, "--lang", "en", answer="n\n")
    assert refused.exit_code == 1
    assert f"{CODE} version {before.number} is on offer" in refused.output
    assert "has 4 working days instead of 6 working days" in refused.output
    assert queries.get_current_version(CODE) == before

    done = run("publish", edited, answer="y\n")
    assert done.exit_code == 0
    after = queries.get_current_version(CODE)
    assert (after.number, after.digest) == (before.number + 1, load_package(edited).digest())


@pytest.mark.usefixtures("province")
def test_publishing_without_questions_and_of_a_faulty_package(run, edited, tmp_path):
    run("new", "well-permit", "--into", tmp_path, "--body", "nobody-knows")

    refused = run("publish", tmp_path / "well-permit", "--yes", "--lang", "en")
    assert refused.exit_code == 1
    assert "card.unknown-body" in refused.output
    with pytest.raises(ServiceUnknown):
        queries.get_current_version("well-permit")
    assert run("publish", edited, "--yes").exit_code == 0


@pytest.mark.usefixtures("province")
def test_a_stored_version_is_written_back_and_compared(run, edited, tmp_path):
    first = queries.get_current_version(CODE)
    run("publish", edited, "--yes")

    told = run("export", CODE, tmp_path / "out", "--version", first.number)

    assert told.exit_code == 0
    assert load_package(tmp_path / "out" / CODE).digest() == first.digest
    assert run("diff", tmp_path / "out" / CODE, f"{CODE}@{first.number}").exit_code == 0
    assert run("diff", f"{CODE}@{first.number}", CODE).exit_code == 1
    with pytest.raises(CannotStart, match="not empty"):
        run("export", CODE, tmp_path / "out")
    with pytest.raises(CannotStart, match="has no"):
        run("export", CODE, tmp_path / "other", "--version", 99)
    with pytest.raises(CannotStart, match="neither"):
        run("diff", "some/where", CODE)
