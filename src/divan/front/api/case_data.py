"""A case as data in the language of the request, without what officers say among themselves."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from divan.dealings.cases import queries
from divan.dealings.cases.values import (
    CASE_CLOSED,
    CASE_SUBMITTED,
    CASE_WITHDRAWN,
    CORRECTION_ASKED,
    CORRECTION_MADE,
    DECISION_SIGNED,
    TASK_ESCALATED,
    Case,
    CaseState,
)
from divan.front.api.entrance import spoken
from divan.front.api.schemas import cases as shapes
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Document
from divan_libs.servicepack.models import Package

TOLD = frozenset(
    kind.code
    for kind in (
        CASE_SUBMITTED,
        TASK_ESCALATED,
        CORRECTION_ASKED,
        CORRECTION_MADE,
        DECISION_SIGNED,
        CASE_CLOSED,
        CASE_WITHDRAWN,
    )
)
"""Kinds of facts that the applicant is told of; drafts, referrals and paraphs are between officers."""


def line_of(case: Case) -> shapes.CaseLine:
    """Return a line of the list of cases."""
    return shapes.CaseLine(**_line(case, queries.get_package_of(case)))


def progress_of(case: Case) -> shapes.Progress:
    """Return where a case stands: what number and secret open."""
    package = queries.get_package_of(case)
    return shapes.Progress(**_line(case, package), **_progress(case, package, _document(case)))


def own_case_of(case: Case) -> shapes.OwnCase:
    """Return a case as its applicant sees it."""
    package = queries.get_package_of(case)
    document = _document(case)
    return shapes.OwnCase(
        **_line(case, package),
        **_progress(case, package, document),
        answers=dict(case.answers),
        needs=[
            shapes.Need(
                code=need.code,
                title=package.text(f"needs.{need.code}.title", spoken()),
                state=shapes.State(code=need.state, text=word("need-state", need.state)),
                asked_at=need.asked_at,
                answered_at=need.answered_at,
            )
            for need in case.needs
        ],
        correction_note=case.correction_note,
        tracking_secret=queries.tracking_secret(case.uuid) if case.number else None,
        document_pdf=reverse("portal:document", args=[document.uuid]) if document else None,
    )


def _line(case: Case, package: Package) -> dict[str, Any]:
    outcome = package.text(f"outcomes.{case.outcome}.title", spoken()) if case.outcome else ""
    return {
        "uuid": case.uuid,
        "number": case.number or None,
        "service": case.service_code,
        "title": package.text("card.title", spoken()),
        "state": shapes.State(code=case.state, text=word("case-state", case.state)),
        "outcome": shapes.State(code=case.outcome, text=outcome) if case.outcome else None,
        "started_at": case.started_at,
        "changed_at": case.changed_at,
        "submitted_at": case.submitted_at,
        "due_at": case.due_at,
        "closed_at": case.closed_at,
    }


def _progress(case: Case, package: Package, document: Document | None) -> dict[str, Any]:
    tasks = queries.list_tasks(case.uuid)
    waiting = next((task for task in tasks if task.closed_at is None), None)
    holder = people.get_post(waiting.post) if waiting and case.state is CaseState.OPEN else None
    return {
        "with_post": holder.title(spoken()) if holder else None,
        "with_unit": holder.unit.name(spoken()) if holder else None,
        "step_due_at": waiting.due_at if waiting else None,
        "steps": [
            shapes.CaseStep(
                code=task.step,
                title=package.text(f"steps.{task.step}.title", spoken()),
                opened_at=task.opened_at,
                due_at=task.due_at,
                closed_at=task.closed_at,
            )
            for task in tasks
        ],
        "events": [
            shapes.Event(at=line.at, kind=line.kind)
            for line in queries.list_history(case.uuid)
            if line.kind in TOLD and (line.kind != DECISION_SIGNED.code or "number" in line.data)
        ],
        "corrections": [
            shapes.State(code=code, text=package.text(f"needs.{code}.rejection", spoken()))
            for code in case.correction_codes
        ],
        "document": shapes.IssuedDocument(code=document.code, number=document.number, issued_at=document.issued_at)
        if document
        else None,
    }


def _document(case: Case) -> Document | None:
    decision = queries.find_decision(case.uuid)
    # Signing issues the letter a moment before the decision says so, and only from then on may it be fetched.
    issued = decision.document if decision and decision.state == "issued" else None
    return signing.get_document(issued) if issued else None
