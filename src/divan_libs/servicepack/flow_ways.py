"""Ways through a flow: which steps lead to which, whatever the case says."""

from __future__ import annotations

from divan_libs.servicepack.models import APPLICANT, Flow, Step


def onward(step: Step) -> list[str]:
    """Return every step that a step may lead to: by actions, routes, tracks, or being left out."""
    found = [action.to for action in step.actions if action.to not in (None, APPLICANT)]
    found += [route.to for route in step.routes] + [track.start for track in step.tracks]
    return [code for code in [*found, step.otherwise] if code is not None]


def steps_of_track(flow: Flow, track: str) -> list[Step]:
    """Return the steps of a track, the first one first."""
    first = next((found.start for step in flow.steps for found in step.tracks if found.code == track), None)
    found: dict[str, Step] = {}
    waiting = [first] if first else []
    while waiting:
        step = flow.step(waiting.pop(0))
        if step is not None and step.code not in found:
            found[step.code] = step
            waiting += onward(step)
    return list(found.values())


def steps_before(flow: Flow, last: str, first: str | None = None) -> frozenset[str]:
    """Return the steps that can be reached from the beginning without entering ``last``."""
    begin = first or flow.start
    found: set[str] = set()
    waiting = [begin] if begin and begin != last else []
    while waiting:
        step = flow.step(waiting.pop())
        if step is None or step.code in found:
            continue
        found.add(step.code)
        waiting += [code for code in onward(step) if code not in (last, step.code)]
    return frozenset(found)


def steps_in_order(flow: Flow, first: str | None = None) -> list[Step]:
    """Return the steps that can be reached from the beginning, each after those that lead to it but by a way back.

    Of two steps that nothing puts in order, the one that is named first comes first.
    """
    done: list[Step] = []
    seen: set[str] = set()

    def visit(code: str) -> None:
        step = flow.step(code)
        if step is None or code in seen:
            return
        seen.add(code)
        for following in reversed(onward(step)):
            visit(following)
        done.append(step)

    visit(first or flow.start or "")
    return done[::-1]
