"""Handing a whole worklist over to another post, because a post changes hands or is abolished."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.handing_drafts import (
    give_letter,
    move_draft,
    move_line,
    move_step,
    next_in_silence,
)
from divan.dealings.correspondence.actions.referring import clean_words, require_seated, work_of
from divan.dealings.correspondence.actions.worklist import finish_work, give_work
from divan.dealings.correspondence.values import (
    BACK_LINE,
    ESCALATION_LINE,
    FOLLOW_UP_LINE,
    FOLLOW_UP_MOVED,
    HAND_OVER_ASKED,
    HAND_OVER_ENDED,
    LETTER_REFERRED,
    MOVERS,
    REFERRAL_LINE,
    REFERRAL_REPORTED,
    VACANCY_LINE,
    HandOverNotPossible,
    LetterState,
    LineStays,
    ReferralState,
    WorkItem,
    register_mover,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people
from divan.registers.people.values import Post

BY_ROLE = frozenset({"correspondence.intake", "correspondence.dispatch", "correspondence.dispatch-back"})
"""Kinds of lines that every clerk of the secretariat can deal with: nothing but the line moves."""


@transaction.atomic
def hand_over_worklist(*, from_post: UUID, to_post: UUID, reason: str, actor: Actor, now: datetime) -> UUID:
    """Order that all open lines of a post go to another post of its body; they go one by one, soon after.

    Drafts, later turns on routes and follow-ups of which no line speaks yet go behind them: nothing is left behind.

    The own post's holder orders it, or whoever stands above that post in the chart.

    :raises PostNotHeld: if the actor does not hold the post acted in.
    :raises HandOverNotPossible: to another body or the same post, from a post that is not below the actor's, without a
        reason, or while one from this post is under way.
    """
    if actor.post is None:
        raise HandOverNotPossible
    require_seated(actor, actor.post, now)
    found = people.find_posts([from_post, to_post, actor.post])
    words = clean_words(reason)
    if len({from_post, to_post} & found.keys()) < 2 or not words:
        raise HandOverNotPossible
    giver, taker, own = found[from_post], found[to_post], found[actor.post]
    if giver.unit.body_uuid != taker.unit.body_uuid or not queries.may_hand_over(own, giver):
        raise HandOverNotPossible
    try:
        with transaction.atomic():
            row = models.HandOver.objects.create(
                uuid=uuid4(),
                from_post=from_post,
                to_post=to_post,
                reason=words[:500],
                asked_by=actor.uuid or actor.post,
                asked_at=now,
            )
    except IntegrityError as error:
        raise HandOverNotPossible from error
    facts.record(HAND_OVER_ASKED, subject=row, actor=actor, at=now, before=from_post, post=to_post)
    return row.uuid


def hand_over_next(*, hand_over: UUID, actor: Actor, now: datetime) -> bool:
    """Move the next line of a hand-over, or end it when none is left; return whether there was anything to do.

    One line is one transaction, with how far it has come: after a power cut it goes on with the next.
    """
    with transaction.atomic():
        row = models.HandOver.objects.select_for_update().filter(uuid=hand_over, ended_at=None).first()
        if row is None:
            return False
        lines = models.WorkItem.objects.filter(post_uuid=row.from_post, closed_at=None, id__gt=row.last_id)
        line = lines.order_by("id").first()
        if line is not None:
            _try(row, line.uuid, lambda giver, taker: _move(row, line, giver, taker, actor=actor, now=now))
            row.last_id = line.id
        elif (silent := next_in_silence(row.from_post, _stayed(row))) is not None:
            uuid, hand = silent
            _try(row, uuid, lambda giver, taker: hand(giver, taker, actor, now))
        else:
            row.ended_at = now
        row.save()
        if row.ended_at is not None:
            facts.record(HAND_OVER_ENDED, subject=row, actor=actor, at=now, moved=row.moved, stayed=len(row.stayed))
            finish_work(about_uuid=row.from_post, actor=actor, now=now)
        power_may_fail("hand-over.after-line")
        return True


def _stayed(row: models.HandOver) -> list[UUID]:
    return [UUID(one["line"]) for one in row.stayed]


def _try(row: models.HandOver, uuid: UUID, move: Callable[[Post, Post], None]) -> None:
    """Move one thing, or note that it stays and why."""
    posts = people.find_posts([row.from_post, row.to_post])
    try:
        with transaction.atomic():
            move(posts[row.from_post], posts[row.to_post])
    except Refusal as refusal:
        row.stayed = [*row.stayed, {"line": str(uuid), "code": refusal.code}]
    else:
        row.moved += 1


def _move(
    row: models.HandOver, line: models.WorkItem, giver: Post, taker: Post, *, actor: Actor, now: datetime
) -> None:
    # Somebody may have dealt with it in this very moment: then it is refused here, and named as gone.
    item = queries.get_work(line.uuid)
    mover = MOVERS.get(line.about_kind)
    if mover is None:
        raise LineStays
    mover(line=item, giver=giver, taker=taker, reason=row.reason, actor=actor, now=now)


def _move_among_clerks(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    if taker.role != giver.role or queries.clearance_of(taker.uuid, now).rank < line.secrecy.rank:
        raise LineStays
    move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def _move_referral(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Refer the letter on from the one post to the other, and end the one's referral: the tree tells what happened."""
    old = models.Referral.objects.select_related("letter").get(uuid=line.about_uuid)
    letter = models.Letter.objects.select_for_update().get(id=old.letter_id)
    old = models.Referral.objects.select_for_update().get(id=old.id)
    if old.state != ReferralState.OPEN:
        raise LineStays
    give_letter(letter, taker, now)
    has_it = models.Referral.objects.filter(letter=letter, to_post=taker.uuid, state=ReferralState.OPEN).exists()
    if not has_it:
        new = models.Referral.objects.create(
            uuid=uuid4(),
            letter=letter,
            parent=old,
            from_post=giver.uuid,
            to_post=taker.uuid,
            sent_by=actor.uuid,
            instruction=old.instruction,
            note=old.note,
            secret=old.secret,
            hidden=old.hidden,
            copy=old.copy,
            sent_at=now,
            due_at=old.due_at,
            state=ReferralState.OPEN,
        )
        facts.record(LETTER_REFERRED, subject=new, actor=actor, at=now, letter=letter.uuid, to=taker.uuid)
        work = work_of(queries.get_letter(letter.uuid), new, giver)
        give_work(post=taker.uuid, work=work, actor=actor, now=now)
        _point_follow_ups(old, new, actor, now)
    old.state, old.report, old.ended_by, old.ended_at = ReferralState.DONE, reason, actor.uuid, now
    old.save()
    facts.record(REFERRAL_REPORTED, subject=old, actor=actor, at=now, letter=letter.uuid, handed_over=True)
    finish_work(about_uuid=old.uuid, actor=actor, now=now)


