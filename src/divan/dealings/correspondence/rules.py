"""What correspondence decides."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from uuid import UUID

from divan.dealings.correspondence.values import (
    After,
    ArchiveClassUnfit,
    Chart,
    FormulaUnfit,
    LetterNotSigned,
    LetterState,
    NumberFormula,
    NumberPart,
    PlanLine,
    Reach,
    Referral,
    ReferralNode,
    ReferralRule,
    ReferralState,
    Route,
    RouteUnfit,
    Seat,
    StepKind,
)
from divan_libs.persian.clocks import WorkCalendar, iranian_calendar
from divan_libs.persian.jalali import TEHRAN, months_later
from divan_libs.persian.text import latin_digits


def require_signed(state: LetterState) -> None:
    """Refuse to file what is not fully signed.

    :raises LetterNotSigned: unless the letter is signed.
    """
    if state is not LetterState.SIGNED:
        raise LetterNotSigned


MOST_PARTS = 6


def require_fit(formula: NumberFormula) -> None:
    """Refuse a formula that is no formula, or by which two letters of a register could be written with one number.

    :raises FormulaUnfit: with more than six parts, without the count or with two, without a year, or with digits next
        to each other that nothing separates.
    """
    parts = formula.parts
    years = [part for part in parts if part in {NumberPart.YEAR, NumberPart.SHORT_YEAR}]
    if not 2 <= len(parts) <= MOST_PARTS:
        raise FormulaUnfit(reason="parts")
    if parts.count(NumberPart.COUNT) != 1 or len(years) != 1:
        raise FormulaUnfit(reason="count-and-year")
    if not formula.separator or any(char.isalnum() for char in formula.separator):
        raise FormulaUnfit(reason="separator")
    if formula.separator in formula.text or not 0 <= formula.digits <= 9:
        raise FormulaUnfit(reason="text")


def read_formula(data: Mapping[str, object]) -> NumberFormula:
    """Return the formula that a register's row keeps; an empty one is code, year and count."""
    if not data:
        return NumberFormula()
    parts = data.get("parts")
    return NumberFormula(
        parts=tuple(NumberPart(one) for one in parts) if isinstance(parts, list) else NumberFormula().parts,
        separator=str(data.get("separator", "/")),
        text=str(data.get("text", "")),
        digits=int(str(data.get("digits", 0))),
    )


def formula_data(formula: NumberFormula) -> dict[str, object]:
    """Return a formula as a register's row keeps it."""
    return {
        "parts": [str(part) for part in formula.parts],
        "separator": formula.separator,
        "text": formula.text,
        "digits": formula.digits,
    }


def write_number(
    formula: NumberFormula,
    *,
    register: str,
    secretariat: str,
    year: int,
    count: int,
    kind: str = "",
    direction: str = "",
    unit: str = "",
    archive_class: str = "",
) -> str:
    """Write a letter's number by a formula; a part that has nothing to say is left out with its separator.

    A letter without a unit or class has 0 there, and their codes are written without the separator: if such a part
    could be missing or fall in two, two letters might be written with one number.
    """
    said = {
        NumberPart.SECRETARIAT: secretariat,
        NumberPart.REGISTER: register,
        NumberPart.YEAR: str(year),
        NumberPart.SHORT_YEAR: f"{year % 100:02d}",
        NumberPart.COUNT: str(count).zfill(formula.digits),
        NumberPart.UNIT: unit.replace(formula.separator, "") or "0",
        NumberPart.KIND: kind,
        NumberPart.DIRECTION: direction[:1],
        NumberPart.CLASS: archive_class.replace(formula.separator, "") or "0",
        NumberPart.TEXT: formula.text,
    }
    return formula.separator.join(said[part] for part in formula.parts if said[part])


def rank_of(role: str, rule: ReferralRule) -> int:
    """Return the rank of a role inside its unit, 0 at the top; who leads nothing stands below all who lead."""
    return next((rank for rank, roles in enumerate(rule.leading) if role in roles), len(rule.leading))


def units_above(unit: UUID, chart: Chart) -> list[UUID]:
    """Return the units above a unit, the nearest first, up to the body."""
    found: list[UUID] = []
    above = chart.above.get(unit)
    while above is not None and above not in found:
        found.append(above)
        above = chart.above.get(above)
    return found


