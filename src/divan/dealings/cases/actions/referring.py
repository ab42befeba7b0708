"""Referring: an instruction to a colleague with a deadline, and the answer back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.stepping import require_seat
from divan.dealings.cases.queries.dossier import referral_of
from divan.dealings.cases.values import (
    CASE_REFERRED,
    REFERRAL_ANSWERED,
    CaseState,
    NotYourTask,
    Referral,
    ReferralNotPossible,
)
from divan.dealings.correspondence import actions as worklist
from divan.dealings.correspondence.values import NewWork
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import Post, SubstituteScope
from divan_libs.persian.text import normalize


@transaction.atomic
def refer_task(
    *, task: UUID, to_post: UUID, instruction: str, due_at: datetime | None, actor: Actor, now: datetime
) -> Referral:
    """Refer a task to another post of the same body, with an instruction and a deadline; the task stays one's own.

    :raises NotYourTask: if the actor does not hold the task's post now.
    :raises TaskDone: if the step is over.
    :raises ReferralNotPossible: to oneself, to another body, without an instruction, or into the past.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    rules.require_waiting(waiting.closed_at)
    rules.require_in_hands(CaseState(row.state))
    require_seat(waiting, actor, now)
    sender, receiver = people.get_post(waiting.post_uuid), people.get_post(to_post)
    wording = normalize(instruction)
    if (
        not wording
        or receiver.uuid == sender.uuid
        or receiver.unit.body_uuid != sender.unit.body_uuid
        or (due_at and due_at <= now)
    ):
        raise ReferralNotPossible
    referral = models.Referral.objects.create(
        uuid=uuid4(),
        task=waiting,
        from_post=sender.uuid,
        to_post=receiver.uuid,
        instruction=wording,
        due_at=due_at,
        sent_at=now,
    )
    facts.record(CASE_REFERRED, subject=referral, actor=actor, at=now, case=row.uuid, to=receiver.uuid)
    worklist.give_work(post=receiver.uuid, work=_work_of(row, referral, sender), actor=actor, now=now)
    return referral_of(referral)


def _work_of(row: models.Case, referral: models.Referral, sender: Post) -> NewWork:
    """Return the line of the worklist that brings a referral to its receiver."""
    package = catalogue.get_package(row.version.uuid)
    step = referral.task.step
    return NewWork(
        about_kind=referral.subject_kind,
        about_uuid=referral.uuid,
        case_uuid=row.uuid,
        number=row.number or "",
        title_fa=package.text("card.title", "fa"),
        title_en=package.text("card.title", "en"),
        step_fa=package.text(f"steps.{step}.title", "fa"),
        step_en=package.text(f"steps.{step}.title", "en"),
        sender_fa=sender.title_fa,
        sender_en=sender.title_en,
        note=referral.instruction,
        due_at=referral.due_at,
        from_post=sender.uuid,
    )


@transaction.atomic
def answer_referral(*, referral: UUID, answer: str, actor: Actor, now: datetime) -> Referral:
    """Answer a referral once; the answer stands on the case for whoever referred it.

    :raises NotYourTask: if the actor does not hold the post it went to.
    :raises ReferralNotPossible: if it was answered or recalled, or the answer is empty.
    """
    row = models.Referral.objects.select_for_update(of=("self",)).select_related("task").filter(uuid=referral).first()
    if row is None:
        raise ReferralNotPossible
    seated = {person.uuid for person in people.seated_in(row.to_post, now, SubstituteScope.CASES)}
    rules.require_holder(actor, post=row.to_post, holder=actor.uuid if actor.uuid in seated else None)
    wording = normalize(answer)
    if row.answered_at or row.recalled_at or not wording:
        raise ReferralNotPossible
    if actor.uuid is None:
        raise NotYourTask
    row.answer, row.answered_by, row.answered_at = wording, actor.uuid, now
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    facts.record(REFERRAL_ANSWERED, subject=row, actor=actor, at=now)
    worklist.finish_work(about_uuid=row.uuid, actor=actor, now=now)
    return referral_of(row)
