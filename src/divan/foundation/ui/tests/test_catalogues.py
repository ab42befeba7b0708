"""The tool that keeps the catalogues: it finds every marked text and misses no fault."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import polib
import pytest

TOOL = Path(__file__).resolve().parents[5] / "tools" / "catalogues.py"

pytestmark = pytest.mark.skipif(not TOOL.exists(), reason="the tools are not beside this package")


@pytest.fixture(scope="module")
def catalogues() -> ModuleType:
    spec = importlib.util.spec_from_file_location("catalogues", TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # Its data classes look their module up by name while they are made.
    sys.modules.setdefault(spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_every_way_of_marking_in_python_is_found(catalogues):
    source = """
a = _("one")
b = translation.gettext("tw" "o")
c = ngettext("%(n)s case", "%(n)s cases", 3)
d = pgettext("month", "May")
e = gettext(computed)
"""

    assert set(catalogues.texts_of_python(source)) == {
        catalogues.Text("one"),
        catalogues.Text("two"),
        catalogues.Text("%(n)s case", "%(n)s cases"),
        catalogues.Text("May", "", "month"),
    }


def test_every_way_of_marking_in_templates_is_found(catalogues):
    source = """
{% translate "It's open" %} {% translate 'Say "yes"' as word %} {% translate "May" context "month" %} {{ _("six") }}
{% blocktranslate with name=person %}Dear {{ name }}{% endblocktranslate %}
{% blocktranslate count n=cases %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}
{# {% translate "not this" %} #}
"""

    assert set(catalogues.texts_of_template(source, "page.html")) == {
        catalogues.Text("It's open"),
        catalogues.Text('Say "yes"'),
        catalogues.Text("May", "", "month"),
        catalogues.Text("six"),
        catalogues.Text("Dear %(name)s"),
        catalogues.Text("%(n)s case", "%(n)s cases"),
    }


def test_english_fills_itself_and_persian_waits_for_a_translator(catalogues):
    found = {catalogues.Text("Open"): ["a.html"], catalogues.Text("%(n)s case", "%(n)s cases"): ["b.py"]}
    persian, english = polib.POFile(), polib.POFile()

    catalogues.merge(persian, "fa", found, prune=False)
    catalogues.merge(english, "en", found, prune=False)

    assert list(catalogues.faults(english, "en", found)) == []
    assert len(list(catalogues.faults(persian, "fa", found))) == 2
    assert [entry.msgid for entry in persian] == ["%(n)s case", "Open"]


def test_a_translation_is_kept_when_the_sources_change_and_dropped_only_when_asked(catalogues):
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Old", msgstr="کهنه"))

    catalogues.merge(catalogue, "fa", {catalogues.Text("New"): ["a.html"]}, prune=False)
    assert {entry.msgid: entry.msgstr for entry in catalogue} == {"New": "", "Old": "کهنه"}

    catalogues.merge(catalogue, "fa", {catalogues.Text("New"): ["a.html"]}, prune=True)
    assert [entry.msgid for entry in catalogue] == ["New"]


@pytest.mark.parametrize(
    ("spoken", "flags", "fault"),
    [
        ("", [], "not translated"),
        ("سلام %(name)s", ["fuzzy"], "fuzzy"),
        ("سلام", [], "placeholders"),
        ("سلام %(nam)s", [], "placeholders"),
    ],
)
def test_each_fault_of_a_translation_is_named(catalogues, spoken, flags, fault):
    catalogue = polib.POFile()
    catalogue.append(polib.POEntry(msgid="Hello %(name)s", msgstr=spoken, flags=flags))

    [line] = catalogues.faults(catalogue, "fa", {catalogues.Text("Hello %(name)s"): ["a.html"]})

    assert line.startswith(fault)


def test_the_words_of_the_look_are_translated(catalogues):
    ours = {
        text: places
        for text, places in catalogues.gather().items()
        if any("foundation/ui" in place for place in places)
    }

    assert len(ours) > 200
    for language in catalogues.LANGUAGES:
        assert list(catalogues.faults(catalogues.read_catalogue(language), language, ours)) == []
