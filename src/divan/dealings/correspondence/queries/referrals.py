"""What referrals tell: of a letter as a tree, of a post, and how far a post may refer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from divan.dealings.correspondence import models, rules
from divan.dealings.correspondence.queries.letters import SECRETARIAT_ROLE, clearance_of, letters_for
from divan.dealings.correspondence.queries.worklist import find_open_work
from divan.dealings.correspondence.values import (
    BACK_LINE,
    REFERRAL_LINE,
    Chart,
    Letter,
    LetterState,
    LetterUnknown,
    LineStays,
    Reach,
    Referral,
    ReferralException,
    ReferralNode,
    ReferralRule,
    ReferralState,
    ReferralUnknown,
    Seat,
    Secrecy,
    WorkItem,
)
from divan.registers.people import queries as people
from divan.registers.people.values import Post

CLOSABLE = frozenset({LetterState.REGISTERED, LetterState.DISPATCHED, LetterState.FILED})
"""A letter in one of these states can be closed: it was registered or has gone out."""


def referral_of(row: models.Referral) -> Referral:
    """Return the value of a referral's row; its letter and parent are loaded with it."""
    return Referral(
        uuid=row.uuid,
        letter=row.letter.uuid,
        parent=row.parent.uuid if row.parent else None,
        from_post=row.from_post,
        to_post=row.to_post,
        sent_by=row.sent_by,
        instruction=row.instruction,
        note=row.note,
        secret=row.secret,
        hidden=row.hidden,
        copy=row.copy,
        sent_at=row.sent_at,
        due_at=row.due_at,
        read_at=row.read_at,
        state=ReferralState(row.state),
        report=row.report,
        closing=row.closing,
        ended_by=row.ended_by,
        ended_for=row.ended_for,
        ended_at=row.ended_at,
    )


def referral_rows() -> QuerySet[models.Referral]:
    """Return the referrals with what their values need, nothing hidden."""
    return models.Referral.objects.select_related("letter", "parent")


def get_referral(referral: UUID) -> Referral:
    """Return a referral, whoever asks: doors use :func:`get_referral_for`.

    :raises ReferralUnknown: if there is none.
    """
    row = referral_rows().filter(uuid=referral).first()
    if row is None:
        raise ReferralUnknown
    return referral_of(row)


def get_referral_for(referral: UUID, post: Post, at: datetime) -> Referral:
    """Return a referral to its receiver, its sender, or who took its line over, as long as the letter is for them.

    :raises ReferralUnknown: if there is none, it is between others, or its letter is not for this post: the three are
        not told apart.
    """
    found = get_referral(referral)
    line = find_open_work(referral)
    if post.uuid not in {found.from_post, found.to_post, line.post_uuid if line else None}:
        raise ReferralUnknown
    if not letters_for(post, at).filter(uuid=found.letter).exists():
        raise ReferralUnknown
    return found


def list_referrals(letter: UUID) -> list[Referral]:
    """Return every referral of a letter, oldest first, whoever asks: doors use :func:`referral_tree`."""
    return [referral_of(row) for row in referral_rows().filter(letter__uuid=letter).order_by("id")]


def referral_tree(letter: UUID, post: Post, at: datetime) -> tuple[ReferralNode, ...]:
    """Return the referrals of a letter as a post may see them; what is between two others is withheld.

    :raises LetterUnknown: if the letter is not for this post.
    """
    if not letters_for(post, at).filter(uuid=letter).exists():
        raise LetterUnknown
    return rules.tree_of([_withheld(one, post.uuid) for one in list_referrals(letter)], post.uuid)


def _withheld(one: Referral, viewer: UUID) -> Referral:
    if not one.secret or viewer in {one.from_post, one.to_post}:
        return one
    return replace(one, note="", report="", is_withheld=True)


def list_holders(letter: UUID) -> list[Referral]:
    """Return the open referrals that tell who has a letter now."""
    return rules.holders_of(list_referrals(letter))


def find_own_referral(letter: UUID, post: UUID) -> Referral | None:
    """Return the referral through which a post has a letter: an open one first, else the newest; or None."""
    rows = referral_rows().filter(letter__uuid=letter, to_post=post).exclude(state__in=("recalled", "refused"))
    found = list(rows.order_by("-id"))
    row = next((one for one in found if one.state == "open"), next(iter(found), None))
    return referral_of(row) if row else None


