"""What the rules of lint share: the package, its surroundings, and a list of faults that knows the lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from divan_libs.servicepack.evaluation import environment_of
from divan_libs.servicepack.expressions import Environment, Expression, ExpressionRefused, ValueType
from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.loading import SourceMap
from divan_libs.servicepack.models import Package

CARD, NEEDS, FORM, FLOW, FEES = "card.yaml", "needs.yaml", "form.yaml", "flow.yaml", "fees.yaml"
OUTPUTS = "outputs/documents.yaml"

Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a package may rely on outside itself; assembled by the house from its own tables."""

    roles: frozenset[str]
    bodies: frozenset[str]
    data_services: frozenset[str]


@dataclass(frozen=True, slots=True)
class Findings:
    """The package under examination and the faults found so far."""

    package: Package
    surroundings: Surroundings
    environment: Environment
    sources: SourceMap
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, package: Package, surroundings: Surroundings, sources: SourceMap | None) -> Findings:
        """Begin an examination."""
        return cls(package, surroundings, environment_of(package), sources or SourceMap())

    def add(self, code: str, file: str, path: Path = (), **facts: object) -> None:
        """Record a fault at a path of a file."""
        self.faults.append(Fault(code, file, self.sources.line(file, *path), facts))

    def compiled(self, source: str, file: str, path: Path) -> Expression | None:
        """Return a compiled expression, or None after recording why it was refused.

        A name that may be absent and is read without ``has`` before it is a fault of its own.
        """
        try:
            expression = self.environment.compile(source, ValueType.YES_NO)
        except ExpressionRefused as refusal:
            for problem in refusal.problems:
                self.add(
                    problem.code,
                    file,
                    path,
                    expression=source,
                    at=f"{problem.line}:{problem.column}",
                    detail=problem.detail,
                )
            return None
        for name in sorted(expression.unguarded):
            self.add("expression.unguarded", file, path, expression=source, name=name)
        return expression

    def law(self, code: str, file: str, path: Path) -> None:
        """Record a fault if the card knows no such law."""
        if self.package.card.law(code) is None:
            self.add("card.unknown-law", file, path, law=code)
