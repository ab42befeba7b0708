"""Reviews that run side by side (tracks), as a table: who has each, since when, and what it came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from divan.dealings.cases.values import Case, Task
from divan.front.backoffice.people_named import Names
from divan_libs.servicepack.models import Package, Step, StepKind


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackLine:
    """A track: where it stands, whose it is, since when, until when, and its result once it is over."""

    title: str
    step: str
    holder: str
    since: datetime | None
    due_at: datetime | None
    result: str
    is_over: bool
    over_at: datetime | None


def track_lines(case: Case, package: Package, tasks: Sequence[Task], names: Names, language: str) -> list[TrackLine]:
    """Return the tracks of a case in the order of the service; none where nothing runs side by side."""
    fork = _fork(case, package)
    if fork is None:
        return []
    lines = []
    for track in fork.tracks:
        if track.code not in case.tracks:
            continue
        own = [task for task in tasks if task.track == track.code]
        last = own[-1] if own else None
        result = case.tracks[track.code]
        lines.append(
            TrackLine(
                title=package.text(f"tracks.{track.code}.title", language),
                step=package.text(f"steps.{last.step}.title", language) if last else "",
                holder=_holder(package, last, names) if last else "",
                since=last.opened_at if last else None,
                due_at=last.due_at if last else None,
                result=_result(package, last, result, language) if result else "",
                is_over=bool(result),
                over_at=last.closed_at if last and result else None,
            )
        )
    return lines


def _fork(case: Case, package: Package) -> Step | None:
    codes = set(case.tracks)
    if not codes:
        return None
    forks = (step for step in package.flow.steps if step.kind is StepKind.PARALLEL)
    return next((step for step in forks if codes <= {track.code for track in step.tracks}), None)


def _holder(package: Package, task: Task, names: Names) -> str:
    step = package.flow.step(task.step)
    if step is not None and step.kind is StepKind.WAIT and task.closed_at is None:
        return _("another body's process")
    if task.closed_at is not None:
        return names.both(task.done_by, task.done_in_post) or _("by itself: the deadline passed")
    return names.post(task.post)


def _result(package: Package, task: Task | None, action: str, language: str) -> str:
    if task is None:
        return action
    return package.find_text(f"actions.{task.step}.{action}.label", language) or action
