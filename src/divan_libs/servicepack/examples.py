"""Play the examples of a package: what is typed, what registers answer, what officers do, what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.answers import AnswerProblem, complete, pages_to_show, parse_answer
from divan_libs.servicepack.derivation import Cycle
from divan_libs.servicepack.evaluation import Context, Fact
from divan_libs.servicepack.expression_tree import ExpressionFormUnreadable
from divan_libs.servicepack.expressions import EvaluationFailed, ExpressionRefused, InputRefused, ValueType
from divan_libs.servicepack.facts import FieldFaulty
from divan_libs.servicepack.fees import FeeUndetermined, fee_of
from divan_libs.servicepack.gathered_facts import fact_names
from divan_libs.servicepack.models import APPLICANT, APPLICATION, Example, ExampleMove, Package
from divan_libs.servicepack.models.cells import CellRefused
from divan_libs.servicepack.models.examples import RawAnswer
from divan_libs.servicepack.tables import TableUndetermined

BROKEN = (
    ExpressionRefused,
    ExpressionFormUnreadable,
    EvaluationFailed,
    InputRefused,
    TableUndetermined,
    CellRefused,
    Cycle,
    FeeUndetermined,
    FieldFaulty,
)
"""What a package that lint refuses may end in when it is played all the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than the example says."""

    what: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.what}: {_as_written(self.expected)} is expected, {_as_written(self.found)} came out"


def _as_written(value: object) -> str:
    """Return a value as an example file writes it."""
    if value is None or value in ("", [], {}):
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {one}" for name, one in value.items()) + "}"
    return str(value)


@dataclass(frozen=True, slots=True)
class ExampleOutcome:
    """Result of one example; it passed if nothing differs."""

    code: str
    title: str
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences


@dataclass(slots=True)
class _Story:
    """The state of a case while its example is played.

    ``open`` are the steps that wait for somebody and ``waiting`` those that wait for the applicant's correction, each
    with its track.
    """

    position: flow_rules.Position | None = None
    open: dict[str, str] = field(default_factory=dict)
    waiting: dict[str, str] = field(default_factory=dict)
    decided: bool = False
    proposed: str | None = None
    outcome: str | None = None
    deemed: bool = False
    withdrawn: bool = False
    refused: str | None = None
    way: list[str] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)


def run_examples(package: Package) -> list[ExampleOutcome]:
    """Return the result of every example of the package, in order.

    What cannot be worked out, such as an expression that does not compile, fails the example that meets it.
    """
    return [_run_or_broken(package, example) for example in package.examples]


def _run_or_broken(package: Package, example: Example) -> ExampleOutcome:
    try:
        return _run(package, example)
    except BROKEN as problem:
        found = f"{type(problem).__name__}: {problem}"
        return ExampleOutcome(example.code, example.title, (Difference("broken", None, found),))


def _run(package: Package, example: Example) -> ExampleOutcome:
    answers, problems = _typed(package, example.answers, example.on)
    context = Context(
        today=example.on,
        answers=answers,
        facts=facts_of(package, example),
        channel=example.channel,
        entry=example.entry or APPLICATION,
        unfulfilled=frozenset(example.unfulfilled),
    )
    missing = complete(package, context)
    story = _Story()
    if not missing and not problems:
        context = _play(package, example, context, story)
    return ExampleOutcome(
        example.code, example.title, tuple(_differences(package, example, context, problems, missing, story))
    )


def facts_of(package: Package, example: Example) -> dict[str, Fact]:
    """Return the facts of an example, days read as days."""
    names = {name: kind for need in package.needs.inquiries for name, kind in fact_names(need).items()}
    return {
        name: Fact(
            fact.state,
            {
                code: date.fromisoformat(str(value)) if names.get(f"facts.{name}.{code}") is ValueType.MOMENT else value
                for code, value in fact.fields.items()
            },
        )
        for name, fact in example.facts.items()
    }


def _typed(
    package: Package, typed: Mapping[str, RawAnswer], today: date
) -> tuple[dict[str, AnswerValue], dict[str, str]]:
    """Read what is typed; return the answers, and the problem's code for each question that was not answered well."""
    answers: dict[str, AnswerValue] = {}
    problems: dict[str, str] = {}
    for code, raw in typed.items():
        question = package.form.question(code)
        if question is None or question.type == "information":
            problems[code] = "answers.unknown-question"
            continue
        try:
            value = parse_answer(question, raw, today=today)
        except AnswerProblem as problem:
            problems[code] = problem.code
        else:
            if value is not None:
                answers[code] = value
    return answers, problems


