"""The flow as pure rules: what is offered in a step, and where an action leads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.models import APPLICANT, Action, Demand, Flow, Holder, Package, Silence, Step


class FlowRefusal(Exception):
    """The flow does not allow this; ``code`` is one of ``flow.unknown-step``, ``flow.action-not-offered``,
    ``flow.codes-required``, ``flow.unknown-codes``, ``flow.codes-not-accepted``, ``flow.text-required``,
    ``flow.note-required``, ``flow.nothing-proposed``, ``flow.no-flow``, ``flow.withdrawal-too-late``.
    """

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


class TransitionKind(StrEnum):
    """Where a case goes."""

    TO_STEP = "to-step"
    TO_APPLICANT = "to-applicant"
    CONCLUDE = "conclude"


@dataclass(frozen=True, slots=True)
class Given:
    """What an officer gives with an action; ``proposed`` is the outcome on the table so far."""

    codes: tuple[str, ...] = ()
    text: str = ""
    note: str = ""
    proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """Result of an action.

    ``step`` is the step that follows (for ``TO_APPLICANT`` the one that waits, its clock paused). ``proposes`` is the
    outcome on the table from now on; ``outcome`` is set when the case is concluded.
    """

    kind: TransitionKind
    step: str | None
    proposes: str | None
    outcome: str | None = None


def start(package: Package) -> str:
    """Return the step in which a submitted case begins.

    :raises FlowRefusal: ``flow.no-flow`` if the service has none.
    """
    if package.flow.start is None:
        raise FlowRefusal("flow.no-flow", package=package.code)
    return package.flow.start


def step_of(package: Package, step: str) -> Step:
    """Return a step.

    :raises FlowRefusal: ``flow.unknown-step``.
    """
    found = package.flow.step(step)
    if found is None:
        raise FlowRefusal("flow.unknown-step", step=step)
    return found


def offered_actions(package: Package, step: str, context: Context | None = None) -> list[Action]:
    """Return what the holder may do in a step; with a context, actions whose condition fails are left out.

    :raises FlowRefusal: ``flow.unknown-step``.
    """
    actions = step_of(package, step).actions
    if context is None:
        return list(actions)
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    return [action for action in actions if evaluator.holds(action.when, answers)]


def apply(
    package: Package, step: str, action: str, given: Given | None = None, context: Context | None = None
) -> Transition:
    """Return where an action leads.

    A context is needed where an action has a condition; without one such actions are taken as offered.

    :raises FlowRefusal: if the action is not offered or something it requires is not given; nothing happens then.
    """
    given = given or Given()
    chosen = next((offer for offer in offered_actions(package, step, context) if offer.code == action), None)
    if chosen is None:
        raise FlowRefusal("flow.action-not-offered", step=step, action=action)
    _require(package, chosen, given)
    proposed = chosen.proposes or given.proposed
    if chosen.conclude:
        if proposed is None:
            raise FlowRefusal("flow.nothing-proposed", step=step, action=action)
        return Transition(TransitionKind.CONCLUDE, None, proposed, outcome=proposed)
    if chosen.to == APPLICANT:
        return Transition(TransitionKind.TO_APPLICANT, step, given.proposed)
    return Transition(TransitionKind.TO_STEP, chosen.to, proposed)


def _require(package: Package, action: Action, given: Given) -> None:
    """Refuse an action without what it requires; codes must be requirements of this very version."""
    if Demand.CODES in action.requires:
        if not given.codes:
            raise FlowRefusal("flow.codes-required", action=action.code)
        unknown = sorted(set(given.codes) - package.needs.codes)
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
    return Transition(TransitionKind.TO_STEP, step_of(package, step).code, proposed)


@dataclass(frozen=True, slots=True)
class SilenceConsequence:
    """What silence means in a step: either another holder, or an action performed by itself."""

    escalated_to: Holder | None
    transition: Transition | None
    action: str | None


def after_silence(
    package: Package, step: str, proposed: str | None = None, context: Context | None = None
) -> SilenceConsequence:
    """Return the declared consequence of an expired clock.

    :raises FlowRefusal: if the declared action is not possible; lint prevents it.
    """
    silence: Silence = step_of(package, step).silence
    if silence.perform is None:
        return SilenceConsequence(silence.to, None, None)
    transition = apply(package, step, silence.perform, Given(proposed=proposed), context)
    return SilenceConsequence(None, transition, silence.perform)


def may_withdraw(package: Package, step: str) -> bool:
    """Return whether the applicant may still withdraw in this step: none of the ways here has passed the last step."""
    withdrawal = package.flow.withdrawal
    return withdrawal is not None and step in steps_before(package.flow, withdrawal.until)


def steps_before(flow: Flow, last: str) -> frozenset[str]:
    """Return the steps that can be reached from the start without entering ``last``."""
    found: set[str] = set()
    waiting = [flow.start] if flow.start and flow.start != last else []
    while waiting:
        code = waiting.pop()
        step = flow.step(code)
        if step is None or code in found:
            continue
        found.add(code)
        elsewhere = (APPLICANT, last, code)
        waiting += [action.to for action in step.actions if action.to and action.to not in elsewhere]
    return frozenset(found)
