"""Which posts keep which secretariats."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence import models
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


FURNISHERS = "furnishers"
CREST = "crest"
"""Settings of a central secretariat: the posts that furnish for its body, and the file of the body's crest."""

PARAPH_EDITS = "paraph_edits"
"""Setting of a secretariat: whether who paraphs or signs may change the words of a letter on its way."""


def furnishers_in(settings: Mapping[str, object]) -> list[str] | None:
    """Return the posts that were named to furnish, or None where nobody was asked to name any."""
    named = settings.get(FURNISHERS)
    return [str(one) for one in named] if isinstance(named, list) else None


def may_edit_on_the_way(settings: Mapping[str, object]) -> bool:
    """Whether who paraphs or signs letters of a secretariat may change their words; they may unless it says not."""
    return bool(settings.get(PARAPH_EDITS, True))


def may_furnish(post: Post) -> bool:
    """Whether a post writes templates, groups and entries of outside for its body.

    Who is in charge of the secretariats does, and the posts that they named; until they named any, the clerks do.
    """
    if heads_body(post):
        return True
    known = list_secretariats(post.unit.body_code)
    named = furnishers_in(known[0].settings) if known and known[0].central else None
    return post.role == SECRETARIAT_ROLE if named is None else str(post.uuid) in named


def crest_in(settings: Mapping[str, object]) -> UUID | None:
    """Return the file of the crest that settings of a central secretariat name, or None."""
    named = settings.get(CREST)
    return UUID(str(named)) if named else None


def crest_of(body: UUID) -> UUID | None:
    """Return the file of the crest on the letters of a body, or None."""
    settings = models.Secretariat.objects.filter(body__uuid=body, central=True, closed_at=None)
    return crest_in(settings.values_list("settings", flat=True).first() or {})


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