def _play(package: Package, example: Example, context: Context, story: _Story) -> Context:
    """Play the moves; the first refusal ends the story."""
    try:
        arrival = flow_rules.enter(package, flow_rules.start(package, example.entry or ""), context)
        story.position = arrival.position
        _open(arrival.opens, story)
        for move in example.moves:
            context = _move(package, move, context, story, example.on)
            if story.position is not None and story.position.tracks:
                context = flow_rules.with_tracks(package, context, story.position.tracks) or context
    except flow_rules.FlowRefusal as refusal:
        story.refused = refusal.code
    return context


def _open(opens: tuple[flow_rules.Opening, ...], story: _Story) -> None:
    for opening in opens:
        story.open[opening.step] = opening.track
        story.way.append(opening.step)


def _move(package: Package, move: ExampleMove, context: Context, story: _Story, today: date) -> Context:
    if move.applicant is not None:
        return _applicant_moves(package, move, context, story, today)
    if move.step is None and move.silence:
        _deadline_passes(package, context, story)
        return context
    if move.step is None or move.step not in story.open or story.position is None:
        raise flow_rules.FlowRefusal("flow.not-in-step", step=move.step)
    context = _reported(package, move, context, today)
    track = story.open[move.step]
    if move.silence:
        consequence = flow_rules.after_silence(package, move.step, story.proposed, context, story.position, track)
        story.escalated += [holder.role for holder in consequence.escalated_to]
        if consequence.transition is not None:
            _follow(package, consequence.transition, move.step, context, story, deemed=consequence.outcome is not None)
        return context
    given = flow_rules.Given(codes=move.codes, text=move.text, note=move.note, proposed=story.proposed)
    action = move.action or _action_of_state(package, move)
    _require_reported(package, move.step, action, context)
    transition = flow_rules.apply(package, move.step, action, given, context, story.position, track)
    _follow(package, transition, move.step, context, story)
    return context


def _applicant_moves(package: Package, move: ExampleMove, context: Context, story: _Story, today: date) -> Context:
    step = story.position.step if story.position else ""
    if move.applicant == "withdraw":
        entry = context.entry if context.entry != APPLICATION else ""
        if story.decided or story.withdrawn or not flow_rules.may_withdraw(package, step, entry):
            raise flow_rules.FlowRefusal("flow.withdrawal-too-late", step=step)
        story.withdrawn, story.open, story.waiting = True, {}, {}
    elif move.applicant == "object":
        transition = flow_rules.objection(package, story.outcome, context) if story.outcome else None
        if transition is None:
            raise flow_rules.FlowRefusal("flow.no-objection", outcome=story.outcome)
        story.outcome = None
        _follow(package, transition, "", context, story)
    else:
        corrected, problems = _typed(package, move.answers, today)
        if not story.waiting or problems:
            raise flow_rules.FlowRefusal("flow.nothing-to-correct", problems=problems)
        context = replace(context, answers={**context.answers, **corrected})
        _open(tuple(flow_rules.Opening(*waiting) for waiting in story.waiting.items()), story)
        story.waiting = {}
    return context


def _deadline_passes(package: Package, context: Context, story: _Story) -> None:
    deadline = package.flow.deadline_of(context.entry)
    if deadline is None or story.decided or not (story.open or story.waiting):
        raise flow_rules.FlowRefusal("flow.not-in-step", step=None)
    if deadline.silence.deem is None:
        story.escalated += [holder.role for holder in deadline.silence.to]
        return
    transition = flow_rules.deemed(deadline.silence.deem).transition
    if transition is not None:
        _follow(package, transition, "", context, story, deemed=True)


