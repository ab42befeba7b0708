"""Bodies and units change: they are renamed, moved, merged, split and closed; what they were stays known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.foundation.locks import hold
from divan.registers.people import models, queries
from divan.registers.people.values import (
    POST_CHANGED,
    UNIT_CHANGED,
    UNIT_EVENT_RECORDED,
    Decision,
    PostUnknown,
    Unit,
    UnitClosed,
    UnitEventKind,
    UnitKind,
    UnitOccupied,
    UnitUnfit,
    UnitUnknown,
)
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import normalize

LONGEST_NAME = 200
LONGEST_BASIS = 300


@transaction.atomic
def rename_unit(*, unit: UUID, name_fa: str, name_en: str, decision: Decision, actor: Actor, now: datetime) -> Unit:
    """Give a body or unit another name from a day on; the former one stays findable.

    :raises UnitUnknown, UnitClosed: if there is none, or it was closed.
    :raises UnitUnfit: without a name, a legal basis, or for a day to come.
    """
    row = _standing(unit)
    decision = _fitting(decision, now)
    names = " ".join(normalize(name_fa).split()), " ".join(normalize(name_en).split())
    if not names[0] or max(map(len, names)) > LONGEST_NAME:
        raise UnitUnfit(reason="name")
    if names != (row.name_fa, row.name_en):
        record_unit_event(
            row,
            UnitEventKind.RENAMED,
            decision,
            names=(row.name_fa, row.name_en),
            actor=actor,
            now=now,
        )
        row.name_fa, row.name_en = names
        row.save(update_fields=["name_fa", "name_en"])
        facts.record(UNIT_CHANGED, subject=row, actor=actor, at=now, code=row.code, became=UnitEventKind.RENAMED)
    return queries.get_unit(row.code)


@transaction.atomic
def move_unit(*, unit: UUID, parent: UUID | None, decision: Decision, actor: Actor, now: datetime) -> Unit:
    """Put a body or unit below another one; the units below it go with it. A body may stand below none.

    :raises UnitUnknown, UnitClosed: if one of the two is not there, or was closed.
    :raises UnitUnfit: below itself, below none, without a legal basis, or for a day to come.
    """
    hold("people.chart")
    row = _standing(unit)
    above = _standing(parent) if parent is not None else None
    _move(row, above, _fitting(decision, now), actor=actor, now=now)
    return queries.get_unit(row.code)


@transaction.atomic
def move_posts(*, posts: Sequence[UUID], unit: UUID, actor: Actor, now: datetime) -> None:
    """Put posts into another unit; their holders go with them.

    :raises PostUnknown: if one of them is not in the tree.
    :raises UnitUnknown, UnitClosed: if the unit is not there, or was closed.
    """
    hold("people.chart")
    target = _standing(unit)
    rows = list(models.Post.objects.select_for_update().filter(uuid__in=list(posts)).order_by("id"))
    if len(rows) != len(set(posts)):
        raise PostUnknown
    _move_posts(rows, target, actor=actor, now=now)


@transaction.atomic
def close_unit(*, unit: UUID, successors: Sequence[UUID] = (), decision: Decision, actor: Actor, now: datetime) -> None:
    """Close a body or unit, and name who does its work from then on: nobody, one, or several after a split.

    Vacant posts stay in it as they were.

    :raises UnitUnknown, UnitClosed: if it or a successor is not there, or was closed.
    :raises UnitOccupied: while somebody holds a post in it, or a unit stands below it.
    :raises UnitUnfit: if it were its own successor, without a legal basis, or for a day to come.
    """
    hold("people.chart")
    row = _standing(unit)
    _close(row, [_standing(one) for one in dict.fromkeys(successors)], _fitting(decision, now), actor=actor, now=now)


@transaction.atomic
def merge_unit(*, unit: UUID, into: UUID, decision: Decision, actor: Actor, now: datetime) -> Unit:
    """Let a unit go up in another one: its posts with their holders and the units below it go over, and it closes.

    :raises UnitUnknown, UnitClosed: if one of the two is not there, or was closed.
    :raises UnitUnfit: into itself or into a unit below it, without a legal basis, or for a day to come.
    """
    hold("people.chart")
    row, target = _standing(unit), _standing(into)
    decision = _fitting(decision, now)
    if target.pk == row.pk or _stands_below(target, row):
        raise UnitUnfit(reason="below-itself")
    _move_posts(models.Post.objects.select_for_update().filter(unit=row).order_by("id"), target, actor=actor, now=now)
    for below in models.Unit.objects.select_for_update().filter(parent=row, closed_at=None).order_by("id"):
        _move(below, target, decision, actor=actor, now=now)
    power_may_fail("unit.before-closing")
    _close(row, [target], decision, actor=actor, now=now)
    return queries.get_unit(target.code)


def record_unit_event(
    row: models.Unit,
    kind: UnitEventKind,
    decision: Decision,
    *,
    names: tuple[str, str] = ("", ""),
    other: models.Unit | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Write down what becomes of a unit, in the running transaction."""
    event = models.UnitEvent.objects.create(
        uuid=uuid4(),
        unit=row,
        kind=kind,
        effective_on=decision.effective_on,
        legal_basis=decision.legal_basis,
        name_fa=names[0],
        name_en=names[1],
        other=other,
        recorded_at=now,
    )
    facts.record(UNIT_EVENT_RECORDED, subject=event, actor=actor, at=now, unit=row.uuid, became=kind)


