"""What the holder of a permit may begin about it, and what such a later case asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from divan.dealings.cases import rules
from divan.dealings.cases.queries.calendar import work_calendar
from divan.dealings.cases.queries.contexts import context_of
from divan.dealings.cases.queries.dossier import get_case
from divan.dealings.cases.queries.permits import get_permit
from divan.dealings.cases.values import Case, EntryNotPossible, Permit
from divan.registers.catalogue import queries as catalogue
from divan.registers.catalogue.values import ServiceUnknown
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import APPLICATION, Entry, EntryKind, Package, Question

BY_HOLDER = frozenset({EntryKind.RENEWAL, EntryKind.AMENDMENT})

NOT_CARRIED = frozenset({"file", "consent"})
"""Types of questions that are answered anew in a renewal or amendment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOffer:
    """A renewal or amendment of a permit; ``reason`` says why it cannot be begun now, and is empty where it can."""

    entry: Entry
    package: Package
    reason: str


def list_entry_offers(permit: Permit, now: datetime) -> list[EntryOffer]:
    """Return what the holder may begin about a permit by the version of its service that is offered now.

    An entry whose condition does not hold for this permit is left out; one that opens later is told with its reason.
    """
    if permit.state != "in-force":
        return []
    try:
        package = catalogue.get_package(catalogue.get_current_version(permit.service_code).uuid)
    except ServiceUnknown:
        return []
    entries = [entry for entry in package.flow.entries if entry.kind in BY_HOLDER]
    return [
        EntryOffer(entry=entry, package=package, reason=_reason(permit, entry, now))
        for entry in entries
        if _holds(permit, package, entry, now)
    ]


def _reason(permit: Permit, entry: Entry, now: datetime) -> str:
    try:
        rules.require_entry_open(permit, entry, work_calendar(now.date()), now)
    except EntryNotPossible as refusal:
        return str(refusal.facts["reason"])
    return ""


def _holds(permit: Permit, package: Package, entry: Entry, now: datetime) -> bool:
    context = context_of(get_case(permit.case), package, now.astimezone(TEHRAN).date())
    evaluator = Evaluator(package, replace(context, entry=entry.code))
    return evaluator.holds(entry.when, evaluator.view().answers)


def pages_asked(package: Package, context: Context, case: Case) -> list[str]:
    """Return the pages that are asked of a case, in order.

    Of an application all; of a renewal or amendment those that it names, and those on which something required was not
    carried over from the permit's own case.
    """
    view = Evaluator(package, context).view().pages
    entry = package.flow.entry(case.entry) if case.entry != APPLICATION else None
    if entry is None or case.permit is None:
        return [page.code for page, _questions in view]
    known = get_case(get_permit(case.permit).case).answers
    return [
        page.code
        for page, questions in view
        if page.code in entry.pages or any(_is_new(question, known) for question in questions)
    ]


def _is_new(question: Question, known: Mapping[str, object]) -> bool:
    if not getattr(question, "required", False) or getattr(question, "prefill", None) is not None:
        return False
    return question.type in NOT_CARRIED or question.code not in known
