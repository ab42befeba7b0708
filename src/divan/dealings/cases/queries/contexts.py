"""What a package's expressions may know of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from divan.dealings.cases import rules
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.queries.signatures import unsigned_needs
from divan.dealings.cases.queries.visits import unvisited_needs
from divan.dealings.cases.values import Case
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.answers import AnswerValue, from_json
from divan_libs.servicepack.asking import named
from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.facts import fields_as_values
from divan_libs.servicepack.gathered_facts import gathered
from divan_libs.servicepack.models import Channel, InquiryNeed, InquiryState, Package
from divan_libs.servicepack.models.needs import Subject


def context_of(case: Case, package: Package, today: date) -> Context:
    """Return what the package's expressions may know of a case."""
    answers: dict[str, AnswerValue] = {}
    for question in package.form.questions():
        if question.code in case.answers:
            answers[question.code] = from_json(question, case.answers[question.code])
    told = {
        question.code: from_json(question, case.reports[question.code])
        for question in package.flow.report_questions()
        if question.code in case.reports
    }
    # Days of the province without work are looked up only where a rule of the package counts by them.
    counts_days = any(determinant.within for determinant in package.determinants.root)
    context = Context(
        today=today,
        answers=answers,
        facts=_facts_of(case, package, answers),
        reports=told,
        # The official form knows no channel of letters; it has one for all that it does not name.
        channel=Channel.OTHER if case.channel == "letter" else Channel.INTERNET,
        entry=case.entry,
        calendar=work_calendar(today) if counts_days else None,
    )
    context = flow_rules.with_tracks(package, context, case.tracks) or context
    if case.state not in rules.EDITABLE or not (package.needs.signatures or package.needs.appointments):
        return context
    to_come = unsigned_needs(case, package, context, today) | unvisited_needs(case, package, context)
    return replace(context, unfulfilled=to_come)


def _facts_of(case: Case, package: Package, answers: Mapping[str, AnswerValue]) -> dict[str, Fact]:
    """Return what registers told for a case by fact; of a group one fact of everybody in its rows."""
    known: dict[str, Fact] = {}
    for need in package.needs.inquiries:
        told = {
            one.subject: Fact(InquiryState(one.state), fields_as_values(need.fields, one.fields))
            for one in case.needs
            if one.code == need.code
        }
        if isinstance(need, InquiryNeed) and isinstance(need.subject, Subject) and need.subject.group is not None:
            subjects = dict.fromkeys(code for code, _row in named(package, need.subject, answers))
            known[need.fact] = gathered(need, [told.get(code, Fact()) for code in subjects])
        elif told:
            known[need.fact] = next(iter(told.values()))
    return known
