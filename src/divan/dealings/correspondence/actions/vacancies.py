"""What lies open in a post that nobody holds any more: who stands above it is told, and hands it over."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.actions.worklist import finish_work, give_work
from divan.dealings.correspondence.values import VACANCY_LINE, NewWork, Secrecy, Urgency
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.registers.people import queries as people


@transaction.atomic
def tell_vacancy(*, post: UUID, actor: Actor, now: datetime) -> None:
    """Put a line into the worklist of the nearest superior who is there, if anything lies open in a vacant post.

    Again, or while the post is held or empty of work, nothing happens; so it is where nobody stands above.

    :raises PostUnknown: if there is no such post.
    """
    vacant = people.get_post(post)
    waits = queries.count_open_work([post])[post]
    if not waits or people.holder_of(post, now) is not None or queries.find_open_work(post) is not None:
        return
    above = [one for one in queries.list_superiors(vacant) if queries.may_hand_over(one, vacant)]
    held = people.holders_of([one.uuid for one in above], now)
    superior = next((one for one in above if one.uuid in held), None)
    if superior is None:
        return
    work = NewWork(
        about_kind=VACANCY_LINE,
        about_uuid=post,
        number="",
        title_fa=vacant.title_fa,
        title_en=vacant.title_en or vacant.title_fa,
        step_fa="",
        step_en="",
        sender_fa=vacant.unit.name_fa,
        sender_en=vacant.unit.name("en"),
        urgency=Urgency.ORDINARY,
        secrecy=Secrecy.ORDINARY,
    )
    power_may_fail("vacancy.before-line")
    give_work(post=superior.uuid, work=work, actor=actor, now=now)


@transaction.atomic
def settle_vacancy(*, post: UUID, actor: Actor, now: datetime) -> None:
    """Take the line about a vacant post off the worklist, because somebody holds it or its lines have gone over."""
    finish_work(about_uuid=post, actor=actor, now=now)
