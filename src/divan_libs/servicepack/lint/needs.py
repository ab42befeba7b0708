"""Nobody is asked twice: what a register can answer is an inquiry, never a document."""

from __future__ import annotations

import re

from divan_libs.servicepack.lint.findings import FORM, NEEDS, Findings, Path
from divan_libs.servicepack.models import (
    DocumentNeed,
    FileQuestion,
    InquiryNeed,
    MandateNeed,
    OpinionNeed,
    Question,
    SignatureNeed,
)
from divan_libs.servicepack.models.form import GroupQuestion, InnerQuestion, Prefillable
from divan_libs.servicepack.models.needs import Subject

# Words of a document's text that betray evidence which a register holds, by the register's data service. The author's
# own declaration (``held_in``) is the rule; this only finds the commonest false «none».
KNOWN_EVIDENCE: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "civil-registry/person",
        re.compile(
            r"کارت\s*ملی|شناسنامه|national\s+(?:identity\s+)?card|birth\s+certificate|identity\s+booklet", re.IGNORECASE
        ),
    ),
)


NAMING = frozenset({"national-code", "person", "foreigner-id", "organization", "postal-code", "place", "text"})
"""Types of questions whose answer names a subject of a register: somebody, or a thing by its code."""


def check_needs(findings: Findings) -> None:
    """Check inquiries, documents and opinions against the exchange, the form and the flow."""
    facts: set[str] = set()
    for index, need in enumerate(findings.package.needs.requirements):
        path = ("requirements", index)
        if need.when is not None:
            findings.compiled(need.when, NEEDS, (*path, "when"))
        if isinstance(need, InquiryNeed | MandateNeed):
            if need.data_service not in findings.surroundings.data_services:
                findings.add("needs.unknown-data-service", NEEDS, (*path, "data_service"), service=need.data_service)
            if need.fact in facts:
                findings.add("needs.repeated-fact", NEEDS, (*path, "fact"), fact=need.fact)
            facts.add(need.fact)
            _check_asked(findings, need, path)
        elif isinstance(need, SignatureNeed):
            _check_named(findings, need.by, (*path, "by"))
            for number, code in enumerate(need.reads):
                if findings.package.form.question(code) is None:
                    findings.add("needs.unknown-question-to-read", NEEDS, (*path, "reads", number), question=code)
        elif isinstance(need, DocumentNeed):
            _check_document(findings, need, index)
        elif isinstance(need, OpinionNeed) and findings.package.flow.step(need.step) is None:
            findings.add("needs.opinion-without-step", NEEDS, (*path, "step"), step=need.step)
    _check_files(findings)
    _check_prefills(findings)


def _check_asked(findings: Findings, need: InquiryNeed | MandateNeed, path: Path) -> None:
    if isinstance(need, MandateNeed):
        _check_named(findings, Subject(question=need.principal), (*path, "principal"))
        return
    subject = need.subject if isinstance(need.subject, Subject) else None
    if subject is not None:
        _check_named(findings, subject, (*path, "subject"))
    asked = {question.code: question for question in _asked_in(findings, subject.group if subject else None)}
    for name, code in need.parameters.items():
        question = asked.get(code)
        here = (*path, "parameters", name)
        if question is None:
            findings.add("needs.parameter-without-question", NEEDS, here, question=code)
        elif not question.required:
            # An open answer would keep the question from being asked, and the requirement from being looked at.
            findings.add("needs.parameter-may-stay-open", NEEDS, here, question=code)


def _check_named(findings: Findings, subject: Subject, path: Path) -> None:
    group = findings.package.form.question(subject.group) if subject.group else None
    if subject.group is not None and not isinstance(group, GroupQuestion):
        findings.add("needs.subject-without-question", NEEDS, path, question=subject.group)
        return
    inside = group.questions if isinstance(group, GroupQuestion) else findings.package.form.questions()
    question = next((one for one in inside if one.code == subject.question), None)
    if question is None:
        findings.add("needs.subject-without-question", NEEDS, path, question=subject.question)
    elif question.type not in NAMING:
        findings.add("needs.subject-names-nobody", NEEDS, path, question=subject.question, type=question.type)


def _asked_in(findings: Findings, group: str | None) -> list[Question | InnerQuestion]:
    rows = findings.package.form.question(group) if group else None
    inner = rows.questions if isinstance(rows, GroupQuestion) else ()
    return [*findings.package.form.questions(), *inner]


def _check_document(findings: Findings, need: DocumentNeed, index: int) -> None:
    path = ("requirements", index)
    services = findings.surroundings.data_services
    if need.held_in in services:
        findings.add(
            "needs.document-held-by-register", NEEDS, (*path, "held_in"), requirement=need.code, service=need.held_in
        )
    keys = (f"needs.{need.code}.title", f"needs.{need.code}.help", f"questions.{need.question}.label")
    words = " ".join(texts.get(key, "") for texts in findings.package.texts.values() for key in keys)
    for service, pattern in KNOWN_EVIDENCE:
        if service in services and service != need.held_in and (found := pattern.search(words)):
            findings.add(
                "needs.document-held-by-register", NEEDS, path, requirement=need.code, service=service, word=found[0]
            )
    question = findings.package.form.question(need.question)
    if not isinstance(question, FileQuestion):
        findings.add("needs.document-without-question", NEEDS, (*path, "question"), question=need.question)
    elif question.required == need.optional:
        findings.add("needs.document-optional-differs", NEEDS, path, requirement=need.code)


def _check_files(findings: Findings) -> None:
    """A file that is no declared requirement could be any photocopy."""
    declared = {need.question for need in findings.package.needs.documents}
    for p, page in enumerate(findings.package.form.pages):
        for q, question in enumerate(page.questions):
            if isinstance(question, FileQuestion) and question.code not in declared:
                findings.add(
                    "form.file-without-requirement", FORM, ("pages", p, "questions", q), question=question.code
                )


def _check_prefills(findings: Findings) -> None:
    inquiries = {need.code: need for need in findings.package.needs.inquiries}
    for p, page in enumerate(findings.package.form.pages):
        for q, question in enumerate(page.questions):
            if not isinstance(question, Prefillable) or question.prefill is None:
                continue
            need = inquiries.get(question.prefill.need)
            if need is None or question.prefill.field not in need.fields:
                path = ("pages", p, "questions", q, "prefill")
                findings.add(
                    "form.unknown-prefill", FORM, path, need=question.prefill.need, field=question.prefill.field
                )
