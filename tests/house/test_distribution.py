"""The wheel carries all that an installed house reads, and nothing that only a checkout needs."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from .source_tree import REPOSITORY, SOURCE

BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
MADE = ("*/locale/*/LC_MESSAGES/*.mo", "*/static/ui/dist/**/*")


@pytest.fixture(scope="module")
def carried(tmp_path_factory) -> set[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = folder.glob("divan-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def below(folder: Path, root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_every_file_that_the_house_reads_is_carried(carried):
    packages = {
        name
        for package in ("divan", "divan_gateway", "divan_libs", "divan_witness")
        for name in below(SOURCE / package, SOURCE)
        if not {"tests", "__pycache__", "dist"} & set(name.split("/")) and not name.endswith(".mo")
    }

    assert sorted(packages - carried) == []
    assert "divan/front/portal/coverage.yaml" in carried


def test_what_is_built_is_carried_although_it_is_not_in_the_repository(carried):
    built = {path.relative_to(SOURCE).as_posix() for made in MADE for path in SOURCE.glob(f"**/{made}")}
    built = {name for name in built if (SOURCE / name).is_file()}
    if not built:
        pytest.skip("nothing is built: make frontend catalogues")

    assert sorted(built - carried) == []


def test_the_shipped_services_are_carried_whole(carried):
    services = REPOSITORY / "services"
    folders = [path.parent for path in services.glob("*/card.yaml")]

    assert folders != []
    for folder in folders:
        wanted = {f"divan/shipped_services/{name}" for name in below(folder, services)}
        assert sorted(wanted - carried) == []


def test_tests_and_machinery_stay_at_home(carried):
    tops = {name.split("/")[0] for name in carried}

    assert {name for name in carried if "tests" in name.split("/")} == set()
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "divan",
        "divan_gateway",
        "divan_libs",
        "divan_witness",
    }
