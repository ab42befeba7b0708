"""The organisation as a tree, one unit of it with its posts and its history, and the chart as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from divan.foundation import clock
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.ui.fields import Field
from divan.front.backoffice.duties import ORGANISATION
from divan.front.texts.words import word
from divan.registers.people import queries as people
from divan.registers.people.values import Unit, UnitEvent, UnitKind, UnitNode
from divan_libs.orgchart.values import Chart
from divan_libs.orgchart.writing import write_chart
from divan_libs.persian.text import normalize

WHOLE_TREE = 300
"""So many units are shown at once; of a larger organisation the bodies are, each leading to its own."""

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeLine:
    """A unit as the tree shows it, with what lies in it: alone, or in all that is hidden below it."""

    unit: Unit
    name: str
    depth: int
    kind: str
    posts: int
    held: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """What became of a unit, in words."""

    event: UnitEvent
    said: str
    former: str
    other: str


def _language() -> str:
    return get_language() or "fa"


def tree_lines(nodes: Iterable[UnitNode], language: str, *, above: int = 0) -> list[TreeLine]:
    """Return units as the tree shows them, beginning at a depth."""
    return [
        TreeLine(
            unit=node.unit,
            name=node.unit.name(language),
            depth=min(node.depth - above, 6),
            kind=word("unit-kind", node.unit.kind),
            posts=node.posts,
            held=node.held,
        )
        for node in nodes
    ]


def _bodies(nodes: list[UnitNode]) -> list[UnitNode]:
    """Return the bodies alone, each with the posts of all its units."""
    posts: dict[UUID, list[int]] = {}
    for node in nodes:
        counted = posts.setdefault(node.unit.body_uuid, [0, 0])
        counted[0] += node.posts
        counted[1] += node.held
    return [
        replace(node, posts=posts[node.unit.uuid][0], held=posts[node.unit.uuid][1])
        for node in nodes
        if node.unit.kind is UnitKind.BODY
    ]


@access(ORGANISATION)
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """Show the organisation as a tree, or the units that a search finds by their names now or formerly."""
    now, language = clock.now(), _language()
    looked_for = normalize(request.GET.get("q", ""))[:80]
    nodes = people.list_tree(now)
    if looked_for:
        found = {one.uuid for one in people.search_units(looked_for)}
        shown = [
            UnitNode(unit=n.unit, depth=0, parent=n.parent, posts=n.posts, held=n.held)
            for n in nodes
            if n.unit.uuid in found
        ]
    else:
        shown = nodes if len(nodes) <= WHOLE_TREE else _bodies(nodes)
    search = Field(
        "q", "search", _("Find a unit"), _("By its name now, or one it had before."), looked_for, required=False
    )
    values = {
        "lines": tree_lines(shown, language),
        "search": search,
        "looked_for": looked_for,
        "only_bodies": not looked_for and len(nodes) > WHOLE_TREE,
        "units": len(nodes),
        "posts": sum(node.posts for node in nodes),
        "held": sum(node.held for node in nodes),
    }
    return render(request, "backoffice/organisation/tree.html", values)


@access(ORGANISATION)
@require_safe
def unit(request: HttpRequest, unit: UUID) -> HttpResponse:
    """Show a body or unit: what it is, its posts and who holds them, what stands below it, and what became of it.

    :raises UnitUnknown: if there is none.
    """
    now, language = clock.now(), _language()
    found = people.get_unit_by_uuid(unit)
    nodes = people.list_tree(now, body=unit) if found.closed_at is None else []
    posts = people.list_posts_of_unit(unit)
    holders = people.holders_of([one.uuid for one in posts], now)
    above = people.find_units([nodes[0].parent]) if nodes and nodes[0].parent else {}
    values = {
        "unit": found,
        "name": found.name(language),
        "kind": word("unit-kind", found.kind),
        "level": word("unit-level", found.level),
        "above": [(one.uuid, one.name(language)) for one in above.values()],
        "below": tree_lines(nodes[1:], language, above=1),
        "posts": [(one, one.title(language), holders.get(one.uuid)) for one in posts],
        "events": [_event_line(one, language) for one in people.list_unit_events(unit)],
        "successors": [(one.uuid, one.name(language)) for one in people.successors_of(unit, now)],
        "predecessors": [(one.uuid, one.name(language)) for one in people.predecessors_of(unit)],
    }
    return render(request, "backoffice/organisation/unit.html", values)


def _event_line(event: UnitEvent, language: str) -> EventLine:
    former = event.name_en if language == "en" and event.name_en else event.name_fa
    other = event.other.name(language) if event.other else ""
    return EventLine(event=event, said=word("unit-event", event.kind), former=former, other=other)


@access(ORGANISATION)
@require_safe
def export(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view)
    """Give the standing units and posts as a workbook that the import reads; who holds them stays here."""
    standing = people.read_standing_chart()
    book = write_chart(Chart(units=standing.units, posts=standing.posts))
    return bytes_answer(book, name="chart.xlsx", media_type=WORKBOOK, download=True)
