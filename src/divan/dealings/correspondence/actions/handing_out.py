"""Letters inside one body: their recipients get them into the worklist, without being registered a second time."""

from __future__ import annotations

from datetime import datetime

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.referring import refer_letter
from divan.dealings.correspondence.values import (
    Party,
    PartyKind,
    RecipientClosed,
    RecipientRole,
    ReferralState,
    Secrecy,
)
from divan.foundation.actors import SYSTEM
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
    secretariat = queries.secretariat_of(
        models.Secretariat.objects.select_related("body", "unit").get(id=row.secretariat_id)
    )
    receiver = _receiver(recipient.party)
    clerk = queries.clerk_of(secretariat, Secrecy(row.letter.secrecy), now)
    if receiver is None or clerk is None:
        raise RecipientClosed(successor="–")
    waits = models.Referral.objects.filter(letter=row.letter, to_post=receiver.uuid, state=ReferralState.OPEN)
    if waits.exists() or receiver.uuid == clerk.uuid:
        return
    is_copy = recipient.role is RecipientRole.COPY
    refer_letter(
        letter=row.letter.uuid,
        to_posts=[receiver.uuid],
        instruction="information" if is_copy else "action",
        note=recipient.text,
        copy=is_copy,
        from_post=clerk.uuid,
        actor=SYSTEM,
        now=now,
    )


def _receiver(party: Party) -> Post | None:
    """Return the post that a party means: itself, or who is in charge of a unit, else its first post."""
    if party.uuid is None:
        return None
    if party.kind is PartyKind.POST:
        return people.find_posts([party.uuid]).get(party.uuid)
    unit = people.find_units([party.uuid]).get(party.uuid)
    if unit is None:
        return None
    posts = [one for one in people.list_posts_of_body(unit.body_code) if one.unit.uuid == unit.uuid]
    return next((one for one in posts if queries.heads_body(one)), posts[0] if posts else None)
