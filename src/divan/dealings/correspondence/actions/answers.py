"""Which recipients inside the house read and answered a letter: noted at the letter, whoever else has it by now."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import (
    RECIPIENT_ANSWERED,
    RECIPIENT_READ,
    Direction,
    PartyKind,
    ReferralState,
    RelationKind,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.registers.people.values import Post


def _meant_by(letter: UUID, post: Post) -> QuerySet[models.Recipient]:
    """Return the recipients of a letter that mean a post: itself, its unit, or its body where it is that of no unit."""
    unit = Q(party_kind__in=(PartyKind.UNIT, PartyKind.BODY), party_uuid=post.unit.uuid)
    own = Q(party_kind=PartyKind.POST, party_uuid=post.uuid)
    return models.Recipient.objects.select_for_update().filter(own | unit, letter__uuid=letter).order_by("position")


@transaction.atomic
def note_recipient_read(*, referral: UUID, actor: Actor, now: datetime) -> None:
    """Note at a letter of the house that its recipient read it: whoever got it referred opened it.

    Inside the own body that is the letter itself, at another body of the house the one that sent it. For a letter that
    did not come through the house, and for one that was read before, do nothing.
    """
    row = models.Referral.objects.select_related("letter").filter(uuid=referral).first()
    if row is None:
        return
    if row.letter.direction != Direction.INCOMING:
        post = people.find_posts([row.to_post]).get(row.to_post)
        if post is not None:
            note_read_by(row.letter.uuid, post, actor=actor, now=now)
        return
    intake = models.Intake.objects.filter(letter_id=row.letter_id, dispatch_uuid__isnull=False).first()
    if intake is not None and intake.dispatch_uuid is not None:
        sent = models.Dispatch.objects.filter(uuid=intake.dispatch_uuid).values("recipient_id")
        for one in models.Recipient.objects.select_for_update().filter(id__in=sent):
            _note_read(one, actor=actor, now=now)


def note_read_by(letter: UUID, post: Post, *, actor: Actor, now: datetime) -> None:
    """Note that a post read a letter, at each recipient that means it, in the running transaction."""
    for row in _meant_by(letter, post):
        _note_read(row, actor=actor, now=now)


def _note_read(row: models.Recipient, *, actor: Actor, now: datetime) -> None:
    if row.read_at is None:
        row.read_at = now
        row.save(update_fields=["read_at"])
        facts.record(RECIPIENT_READ, subject=row, actor=actor, at=now)


@transaction.atomic
def note_recipient_reported(*, referral: UUID, actor: Actor, now: datetime) -> None:
    """Note that a recipient inside the body answered by a report on its referral; who got a copy owes no answer."""
    row = models.Referral.objects.select_related("letter").filter(uuid=referral).first()
    if row is None or row.copy or row.state != ReferralState.DONE or row.letter.direction == Direction.INCOMING:
        return
    post = people.find_posts([row.to_post]).get(row.to_post)
    if post is not None:
        _note_answered(row.letter.uuid, post, None, actor=actor, now=now)


@transaction.atomic
def note_inside_answer(*, letter: UUID, actor: Actor, now: datetime) -> None:
    """Note at the letters of the own body that a letter answers that its writer or signer answered them.

    What comes from other bodies is noted when it is registered there as a letter that answers.
    """
    row = models.Letter.objects.filter(uuid=letter).exclude(direction=Direction.INCOMING).first()
    if row is None:
        return
    relations = models.Relation.objects.filter(letter=row, kind=RelationKind.ANSWERS, other__body_id=row.body_id)
    asked = relations.exclude(other__direction=Direction.INCOMING).values_list("other__uuid", flat=True)
    posts = people.find_posts([one for one in (row.signer_post, row.drafter_post) if one is not None])
    for other in list(asked):
        for post in posts.values():
            _note_answered(other, post, row.uuid, actor=actor, now=now)


def _note_answered(letter: UUID, post: Post, answer: UUID | None, *, actor: Actor, now: datetime) -> None:
    for row in _meant_by(letter, post):
        if row.answered_at is None:
            row.answered_by, row.answered_at = answer, now
            row.save(update_fields=["answered_by", "answered_at"])
            facts.record(RECIPIENT_ANSWERED, subject=row, actor=actor, at=now, answer=answer)
