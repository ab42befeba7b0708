"""The history of a case as its applicant reads it: what happened, without what officers say among themselves."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState, HistoryLine
from divan.foundation.ui.numbers import code
from divan.foundation.ui.pieces import Event
from divan.registers.people import queries as people
from divan_libs.servicepack.models import Package, StepKind


def applicant_events(case: Case, package: Package, language: str) -> list[Event]:
    """Return the events of a case, oldest first, and what comes next."""
    lines = queries.list_history(case.uuid)
    posts = people.find_posts({UUID(line.actor["post"]) for line in lines if "post" in line.actor})
    tasks = {str(task.uuid): task for task in queries.list_tasks(case.uuid)}
    events = []
    for line in lines:
        by = (
            posts[UUID(line.actor["post"])].title(language)
            if "post" in line.actor and UUID(line.actor["post"]) in posts
            else ""
        )
        event = _event(line, package, language, by)
        if event is not None:
            events.append(event)
    if case.state is CaseState.OPEN:
        for task in tasks.values():
            if task.closed_at is None:
                events.append(Event(package.text(f"steps.{task.step}.title", language), tone="waiting"))
    if case.state is CaseState.DECIDED:
        events.append(Event(_("The signed letter is being prepared"), tone="waiting"))
    return events


def _event(line: HistoryLine, package: Package, language: str, by: str) -> Event | None:
    match line.kind:
        case "cases.case-submitted":
            return Event(_("You sent the request"), line.at, tone="good")
        case "cases.task-done" if line.data.get("action") not in {"withdrawn", None}:
            return _step_event(line, package, language, by)
        case "cases.task-escalated":
            return Event(_("The deadline of a step passed; it went on by itself"), line.at, by, tone="bad")
        case "cases.correction-asked":
            codes = line.data.get("codes")
            reasons = (
                [package.text(f"needs.{code}.title", language) for code in codes] if isinstance(codes, list) else []
            )
            return Event(_("You were asked to correct"), line.at, by, _(", ").join(reasons), "bad")
        case "cases.correction-made":
            return Event(_("You sent the correction"), line.at, tone="good")
        case "cases.decision-signed" if "number" in line.data:
            return Event(_("The decision was signed"), line.at, by, code(line.data["number"]), "good")
        case "cases.case-closed":
            return Event(_("The answer is ready for you"), line.at, tone="good")
        case "cases.case-withdrawn":
            return Event(_("You withdrew the request"), line.at)
    return None


def _step_event(line: HistoryLine, package: Package, language: str, by: str) -> Event | None:
    """Tell that an office gave its opinion; drafts and paraphs are nobody's business before the signature."""
    step = package.flow.step(str(line.data.get("step", "")))
    action = str(line.data.get("action"))
    if step is None or step.kind is not StepKind.REVIEW or step.action(action) is None or action == "return":
        return None
    label = package.text(f"actions.{step.code}.{action}.label", language)
    title = package.text(f"steps.{step.code}.title", language)
    return Event(title, line.at, by or _("by itself, because no answer came in time"), label, "good")
