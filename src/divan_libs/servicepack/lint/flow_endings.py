"""How cases end and how long they take: outcomes, permits, entries, and clocks within the card's promise."""

from __future__ import annotations

from divan_libs.servicepack.lint.findings import CARD, FLOW, NEEDS, Findings, Path
from divan_libs.servicepack.lint.flow_graph import after_tracks, beginnings, next_steps, reachable
from divan_libs.servicepack.models import (
    APPLICATION,
    DateQuestion,
    Demand,
    Effect,
    EntryKind,
    Flow,
    LetterNeed,
    Outcome,
    StepKind,
)

_EFFECTS = {
    EntryKind.RENEWAL: Effect.RENEWS,
    EntryKind.AMENDMENT: Effect.AMENDS,
    EntryKind.REVOCATION: Effect.REVOKES,
    EntryKind.REASSESSMENT: None,
}


def check_outcomes(findings: Findings) -> None:
    """Check that outcomes are proposed, have their papers, may be objected to, and bring about what exists."""
    package = findings.package
    flow = package.flow
    proposed = {action.proposes for step in flow.steps for action in step.actions}
    proposed.update(step.silence.deem for step in flow.steps if step.silence is not None)
    proposed.update(deadline.silence.deem for deadline in flow.deadlines())
    for index, outcome in enumerate(flow.outcomes):
        path: Path = ("outcomes", index)
        if outcome.code not in proposed:
            findings.add("flow.outcome-never-proposed", FLOW, path, outcome=outcome.code)
        if outcome.document is not None and package.outputs.document(outcome.document) is None:
            findings.add("flow.unknown-document", FLOW, (*path, "document"), document=outcome.document)
        if package.outputs.message(outcome.message) is None:
            findings.add("flow.unknown-message", FLOW, (*path, "message"), message=outcome.message)
        if outcome.then is not None and flow.step(outcome.then) is None:
            findings.add("flow.unknown-step", FLOW, (*path, "then"), step=outcome.then)
        for code in outcome.records:
            if package.outputs.record(code) is None:
                findings.add("flow.unknown-record", FLOW, (*path, "records"), record=code)
        _check_review(findings, outcome, path)
        _check_absence(findings, outcome, path)
    _check_opinions(findings)


def _check_review(findings: Findings, outcome: Outcome, path: Path) -> None:
    flow, review = findings.package.flow, outcome.review
    if review is None:
        if outcome.negative and not _ends_a_review(flow, outcome):
            findings.add("flow.rejection-without-review", FLOW, path, outcome=outcome.code)
        return
    findings.law(review.law, FLOW, (*path, "review", "law"))
    hearing = flow.step(review.start)
    if hearing is None:
        findings.add("flow.unknown-step", FLOW, (*path, "review", "start"), step=review.start)
        return
    before = reachable(flow, [flow.start, *(entry.start for entry in flow.entries)], next_steps)
    signing = {step.role for step in flow.steps if step.kind is StepKind.SIGN and step.code in before}
    if hearing.role in signing:
        findings.add("flow.reviewed-by-the-signatory", FLOW, (*path, "review"), outcome=outcome.code)


def _ends_a_review(flow: Flow, outcome: Outcome) -> bool:
    """Return whether an outcome is only proposed where an objection is heard: the last word of the body."""
    heard = reachable(flow, [o.review.start for o in flow.outcomes if o.review is not None], after_tracks)
    first = reachable(flow, [flow.start, *(entry.start for entry in flow.entries)], next_steps)
    proposing = {step.code for step in flow.steps for action in step.actions if action.proposes == outcome.code}
    return bool(proposing) and proposing <= heard - first


def _check_absence(findings: Findings, outcome: Outcome, path: Path) -> None:
    if outcome.absence is None:
        return
    form = findings.package.form
    days = [form.question(code) for code in (outcome.absence.starts, outcome.absence.ends)]
    person = form.question(outcome.absence.substitute)
    if not all(isinstance(day, DateQuestion) for day in days) or getattr(person, "type", "") not in _PERSONS:
        findings.add("flow.absence-unclear", FLOW, (*path, "absence"), outcome=outcome.code)


