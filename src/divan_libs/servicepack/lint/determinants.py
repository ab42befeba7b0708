"""Determinants and tables are spoken of somewhere, and never define each other in a loop."""

from __future__ import annotations

from divan_libs.servicepack.derivation import Cycle, Definitions
from divan_libs.servicepack.expressions import ExpressionRefused
from divan_libs.servicepack.lint.findings import DETERMINANTS, TABLES, Findings, Path
from divan_libs.servicepack.lint.uses import conditions_of, output_fields, values_of


def check_determinants(findings: Findings) -> None:
    """Check that determinants and tables are used, and name the loops in which they read each other."""
    definitions = Definitions(findings.package, findings.environment)
    places: dict[str, tuple[str, Path]] = {
        **{name: (DETERMINANTS, (index,)) for index, name in enumerate(definitions.determinants)},
        **{name: (TABLES, (index,)) for index, name in enumerate(definitions.tables)},
    }
    used = _spoken_of(findings)
    for name, (file, path) in places.items():
        root, _, code = name.partition(".")
        if name not in used and root == "tables":
            findings.add("tables.never-used", file, path, table=code)
        elif name not in used:
            findings.add("determinants.never-used", file, path, determinant=code)
    _check_loops(findings, definitions, places)


def _spoken_of(findings: Findings) -> set[str]:
    """Return the names that any expression, letter, message, record or order speaks; what is refused speaks none."""
    package = findings.package
    written = [entry for entry, _ in output_fields(package)]
    written += [entry for step in package.flow.steps if step.wait is not None for entry in step.wait.sends]
    spoken = {f"tables.{entry.table}" for entry in written if entry.table is not None}
    typed = [(source, wanted) for source, wanted, _, _ in values_of(findings.package)]
    for source, wanted in [*typed, *((source, None) for source, _, _ in conditions_of(findings.package))]:
        try:
            expression = findings.environment.compile(source, *([wanted] if wanted else []))
        except ExpressionRefused:
            continue
        spoken |= expression.names
    return spoken


def _check_loops(findings: Findings, definitions: Definitions, places: dict[str, tuple[str, Path]]) -> None:
    """Record each loop once, at the first of its members."""
    known: set[frozenset[str]] = set()
    for name in places:
        try:
            definitions.order(frozenset({name}))
        except ExpressionRefused:
            continue
        except Cycle as cycle:
            if frozenset(cycle.loop) not in known:
                known.add(frozenset(cycle.loop))
                file, path = places[cycle.loop[0]]
                findings.add("determinants.cycle", file, path, loop=" → ".join(cycle.loop))
