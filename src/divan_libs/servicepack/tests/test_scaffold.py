"""A new service may be published as it is begun, so that an author starts from what works."""

from __future__ import annotations

import pytest

from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.faults import FolderExists
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_with_sources
from divan_libs.servicepack.models import Delivery
from divan_libs.servicepack.scaffold import CodeRefused, NewKind, begin_service, files_of_new

DELIVERIES = {
    NewKind.EXECUTABLE: Delivery.ELECTRONIC,
    NewKind.CARD: Delivery.COUNTER_ONLY,
    NewKind.HAND_OFF: Delivery.HAND_OFF,
}


@pytest.mark.parametrize("kind", list(NewKind))
def test_a_new_service_has_no_fault_and_its_examples_pass(tmp_path, kind):
    package, sources = load_with_sources(begin_service(tmp_path, "well-permit", kind))

    assert [str(fault) for fault in lint(package, surroundings_alone(package), sources)] == []
    assert [outcome for outcome in run_examples(package) if not outcome.passed] == []
    assert package.card.delivery is DELIVERIES[kind]
    assert len(package.examples) == (3 if kind is NewKind.EXECUTABLE else 0)
    assert package.text("card.title", "en") == "New service (well-permit)"


@pytest.mark.parametrize("kind", list(NewKind))
def test_no_mark_of_the_shape_is_left(kind):
    files = files_of_new("x-1", kind, "health")

    assert not [name for name, text in files.items() if "@" in text.replace("example@", "")]
    assert "provider: {body: health}" in files["card.yaml"]


@pytest.mark.parametrize("code", ["", "Well", "well_permit", "-well", "../etc", "چاه", "a" * 61])
def test_a_code_that_no_service_may_bear_is_refused(tmp_path, code):
    with pytest.raises(CodeRefused):
        begin_service(tmp_path, code, NewKind.CARD)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_not_written_over(tmp_path):
    folder = begin_service(tmp_path, "well-permit", NewKind.CARD)
    before = {path: path.read_text("utf-8") for path in folder.rglob("*.yaml")}

    with pytest.raises(FolderExists):
        begin_service(tmp_path, "well-permit", NewKind.EXECUTABLE)
    assert {path: path.read_text("utf-8") for path in folder.rglob("*.yaml")} == before
