"""Every state is reachable and has an owner and a way out; no clock outlasts the promise."""

from __future__ import annotations

from collections.abc import Iterator

from divan_libs.servicepack.lint.findings import CARD, FLOW, NEEDS, Findings, Path
from divan_libs.servicepack.models import (
    APPLICANT,
    Demand,
    Flow,
    Holder,
    OpinionNeed,
    PlaceLevel,
    PlaceQuestion,
    Step,
    StepKind,
)

_ORDER = (
    PlaceLevel.VILLAGE,
    PlaceLevel.RURAL_DISTRICT,
    PlaceLevel.CITY,
    PlaceLevel.DISTRICT,
    PlaceLevel.COUNTY,
    PlaceLevel.PROVINCE,
)
_DEMANDING = (Demand.CODES, Demand.TEXT, Demand.NOTE)


def check_flow(findings: Findings) -> None:
    """Check the graph of steps, who holds them, their clocks and their outcomes."""
    flow = findings.package.flow
    if not flow.steps:
        return
    for index, step in enumerate(flow.steps):
        _check_step(findings, step, ("steps", index))
    _check_graph(findings)
    _check_outcomes(findings)
    _check_clocks(findings)
    if flow.withdrawal is not None and flow.step(flow.withdrawal.until) is None:
        findings.add("flow.unknown-step", FLOW, ("withdrawal", "until"), step=flow.withdrawal.until)
    _check_messages(findings)


def _check_messages(findings: Findings) -> None:
    flow, outputs = findings.package.flow, findings.package.outputs
    for name in ("acknowledgement", "correction_message"):
        code: str | None = getattr(flow, name)
        if code is not None and outputs.message(code) is None:
            findings.add("flow.unknown-message", FLOW, (name,), message=code)


def _check_step(findings: Findings, step: Step, path: Path) -> None:
    flow = findings.package.flow
    if step.code == APPLICANT:
        findings.add("flow.reserved-step", FLOW, path, step=step.code)
    findings.law(step.law, FLOW, (*path, "law"))
    _check_holder(findings, step.holder, path)
    if step.silence.to is not None:
        _check_holder(findings, step.silence.to, (*path, "silence", "to"))
    if step.silence.perform is not None:
        _check_deemed(findings, step, path)
    for index, action in enumerate(step.actions):
        here: Path = (*path, "actions", index)
        if action.to not in (None, APPLICANT) and flow.step(action.to or "") is None:
            findings.add("flow.unknown-step", FLOW, (*here, "to"), step=action.to)
        if action.proposes is not None and flow.outcome(action.proposes) is None:
            findings.add("flow.unknown-outcome", FLOW, (*here, "proposes"), outcome=action.proposes)
        if action.when is not None:
            findings.compiled(action.when, FLOW, (*here, "when"))
        outcome = flow.outcome(action.proposes) if action.proposes else None
        negative = action.to == APPLICANT or (outcome is not None and outcome.negative)
        if negative and Demand.CODES not in action.requires:
            findings.add("flow.rejection-without-codes", FLOW, here, step=step.code, action=action.code)
        if action.conclude and step.kind is not StepKind.SIGN:
            findings.add("flow.concluded-without-signature", FLOW, here, step=step.code, action=action.code)


def _check_deemed(findings: Findings, step: Step, path: Path) -> None:
    """An action performed by silence exists, demands nothing that silence cannot give, and is never a signature."""
    action = step.action(step.silence.perform or "")
    if action is None:
        findings.add("flow.unknown-action", FLOW, (*path, "silence"), action=step.silence.perform)
    elif step.kind is StepKind.SIGN or action.when or any(demand in action.requires for demand in _DEMANDING):
        findings.add("flow.silence-cannot-perform", FLOW, (*path, "silence"), step=step.code, action=action.code)


def _check_holder(findings: Findings, holder: Holder, path: Path) -> None:
    if holder.role not in findings.surroundings.roles:
        findings.add("flow.role-nobody-holds", FLOW, (*path, "role"), role=holder.role)
    at = holder.at
    if at is None:
        return
    if at.body is not None and at.body not in findings.surroundings.bodies:
        findings.add("flow.unknown-body", FLOW, (*path, "at"), body=at.body)
    if at.answer is None:
        return
    question = findings.package.form.question(at.answer)
    if not isinstance(question, PlaceQuestion):
        findings.add("flow.not-a-place", FLOW, (*path, "at"), question=at.answer)
        return
    if at.level is not None and _ORDER.index(at.level) < _ORDER.index(question.level):
        findings.add("flow.level-below-answer", FLOW, (*path, "at"), level=str(at.level), question=at.answer)
    if not question.required or question.show_when or _page_is_conditional(findings, question.code):
        findings.add("flow.place-may-be-absent", FLOW, (*path, "at"), question=at.answer)


def _page_is_conditional(findings: Findings, question: str) -> bool:
    pages = findings.package.form.pages
    return any(page.show_when for page in pages if any(asked.code == question for asked in page.questions))


def next_steps(flow: Flow, step: Step) -> Iterator[str]:
    """Yield the steps that actions of this step lead to, except itself and the applicant."""
    for action in step.actions:
        if action.to not in (None, APPLICANT, step.code) and flow.step(action.to or "") is not None:
            yield action.to or ""


