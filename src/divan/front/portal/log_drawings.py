"""Drawings of the log, made here and not by a script: how it grew, and one entry's proof as a tree.

A drawing turns with the direction of the page: in Persian, earlier stands to the right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from divan.foundation.ui.numbers import digits, jalali, jalali_time, number
from divan.trust.ledger.values import GrowthPoint, ProofStep, ProvedEntry

WIDTH, HEIGHT, MARGIN = 400, 170, 26
TREE_WIDTH, ROW, RADIUS = 340, 54, 7
MIDDLE, ASIDE = 170, 108
"""Where the path runs, and how far beside it a given hash stands."""

Direction = Literal["rtl", "ltr"]


@dataclass(frozen=True, slots=True)
class _Canvas:
    """A width whose places are mirrored where the page runs from right to left."""

    width: int
    direction: Direction

    def x(self, place: float) -> str:
        """Return a place along the line of reading."""
        return f"{self.width - place if self.direction == 'rtl' else place:.1f}"


def growth_drawing(points: Sequence[GrowthPoint], label: str, direction: Direction) -> SafeString:
    """Return the chart of how the log grew, from its first entry to the newest; empty below two points."""
    if len(points) < 2 or points[-1].at <= points[0].at:
        return SafeString("")
    canvas = _Canvas(WIDTH, direction)
    begun, newest = points[0].at, points[-1]
    seconds = (newest.at - begun).total_seconds()
    said = jalali_time if newest.at - begun < timedelta(days=2) else jalali
    floor = HEIGHT - MARGIN
    places = [
        (
            MARGIN + (WIDTH - 2 * MARGIN) * (one.at - begun).total_seconds() / seconds,
            floor - (floor - MARGIN) * one.size / newest.size,
        )
        for one in points
    ]
    line = " L".join(f"{canvas.x(x)},{y:.1f}" for x, y in places)
    first, last = canvas.x(places[0][0]), canvas.x(places[-1][0])
    return format_html(
        '<svg class="log-drawing" viewBox="0 0 {} {}" role="img" aria-label="{}" direction="{}">'
        '<path class="line" d="M{},{} H{}"/><path class="area" d="M{},{} L{} L{},{} Z"/>'
        '<text x="{}" y="{}" text-anchor="start">{}</text><text x="{}" y="{}" text-anchor="end">{}</text>'
        '<text x="{}" y="{}" text-anchor="end">{}</text></svg>',
        *(WIDTH, HEIGHT, label, direction),
        *(first, floor, last, first, floor, SafeString(line), last, floor),
        *(first, HEIGHT - 8, said(begun, "numeric"), last, HEIGHT - 8, said(newest.at, "numeric")),
        *(last, MARGIN - 10, number(newest.size)),
    )


def proof_drawing(proved: ProvedEntry, label: str, entry: str, root: str, direction: Direction) -> SafeString:
    """Return the proof as a tree: the entry at the foot, the signed root at the top, each given hash on its side.

    :param entry: the word at the foot.
    :param root: the word at the top.
    """
    canvas = _Canvas(TREE_WIDTH, direction)
    height = ROW * (len(proved.steps) + 1) + 40
    foot = height - 26
    parts = [_step(canvas, foot - ROW * place, step) for place, step in enumerate(proved.steps)]
    parts.append(_end(canvas, foot, f"{entry} {digits(proved.index)}", proved.leaf, below=True))
    parts.append(_end(canvas, foot - ROW * len(proved.steps), root, proved.root, below=False))
    return format_html(
        '<svg class="log-drawing log-drawing--tree" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        TREE_WIDTH,
        height,
        label,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _step(canvas: _Canvas, foot: int, step: ProofStep) -> SafeString:
    """Draw one joint: the node on the path and the given hash beside it lead to the next node above."""
    beside = MIDDLE - ASIDE if step.is_earlier else MIDDLE + ASIDE
    top = foot - ROW
    return format_html(
        '<path class="path" d="M{},{} V{}"/><path class="line" d="M{},{} L{},{}"/>'
        '<circle class="node node--path" cx="{}" cy="{}" r="4"/>'
        '<circle class="node node--given" cx="{}" cy="{}" r="{}"/>'
        '<text class="soft" x="{}" y="{}" text-anchor="middle" direction="ltr">{}</text>'
        '<text class="soft" x="{}" y="{}" text-anchor="middle" direction="ltr">{}</text>',
        *(canvas.x(MIDDLE), foot, top, canvas.x(beside), foot - 6, canvas.x(MIDDLE), top),
        *(canvas.x(MIDDLE), foot, canvas.x(beside), foot - 6, RADIUS),
        *(canvas.x(beside), foot + 14, step.hash[:8]),
        *(canvas.x(beside), foot - 18, covered(step)),
    )


def covered(step: ProofStep) -> str:
    """Return over which entries a given hash stands."""
    return digits(step.first) if step.first == step.last else f"{digits(step.first)}–{digits(step.last)}"


def _end(canvas: _Canvas, y: int, word: str, hash_: str, *, below: bool) -> SafeString:
    return format_html(
        '<circle class="node node--path" cx="{}" cy="{}" r="{}"/>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>'
        '<text class="soft" x="{}" y="{}" text-anchor="start" direction="ltr">{}</text>',
        *(canvas.x(MIDDLE), y, RADIUS, f"{MIDDLE:.1f}", y + 22 if below else y - 12, word),
        *(f"{MIDDLE + 12:.1f}", y + 4, hash_[:8]),
    )
