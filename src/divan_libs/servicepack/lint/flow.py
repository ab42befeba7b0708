"""Each step has an owner, a law and a clock, and everything it names exists."""

from __future__ import annotations

from divan_libs.servicepack.lint.findings import FLOW, Findings, Path
from divan_libs.servicepack.lint.flow_endings import check_clocks, check_entries, check_outcomes
from divan_libs.servicepack.lint.flow_graph import check_graph
from divan_libs.servicepack.lint.outputs import check_source
from divan_libs.servicepack.models import (
    APPLICANT,
    Action,
    Deadline,
    Demand,
    Effect,
    Flow,
    Holder,
    PlaceLevel,
    PlaceQuestion,
    Step,
    StepKind,
    TextQuestion,
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
    """Check the steps one by one, who holds them, and everything around them; the graph has its own module."""
    flow = findings.package.flow
    if not flow.steps:
        return
    for index, step in enumerate(flow.steps):
        _check_step(findings, step, ("steps", index))
    check_graph(findings)
    check_outcomes(findings)
    check_clocks(findings)
    if flow.withdrawal is not None and flow.step(flow.withdrawal.until) is None:
        findings.add("flow.unknown-step", FLOW, ("withdrawal", "until"), step=flow.withdrawal.until)
    for index, pause in enumerate(flow.pauses):
        findings.law(pause.law, FLOW, ("pauses", index, "law"))
    if flow.deadline is not None:
        _check_deadline(findings, flow.deadline, ("deadline",))
    for index, entry in enumerate(flow.entries):
        if entry.deadline is not None:
            _check_deadline(findings, entry.deadline, ("entries", index, "deadline"))
    check_entries(findings)
    _check_messages(findings)


def _check_messages(findings: Findings) -> None:
    flow, outputs = findings.package.flow, findings.package.outputs
    for name in ("acknowledgement", "correction_message", "asked_message"):
        code: str | None = getattr(flow, name)
        if code is not None and outputs.message(code) is None:
            findings.add("flow.unknown-message", FLOW, (name,), message=code)


def _check_step(findings: Findings, step: Step, path: Path) -> None:
    if step.code == APPLICANT:
        findings.add("flow.reserved-step", FLOW, path, step=step.code)
    if step.when is not None:
        findings.compiled(step.when, FLOW, (*path, "when"))
        _known_step(findings, step.otherwise, (*path, "otherwise"))
    if step.by_itself:
        _check_ways_on(findings, step, path)
        return
    owned = step.owned
    findings.law(owned.law, FLOW, (*path, "law"))
    _check_holder(findings, owned.holder, path)
    for holder in owned.silence.to:
        _check_holder(findings, holder, (*path, "silence", "to"))
    if owned.silence.perform is not None:
        _check_performed(findings, step, path)
    if owned.silence.deem is not None:
        _check_deemed(findings, owned.silence.deem, (*path, "silence"))
    for index, action in enumerate(step.actions):
        _check_action(findings, step, action, (*path, "actions", index))
        _check_reports(findings, step, action, (*path, "actions", index))
    _check_words(findings, step, path)
    _check_wait(findings, step, path)


def _check_words(findings: Findings, step: Step, path: Path) -> None:
    """Check the codes that a step may name, its reasons for a pause, and what its officer reports."""
    for code in step.codes:
        if code not in findings.package.needs.codes:
            findings.add("flow.unknown-requirement", FLOW, (*path, "codes"), requirement=code)
    for code in step.pauses:
        if findings.package.flow.pause(code) is None:
            findings.add("flow.unknown-pause", FLOW, (*path, "pauses"), pause=code)
    for index, question in enumerate(step.report):
        if question.show_when is not None or question.type == "file":
            findings.add("flow.report-question-unfit", FLOW, (*path, "report", index), question=question.code)


def _check_reports(findings: Findings, step: Step, action: Action, path: Path) -> None:
    """What an action asks of the report is an open question of its step, and nobody's silence must answer it."""
    optional = {question.code for question in step.report if not question.required}
    by_itself = step.silence is not None and step.silence.perform == action.code
    for code in action.reports:
        if code not in optional or action.to == APPLICANT or by_itself:
            findings.add("flow.action-report-unfit", FLOW, (*path, "reports"), question=code)


def _known_step(findings: Findings, code: str | None, path: Path) -> None:
    if findings.package.flow.step(code or "") is None:
        findings.add("flow.unknown-step", FLOW, path, step=code)


def _check_ways_on(findings: Findings, step: Step, path: Path) -> None:
    """A step that decides by itself always finds a way: only the last route, and it, is without a condition."""
    for index, route in enumerate(step.routes):
        here: Path = (*path, "routes", index)
        _known_step(findings, route.to, (*here, "to"))
        if route.when is not None:
            findings.compiled(route.when, FLOW, (*here, "when"))
        if (route.when is None) != (index == len(step.routes) - 1):
            findings.add("flow.routes-not-total", FLOW, here, step=step.code)
    for index, track in enumerate(step.tracks):
        _known_step(findings, track.start, (*path, "tracks", index, "start"))
        if track.when is not None:
            findings.compiled(track.when, FLOW, (*path, "tracks", index, "when"))


def _check_action(findings: Findings, step: Step, action: Action, path: Path) -> None:
    package, flow = findings.package, findings.package.flow
    if action.to not in (None, APPLICANT):
        _known_step(findings, action.to, (*path, "to"))
    if action.proposes is not None and flow.outcome(action.proposes) is None:
        findings.add("flow.unknown-outcome", FLOW, (*path, "proposes"), outcome=action.proposes)
    if action.when is not None:
        findings.compiled(action.when, FLOW, (*path, "when"))
    outcome = flow.outcome(action.proposes) if action.proposes else None
    by_house = step.kind is StepKind.WAIT or (outcome is not None and outcome.effect is Effect.REVOKES)
    negative = action.to == APPLICANT or (outcome is not None and outcome.negative and not by_house)
    if negative and Demand.CODES not in action.requires and not _upholds(flow, step):
        findings.add("flow.rejection-without-codes", FLOW, path, step=step.code, action=action.code)
    writes_letter = outcome is None or outcome.document is not None
    # Without a letter a review may conclude, and so may a wait: then the decision is that of the other side.
    unsigned = step.kind in (StepKind.REVIEW, StepKind.WAIT) and not writes_letter
    if action.conclude and step.kind is not StepKind.SIGN and not unsigned:
        findings.add("flow.concluded-without-signature", FLOW, path, step=step.code, action=action.code)
    if action.letter is not None and package.outputs.document(action.letter) is None:
        findings.add("flow.unknown-document", FLOW, (*path, "letter"), document=action.letter)
    if action.on and step.kind is not StepKind.WAIT:
        findings.add("flow.nothing-awaited", FLOW, (*path, "on"), step=step.code, action=action.code)


def _upholds(flow: Flow, step: Step) -> bool:
    """Return whether a step hears objections: upholding a rejection repeats its codes, it needs none of its own."""
    return any(outcome.review is not None and outcome.review.start == step.code for outcome in flow.outcomes)


def _check_performed(findings: Findings, step: Step, path: Path) -> None:
    """An action performed by silence exists, demands nothing that silence cannot give, and is never a signature."""
    code = step.owned.silence.perform or ""
    action = step.action(code)
    if action is None:
        findings.add("flow.unknown-action", FLOW, (*path, "silence"), action=code)
        return
    asks = action.when or action.letter or any(demand in action.requires for demand in _DEMANDING)
    if step.kind is StepKind.SIGN or action.conclude or asks:
        findings.add("flow.silence-cannot-perform", FLOW, (*path, "silence"), step=step.code, action=action.code)


def _check_deemed(findings: Findings, code: str, path: Path) -> None:
    """Only an outcome in the applicant's favour that says so may come of silence."""
    outcome = findings.package.flow.outcome(code)
    if outcome is None:
        findings.add("flow.unknown-outcome", FLOW, path, outcome=code)
    elif not outcome.deemed or outcome.negative:
        findings.add("flow.cannot-be-deemed", FLOW, path, outcome=code)


def _check_deadline(findings: Findings, deadline: Deadline, path: Path) -> None:
    findings.law(deadline.law, FLOW, (*path, "law"))
    if deadline.silence.perform is not None:
        findings.add("flow.silence-cannot-perform", FLOW, (*path, "silence"), action=deadline.silence.perform)
    if deadline.silence.deem is not None:
        _check_deemed(findings, deadline.silence.deem, (*path, "silence"))
    for holder in deadline.silence.to:
        _check_holder(findings, holder, (*path, "silence", "to"))


def _check_wait(findings: Findings, step: Step, path: Path) -> None:
    """A waiting step asks a register that exists and knows what to do with every state it names, each once."""
    wait = step.wait
    if wait is None:
        return
    if wait.data_service not in findings.surroundings.data_services:
        findings.add("flow.unknown-data-service", FLOW, (*path, "wait"), service=wait.data_service)
    for index, entry in enumerate(wait.sends):
        check_source(findings, entry, FLOW, (*path, "wait", "sends", index))
    states = [state for action in step.actions for state in action.on]
    if not states or len(set(states)) != len(states):
        findings.add("flow.states-unclear", FLOW, (*path, "actions"), step=step.code)
    for action in step.actions:
        if action.on and any(demand in action.requires for demand in _DEMANDING):
            findings.add("flow.silence-cannot-perform", FLOW, path, step=step.code, action=action.code)


def _check_holder(findings: Findings, holder: Holder, path: Path) -> None:
    roles = findings.surroundings.roles
    if holder.role not in roles:
        findings.add("flow.role-nobody-holds", FLOW, (*path, "role"), role=holder.role, known=", ".join(sorted(roles)))
    at = holder.at
    _check_seat(findings, holder, path)
    if at is None:
        return
    if at.body is not None and at.body not in findings.surroundings.bodies:
        findings.add("flow.unknown-body", FLOW, (*path, "at"), body=at.body)
    if at.body_in is not None and not isinstance(findings.package.form.question(at.body_in), TextQuestion):
        findings.add("flow.not-a-body", FLOW, (*path, "at"), question=at.body_in)
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


def _check_seat(findings: Findings, holder: Holder, path: Path) -> None:
    """A role that is looked for in one body must be that of a post there, not only of one somewhere."""
    seats, at = findings.surroundings.seats, holder.at
    body = findings.package.card.provider.body if at is None else at.body
    if seats is None or body is None or holder.role not in findings.surroundings.roles:
        return
    if (body, holder.role) not in seats:
        there = ", ".join(sorted(role for where, role in seats if where == body))
        findings.add("flow.role-not-in-body", FLOW, (*path, "role"), role=holder.role, body=body, there=there)


def _page_is_conditional(findings: Findings, question: str) -> bool:
    pages = findings.package.form.pages
    return any(page.show_when for page in pages if any(asked.code == question for asked in page.questions))
