"""What the rules of lint share: the package, its surroundings, and a list of faults that knows the lines."""

from __future__ import annotations

from dataclasses import dataclass, field

from divan_libs.servicepack.derivation import Cycle, Definitions
from divan_libs.servicepack.evaluation import environment_of
from divan_libs.servicepack.expressions import Environment, Expression, ExpressionRefused, ValueType
from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.loading import SourceMap
from divan_libs.servicepack.models import Package

CARD, NEEDS, FORM, FLOW, FEES = "card.yaml", "needs.yaml", "form.yaml", "flow.yaml", "fees.yaml"
OUTPUTS, DETERMINANTS, TABLES = "outputs/documents.yaml", "determinants.yaml", "tables.yaml"

Path = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a package may rely on outside itself; assembled by the house from its own tables.

    ``seats`` are the pairs of body and role of every post that stands; None where they are not known.
    """

    roles: frozenset[str]
    bodies: frozenset[str]
    data_services: frozenset[str]
    seats: frozenset[tuple[str, str]] | None = None


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

    def compiled(
        self, source: str, file: str, path: Path, wanted: ValueType = ValueType.YES_NO, *, guarded: bool = True
    ) -> Expression | None:
        """Return a compiled expression, or None after recording why it was refused.

        A name that may be absent and is read without ``has`` before it is a fault of its own, if it must be guarded.
        """
        try:
            expression = self.environment.compile(source, wanted)
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
        for name in sorted(expression.unguarded) if guarded else ():
            self.add("expression.unguarded", file, path, expression=source, name=name)
        return expression

    def spoken(self, expression: Expression) -> frozenset[str]:
        """Return all names that an expression depends on, also by way of determinants and tables.

        Where those are refused themselves, only the names that it speaks directly.
        """
        try:
            return Definitions(self.package, self.environment).spoken(expression.names)
        except (Cycle, ExpressionRefused):
            return expression.names

    def law(self, code: str, file: str, path: Path) -> None:
        """Record a fault if the card knows no such law."""
        if self.package.card.law(code) is None:
            self.add("card.unknown-law", file, path, law=code)
