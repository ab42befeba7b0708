"""The tree of bodies and units: what stands below what, what became of a unit, and who came after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.expressions import RawSQL

from divan.registers.people import models
from divan.registers.people.queries.seats import post_of, posts_with, unit_of, units_with
from divan.registers.people.values import Post, Unit, UnitEvent, UnitEventKind, UnitNode, UnitUnknown
from divan_libs.persian.jalali import TEHRAN

_BELOW = """
    WITH RECURSIVE below AS (
        SELECT id FROM people_unit WHERE uuid = %s
        UNION SELECT one.id FROM people_unit one JOIN below ON one.parent_id = below.id
    ) SELECT id FROM below
"""


def subtree_ids(unit: UUID) -> RawSQL:
    """Return the rows of a unit and of everything below it, as a part of another query."""
    return RawSQL(_BELOW, [str(unit)])  # noqa: S611 (a fixed text; the unit is a parameter)


def list_units_below(unit: UUID) -> list[Unit]:
    """Return a unit and all that stand below it, however deep and whether closed or not, in the order of the tree."""
    return [node.unit for node in _in_order(list(units_with().filter(pk__in=subtree_ids(unit))))]


def get_unit_by_uuid(unit: UUID) -> Unit:
    """Return a body or unit, closed or not.

    :raises UnitUnknown: if there is none.
    """
    row = units_with().filter(uuid=unit).first()
    if row is None:
        raise UnitUnknown
    return unit_of(row)


def list_tree(at: datetime, *, body: UUID | None = None) -> list[UnitNode]:
    """Return the standing units in the order of the tree, all or those of one body, with how many posts lie in each."""
    rows = units_with().filter(closed_at=None)
    if body is not None:
        rows = rows.filter(pk__in=subtree_ids(body))
    posts = dict(models.Post.objects.values_list("unit").annotate(Count("id")))
    now_held = models.Membership.objects.filter(starts_at__lte=at).filter(Q(ends_at=None) | Q(ends_at__gt=at))
    held = dict(now_held.values_list("post__unit").annotate(Count("post", distinct=True)))
    return _in_order(list(rows), posts, held)


def _in_order(
    rows: list[models.Unit], posts: dict[int, int] | None = None, held: dict[int, int] | None = None
) -> list[UnitNode]:
    """Return rows as nodes, each before those below it and beside its own by name."""
    here = {row.pk for row in rows}
    below: dict[int | None, list[models.Unit]] = {}
    for row in sorted(rows, key=lambda one: (one.kind != "body", one.name_fa, one.pk)):
        below.setdefault(row.parent_id if row.parent_id in here else None, []).append(row)
    nodes: list[UnitNode] = []
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        nodes.append(
            UnitNode(
                unit=unit_of(row),
                depth=depth,
                parent=row.parent.uuid if row.parent else None,
                posts=(posts or {}).get(row.pk, 0),
                held=(held or {}).get(row.pk, 0),
            )
        )
        waiting += [(one, depth + 1) for one in reversed(below.get(row.pk, []))]
    return nodes


def list_posts_of_unit(unit: UUID) -> list[Post]:
    """Return the posts that lie in a unit itself, oldest first."""
    return [post_of(row) for row in posts_with().filter(unit__uuid=unit).order_by("id")]


def list_unit_events(unit: UUID) -> list[UnitEvent]:
    """Return what became of a unit, newest first."""
    rows = models.UnitEvent.objects.select_related("other__place", "other__body").filter(unit__uuid=unit)
    return [
        UnitEvent(
            kind=UnitEventKind(row.kind),
            effective_on=row.effective_on,
            legal_basis=row.legal_basis,
            name_fa=row.name_fa,
            name_en=row.name_en,
            other=unit_of(row.other) if row.other else None,
        )
        for row in rows.order_by("-effective_on", "-id")
    ]


def successors_of(unit: UUID, at: datetime) -> list[Unit]:
    """Return who does the work of a closed unit at a moment: its successors, or theirs if they were closed as well.

    A unit that stands has none; so has one that was closed without any.
    """
    row = models.Unit.objects.filter(uuid=unit).first()
    if row is None or row.closed_at is None or row.closed_at > at:
        return []
    day = at.astimezone(TEHRAN).date()
    found: dict[int, models.Unit] = {}
    met, waiting = {row.pk}, [row.pk]
    while waiting:
        rows = units_with().filter(pk__in=_next(waiting, day)).exclude(pk__in=met).order_by("id")
        waiting = []
        for one in rows:
            met.add(one.pk)
            if one.closed_at is None or one.closed_at > at:
                found[one.pk] = one
            else:
                waiting.append(one.pk)
    return [unit_of(one) for one in found.values()]


def _next(units: Iterable[int], day: object) -> Iterable[int]:
    rows = models.UnitEvent.objects.filter(unit__in=list(units), kind=UnitEventKind.SUCCEEDED, effective_on__lte=day)
    return rows.values_list("other", flat=True)


def predecessors_of(unit: UUID) -> list[Unit]:
    """Return the closed units whose work went to a unit, the latest first."""
    rows = models.UnitEvent.objects.select_related("unit__place", "unit__body").filter(
        other__uuid=unit, kind=UnitEventKind.SUCCEEDED
    )
    return [unit_of(row.unit) for row in rows.order_by("-effective_on", "-id")]
