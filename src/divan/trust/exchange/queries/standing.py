"""For whom somebody acts at the exchange."""

from __future__ import annotations

from uuid import UUID

from divan.foundation.actors import Actor, ActorKind
from divan.registers.people import queries as people
from divan.trust.exchange import models, rules
from divan.trust.exchange.queries.looks import own_member
from divan.trust.exchange.queries.membership import subsystem_of
from divan.trust.exchange.values import DataService, Subsystem
from divan.trust.exchange.values.control import Group, NotYours, Standing

OFFICER_ROLES = rules.OFFICER_ROLES
_OF_THE_MACHINE = frozenset({ActorKind.SYSTEM, ActorKind.OPERATOR})


def standing_of(actor: Actor) -> Standing:
    """Return for whom an actor acts: by the post in use, as it stands in the tree at this moment.

    The centre is whoever integrates in the body that this installation is at the exchange; the machine itself is too.
    """
    if actor.kind in _OF_THE_MACHINE:
        return Standing(is_centre=True, person=None)
    if not actor.is_staff or actor.post is None:
        return Standing()
    post = people.get_post(actor.post)
    ours = models.Member.objects.filter(address=own_member()).values_list("body__uuid", flat=True).first()
    return Standing(
        is_centre=post.role in rules.CENTRE_ROLES and ours in (None, post.unit.body_uuid),
        is_officer=post.role in rules.OFFICER_ROLES,
        body=post.unit.body_uuid,
        person=actor.uuid,
        post=actor.post,
    )


def body_of(member: models.Member) -> UUID | None:
    """Return which body of the tree a member is, or None for one from outside."""
    return member.body.uuid if member.body else None


def require_centre(actor: Actor) -> Standing:
    """Refuse everybody but the centre.

    :raises NotYours: for anybody else.
    """
    standing = standing_of(actor)
    if not standing.is_centre:
        raise NotYours
    return standing


def require_acting_for(actor: Actor, member: models.Member) -> Standing:
    """Refuse who acts neither for this member nor for the centre.

    :raises NotYours: for anybody else.
    """
    standing = standing_of(actor)
    if not standing.acts_for(body_of(member)):
        raise NotYours
    return standing


def list_own_subsystems(actor: Actor) -> list[Subsystem]:
    """Return the subsystems for which an actor may offer and get certificates: of the own body; for the centre, all."""
    standing = standing_of(actor)
    rows = models.Subsystem.objects.select_related("member__body").filter(closed_at=None).order_by("address")
    return [subsystem_of(row) for row in rows if standing.acts_for(body_of(row.member))]


def list_asking_subsystems(actor: Actor) -> list[Subsystem]:
    """Return the subsystems in whose name an actor may ask: of the own body; for the centre, of those from outside."""
    standing = standing_of(actor)
    rows = models.Subsystem.objects.select_related("member__body").filter(closed_at=None).order_by("address")
    return [subsystem_of(row) for row in rows if standing.speaks_for(body_of(row.member))]


def may_offer(data_service: DataService, actor: Actor) -> bool:
    """Whether an actor speaks for the body that offers a data service, or for the centre."""
    row = models.DataService.objects.select_related("provider__member__body").filter(code=data_service.code).first()
    return row is not None and standing_of(actor).acts_for(body_of(row.provider.member))


def may_keep(group: Group, actor: Actor) -> bool:
    """Whether an actor keeps a group: the centre every one, a provider's officers the local ones of it."""
    standing = standing_of(actor)
    row = models.Group.objects.select_related("owner__member__body").filter(address=group.address).first()
    owner = row.owner if row else None
    return standing.is_centre or (owner is not None and standing.is_own(body_of(owner.member)))