def rule_of(body: UUID) -> ReferralRule:
    """Return how far letters are referred in a body: what it decided, or the defaults."""
    row = models.ReferralRule.objects.filter(body__uuid=body).first()
    if row is None:
        return ReferralRule()
    return ReferralRule(
        upward=row.upward,
        sideways=row.sideways,
        leading=tuple(tuple(roles) for roles in row.leading),
        remind_days=row.remind_days,
        escalate_days=row.escalate_days,
    )


def list_referral_exceptions(body: UUID) -> list[ReferralException]:
    """Return the exceptions of a body that are in force, oldest first."""
    rows = models.ReferralException.objects.filter(body__uuid=body, ends_at=None).order_by("id")
    return [
        ReferralException(
            uuid=row.uuid,
            from_post=row.from_post,
            to_post=row.to_post,
            allowed=row.allowed,
            reason=row.reason,
            starts_at=row.starts_at,
        )
        for row in rows
    ]


def chart_of(body: UUID) -> Chart:
    """Return the chart of a body, with its rule and exceptions."""
    exceptions = {(one.from_post, one.to_post): one.allowed for one in list_referral_exceptions(body)}
    return Chart(above=people.units_above(body), rule=rule_of(body), exceptions=exceptions)


def seat_of(post: Post) -> Seat:
    """Return a post as the chart knows it."""
    return Seat(post=post.uuid, role=post.role, unit=post.unit.uuid, body=post.unit.body_uuid)


def list_receivers(sender: Post) -> list[Post]:
    """Return the posts to which a post may refer a letter, as the chart of its body says, in the order of the tree."""
    chart = chart_of(sender.unit.body_uuid)
    hands_out = sender.role == SECRETARIAT_ROLE
    return [
        one
        for one in people.list_posts_of_body(sender.unit.body_code)
        if rules.may_refer(seat_of(sender), seat_of(one), chart, hands_out=hands_out)
    ]


def list_superiors(post: Post) -> list[Post]:
    """Return who stands above a post in its body, the nearest first, by the roles that lead units there."""
    return people.superiors_of(post.uuid, leading=rule_of(post.unit.body_uuid).leading, inside=True)


def posts_not_cleared(letter: Letter, posts: Iterable[UUID], at: datetime) -> list[UUID]:
    """Return which of these posts have a clearance below the class of a letter; an ordinary one needs none."""
    if letter.secrecy is Secrecy.ORDINARY:
        return []
    return [post for post in posts if clearance_of(post, at).rank < letter.secrecy.rank]


def list_sent_open(post: UUID, *, limit: int = 50, before: int | None = None) -> list[tuple[int, Referral]]:
    """Return what a post referred and nobody has dealt with yet, newest first, each with the key of the next page."""
    rows = referral_rows().filter(from_post=post, state="open")
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [(row.id, referral_of(row)) for row in rows.order_by("-id")[:limit]]


def may_close(letter: Letter, post: Post) -> bool:
    """Whether a post may close a letter: the secretariat of its body, and who began with it.

    Those are its drafter and signer, and the first to whom it was referred.
    """
    if post.role == SECRETARIAT_ROLE and post.unit.body_uuid == letter.body_uuid:
        return True
    roots = [one for one in list_referrals(letter.uuid) if one.parent is None and not one.copy]
    return post.uuid in {letter.drafter_post, *(one.to_post for one in roots), *(one.from_post for one in roots)}


def letter_behind(line: WorkItem) -> UUID:
    """Return the letter that a line of the worklist is about, so that it can be referred from the list.

    :raises LineStays: for a line that is about no letter.
    """
    if line.about_kind == "correspondence.letter":
        return line.about_uuid
    if line.about_kind in {REFERRAL_LINE, BACK_LINE}:
        return get_referral(line.about_uuid).letter
    raise LineStays


def may_hand_over(own: Post, giver: Post) -> bool:
    """Whether a post may hand over the worklist of another: its own, one below it in the tree of the body, or one that
    the organisation chart lets answer to it.
    """
    if own.uuid == giver.uuid:
        return True
    chart = chart_of(own.unit.body_uuid)
    if rules.reach_of(seat_of(own), seat_of(giver), chart) is Reach.DOWN:
        return True
    return own.unit.body_uuid == giver.unit.body_uuid and people.answers_to(giver.uuid, own.uuid)
