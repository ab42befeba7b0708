"""The flow as pure rules: what is offered in a step, where an action leads, what silence means.

A case stands at one step of its main line. A parallel step opens several tracks, each with a step of its own; when the
last of them is finished, the routes of the parallel step lead on. Steps that nobody acts in (forks, decisions, steps
left out) are passed at once, so that whoever asks is told only which steps begin to wait.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.flow_ways import steps_before, steps_of_track
from divan_libs.servicepack.grounds import grounds
from divan_libs.servicepack.models import (
    APPLICANT,
    Action,
    Demand,
    Holder,
    Package,
    Route,
    Silence,
    Step,
    StepKind,
)

LONGEST_PASSAGE = 60
"""Steps passed by themselves at once, at most; lint refuses flows that could pass more."""


class FlowRefusal(Exception):
    """The flow does not allow this; ``code`` is one of ``flow.unknown-step``, ``flow.action-not-offered``,
    ``flow.codes-required``, ``flow.unknown-codes``, ``flow.codes-not-accepted``, ``flow.text-required``,
    ``flow.note-required``, ``flow.nothing-proposed``, ``flow.no-flow``, ``flow.withdrawal-too-late``,
    ``flow.no-way-on``.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


class TransitionKind(StrEnum):
    """Where a case goes; ``STAYS`` means that other tracks are still at work."""

    TO_STEP = "to-step"
    TO_APPLICANT = "to-applicant"
    STAYS = "stays"
    CONCLUDE = "conclude"
    FINISH = "finish"


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer gives with an action; ``proposed`` is the outcome on the table so far."""

    codes: tuple[str, ...] = ()
    text: str = ""
    note: str = ""
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a case stands: the step of its main line, and what became of the tracks of a parallel step.

    ``tracks`` holds "" for a track that is at work and the code of its last action for a finished one.
    """

    step: str
    tracks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opening:
    """A step that begins to wait for somebody, in a track or on the main line."""

    step: str
    track: str = ""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a case has come to: its position, and which steps begin to wait."""

    position: Position
    opens: tuple[Opening, ...]


@dataclass(frozen=True, slots=True)
class Transition:
    """Result of an action.

    ``step`` is the step of the main line that follows (for ``TO_APPLICANT`` the one that waits, its clock paused), and
    ``opens`` the steps that begin to wait. ``proposes`` is the outcome on the table from now on; ``outcome`` is set
    when the case is concluded.
    """

    kind: TransitionKind
    step: str | None
    proposes: str | None
    outcome: str | None = None
    opens: tuple[Opening, ...] = ()
    tracks: Mapping[str, str] = field(default_factory=dict)


def start(package: Package, entry: str = "") -> str:
    """Return the step in which a submitted case begins; an entry other than the application has its own.

    :raises FlowRefusal: ``flow.no-flow`` if the service has none.
    """
    found = package.flow.entry(entry) if entry else None
    first = found.start if found is not None else package.flow.start
    if first is None:
        raise FlowRefusal("flow.no-flow", package=package.code)
    return first


def step_of(package: Package, step: str) -> Step:
    """Return a step.

    :raises FlowRefusal: ``flow.unknown-step``.
    """
    found = package.flow.step(step)
    if found is None:
        raise FlowRefusal("flow.unknown-step", step=step)
    return found


def enter(package: Package, step: str, context: Context | None = None) -> Arrival:
    """Return where a case comes to that is led to a step: forks, decisions and steps left out are passed at once.

    :raises FlowRefusal: ``flow.no-way-on`` if no route holds or steps lead on without end; lint prevents both.
    """
    code = step
    for _ in range(LONGEST_PASSAGE):
        found = step_of(package, code)
        if not _holds(package, found.when, context):
            code = found.otherwise or ""
        elif found.kind is StepKind.ROUTE:
            code = _way_on(package, found.routes, found.code, context)
        elif found.kind is StepKind.PARALLEL:
            opens = tuple(
                opening
                for track in found.tracks
                if _holds(package, track.when, context)
                for opening in _into_track(package, track.start, track.code, context)
            )
            if opens:
                return Arrival(Position(found.code, {opening.track: "" for opening in opens}), opens)
            code = _way_on(package, found.routes, found.code, with_tracks(package, context, {}))
        else:
            return Arrival(Position(found.code), (Opening(found.code),))
    raise FlowRefusal("flow.no-way-on", step=step)


def _into_track(package: Package, step: str, track: str, context: Context | None) -> tuple[Opening, ...]:
    return tuple(replace(opening, track=track) for opening in enter(package, step, context).opens)


def _holds(package: Package, when: str | None, context: Context | None) -> bool:
    """Return whether an expression holds; without a context everything is taken to hold."""
    if when is None or context is None:
        return True
    evaluator = Evaluator(package, context)
    return evaluator.holds(when, evaluator.view().answers)


def _way_on(package: Package, routes: tuple[Route, ...], step: str, context: Context | None) -> str:
    for route in routes:
        if route.when is None or (context is not None and _holds(package, route.when, context)):
            return route.to
    raise FlowRefusal("flow.no-way-on", step=step)


def with_tracks(package: Package, context: Context | None, tracks: Mapping[str, str]) -> Context | None:
    """Return a context in which the tracks have come to these ends; one that ended by codes counts as an objection."""
    return None if context is None else replace(context, tracks=dict(tracks), objected=objected(package, tracks))


def objected(package: Package, tracks: Mapping[str, str]) -> bool:
    """Return whether any of these tracks was finished by an action that names unmet requirements."""
    ends = {(track, action) for track, action in tracks.items() if action}
    return any(
        action.finish and Demand.CODES in action.requires and (track, action.code) in ends
        for track in tracks
        for step in steps_of_track(package.flow, track)
        for action in step.actions
    )


def offered_actions(package: Package, step: str, context: Context | None = None) -> list[Action]:
    """Return what the holder may do in a step; with a context, actions whose condition fails are left out.

    :raises FlowRefusal: ``flow.unknown-step``.
    """
    return [action for action in step_of(package, step).actions if _holds(package, action.when, context)]


def apply(
    package: Package,
    step: str,
    action: str,
    given: Given | None = None,
    context: Context | None = None,
    position: Position | None = None,
    track: str = "",
) -> Transition:
    """Return where an action leads.

    A context is needed where an action has a condition; without one such actions are taken as offered. In a track
    (``track``) ``position`` tells how the other tracks stand.

    :raises FlowRefusal: if the action is not offered or something it requires is not given; nothing happens then.
    """
    given, position = given or Given(), position or Position(step)
    chosen = next((offer for offer in offered_actions(package, step, context) if offer.code == action), None)
    if chosen is None:
        raise FlowRefusal("flow.action-not-offered", step=step, action=action)
    known = with_tracks(package, context, position.tracks) if position.tracks else context
    _require(package, step_of(package, step), chosen, given, known)
    proposed = chosen.proposes or given.proposed
    if chosen.conclude:
        if proposed is None:
            raise FlowRefusal("flow.nothing-proposed", step=step, action=action)
        return Transition(TransitionKind.CONCLUDE, None, proposed, outcome=proposed)
    if chosen.to == APPLICANT:
        return Transition(TransitionKind.TO_APPLICANT, position.step, given.proposed, tracks=position.tracks)
    if chosen.finish:
        return _finish(package, action, proposed, context, position, track)
    if track:
        opens = _into_track(package, chosen.to or "", track, context)
        return Transition(TransitionKind.STAYS, position.step, proposed, opens=opens, tracks=position.tracks)
    return _arrived(enter(package, chosen.to or "", context), proposed)


def _arrived(arrival: Arrival, proposed: str | None) -> Transition:
    position = arrival.position
    return Transition(
        TransitionKind.TO_STEP, position.step, proposed, opens=arrival.opens, tracks=dict(position.tracks)
    )


def _finish(
    package: Package, action: str, proposed: str | None, context: Context | None, position: Position, track: str
) -> Transition:
    """End a track, and go on where it was the last; without a track the aftercare, and with it the case, is over."""
    if not track:
        return Transition(TransitionKind.FINISH, None, proposed)
    tracks = {**position.tracks, track: action}
    if not all(tracks.values()):
        return Transition(TransitionKind.STAYS, position.step, proposed, tracks=tracks)
    joined = with_tracks(package, context, tracks)
    onward = _way_on(package, step_of(package, position.step).routes, position.step, joined)
    arrival = _arrived(enter(package, onward, joined), proposed)
    # What the tracks have said stays known for the conditions of all that follows.
    return replace(arrival, tracks=arrival.tracks or tracks)


def _require(package: Package, step: Step, action: Action, given: Given, context: Context | None) -> None:
    """Refuse an action without what it requires; codes must be grounds that the step has against this very case."""
    if Demand.CODES in action.requires:
        if not given.codes:
            raise FlowRefusal("flow.codes-required", action=action.code)
        unknown = sorted(set(given.codes) - {need.code for need in grounds(package, step, context)})
        if unknown:
            raise FlowRefusal("flow.unknown-codes", action=action.code, codes=unknown)
    elif given.codes:
        raise FlowRefusal("flow.codes-not-accepted", action=action.code)
    if Demand.TEXT in action.requires and not given.text.strip():
        raise FlowRefusal("flow.text-required", action=action.code)
    if Demand.NOTE in action.requires and not given.note.strip():
        raise FlowRefusal("flow.note-required", action=action.code)


def after_correction(package: Package, step: str, proposed: str | None = None) -> Transition:
    """Return the way back after the applicant has corrected: the step that waited, whose clock runs on."""
    return Transition(TransitionKind.TO_STEP, step_of(package, step).code, proposed, opens=(Opening(step),))


def after_delivery(package: Package, outcome: str, context: Context | None = None) -> Transition | None:
    """Return the aftercare that begins when the document of an outcome is issued, or None if there is none."""
    ending = package.flow.outcome(outcome)
    if ending is None or ending.then is None:
        return None
    return _arrived(enter(package, ending.then, context), outcome)


def objection(package: Package, outcome: str, context: Context | None = None) -> Transition | None:
    """Return where an objection to an outcome is heard, or None if the service allows none."""
    ending = package.flow.outcome(outcome)
    if ending is None or ending.review is None:
        return None
    return _arrived(enter(package, ending.review.start, context), None)


@dataclass(frozen=True, slots=True)
class SilenceConsequence:
    """What silence means: other holders one after the other, an action performed by itself, or a deemed outcome."""

    escalated_to: tuple[Holder, ...]
    transition: Transition | None
    action: str | None
    outcome: str | None = None


def after_silence(
    package: Package,
    step: str,
    proposed: str | None = None,
    context: Context | None = None,
    position: Position | None = None,
    track: str = "",
) -> SilenceConsequence:
    """Return the declared consequence of a step's expired clock.

    :raises FlowRefusal: if the declared action is not possible; lint prevents it.
    """
    silence: Silence = step_of(package, step).owned.silence
    if silence.deem is not None:
        return deemed(silence.deem)
    if silence.perform is None:
        return SilenceConsequence(silence.to, None, None)
    transition = apply(package, step, silence.perform, Given(proposed=proposed), context, position, track)
    return SilenceConsequence((), transition, silence.perform)


def deemed(outcome: str) -> SilenceConsequence:
    """Return the conclusion that silence brings about by itself."""
    concluded = Transition(TransitionKind.CONCLUDE, None, outcome, outcome=outcome)
    return SilenceConsequence((), concluded, None, outcome)


def may_withdraw(package: Package, step: str, entry: str = "") -> bool:
    """Return whether the applicant may still withdraw in this step: none of the ways here has passed the last step."""
    withdrawal = package.flow.withdrawal
    return withdrawal is not None and step in steps_before(package.flow, withdrawal.until, start(package, entry))
