"""Whether a decision table leaves an input without a row, gives two rows to one, or has a row that nothing reaches.

Each column is cut into elementary segments between which no cell distinguishes, so a row is a box of segments and the
answers are exact, not sampled. What is found comes with an input that shows it. The work is bounded: a table whose
examination needs more steps than ``MAX_STEPS`` is called unfinished, which keeps it from being published as well.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from divan_libs.servicepack.models.cells import Condition, InputType, Span
from divan_libs.servicepack.models.tables import Hit, Rule

MAX_STEPS = 2_000_000
"""Segments and rows looked at in one examination: about a second's work."""

_TRIES = 12
_STRIDE = 3
"""Points tried in a box, and which part of an axis's segments is looked at for one of them."""

MAX_SHOWN = 10
"""Overlaps that are shown; more would be the same mistake again."""

ANOTHER_TEXT = "another text"

Witness = Mapping[str, str]
"""An input by column, written as in a cell."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that a column may have: a span, or texts (``None``: any), and perhaps absent."""

    code: str
    kind: InputType
    span: Span = (None, None)
    texts: tuple[str, ...] | None = None
    may_be_absent: bool = False


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two rows of a table that allows one, and an input to which both apply."""

    first: int
    second: int
    witness: Witness


@dataclass(frozen=True, slots=True)
class Analysis:
    """What was found; rows are told by their index.

    ``falls_through`` is an input to which no row applies. ``unreachable`` are rows that never count: no value of the
    domain fits them, or earlier rows of a ``first`` table take everything. ``unfinished`` means that the bound on work
    was met before everything was proved; what was found until then stands.
    """

    falls_through: Witness | None = None
    overlaps: tuple[Overlap, ...] = ()
    unreachable: tuple[int, ...] = ()
    unfinished: bool = False


class _TooMuchWork(Exception):
    """The bound on steps was met."""


@dataclass(slots=True)
class _Budget:
    left: int

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _TooMuchWork


def analyse(
    hit: Hit, domains: Sequence[Domain], rules: Sequence[Rule], *, must_be_complete: bool, max_steps: int = MAX_STEPS
) -> Analysis:
    """Examine the rows of one version of a table over the domains of its inputs."""
    axes = [
        _Axis(domain, [dict(rule).get(index) for rule in rules], len(rules)) for index, domain in enumerate(domains)
    ]
    grid = _Grid(axes, len(rules), _Budget(max_steps))
    unreachable = [row for row in range(len(rules)) if any(axis.masks[row] == 0 for axis in axes)]
    overlaps: list[Overlap] = []
    falls_through = None
    try:
        overlaps = list(_overlaps(grid, MAX_SHOWN if hit is Hit.UNIQUE else 1))
        if must_be_complete:
            hole = grid.hole([axis.all for axis in axes], grid.every_row, disjoint=not overlaps)
            falls_through = grid.witness(hole) if hole is not None else None
        if hit is Hit.FIRST and overlaps:
            unreachable += [row for row in range(len(rules)) if row not in unreachable and _is_hidden(grid, row)]
        overlaps = overlaps if hit is Hit.UNIQUE else []
    except _TooMuchWork:
        shown = tuple(overlaps) if hit is Hit.UNIQUE else ()
        return Analysis(falls_through, shown, tuple(sorted(unreachable)), unfinished=True)
    return Analysis(falls_through, tuple(overlaps), tuple(sorted(unreachable)))


def _overlaps(grid: _Grid, most: int) -> Iterator[Overlap]:
    shown = 0
    for row in range(grid.rows):
        box = [axis.masks[row] for axis in grid.axes]
        later = (grid.every_row >> (row + 1)) << (row + 1)
        for axis, mask in zip(grid.axes, box, strict=True):
            later &= axis.meeting(mask)
        grid.budget.spend(len(grid.axes))
        for other in _bits(later):
            common = [mask & axis.masks[other] for axis, mask in zip(grid.axes, box, strict=True)]
            yield Overlap(row, other, grid.witness(common))
            shown += 1
            if shown == most:
                return


def _is_hidden(grid: _Grid, row: int) -> bool:
    """Return whether earlier rows take everything that a row applies to."""
    return grid.hole([axis.masks[row] for axis in grid.axes], (1 << row) - 1, disjoint=False) is None


class _Axis:
    """One column: its segments, and for each row the mask of the segments in which its cell holds."""

    def __init__(self, domain: Domain, conditions: Sequence[Condition | None], rows: int) -> None:
        self.domain = domain
        self.values = self._segments([condition for condition in conditions if condition is not None])
        self.all = (1 << len(self.values)) - 1
        known: dict[Condition | None, int] = {None: self.all}
        self.masks = []
        for condition in conditions:
            if condition not in known:
                known[condition] = self._mask(condition)  # type: ignore[arg-type]  # None is known from the beginning
            self.masks.append(known[condition])
        self._meeting: dict[int, int] = {}
        self._covering: dict[int, int] = {}
        self._rows = rows

    def _segments(self, conditions: list[Condition]) -> list[int | str | None]:
        """Return one value for each segment; the absent one is last."""
        absent: list[int | str | None] = [None] if self.domain.may_be_absent else []
        if self.domain.kind is InputType.TEXT:
            mentioned = {text for condition in conditions for text in condition.texts}
            texts = self.domain.texts
            return [*(texts if texts is not None else (*sorted(mentioned), ANOTHER_TEXT)), *absent]
        low, high = (0, 1) if self.domain.kind is InputType.YES_NO else self.domain.span
        cuts = {cut for condition in conditions for span in condition.spans for cut in _cuts(span)}
        inner = sorted(cut for cut in cuts if (low is None or cut > low) and (high is None or cut <= high))
        first = low if low is not None else inner[0] - 1 if inner else 0
        self._inner = inner
        return [first, *inner, *absent]

    def _mask(self, condition: Condition) -> int:
        absent = 1 << (len(self.values) - 1) if self.domain.may_be_absent else 0
        if self.domain.kind is InputType.TEXT:
            mask = sum(1 << index for index, text in enumerate(self.values) if text in condition.texts)
        else:
            mask = 0
            for low, high in condition.spans:
                start = 0 if low is None else bisect_right(self._inner, low)
                stop = len(self._inner) + 1 if high is None else bisect_left(self._inner, high + 1) + 1
                if self._misses(low, high):
                    continue
                mask |= (1 << stop) - (1 << start)
        if condition.negated:
            mask = self.all & ~mask
        mask &= ~absent
        return mask | absent if condition.absent else mask

    def _misses(self, low: int | None, high: int | None) -> bool:
        """Return whether a span lies wholly outside the domain."""
        lowest, highest = (0, 1) if self.domain.kind is InputType.YES_NO else self.domain.span
        below = high is not None and lowest is not None and high < lowest
        return below or (low is not None and highest is not None and low > highest)

    @cached_property
    def rows_at(self) -> list[int]:
        """For each segment the rows whose cell holds there, as a mask of rows."""
        toggles = [0] * (len(self.values) + 1)
        sharing: dict[int, int] = {}
        for row, mask in enumerate(self.masks):
            sharing[mask] = sharing.get(mask, 0) | 1 << row
        for mask, rows in sharing.items():
            for edge in _bits(mask ^ (mask << 1)):
                toggles[edge] ^= rows
        found, current = [], 0
        for toggle in toggles[:-1]:
            current ^= toggle
            found.append(current)
        return found

    def meeting(self, mask: int) -> int:
        """Return the rows that hold somewhere within these segments."""
        if mask not in self._meeting:
            rows = 0
            for segment in _bits(mask):
                rows |= self.rows_at[segment]
            self._meeting[mask] = rows
        return self._meeting[mask]

    def covering(self, mask: int) -> int:
        """Return the rows that hold everywhere within these segments."""
        if mask not in self._covering:
            rows = (1 << self._rows) - 1
            for segment in _bits(mask):
                rows &= self.rows_at[segment]
            self._covering[mask] = rows
        return self._covering[mask]

    def written(self, mask: int) -> str:
        """Return a value of these segments as it would be written in a cell."""
        value = self.values[(mask & -mask).bit_length() - 1]
        match self.domain.kind, value:
            case _, None:
                return "absent"
            case InputType.YES_NO, int():
                return "true" if value else "false"
            case InputType.DATE, int():
                return date.fromordinal(min(max(value, 1), date.max.toordinal())).isoformat()
        return str(value)


def _cuts(span: Span) -> Iterator[int]:
    low, high = span
    if low is not None:
        yield low
    if high is not None:
        yield high + 1


def _bits(mask: int) -> Iterator[int]:
    """Yield the indexes of the bits that are set, from the lowest."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


