"""Every question is needed by something, and expressions look only backwards."""

from __future__ import annotations

import re
from collections.abc import Iterator

from divan_libs.servicepack.answer_values import AnyAsked, Rowed, is_rowed
from divan_libs.servicepack.lint.findings import FORM, Findings, Path
from divan_libs.servicepack.lint.uses import expressions_of, output_fields
from divan_libs.servicepack.models import (
    ChoicesQuestion,
    Flow,
    Information,
    LongTextQuestion,
    MandateNeed,
    Needs,
    Subject,
    TextQuestion,
)
from divan_libs.servicepack.models.form import (
    ForeignerIdQuestion,
    GroupQuestion,
    MoneyQuestion,
    NumberQuestion,
    RegisteredName,
    SignatureQuestion,
    TableQuestion,
    TimeQuestion,
)
from divan_libs.servicepack.question_names import derived_names
from divan_libs.servicepack.question_texts import inner_questions


def check_form(findings: Findings) -> None:
    """Check codes, limits, uses and the order of conditions."""
    steps = {step.code for step in findings.package.flow.steps}
    used = _names_used(findings)
    seen: set[str] = set()
    for p, page in enumerate(findings.package.form.pages):
        _check_looks_back(findings, page.show_when, seen, ("pages", p, "show_when"))
        for q, question in enumerate(page.questions):
            path: Path = ("pages", p, "questions", q)
            if question.code in seen:
                findings.add("form.repeated-question", FORM, path, question=question.code)
            _check_looks_back(findings, question.show_when, seen, (*path, "show_when"))
            seen.add(question.code)
            for step in question.read_by:
                if step not in steps:
                    findings.add("form.unknown-reader", FORM, (*path, "read_by"), step=step)
            _check_limits(findings, question, path)
            needed = question.read_by or question.reported or question.type in ("information", "consent")
            if not needed and question.code not in used:
                findings.add("form.question-never-used", FORM, path, question=question.code)


def _names_used(findings: Findings) -> set[str]:
    """Return questions that an expression, an output, a document requirement or the flow speaks of."""
    package = findings.package
    used = {need.question for need in package.needs.documents}
    for source, _, _ in expressions_of(package):
        used.update(re.findall(r"\b(?:answers|groups)\s*\.\s*(\w+)", source))
    used.update(name for entry, _ in output_fields(package) for name in (entry.answer, entry.place) if name)
    places = [holder.at for holder in package.flow.holders() if holder.at]
    used.update(name for at in places for name in (at.answer, at.body_in) if name)
    used.update(_names_of_needs(package.needs))
    subjects = (record.subject for record in package.outputs.records)
    used.update(subject.group or subject.question for subject in subjects if isinstance(subject, Subject))
    used.update(_names_of_flow(package.flow))
    return used


def _names_of_needs(needs: Needs) -> Iterator[str]:
    """Yield questions that say whom a register is asked about, what travels along, and who signs."""
    for need in needs.requirements:
        subject = getattr(need, "subject", None) or getattr(need, "by", None)
        if isinstance(subject, Subject):
            yield subject.group or subject.question
        yield from getattr(need, "parameters", {}).values()
        if isinstance(need, MandateNeed):
            yield need.principal


def _names_of_flow(flow: Flow) -> Iterator[str]:
    """Yield questions that an outside process is told, and those that say who is away and who stands in."""
    for step in flow.steps:
        for entry in step.wait.sends if step.wait is not None else ():
            yield from (name for name in (entry.answer, entry.place) if name)
    for outcome in flow.outcomes:
        if outcome.absence is not None:
            yield from (outcome.absence.starts, outcome.absence.ends, outcome.absence.substitute)


def _check_looks_back(findings: Findings, source: str | None, seen: set[str], path: Path) -> None:
    """Record a condition that reads a question which is asked later (or is itself): pages come in order."""
    if source is None:
        return
    expression = findings.compiled(source, FORM, path)
    for name in sorted(findings.spoken(expression)) if expression else ():
        root, _, question = name.partition(".")
        question = question.partition(".")[0]
        if root in ("answers", "groups") and question not in seen:
            findings.add("form.condition-looks-ahead", FORM, path, question=question)


def _check_limits(findings: Findings, question: AnyAsked, path: Path) -> None:
    if _is_impossible(question):
        findings.add("form.impossible-limits", FORM, path, question=question.code)
    options: tuple[str, ...] = getattr(question, "options", ())
    if len(set(options)) != len(options):
        findings.add("form.repeated-option", FORM, path, question=question.code)
    if isinstance(question, Information) and question.read_by:
        findings.add("form.information-has-no-answer", FORM, path, question=question.code)
    if isinstance(question, TableQuestion) and len(set(question.rows)) != len(question.rows):
        findings.add("form.repeated-row", FORM, (*path, "rows"), question=question.code)
    if isinstance(question, SignatureQuestion) and question.name_from is not None:
        _check_registered_name(findings, question.name_from, (*path, "name_from"))
    if is_rowed(question):
        _check_inner(findings, question, path)


def _is_impossible(question: AnyAsked) -> bool:
    match question:
        case TextQuestion() | LongTextQuestion():
            return question.min_length > question.max_length
        case NumberQuestion() | MoneyQuestion():
            return question.minimum > question.maximum
        case ChoicesQuestion():
            return question.min_chosen > min(question.max_chosen, len(question.options))
        case TimeQuestion():
            return question.earliest > question.latest
        case ForeignerIdQuestion():
            return question.min_digits > question.max_digits
        case GroupQuestion():
            return question.min_rows > question.max_rows
    return False


def _check_inner(findings: Findings, question: Rowed, path: Path) -> None:
    """Check the questions of a row: readers, conditions and registers belong to the whole answer, not to a row's part.

    Derived names must not meet: ``fee`` and ``fee_total`` of one group would speak of two things by one name.
    """
    place = "questions" if isinstance(question, GroupQuestion) else "columns"
    names = ["count"]
    for number, inner in enumerate(inner_questions(question)):
        below: Path = (*path, place, number)
        for key in ("show_when", "read_by", "reported", "prefill"):
            if getattr(inner, key, None):
                findings.add("form.not-within-rows", FORM, (*below, key), question=inner.code, key=key)
        _check_limits(findings, inner, below)
        names += derived_names(inner)
    for name in sorted({name for name in names if names.count(name) > 1}):
        findings.add("form.names-meet", FORM, path, question=question.code, name=name)


def _check_registered_name(findings: Findings, source: RegisteredName, path: Path) -> None:
    need = next((need for need in findings.package.needs.inquiries if need.code == source.need), None)
    if need is None:
        findings.add("form.unknown-inquiry", FORM, (*path, "need"), need=source.need)
        return
    for number, field in enumerate(source.fields):
        if field not in need.fields:
            findings.add("form.unknown-field", FORM, (*path, "fields", number), need=source.need, field=field)
