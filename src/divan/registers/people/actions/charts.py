"""Taking over an organisation chart, one tree at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.foundation.locks import hold
from divan.registers.people import models, queries
from divan.registers.people.actions.seats import create_post, found_unit, give_post, register_person
from divan.registers.people.actions.units import keep_bodies
from divan.registers.people.values import (
    HOLDING_CHANGED,
    POST_CHANGED,
    POST_LEFT,
    ChartHindered,
    OwnPost,
    PersonUnknown,
    PostTaken,
    PostUnknown,
    UnitKind,
    UnitLevel,
)
from divan_libs.orgchart.values import Chart, HolderRow, Plan, PostRow


@transaction.atomic
def take_over_chart(*, chart: Chart, actor: Actor, now: datetime) -> Plan:
    """Bring units, posts and holders to what a chart says and return what was done; again does nothing.

    What the chart does not name stays as it is. A post whose holder is another one than the chart says is handed over.
    Give one of ``queries.split_chart`` at a time: each is whole or not at all, and what a cut leaves out comes with
    the next run.

    :raises ChartHindered: if the chart contradicts itself or what stands; ``findings`` is how often.
    :raises OwnPost: if it gives a member of staff who takes it over a post, or changes one that they hold.
    """
    hold("people.chart")
    plan = queries.plan_chart(chart, now)
    if plan.hindrances:
        raise ChartHindered(findings=len(plan.hindrances))
    _require_others(plan, actor, now)
    for unit in plan.units:
        found_unit(
            code=unit.code,
            name_fa=unit.name_fa,
            name_en=unit.name_en,
            kind=UnitKind(unit.kind),
            level=UnitLevel(unit.level),
            place_code=unit.place,
            parent_code=unit.parent,
            legal_id=unit.legal_id,
            email=unit.email,
            address_fa=unit.address_fa,
            parent_body_fa=unit.parent_body_fa,
            actor=actor,
            now=now,
        )
    keep_bodies(models.Unit.objects.filter(code__in=[unit.code for unit in plan.units]))
    _bring_posts(plan, actor, now)
    power_may_fail("chart.posts-made")
    _seat(plan, actor, now)
    power_may_fail("chart.holders-seated")
    return plan


def _require_others(plan: Plan, actor: Actor, now: datetime) -> None:
    """See that nobody raises themselves: a member of staff brings no change to their own posts."""
    if not actor.is_staff or actor.uuid is None:
        return
    code = queries.get_person(actor.uuid).national_code
    held = queries.standing_of([code], now)[code].posts
    if any(seating.holder.national_code == code for seating in plan.seatings) or held & {
        one.code for one in plan.posts
    }:
        raise OwnPost


def _bring_posts(plan: Plan, actor: Actor, now: datetime) -> None:
    """Create the posts first and change them afterwards, so that a superior may come later in the chart."""
    for post in plan.posts:
        create_post(
            code=post.code,
            title_fa=post.title_fa,
            title_en=post.title_en,
            role=post.role,
            unit_code=post.unit,
            actor=actor,
            now=now,
        )
    for post in plan.posts:
        change_post(wanted=post, actor=actor, now=now)


@transaction.atomic
def change_post(*, wanted: PostRow, actor: Actor, now: datetime) -> None:
    """Bring a post's titles, role, unit and superior to what a row of a chart says.

    :raises PostUnknown: if the post, its unit or its superior is not in the tree.
    """
    row = models.Post.objects.select_for_update().filter(code=wanted.code).first()
    unit = models.Unit.objects.filter(code=wanted.unit).first()
    superior = models.Post.objects.filter(code=wanted.superior).first() if wanted.superior else None
    if row is None or unit is None or (wanted.superior and superior is None):
        raise PostUnknown(post=wanted.code)
    before = row.subject_state()
    row.title_fa, row.title_en, row.role = wanted.title_fa, wanted.title_en, wanted.role
    row.unit, row.superior = unit, superior
    if row.subject_state() != before:
        row.save(update_fields=["title_fa", "title_en", "role", "unit", "superior"])
        facts.record(POST_CHANGED, subject=row, actor=actor, at=now, code=row.code)


def _seat(plan: Plan, actor: Actor, now: datetime) -> None:
    for person in plan.persons:
        register_person(
            national_code=person.national_code,
            first_name=person.first_name,
            last_name=person.last_name,
            father_name=person.father_name,
            birth_date=person.birth_date,
            mobile=person.mobile,
            actor=actor,
            now=now,
        )
    for seating in plan.seatings:
        holder = seating.holder
        whom, post = _pair(holder)
        hand_over_post(post=post, person=whom, at=seating.at, actor=actor, now=now)
        _number_holding(holder, actor, now)
    for holder in plan.renumbered:
        _number_holding(holder, actor, now)


def _pair(holder: HolderRow) -> tuple[UUID, UUID]:
    person = queries.find_person(holder.national_code)
    if person is None:
        raise PersonUnknown
    return person.uuid, queries.get_post_by_code(holder.post).uuid


@transaction.atomic
def hand_over_post(*, post: UUID, person: UUID, at: datetime, actor: Actor, now: datetime) -> UUID:
    """Seat a person in a post from a moment on; whoever holds it leaves it then. Return the new holding.

    A vacant post is given as it is. Nobody leaves a post at a moment before now.

    :raises PersonUnknown, PostUnknown: if either is not in the register.
    :raises PostTaken: if the person holds it already, or somebody holds it after that moment.
    """
    seat = models.Post.objects.select_for_update().filter(uuid=post).first()
    if seat is None:
        raise PostUnknown
    row = models.Membership.objects.select_related("person").filter(post=seat, ends_at__isnull=True).first()
    if row is not None:
        if row.person.uuid == person or at < now or at <= row.starts_at:
            raise PostTaken
        row.ends_at = at
        row.save(update_fields=["ends_at"])
        facts.record(POST_LEFT, subject=row, actor=actor, at=now, post=post, person=row.person.uuid)
    return give_post(person=person, post=post, starts_at=at, actor=actor, now=now)


def _number_holding(holder: HolderRow, actor: Actor, now: datetime) -> None:
    """Enter the personnel number of a holding; whoever reads facts learns that it changed, not the number."""
    if not holder.personnel_number:
        return
    row = models.Membership.objects.select_for_update().get(post__code=holder.post, ends_at__isnull=True)
    row.personnel_number = holder.personnel_number
    row.save(update_fields=["personnel_number"])
    facts.record(HOLDING_CHANGED, subject=row, actor=actor, at=now)
