"""What letters are written with: templates, groups of recipients, and who is outside and how letters reach them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models
from divan.dealings.correspondence.actions.authority import require_furnisher
from divan.dealings.correspondence.actions.drafting import cleaned
from divan.dealings.correspondence.actions.numbering import unit_row
from divan.dealings.correspondence.values import (
    Channel,
    CorrespondentUnfit,
    CorrespondentUnknown,
    DraftText,
    GroupUnknown,
    NameTaken,
    Party,
    RecipientLine,
    TemplateLines,
    TemplateUnknown,
    kinds,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan_libs.persian.text import latin_digits, normalize, search_text

MOST_READY = 50
"""Recipients that a template names."""

CORRESPONDENT_KINDS = ("organization", "firm", "person")


@transaction.atomic
def write_template(
    *,
    template: UUID | None,
    for_body: bool,
    name: str,
    kind: str,
    text: DraftText,
    letterhead: TemplateLines,
    recipients: Sequence[RecipientLine] = (),
    actor: Actor,
    now: datetime,
) -> UUID:
    """Write a template of the actor's unit, or of the whole body, anew or in place of what it said.

    ``recipients`` are to whom a letter begun from it goes and who gets copies of it, unless its drafter changes them.

    :raises PostNotHeld, FurnishingNotAllowed: if the actor does not hold the post now, or it writes none.
    :raises TemplateUnknown: if there is no such template of unit or body.
    :raises NameTaken: if another has the name there, or there is none.
    """
    post = require_furnisher(actor, now)
    unit = unit_row(post.unit.body_uuid if for_body else post.unit.uuid)
    words, called = cleaned(text), normalize(name)[:200]
    if template is None:
        row = models.Template(uuid=uuid4())
    else:
        found = models.Template.objects.select_for_update().filter(
            uuid=template, ended_at=None, unit__uuid__in={post.unit.uuid, post.unit.body_uuid}
        )
        row = found.first() or models.Template()
        if row.uuid is None:
            raise TemplateUnknown
    taken = models.Template.objects.filter(unit=unit, name=called, ended_at=None).exclude(uuid=row.uuid)
    if not called or taken.exists():
        raise NameTaken(name=called)
    row.unit, row.name, row.kind = unit, called, kind[:40] or "letter"
    row.subject, row.body_html = words.subject, words.body_html
    row.letterhead = {one: getattr(letterhead, one)[:200] for one in letterhead.__slots__ if getattr(letterhead, one)}
    row.copies = [
        {"party": one.party.as_data(), "role": str(one.role), "text": one.text[:500], "hidden": one.hidden}
        for one in recipients[:MOST_READY]
    ]
    row.save()
    facts.record(kinds.TEMPLATE_WRITTEN, subject=row, actor=actor, at=now)
    return row.uuid


@transaction.atomic
def end_template(*, template: UUID, actor: Actor, now: datetime) -> None:
    """Offer a template no more; letters begun from it stay.

    :raises PostNotHeld, FurnishingNotAllowed: if the actor does not hold the post now, or it writes none.
    :raises TemplateUnknown: if there is no such template of unit or body.
    """
    post = require_furnisher(actor, now)
    units = {post.unit.uuid, post.unit.body_uuid}
    row = models.Template.objects.select_for_update(of=("self",)).filter(
        uuid=template, unit__uuid__in=units, ended_at=None
    )
    found = row.first()
    if found is None:
        raise TemplateUnknown
    found.ended_at = now
    found.save(update_fields=["ended_at"])
    facts.record(kinds.TEMPLATE_ENDED, subject=found, actor=actor, at=now)


@transaction.atomic
def write_group(*, group: UUID | None, name: str, members: Sequence[Party], actor: Actor, now: datetime) -> UUID:
    """Write a group of recipients of the actor's body, anew or in place of what it was.

    :raises PostNotHeld, FurnishingNotAllowed: if the actor does not hold the post now, or it writes none.
    :raises GroupUnknown: if the body has no such group.
    :raises NameTaken: if another group of the body has the name, or there is none.
    """
    post, called = require_furnisher(actor, now), normalize(name)[:200]
    rows = models.RecipientGroup.objects.select_for_update(of=("self",))
    rows = rows.filter(body__uuid=post.unit.body_uuid, ended_at=None)
    row = rows.filter(uuid=group).first() if group else models.RecipientGroup(uuid=uuid4())
    if row is None:
        raise GroupUnknown
    if not called or rows.filter(name=called).exclude(uuid=row.uuid).exists():
        raise NameTaken(name=called)
    row.body, row.name = unit_row(post.unit.body_uuid), called
    row.members = [one.as_data() for one in dict.fromkeys(members)]
    row.save()
    facts.record(kinds.GROUP_WRITTEN, subject=row, actor=actor, at=now)
    return row.uuid


@transaction.atomic
def end_group(*, group: UUID, actor: Actor, now: datetime) -> None:
    """Offer a group of recipients no more.

    :raises PostNotHeld, FurnishingNotAllowed: if the actor does not hold the post now, or it writes none.
    :raises GroupUnknown: if the body has no such group.
    """
    post = require_furnisher(actor, now)
    rows = models.RecipientGroup.objects.select_for_update(of=("self",))
    row = rows.filter(uuid=group, body__uuid=post.unit.body_uuid, ended_at=None).first()
    if row is None:
        raise GroupUnknown
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    facts.record(kinds.GROUP_ENDED, subject=row, actor=actor, at=now)


@transaction.atomic
def write_correspondent(
    *,
    correspondent: UUID | None,
    kind: str,
    party: Party,
    legal_id: str,
    channel: str,
    addresses: Mapping[str, str],
    actor: Actor,
    now: datetime,
) -> UUID:
    """Enter somebody outside with the ways by which letters reach them, or bring an entry to what is known now.

    :raises PostNotHeld, FurnishingNotAllowed: if the actor does not hold the post now, or it writes none.
    :raises CorrespondentUnknown: if nobody such is entered, or closed.
    :raises CorrespondentUnfit: without a name (``name``), or with an unknown kind or way, or a way without its address
        (``channel``, ``address``).
    """
    require_furnisher(actor, now)
    row = models.Correspondent(uuid=uuid4(), added_at=now)
    if correspondent is not None:
        found = models.Correspondent.objects.select_for_update(of=("self",)).filter(uuid=correspondent, closed_at=None)
        row = found.first() or models.Correspondent()
        if row.uuid is None:
            raise CorrespondentUnknown
    ways = {way: normalize(address)[:300] for way, address in addresses.items() if normalize(address)}
    _require_reachable(kind, party, channel, ways)
    row.kind, row.legal_id = kind, latin_digits(normalize(legal_id))[:11]
    row.organization, row.department = normalize(party.organization)[:200], normalize(party.department)[:200]
    row.title, row.name, row.code = normalize(party.title)[:200], normalize(party.name)[:200], party.code.strip()[:60]
    row.channel, row.addresses = channel, ways
    names = (row.organization, row.department, row.title, row.name, row.code)
    row.search_text = search_text(" ".join(names), joined=True)
    row.save()
    facts.record(kinds.CORRESPONDENT_WRITTEN, subject=row, actor=actor, at=now)
    return row.uuid


def _require_reachable(kind: str, party: Party, channel: str, ways: Mapping[str, str]) -> None:
    if kind not in CORRESPONDENT_KINDS:
        raise CorrespondentUnfit(reason="kind")
    if not normalize(party.name if kind == "person" else party.organization):
        raise CorrespondentUnfit(reason="name")
    if channel not in {way.value for way in Channel if way.sends} - {Channel.INTERNAL}:
        raise CorrespondentUnfit(reason="channel")
    if channel not in ways and channel not in {Channel.BY_HAND, Channel.COURIER}:
        raise CorrespondentUnfit(reason="address")


@transaction.atomic
def close_correspondent(*, correspondent: UUID, successor: UUID | None, actor: Actor, now: datetime) -> None:
    """Offer somebody outside no more as a recipient; letters to them are told the successor, if there is one.

    :raises PostNotHeld, FurnishingNotAllowed: if the actor does not hold the post now, or it writes none.
    :raises CorrespondentUnknown: if nobody such is entered, or closed before; or the successor is none.
    """
    require_furnisher(actor, now)
    row = (
        models.Correspondent.objects.select_for_update(of=("self",)).filter(uuid=correspondent, closed_at=None).first()
    )
    heir = models.Correspondent.objects.filter(uuid=successor, closed_at=None).first() if successor else None
    if row is None or (successor is not None and (heir is None or heir.id == row.id)):
        raise CorrespondentUnknown
    row.closed_at, row.successor = now, heir
    row.save(update_fields=["closed_at", "successor"])
    facts.record(kinds.CORRESPONDENT_CLOSED, subject=row, actor=actor, at=now)
