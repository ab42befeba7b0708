"""Whom a case's inquiries are about, with which parameters, and which requirements are required of it at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import InquiryNeed, MandateNeed, Package
from divan_libs.servicepack.models.needs import Need, Subject

PRINCIPAL = "principal"
"""The parameter by which a mandate's register is told for whom the applicant acts."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question to a register: about whom, with what besides."""

    need: str
    subject: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def is_required(evaluator: Evaluator, need: Need, answers: Mapping[str, AnswerValue]) -> bool:
    """Whether a requirement is required of this case: its ``when``, if it has one, holds."""
    return evaluator.holds(need.when, answers)


def askings(package: Package, context: Context, *, applicant: str) -> list[Asking]:
    """Return every question that registers must be asked for a case as it stands; ``applicant`` is their code.

    Nothing is asked while nobody is named, while a parameter is open, or where the requirement is not required. Who
    stands in several rows is asked about once.
    """
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    found: dict[tuple[str, str], Asking] = {}
    for need in package.needs.inquiries:
        if not is_required(evaluator, need, answers):
            continue
        for one in _of_need(package, need, answers, applicant):
            found.setdefault((one.need, one.subject), one)
    return list(found.values())


def names_somebody(package: Package, need: InquiryNeed | MandateNeed, answers: Mapping[str, AnswerValue]) -> bool:
    """Whether there is anybody whom a requirement is about: the applicant always, others once a question names them."""
    if isinstance(need, MandateNeed):
        return bool(identifier(package, need.principal, answers))
    return not isinstance(need.subject, Subject) or bool(named(package, need.subject, answers))


def _of_need(
    package: Package, need: InquiryNeed | MandateNeed, answers: Mapping[str, AnswerValue], applicant: str
) -> Iterator[Asking]:
    if isinstance(need, MandateNeed):
        principal = identifier(package, need.principal, answers)
        if principal:
            yield Asking(need.code, applicant, {PRINCIPAL: principal})
        return
    for subject, row in _subjects(package, need, answers, applicant):
        parameters = {name: _parameter(question, answers, row) for name, question in need.parameters.items()}
        told = {name: value for name, value in parameters.items() if value is not None}
        if len(told) == len(parameters):
            yield Asking(need.code, subject, told)


def _subjects(
    package: Package, need: InquiryNeed, answers: Mapping[str, AnswerValue], applicant: str
) -> Iterator[tuple[str, Mapping[str, AnswerValue]]]:
    match need.subject:
        case "applicant":
            yield applicant, {}
        case "beneficiary":
            yield beneficiary(package, answers, applicant=applicant), {}
        case Subject() as subject:
            yield from named(package, subject, answers)


def beneficiary(package: Package, answers: Mapping[str, AnswerValue], *, applicant: str) -> str:
    """Return the code of whom a case is for: the principal of its mandate where one is named, else the applicant."""
    mandate = package.needs.mandate
    return (identifier(package, mandate.principal, answers) if mandate else "") or applicant


def named(
    package: Package,
    subject: Subject,
    answers: Mapping[str, AnswerValue],
    reports: Mapping[str, AnswerValue] | None = None,
) -> list[tuple[str, Mapping[str, AnswerValue]]]:
    """Return the codes of everybody whom a question names, each with the row in which they stand.

    ``reports`` are officers' answers: what is recorded may be about somebody whom only an officer could name.
    """
    if subject.group is None:
        code = identifier(package, subject.question, answers) or _identifies((reports or {}).get(subject.question))
        return [(code, {})] if code else []
    rows = answers.get(subject.group)
    found = []
    for row in rows if isinstance(rows, tuple) else ():
        code = _identifies(row.get(subject.question)) if isinstance(row, Mapping) else ""
        if code and isinstance(row, Mapping):
            found.append((code, row))
    return found


def identifier(package: Package, question: str, answers: Mapping[str, AnswerValue]) -> str:
    """Return the code of whom the answer to a question names, or an empty text."""
    return _identifies(answers.get(question)) if package.form.question(question) is not None else ""


def _identifies(answer: AnswerValue | None) -> str:
    if isinstance(answer, Mapping):
        answer = answer.get("national_code")
    return answer if isinstance(answer, str) else ""


def _parameter(question: str, answers: Mapping[str, AnswerValue], row: Mapping[str, AnswerValue]) -> str | None:
    value: Any = row.get(question, answers.get(question))
    if isinstance(value, Mapping):
        value = value.get("national_code") or value.get("postal_code")
    match value:
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case int() | str():
            return str(value)
    return None
