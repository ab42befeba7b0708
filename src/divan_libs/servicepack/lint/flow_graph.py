"""The graph of steps: every state is reachable and has a way out, tracks keep to themselves, proposals come first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from divan_libs.servicepack.flow_ways import onward
from divan_libs.servicepack.lint.findings import FLOW, Findings, Path
from divan_libs.servicepack.models import APPLICANT, Flow, Step, StepKind


def next_steps(flow: Flow, step: Step) -> Iterator[str]:
    """Yield the steps that this step leads to, tracks included, except itself and the applicant."""
    for code in onward(step):
        if code != step.code and flow.step(code) is not None:
            yield code


def after_tracks(flow: Flow, step: Step) -> Iterator[str]:
    """Yield the steps of the same line that this step leads to: tracks are passed over."""
    starts = {track.start for track in step.tracks}
    yield from (code for code in next_steps(flow, step) if code not in starts)


def reachable(flow: Flow, first: Iterable[str | None], following: Callable[[Flow, Step], Iterator[str]]) -> set[str]:
    """Return the steps that can be reached from some steps, themselves included."""
    found: set[str] = set()
    waiting = [code for code in first if code]
    while waiting:
        step = flow.step(waiting.pop())
        if step is not None and step.code not in found:
            found.add(step.code)
            waiting += following(flow, step)
    return found


def beginnings(flow: Flow) -> list[str | None]:
    """Return where the main line may begin: the application, other entries, and the hearing of objections."""
    heard = [outcome.review.start for outcome in flow.outcomes if outcome.review is not None]
    return [flow.start, *(entry.start for entry in flow.entries), *heard]


def check_graph(findings: Findings) -> None:
    """Check reachability, exits, tracks and proposals."""
    flow = findings.package.flow
    if flow.start is None or flow.step(flow.start) is None:
        findings.add("flow.unknown-step", FLOW, ("start",), step=flow.start)
        return
    aftercare = [outcome.then for outcome in flow.outcomes]
    found = reachable(flow, [*beginnings(flow), *aftercare], next_steps)
    ending = {step.code for step in flow.steps if any(action.conclude or action.finish for action in step.actions)}
    for index, step in enumerate(flow.steps):
        path: Path = ("steps", index)
        if step.code not in found:
            findings.add("flow.unreachable-step", FLOW, path, step=step.code)
        if not reachable(flow, [step.code], after_tracks) & ending:
            further = set(next_steps(flow, step))
            findings.add("flow.cycle-without-exit" if further else "flow.dead-end", FLOW, path, step=step.code)
    _check_lines(findings, aftercare)
    _check_passages(findings)
    _check_proposals(findings)


def _check_lines(findings: Findings, aftercare: list[str | None]) -> None:
    """A step belongs to the main line, to one track or to the aftercare; only the main line concludes."""
    flow = findings.package.flow
    lines = {
        "main": reachable(flow, beginnings(flow), after_tracks),
        "aftercare": reachable(flow, aftercare, after_tracks),
    }
    seen: set[str] = set()
    for index, step in enumerate(flow.steps):
        for track in step.tracks:
            if track.code in seen:
                findings.add("flow.repeated-track", FLOW, ("steps", index, "tracks"), track=track.code)
            seen.add(track.code)
            lines[f"track {track.code}"] = reachable(flow, [track.start], after_tracks)
    for index, step in enumerate(flow.steps):
        path: Path = ("steps", index)
        on = [name for name, steps in lines.items() if step.code in steps]
        if len(on) > 1:
            findings.add("flow.step-in-two-places", FLOW, path, step=step.code, places=on)
        elsewhere = bool(on) and on[0] != "main"
        if elsewhere and step.kind is StepKind.PARALLEL and on[0] != "aftercare":
            findings.add("flow.tracks-in-a-track", FLOW, path, step=step.code)
        if elsewhere and step.silence is not None and step.silence.deem is not None:
            findings.add("flow.concluded-beside-the-main-line", FLOW, (*path, "silence"), step=step.code)
        for number, action in enumerate(step.actions):
            here: Path = (*path, "actions", number)
            if action.conclude and elsewhere:
                findings.add("flow.concluded-beside-the-main-line", FLOW, here, step=step.code, action=action.code)
            if action.finish and not elsewhere:
                findings.add("flow.finished-on-the-main-line", FLOW, here, step=step.code, action=action.code)
            if action.to == APPLICANT and on[:1] == ["aftercare"]:
                findings.add("flow.returned-after-the-decision", FLOW, here, step=step.code, action=action.code)


def _check_passages(findings: Findings) -> None:
    """Steps passed by themselves never lead round in a circle."""
    flow = findings.package.flow

    def by_itself(known: Flow, step: Step) -> Iterator[str]:
        ways = [route.to for route in step.routes] if step.by_itself else []
        ways += [step.otherwise] if step.otherwise else []
        yield from (code for code in ways if known.step(code) is not None)

    for index, step in enumerate(flow.steps):
        if step.code in reachable(flow, by_itself(flow, step), by_itself):
            findings.add("flow.circle-by-itself", FLOW, ("steps", index), step=step.code)


def _check_proposals(findings: Findings) -> None:
    """A concluding action is never reached without an outcome on the table."""
    flow = findings.package.flow
    without: set[str] = set()
    waiting = [code for code in beginnings(flow) if code]
    while waiting:
        step = flow.step(waiting.pop())
        if step is None or step.code in without:
            continue
        without.add(step.code)
        waiting += [action.to for action in step.actions if action.to not in (None, APPLICANT) and not action.proposes]
        waiting += [code for code in (*(route.to for route in step.routes), step.otherwise) if code]
    for index, step in enumerate(flow.steps):
        for action in step.actions:
            if action.conclude and action.proposes is None and step.code in without:
                findings.add("flow.concluded-without-proposal", FLOW, ("steps", index), step=step.code)
