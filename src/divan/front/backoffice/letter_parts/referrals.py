"""The part of a letter's page that tells who has it: the tree of its referrals, and what one may do with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import (
    FollowUp,
    LetterState,
    LetterUnknown,
    Referral,
    ReferralNode,
    ReferralState,
    TermCategory,
)
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.backoffice.letter_referring import term_text
from divan.front.backoffice.people_named import Names
from divan.front.texts.words import word
from divan.registers.people import queries as people

STATE_TONES: Mapping[str, str] = {"open": "info", "done": "good", "refused": "bad", "recalled": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """A referral as the tree shows it, with what stands below it."""

    referral: Referral
    receiver: str
    holder: str
    sender: str
    instruction: str
    state: str
    tone: str
    ended_by: str
    closing: str
    is_own: bool
    has_it: bool
    may_recall: bool
    below: Sequence[Branch]


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A follow-up as the page shows it."""

    follow_up: FollowUp
    of: str
    by: str
    escalated_to: str
    is_own: bool


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return who has the letter and what the visitor may do; nothing where the letter came to them by a case alone."""
    letter = reading.content.letter
    if letter.state in {LetterState.DRAFT, LetterState.CIRCULATING, LetterState.DISCARDED}:
        return None
    try:
        tree = queries.referral_tree(letter.uuid, reading.post, reading.now)
    except LetterUnknown:
        return None
    following = queries.list_follow_ups(letter.uuid, reading.post.uuid)
    known = list(_flat(tree))
    names = _names(known, following, reading)
    own = queries.find_own_referral(letter.uuid, reading.post.uuid)
    is_erased = queries.erased_at(letter.uuid) is not None
    has_it = {one.uuid for one in queries.list_holders(letter.uuid)}
    branches = [_branch(node, reading, names, has_it) for node in tree]
    holders = [one for one in _branches(branches) if one.has_it]
    closable = queries.may_close(letter, reading.post)
    is_closed = letter.state is LetterState.CLOSED
    return {
        "letter": letter,
        "branches": branches,
        "holders": holders,
        "own": own if own is not None and own.state is ReferralState.OPEN else None,
        "following": [_following(one, names, known, reading) for one in following],
        "may_refer": not is_closed and not is_erased and bool(queries.list_receivers(reading.post)),
        "may_follow": not is_closed and not is_erased,
        "may_close": closable and not has_it and letter.state in queries.CLOSABLE,
        "may_reopen": closable and is_closed and not is_erased,
        "now": reading.now,
    }


PART = Part(template="referrals", build=build)


def _flat(nodes: Iterable[ReferralNode]) -> Iterable[Referral]:
    for node in nodes:
        yield node.referral
        yield from _flat(node.below)


def _branches(branches: Iterable[Branch]) -> Iterable[Branch]:
    for one in branches:
        yield one
        yield from _branches(one.below)


def _names(known: Iterable[Referral], following: Iterable[FollowUp], reading: Reading) -> Names:
    persons: set[UUID | None] = set()
    posts: set[UUID | None] = set()
    for one in known:
        posts |= {one.from_post, one.to_post}
        persons |= {one.ended_by, one.ended_for, one.sent_by}
    for wanted in following:
        posts |= {wanted.post, wanted.escalated_to}
    return Names(persons, posts, reading.language)


def _branch(node: ReferralNode, reading: Reading, names: Names, has_it: set[UUID]) -> Branch:
    one = node.referral
    holder = people.holder_of(one.to_post, reading.now) if one.uuid in has_it else None
    ended = names.person(one.ended_by)
    return Branch(
        referral=one,
        receiver=names.post(one.to_post),
        holder=holder.full_name if holder else "",
        sender=names.post(one.from_post),
        instruction=term_text(reading.post, TermCategory.INSTRUCTION, one.instruction, reading.language),
        state=word("letter-referral-state", one.state),
        tone=STATE_TONES[one.state],
        ended_by=names.actor(_acted(one)) if ended else "",
        closing=term_text(reading.post, TermCategory.CLOSING, one.closing, reading.language),
        is_own=reading.post.uuid in {one.to_post, one.from_post},
        has_it=one.uuid in has_it,
        may_recall=one.from_post == reading.post.uuid and one.state is ReferralState.OPEN and one.read_at is None,
        below=[_branch(below, reading, names, has_it) for below in node.below],
    )


def _acted(one: Referral) -> dict[str, str]:
    said = {"uuid": one.ended_by, "on_behalf_of": one.ended_for}
    return {name: str(value) for name, value in said.items() if value is not None}


def _following(one: FollowUp, names: Names, known: Iterable[Referral], reading: Reading) -> Following:
    asked = next((names.post(referral.to_post) for referral in known if referral.uuid == one.referral), "")
    return Following(
        follow_up=one,
        of=asked,
        by=names.post(one.post),
        escalated_to=names.post(one.escalated_to),
        is_own=one.post == reading.post.uuid,
    )
