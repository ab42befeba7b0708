"""Whom a letter can be written to: posts, units, bodies, groups and parties outside, found by words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import (
    CorrespondentUnknown,
    GroupUnknown,
    Party,
    PartyKind,
    RecipientLine,
    RecipientRole,
    Secrecy,
)
from divan.front.backoffice.letter_drafting import letter_uuid
from divan.registers.people import queries as people
from divan.registers.people.values import Post, Unit, UnitKind

MOST_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody a letter can be written to; ``why_not`` says why not to whom it cannot."""

    key: str
    name: str
    detail: str
    kind: str
    why_not: str = ""


def post_party(post: Post, holder: str) -> Party:
    """Return a post as a letter names it."""
    unit = post.unit
    body = unit.name_fa if unit.uuid == unit.body_uuid else people.get_unit(unit.body_code).name_fa
    department = "" if unit.uuid == unit.body_uuid else unit.name_fa
    return Party(
        kind=PartyKind.POST, uuid=post.uuid, organization=body, department=department, title=post.title_fa, name=holder
    )


def unit_party(unit: Unit) -> Party:
    """Return a body or unit as a letter names it."""
    if unit.kind is UnitKind.BODY:
        return Party(kind=PartyKind.BODY, uuid=unit.uuid, organization=unit.name_fa, code=unit.code)
    body = people.get_unit(unit.body_code)
    return Party(kind=PartyKind.UNIT, uuid=unit.uuid, organization=body.name_fa, department=unit.name_fa)


def find_candidates(
    text: str,
    post: Post,
    now: datetime,
    language: str,
    *,
    is_internal: bool = False,
    secrecy: Secrecy = Secrecy.ORDINARY,
) -> list[Candidate]:
    """Return who fits the words; without words the own body's groups alone, so that a page is quick to read."""
    groups = [one for one in queries.list_groups(post.unit.body_uuid) if not text or text.strip() in one.name]
    found = [
        Candidate(
            key=f"group:{one.uuid}",
            name=one.name,
            detail=_(", ").join(str(member) for member in one.members[:3]),
            kind=_("Group"),
        )
        for one in groups
    ]
    if not text.strip():
        return found
    posts = people.search_posts(text, now, limit=MOST_SHOWN)
    units = people.search_units(text, limit=MOST_SHOWN)
    if is_internal:
        posts = [one for one in posts if one.unit.body_uuid == post.unit.body_uuid]
        units = [one for one in units if one.body_uuid == post.unit.body_uuid and one.kind is not UnitKind.BODY]
    found += [_unit(one, language) for one in units]
    found += _posts(posts, secrecy, now, language)
    if not is_internal:
        found += [
            Candidate(key=f"outside:{one.uuid}", name=str(one.party), detail="", kind=_("Outside"))
            for one in queries.search_correspondents(text)
        ]
    return found


def _unit(unit: Unit, language: str) -> Candidate:
    is_body = unit.kind is UnitKind.BODY
    return Candidate(
        key=f"{'body' if is_body else 'unit'}:{unit.uuid}",
        name=unit.name(language),
        detail="" if is_body else people.get_unit(unit.body_code).name(language),
        kind=_("Body") if is_body else _("Unit"),
    )


def _posts(posts: list[Post], secrecy: Secrecy, now: datetime, language: str) -> list[Candidate]:
    holders = people.holders_of([one.uuid for one in posts], now)
    below = {one.uuid for one in queries.list_uncleared([one.uuid for one in posts], secrecy, now)}
    return [
        Candidate(
            key=f"post:{one.uuid}",
            name=one.title(language),
            detail=_(", ").join(
                (holders[one.uuid].full_name if one.uuid in holders else _("vacant"), one.unit.name(language))
            ),
            kind=_("Post"),
            why_not=_("not cleared for this class of secrecy") if one.uuid in below else "",
        )
        for one in posts
    ]


def lines_of(keys: Iterable[str], role: RecipientRole, post: Post, now: datetime) -> list[RecipientLine]:
    """Return the recipients that were chosen; what is not known any more is left out."""
    lines: list[RecipientLine] = []
    for key in dict.fromkeys(keys):
        kind, _colon, text = key.partition(":")
        uuid = letter_uuid(text)
        if uuid is not None:
            lines += [RecipientLine(party=party, role=role) for party in _parties(kind, uuid, post, now)]
    return lines


def _parties(kind: str, uuid: UUID, post: Post, now: datetime) -> list[Party]:
    if kind == "post":
        known = people.find_posts([uuid])
        holder = people.holder_of(uuid, now)
        return [post_party(known[uuid], holder.full_name if holder else "")] if uuid in known else []
    if kind in {"body", "unit"}:
        units = people.find_units([uuid])
        return [unit_party(units[uuid])] if uuid in units else []
    try:
        if kind == "outside":
            return [queries.get_correspondent(uuid).party]
        if kind == "group":
            return list(queries.get_group(uuid, post).members)
    except (CorrespondentUnknown, GroupUnknown):
        pass
    return []


def typed_party(sent: Mapping[str, str]) -> Party | None:
    """Return somebody who is in no list, as typed, or None where nothing was typed."""
    organization, title, name = (str(sent.get(one, "")).strip()[:200] for one in ("organization", "title", "name"))
    if not (organization or name):
        return None
    kind = PartyKind.OUTSIDE if organization else PartyKind.PERSON
    return Party(kind=kind, organization=organization, title=title, name=name)
