"""Recusing: an officer who has an interest in a case says so and hands the step on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models, queries, rules
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.actions.stepping import require_seat
from divan.dealings.cases.actions.tasks import work_of
from divan.dealings.cases.queries.dossier import case_of, task_of
from divan.dealings.cases.values import LONGEST_NOTE, TASK_RECUSED, CaseState, RecusalNotPossible, Task
from divan.dealings.correspondence import actions as worklist
from divan.dealings.correspondence.values import WorkUnknown
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.catalogue import queries as catalogue
from divan.registers.people import queries as people
from divan.registers.people.values import Post, SubstituteScope
from divan_libs.persian.text import normalize
from divan_libs.servicepack import flow_rules


@transaction.atomic
def recuse(*, task: UUID, reason: str, actor: Actor, now: datetime) -> Task:
    """Hand a step on to the next holder that its silence names, or to the next superior in the tree of units.

    The holder may not decide in this case.

    The clock runs on: an interest of the office's own must not cost the applicant time. The person does not act in
    this case any more, in whatever post.

    :raises TaskDone: if somebody has acted.
    :raises NotYourTask: if the actor neither holds the step's post nor stands in for its holder.
    :raises CaseNotOpen: if the case does not wait for an officer.
    :raises RecusalNotPossible: if no reason is given, or nobody else can take the step.
    """
    row = locked_case(queries.get_task(task).case)
    waiting = models.Task.objects.select_for_update().get(uuid=task)
    rules.require_waiting(waiting.closed_at)
    rules.require_in_hands(CaseState(row.state))
    require_seat(waiting, actor, now)
    wording = normalize(reason)
    if not wording or len(wording) > LONGEST_NOTE:
        raise RecusalNotPossible(reason="reason" if not wording else "too-long")
    if actor.uuid is None:
        raise RecusalNotPossible(reason="nobody-else")
    before, (successor, escalations) = people.get_post(waiting.post_uuid), _successor(row, waiting, actor.uuid, now)
    recusal = models.Recusal.objects.create(
        uuid=uuid4(),
        case=row,
        task=waiting,
        person=actor.uuid,
        from_post=before.uuid,
        to_post=successor.uuid,
        reason=wording,
        declared_at=now,
    )
    waiting.post_uuid, waiting.escalations = successor.uuid, escalations
    waiting.save(update_fields=["post_uuid", "escalations"])
    facts.record(TASK_RECUSED, subject=recusal, actor=actor, at=now, before=before.uuid, post=successor.uuid)
    facts.record(TASK_RECUSED, subject=waiting, actor=actor, at=now, before=before.uuid, post=successor.uuid)
    _move_work(row, waiting, before, successor, actor=actor, now=now)
    return task_of(waiting)


def _successor(row: models.Case, waiting: models.Task, person: UUID, now: datetime) -> tuple[Post, int]:
    """Return who takes a step on, and how far silence has come with it: the next holder whom nothing keeps out.

    Where silence names nobody who can, it is the next superior in the tree of units: no interest may stop a case.

    :raises RecusalNotPossible: if there is none.
    """
    package = catalogue.get_package(row.version.uuid)
    holders = flow_rules.step_of(package, waiting.step).owned.silence.to
    barred = {person, row.applicant.uuid, *models.Recusal.objects.filter(case=row).values_list("person", flat=True)}
    for position in range(waiting.escalations, len(holders)):
        post = queries.responsible_post(case_of(row), package, holders[position], now)
        seated = {one.uuid for one in people.seated_in(post.uuid, now, SubstituteScope.CASES)} if post else set()
        if post is not None and post.uuid != waiting.post_uuid and seated - barred:
            return post, position + 1
    for post in people.superiors_of(waiting.post_uuid):
        if {one.uuid for one in people.seated_in(post.uuid, now, SubstituteScope.CASES)} - barred:
            return post, waiting.escalations
    raise RecusalNotPossible(reason="nobody-else")


def _move_work(
    row: models.Case, waiting: models.Task, before: Post, successor: Post, *, actor: Actor, now: datetime
) -> None:
    try:
        worklist.move_work(
            about_uuid=waiting.uuid,
            post=successor.uuid,
            sender_fa=before.title_fa,
            sender_en=before.title_en,
            note="",
            due_at=waiting.due_at,
            actor=actor,
            now=now,
        )
    except WorkUnknown:
        # What waits for the outside is on nobody's worklist before its clock runs out.
        work = work_of(row, catalogue.get_package(row.version.uuid), waiting, sender=before, note="")
        worklist.give_work(post=successor.uuid, work=work, actor=actor, now=now)
