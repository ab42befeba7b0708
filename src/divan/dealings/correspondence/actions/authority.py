"""Who may say how a body's secretariats work, and write what letters are written with: asked again in every action."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions.referring import acting_post
from divan.dealings.correspondence.values import FurnishingNotAllowed, NotInCharge
from divan.foundation.actors import Actor, ActorKind
from divan.registers.people.values import Post

HOUSE = frozenset({ActorKind.SYSTEM, ActorKind.OPERATOR})
"""Who founds secretariats and archives before anybody holds a post: the system, and who runs the installation."""


def require_in_charge(actor: Actor, body_code: str, now: datetime) -> None:
    """Refuse whoever is not in charge of the secretariats of a body; the system and who runs the installation are.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises NotInCharge: as said.
    """
    if actor.kind in HOUSE:
        return
    post = acting_post(actor, now)
    if post.unit.body_code != body_code or not queries.heads_body(post):
        raise NotInCharge


def require_keeper(actor: Actor, secretariat: UUID | None, body_code: str, now: datetime) -> None:
    """Refuse whoever does not keep a secretariat: its clerks, and who is in charge of it, do; so do the house's own.

    What is the body's and of none of its secretariats is kept by who keeps any of them.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises NotInCharge: as said.
    """
    if actor.kind in HOUSE:
        return
    kept = queries.secretariats_kept_by(acting_post(actor, now))
    if not any(one.uuid == secretariat or (secretariat is None and one.body_code == body_code) for one in kept):
        raise NotInCharge


def require_furnisher(actor: Actor, now: datetime) -> Post:
    """Return the post of whoever writes templates, groups and entries of outside for its body.

    :raises PostNotHeld: if the actor does not hold the post now.
    :raises FurnishingNotAllowed: for every other post.
    """
    post = acting_post(actor, now)
    if not queries.may_furnish(post):
        raise FurnishingNotAllowed
    return post