_PERSONS = ("person", "national-code")


def _check_opinions(findings: Findings) -> None:
    package = findings.package
    for index, need in enumerate(package.needs.opinions):
        step = package.flow.step(need.step)
        place = package.needs.requirements.index(need)
        if step is None:
            continue
        if not any(Demand.CODES in action.requires for action in step.actions):
            findings.add("needs.opinion-cannot-object", NEEDS, ("requirements", place), step=step.code, number=index)
        gives = any(isinstance(need, LetterNeed) and action.letter == need.document for action in step.actions)
        if isinstance(need, LetterNeed) and not gives:
            findings.add("needs.letter-never-given", NEEDS, ("requirements", place), step=step.code)


def check_entries(findings: Findings) -> None:
    """Check later beginnings: somebody can begin them, and an outcome does what they are for."""
    flow = findings.package.flow
    pages = {page.code for page in findings.package.form.pages}
    effects = {outcome.effect for outcome in flow.outcomes}
    for index, entry in enumerate(flow.entries):
        path: Path = ("entries", index)
        findings.law(entry.law, FLOW, (*path, "law"))
        if entry.code == APPLICATION:
            findings.add("flow.reserved-entry", FLOW, path, entry=entry.code)
        if flow.step(entry.start) is None:
            findings.add("flow.unknown-step", FLOW, (*path, "start"), step=entry.start)
        for page in sorted(set(entry.pages) - pages):
            findings.add("flow.unknown-page", FLOW, (*path, "pages"), page=page)
        wanted = _EFFECTS[entry.kind]
        if Effect.GRANTS not in effects or (wanted is not None and wanted not in effects):
            findings.add("flow.entry-without-effect", FLOW, path, entry=entry.code)
        if entry.when is not None:
            findings.compiled(entry.when, FLOW, (*path, "when"))
        if entry.by is not None and entry.by.role not in findings.surroundings.roles:
            findings.add("flow.role-nobody-holds", FLOW, (*path, "by", "role"), role=entry.by.role)


def check_clocks(findings: Findings) -> None:
    """The clocks of the longest way through the steps, each counted once, must not outlast the card's promise."""
    flow, promised = findings.package.flow, findings.package.card.promised_time
    if promised is None:  # a fault of the card, found there
        return
    decided = reachable(flow, [flow.start], next_steps)
    for index, step in enumerate(flow.steps):
        if step.clock is not None and step.code in decided and step.clock.longest_hours() > promised.longest_hours():
            findings.add("flow.clock-too-long", FLOW, ("steps", index, "clock"), step=step.code)
    if flow.deadline is not None and flow.deadline.clock.longest_hours() > promised.longest_hours():
        findings.add("flow.clock-too-long", FLOW, ("deadline", "clock"), step="")
    if flow.start is None or flow.step(flow.start) is None or None in beginnings(flow):
        return
    hours, way = _longest_way(flow, flow.start, (), {})
    clocks = [step.clock for step in flow.steps if step.code in way and step.clock is not None]
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
    """Return the longest way from a step in hours, without the ways back to a step that led here (send-backs).

    Tracks run side by side, so the longest of them counts once before what follows them.
    """
    if code in known:
        return known[code]
    step = flow.step(code)
    if step is None:
        return 0, ()
    here = (*above, code)
    ways = [
        _longest_way(flow, following, here, known) for following in after_tracks(flow, step) if following not in here
    ]
    hours, way = max(ways, default=(0, ()))
    tracks = [_longest_way(flow, track.start, here, known) for track in step.tracks if track.start not in here]
    beside, side = max(tracks, default=(0, ()))
    own = step.clock.longest_hours() if step.clock is not None else 0
    known[code] = hours + beside + own, (code, *side, *way)
    return known[code]
