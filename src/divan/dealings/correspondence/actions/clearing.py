"""Clearing posts for classes of secrecy."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.authority import HOUSE, require_in_charge
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.values import CLEARANCE_GRANTED, NotInCharge, Secrecy, SecrecyTooHigh
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import queries as people


@transaction.atomic
def grant_clearance(*, post: UUID, secrecy: Secrecy, reason: str, actor: Actor, now: datetime) -> None:
    """Give a post a clearance from now on; the one it had ends. Granting the ordinary class takes it away.

    :raises PostNotHeld, NotInCharge: if the actor is not in charge of the secretariats of the post's body, or it is
        the actor's own post.
    :raises SecrecyTooHigh: above what the actor may read, or of a post that is cleared for more than that.
    """
    _require_grantable(post, secrecy, actor, now)
    for row in models.Clearance.objects.select_for_update().filter(post_uuid=post, ends_at=None):
        row.ends_at = now
        row.save(update_fields=["ends_at"])
        facts.record(CLEARANCE_GRANTED, subject=row, actor=actor, at=now, secrecy=row.secrecy, ends=True)
    if secrecy is Secrecy.ORDINARY:
        return
    row = models.Clearance.objects.create(
        uuid=uuid4(),
        post_uuid=post,
        secrecy=secrecy,
        reason=reason[:500],
        granted_by=actor.uuid or post,
        starts_at=now,
    )
    facts.record(CLEARANCE_GRANTED, subject=row, actor=actor, at=now, secrecy=secrecy)


def _require_grantable(post: UUID, secrecy: Secrecy, actor: Actor, now: datetime) -> None:
    if actor.kind in HOUSE:
        return
    require_in_charge(actor, people.get_post(post).unit.body_code, now)
    if post == actor.post:
        raise NotInCharge
    readable = queries.readable_by(acting_post(actor, now), now)
    if secrecy not in readable or queries.clearance_of(post, now) not in readable:
        raise SecrecyTooHigh