@dataclass(slots=True)
class _Grid:
    axes: list[_Axis]
    rows: int
    budget: _Budget
    every_row: int = field(init=False)

    def __post_init__(self) -> None:
        self.every_row = (1 << self.rows) - 1

    def witness(self, box: Sequence[int]) -> Witness:
        """Return an input within a box."""
        return {axis.domain.code: axis.written(mask) for axis, mask in zip(self.axes, box, strict=True)}

    def hole(self, box: Sequence[int], rows: int, *, disjoint: bool) -> list[int] | None:
        """Return a part of a box in which none of the rows applies, or None if they cover it.

        :raises _TooMuchWork: when the budget is spent.
        """
        if not all(box):
            return None
        for axis, mask in zip(self.axes, box, strict=True):
            rows &= axis.meeting(mask)
        return _Search(self, list(box), disjoint=disjoint).hole(rows)


class _Search:
    """Looks for a hole in one box.

    First some points are tried. Then one axis after the other is split into the segments between which the rows in
    question differ, and rows that lie within another row are left out. A part is covered when one row covers it, or
    when rows that do not overlap add up to its volume; then every part that is not filled has a hole for certain.
    """

    def __init__(self, grid: _Grid, box: list[int], *, disjoint: bool) -> None:
        self._grid = grid
        self._box = box
        self._disjoint = disjoint
        self._covered: set[tuple[tuple[int, ...], int]] = set()

    def hole(self, rows: int) -> list[int] | None:
        """Return a hole that these rows leave, or None."""
        open_axes = tuple(range(len(self._box)))
        if rows == 0:
            return list(self._box)
        if self._one_covers(open_axes, rows):
            return None
        return (None if self._disjoint else self._tried(rows)) or self._hole(open_axes, rows)

    def _tried(self, rows: int) -> list[int] | None:
        """Return a hole found by trying points: at each, the axes are walked to the segment that fewest rows share."""
        segments = [list(_bits(mask)) for mask in self._box]
        for turn in range(_TRIES):
            left, point = rows, [0] * len(segments)
            for step in range(len(segments)):
                axis = (step + turn) % len(segments)
                at = self._grid.axes[axis].rows_at
                offered = segments[axis][turn // len(segments) % _STRIDE :: _STRIDE] or segments[axis]
                self._grid.budget.spend(len(offered))
                chosen = min(offered, key=lambda segment: (at[segment] & left).bit_count())
                left &= at[chosen]
                point[axis] = 1 << chosen
            if left == 0:
                return point
        return None

    def _hole(self, open_axes: tuple[int, ...], rows: int) -> list[int] | None:
        """Return a hole of the part in which these axes are still open and these rows may apply."""
        if rows == 0:
            return list(self._box)
        if self._one_covers(open_axes, rows):
            return None
        if self._disjoint:
            if self._fills(open_axes, rows):
                return None
        else:
            rows = self._without_dominated(open_axes, rows)
        if (open_axes, rows) in self._covered:
            return None
        axis, parts = self._split(open_axes, rows)
        remaining = tuple(other for other in open_axes if other != axis)
        for inner, segments in sorted(parts.items(), key=lambda part: part[0].bit_count()):
            found = self._hole(remaining, inner)
            if found is not None:
                found[axis] = segments
                return found
        self._covered.add((open_axes, rows))
        return None

    def _one_covers(self, open_axes: tuple[int, ...], rows: int) -> bool:
        for axis in open_axes:
            rows &= self._grid.axes[axis].covering(self._box[axis])
        return rows != 0

    def _fills(self, open_axes: tuple[int, ...], rows: int) -> bool:
        """Return whether rows that do not overlap add up to the whole part."""
        self._grid.budget.spend(rows.bit_count())
        own, together = 1, 0
        for axis in open_axes:
            own *= self._box[axis].bit_count()
        for row in _bits(rows):
            volume = 1
            for axis in open_axes:
                volume *= (self._grid.axes[axis].masks[row] & self._box[axis]).bit_count()
            together += volume
        return own == together

    def _without_dominated(self, open_axes: tuple[int, ...], rows: int) -> int:
        """Leave out rows that lie within another one of the rest."""
        self._grid.budget.spend(rows.bit_count())
        for row in _bits(rows):
            others = rows & ~(1 << row)
            for axis in open_axes:
                column = self._grid.axes[axis]
                others &= column.covering(column.masks[row] & self._box[axis])
                if not others:
                    break
            else:
                rows &= ~(1 << row)
        return rows

    def _split(self, open_axes: tuple[int, ...], rows: int) -> tuple[int, dict[int, int]]:
        """Return the axis that parts the rows best, and its segments by the rows that may apply in them."""
        best: tuple[tuple[int, int], int, dict[int, int]] | None = None
        for axis in open_axes:
            rows_at = self._grid.axes[axis].rows_at
            parts: dict[int, int] = {}
            for segment in _bits(self._box[axis]):
                inner = rows_at[segment] & rows
                parts[inner] = parts.get(inner, 0) | 1 << segment
            self._grid.budget.spend(self._box[axis].bit_count())
            rank = (max(inner.bit_count() for inner in parts), len(parts))
            if best is None or rank < best[0]:
                best = rank, axis, parts
        assert best is not None  # noqa: S101 (a part without open axes is either covered or has no rows)
        return best[1], best[2]
