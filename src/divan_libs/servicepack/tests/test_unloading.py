"""What is stored can be written back as a folder and read again, to the very digest."""

from __future__ import annotations

import pytest

from divan_libs.servicepack.faults import FolderExists
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.tests.conftest import SERVICE
from divan_libs.servicepack.tests.folders import workshop
from divan_libs.servicepack.unloading import files_of, unload_package

SHIPPED = sorted(path.parent for path in SERVICE.parent.glob("*/card.yaml"))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_shipped_service_comes_back_from_its_stored_form(folder, tmp_path):
    package = load_package(folder)

    again = load_package(unload_package(Package.from_canonical(package.canonical()), tmp_path))

    assert again.digest() == package.digest()
    assert again == package


def test_the_service_with_everything_comes_back(tmp_path):
    package = load_package(workshop(tmp_path / "first"))

    written = unload_package(package, tmp_path / "second")

    assert load_package(written).digest() == package.digest()
    assert {path.name for path in written.rglob("*.typ")} == {"permit.typ", "refusal.typ", "land-letter.typ"}


def test_entries_are_written_by_their_code_and_files_that_say_nothing_are_left_out(good):
    files = files_of(good)

    assert "\n  confirm:\n    kind: review\n" in files["flow.yaml"]
    assert "&id" not in "".join(files.values())
    assert not {"tables.yaml", "determinants.yaml"} & set(files)


def test_words_that_yaml_would_take_for_something_else_stay_words(package_with, tmp_path):
    package = package_with(
        ("texts/en.yaml", "label: First name", "label: 'no'"), ("texts/fa.yaml", "label: امضا", "label: '12'")
    )

    again = load_package(unload_package(package, tmp_path / "again"))

    assert again.digest() == package.digest()


def test_nothing_is_written_over(good, tmp_path):
    folder = unload_package(good, tmp_path)
    (folder / "card.yaml").write_text("mine", "utf-8")

    with pytest.raises(FolderExists):
        unload_package(good, tmp_path)
    assert (folder / "card.yaml").read_text("utf-8") == "mine"
