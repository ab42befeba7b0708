"""Everything that speaks the name of a question or a fact, found once for all rules."""

from __future__ import annotations

from collections.abc import Iterator

from divan_libs.servicepack.lint.findings import FEES, FLOW, FORM, NEEDS, Path
from divan_libs.servicepack.models import OutputField, Package


def expressions_of(package: Package) -> Iterator[tuple[str, str, Path]]:
    """Yield each expression with its file and path."""
    yield from _of_form(package)
    for n, need in enumerate(package.needs.requirements):
        if need.kind == "condition":
            yield need.expression, NEEDS, ("requirements", n, "expression")
    for s, step in enumerate(package.flow.steps):
        for a, action in enumerate(step.actions):
            if action.when:
                yield action.when, FLOW, ("steps", s, "actions", a, "when")
    yield from _of_fees(package)


def _of_form(package: Package) -> Iterator[tuple[str, str, Path]]:
    for p, page in enumerate(package.form.pages):
        if page.show_when:
            yield page.show_when, FORM, ("pages", p, "show_when")
        for q, question in enumerate(page.questions):
            if question.show_when:
                yield question.show_when, FORM, ("pages", p, "questions", q, "show_when")


def _of_fees(package: Package) -> Iterator[tuple[str, str, Path]]:
    for t, tariff in enumerate(package.fees.tariffs):
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
