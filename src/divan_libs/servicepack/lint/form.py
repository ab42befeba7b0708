"""Every question is needed by something, and expressions look only backwards."""

from __future__ import annotations

from divan_libs.servicepack.lint.findings import FORM, Findings, Path
from divan_libs.servicepack.lint.uses import expressions_of, output_fields
from divan_libs.servicepack.models import ChoicesQuestion, Information, LongTextQuestion, Question, TextQuestion
from divan_libs.servicepack.models.form import NumberQuestion


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
        used.update(question.code for question in package.form.questions() if f"answers.{question.code}" in source)
    used.update(name for entry, _ in output_fields(package) for name in (entry.answer, entry.place) if name)
    used.update(step.at.answer for step in package.flow.steps if step.at and step.at.answer)
    return used


def _check_looks_back(findings: Findings, source: str | None, seen: set[str], path: Path) -> None:
    """Record a condition that reads a question which is asked later (or is itself): pages come in order."""
    if source is None:
        return
    expression = findings.compiled(source, FORM, path)
    for name in sorted(expression.names) if expression else ():
        root, _, question = name.partition(".")
        if root == "answers" and question not in seen:
            findings.add("form.condition-looks-ahead", FORM, path, question=question)


def _check_limits(findings: Findings, question: Question, path: Path) -> None:
    impossible = False
    if isinstance(question, TextQuestion | LongTextQuestion):
        impossible = question.min_length > question.max_length
    elif isinstance(question, NumberQuestion):
        impossible = question.minimum > question.maximum
    elif isinstance(question, ChoicesQuestion):
        impossible = question.min_chosen > min(question.max_chosen, len(question.options))
    if impossible:
        findings.add("form.impossible-limits", FORM, path, question=question.code)
    options: tuple[str, ...] = getattr(question, "options", ())
    if len(set(options)) != len(options):
        findings.add("form.repeated-option", FORM, path, question=question.code)
    if isinstance(question, Information) and question.read_by:
        findings.add("form.information-has-no-answer", FORM, path, question=question.code)
