from __future__ import annotations

import json

import pytest

from divan_libs.servicepack.faults import Fault, PackageFaults
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package, StoredPackageUnreadable
from divan_libs.servicepack.strict_yaml import read_yaml


def loading_faults(folder) -> list[tuple[str, str, int]]:
    with pytest.raises(PackageFaults) as refused:
        load_package(folder)
    return [(fault.code, fault.file, fault.line) for fault in refused.value.faults]


def line_of(folder, file: str, text: str) -> int:
    lines = (folder / file).read_text("utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_all_faults_of_all_files_are_reported_at_once(copy_with):
    folder = copy_with(
        ("card.yaml", "nature: sovereign", "nature: royal"),
        ("card.yaml", "start_mode: request", "start_mood: request"),
        ("needs.yaml", "kind: opinion", "kind: rumour"),
        ("flow.yaml", "start: confirm", "start: [confirm"),
        ("texts/en.yaml", "process: Examining", "process: 12\n  junk: Examining"),
    )

    faults = loading_faults(folder)

    assert ("package.wrong-value", "card.yaml", line_of(folder, "card.yaml", "nature: royal")) in faults
    assert ("package.unknown-key", "card.yaml", line_of(folder, "card.yaml", "start_mood")) in faults
    assert ("package.missing-key", "card.yaml", 2) in faults
    assert ("package.wrong-value", "needs.yaml", line_of(folder, "needs.yaml", "REQ-DEHYARI")) in faults
    assert [code for code, file, _ in faults if file == "flow.yaml"] == ["yaml.syntax"]
    assert ("texts.not-a-text", "texts/en.yaml", line_of(folder, "texts/en.yaml", "process: 12")) in faults


def test_a_fault_reads_as_file_and_line():
    fault = Fault("package.unknown-key", "card.yaml", 7, {"path": "start_mood"})

    assert str(fault) == "card.yaml:7: package.unknown-key (path=start_mood)"


@pytest.mark.parametrize(
    ("file", "old", "new", "code"),
    [
        ("card.yaml", "annual: no", "", None),
        ("card.yaml", "count: 1200", 'count: "1200"', "package.wrong-value"),
        ("card.yaml", "estimated: true", "estimated: yes", "package.wrong-value"),
        ("card.yaml", "estimated: true", "estimated: 1", "package.wrong-value"),
        ("card.yaml", "on: 1396/12/28", "on: 1396/12/31", "package.date"),
        ("card.yaml", "on: 1396/12/28", "on: 17000", "package.date"),
        ("card.yaml", "code: rural-internet-coverage", "code: other-service", "package.folder-name"),
        ("form.yaml", "      first_name:", "      First-Name:", "package.wrong-value"),
        ("form.yaml", "      relation:", "      return:", "package.reserved-name"),
        ("form.yaml", "type: place", "type: galaxy", "package.wrong-value"),
        ("flow.yaml", "confirm: {to: endorse}", "confirm: {to: endorse, conclude: true}", "flow.action-target"),
        ("flow.yaml", "silence: {perform: endorse}", "silence: {}", "flow.silence"),
        ("flow.yaml", "at: {answer: village, level: village}", "at: {level: village}", "flow.where"),
        ("flow.yaml", "clock: {amount: 5, unit: working-days}", "clock: {amount: 0, unit: working-days}", None),
        ("outputs/documents.yaml", "{case: number}", "{case: number, answer: village}", "outputs.field-source"),
        ("outputs/documents.yaml", "{place: village, level: village}", "{place: village}", "outputs.field-source"),
    ],
)
def test_wrong_values_are_refused_with_their_code(copy_with, file, old, new, code):
    if old == "annual: no":
        old, new = "statistics:", "statistics:\n  annual: no\nstatistics:"
        code = "yaml.repeated-key"
    faults = loading_faults(copy_with((file, old, new)))

    assert {found for found, _, _ in faults} >= {code or "package.wrong-value"}
    assert all(line > 0 for _, _, line in faults)


def test_a_repeated_code_is_refused_where_a_list_is_written(copy_with):
    folder = copy_with(("fees.yaml", "free: {law: LAW-USO}", "tariffs: [{code: a}, {code: a}]"))

    assert {code for code, _, _ in loading_faults(folder)} == {"package.missing-key"}


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("notes.txt", "forgotten", "package.unknown-file"),
        ("outputs/logo.png", "forgotten", "package.unknown-file"),
        ("texts/FA.yaml", "a: b", "package.unknown-file"),
    ],
)
def test_a_stray_file_is_refused(copy_with, file, content, code):
    folder = copy_with()
    (folder / file).write_text(content, "utf-8")

    assert loading_faults(folder) == [(code, file, 0)]


