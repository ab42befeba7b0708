"""Nothing in the repository names the machine it was made on, nor a registry's address."""

from __future__ import annotations

import re

from .source_tree import REPOSITORY, files, named

TEXT = (".py", ".md", ".toml", ".txt", ".in", ".yaml", ".yml", ".json", ".html", ".typ", ".sh", ".po", ".scss", ".js",
        ".svg", ".service", ".conf", ".cfg", "")  # fmt: skip

# Written so that this file does not match itself.
FORBIDDEN = {
    "a folder of one machine": re.compile(r"(?<![\w.~-])/(?:work|home/[a-z]\w*|root|Users/\w+)/(?!\.\.\.)"),
    "a temporary folder of one machine": re.compile(r"/tmp/(?:pgdev|briefs)\b"),  # noqa: S108 (a pattern, not a folder)
    "the address of a registry": re.compile(
        r"(?:files\.pythonhosted|registry\.npmjs|registry\.yarnpkg)\.\w+|pypi\.org/simple"
    ),
    "an index on the command line": re.compile(r"--(?:extra-)?index-url[ =]https?:"),
}
MADE_BY_NPM = {"package-lock.json": ("resolved",)}


def faults_of(text: str) -> list[str]:
    return [f"{what}: {found.group()}" for what, pattern in FORBIDDEN.items() for found in pattern.finditer(text)]


def test_no_file_names_a_machine_or_a_registry():
    faults = []
    for path in files(*TEXT):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        faults += [f"{named(path)}: {fault}" for fault in faults_of(text)]

    assert faults == []


def test_locked_front_end_packages_carry_no_download_addresses():
    faults = [
        f"{named(path)}: {word}"
        for path in files(".json")
        for word in MADE_BY_NPM.get(path.name, ())
        if f'"{word}"' in path.read_text(encoding="utf-8")
    ]

    assert faults == []


def test_locked_python_packages_carry_hashes_and_no_addresses():
    locked = sorted((REPOSITORY / "requirements").glob("*.txt"))

    assert locked != []
    for path in locked:
        text = path.read_text(encoding="utf-8")
        assert "://" not in text, named(path)
        assert text.count("==") <= text.count("--hash="), f"{named(path)} has a package without a hash"


def test_the_patterns_find_what_they_look_for():
    found = faults_of("data in /" + "work/main and --index-url" + " https://mirror")

    assert [fault.partition(":")[0] for fault in found] == ["a folder of one machine", "an index on the command line"]
