"""Everything that speaks the name of a question or a fact, found once for all rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from divan_libs.servicepack.derivation import INPUT_TYPES
from divan_libs.servicepack.expressions import ValueType
from divan_libs.servicepack.lint.findings import DETERMINANTS, FEES, FLOW, FORM, NEEDS, TABLES, Path
from divan_libs.servicepack.models import Action, OutputField, Package, Route, Track


def expressions_of(package: Package) -> Iterator[tuple[str, str, Path]]:
    """Yield each expression with its file and path."""
    yield from conditions_of(package)
    for source, _, file, path in values_of(package):
        yield source, file, path


def conditions_of(package: Package) -> Iterator[tuple[str, str, Path]]:
    """Yield each expression that is yes or no, with its file and path."""
    for d, determinant in enumerate(package.determinants.root):
        if determinant.when:
            yield determinant.when, DETERMINANTS, (d, "when")
    yield from _of_form(package)
    for n, need in enumerate(package.needs.requirements):
        if need.kind == "condition":
            yield need.expression, NEEDS, ("requirements", n, "expression")
        if need.when:
            yield need.when, NEEDS, ("requirements", n, "when")
    yield from _of_flow(package)
    yield from _of_fees(package)


def values_of(package: Package) -> Iterator[tuple[str, ValueType, str, Path]]:
    """Yield each expression that gives another value, with its type, file and path."""
    for d, determinant in enumerate(package.determinants.root):
        if determinant.within:
            yield determinant.within.since, ValueType.MOMENT, DETERMINANTS, (d, "within", "since")
    for t, table in enumerate(package.tables.root):
        for c, column in enumerate(table.inputs):
            yield column.expression, INPUT_TYPES[column.type], TABLES, (t, "inputs", c, "expression")
    for t, tariff in enumerate(package.fees.tariffs):
        for p, period in enumerate(tariff.periods):
            for r, row in enumerate(period.rows):
                if row.amount_from:
                    path: Path = ("tariffs", t, "periods", p, "rows", r, "amount_from")
                    yield row.amount_from, ValueType.NUMBER, FEES, path


def _of_flow(package: Package) -> Iterator[tuple[str, str, Path]]:
    for s, step in enumerate(package.flow.steps):
        if step.when:
            yield step.when, FLOW, ("steps", s, "when")
        parts: Mapping[str, Sequence[Action | Route | Track]]
        parts = {"actions": step.actions, "routes": step.routes, "tracks": step.tracks}
        for part, conditions in parts.items():
            for n, condition in enumerate(conditions):
                if condition.when:
                    yield condition.when, FLOW, ("steps", s, part, n, "when")
        for q, question in enumerate(step.report):
            if question.show_when:
                yield question.show_when, FLOW, ("steps", s, "report", q, "show_when")
    for e, entry in enumerate(package.flow.entries):
        if entry.when:
            yield entry.when, FLOW, ("entries", e, "when")


def _of_form(package: Package) -> Iterator[tuple[str, str, Path]]:
    for p, page in enumerate(package.form.pages):
        if page.show_when:
            yield page.show_when, FORM, ("pages", p, "show_when")
        for q, question in enumerate(page.questions):
            if question.show_when:
                yield question.show_when, FORM, ("pages", p, "questions", q, "show_when")


def _of_fees(package: Package) -> Iterator[tuple[str, str, Path]]:
    for t, tariff in enumerate(package.fees.tariffs):
        if tariff.when:
            yield tariff.when, FEES, ("tariffs", t, "when")
        for p, period in enumerate(tariff.periods):
            for r, row in enumerate(period.rows):
                if row.when:
                    yield row.when, FEES, ("tariffs", t, "periods", p, "rows", r, "when")


def output_fields(package: Package) -> Iterator[tuple[OutputField, Path]]:
    """Yield each field of each document and message with its path in ``outputs/documents.yaml``."""
    for d, document in enumerate(package.outputs.documents):
        for f, entry in enumerate(document.fields):
            yield entry, ("documents", d, "fields", f)
    for m, message in enumerate(package.outputs.messages):
        for f, entry in enumerate(message.fields):
            yield entry, ("messages", m, "fields", f)
    for r, record in enumerate(package.outputs.records):
        for f, entry in enumerate(record.fields):
            yield entry, ("records", r, "fields", f)
