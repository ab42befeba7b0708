"""What an import would do, and what keeps it out: the rows of a chart weighed against what stands. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, time
from typing import Any, TypeVar

from divan_libs.orgchart.values import (
    Change,
    Chart,
    Deed,
    Finding,
    HolderRow,
    KnownPerson,
    Plan,
    PostRow,
    Seat,
    Seating,
    Sheet,
    Standing,
    UnitRow,
)
from divan_libs.persian.identifiers import InvalidIdentifier, parse_legal_id
from divan_libs.persian.jalali import TEHRAN

Row = TypeVar("Row", UnitRow, PostRow)
_NAMES = ("first_name", "last_name", "father_name")


def plan_chart(chart: Chart, standing: Standing, now: datetime) -> Plan:
    """Return what taking over a chart would make, change and end at a moment, with everything that is in its way."""
    planner = _Planner(chart, standing, now, list(chart.findings))
    planner.weigh_units()
    planner.weigh_posts()
    planner.weigh_persons()
    planner.weigh_holders()
    return Plan(
        units=tuple(planner.units),
        posts=tuple(planner.posts),
        persons=tuple(planner.persons.values()),
        seatings=tuple(planner.seatings),
        renumbered=tuple(planner.renumbered),
        changes=tuple(planner.changes),
        findings=tuple(planner.findings),
    )


def split_trees(chart: Chart, standing: Standing) -> list[Chart]:
    """Return the chart in parts that stand alone: one for each tree of units, trees joined by a superior together."""
    parents = {code: unit.parent for code, unit in standing.units.items()}
    parents |= {unit.code: unit.parent for unit in chart.units if unit.parent or unit.code not in parents}
    homes = {code: post.unit for code, post in standing.posts.items()}
    homes |= {post.code: post.unit for post in chart.posts if post.unit or post.code not in homes}
    joined: dict[str, str] = {}

    def root_of(code: str) -> str:
        met = set[str]()
        while (above := joined.get(code) or parents.get(code, "")) and code not in met:
            met.add(code)
            code = above
        return code

    for post in chart.posts:
        moved = standing.posts[post.code].unit if post.code in standing.posts else ""
        for other in (homes.get(post.superior, ""), moved):
            first, second = root_of(homes[post.code]), root_of(other)
            if other and first != second:
                joined[second] = first
    parts: dict[str, tuple[list[UnitRow], list[PostRow], list[HolderRow]]] = {}
    for unit in chart.units:
        parts.setdefault(root_of(unit.code), ([], [], []))[0].append(unit)
    for post in chart.posts:
        parts.setdefault(root_of(homes[post.code]), ([], [], []))[1].append(post)
    for holder in _gathered(chart.holders):
        parts.setdefault(root_of(homes.get(holder.post, "")), ([], [], []))[2].append(holder)
    return [Chart(tuple(units), tuple(posts), tuple(holders)) for units, posts, holders in parts.values()]


@dataclass(slots=True)
class _Planner:
    chart: Chart
    standing: Standing
    now: datetime
    findings: list[Finding]
    units: list[UnitRow] = field(default_factory=list)
    posts: list[PostRow] = field(default_factory=list)
    persons: dict[str, HolderRow] = field(default_factory=dict)
    seatings: list[Seating] = field(default_factory=list)
    renumbered: list[HolderRow] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def _find(self, sheet: Sheet, row: int, column: str, code: str, value: str = "", *, hinders: bool = True) -> None:
        self.findings.append(Finding(sheet, row, column, code, value, hinders))

    def _is_said(self, sheet: Sheet, row: int, column: str) -> bool:
        """Whether reading the cell has found something already, so that its emptiness is no second fault."""
        return any((one.sheet, one.row, one.column) == (sheet, row, column) for one in self.chart.findings)

    def _needs(self, sheet: Sheet, row: UnitRow | PostRow | HolderRow, *names: str) -> bool:
        missing = [name for name in names if not getattr(row, name)]
        for name in missing:
            if not self._is_said(sheet, row.row, name):
                self._find(sheet, row.row, name, "chart.missing")
        return not missing

    def weigh_units(self) -> None:
        """Weigh the units: codes, places, the tree; order them parents first."""
        merged: dict[str, UnitRow] = {}
        for row in self.chart.units:
            if not self._needs(Sheet.UNITS, row, "code"):
                continue
            if row.code in merged:
                self._find(Sheet.UNITS, row.row, "code", "chart.code-duplicate", row.code)
                continue
            self._weigh_legal_id(row)
            unit = self._placed(_filled(row, self.standing.units.get(row.code)))
            unit = replace(unit, level=unit.level or "province", kind=unit.kind or "unit")
            self._needs(Sheet.UNITS, unit, "name_fa")
            merged[row.code] = unit
        for unit in merged.values():
            if unit.parent and unit.parent not in merged and unit.parent not in self.standing.units:
                self._find(Sheet.UNITS, unit.row, "parent", "chart.parent-unknown", unit.parent)
            for name, code in (("code", unit.code), ("parent", unit.parent)):
                if code in self.standing.closed:
                    self._find(Sheet.UNITS, unit.row, name, "chart.unit-closed", code)
        parents = {code: unit.parent for code, unit in {**self.standing.units, **merged}.items()}
        depth = {code: _depth(code, parents) for code in merged}
        for code in [code for code, steps in depth.items() if steps is None]:
            self._find(Sheet.UNITS, merged[code].row, "parent", "chart.cycle", code)
        for unit in sorted(merged.values(), key=lambda one: depth[one.code] or 0):
            self._compare(Sheet.UNITS, unit, self.standing.units.get(unit.code), self.units.append)

    def _weigh_legal_id(self, unit: UnitRow) -> None:
        known = self.standing.units.get(unit.code)
        if unit.legal_id and (known is None or known.legal_id != unit.legal_id):
            try:
                parse_legal_id(unit.legal_id)
            except InvalidIdentifier:
                self._find(Sheet.UNITS, unit.row, "legal_id", "chart.legal-id-invalid", unit.legal_id)

    def _placed(self, unit: UnitRow) -> UnitRow:
        known = self.standing.units.get(unit.code)
        if not unit.place or (known and known.place == unit.place):
            return unit
        meant = self.standing.places.get((unit.place, unit.level or "province"), ())
        if len(meant) == 1:
            return replace(unit, place=meant[0])
        code = "chart.place-ambiguous" if meant else "chart.place-unknown"
        self._find(Sheet.UNITS, unit.row, "place", code, unit.place)
        return unit

    def weigh_posts(self) -> None:
        """Weigh the posts: codes, units, the line of superiors."""
        merged: dict[str, PostRow] = {}
        codes = self.standing.units.keys() | {unit.code for unit in self.units} | {one.code for one in self.chart.units}
        for row in self.chart.posts:
            if not self._needs(Sheet.POSTS, row, "code"):
                continue
            if row.code in merged:
                self._find(Sheet.POSTS, row.row, "code", "chart.code-duplicate", row.code)
                continue
            post = _filled(row, self.standing.posts.get(row.code))
            post = replace(post, role=post.role or "expert")
            if self._needs(Sheet.POSTS, post, "title_fa", "unit") and post.unit not in codes:
                self._find(Sheet.POSTS, post.row, "unit", "chart.unit-unknown", post.unit)
            if post.unit in self.standing.closed:
                self._find(Sheet.POSTS, post.row, "unit", "chart.unit-closed", post.unit)
            merged[row.code] = post
        for post in merged.values():
            if post.superior and post.superior not in merged and post.superior not in self.standing.posts:
                self._find(Sheet.POSTS, post.row, "superior", "chart.superior-unknown", post.superior)
        line = {code: post.superior for code, post in {**self.standing.posts, **merged}.items()}
        for code, post in merged.items():
            if _depth(code, line) is None:
                self._find(Sheet.POSTS, post.row, "superior", "chart.superior-cycle", code)
            self._compare(Sheet.POSTS, post, self.standing.posts.get(code), self.posts.append)

    def _compare(self, sheet: Sheet, row: Row, known: Row | None, keep: Callable[[Row], None]) -> None:
        if known is None:
            deed = Deed.UNIT_MADE if sheet is Sheet.UNITS else Deed.POST_MADE
            self.changes.append(Change(deed, sheet, row.row, row.code))
            keep(row)
        elif differing := _differing(row, known):
            deed = Deed.UNIT_CHANGED if sheet is Sheet.UNITS else Deed.POST_CHANGED
            self.changes.append(Change(deed, sheet, row.row, row.code, differing))
            keep(row)

    def weigh_persons(self) -> None:
        """Weigh who the holders are; a person may hold several posts and is entered once."""
        seen: dict[str, HolderRow] = {}
        for row in _gathered(self.chart.holders):
            if not row.national_code:
                continue
            if (first := seen.get(row.national_code)) is not None:
                if any(
                    getattr(row, name) and getattr(first, name) and getattr(row, name) != getattr(first, name)
                    for name in (*_NAMES, "birth_date", "mobile")
                ):
                    self._find(Sheet.HOLDERS, row.row, "national_code", "chart.person-differs")
                continue
            seen[row.national_code] = row
            self._weigh_person(row, self.standing.persons.get(row.national_code))

    def _weigh_person(self, row: HolderRow, known: KnownPerson | None) -> None:
        if known is None:
            if not (row.first_name and row.last_name):
                self._find(Sheet.HOLDERS, row.row, "last_name", "chart.person-unknown")
            self.changes.append(Change(Deed.PERSON_MADE, Sheet.HOLDERS, row.row, row.post))
            self.persons[row.national_code] = row
            return
        if row.birth_date and known.birth_date and row.birth_date != known.birth_date:
            self._find(Sheet.HOLDERS, row.row, "birth_date", "chart.birth-date-differs")
        differing = [name for name in _NAMES if getattr(row, name) and getattr(row, name) != getattr(known, name)]
        if known.confirmed and differing:
            self._find(Sheet.HOLDERS, row.row, differing[0], "chart.name-kept", hinders=False)
            row, differing = replace(row, first_name="", last_name="", father_name=""), []
        if row.mobile and known.mobile and row.mobile != known.mobile:
            # Codes to sign in go to this number: whoever can hand in a file must not turn them to another phone.
            self._find(Sheet.HOLDERS, row.row, "mobile", "chart.mobile-kept", hinders=False)
            row = replace(row, mobile="")
        differing += [name for name in ("birth_date", "mobile") if getattr(row, name) and not getattr(known, name)]
        if differing:
            self.changes.append(Change(Deed.PERSON_CHANGED, Sheet.HOLDERS, row.row, row.post, tuple(differing)))
            self.persons[row.national_code] = row

    def weigh_holders(self) -> None:
        """Weigh who sits where: one holder of a post, who follows the present one at a moment that can be."""
        taken: set[str] = set()
        codes = self.standing.posts.keys() | {row.code for row in self.chart.posts}
        for row in self.chart.holders:
            if not self._needs(Sheet.HOLDERS, row, "post", "national_code"):
                continue
            if row.post in taken:
                self._find(Sheet.HOLDERS, row.row, "post", "chart.two-holders", row.post)
                continue
            taken.add(row.post)
            if row.post not in codes:
                self._find(Sheet.HOLDERS, row.row, "post", "chart.post-unknown", row.post)
            seat = self.standing.seats.get(row.post)
            if seat is not None and seat.national_code == row.national_code:
                self._weigh_kept(row, seat)
            else:
                self._weigh_seating(row, seat)

    def _weigh_kept(self, row: HolderRow, seat: Seat) -> None:
        if row.starts_on and row.starts_on != seat.starts_at.astimezone(TEHRAN).date():
            self._find(Sheet.HOLDERS, row.row, "starts_on", "chart.start-kept", hinders=False)
        if row.personnel_number and row.personnel_number != seat.personnel_number:
            self.renumbered.append(row)
            self.changes.append(Change(Deed.HOLDING_CHANGED, Sheet.HOLDERS, row.row, row.post, ("personnel_number",)))

    def _weigh_seating(self, row: HolderRow, seat: Seat | None) -> None:
        at = self.now
        home = self.standing.posts.get(row.post)
        if home is not None and home.unit in self.standing.closed and row.post not in {one.code for one in self.posts}:
            self._find(Sheet.HOLDERS, row.row, "post", "chart.unit-closed", row.post)
        if row.starts_on:
            at = datetime.combine(row.starts_on, time.min, TEHRAN).astimezone(UTC)
        if seat is not None:
            if row.starts_on and at < self.now:
                # Nobody leaves a post backwards in time: what they did in it until now stays theirs.
                self._find(Sheet.HOLDERS, row.row, "starts_on", "chart.now", hinders=False)
            at = max(at, self.now)
            self.changes.append(Change(Deed.HOLDING_ENDED, Sheet.HOLDERS, row.row, row.post))
        left = self.standing.left_at.get(row.post)
        if (seat is not None and at <= seat.starts_at) or (left is not None and at < left):
            self._find(Sheet.HOLDERS, row.row, "starts_on", "chart.start-early", row.post)
        self.changes.append(Change(Deed.HOLDING_BEGUN, Sheet.HOLDERS, row.row, row.post))
        self.seatings.append(Seating(row, at, ends=seat.national_code if seat else ""))


def _filled(row: Row, known: Row | None) -> Row:
    """Return a row with what stands in its empty cells."""
    if known is None:
        return row
    given = {one.name: getattr(row, one.name) or getattr(known, one.name) for one in fields(row)}
    return replace(row, **given)


def _gathered(rows: Sequence[HolderRow]) -> list[HolderRow]:
    """Return the rows with what other rows say of the same person in their empty cells."""
    said: dict[str, dict[str, Any]] = {}
    for row in rows:
        known = said.setdefault(row.national_code, {})
        for name in (*_NAMES, "birth_date", "mobile"):
            known[name] = known.get(name) or getattr(row, name)
    return [
        replace(row, **{name: getattr(row, name) or value for name, value in said[row.national_code].items()})
        if row.national_code
        else row
        for row in rows
    ]


def _differing(row: UnitRow | PostRow, known: UnitRow | PostRow) -> tuple[str, ...]:
    names = [one.name for one in fields(row) if one.name != "row"]
    return tuple(name for name in names if getattr(row, name) != getattr(known, name))


def _depth(code: str, above: Mapping[str, str]) -> int | None:
    """Return how many stand above a code, or None when it stands above itself."""
    met = [code]
    while code := above.get(code, ""):
        if code in met:
            return None if code == met[0] else len(met)
        met.append(code)
    return len(met) - 1