def _point_follow_ups(old: models.Referral, new: models.Referral, actor: Actor, now: datetime) -> None:
    """Let what was wanted of the one who had the letter be wanted of the one who has it now."""
    for row in models.FollowUp.objects.select_for_update().filter(referral=old, closed_at=None):
        row.referral = new
        row.save(update_fields=["referral"])
        facts.record(FOLLOW_UP_MOVED, subject=row, actor=actor, at=now)


def _move_answer(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    referral = models.Referral.objects.select_related("letter").get(uuid=line.about_uuid)
    give_letter(referral.letter, taker, now)
    move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def _move_follow_up(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    told = line.about_kind == ESCALATION_LINE
    rows = models.FollowUp.objects.select_for_update(of=("self",)).select_related("letter")
    row = rows.get(escalation_uuid=line.about_uuid) if told else rows.get(uuid=line.about_uuid)
    give_letter(row.letter, taker, now)
    if told:
        row.escalated_to = taker.uuid
    else:
        row.post_uuid = taker.uuid
    row.save(update_fields=["escalated_to", "post_uuid"])
    facts.record(FOLLOW_UP_MOVED, subject=row, actor=actor, at=now, before=giver.uuid, post=taker.uuid)
    move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def _move_letter(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Move a letter that waits for its drafter, or among the clerks who file it."""
    written = models.Letter.objects.filter(uuid=line.about_uuid, drafter_post=giver.uuid, state=LetterState.NUMBERED)
    move = move_draft if written.exists() else _move_among_clerks
    move(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


for _kind in BY_ROLE:
    register_mover(_kind, _move_among_clerks)
register_mover("correspondence.letter", _move_letter)
register_mover("correspondence.step", move_step)
register_mover("correspondence.draft", move_draft)
register_mover(REFERRAL_LINE, _move_referral)
register_mover(BACK_LINE, _move_answer)
register_mover(FOLLOW_UP_LINE, _move_follow_up)
register_mover(ESCALATION_LINE, _move_follow_up)
register_mover(VACANCY_LINE, move_line)