def reach_of(sender: Seat, receiver: Seat, chart: Chart) -> Reach:
    """Tell where a receiver stands to a sender.

    Down is a lower rank of the own unit, and for those who lead a unit every post of the units below it. Peers have one
    rank in one unit, or lead units of one superior unit. Up is the reverse; all else is aside.
    """
    if sender.body != receiver.body:
        return Reach.ELSEWHERE
    own, other = rank_of(sender.role, chart.rule), rank_of(receiver.role, chart.rule)
    leads = own < len(chart.rule.leading)
    if sender.unit == receiver.unit:
        return Reach.PEER if own == other else Reach.DOWN if own < other else Reach.UP
    if sender.unit in units_above(receiver.unit, chart):
        return Reach.DOWN if leads else Reach.ASIDE
    if receiver.unit in units_above(sender.unit, chart):
        return Reach.UP
    beside = chart.above.get(sender.unit) == chart.above.get(receiver.unit)
    return Reach.PEER if beside and leads and own == other else Reach.ASIDE


def may_refer(sender: Seat, receiver: Seat, chart: Chart, *, hands_out: bool = False) -> bool:
    """Whether a post may refer a letter to another: down and to peers, further as the body's rule and exceptions say.

    A secretariat ``hands_out``: it refers what arrives to any post of its body. To another body goes only a letter.
    """
    reach = reach_of(sender, receiver, chart)
    if reach is Reach.ELSEWHERE or sender.post == receiver.post:
        return False
    said = chart.exceptions.get((sender.post, receiver.post))
    if said is not None:
        return said
    if hands_out or reach in {Reach.DOWN, Reach.PEER}:
        return True
    return chart.rule.upward if reach is Reach.UP else chart.rule.sideways


def tree_of(referrals: Iterable[Referral], viewer: UUID) -> tuple[ReferralNode, ...]:
    """Return the referrals of a letter as the tree that a post may see.

    A hidden one shows itself to its two posts and to whoever handed the letter to its sender; what was handed on below
    it stands, for others who see that, where it would stand without it.
    """
    known = list(referrals)
    by_uuid = {one.uuid: one for one in known}
    seen = {one.uuid for one in known if _shows(one, by_uuid, viewer)}

    def place(one: Referral) -> UUID | None:
        above = one.parent
        while above is not None and above not in seen:
            above = by_uuid[above].parent if above in by_uuid else None
        return above

    below: dict[UUID | None, list[Referral]] = {}
    for one in known:
        if one.uuid in seen:
            below.setdefault(place(one), []).append(one)

    def nodes(above: UUID | None) -> tuple[ReferralNode, ...]:
        return tuple(ReferralNode(referral=one, below=nodes(one.uuid)) for one in below.get(above, ()))

    return nodes(None)


def _shows(one: Referral, by_uuid: Mapping[UUID, Referral], viewer: UUID) -> bool:
    """Whether a post sees a referral: nothing on the way to it is hidden, or the letter came that way through it."""
    way = [one]
    while way[-1].parent is not None and way[-1].parent in by_uuid:
        way.append(by_uuid[way[-1].parent])
    return not any(step.hidden for step in way) or any(viewer in {step.from_post, step.to_post} for step in way)


def holders_of(referrals: Iterable[Referral]) -> list[Referral]:
    """Return the open referrals whose receivers have the letter now: they handed nothing on that is still open."""
    waiting = [one for one in referrals if one.state is ReferralState.OPEN and not one.copy]
    handed_on = {one.parent for one in waiting}
    return [one for one in waiting if one.uuid not in handed_on]


MOST_SIGNATURES = 9


def require_route(route: Route) -> None:
    """Refuse a route by which no letter is signed.

    :raises RouteUnfit: ``no-signature``; ``order`` where a paraph comes after a signature; ``twice`` where a post has
        the same to do twice; ``too-many`` with more than nine signatures.
    """
    whats = [step.kind for step in route.steps]
    signatures = whats.count(StepKind.SIGNATURE)
    if not signatures:
        raise RouteUnfit(reason="no-signature")
    if StepKind.PARAPH in whats[len(whats) - signatures :]:
        raise RouteUnfit(reason="order")
    if len(set(route.steps)) < len(route.steps):
        raise RouteUnfit(reason="twice")
    if signatures > MOST_SIGNATURES:
        raise RouteUnfit(reason="too-many")


def ranks_of(route: Route) -> list[int]:
    """Return the rank of each step of a route: one after another, but all signatures at once where any order does."""
    paraphs = sum(step.kind is StepKind.PARAPH for step in route.steps)
    if not route.any_order:
        return list(range(1, len(route.steps) + 1))
    return [min(position, paraphs + 1) for position in range(1, len(route.steps) + 1)]


def retention_ends(closed_on: date, years: int) -> date:
    """Return the first day on which the time of a file is over: so many Jalali years after the day of its closing."""
    return months_later(closed_on, years * 12) + timedelta(days=1)