def test_a_symlink_is_refused_wherever_it_leads(copy_with, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("#let body(fields) = [secret]", "utf-8")
    folder = copy_with()
    (folder / "outputs" / "reply-letter.typ").unlink()
    (folder / "outputs" / "reply-letter.typ").symlink_to(secret)

    assert ("package.symlink", "outputs/reply-letter.typ", 0) in loading_faults(folder)


def test_a_template_outside_outputs_cannot_be_named(copy_with):
    folder = copy_with(("outputs/documents.yaml", "template: reply-letter.typ", "template: ../card.yaml"))

    assert [code for code, _, _ in loading_faults(folder)] == ["package.wrong-value"]


@pytest.mark.parametrize("file", ["card.yaml", "texts/en.yaml", "outputs/reply-letter.typ"])
def test_a_missing_file_is_named(copy_with, file):
    folder = copy_with()
    (folder / file).unlink()

    assert ("package.missing-file", file, 0) in loading_faults(folder)


def test_a_folder_that_does_not_exist_is_a_fault(tmp_path):
    assert ("package.no-folder", "nowhere", 0) in loading_faults(tmp_path / "nowhere")


def test_text_that_is_not_utf_8_is_refused_with_its_line(copy_with):
    folder = copy_with()
    (folder / "texts" / "fa.yaml").write_bytes(b"card:\n  title: \xff\xfe\n")

    assert ("package.not-utf-8", "texts/fa.yaml", 2) in loading_faults(folder)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: &x 1\nb: *x\n", "yaml.alias", 1),
        ("a: 1\nb: 2\na: 3\n", "yaml.repeated-key", 3),
        ("a: !!python/object:os.system {}\n", "yaml.tag", 1),
        ("a: !own b\n", "yaml.tag", 1),
        ("? [a]\n: b\n", "yaml.key", 1),
        ("a: {b: [}\n", "yaml.syntax", 1),
        ("a: 1\n---\nb: 2\n", "yaml.syntax", 2),
        ("\x00", "yaml.syntax", 0),
        ("[" * 60 + "]" * 60, "yaml.too-deep", 1),
        ("a: " + "x" * 600_000, "yaml.too-large", 0),
        ("a: " + "{" * 5_000, "yaml.too-deep", 1),
        ("a:\n  - " + "- " * 200_000, "yaml.too-deep", 2),
        ("".join(f"k{n}: 1\n" for n in range(45_000)), "yaml.too-many-values", 40_000),
        ("a: [" + "1," * 200_000 + "1]", "yaml.too-many-values", 1),
        ("a: 1\nb: -" + "1" * 5_000, "yaml.number-too-long", 2),
    ],
)
def test_traps_of_yaml_are_refused(text, code, line):
    _, faults = read_yaml(text, "x.yaml")

    assert [(fault.code, fault.line) for fault in faults][:1] == [(code, line)]


def test_plain_words_stay_words():
    document, faults = read_yaml("a: no\nb: on\nc: 1404-01-01\nd: 012\ne: 1_000\nf: 1.5\ng: 7\nh: true\ni: ~\n", "x")

    assert faults == []
    assert document.value == {
        "a": "no",
        "b": "on",
        "c": "1404-01-01",
        "d": "012",
        "e": "1_000",
        "f": "1.5",
        "g": 7,
        "h": True,
        "i": None,
    }


def test_a_table_of_ten_thousand_rows_is_refused_with_its_place(copy_with):
    head = "t:\n  hit: first\n  inputs: {a: {expression: '1', type: number}}\n  output: {type: number}\n  rows:\n"
    folder = copy_with()
    (folder / "tables.yaml").write_text(head + "".join(f"    r{n}: {{then: {n}}}\n" for n in range(10_000)), "utf-8")

    with pytest.raises(PackageFaults) as refused:
        load_package(folder)

    (fault,) = refused.value.faults
    assert (fault.code, fault.file, fault.line) == ("tables.too-many-rows", "tables.yaml", 1)
    assert fault.facts["expected"] == "more than 2000 rows: 10000"


def test_a_stored_table_of_ten_thousand_rows_is_refused(good):
    rows = [{"code": f"r{n}", "then": n} for n in range(10_000)]
    column = {"code": "a", "expression": "1", "type": "number"}
    table = {"code": "t", "hit": "first", "inputs": [column], "output": {"type": "number"}, "rows": rows}
    stored = json.dumps({**json.loads(good.canonical()), "tables": [table]}).encode()

    with pytest.raises(StoredPackageUnreadable) as refused:
        Package.from_canonical(stored)

    assert refused.value.code == "package.stored.shape"
