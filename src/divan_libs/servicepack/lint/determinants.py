"""Determinants and tables are spoken of somewhere, and never define each other in a loop."""

from __future__ import annotations

from divan_libs.servicepack.derivation import Cycle, Definitions
from divan_libs.servicepack.expressions import ExpressionRefused
from divan_libs.servicepack.lint.findings import DETERMINANTS, TABLES, Findings, Path
from divan_libs.servicepack.lint.uses import conditions_of, values_of


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
        if name not in used:
            findings.add(f"{root}.never-used", file, path, **{root.removesuffix("s"): code})
    _check_loops(findings, definitions, places)


def _spoken_of(findings: Findings) -> set[str]:
    """Return the names that any expression speaks; one that is refused speaks none."""
    spoken: set[str] = set()
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
