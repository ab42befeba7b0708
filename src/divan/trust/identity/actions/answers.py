"""Answers of registers: taken from the exchange by the worker, stored once, and followed by what waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Q

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import actions as people
from divan.registers.people import queries as registers
from divan.trust.identity import models, rules
from divan.trust.identity.actions import challenges
from divan.trust.identity.adapters.registers import CIVIL_REGISTRY, Question
from divan.trust.identity.values import INQUIRY_ANSWERED, InquiryState, Matched, RegisterAnswer, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class DueInquiry:
    """A question that this worker has taken to ask."""

    uuid: UUID
    data_service: str
    question: Question


@transaction.atomic
def take_due_inquiry(now: datetime, data_service: str) -> DueInquiry | None:
    """Take the question that waits longest and keep other workers off it for half a minute; None if nothing is due.

    The lease is committed before the question is sent: no transaction stays open while waiting for the answer.
    """
    row = (
        models.Inquiry.objects.select_for_update(skip_locked=True)
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lte=now))
        .filter(state=InquiryState.ASKED, data_service=data_service, next_attempt_at__lte=now)
        .order_by("next_attempt_at", "id")
        .first()
    )
    if row is None:
        return None
    row.leased_until = now + rules.INQUIRY_LEASE
    row.save(update_fields=["leased_until"])
    post, post_body = _asking_post(row.uuid)
    question = Question(
        national_code=row.national_code,
        parameters=dict(row.parameters),
        purpose=row.purpose,
        message_id=row.message_id,
        on=now.date(),
        post=post,
        post_body=post_body,
    )
    return DueInquiry(uuid=row.uuid, data_service=row.data_service, question=question)


def _asking_post(inquiry: UUID) -> tuple[str, str]:
    """Return title and body of the post in whose act a question was written down; both empty where it was in none."""
    asked = next(iter(facts.of_subjects([inquiry])), None)
    if asked is None or not asked.actor.get("post"):
        return "", ""
    post = registers.get_post(UUID(str(asked.actor["post"])))
    return post.title_fa, post.unit.body_code


@transaction.atomic
def answer_inquiry(*, inquiry: UUID, message_id: str, answer: RegisterAnswer, actor: Actor, now: datetime) -> None:
    """Store what a register answered to a message, or put the question off when asking again may help.

    A late or repeated answer to a message that was dealt with changes nothing.
    """
    row = models.Inquiry.objects.select_for_update().filter(uuid=inquiry).first()
    if row is None or row.state != InquiryState.ASKED or row.message_id != message_id:
        return
    row.attempts += 1
    row.leased_until = None
    if isinstance(answer, Unknown) and answer.again and not rules.has_given_up(row.attempts, row.asked_at, now):
        row.next_attempt_at = now + rules.pause_before_attempt(row.attempts)
        row.message_id = str(uuid4())
        row.save(update_fields=["attempts", "leased_until", "next_attempt_at", "message_id"])
        return
    row.state, row.answered_at = answer.state, now
    row.fields = dict(answer.fields) if isinstance(answer, Matched) else {}
    row.reason = "" if isinstance(answer, Matched) else answer.reason
    row.save()
    facts.record(
        INQUIRY_ANSWERED, subject=row, actor=actor, at=now, about=[row.about_kind, row.about_uuid], state=answer.state
    )
    _follow(row, actor, now)


def _follow(row: models.Inquiry, actor: Actor, now: datetime) -> None:
    if row.about_kind == models.SignInChallenge.subject_kind:
        challenges.settle_owner(row.about_uuid, InquiryState(row.state), now)
    elif row.subject is not None and row.data_service == CIVIL_REGISTRY and row.state == InquiryState.MATCHED:
        # Third parties whom an application names are asked about, but do not enter the register of people by it.
        people.register_person(
            national_code=row.national_code,
            first_name=row.fields["first_name"],
            last_name=row.fields["last_name"],
            father_name=row.fields["father_name"],
            birth_date=date.fromisoformat(row.fields["birth_date"]),
            confirmed_at=now,
            actor=actor,
            now=now,
        )
