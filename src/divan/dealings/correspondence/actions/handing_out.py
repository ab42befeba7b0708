"""Letters inside one body: their recipients get them into the worklist, without being registered a second time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.answers import note_read_by
from divan.dealings.correspondence.actions.referring import refer_letter
from divan.dealings.correspondence.values import (
    Party,
    PartyKind,
    Recipient,
    RecipientClosed,
    RecipientRole,
    ReferralState,
    Secrecy,
)
from divan.foundation.actors import SYSTEM
from divan.foundation.errors import Refusal
from divan.registers.people import queries as people
from divan.registers.people.values import Post


def stays_inside(letter: models.Letter, party: Party) -> bool:
    """Whether a recipient belongs to the body that wrote the letter."""
    secretariat = queries.secretariat_of_party(party)
    if secretariat is None:
        return False
    return models.Secretariat.objects.filter(uuid=secretariat.uuid, body_id=letter.body_id).exists()


def hand_out(row: models.Dispatch, *, now: datetime) -> None:
    """Refer a letter to its recipient inside the body, from the secretariat that sends it; once.

    :raises RecipientClosed: if the recipient has no post, or the body no clerk who hands it out.
    :raises ReceiverNotCleared: if the recipient is not cleared for the class of the letter.
    """
    recipient = queries.recipient_of(row.recipient)
    receiver = _receiver(recipient.party)
    if receiver is None:
        raise RecipientClosed(successor="–")
    # Asked before the clerk is looked for: of a circular nearly all were handed out together a moment ago.
    waits = models.Referral.objects.filter(letter=row.letter, to_post=receiver.uuid, state=ReferralState.OPEN)
    if not waits.exists():
        _refer(row, [receiver.uuid], recipient, clerk=_clerk(row, now), now=now)


def hand_out_together(rows: Sequence[models.Dispatch], *, now: datetime) -> set[UUID]:
    """Refer a letter to all its recipients inside the body who get it with the same words, each group at once.

    The chart of the body is asked once and not for each of two thousand. Returns the dispatches that came to their
    recipients so; what a group cannot be handed together is left to `hand_out`, which says of each recipient why.
    """
    handed: set[UUID] = set()
    groups: dict[tuple[RecipientRole, str], dict[UUID, models.Dispatch]] = {}
    posts = _posts_of(rows)
    for row in rows:
        recipient = queries.recipient_of(row.recipient)
        receiver = _receiver(recipient.party, posts)
        if receiver is not None:
            groups.setdefault((recipient.role, recipient.text), {}).setdefault(receiver.uuid, row)
    for group in groups.values():
        first = next(iter(group.values()))
        secret = set(queries.posts_not_cleared(queries.get_letter(first.letter.uuid), group, now))
        able = [post for post in group if post not in secret]
        if not able:
            continue
        try:
            clerk = _clerk(first, now)
            with transaction.atomic():
                _refer(first, able, queries.recipient_of(first.recipient), clerk=clerk, now=now)
        except Refusal:
            continue
        handed |= {group[post].uuid for post in able}
    return handed


def _posts_of(rows: Sequence[models.Dispatch]) -> list[Post]:
    """Return the posts of the body that writes a letter, in the order of its tree."""
    bodies = {row.letter.body_id for row in rows}
    units = models.Secretariat.objects.select_related("body").filter(body_id__in=bodies)
    codes = sorted({one.body.code for one in units})
    return [post for code in codes for post in people.list_posts_of_body(code)]


def _clerk(row: models.Dispatch, now: datetime) -> Post:
    """Return who hands a letter out.

    :raises RecipientClosed: if the body has no clerk.
    """
    owner = models.Secretariat.objects.select_related("body", "unit").get(id=row.secretariat_id)
    clerk = queries.clerk_of(queries.secretariat_of(owner), Secrecy(row.letter.secrecy), now)
    if clerk is None:
        raise RecipientClosed(successor="–")
    return clerk


def _refer(row: models.Dispatch, to: Sequence[UUID], recipient: Recipient, *, clerk: Post, now: datetime) -> None:
    """Refer a letter to receivers who get it in one role with one text; the clerk who hands it out has it already."""
    others = [post for post in to if post != clerk.uuid]
    is_copy = recipient.role is RecipientRole.COPY
    if len(others) < len(to):
        note_read_by(row.letter.uuid, clerk, actor=SYSTEM, now=now)
    if others:
        refer_letter(
            letter=row.letter.uuid,
            to_posts=others,
            instruction="information" if is_copy else "action",
            note=recipient.text,
            copy=is_copy,
            from_post=clerk.uuid,
            actor=SYSTEM,
            now=now,
        )


def _receiver(party: Party, posts: Sequence[Post] | None = None) -> Post | None:
    """Return the post that a party means: itself, or who is in charge of a unit, else its first post.

    ``posts`` are those of the body, where many are asked for.
    """
    if party.uuid is None:
        return None
    if party.kind is PartyKind.POST:
        if posts is None:
            return people.find_posts([party.uuid]).get(party.uuid)
        return next((one for one in posts if one.uuid == party.uuid), None)
    if posts is None:
        unit = people.find_units([party.uuid]).get(party.uuid)
        posts = people.list_posts_of_body(unit.body_code) if unit is not None else []
    inside = [one for one in posts if one.unit.uuid == party.uuid]
    return next((one for one in inside if queries.heads_body(one)), inside[0] if inside else None)
