"""What tests of referrals stand on: an incoming letter in the register of a body, and officers who hand it on."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.actions.numbering import give_number
from divan.dealings.correspondence.tests.offices import BODY, central
from divan.dealings.correspondence.values import LETTER_NUMBERED, Direction, LetterState, Secrecy
from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people import queries as people


def officer(world, code: str) -> Actor:
    """Return the holder of a post of the province, by the code of the post, acting in it."""
    post = people.get_post_by_code(code)
    holder = people.holder_of(post.uuid, world.now)
    return Actor(
        kind=ActorKind.STAFF, uuid=holder.uuid, post=post.uuid, duties=frozenset({post.role}), unit=post.unit.uuid
    )


@transaction.atomic
def incoming(world, *, subject: str = "درخواست مجوز", secrecy: Secrecy = Secrecy.ORDINARY, body: str = BODY) -> UUID:
    """Return an incoming letter of a body that stands in its register."""
    secretariat = central(body)
    register = queries.find_register_for(secretariat.uuid, Direction.INCOMING)
    row = models.Letter(
        uuid=uuid4(),
        body_id=models.Secretariat.objects.get(uuid=secretariat.uuid).body_id,
        secretariat=models.Secretariat.objects.get(uuid=secretariat.uuid),
        direction=Direction.INCOMING,
        subject=subject,
        wording="با سلام",
        recipient="مدیرکل",
        sender={"kind": "outside", "organization": "شرکت نمونه"},
        their_number="۱۲/۳۴",
        received_at=world.now,
        secrecy=secrecy,
        state=LetterState.REGISTERED,
    )
    give_number(row, models.Register.objects.get(uuid=register.uuid), now=world.now)
    row.save()
    facts.record(LETTER_NUMBERED, subject=row, actor=SYSTEM, at=world.now)
    return row.uuid


def refer(world, letter: UUID, sender: str, *receivers: str, **given: object):
    """Refer a letter from the holder of one post to others, by the codes of the posts."""
    return actions.refer_letter(
        letter=letter,
        to_posts=[people.get_post_by_code(code).uuid for code in receivers],
        **{"instruction": "action", **given},
        actor=officer(world, sender),
        now=world.now,
    )


def handed_out(world, *receivers: str, letter: UUID | None = None, **given: object):
    """Return the referrals by which the director hands a letter out that the secretariat referred to them."""
    letter = letter or incoming(world)
    refer(world, letter, "ict-secretariat", "ict-director")
    return refer(world, letter, "ict-director", *receivers, **given)
