"""The template in ``services/README.md`` is a package: it is read, examined and played like any other."""

from __future__ import annotations

import re

import yaml

from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.lint import Surroundings, lint
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Delivery
from divan_libs.servicepack.tests.conftest import SERVICE
from divan_libs.servicepack.texts import required_texts

REFUSAL = """  refusal:
    template: refusal.typ
    fields:
      text: {decision: text}
"""
MESSAGES = """  received:
    fields: {number: {case: number}}
  refusal-ready:
    fields: {number: {case: number}}
"""


def files_of_the_template() -> dict[str, str]:
    text = (SERVICE.parent / "README.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n# (\S+\.yaml)[^\n]*\n(.*?)```", text, re.DOTALL)
    return {name: body for name, body in blocks if not name.startswith("texts")}


def test_the_template_of_a_new_service_is_itself_a_good_package(tmp_path):
    folder = tmp_path / "well-permit"
    files = files_of_the_template()
    files["outputs/documents.yaml"] = (
        files["outputs/documents.yaml"].replace("messages:\n", REFUSAL + "messages:\n") + MESSAGES
    )
    files["outputs/permit.typ"] = "#let body(fields) = [#fields.village #fields.name #fields.number #fields.text]\n"
    files["outputs/refusal.typ"] = "#let body(fields) = [#fields.text]\n"
    for language in ("fa", "en"):
        files[f"texts/{language}.yaml"] = "card: {title: x}\n"
    for name, body in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(body, "utf-8")
    texts = {}
    for key in required_texts(load_package(folder)):
        *above, last = key.split(".")
        place = texts
        for part in above:
            place = place.setdefault(part, {})
        place[last] = "{number}" if key.startswith("messages.") else "متن"
    for language in ("fa", "en"):
        (folder / "texts" / f"{language}.yaml").write_text(yaml.safe_dump(texts, allow_unicode=True), "utf-8")

    package = load_package(folder)
    faults = lint(
        package,
        Surroundings(
            roles=frozenset({"village-head", "water-director", "governor-officer"}),
            bodies=frozenset({"water-company", "energy-ministry", "governor-office"}),
            data_services=frozenset({"civil-registry/person"}),
        ),
    )

    assert package.card.delivery is Delivery.ELECTRONIC
    assert [str(fault) for fault in faults] == []
    assert [outcome.differences for outcome in run_examples(package)] == [()]
