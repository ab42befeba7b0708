"""Grounds: the requirements that an officer may name against a case."""

from __future__ import annotations

from collections.abc import Mapping

from divan_libs.servicepack.answer_values import AnswerValue
from divan_libs.servicepack.asking import is_required, names_somebody
from divan_libs.servicepack.evaluation import Context, Evaluator
from divan_libs.servicepack.flow_ways import steps_of_track
from divan_libs.servicepack.models import (
    APPLICATION,
    DocumentNeed,
    InquiryNeed,
    LetterNeed,
    MandateNeed,
    OpinionNeed,
    Package,
    Step,
)
from divan_libs.servicepack.models.needs import Need


def grounds(package: Package, step: Step, context: Context | None = None) -> list[Need]:
    """Return the requirements that an action of a step may name, in the order in which people read them.

    They are the step's own, where the package says which these are. With a context those are left out that were never
    asked of the case: nobody is told that something is missing which nobody wanted. Where that leaves none, all the
    step's own stand: a step whose actions name requirements must not be without a way on.
    """
    own = [need for need in package.needs.requirements if not step.codes or need.code in step.codes]
    if context is None:
        return own
    evaluator = Evaluator(package, context)
    answers = evaluator.view().answers
    return [need for need in own if _was_asked(evaluator, need, step, answers)] or own


def _was_asked(evaluator: Evaluator, need: Need, step: Step, answers: Mapping[str, AnswerValue]) -> bool:
    """Whether a requirement was asked of the case as it stands.

    A paper that was given although it was not wanted may be named; so may what the step itself is to judge. An opinion
    was not asked where its review was left out, as far as the case still knows its reviews. A later case is about what
    bodies judged in an earlier one: a permit is revoked because what they agreed to is no more.
    """
    if isinstance(need, DocumentNeed) and need.question in answers:
        return True
    if not is_required(evaluator, need, answers):
        return False
    if isinstance(need, InquiryNeed | MandateNeed):
        return names_somebody(evaluator.package, need, answers)
    known = evaluator.context.tracks if evaluator.context.entry == APPLICATION else {}
    if isinstance(need, OpinionNeed | LetterNeed) and need.step != step.code and known:
        tracks = _tracks_of(evaluator.package, need.step)
        return not tracks or any(track in known for track in tracks)
    return True


def _tracks_of(package: Package, step: str) -> list[str]:
    """Return the tracks in which a step lies; none for a step of the main line."""
    flow = package.flow
    return [track for track in flow.track_codes() if step in {one.code for one in steps_of_track(flow, track)}]
