"""The questions of a step that its officer answers: a report from the field, a measured value."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import QueryDict

from divan.dealings.cases.values import AnswerFault
from divan.foundation.ui.fields import Field
from divan.front.questions.drawing import question_fields
from divan.front.questions.posted import read_posted
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import Package, Question

PREFIX = "report-"
"""Stands before the name of every question of a report, so that it never meets a field of a choice."""


def report_questions(package: Package, step: str) -> list[Question]:
    """Return the questions that the officer of a step answers; a file has no place in a report."""
    found = package.flow.step(step)
    return [question for question in (found.report if found else ()) if question.type != "file"]


def report_fields(
    package: Package,
    step: str,
    context: Context,
    *,
    language: str,
    sent: QueryDict | None = None,
    faults: Iterable[AnswerFault] = (),
) -> list[Field]:
    """Return the questions of a step's report as they were sent, or as they were answered before."""
    return question_fields(
        package,
        report_questions(package, step),
        language=language,
        answers=context.reports,
        sent=sent,
        faults=faults,
        prefix=PREFIX,
    )


def read_report(package: Package, step: str, sent: QueryDict) -> dict[str, list[str]]:
    """Return what was typed for the questions of a step's report."""
    return read_posted(report_questions(package, step), sent, PREFIX)
