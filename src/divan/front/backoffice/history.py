"""The history of a case as officers read it: who did what in which post, also what the applicant is not told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from divan.dealings.cases.values import HistoryLine
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.pieces import Event
from divan.front.backoffice.people_named import Names, identifier
from divan.front.texts.words import word
from divan_libs.servicepack.models import Package

Tone = Literal["", "good", "waiting", "bad", "ahead"]


def officer_events(lines: Iterable[HistoryLine], package: Package, names: Names, language: str) -> list[Event]:
    """Return the events of a case, oldest first."""
    events = (_event(line, package, names, language) for line in lines)
    return [event for event in events if event is not None]


def _event(line: HistoryLine, package: Package, names: Names, language: str) -> Event | None:
    by = names.actor(line.actor)
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
    return _of_the_engine(line, package, names, by, language) or _plain(line, package, by, language)


def _of_the_engine(line: HistoryLine, package: Package, names: Names, by: str, language: str) -> Event | None:
    """Return what happened to clocks, holders and outside processes, None for everything else."""
    match line.kind:
        case "cases.task-handed-over" | "cases.referral-handed-over":
            post = names.post(identifier(line.data.get("post")))
            return Event(_("Went to %(post)s with the whole worklist") % {"post": post}, line.at, by)
        case "cases.task-recused":
            post = names.post(identifier(line.data.get("post")))
            return Event(_("May not decide here; handed on to %(post)s") % {"post": post}, line.at, by)
        case "cases.clock-paused":
            reason = package.find_text(f"pauses.{line.data.get('reason')}.title", language) or ""
            note = str(line.data.get("note") or "")
            text = _(", ").join(part for part in (reason, note) if part)
            return Event(_("The clocks were stopped"), line.at, by, text, "waiting")
        case "cases.order-state-noted":
            return Event(_("Another body's process moved on"), line.at, text=word("order-state", _state(line)))
    return None


def _state(line: HistoryLine) -> str:
    return str(line.data.get("state", ""))


def _done(line: HistoryLine, package: Package, by: str, language: str) -> Event | None:
    action = str(line.data.get("action", ""))
    if action == "withdrawn":
        return None
    if action == "deemed":
        return None
    label = package.find_text(f"actions.{line.data.get('step')}.{action}.label", language)
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


SAID: Mapping[str, tuple[Promise | str, Tone]] = {
    "cases.referral-answered": (gettext_lazy("The referral was answered"), ""),
    "cases.referral-recalled": (gettext_lazy("The referral fell away unanswered"), ""),
    "cases.correction-asked": (gettext_lazy("The applicant was asked to correct"), "waiting"),
    "cases.correction-made": (gettext_lazy("The applicant corrected"), ""),
    "cases.decision-drafted": (gettext_lazy("A draft of the decision was written"), ""),
    "cases.decision-paraphed": (gettext_lazy("The draft was paraphed"), ""),
    "cases.decision-signed": (gettext_lazy("The decision was signed"), "good"),
    "cases.decision-issued": (gettext_lazy("The signed letter was made"), ""),
    "cases.case-closed": (gettext_lazy("The applicant was told of the decision"), "good"),
    "correspondence.letter-filed": (gettext_lazy("The letter was filed"), ""),
    "cases.case-withdrawn": (gettext_lazy("The applicant withdrew the request"), ""),
    "cases.clock-resumed": (gettext_lazy("The clocks go on"), ""),
    "cases.decision-recorded": (gettext_lazy("A decision that writes no letter was recorded"), "good"),
    "cases.decision-deemed": (gettext_lazy("The legal time passed; silence decided"), "bad"),
    "cases.deadline-passed": (gettext_lazy("The deadline of the whole case passed"), "bad"),
    "cases.opinion-signed": (gettext_lazy("An opinion was signed as a letter"), ""),
    "cases.objection-raised": (gettext_lazy("The applicant objected to the decision"), "waiting"),
    "cases.objection-ended": (gettext_lazy("The objection was decided"), ""),
    "cases.order-put": (gettext_lazy("Another body took the order"), ""),
    "cases.aftercare-begun": (gettext_lazy("After the decision something remains to be done"), ""),
    "cases.permit-granted": (gettext_lazy("A permit was granted"), "good"),
    "cases.permit-revoked": (gettext_lazy("The permit was revoked"), "bad"),
    "cases.permit-handed-back": (gettext_lazy("The holder handed the permit back"), ""),
    "cases.permit-expired": (gettext_lazy("The time of the permit is over"), ""),
    "cases.invoice-asked": (gettext_lazy("A fee became due"), "waiting"),
    "cases.invoice-settled": (gettext_lazy("The fee was paid"), ""),
    "cases.signature-given": (gettext_lazy("A second party signed"), ""),
    "cases.signature-refused": (gettext_lazy("A second party refused to sign"), "bad"),
}
"""What is said of kinds that need nothing but their name; kinds that stand nowhere here are not told."""


def _plain(line: HistoryLine, package: Package, by: str, language: str) -> Event | None:
    # A signature is recorded for the decision and for its case; the decision's fact carries the number.
    if line.kind not in SAID or (line.kind == "cases.decision-signed" and "number" not in line.data):
        return None
    title, tone = SAID[line.kind]
    text = _codes(line, package, language)
    if "number" in line.data:
        text = digits(line.data["number"])
    elif line.kind == "cases.decision-drafted":
        text = _("Draft %(version)s") % {"version": digits(line.data.get("version", ""))}
    return Event(str(title), line.at, by, text, tone)
