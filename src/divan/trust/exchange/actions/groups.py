"""Groups of subsystems that rights are given to together."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.trust.exchange import models, rules
from divan.trust.exchange.actions.closing import close_group_row
from divan.trust.exchange.actions.membership import require_open
from divan.trust.exchange.actions.publishing import sign_and_hand_out
from divan.trust.exchange.apps import options
from divan.trust.exchange.queries.standing import require_acting_for, require_centre
from divan.trust.exchange.values import SubsystemUnknown
from divan.trust.exchange.values.control import GROUP_REGISTERED, Group, GroupFaulty, GroupUnknown


@transaction.atomic
def register_group(*, group: Group, actor: Actor, now: datetime) -> bool:
    """Enter a group, or bring it to this description, and publish; return whether anything changed.

    A global group is the centre's; a local one belongs to the provider in its address, whose body keeps it.

    :raises AddressFaulty, GroupFaulty: if the address is none of a group here, or it has no name or too many members.
    :raises SubsystemUnknown: if its owner or a member does not take part.
    :raises NotYours: if it is another body's.
    :raises Closed: if it was closed.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    address = rules.require_group(group.address, options().subsystem.partition("/")[0])
    owner = _owner(address.provider.encoded(), actor) if address.provider else None
    if owner is None:
        require_centre(actor)
    members = _members(group)
    encoded = address.encoded()
    row = models.Group.objects.select_for_update().filter(address=encoded).first()
    row = row or models.Group(uuid=uuid4(), address=encoded, owner=owner)
    require_open(row)
    if row.pk and (row.name_fa, row.name_en, row.members) == (group.name_fa, group.name_en, members):
        return False
    added, left = sorted(set(members) - set(row.members)), sorted(set(row.members) - set(members))
    row.name_fa, row.name_en, row.members = group.name_fa, group.name_en, members
    row.save()
    facts.record(GROUP_REGISTERED, subject=row, actor=actor, at=now, address=encoded, added=added, left=left)
    sign_and_hand_out(actor=actor, now=now)
    return True


@transaction.atomic
def close_group(*, group: str, reason: str, actor: Actor, now: datetime) -> None:
    """Close a group, end the rights it had, and publish.

    :raises GroupUnknown, Closed: if there is none.
    :raises NotYours: if it is another body's.
    :raises ReasonMissing: without a reason.
    :raises ExchangeNotPrepared: if the keys of the exchange are missing.
    """
    given = rules.require_reason(reason)
    rows = models.Group.objects.select_for_update(of=("self",)).select_related("owner__member__body")
    row = rows.filter(address=group).first()
    if row is None:
        raise GroupUnknown(group=group)
    if row.owner is None:
        require_centre(actor)
    else:
        require_acting_for(actor, row.owner.member)
    require_open(row)
    close_group_row(row, given, actor, now)
    sign_and_hand_out(actor=actor, now=now)


def _owner(address: str, actor: Actor) -> models.Subsystem:
    row = models.Subsystem.objects.select_related("member__body").filter(address=address, closed_at=None).first()
    if row is None:
        raise SubsystemUnknown(subsystem=address)
    require_acting_for(actor, row.member)
    return row


def _members(group: Group) -> list[str]:
    if not group.name_fa.strip():
        raise GroupFaulty(reason="name")
    members = sorted({rules.require_subsystem(one).encoded() for one in group.members})
    if len(members) > rules.MOST_IN_GROUP:
        raise GroupFaulty(reason="members")
    known = set(models.Subsystem.objects.filter(address__in=members, closed_at=None).values_list("address", flat=True))
    for one in members:
        if one not in known:
            raise SubsystemUnknown(subsystem=one)
    return members
