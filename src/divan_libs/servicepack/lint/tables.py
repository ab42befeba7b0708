"""A decision table answers every case, answers it once, and has no row in vain; its versions follow without a gap."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from divan_libs.servicepack.derivation import INPUT_TYPES
from divan_libs.servicepack.expressions import Expression
from divan_libs.servicepack.lint.findings import TABLES, Findings, Path
from divan_libs.servicepack.models import Package
from divan_libs.servicepack.models.card import Channel
from divan_libs.servicepack.models.cells import CellRefused, InputType, Span, read_cell
from divan_libs.servicepack.models.needs import InquiryState
from divan_libs.servicepack.models.tables import Aggregate, Table, TableInput, TableVersion
from divan_libs.servicepack.table_analysis import Domain, Witness, analyse


def check_tables(findings: Findings) -> None:
    """Check inputs, cells, rows and days of every table."""
    for t, table in enumerate(findings.package.tables.root):
        domains = [_domain(findings, column, (t, "inputs", c)) for c, column in enumerate(table.inputs)]
        _check_versions(findings, table, (t,))
        for version in table.versions:
            path: Path = (t, *version.path)
            known = [domain for domain in domains if domain is not None]
            if _cells_are_read(findings, version, known, path) and len(known) == len(domains):
                _check_rows(findings, table, version, known, path)


def _domain(findings: Findings, column: TableInput, path: Path) -> Domain | None:
    """Return the values that an input may have, or None after recording why they cannot be told."""
    expression = findings.compiled(
        column.expression, TABLES, (*path, "expression"), INPUT_TYPES[column.type], guarded=False
    )
    if expression is None:
        return None
    known_span, known_texts = _known_values(findings.package, expression)
    low, high = _limit(column.minimum, known_span[0]), _limit(column.maximum, known_span[1])
    if low is not None and high is not None and low > high:
        findings.add("tables.impossible-limits", TABLES, path, input=column.code)
        return None
    texts = (column.values or known_texts) if column.type is InputType.TEXT else None
    return Domain(column.code, column.type, (low, high), texts, may_be_absent=bool(expression.unguarded))


def _limit(declared: int | date | None, known: int | None) -> int | None:
    """Return a limit in the measure of cells: the declared one, or what is known of the question."""
    if declared is None:
        return known
    return declared.toordinal() if isinstance(declared, date) else declared


def _known_values(package: Package, expression: Expression) -> tuple[Span, tuple[str, ...] | None]:
    """Return what is known of the values of an expression that is nothing but a name."""
    name = expression.source.strip()
    root, _, rest = name.partition(".")
    if name not in expression.names:
        return (None, None), None
    if name == "case.channel":
        return (None, None), tuple(str(channel) for channel in Channel)
    if name == "case.entry":
        return (None, None), ("application", *(entry.code for entry in package.flow.entries))
    if root == "facts" and rest.endswith(".state"):
        return (None, None), tuple(str(state) for state in InquiryState)
    if root == "tables":
        return (None, None), _outputs_of(package.tables.of(rest))
    if root == "groups":
        group = package.form.question(rest.partition(".")[0])
        return ((0, getattr(group, "max_rows", None)) if rest.endswith(".count") else (None, None)), None
    question = package.form.question(rest) if root == "answers" else None
    return (getattr(question, "minimum", None), getattr(question, "maximum", None)), getattr(question, "options", None)


def _outputs_of(table: Table | None) -> tuple[str, ...] | None:
    """Return the texts that a table may give, or None if it gives no texts."""
    if table is None or table.output.aggregate is not None:
        return None
    given = [row.then for version in table.versions for row in version.rows]
    texts = [value for value in (*given, table.otherwise) if isinstance(value, str)]
    return tuple(dict.fromkeys(texts)) or None


def _check_versions(findings: Findings, table: Table, path: Path) -> None:
    """Check laws and days: each version ends on the day on which the next one starts."""
    for version in table.versions:
        here = (*path, *version.path)
        if version.law is not None:
            findings.law(version.law, TABLES, (*here, "law"))
        if version.starts_on is not None and version.ends_on is not None and version.ends_on <= version.starts_on:
            findings.add("tables.period-empty", TABLES, here, table=table.code)
    for one, following in pairwise(table.versions):
        if following.starts_on is None or one.ends_on == following.starts_on:
            continue
        here = (*path, *following.path)
        if one.ends_on is not None and one.ends_on < following.starts_on:
            findings.add("tables.period-gap", TABLES, here, table=table.code, without=str(one.ends_on))
        else:
            twice = max(following.starts_on, one.starts_on or following.starts_on)
            findings.add("tables.period-overlap", TABLES, here, table=table.code, twice=str(twice))


def _cells_are_read(findings: Findings, version: TableVersion, domains: list[Domain], path: Path) -> bool:
    """Check every cell by itself; return whether all could be read."""
    kinds = {column.code: column.type for column in version.inputs}
    texts = {domain.code: domain.texts for domain in domains}
    good = True
    for r, row in enumerate(version.rows):
        for code, cell in row.when.items():
            here: Path = (*path, "rows", r, "when", code)
            if code not in kinds:
                findings.add("tables.unknown-input", TABLES, here, row=row.code, input=code)
                good = False
                continue
            try:
                condition = read_cell(cell, kinds[code])
            except CellRefused as refusal:
                findings.add(refusal.code, TABLES, here, row=row.code, input=code, cell=refusal.cell)
                good = False
                continue
            known = texts.get(code)
            for text in sorted(condition.texts - set(known)) if known is not None else ():
                findings.add("tables.unknown-value", TABLES, here, row=row.code, input=code, value=text)
    return good


def _check_rows(findings: Findings, table: Table, version: TableVersion, domains: list[Domain], path: Path) -> None:
    nothing_is_well = table.output.aggregate in (Aggregate.LIST, Aggregate.SUM, Aggregate.COUNT)
    complete = table.otherwise is None and not nothing_is_well
    found = analyse(table.hit, domains, version.rules, must_be_complete=complete)
    codes = [row.code for row in version.rows]
    if found.falls_through is not None:
        findings.add("tables.falls-through", TABLES, path, table=table.code, input=_written(found.falls_through))
    for overlap in found.overlaps:
        rows = [codes[overlap.first], codes[overlap.second]]
        here: Path = (*path, "rows", overlap.second)
        findings.add("tables.overlap", TABLES, here, table=table.code, rows=rows, input=_written(overlap.witness))
    for row in found.unreachable:
        findings.add("tables.row-unreachable", TABLES, (*path, "rows", row), table=table.code, row=codes[row])
    if found.unfinished:
        findings.add("tables.too-entangled", TABLES, path, table=table.code, rows=len(codes))


def _written(witness: Witness) -> str:
    return ", ".join(f"{name} = {value}" for name, value in witness.items())
