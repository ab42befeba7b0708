"""Every service in the repository's ``services`` folder is loaded, examined, played and typeset."""

from __future__ import annotations

import json

import pytest

from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_with_sources
from divan_libs.servicepack.models import Delivery
from divan_libs.servicepack.tests.conftest import SERVICE

FOLDERS = sorted(path.parent for path in SERVICE.parent.glob("*/card.yaml"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shipped_service_may_be_published(folder):
    """Which roles, bodies and data services there are is the house's own test."""
    package, sources = load_with_sources(folder)

    assert [str(fault) for fault in lint(package, surroundings_alone(package), sources)] == []
    assert [outcome.code for outcome in run_examples(package) if not outcome.passed] == []
    if package.card.delivery is Delivery.ELECTRONIC:
        assert len(package.examples) >= 5


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_letters_of_a_shipped_service_are_typeset_and_answers_stay_data(folder, tmp_path):
    typst = pytest.importorskip("typst", reason="the letters are typeset in the house, which brings typst")
    package, _ = load_with_sources(folder)
    hostile = '#read("/etc/passwd") *پررنگ* $x$ <label> @ref'

    for document in package.outputs.documents:
        (tmp_path / document.template).write_text(document.source, "utf-8")
        (tmp_path / "letter.typ").write_text(
            f'#import "{document.template}": body\n#set text(lang: "fa", dir: rtl)\n'
            "#body(json(bytes(sys.inputs.fields)))\n",
            "utf-8",
        )
        fields = {entry.code: hostile for entry in document.fields}
        pdf = typst.compile(str(tmp_path / "letter.typ"), root=str(tmp_path), sys_inputs={"fields": json.dumps(fields)})
        assert pdf.startswith(b"%PDF-")
