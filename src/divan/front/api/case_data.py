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
from divan.foundation import clock, messages
from divan.front.api.entrance import spoken
from divan.front.api.schemas import cases as shapes
from divan.front.questions.outside import asked_facts
from divan.front.texts.standing import decisions_of, standings
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing
from divan.trust.signing.values import Document
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.models import APPLICATION, Package

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
        **_what_waits(case, package),
        **_what_one_said(case),
        answers=dict(case.answers),
        needs=[
            shapes.RegisterFact(
                code=fact.need.code,
                title=fact.title,
                about=fact.about or None,
                state=shapes.State(code=fact.need.state, text=fact.state),
                asked_at=fact.need.asked_at,
                answered_at=fact.need.answered_at,
            )
            for fact in asked_facts(case, package, spoken())
        ],
        correction_note=case.correction_note,
        tracking_secret=queries.tracking_secret(case.uuid) if case.number else None,
        document_pdf=reverse("portal:document", args=[document.uuid]) if document else None,
    )


def _what_waits(case: Case, package: Package) -> dict[str, Any]:
    permit = queries.find_permit_of_case(case.uuid)
    invoices = queries.list_case_invoices(case.uuid)
    bundle = queries.find_run_of_case(case.uuid)
    return {
        "entry": case.entry,
        "standings": [
            shapes.Standing(
                code=one.track or None,
                text=one.text,
                post=one.post,
                unit=one.unit,
                due_at=one.due_at,
                outside=shapes.State(code=one.order.state, text=one.order_state) if one.order else None,
                outside_address=one.address or None,
            )
            for one in standings(case, package, spoken())
        ],
        "decisions": [
            shapes.Decision(
                number=one.number,
                title=one.title,
                negative=one.is_negative,
                deemed=one.is_deemed,
                signed_at=one.signed_at,
                document_pdf=reverse("portal:document", args=[one.document.uuid]) if one.document else None,
            )
            for one in decisions_of(case, package, spoken())
        ],
        "invoice": next((one.invoice for one in invoices if one.state in {"open", "paid"}), None),
        "permit": permit.uuid if permit else case.permit,
        "bundle": bundle.uuid if bundle else None,
        "may": _may(case, package),
    }


def _may(case: Case, package: Package) -> shapes.May:
    is_running = case.state in {CaseState.OPEN, CaseState.CORRECTION, CaseState.PAYMENT}
    entry = case.entry if case.entry != APPLICATION else ""
    return shapes.May(
        correct=case.state is CaseState.CORRECTION,
        pay=case.state is CaseState.PAYMENT,
        add_document=is_running,
        withdraw=is_running and flow_rules.may_withdraw(package, case.step, entry),
        rate=case.state is CaseState.CLOSED and queries.find_rating(case.uuid) is None,
        object_until=queries.may_object_until(case, clock.now()),
    )


def _what_one_said(case: Case) -> dict[str, Any]:
    rating = queries.find_rating(case.uuid)
    return {
        "objections": [
            shapes.OwnObjection(
                text=one.text,
                state=shapes.State(code=one.state, text=word("objection-state", one.state)),
                raised_at=one.raised_at,
                ended_at=one.ended_at,
            )
            for one in queries.list_objections(case.uuid)
        ],
        "messages": [
            shapes.Message(text=one.text, queued_at=one.queued_at, sent_at=one.sent_at, state=one.state)
            for one in messages.list_messages_about(case.uuid)
        ],
        "additions": [
            shapes.Addition(uuid=one.file, name=one.name, note=one.note, added_at=one.added_at)
            for one in queries.list_additions(case.uuid)
        ],
        "stars": rating.stars if rating else None,
    }


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
