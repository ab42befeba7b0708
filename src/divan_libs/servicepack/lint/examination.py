"""All rules of lint, in one go."""

from __future__ import annotations

from divan_libs.servicepack.faults import Fault
from divan_libs.servicepack.lint.card import check_card
from divan_libs.servicepack.lint.determinants import check_determinants
from divan_libs.servicepack.lint.fees import check_fees
from divan_libs.servicepack.lint.findings import Findings, Surroundings
from divan_libs.servicepack.lint.flow import check_flow
from divan_libs.servicepack.lint.form import check_form
from divan_libs.servicepack.lint.needs import check_needs
from divan_libs.servicepack.lint.outputs import check_outputs
from divan_libs.servicepack.lint.tables import check_tables
from divan_libs.servicepack.lint.texts import check_texts
from divan_libs.servicepack.lint.uses import conditions_of
from divan_libs.servicepack.loading import SourceMap
from divan_libs.servicepack.models import Delivery, Package


def lint(package: Package, surroundings: Surroundings, sources: SourceMap | None = None) -> list[Fault]:
    """Return everything that keeps a package from being published; an empty list means that it may be.

    With ``sources`` (from ``load_with_sources``) faults carry their lines; a stored package has none.
    """
    findings = Findings.of(package, surroundings, sources)
    check_card(findings)
    check_needs(findings)
    for source, file, path in conditions_of(package):
        findings.compiled(source, file, path)
    check_determinants(findings)
    check_tables(findings)
    check_form(findings)
    check_flow(findings)
    check_fees(findings)
    check_outputs(findings)
    check_texts(findings)
    if package.card.delivery is Delivery.ELECTRONIC and not package.examples:
        findings.add("examples.none", "examples")
    unique = {(fault.code, fault.file, fault.line, str(dict(fault.facts))): fault for fault in findings.faults}
    return sorted(unique.values(), key=lambda fault: (fault.file, fault.line, fault.code))
