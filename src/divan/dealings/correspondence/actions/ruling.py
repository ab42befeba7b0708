"""How far letters are referred in a body: its rule, and the exceptions of two posts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.referring import acting_post, clean_words
from divan.dealings.correspondence.values import (
    REFERRAL_EXCEPTION_SET,
    REFERRAL_RULE_SET,
    ReasonMissing,
    ReferralAgainstChart,
    ReferralNotPossible,
    ReferralRule,
    ReferralUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people

MOST_DAYS = 60


def _body_row(body: UUID) -> Any:
    # The room of people's models is shut to other contexts; the row is reached through the foreign key.
    units: Any = models.ReferralRule._meta.get_field("body").related_model
    return units._default_manager.get(uuid=body)


def _body_in_charge(actor: Actor, now: datetime) -> UUID:
    """Return the body whose rule an actor may set.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises ReferralUnknown: for whoever is not in charge of the body's secretariats.
    """
    post = acting_post(actor, now)
    if not queries.heads_body(post):
        raise ReferralUnknown
    return post.unit.body_uuid


@transaction.atomic
def set_referral_rule(*, rule: ReferralRule, actor: Actor, now: datetime) -> None:
    """Decide for the own body how far letters are referred in it and after how many days a follow-up goes on.

    :raises ReferralUnknown: for whoever is not in charge of the body's secretariats.
    :raises ReferralNotPossible: with days that are none.
    """
    body = _body_in_charge(actor, now)
    if not (1 <= rule.remind_days <= MOST_DAYS and 0 <= rule.escalate_days <= MOST_DAYS):
        raise ReferralNotPossible(reason="days")
    values = {
        "upward": rule.upward,
        "sideways": rule.sideways,
        "leading": [list(roles) for roles in rule.leading],
        "remind_days": rule.remind_days,
        "escalate_days": rule.escalate_days,
        "set_by": actor.uuid,
        "set_at": now,
    }
    row, _ = models.ReferralRule.objects.update_or_create(
        body=_body_row(body), defaults=values, create_defaults={"uuid": uuid4(), **values}
    )
    facts.record(REFERRAL_RULE_SET, subject=row, actor=actor, at=now)


@transaction.atomic
def except_referral(*, from_post: UUID, to_post: UUID, allowed: bool, reason: str, actor: Actor, now: datetime) -> UUID:
    """Let one post of the own body refer to another against the chart, or forbid it; an earlier exception ends.

    :raises ReferralUnknown: for whoever is not in charge of the body's secretariats.
    :raises ReferralAgainstChart: of posts that are not both of the own body, or are one.
    :raises ReasonMissing: without a reason.
    """
    body = _body_in_charge(actor, now)
    both = people.find_posts([from_post, to_post])
    if from_post == to_post or {one.unit.body_uuid for one in both.values()} != {body} or len(both) < 2:
        raise ReferralAgainstChart(posts=[to_post])
    words = clean_words(reason)
    if not words:
        raise ReasonMissing
    earlier = models.ReferralException.objects.select_for_update().filter(from_post=from_post, to_post=to_post)
    for row in earlier.filter(ends_at=None):
        _end(row, actor, now)
    row = models.ReferralException.objects.create(
        uuid=uuid4(),
        body=_body_row(body),
        from_post=from_post,
        to_post=to_post,
        allowed=allowed,
        reason=words[:500],
        granted_by=actor.uuid or from_post,
        starts_at=now,
    )
    facts.record(REFERRAL_EXCEPTION_SET, subject=row, actor=actor, at=now, allowed=allowed)
    return row.uuid


@transaction.atomic
def end_referral_exception(*, exception: UUID, actor: Actor, now: datetime) -> None:
    """End an exception of the own body.

    :raises ReferralUnknown: for whoever is not in charge, or if there is none in force.
    """
    body = _body_in_charge(actor, now)
    rows = models.ReferralException.objects.select_for_update(of=("self",)).filter(body__uuid=body, ends_at=None)
    row = rows.filter(uuid=exception).first()
    if row is None:
        raise ReferralUnknown
    _end(row, actor, now)


def _end(row: models.ReferralException, actor: Actor, now: datetime) -> None:
    row.ends_at = now
    row.save(update_fields=["ends_at"])
    facts.record(REFERRAL_EXCEPTION_SET, subject=row, actor=actor, at=now, ends=True)
