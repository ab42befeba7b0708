"""What one does with a line of the worklist from the list itself, by the kind of what it speaks of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions.answering import read_referrals, recall_referral, report_referral, take_note
from divan.dealings.correspondence.actions.following_up import close_follow_up, note_escalation
from divan.dealings.correspondence.actions.worklist import mark_read
from divan.dealings.correspondence.values import (
    BACK_LINE,
    ESCALATION_LINE,
    FOLLOW_UP_LINE,
    REFERRAL_LINE,
    LineStays,
    WorkItem,
    WorkUnknown,
)
from divan.foundation.actors import Actor


def _own_line(work: UUID, actor: Actor) -> WorkItem:
    """Return an open line of the actor's post.

    :raises WorkUnknown: if there is none.
    """
    line = queries.get_work(work)
    if line.post_uuid != actor.post:
        raise WorkUnknown
    return line


@transaction.atomic
def read_line(*, work: UUID, actor: Actor, now: datetime) -> None:
    """Mark a line of the own post read; a referral that was marked so cannot be recalled any more.

    :raises WorkUnknown: if there is no such open line in the actor's worklist.
    """
    line = _own_line(work, actor)
    if line.about_kind == REFERRAL_LINE:
        read_referrals(letter=queries.get_referral(line.about_uuid).letter, actor=actor, now=now)
    mark_read(work=work, actor=actor, now=now)


@transaction.atomic
def close_line(*, work: UUID, report: str, closing: str, actor: Actor, now: datetime) -> None:
    """Deal with a line from the list: report on a referral, take note of what came back, close a follow-up.

    :raises WorkUnknown: if there is no such open line in the actor's worklist.
    :raises LineStays: for what is decided or signed on a page of its own.
    :raises ReasonMissing: where words are needed and none were given.
    """
    line = _own_line(work, actor)
    if line.about_kind == REFERRAL_LINE:
        report_referral(referral=line.about_uuid, report=report, closing=closing, actor=actor, now=now)
    elif line.about_kind == BACK_LINE:
        take_note(referral=line.about_uuid, actor=actor, now=now)
    elif line.about_kind == FOLLOW_UP_LINE:
        close_follow_up(follow_up=line.about_uuid, closing=report, actor=actor, now=now)
    elif line.about_kind == ESCALATION_LINE:
        note_escalation(escalation=line.about_uuid, actor=actor, now=now)
    else:
        raise LineStays


@transaction.atomic
def recall_line(*, work: UUID, actor: Actor, now: datetime) -> None:
    """Recall, from the list of what one referred, the referral that a line of another post brought there.

    :raises WorkUnknown: if there is no such open line.
    :raises LineStays: for what is no referral of a letter.
    """
    line = queries.get_work(work)
    if line.about_kind != REFERRAL_LINE:
        raise LineStays
    recall_referral(referral=line.about_uuid, actor=actor, now=now)
