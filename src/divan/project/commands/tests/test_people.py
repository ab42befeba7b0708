"""`divan people`: the report, the taking over, the template and the export."""

from __future__ import annotations

import stat

import pytest
import typer
from typer.testing import CliRunner

from divan.project.commands import people as command
from divan.registers.people import models, queries
from divan_libs.orgchart.reading import read_chart
from divan_libs.orgchart.values import Chart, PostRow, UnitRow
from divan_libs.orgchart.writing import write_chart

CHART = Chart(
    (UnitRow(code="roads", name_fa="راه", kind="body", level="province"),),
    (PostRow(code="roads-head", title_fa="مدیرکل", role="director", unit="roads"),),
)


def typed(*words: object):
    app = typer.Typer()
    command.register(app)
    app.callback()(lambda: None)
    return CliRunner().invoke(app, ["people", *map(str, words)])


@pytest.mark.django_db
def test_a_chart_is_shown_then_taken_over_then_changes_nothing(tmp_path):
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_chart(CHART))

    shown = typed("import", path, "--lang", "en")
    assert (shown.exit_code, models.Unit.objects.count()) == (0, 0)
    assert "units made: 1\nposts made: 1\nNothing has been taken over yet; --yes takes it over.\n" in shown.stdout
    assert typed("import", path, "--yes", "--dry-run").exit_code == 0
    assert models.Unit.objects.count() == 0
    assert typed("import", path, "--yes").stdout.endswith("وارد شد.\n")
    assert queries.get_post_by_code("roads-head").unit.name_fa == "راه"
    assert typed("import", path, "--yes", "--lang", "en").stdout == "Nothing to change.\n"


@pytest.mark.django_db
def test_what_is_in_the_way_is_told_by_row_and_column_and_nothing_is_taken_over(tmp_path):
    path = tmp_path / "chart.xlsx"
    path.write_bytes(write_chart(Chart(CHART.units, (PostRow(code="x", title_fa="y", unit="gone"),))))

    told = typed("import", path, "--yes")

    assert (told.exit_code, models.Unit.objects.count()) == (1, 0)
    assert "پست‌ها Posts ۳, کد واحد [gone]: chart.unit-unknown: این واحد نه در پرونده است" in told.stderr
    missing = typed("import", tmp_path / "none.xlsx", "--lang", "en")
    assert (missing.exit_code, "chart.file-shape: The file cannot be read." in missing.stderr) == (1, True)


@pytest.mark.django_db
def test_template_and_export_are_written_for_the_owner_alone_and_never_over_a_file(tmp_path):
    path, filled = tmp_path / "template.xlsx", tmp_path / "export.xlsx"

    assert (typed("template", path).exit_code, read_chart(path)) == (0, Chart())
    assert typed("template", path).exit_code == 1
    assert typed("export", filled).exit_code == 0
    assert stat.S_IMODE(filled.stat().st_mode) == 0o600
    assert typed("export", tmp_path / "other.xlsx", "--body", "gone").exit_code == 1
