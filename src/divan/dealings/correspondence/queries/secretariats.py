"""Which posts keep which secretariats."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence.queries.letters import SECRETARIAT_ROLE, clearance_of
from divan.dealings.correspondence.queries.registers import central_secretariat, list_secretariats
from divan.dealings.correspondence.values import Secrecy, Secretariat
from divan.registers.people import queries as people
from divan.registers.people.values import Post

HEAD_ROLES = frozenset(
    {"secretariat-head", "governor", "director", "ict-director", "county-head", "district-head", "village-head"}
)
"""Role codes of who is in charge of a body's secretariats: what these may do besides, no clerk may."""


def heads_body(post: Post) -> bool:
    """Whether a post is in charge of the secretariats of its body."""
    return post.role in HEAD_ROLES


def secretariats_kept_by(post: Post) -> list[Secretariat]:
    """Return the open secretariats that a post keeps: that of its own unit, or every one of its body.

    Whoever sits in a unit with a secretariat of its own keeps that one; whoever is in charge, or sits in the central
    one, keeps them all. Other posts keep none.
    """
    if post.role != SECRETARIAT_ROLE and not heads_body(post):
        return []
    known = list_secretariats(post.unit.body_code)
    if heads_body(post):
        return known
    own = [one for one in known if one.unit_uuid == post.unit.uuid and not one.central]
    return own or known


def clerk_of(secretariat: Secretariat, secrecy: Secrecy, at: datetime) -> Post | None:
    """Return the post at whose worklist something arrives that a secretariat has to do.

    The clerk of its unit comes before those of the body, and both before who is in charge; the first whose clearance
    opens it. If no clearance does, it is who is in charge: they see that something waits, and can clear a post.
    """
    posts = people.list_posts_of_body(secretariat.body_code)
    clerks = [post for post in posts if post.role == SECRETARIAT_ROLE]
    clerks.sort(key=lambda post: post.unit.uuid != secretariat.unit_uuid)
    heads = sorted((post for post in posts if heads_body(post)), key=lambda post: post.unit.uuid != post.unit.body_uuid)
    for post in (*clerks, *heads):
        if clearance_of(post.uuid, at).rank >= secrecy.rank:
            return post
    return next(iter((*heads, *clerks)), None)


def keeps(post: Post, secretariat: UUID) -> bool:
    """Whether a post keeps a secretariat."""
    return any(one.uuid == secretariat for one in secretariats_kept_by(post))


def secretariat_for(post: Post) -> Secretariat:
    """Return the secretariat that numbers what a post writes: that of its own unit, or the central one of its body.

    :raises SecretariatUnknown: if the body has none.
    """
    own = [one for one in list_secretariats(post.unit.body_code) if one.unit_uuid == post.unit.uuid]
    return own[0] if own else central_secretariat(post.unit.body_uuid)


def backdating_roles(secretariat: Secretariat) -> frozenset[str]:
    """Return the roles that may register under an earlier day: the secretariat's setting, else who is in charge."""
    said = secretariat.settings.get("backdating")
    return frozenset(map(str, said)) if isinstance(said, list) else HEAD_ROLES
