"""The lists of Word that are none: paragraphs with a bullet typed before them and a level in their style."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from divan_libs.richtext.documents import Block, Direction, Item, Listing, Runs
from divan_libs.richtext.nodes import Node

_LIST = re.compile(r"l\d+\b")
_LEVEL = re.compile(r"level(\d)")
_NUMBERED = re.compile(r"\s*[(]?[0-9۰-۹٠-٩]{1,3}\s*[.)\-–ـ]|\s*[(]?[A-Za-zآ-ی]{1,4}[.)\-–]")
_LEVELS_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class FakeItem:
    """A paragraph that stands for a point of a list, at its level from 1."""

    runs: Runs
    level: int
    is_ordered: bool
    direction: Direction

    @classmethod
    def of(cls, node: Node, runs: Runs, direction: Direction) -> FakeItem:
        """Return the point that a paragraph stands for; its marker is in the span that Word says to ignore."""
        level = _LEVEL.search(node.style.get("mso-list", ""))
        marker = _marker(node)
        return cls(
            runs=runs,
            level=min(max(int(level[1]), 1), _LEVELS_AT_MOST) if level else 1,
            is_ordered=bool(_NUMBERED.match(marker)),
            direction=direction,
        )


def is_fake_item(style: Mapping[str, str]) -> bool:
    """Say whether a paragraph of this style stands for a point: ``mso-list:l0 level1 lfo1``."""
    return bool(_LIST.match(style.get("mso-list", "")))


def _marker(node: Node) -> str:
    for child in node.elements:
        if child.style.get("mso-list") == "ignore":
            return child.text
        found = _marker(child)
        if found:
            return found
    return ""


def grouped(blocks: Iterable[Block | FakeItem]) -> Iterator[Block]:
    """Yield the blocks with each row of points put together to a list."""
    waiting: list[FakeItem] = []
    for block in blocks:
        if isinstance(block, FakeItem):
            if block.runs:
                waiting.append(block)
            continue
        yield from _lists(waiting)
        waiting = []
        yield block
    yield from _lists(waiting)


def _lists(points: list[FakeItem], *, is_top: bool = True) -> list[Listing]:
    found: list[Listing] = []
    at = 0
    while at < len(points):
        first = points[at]
        items: list[Item] = []
        while at < len(points) and (not items or _goes_on(points[at], first)):
            runs, at = points[at].runs, at + 1
            below = at
            while at < len(points) and points[at].level > first.level:
                at += 1
            items.append(Item(runs, tuple(_lists(points[below:at], is_top=False))))
        found.append(Listing(tuple(items), first.is_ordered, first.direction if is_top else Direction.AUTO))
    return found


def _goes_on(point: FakeItem, first: FakeItem) -> bool:
    return point.level <= first.level and point.is_ordered == first.is_ordered