def _check_graph(findings: Findings) -> None:
    flow = findings.package.flow
    if flow.start is None or flow.step(flow.start) is None:
        findings.add("flow.unknown-step", FLOW, ("start",), step=flow.start)
        return
    reachable = _reachable(flow, flow.start)
    concluding = {step.code for step in flow.steps if any(action.conclude for action in step.actions)}
    for index, step in enumerate(flow.steps):
        path: Path = ("steps", index)
        if step.code not in reachable:
            findings.add("flow.unreachable-step", FLOW, path, step=step.code)
        if not (_reachable(flow, step.code) & concluding):
            onward = set(next_steps(flow, step))
            findings.add("flow.cycle-without-exit" if onward else "flow.dead-end", FLOW, path, step=step.code)
    _check_proposals(findings, reachable)


def _reachable(flow: Flow, first: str) -> set[str]:
    found: set[str] = set()
    waiting = [first]
    while waiting:
        step = flow.step(waiting.pop())
        if step is not None and step.code not in found:
            found.add(step.code)
            waiting += next_steps(flow, step)
    return found


def _check_proposals(findings: Findings, reachable: set[str]) -> None:
    """A concluding action is never reached without an outcome on the table."""
    flow = findings.package.flow
    without: set[str] = set()
    waiting = [flow.start or ""]
    while waiting:
        step = flow.step(waiting.pop())
        if step is None or step.code in without:
            continue
        without.add(step.code)
        waiting += [action.to for action in step.actions if action.to not in (None, APPLICANT) and not action.proposes]
    for index, step in enumerate(flow.steps):
        for action in step.actions:
            if action.conclude and action.proposes is None and step.code in without & reachable:
                findings.add("flow.concluded-without-proposal", FLOW, ("steps", index), step=step.code)


def _check_outcomes(findings: Findings) -> None:
    package = findings.package
    flow = package.flow
    proposed = {action.proposes for step in flow.steps for action in step.actions if action.proposes}
    signing = {step.role for step in flow.steps if step.kind is StepKind.SIGN}
    for index, outcome in enumerate(flow.outcomes):
        path: Path = ("outcomes", index)
        if outcome.code not in proposed:
            findings.add("flow.outcome-never-proposed", FLOW, path, outcome=outcome.code)
        if package.outputs.document(outcome.document) is None:
            findings.add("flow.unknown-document", FLOW, (*path, "document"), document=outcome.document)
        if package.outputs.message(outcome.message) is None:
            findings.add("flow.unknown-message", FLOW, (*path, "message"), message=outcome.message)
        if outcome.negative and outcome.review is None:
            findings.add("flow.rejection-without-review", FLOW, path, outcome=outcome.code)
        if outcome.review is not None:
            findings.law(outcome.review.law, FLOW, (*path, "review", "law"))
            _check_holder(findings, outcome.review.decider, (*path, "review", "decider"))
            if outcome.review.decider.role in signing:
                findings.add("flow.reviewed-by-the-signatory", FLOW, (*path, "review"), outcome=outcome.code)
    for index, need in enumerate(package.needs.requirements):
        step = flow.step(need.step) if isinstance(need, OpinionNeed) else None
        if step is not None and not any(Demand.CODES in action.requires for action in step.actions):
            findings.add("needs.opinion-cannot-object", NEEDS, ("requirements", index), step=step.code)


def _check_clocks(findings: Findings) -> None:
    """The clocks of the longest way through the steps, each counted once, must not outlast the card's promise."""
    flow, promised = findings.package.flow, findings.package.card.promised_time
    if promised is None:  # a fault of the card, found there
        return
    for index, step in enumerate(flow.steps):
        if step.clock.longest_hours() > promised.longest_hours():
            findings.add("flow.clock-too-long", FLOW, ("steps", index, "clock"), step=step.code)
    if flow.start is None or flow.step(flow.start) is None:
        return
    hours, way = _longest_way(flow, flow.start, (), {})
    clocks = [step.clock for step in flow.steps if step.code in way]
    # In the promise's own unit days simply add up; only mixed units need the rounding up of weekends.
    if all(clock.unit is promised.unit for clock in clocks):
        exceeds = sum(clock.amount for clock in clocks) > promised.amount
    else:
        exceeds = hours > promised.longest_hours()
    if exceeds:
        facts = {"steps": list(way), "hours": hours, "promised_hours": promised.longest_hours()}
        findings.add("flow.clocks-exceed-promise", CARD, ("promised_time",), **facts)


_Way = tuple[int, tuple[str, ...]]


def _longest_way(flow: Flow, code: str, above: tuple[str, ...], known: dict[str, _Way]) -> _Way:
    """Return the longest way from a step in hours, without the ways back to a step that led here (send-backs)."""
    if code in known:
        return known[code]
    step = flow.step(code)
    if step is None:
        return 0, ()
    here = (*above, code)
    ways = [_longest_way(flow, onward, here, known) for onward in next_steps(flow, step) if onward not in here]
    hours, way = max(ways, default=(0, ()))
    known[code] = hours + step.clock.longest_hours(), (code, *way)
    return known[code]
