"""Play the examples of a package: what is typed, what registers answer, what officers do, what comes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.answers import AnswerProblem, complete, pages_to_show, parse_answer
from divan_libs.servicepack.evaluation import AnswerValue, Context, Fact
from divan_libs.servicepack.fees import fee_of
from divan_libs.servicepack.models import APPLICANT, Example, ExampleMove, Package
from divan_libs.servicepack.models.needs import FieldKind


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came out otherwise than the example says."""

    what: str
    expected: object
    found: object


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
    """The state of a case while its example is played."""

    step: str | None = None
    waiting: str | None = None
    proposed: str | None = None
    outcome: str | None = None
    withdrawn: bool = False
    refused: str | None = None
    way: list[str] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)


def run_examples(package: Package) -> list[ExampleOutcome]:
    """Return the result of every example of the package, in order."""
    return [_run(package, example) for example in package.examples]


def _run(package: Package, example: Example) -> ExampleOutcome:
    answers, problems = _typed(package, example.answers, example.on)
    context = Context(today=example.on, answers=answers, facts=facts_of(package, example), channel=example.channel)
    missing = complete(package, context)
    story = _Story()
    if not missing and not problems:
        context = _play(package, example, context, story)
    return ExampleOutcome(
        example.code, example.title, tuple(_differences(package, example, context, problems, missing, story))
    )


def facts_of(package: Package, example: Example) -> dict[str, Fact]:
    """Return the facts of an example, days read as days."""
    kinds = {need.fact: need.fields for need in package.needs.inquiries}
    return {
        name: Fact(
            fact.state,
            {
                code: date.fromisoformat(str(value)) if kinds.get(name, {}).get(code) is FieldKind.DATE else value
                for code, value in fact.fields.items()
            },
        )
        for name, fact in example.facts.items()
    }


def _typed(
    package: Package, typed: Mapping[str, str | tuple[str, ...]], today: date
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
        story.step = flow_rules.start(package)
        story.way.append(story.step)
        for move in example.moves:
            context = _move(package, move, context, story, example.on)
    except flow_rules.FlowRefusal as refusal:
        story.refused = refusal.code
    return context


def _move(package: Package, move: ExampleMove, context: Context, story: _Story, today: date) -> Context:
    if move.applicant == "withdraw":
        if not flow_rules.may_withdraw(package, story.step or story.waiting or ""):
            raise flow_rules.FlowRefusal("flow.withdrawal-too-late", step=story.step)
        story.withdrawn, story.step = True, None
    elif move.applicant == "correct":
        corrected, problems = _typed(package, move.answers, today)
        if story.waiting is None or problems:
            raise flow_rules.FlowRefusal("flow.nothing-to-correct", problems=problems)
        context = replace(context, answers={**context.answers, **corrected})
        _follow(flow_rules.after_correction(package, story.waiting, story.proposed), story)
    elif move.step != story.step or story.step is None:
        raise flow_rules.FlowRefusal("flow.not-in-step", step=move.step)
    elif move.silence:
        consequence = flow_rules.after_silence(package, story.step, story.proposed, context)
        if consequence.escalated_to is not None:
            story.escalated.append(consequence.escalated_to.role)
        if consequence.transition is not None:
            _follow(consequence.transition, story)
    else:
        given = flow_rules.Given(codes=move.codes, text=move.text, note=move.note, proposed=story.proposed)
        _follow(flow_rules.apply(package, story.step, move.action or "", given, context), story)
    return context


def _follow(transition: flow_rules.Transition, story: _Story) -> None:
    story.proposed, story.outcome = transition.proposes, transition.outcome
    to_applicant = transition.kind is flow_rules.TransitionKind.TO_APPLICANT
    story.waiting = transition.step if to_applicant else None
    story.step = None if to_applicant else transition.step
    if to_applicant or story.step:
        story.way.append(APPLICANT if to_applicant else str(story.step))


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
        ("refused", expect.refused, story.refused),
        ("escalated", list(expect.escalated), story.escalated),
        ("document", expect.document, outcome.document if outcome else None),
        ("message", expect.message, outcome.message if outcome else None),
    ]
    if expect.pages is not None:
        pairs.append(("pages", list(expect.pages), [page.code for page in pages_to_show(package, context)]))
    if expect.fee is not None:
        pairs.append(("fee", expect.fee, fee_of(package, context).total))
    return [Difference(what, wanted, found) for what, wanted, found in pairs if wanted != found]
