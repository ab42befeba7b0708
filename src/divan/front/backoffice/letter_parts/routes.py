"""The part of a letter's page that tells its way to signature, the remarks on it, and what its drafter may do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import LetterState, LetterStep, Remark, StepState
from divan.foundation.ui.fields import Field
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.backoffice.people_named import Names
from divan.front.texts.words import TONES, word
from divan.registers.people import queries as people
from divan.trust.signing.values import SignatureState


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteLine:
    """A step as pages show it: what, whose, where it stands, who acted for whom and when."""

    step: LetterStep
    kind: str
    post: str
    holder: str
    state: str
    tone: str
    acted: str
    is_newest: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkLine:
    """A remark as pages show it."""

    remark: Remark
    author: str
    may_settle: bool


def route_lines(reading: Reading) -> list[RouteLine]:
    """Return the steps of a letter, newest round first; steps that fell away are left out of rounds before."""
    steps = reading.content.steps
    newest = max((step.round for step in steps), default=0)
    persons = {one for step in steps for one in (step.acted_by, step.acted_for)}
    names = Names(persons, {step.post for step in steps}, reading.language)
    holders = people.holders_of([step.post for step in steps], reading.now)
    ordered = sorted(steps, key=lambda step: (-step.round, step.rank))
    return [
        _line(step, names, holders[step.post].full_name if step.post in holders else "", is_newest=step.round == newest)
        for step in ordered
        if step.round == newest or step.state in {StepState.DONE, StepState.RETURNED}
    ]


def _line(step: LetterStep, names: Names, holder: str, *, is_newest: bool) -> RouteLine:
    acted = names.person(step.acted_by)
    if step.acted_for is not None and acted:
        acted = _("%(officer)s, in place of %(holder)s") % {"officer": acted, "holder": names.person(step.acted_for)}
    tones = {StepState.OPEN: "info", StepState.DONE: "good", StepState.RETURNED: "bad"}
    return RouteLine(
        step=step,
        kind=word("step", step.kind),
        post=names.post(step.post),
        holder=holder,
        state=word("step-state", step.state),
        tone=tones.get(step.state, ""),
        acted=acted,
        is_newest=is_newest,
    )


def remark_lines(reading: Reading) -> list[RemarkLine]:
    """Return the remarks on a letter with who wrote them."""
    found = queries.list_remarks(reading.content.letter.uuid)
    names = Names({one.author for one in found}, {one.author_post for one in found}, reading.language)
    drafter = reading.content.letter.drafter_post
    return [
        RemarkLine(
            remark=one,
            author=names.both(one.author, one.author_post),
            may_settle=one.settled_at is None and reading.post.uuid in {one.author_post, drafter},
        )
        for one in found
    ]


def remark_fields(quote: str = "", text: str = "", problem: str = "") -> list[Field]:
    """Return the questions of a remark."""
    return [
        Field(
            "quote",
            "text",
            _("Words of the letter that it speaks of"),
            "",
            quote,
            required=False,
            attributes={"maxlength": "500"},
        ),
        Field(
            "text",
            "long-text",
            _("Remark"),
            _("It is never printed and never sent."),
            text,
            [problem] if problem else [],
            attributes={"rows": "3", "maxlength": "2000"},
        ),
    ]


def _is_stuck(letter: UUID) -> bool:
    """Whether a numbered letter waits for its drafter: a signature was declined, or its document failed."""
    found = queries.find_document(letter)
    if found is None:
        return False
    return queries.living_document(letter) is None or any(
        one.state is SignatureState.DECLINED for one in found.signatures
    )


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return the way of a letter that was written here; nothing for one that came or that a service issued."""
    letter = reading.content.letter
    if letter.drafter_post is None:
        return None
    is_drafter = letter.drafter_post == reading.post.uuid
    numbered = letter.state is LetterState.NUMBERED and not letter.signed_by_hand
    return {
        "letter": letter,
        "state_tone": TONES.get(letter.state, ""),
        "lines": route_lines(reading),
        "remarks": remark_lines(reading),
        "remark_fields": remark_fields(),
        "own_step": queries.open_step_of(letter.uuid, reading.post.uuid),
        "may_withdraw": is_drafter and letter.state is LetterState.CIRCULATING,
        "is_stuck": is_drafter and numbered and _is_stuck(letter.uuid),
        "may_put_scan": queries.may_put_scan(reading.post, letter),
        "versions": letter.version,
        "now": reading.now,
    }


PART = Part(template="route", build=build)