PLAN_COLUMNS = ("code", "parent", "title_fa", "title_en", "years", "after", "legal_basis")
"""The columns of a classification plan as a CSV file, by their names in its first line."""

MOST_CLASSES = 2000
MOST_YEARS = 200


def read_plan(text: str) -> list[PlanLine]:
    """Return the classes that a CSV file describes, in its order.

    :raises ArchiveClassUnfit: with the number of the line: ``columns``, ``code``, ``twice``, ``title``, ``years``,
        ``after``, ``parent`` (not above it), ``basis`` (what is not kept for ever names its law), or ``too-many``.
    """
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if not set(PLAN_COLUMNS) <= {str(name).strip() for name in rows.fieldnames or ()}:
        raise ArchiveClassUnfit(reason="columns", line=1)
    found: dict[str, PlanLine] = {}
    for row in rows:
        known = {str(name).strip(): (value or "").strip() for name, value in row.items() if isinstance(value, str)}
        if not any(known.values()):
            continue
        one = _plan_line(known, rows.line_num)
        if one.code in found:
            raise ArchiveClassUnfit(reason="twice", line=rows.line_num, code=one.code)
        if one.parent and one.parent not in found:
            raise ArchiveClassUnfit(reason="parent", line=rows.line_num, code=one.code)
        found[one.code] = one
        if len(found) > MOST_CLASSES:
            raise ArchiveClassUnfit(reason="too-many", line=rows.line_num)
    return list(found.values())


def _plan_line(row: Mapping[str, str], line: int) -> PlanLine:
    years = latin_digits(row["years"])
    if years and not (years.isascii() and years.isdigit()):
        raise ArchiveClassUnfit(reason="years", line=line)
    after = row["after"] or "keep"
    if after not in set(After):
        raise ArchiveClassUnfit(reason="after", line=line)
    one = PlanLine(
        code=latin_digits(row["code"]),
        title_fa=row["title_fa"],
        title_en=row["title_en"],
        parent=latin_digits(row["parent"]),
        years=int(years) if years else None,
        after=After(after),
        legal_basis=row["legal_basis"],
    )
    require_class(one, line=line)
    return one


def require_class(one: PlanLine, *, line: int = 0) -> None:
    """Refuse a class that says too little, or disposes of files without a time or a law.

    :raises ArchiveClassUnfit: ``code``, ``title``, ``years`` or ``basis``.
    """
    if not one.code or len(one.code) > 40 or any(char.isspace() for char in one.code):
        raise ArchiveClassUnfit(reason="code", line=line)
    if not one.title_fa or max(len(one.title_fa), len(one.title_en)) > 200:
        raise ArchiveClassUnfit(reason="title", line=line)
    if one.years is not None and one.years > MOST_YEARS:
        raise ArchiveClassUnfit(reason="years", line=line)
    if one.after is After.KEEP:
        return
    if one.years is None:
        raise ArchiveClassUnfit(reason="years", line=line)
    if not one.legal_basis or len(one.legal_basis) > 300:
        raise ArchiveClassUnfit(reason="basis", line=line)


OFFICE_OPENS, OFFICE_CLOSES = time(7, 30), time(14, 30)
"""Between these an officer is there, in Tehran's time, on days that are neither weekend nor holiday."""


def working_seconds(start: datetime, end: datetime) -> int:
    """Return how many seconds of office hours lie between two moments, by the holidays of Iran."""
    begin, stop = start.astimezone(TEHRAN), end.astimezone(TEHRAN)
    calendar = _calendar(begin.year, max(stop.year, begin.year))
    seconds, day = 0.0, begin.date()
    while day <= stop.date():
        if calendar.is_working(day):
            opened = max(begin, datetime.combine(day, OFFICE_OPENS, TEHRAN))
            closed = min(stop, datetime.combine(day, OFFICE_CLOSES, TEHRAN))
            seconds += max((closed - opened).total_seconds(), 0)
        day += timedelta(days=1)
    return int(seconds)


def working_days_later(at: datetime, days: int) -> datetime:
    """Return the same time of day so many working days later, by the holidays of Iran; 0 days later is at once."""
    if days <= 0:
        return at
    local = at.astimezone(TEHRAN)
    calendar, day = _calendar(local.year, local.year + 1), local.date()
    for _ in range(days):
        day = calendar.next_working_day(day + timedelta(days=1))
    return datetime.combine(day, local.time(), TEHRAN).astimezone(at.tzinfo)


@cache
def _calendar(first: int, last: int) -> WorkCalendar:
    return iranian_calendar(first, last)