def _reported(package: Package, move: ExampleMove, context: Context, today: date) -> Context:
    """Return the context with the officer's report; what is no answer refuses the move."""
    step = flow_rules.step_of(package, move.step or "")
    told = dict(context.reports)
    asked = {question.code: question for question in step.report}
    for code, raw in move.report.items():
        if code not in asked:
            raise flow_rules.FlowRefusal("flow.report-refused", question=code)
        try:
            value = parse_answer(asked[code], raw, today=today)
        except AnswerProblem as problem:
            raise flow_rules.FlowRefusal("flow.report-refused", question=code, problem=problem.code) from problem
        if value is not None:
            told[code] = value
    return replace(context, reports=told)


def _require_reported(package: Package, step: str, action: str, context: Context) -> None:
    """Refuse an action that needs an answer of the step's report which is not given."""
    chosen = flow_rules.step_of(package, step).action(action)
    for code in chosen.reports if chosen is not None else ():
        if code not in context.reports:
            raise flow_rules.FlowRefusal("flow.report-refused", question=code, problem="answers.required")


def _action_of_state(package: Package, move: ExampleMove) -> str:
    step = flow_rules.step_of(package, move.step or "")
    action = next((action for action in step.actions if move.state is not None and move.state in action.on), None)
    if action is None:
        raise flow_rules.FlowRefusal("flow.action-not-offered", step=move.step, state=move.state)
    return action.code


def _follow(
    package: Package,
    transition: flow_rules.Transition,
    step: str,
    context: Context,
    story: _Story,
    *,
    deemed: bool = False,
) -> None:
    kind, kinds = transition.kind, flow_rules.TransitionKind
    track = story.open.pop(step, "")
    story.proposed = transition.proposes
    if transition.step is not None:
        story.position = flow_rules.Position(transition.step, transition.tracks)
    if kind is kinds.TO_APPLICANT:
        story.waiting[step] = track
        story.way.append(APPLICANT)
    elif kind is kinds.CONCLUDE and transition.outcome is not None:
        story.deemed = deemed
        _conclude(package, transition.outcome, context, story)
    _open(transition.opens, story)


def _conclude(package: Package, outcome: str, context: Context, story: _Story) -> None:
    """End the main line: records come to stand, and the aftercare begins as if the document had been issued."""
    story.outcome, story.decided, story.open, story.waiting = outcome, True, {}, {}
    ending = package.flow.outcome(outcome)
    story.records += ending.records if ending is not None else ()
    after = flow_rules.after_delivery(package, outcome, context)
    if after is not None:
        _follow(package, after, "", context, story)


def _differences(
    package: Package, example: Example, context: Context, problems: Mapping[str, str], missing: list[Any], story: _Story
) -> list[Difference]:
    expect = example.expect
    outcome = package.flow.outcome(story.outcome) if story.outcome else None
    pairs: list[tuple[str, object, object]] = [
        ("problems", dict(expect.problems), dict(problems)),
        ("missing", sorted(expect.missing), sorted(item.code for item in missing)),
        ("steps", list(expect.steps), story.way),
        ("outcome", expect.outcome, story.outcome),
        ("withdrawn", expect.withdrawn, story.withdrawn),
        ("deemed", expect.deemed, story.deemed),
        ("refused", expect.refused, story.refused),
        ("escalated", list(expect.escalated), story.escalated),
        ("document", expect.document, outcome.document if outcome else None),
        ("message", expect.message, outcome.message if outcome else None),
    ]
    if expect.pages is not None:
        pairs.append(("pages", list(expect.pages), [page.code for page in pages_to_show(package, context)]))
    if expect.records is not None:
        pairs.append(("records", list(expect.records), story.records))
    if expect.fee is not None:
        pairs.append(("fee", expect.fee, fee_of(package, context).total))
    return [Difference(what, wanted, found) for what, wanted, found in pairs if wanted != found]
