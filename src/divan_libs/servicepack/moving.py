"""Moving a running case to another version of its service: what stands in the way, and what would change.

A case stays on the version it was begun with. Moving it is an exception that somebody orders, so it is examined first:
every step that waits, every answer and every decided track must mean the same in the other version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.flow_ways import steps_of_track
from divan_libs.servicepack.models import APPLICATION, Package
from divan_libs.servicepack.move_words import said


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: its entry, the step of its main line, its open steps by track, and what it holds."""

    step: str
    open_steps: Mapping[str, str] = field(default_factory=dict)
    tracks: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, AnswerValue] = field(default_factory=dict)
    proposed: str = ""
    entry: str = APPLICATION


@dataclass(frozen=True, slots=True)
class MoveFinding:
    """One thing found: ``hinders`` keeps the case where it is, others only change something for it.

    Codes: ``move.step-gone``, ``move.step-of-another-kind``, ``move.track-gone``, ``move.outcome-gone``,
    ``move.entry-gone``, ``move.question-of-another-type``, ``move.option-gone`` hinder; ``move.question-new``,
    ``move.question-gone``, ``move.requirement-new``, ``move.requirement-gone``, ``move.clock-differs`` do not.
    """

    code: str
    name: str
    hinders: bool


_TITLES = {
    "move.step-gone": "steps.{}.title",
    "move.step-of-another-kind": "steps.{}.title",
    "move.clock-differs": "steps.{}.title",
    "move.outcome-gone": "outcomes.{}.title",
    "move.entry-gone": "entries.{}.title",
    "move.question-of-another-type": "questions.{}.label",
    "move.option-gone": "questions.{}.label",
    "move.question-new": "questions.{}.label",
    "move.question-gone": "questions.{}.label",
    "move.requirement-new": "needs.{}.title",
    "move.requirement-gone": "needs.{}.title",
}
"""The text by which people know what a finding names; of a track, that of the step with which it begins."""


def move_in_words(finding: MoveFinding, old: Package, new: Package, language: str = "fa") -> str:
    """Return a finding as a sentence, what it names called as the version calls it that knows it."""
    name = finding.name
    for package in (new, old):
        steps = steps_of_track(package.flow, finding.name) if finding.code == "move.track-gone" else []
        key = f"steps.{steps[0].code}.title" if steps else _TITLES.get(finding.code, "{}").format(finding.name)
        if found := package.find_text(key, language):
            name = found
            break
    return said(finding.code, language, name=name)


def examine_move(old: Package, new: Package, standing: Standing) -> list[MoveFinding]:
    """Return what moving a case from one version to another would meet; without a hindrance it may be moved."""
    return [
        *_positions(old, new, standing),
        *_answers(old, new, standing),
        *_requirements(old, new),
    ]


def may_move(findings: Iterable[MoveFinding]) -> bool:
    """Return whether nothing hinders the move."""
    return not any(finding.hinders for finding in findings)


def _positions(old: Package, new: Package, standing: Standing) -> Iterable[MoveFinding]:
    for code in dict.fromkeys([standing.step, *standing.open_steps]):
        before, after = old.flow.step(code), new.flow.step(code)
        if code and after is None:
            yield MoveFinding("move.step-gone", code, hinders=True)
        elif before is not None and after is not None and before.kind is not after.kind:
            yield MoveFinding("move.step-of-another-kind", code, hinders=True)
        elif before is not None and after is not None and before.clock != after.clock:
            yield MoveFinding("move.clock-differs", code, hinders=False)
    known = set(new.flow.track_codes())
    for track, action in standing.tracks.items():
        ends = {one.code for step in steps_of_track(new.flow, track) for one in step.actions}
        if track not in known or (action and action not in ends):
            yield MoveFinding("move.track-gone", track, hinders=True)
    for step, track in standing.open_steps.items():
        if track and step not in {one.code for one in steps_of_track(new.flow, track)}:
            yield MoveFinding("move.track-gone", track, hinders=True)
    if standing.proposed and new.flow.outcome(standing.proposed) is None:
        yield MoveFinding("move.outcome-gone", standing.proposed, hinders=True)
    if standing.entry != APPLICATION and new.flow.entry(standing.entry) is None:
        yield MoveFinding("move.entry-gone", standing.entry, hinders=True)


def _answers(old: Package, new: Package, standing: Standing) -> Iterable[MoveFinding]:
    for code, value in standing.answers.items():
        before, after = old.form.question(code), new.form.question(code)
        if after is None:
            yield MoveFinding("move.question-gone", code, hinders=False)
        elif before is not None and before.type != after.type:
            yield MoveFinding("move.question-of-another-type", code, hinders=True)
        else:
            options: tuple[str, ...] = getattr(after, "options", ())
            chosen = value if isinstance(value, tuple) else (value,)
            if options and not set(chosen) <= set(options):
                yield MoveFinding("move.option-gone", code, hinders=True)
    asked = {question.code for question in old.form.questions()}
    for question in new.form.questions():
        if question.required and question.code not in asked:
            yield MoveFinding("move.question-new", question.code, hinders=False)


def _requirements(old: Package, new: Package) -> Iterable[MoveFinding]:
    for code in sorted(new.needs.codes - old.needs.codes):
        yield MoveFinding("move.requirement-new", code, hinders=False)
    for code in sorted(old.needs.codes - new.needs.codes):
        yield MoveFinding("move.requirement-gone", code, hinders=False)
