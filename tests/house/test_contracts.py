"""The contracts hold, and they bite: faults put into a copy of the house are found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from .source_tree import REPOSITORY

# Each fault is put into the same copy; the linter is slow to read the house, not to judge it.
FAULTS = {
    "src/divan/registers/people/queries/seats.py": "\nfrom divan.dealings.cases import queries as above\n",
    "src/divan/dealings/cases/utils.py": '"""A catch-all."""\n',
    "src/divan/dealings/correspondence/rules.py": "\nimport django\n",
    "src/divan/dealings/cases/queries.py": "\nfrom divan.registers.people.models import Person as taken\n",
    "src/divan_libs/tlog/hashing.py": "\nimport django\n",
    "src/divan_libs/ece/fields.py": "\nimport smtplib\n",
    "src/divan_gateway/__init__.py": "\nimport divan.foundation\n",
    "src/divan_witness/__init__.py": "\nimport divan_gateway\n",
}
BITTEN = {
    "storeys": "divan.registers.people.queries.seats -> divan.dealings.cases.queries",
    "inside": "utils",
    "pure": "divan.dealings.correspondence.rules -> django",
    "faces": "divan.dealings.cases.queries reaches past the faces of a context: divan.registers.people.models",
    "libs": "divan_libs.tlog.hashing -> django",
    "ece": "divan_libs.ece.fields -> smtplib",
    "gateway": "divan_gateway -> divan.foundation",
    "witness": "divan_witness -> divan_gateway",
}


def lint(house: Path) -> subprocess.CompletedProcess[str]:
    """Run the linter in a house; the copy's sources come before the installed ones."""
    path = os.pathsep.join(str(house / folder) for folder in ("tools", "src"))
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": path, "COLUMNS": "400", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_the_house_keeps_its_contracts():
    checked = lint(REPOSITORY)

    assert checked.returncode == 0, checked.stdout[-6000:] + checked.stderr[-2000:]


@pytest.fixture(scope="module")
def verdict_on_the_faulty_copy(tmp_path_factory) -> str:
    copy = tmp_path_factory.mktemp("house")
    apart = shutil.ignore_patterns("__pycache__", "static", "locale", "node_modules")
    for folder in ("src", "tools"):
        shutil.copytree(REPOSITORY / folder, copy / folder, ignore=apart)
    shutil.copy(REPOSITORY / "pyproject.toml", copy)
    for name, fault in FAULTS.items():
        with copy.joinpath(name).open("a", encoding="utf-8") as module:
            module.write(fault)
    checked = lint(copy)

    assert checked.returncode == 1, checked.stdout[-6000:] + checked.stderr[-2000:]
    return re.sub(r"\s+", " ", checked.stdout)


@pytest.mark.parametrize(("contract", "offence"), BITTEN.items())
def test_a_fault_breaks_its_contract_and_is_named(verdict_on_the_faulty_copy, contract, offence):
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    names = {known["id"]: known["name"] for known in project["tool"]["importlinter"]["contracts"]}

    summary, _, details = verdict_on_the_faulty_copy.partition("Broken contracts")

    assert f"{names[contract]} BROKEN" in summary
    assert offence in details
