"""Answering by a program: single answers of any page, over exactly the answers that were seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.cases import queries, rules
from divan.dealings.cases.actions.applying import follow_answers
from divan.dealings.cases.actions.locking import locked_entry
from divan.dealings.cases.actions.reading import read_answers
from divan.dealings.cases.queries.dossier import case_of
from divan.dealings.cases.values import (
    DRAFT_SAVED,
    AnswerFault,
    AnswersOutdated,
    AnswersRefused,
    Case,
    CaseState,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.catalogue import queries as catalogue
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack import answers as answering
from divan_libs.servicepack.evaluation import Context
from divan_libs.servicepack.models import FileQuestion, Package

Given = Mapping[str, Mapping[str, list[str]] | None]
"""By question what was typed under its flat names; None takes the answer back."""


@transaction.atomic
def save_answers(*, case: UUID, given: Given, revision: str | None, actor: Actor, now: datetime) -> Case:
    """Save the answers to some questions, of one page or of several; what is not named stays as it is.

    Answers that cannot stand refuse all of them and change nothing. ``revision`` names the answers that were seen;
    None saves over whatever stands.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises NotADraft: if its answers stand.
    :raises AnswersOutdated: if others stand than those that were seen.
    :raises AnswersRefused: with a fault for each answer that is none, or is not asked for here.
    """
    row = locked_entry(case, actor, now)
    rules.require_editable(CaseState(row.state))
    if revision not in (None, queries.revision_of(row.answers)):
        raise AnswersOutdated(revision=queries.revision_of(row.answers))
    package = catalogue.get_package(row.version.uuid)
    value, today = case_of(row), now.astimezone(TEHRAN).date()
    context = queries.context_of(value, package, today)
    faults = list(_strange(package, context, given))
    strange = {fault.question for fault in faults}
    typed = {name: texts for flat in given.values() if flat is not None for name, texts in flat.items()}
    asked = [one for one in package.form.questions() if given.get(one.code) is not None and one.code not in strange]
    reading = read_answers(package, asked, typed, context, now=now)
    kept = {code: answer for code, answer in reading.values.items() if answer is not None}
    answers = {code: answer for code, answer in row.answers.items() if code not in given} | kept
    saved = replace(value, answers=answers, changed_at=now)
    faults += [*reading.faults, *_carried_over(package, saved, given, queries.context_of(saved, package, today))]
    if faults:
        raise AnswersRefused(page="", faults=tuple(faults))
    row.answers, row.changed_at = answers, now
    row.save(update_fields=["answers", "changed_at"])
    power_may_fail("answers.before-fact")
    facts.record(DRAFT_SAVED, subject=row, actor=actor, at=now, questions=sorted(given))
    return follow_answers(row, package, actor=actor, now=now) or case_of(row)


def _strange(package: Package, context: Context, given: Given) -> Iterator[AnswerFault]:
    """Yield a fault for each name that takes no answer here: no question, a file, or what a register has answered."""
    for code in given:
        question = package.form.question(code)
        if question is None or question.type == "information":
            yield AnswerFault(code, "answers.unknown-question")
        elif isinstance(question, FileQuestion):
            yield AnswerFault(code, "answers.files.apart")
        elif not answering.may_change(package, question, context):
            yield AnswerFault(code, "answers.locked")


def _carried_over(package: Package, saved: Case, given: Given, context: Context) -> Iterator[AnswerFault]:
    """Yield a fault for each question on a page that a renewal or amendment shows, but carries over unasked."""
    asked = queries.pages_asked(package, context, saved)
    for page in answering.pages_to_show(package, context):
        if page.code not in asked:
            yield from (AnswerFault(one.code, "answers.carried-over") for one in page.questions if one.code in given)
