"""The documents are true where a machine can tell: links lead somewhere, named tests exist, the register is whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from .source_tree import REPOSITORY, files, named, tree_of

COVERAGE = REPOSITORY / "src" / "divan" / "front" / "portal" / "coverage.yaml"
LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
MADE_LATER = ("docs/screenshots/",)
"""Pictures are made by `make screenshots` from a running installation."""


def links_of(document: Path) -> Iterator[str]:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    text = re.sub(r"`[^`\n]*`", "", text)
    yield from (link for link in LINK.findall(text) if not re.match(r"[a-z][a-z0-9+.-]*:", link))


def anchors_of(document: Path) -> set[str]:
    text = FENCE.sub("", document.read_text(encoding="utf-8"))
    return {anchor_of(heading) for heading in re.findall(r"^#{1,6}\s+(.*)$", text, re.MULTILINE)}


def anchor_of(heading: str) -> str:
    plain = re.sub(r"[*_`]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    kept = (sign for sign in plain if sign in " -_\u200c" or unicodedata.category(sign)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def faults_of(document: Path) -> Iterator[str]:
    for link in links_of(document):
        path, _, anchor = unquote(link).partition("#")
        target = (document.parent / path).resolve() if path else document
        if path and target.is_relative_to(REPOSITORY) and named(target).startswith(MADE_LATER):
            continue
        if not target.exists():
            yield f"{named(document)} → {link}"
        elif anchor and target.suffix == ".md" and anchor not in anchors_of(target):
            yield f"{named(document)} → {link}: no such heading"


def test_relative_links_of_documents_lead_somewhere():
    assert [fault for document in files(".md") for fault in faults_of(document)] == []


def test_a_broken_link_is_found(tmp_path):
    document = tmp_path / "page.md"
    document.write_text("# Head\n[gone](gone.md) [here](#head) [nowhere](#tail) [out](https://example.org)")

    assert list(links_of(document)) == ["gone.md", "#head", "#tail"]
    assert anchors_of(document) == {"head"}


def test_the_publiccode_description_is_complete_and_of_this_version():
    described = yaml.safe_load((REPOSITORY / "publiccode.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    mandatory = {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType", "description"}

    assert mandatory | {"legal", "maintenance", "localisation", "releaseDate", "categories"} <= set(described)
    assert described["softwareVersion"] == project["version"]
    assert described["legal"]["license"] == project["license"]
    for language in described["localisation"]["availableLanguages"]:
        assert len(described["description"][language]["shortDescription"]) <= 150
        assert 500 <= len(described["description"][language]["longDescription"]) <= 10_000
        assert described["description"][language]["features"]


def test_the_tests_that_documents_name_exist():
    named_tests = {
        (named(document), test)
        for document in files(".md")
        for test in re.findall(r"`((?:src|tests)/[\w/.]+\.py::\w+)`", document.read_text(encoding="utf-8"))
    }

    assert sorted(f"{document}: {test}" for document, test in named_tests if not has_test(test)) == []


@pytest.fixture(scope="module")
def register() -> list[dict]:
    return yaml.safe_load(COVERAGE.read_text(encoding="utf-8"))["items"]


def test_the_register_lists_each_of_the_151_items_once(register):
    assert [item["id"] for item in register] == [f"S{number:03}" for number in range(1, 152)]


@pytest.mark.real_data
def test_the_register_words_its_items_as_the_demands_do():
    checked = subprocess.run(
        [sys.executable, str(REPOSITORY / "tools" / "coverage_register.py")],
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode == 2:
        pytest.skip("the folder of real data is absent")

    assert checked.returncode == 0, checked.stdout


def test_each_item_says_its_state_in_both_languages(register):
    wanted = {"id", "term_fa", "term_en", "class", "state", "where", "tests", "note_fa", "note_en"}
    for item in register:
        assert set(item) == wanted, item["id"]
        assert item["state"] in {"works", "partial", "absent"}, item["id"]
        assert all(item[key].strip() for key in ("term_fa", "term_en", "class", "note_fa", "note_en")), item["id"]


def test_what_is_absent_lies_nowhere_and_what_works_is_proved(register):
    for item in register:
        if item["state"] == "absent":
            assert item["where"] == [], f"{item['id']} is absent and yet somewhere"
            assert item["tests"] == [], f"{item['id']} is absent and yet tested"
        else:
            assert item["where"] != [], f"{item['id']} is nowhere"
        if item["state"] == "works":
            assert item["tests"] != [], f"{item['id']} works, says who?"


def test_the_places_that_the_register_names_exist(register):
    places = {place for item in register for place in item["where"]}

    assert sorted(place for place in places if not (REPOSITORY / place).exists()) == []


def test_the_tests_that_the_register_names_exist(register):
    names = {name for item in register for name in item["tests"]}

    assert sorted(name for name in names if not has_test(name)) == []


def has_test(name: str) -> bool:
    path, *parts = name.split("::")
    file = REPOSITORY / path
    if not parts or not file.exists():
        return False
    body: list[ast.stmt] = tree_of(file).body
    for part in parts:
        found = next((node for node in body if getattr(node, "name", None) == part), None)
        if found is None:
            return False
        body = getattr(found, "body", [])
    return True


def test_a_test_that_is_gone_is_noticed():
    here = named(Path(__file__))

    assert has_test(f"{here}::test_a_test_that_is_gone_is_noticed")
    assert not has_test(f"{here}::test_nothing")
    assert not has_test("tests/house/gone.py::test_nothing")


def test_every_decision_is_one_page_with_its_parts():
    decisions = sorted((REPOSITORY / "docs" / "adr").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in decisions]

    assert numbers == list(range(1, len(numbers) + 1))
    for path in decisions:
        headings = re.findall(r"^## (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert headings[:4] == ["Context", "Decision", "Consequences", "Rejected alternatives"], named(path)


def test_every_dependency_has_its_reason():
    reasons = (REPOSITORY / "docs" / "adr" / "0003-dependencies.md").read_text(encoding="utf-8")
    declared = {
        re.split(r"[\[<>=!~; ]", line.strip())[0]
        for path in (REPOSITORY / "requirements").glob("*.in")
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    }

    assert sorted(name for name in declared if f"| `{name}` |" not in reasons) == []


def test_the_glossary_has_one_meaning_for_each_english_word():
    _, _, terms = (REPOSITORY / "docs" / "glossary.md").read_text(encoding="utf-8").partition("\n## Terms\n")
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in terms.splitlines() if line.startswith("|")
    ]
    words = [row[1] for row in rows[2:]]

    assert len(words) >= 90
    assert [row for row in rows if len(row) != 5] == []
    assert [row[1] for row in rows[2:] if not (row[0] and row[2] and row[4])] == []
    assert sorted({word for word in words if words.count(word) > 1}) == []
