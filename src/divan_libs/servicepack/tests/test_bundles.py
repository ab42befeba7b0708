"""A bundle gathers services, and never asks for something else than they do."""

from __future__ import annotations

from pathlib import Path

import pytest

from divan_libs.servicepack.bundles import bundle_files, bundle_from, lint_bundle, load_bundle
from divan_libs.servicepack.faults import PackageFaults
from divan_libs.servicepack.loading import load_package

SERVICES = Path(__file__).resolve().parents[4] / "services"
CHILD = SERVICES / "bundles" / "child-is-born.yaml"


def packages_of(bundle):
    folders = [SERVICES / service.code for service in bundle.services]
    return {folder.name: load_package(folder) for folder in folders if folder.is_dir()}


def changed(tmp_path: Path, old: str, new: str) -> Path:
    """Return the shipped bundle with one thing changed."""
    written = CHILD.read_text("utf-8")
    assert old in written
    path = tmp_path / CHILD.name
    path.write_text(written.replace(old, new, 1), "utf-8")
    return path


@pytest.mark.parametrize("path", bundle_files(SERVICES), ids=lambda path: path.stem)
def test_a_shipped_bundle_fits_the_shipped_services(path):
    bundle, document = load_bundle(path)
    assert lint_bundle(bundle, packages_of(bundle), document) == []
    assert bundle_from(bundle.stored_form) == bundle


def test_the_answers_choose_the_services():
    bundle, _ = load_bundle(CHILD)
    assert "family-welfare-payment" not in bundle.chosen({})
    assert bundle.chosen({"needs_support": True, "child_disabled": False})[:2] == (
        "birth-registration",
        "family-welfare-payment",
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("family-welfare-payment.county", "family-welfare-payment.nowhere", "bundle.no-such-question", 25),
        ("family-welfare-payment.county", "family-welfare-payment.rent", "bundle.other-type", 25),
        ("family-welfare-payment.county", "family-welfare-payment.truth", "bundle.never-shared", 25),
        ("  newborn-screening: {}", "  nothing-of-the-kind: {}", "bundle.no-such-service", 11),
        ("    title: A child is born", "    name: A child is born", "texts.missing", 49),
    ],
)
def test_lint_names_what_does_not_fit_and_its_line(tmp_path, old, new, code, line):
    bundle, document = load_bundle(changed(tmp_path, old, new))
    faults = {fault.code: fault for fault in lint_bundle(bundle, packages_of(bundle), document)}
    assert code in faults
    assert (faults[code].file, faults[code].line) == ("bundles/child-is-born.yaml", line)


def test_a_place_of_another_level_is_another_question(tmp_path):
    bundle, document = load_bundle(
        changed(tmp_path, "  newborn-screening: {}", "  newborn-screening: {}\n  eco-lodge-permit: {}")
    )
    mapped = bundle.model_copy(
        update={"shared": {"where": ("family-welfare-payment.county", "eco-lodge-permit.village")}}
    )
    assert "bundle.other-type" in {fault.code for fault in lint_bundle(mapped, packages_of(mapped), document)}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{when: needs_support}", "{when: nobody_asks}", "bundle.unknown-question"),
        ("  child_disabled: {}", "  child_disabled: {}\n  idle: {}", "bundle.idle-question"),
        ("    - family-welfare-payment.county", "    - other-service.county", "bundle.strange-service"),
        ("    - disability-assessment.county", "    - disability-assessment.address", "bundle.mapped-twice"),
        ("life_event: birth", "life_event: birth\nlife_event: tax", "yaml.repeated-key"),
        ("life_event: birth", "life_event: birth\nlaws: {}", "package.unknown-key"),
        ("life_event: birth", "life_event: &x birth\nagain: *x", "yaml.alias"),
        ("code: child-is-born", "code: child-was-born", "package.folder-name"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(tmp_path, old, new, code):
    with pytest.raises(PackageFaults) as refused:
        load_bundle(changed(tmp_path, old, new))
    assert code in {fault.code for fault in refused.value.faults}


def test_a_bundle_of_cards_alone_is_nothing_to_apply_for():
    bundle, document = load_bundle(CHILD)
    cards = {code: package for code, package in packages_of(bundle).items() if not package.form.pages}
    alone = bundle.model_copy(
        update={"services": tuple(one for one in bundle.services if one.code in cards), "shared": {}, "questions": ()}
    )
    assert "bundle.nothing-to-apply-for" in {fault.code for fault in lint_bundle(alone, cards, document)}
