"""The history of a case as its applicant reads it: what happened, without what officers say among themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from divan.dealings.cases import queries
from divan.dealings.cases.values import Case, CaseState, HistoryLine
from divan.foundation.ui.numbers import code
from divan.foundation.ui.pieces import Event
from divan.registers.people import queries as people
from divan_libs.servicepack.models import Package, StepKind


def applicant_events(case: Case, lines: Sequence[HistoryLine], package: Package, language: str) -> list[Event]:
    """Return the events of a case out of its history, oldest first, and what comes next."""
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
    if case.state in {CaseState.OPEN, CaseState.AFTERCARE}:
        for task in tasks.values():
            if task.closed_at is None:
                events.append(Event(package.text(f"steps.{task.step}.title", language), tone="waiting"))
    if case.state is CaseState.DECIDED:
        events.append(Event(_("The signed letter is being prepared"), tone="waiting"))
    return events


@dataclass(frozen=True, slots=True)
class Told:
    """How a fact is told that needs nothing but its time; ``by_post`` names the post that brought it about."""

    title: Promise
    tone: Literal["", "good", "waiting", "bad"] = ""
    by_post: bool = False


TOLD: Mapping[str, Told] = {
    "cases.case-submitted": Told(gettext_lazy("You sent the request"), "good"),
    "cases.correction-made": Told(gettext_lazy("You sent the correction"), "good"),
    "cases.decision-deemed": Told(
        gettext_lazy("The legal time passed without an answer; the law counts that as a decision")
    ),
    "cases.decision-recorded": Told(gettext_lazy("The outcome was recorded"), "good", by_post=True),
    "cases.deadline-passed": Told(gettext_lazy("The deadline of the whole case passed"), "bad"),
    "cases.invoice-settled": Told(gettext_lazy("Your payment was confirmed"), "good"),
    "cases.objection-raised": Told(gettext_lazy("You objected to the decision")),
    "cases.objection-ended": Told(gettext_lazy("Your objection was decided"), by_post=True),
    "cases.addition-made": Told(gettext_lazy("You added a file")),
    "cases.aftercare-begun": Told(
        gettext_lazy("The decision was taken; something is still being done for you"), "good"
    ),
    "cases.permit-granted": Told(gettext_lazy("A permit was granted"), "good"),
    "cases.permit-revoked": Told(gettext_lazy("The permit was revoked"), "bad"),
    "cases.permit-handed-back": Told(gettext_lazy("You handed the permit back")),
    "cases.permit-expired": Told(gettext_lazy("The time of the permit was over")),
    "cases.case-closed": Told(gettext_lazy("The answer is ready for you"), "good"),
    "cases.case-withdrawn": Told(gettext_lazy("You withdrew the request")),
}


def _event(line: HistoryLine, package: Package, language: str, by: str) -> Event | None:
    told = TOLD.get(line.kind)
    if told is not None:
        return Event(str(told.title), line.at, by if told.by_post else "", tone=told.tone)
    match line.kind:
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
        case "cases.decision-signed" if "number" in line.data:
            return Event(_("The decision was signed"), line.at, by, code(line.data["number"]), "good")
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
