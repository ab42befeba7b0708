"""Whom a case is for where its applicant acts for somebody else."""

from __future__ import annotations

from dataclasses import dataclass

from divan.dealings.cases.values import Case
from divan.registers.people import queries as people
from divan_libs.servicepack.answers import visible_answers
from divan_libs.servicepack.asking import beneficiary
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import Package


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """A ward, a principal or an organization; the name is a register's, empty until one has told it."""

    code: str
    name: str


def find_beneficiary(case: Case, package: Package, context: Context) -> Beneficiary | None:
    """Return whom a case is for, or None where it is the applicant's own."""
    if package.needs.mandate is None:
        return None
    applicant = people.get_person(case.applicant).national_code
    code = beneficiary(package, visible_answers(package, context), applicant=applicant)
    return Beneficiary(code=code, name=_name_of(case, code)) if code != applicant else None


def name_of_beneficiary(case: Case, package: Package, context: Context) -> str:
    """Return the name of whom a case is for, their code while no register has told the name."""
    found = find_beneficiary(case, package, context)
    return (found.name or found.code) if found else people.get_person(case.applicant).full_name


def _name_of(case: Case, code: str) -> str:
    """Return the name that registers told for this case about somebody."""
    for need in case.needs:
        if need.subject == code and need.state == "matched":
            parts = [str(need.fields[part]) for part in ("first_name", "last_name", "name") if part in need.fields]
            if parts:
                return " ".join(parts)
    return ""
