"""The history of a case as officers read it: who did what in which post, also what the applicant is not told."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from divan.dealings.cases.values import HistoryLine
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.pieces import Event
from divan.front.backoffice.people_named import Names, identifier
from divan.front.texts.words import word
from divan_libs.servicepack.models import Package


def officer_events(lines: Iterable[HistoryLine], package: Package, names: Names, language: str) -> list[Event]:
    """Return the events of a case, oldest first."""
    events = (_event(line, package, names, language) for line in lines)
    return [event for event in events if event is not None]


def _event(line: HistoryLine, package: Package, names: Names, language: str) -> Event | None:
    by = names.both(identifier(line.actor.get("uuid")), identifier(line.actor.get("post")))
    match line.kind:
        case "cases.case-submitted":
            return Event(_("The request was sent"), line.at, by, tone="good")
        case "cases.need-answered" if "state" in line.data:
            title = package.find_text(f"needs.{line.data.get('need')}.title", language) or ""
            return Event(
                _("A register answered"), line.at, text=f"{title}: {word('need-state', str(line.data['state']))}"
            )
        case "cases.task-opened":
            title = package.find_text(f"steps.{line.data.get('step')}.title", language) or ""
            return Event(
                _("Came to %(post)s") % {"post": names.post(identifier(line.data.get("post")))}, line.at, text=title
            )
        case "cases.task-done":
            return _done(line, package, by, language)
        case "cases.task-escalated":
            return _escalated(line, names)
        case "cases.case-referred":
            return Event(_("Referred to %(post)s") % {"post": names.post(identifier(line.data.get("to")))}, line.at, by)
    return _plain(line, package, by, language)


def _done(line: HistoryLine, package: Package, by: str, language: str) -> Event | None:
    action = str(line.data.get("action", ""))
    if action == "withdrawn":
        return None
    label = next(
        (
            package.find_text(f"actions.{step.code}.{action}.label", language)
            for step in package.flow.steps
            if step.action(action) is not None
        ),
        None,
    )
    return Event(
        label or action, line.at, by or _("by itself: the deadline passed"), _codes(line, package, language), "good"
    )


def _codes(line: HistoryLine, package: Package, language: str) -> str:
    codes = line.data.get("codes")
    named = codes if isinstance(codes, list) else []
    return " ".join(package.find_text(f"needs.{code}.rejection", language) or str(code) for code in named)


def _escalated(line: HistoryLine, names: Names) -> Event:
    if "performs" in line.data:
        return Event(_("The deadline passed; its consequence happened by itself"), line.at, tone="bad")
    late = names.post(identifier(line.data.get("before")) or identifier(line.data.get("post")))
    if "before" not in line.data:
        return Event(_("The deadline passed; nobody stands above"), line.at, late, tone="bad")
    superior = names.post(identifier(line.data.get("post")))
    return Event(_("The deadline passed; handed on to %(post)s") % {"post": superior}, line.at, late, tone="bad")


def _plain(line: HistoryLine, package: Package, by: str, language: str) -> Event | None:
    match line.kind:
        case "cases.referral-answered":
            return Event(_("The referral was answered"), line.at, by)
        case "cases.referral-recalled":
            return Event(_("The referral fell away unanswered"), line.at, by)
        case "cases.correction-asked":
            return Event(
                _("The applicant was asked to correct"), line.at, by, _codes(line, package, language), "waiting"
            )
        case "cases.correction-made":
            return Event(_("The applicant corrected"), line.at, by)
        case "cases.decision-drafted":
            version = digits(line.data.get("version", ""))
            return Event(_("Draft %(version)s of the decision was written") % {"version": version}, line.at, by)
        case "cases.decision-paraphed":
            return Event(_("The draft was paraphed"), line.at, by)
        case "cases.decision-signed" if "number" in line.data:
            return Event(_("The decision was signed"), line.at, by, digits(line.data["number"]), "good")
        case "cases.decision-issued":
            return Event(_("The signed letter was made"), line.at)
        case "cases.case-closed":
            return Event(_("The applicant was told of the decision"), line.at, tone="good")
        case "correspondence.letter-filed":
            return Event(_("The letter was filed"), line.at, by)
        case "cases.case-withdrawn":
            return Event(_("The applicant withdrew the request"), line.at, by)
    return None
