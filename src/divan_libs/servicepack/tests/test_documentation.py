"""What documents write as packages is one: it is read, examined and played like any other."""

from __future__ import annotations

import re
from typing import Any

import yaml

from divan_libs.servicepack.examples import run_examples
from divan_libs.servicepack.lint import Surroundings, lint
from divan_libs.servicepack.loading import load_package, load_with_sources
from divan_libs.servicepack.models import Delivery, Package
from divan_libs.servicepack.scaffold import NewKind, begin_service
from divan_libs.servicepack.strict_yaml import read_yaml
from divan_libs.servicepack.tests.conftest import SERVICE
from divan_libs.servicepack.texts import required_texts

REFUSAL = """  refusal:
    template: refusal.typ
    fields:
      text: {decision: text}
"""
CARD_ALONE = "livestock-vaccination"
PERMIT_TEXTS = {
    "card": {
        "permit": {
            "authority": "سازمان",
            "prerequisites": {"land-use-opinion": "نظر کاربری زمین"},
            "renewal": "پیش از پایان اعتبار",
        }
    },
    "needs": {"REQ-OLD-PERMIT": {"title": "پروانه پیشین"}, "REQ-NEW-OWNER": {"title": "سند انتقال"}},
}
MESSAGES = """  received:
    fields: {number: {case: number}}
  refusal-ready:
    fields: {number: {case: number}}
"""


def files_of_the_template() -> dict[str, str]:
    text = (SERVICE.parent / "README.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n# (\S+\.yaml)[^\n]*\n(.*?)```", text, re.DOTALL)
    return {name: body for name, body in blocks if not name.startswith(("texts", CARD_ALONE))}


def test_the_template_of_a_card_alone_is_a_good_package(tmp_path):
    text = (SERVICE.parent / "README.md").read_text("utf-8")
    card, texts = re.findall(rf"```yaml\n# {CARD_ALONE}/[^\n]*\n(.*?)```", text, re.DOTALL)
    permit = re.findall(r"```yaml\n(permit:\n.*?)```", text, re.DOTALL)[0]
    around = Surroundings(
        roles=frozenset(),
        bodies=frozenset({"agriculture-organization", "agriculture-ministry"}),
        data_services=frozenset(),
    )

    for name, added, more in (("alone", "", {}), ("permit", permit, PERMIT_TEXTS)):
        folder = tmp_path / name / CARD_ALONE
        (folder / "texts").mkdir(parents=True)
        (folder / "card.yaml").write_text(card + added, "utf-8")
        for language in ("fa", "en"):
            wording = yaml.safe_load(texts)
            wording["card"] |= more.get("card", {})
            wording["needs"] |= more.get("needs", {})
            (folder / "texts" / f"{language}.yaml").write_text(yaml.safe_dump(wording, allow_unicode=True), "utf-8")
        package, sources = load_with_sources(folder)

        assert package.card.delivery is Delivery.COUNTER_ONLY
        assert [str(fault) for fault in lint(package, around, sources)] == []
        assert Package.from_canonical(package.canonical()) == package


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
            roles=frozenset({"village-head", "water-director", "governor-officer", "governor"}),
            bodies=frozenset({"water-company", "energy-ministry", "governor-office"}),
            data_services=frozenset({"civil-registry/person"}),
        ),
    )

    assert package.card.delivery is Delivery.ELECTRONIC
    assert [str(fault) for fault in faults] == []
    assert [outcome.differences for outcome in run_examples(package)] == [()]


def merged(whole: dict[str, Any], lines: dict[str, Any]) -> dict[str, Any]:
    """Return ``whole`` with the lines of the walk, which stand first; laws are replaced."""
    told = {
        key: merged(whole[key], value) if isinstance(whole.get(key), dict) and key != "laws" else value
        for key, value in lines.items()
        if isinstance(value, dict)
    }
    return lines | told | {key: value for key, value in whole.items() if key not in lines}


def test_the_walk_of_the_how_to_leads_to_a_service_that_passes_its_examples(tmp_path):
    text = (SERVICE.parents[1] / "docs" / "how-to" / "add-a-service.md").read_text("utf-8")
    folder = begin_service(tmp_path, "well-deepening", NewKind.EXECUTABLE, "water")
    for example in (folder / "examples").iterdir():
        example.unlink()
    for name, how, body in re.findall(r"```yaml\n# (\S+), (whole|these lines)\n(.*?)```", text, re.DOTALL):
        if how == "these lines":
            value = merged(read_yaml((folder / name).read_text("utf-8"), name)[0].value, read_yaml(body, name)[0].value)
            if name.startswith("texts"):
                del value["needs"]["REQ-REASONED"], value["pages"]["request"], value["questions"]["request"]
            (folder / name).write_text(yaml.safe_dump(value, allow_unicode=True, sort_keys=False), "utf-8")
        else:
            (folder / name).write_text(body, "utf-8")
    around = Surroundings(
        roles=frozenset({"expert", "deputy", "director", "field-officer", "governor", "governor-officer"}),
        bodies=frozenset({"water", "environment", "governor-office"}),
        data_services=frozenset({"civil-registry/person"}),
    )

    package, sources = load_with_sources(folder)

    assert [str(fault) for fault in lint(package, around, sources)] == []
    assert [(outcome.code, outcome.differences) for outcome in run_examples(package)] == [
        ("deep-and-silent", ()),
        ("objected", ()),
    ]
    assert [step.code for step in package.flow.steps][:4] == ["reviews", "site-visit", "nature-review", "draft"]


def test_what_else_a_package_can_say_is_read_beside_the_template(tmp_path):
    text = (SERVICE.parent / "README.md").read_text("utf-8")
    files = files_of_the_template() | {f"texts/{language}.yaml": "card: {title: x}\n" for language in ("fa", "en")}
    further = dict(re.findall(r"```yaml\n# further (\S+)\n(.*?)```", text, re.DOTALL))
    for name, body in further.items():
        value = merged(read_yaml(files[name], name)[0].value, read_yaml(body, name)[0].value)
        files[name] = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    for code in ("permit", "refusal"):
        files[f"outputs/{code}.typ"] = "#let body(fields) = []\n"
    for name, body in files.items():
        (tmp_path / "well-permit" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "well-permit" / name).write_text(body, "utf-8")

    package = load_package(tmp_path / "well-permit")

    assert set(further) == {"needs.yaml", "flow.yaml", "outputs/documents.yaml"}
    assert {need.kind for need in package.needs.requirements} == {
        "inquiry", "mandate", "document", "condition", "opinion", "letter", "signature", "appointment", "payment",
    }  # fmt: skip
    assert {str(entry.kind) for entry in package.flow.entries} == {"renewal", "amendment", "revocation", "reassessment"}
    assert {str(step.kind) for step in package.flow.steps} >= {"parallel", "wait", "review", "sign"}