def keep_bodies(moved: Iterable[models.Unit]) -> None:
    """Give the units below those that moved the body in which they now are; ``body`` follows from the tree."""
    waiting = list(moved)
    while waiting:
        above = waiting.pop()
        for row in models.Unit.objects.filter(parent=above).exclude(kind=UnitKind.BODY):
            if row.body_id != above.body_id:
                row.body_id = above.body_id
                row.save(update_fields=["body"])
                waiting.append(row)


def _standing(unit: UUID) -> models.Unit:
    row = models.Unit.objects.select_for_update(of=("self",)).filter(uuid=unit).first()
    if row is None:
        raise UnitUnknown
    if row.closed_at is not None:
        raise UnitClosed(name=row.name_fa)
    return row


def _fitting(decision: Decision, now: datetime) -> Decision:
    basis = " ".join(normalize(decision.legal_basis).split())
    if not basis or len(basis) > LONGEST_BASIS:
        raise UnitUnfit(reason="legal-basis")
    if decision.effective_on > now.astimezone(TEHRAN).date():
        raise UnitUnfit(reason="day")
    return Decision(effective_on=decision.effective_on, legal_basis=basis)


def _stands_below(row: models.Unit, above: models.Unit) -> bool:
    return models.Unit.objects.filter(pk=row.pk, pk__in=queries.subtree_ids(above.uuid)).exists()


def _move(row: models.Unit, above: models.Unit | None, decision: Decision, *, actor: Actor, now: datetime) -> None:
    if above is None and row.kind != UnitKind.BODY:
        raise UnitUnfit(reason="no-parent")
    if above is not None and _stands_below(above, row):
        raise UnitUnfit(reason="below-itself")
    if row.parent_id == (above.pk if above else None):
        return
    record_unit_event(row, UnitEventKind.MOVED, decision, other=row.parent, actor=actor, now=now)
    row.parent = above
    if row.kind != UnitKind.BODY and above is not None:
        row.body_id = above.body_id
    row.save(update_fields=["parent", "body"])
    keep_bodies([row])
    facts.record(UNIT_CHANGED, subject=row, actor=actor, at=now, code=row.code, became=UnitEventKind.MOVED)


def _move_posts(rows: Iterable[models.Post], target: models.Unit, *, actor: Actor, now: datetime) -> None:
    for post in rows:
        if post.unit_id != target.pk:
            post.unit = target
            post.save(update_fields=["unit"])
            facts.record(POST_CHANGED, subject=post, actor=actor, at=now, code=post.code)


def _close(
    row: models.Unit, successors: Sequence[models.Unit], decision: Decision, *, actor: Actor, now: datetime
) -> None:
    if any(one.pk == row.pk for one in successors):
        raise UnitUnfit(reason="successor")
    held = models.Membership.objects.filter(post__unit=row).exclude(ends_at__lte=now)
    posts = sorted(set(held.values_list("post__title_fa", flat=True)))
    below = models.Unit.objects.filter(parent=row, closed_at=None).order_by("id").values_list("name_fa", flat=True)
    if posts or below:
        raise UnitOccupied(posts="، ".join(posts) or "–", units="، ".join(below) or "–")
    record_unit_event(row, UnitEventKind.CLOSED, decision, actor=actor, now=now)
    for successor in successors:
        record_unit_event(row, UnitEventKind.SUCCEEDED, decision, other=successor, actor=actor, now=now)
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    facts.record(UNIT_CHANGED, subject=row, actor=actor, at=now, code=row.code, became=UnitEventKind.CLOSED)
