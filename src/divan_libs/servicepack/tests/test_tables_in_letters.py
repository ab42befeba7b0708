"""A table that only a letter or an order speaks of is in use."""

from __future__ import annotations

from divan_libs.servicepack.lint import lint
from divan_libs.servicepack.lint.alone import surroundings_alone
from divan_libs.servicepack.loading import load_package
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.tests.conftest import SERVICE

WELFARE = SERVICE.parent / "family-welfare-payment"


def _codes(written: dict) -> set[tuple[str, str | None]]:
    package = Package.model_validate(written)
    return {(fault.code, fault.facts.get("table")) for fault in lint(package, surroundings_alone(package))}


def test_a_table_in_a_letter_or_an_order_is_used():
    assert _codes(load_package(WELFARE).model_dump(mode="json")) == set()


def test_a_table_that_nothing_speaks_of_is_a_leftover():
    written = load_package(WELFARE).model_dump(mode="json")
    fields = [
        *(document["fields"] for document in written["outputs"]["documents"]),
        *(record["fields"] for record in written["outputs"]["records"]),
        *(step["wait"]["sends"] for step in written["flow"]["steps"] if step["wait"]),
    ]
    for entry in (entry for group in fields for entry in group if entry["table"] == "monthly_payment"):
        entry["table"], entry["case"] = None, "number"

    assert _codes(written) == {("tables.never-used", "monthly_payment")}
