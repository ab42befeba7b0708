"""Steps and referrals of cases go to another post when a whole worklist is handed over."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.cases import models, queries
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.values import REFERRAL_HANDED_OVER, TASK_HANDED_OVER
from divan.dealings.correspondence import actions as worklist
from divan.dealings.correspondence.values import LineStays, WorkItem
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people.values import Post
from divan_libs.servicepack import flow_rules
from divan_libs.servicepack.models import StepKind


def move_task(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Give a step that waits to another post, in the running transaction; its clock runs on.

    :raises LineStays: for a signature: who signs is enrolled, and the post that must sign stays the one that must.
    """
    row = locked_case(queries.get_task(line.about_uuid).case)
    waiting = models.Task.objects.select_for_update().get(uuid=line.about_uuid)
    step = flow_rules.step_of(catalogue.get_package(row.version.uuid), waiting.step)
    if waiting.closed_at is not None or step.kind is StepKind.SIGN:
        raise LineStays
    waiting.post_uuid = taker.uuid
    waiting.save(update_fields=["post_uuid"])
    facts.record(TASK_HANDED_OVER, subject=waiting, actor=actor, at=now, before=giver.uuid, post=taker.uuid)
    _move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def move_referral(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    """Give a referral of a case that waits for its answer to another post, in the running transaction."""
    row = models.Referral.objects.select_for_update().get(uuid=line.about_uuid)
    if row.answered_at is not None or row.recalled_at is not None or row.from_post == taker.uuid:
        raise LineStays
    row.to_post = taker.uuid
    row.save(update_fields=["to_post"])
    facts.record(REFERRAL_HANDED_OVER, subject=row, actor=actor, at=now, before=giver.uuid, post=taker.uuid)
    _move_line(line=line, giver=giver, taker=taker, reason=reason, actor=actor, now=now)


def _move_line(*, line: WorkItem, giver: Post, taker: Post, reason: str, actor: Actor, now: datetime) -> None:
    worklist.move_work(
        about_uuid=line.about_uuid,
        post=taker.uuid,
        sender_fa=giver.title_fa,
        sender_en=giver.title_en,
        note=reason,
        due_at=line.due_at,
        actor=actor,
        now=now,
    )
