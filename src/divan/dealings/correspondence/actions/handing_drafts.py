"""Drafts, paraphs and signatures, and follow-ups that wait in silence, go to another post with its worklist."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.reading import note_reader
from divan.dealings.correspondence.actions.worklist import move_work
from divan.dealings.correspondence.values import (
    FOLLOW_UP_MOVED,
    LetterState,
    LineStays,
    ReceiverNotCleared,
    StepState,
    WorkItem,
    kinds,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people.values import Post

WRITTEN = (LetterState.DRAFT, LetterState.CIRCULATING, LetterState.NUMBERED)
"""States in which a letter is still its drafter's to change, withdraw or let be signed anew."""


def move_line(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Hand a line to another post, with who had it and why, in the running transaction."""
    move_work(
        about_uuid=line.about_uuid,
        post=taker.uuid,
        sender_fa=giver.title_fa,
        sender_en=giver.title_en,
        note=reason,
        due_at=line.due_at,
        actor=actor,
        now=now,
    )


def give_letter(letter: models.Letter, taker: Post, now: datetime) -> None:
    """Let a post have a letter, in the running transaction.

    :raises ReceiverNotCleared: if its clearance does not open the letter.
    """
    if queries.posts_not_cleared(queries.get_letter(letter.uuid), [taker.uuid], now):
        raise ReceiverNotCleared(posts=[taker.uuid])
    note_reader(letter, taker.uuid, now)


def move_draft(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Give a draft that was returned, or a numbered letter that waits for its drafter, to another post to write on.

    :raises LineStays: if the giver does not write it any more.
    :raises ReceiverNotCleared: if the clearance of the taker does not open it.
    """
    hand_draft(line.about_uuid, giver, taker, actor=actor, now=now)
    move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def hand_draft(letter: UUID, giver: Post, taker: Post, *, actor: Actor, now: datetime) -> None:
    """Let a letter that is being written be written on in another post; who wrote it first stays known."""
    row = models.Letter.objects.select_for_update(of=("self",)).get(uuid=letter)
    if row.drafter_post != giver.uuid or row.state not in WRITTEN:
        raise LineStays
    give_letter(row, taker, now)
    row.drafter_post = taker.uuid
    row.save(update_fields=["drafter_post"])
    facts.record(kinds.DRAFT_HANDED_OVER, subject=row, actor=actor, at=now, before=giver.uuid, post=taker.uuid)


def move_step(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Let another post paraph or sign in the turn of the giver.

    A letter whose first signature was given names its signers: the taker is then offered to let all sign anew.

    :raises LineStays: if it does not wait any more, or the taker has the same to do on this letter.
    :raises ReceiverNotCleared: if the clearance of the taker does not open it.
    """
    hand_step(line.about_uuid, giver, taker, actor=actor, now=now)
    move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def hand_step(step: UUID, giver: Post, taker: Post, *, actor: Actor, now: datetime) -> None:
    """Put another post on the route of a letter in place of the giver; the letter's row is locked first, as always."""
    known = models.LetterStep.objects.select_related("letter").get(uuid=step)
    letter = models.Letter.objects.select_for_update(of=("self",)).get(id=known.letter_id)
    row = models.LetterStep.objects.select_for_update(of=("self",)).get(id=known.id)
    row.letter = letter
    taken = models.LetterStep.objects.filter(letter=letter, round=row.round, kind=row.kind, post_uuid=taker.uuid)
    if row.state not in {StepState.OPEN, StepState.WAITING} or row.post_uuid != giver.uuid or taken.exists():
        raise LineStays
    give_letter(letter, taker, now)
    row.post_uuid = taker.uuid
    row.save(update_fields=["post_uuid"])
    facts.record(
        kinds.STEP_HANDED_OVER,
        subject=row,
        actor=actor,
        at=now,
        letter=letter.uuid,
        before=giver.uuid,
        post=taker.uuid,
    )


def hand_follow_up(follow_up: UUID, giver: Post, taker: Post, *, actor: Actor, now: datetime) -> None:
    """Let what a post wants of a letter be wanted by another post."""
    row = models.FollowUp.objects.select_for_update(of=("self",)).select_related("letter").get(uuid=follow_up)
    if row.closed_at is not None or row.post_uuid != giver.uuid:
        raise LineStays
    give_letter(row.letter, taker, now)
    row.post_uuid = taker.uuid
    row.save(update_fields=["post_uuid"])
    facts.record(FOLLOW_UP_MOVED, subject=row, actor=actor, at=now, before=giver.uuid, post=taker.uuid)


Handing = Callable[[Post, Post, Actor, datetime], None]


def next_in_silence(post: UUID, stayed: Collection[UUID]) -> tuple[UUID, Handing] | None:
    """Return the next thing of a post that no line of its worklist speaks of, and how it goes to another post; or None.

    Those are drafts, steps of routes whose turn has not come, and follow-ups whose day has not come.
    """
    drafts = models.Letter.objects.filter(drafter_post=post, state__in=WRITTEN).exclude(uuid__in=stayed)
    if (draft := drafts.order_by("id").values_list("uuid", flat=True).first()) is not None:
        return draft, lambda giver, taker, actor, now: hand_draft(draft, giver, taker, actor=actor, now=now)
    steps = models.LetterStep.objects.filter(post_uuid=post, state=StepState.WAITING).exclude(uuid__in=stayed)
    if (step := steps.order_by("id").values_list("uuid", flat=True).first()) is not None:
        return step, lambda giver, taker, actor, now: hand_step(step, giver, taker, actor=actor, now=now)
    wanted = models.FollowUp.objects.filter(post_uuid=post, closed_at=None).exclude(uuid__in=stayed)
    if (follow_up := wanted.order_by("id").values_list("uuid", flat=True).first()) is not None:
        return follow_up, lambda giver, taker, actor, now: hand_follow_up(follow_up, giver, taker, actor=actor, now=now)
    return None
