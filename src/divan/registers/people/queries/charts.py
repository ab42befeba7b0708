"""The organisation chart: what stands of it, what an import would do, and what an export writes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Max

from divan.registers.people import models
from divan.registers.places import queries as places
from divan.registers.places.values import PlaceUnknown
from divan_libs.orgchart import planning
from divan_libs.orgchart.values import Chart, HolderRow, KnownPerson, Plan, PostRow, Seat, Standing, UnitRow
from divan_libs.persian.jalali import TEHRAN
from divan_libs.persian.text import latin_digits, search_text


def plan_chart(chart: Chart, now: datetime) -> Plan:
    """Return what taking over a chart would make, change and end, and what is in its way; nothing is written."""
    return planning.plan_chart(chart, standing_for(chart), now)


def split_chart(chart: Chart) -> list[Chart]:
    """Return a chart in the parts that are taken over one by one: each tree of units with its posts and holders."""
    return planning.split_trees(chart, standing_for(chart))


def read_standing_chart(*, body: str = "") -> Chart:
    """Return all standing units with their posts and present holders as an import would read them, or of one body."""
    closed = _closed()
    units = {code: unit for code, unit in _units().items() if code not in closed}
    posts = {code: post for code, post in _posts().items() if post.unit not in closed}
    if body:
        inside = set(models.Unit.objects.filter(body__code=body).values_list("code", flat=True)) | {body}
        units = {code: unit for code, unit in units.items() if code in inside}
        posts = {code: post for code, post in posts.items() if post.unit in inside}
    rows = models.Membership.objects.select_related("person", "post").filter(ends_at__isnull=True).order_by("post__id")
    holders = [
        HolderRow(
            post=row.post.code,
            national_code=row.person.national_code,
            first_name=row.person.first_name,
            last_name=row.person.last_name,
            father_name=row.person.father_name,
            birth_date=row.person.birth_date,
            mobile=row.person.mobile,
            personnel_number=row.personnel_number,
            starts_on=row.starts_at.astimezone(TEHRAN).date(),
        )
        for row in rows
        if row.post.code in posts
    ]
    return Chart(tuple(units.values()), tuple(posts.values()), tuple(holders))


def standing_for(chart: Chart) -> Standing:
    """Return what stands, as far as a chart has to be weighed against it."""
    codes = {row.national_code for row in chart.holders}
    persons = models.Person.objects.filter(national_code__in=codes)
    seats = models.Membership.objects.select_related("person", "post").filter(ends_at__isnull=True)
    mentioned = {row.post for row in chart.holders}
    left = models.Membership.objects.filter(ends_at__isnull=False, post__code__in=mentioned)
    return Standing(
        units=_units(),
        posts=_posts(),
        persons={row.national_code: _known(row) for row in persons},
        seats={
            row.post.code: Seat(
                national_code=row.person.national_code,
                starts_at=row.starts_at,
                personnel_number=row.personnel_number,
            )
            for row in seats.filter(post__code__in=mentioned)
        },
        left_at=dict(left.values_list("post__code").annotate(Max("ends_at"))),
        places=_places(chart.units),
        closed=_closed(),
    )


def _closed() -> frozenset[str]:
    return frozenset(models.Unit.objects.exclude(closed_at=None).values_list("code", flat=True))


def _known(row: models.Person) -> KnownPerson:
    return KnownPerson(
        first_name=row.first_name,
        last_name=row.last_name,
        father_name=row.father_name,
        birth_date=row.birth_date,
        mobile=row.mobile,
        confirmed=row.confirmed_at is not None,
    )


def _units() -> dict[str, UnitRow]:
    return {
        row.code: UnitRow(
            code=row.code,
            name_fa=row.name_fa,
            name_en=row.name_en,
            kind=row.kind,
            level=row.level,
            place=row.place.code if row.place else "",
            parent=row.parent.code if row.parent else "",
            legal_id=row.legal_id,
            email=row.email,
            address_fa=row.address_fa,
            parent_body_fa=row.parent_body_fa,
        )
        for row in models.Unit.objects.select_related("place", "parent").order_by("id")
    }


def _posts() -> dict[str, PostRow]:
    return {
        row.code: PostRow(
            code=row.code,
            title_fa=row.title_fa,
            title_en=row.title_en,
            role=row.role,
            unit=row.unit.code,
            superior=row.superior.code if row.superior else "",
        )
        for row in models.Post.objects.select_related("unit", "superior").order_by("id")
    }


def _places(units: Iterable[UnitRow]) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the codes of the divisions that each written place may mean for a unit of a level."""
    asked = {(unit.place, unit.level or "province") for unit in units if unit.place}
    return {(place, level): _meant(place, level) for place, level in asked}


def _meant(place: str, level: str) -> tuple[str, ...]:
    code = latin_digits(place)
    if code.isascii() and code.isdigit():
        try:
            return (places.get_place(code).code,)
        except PlaceUnknown:
            return ()
    named = [one for one in places.search_places(place, limit=200) if search_text(one.name) == search_text(place)]
    fitting = [one.code for one in named if one.level == level]
    return tuple(fitting or (one.code for one in named))
