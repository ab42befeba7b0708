"""What stands of staff, as far as a directory's answer has to be weighed against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from divan.registers.people import models
from divan_libs.directory.values import KnownPerson, KnownPost


def standing_of(national_codes: Iterable[str], at: datetime) -> dict[str, KnownPerson]:
    """Return persons by national code, with the codes of the posts they hold at a moment; unknown ones are absent."""
    rows = list(models.Person.objects.filter(national_code__in=list(national_codes)))
    held: dict[int, set[str]] = {}
    seats = models.Membership.objects.filter(person__in=[row.pk for row in rows], starts_at__lte=at)
    for person, code in seats.exclude(ends_at__lte=at).values_list("person_id", "post__code"):
        held.setdefault(person, set()).add(code)
    return {
        row.national_code: KnownPerson(
            first_name=row.first_name,
            last_name=row.last_name,
            mobile=row.mobile,
            is_confirmed=row.confirmed_at is not None,
            posts=frozenset(held.get(row.pk, ())),
        )
        for row in rows
    }


def seats_of(posts: Iterable[str], at: datetime) -> dict[str, KnownPost]:
    """Return posts by code, with the national code of who holds them or will, and the units in which they lie."""
    above = dict(models.Unit.objects.values_list("code", "parent__code"))
    taken = models.Membership.objects.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), post__code__in=list(posts))
    holders = dict(taken.order_by("-starts_at").values_list("post__code", "person__national_code"))
    rows = models.Post.objects.filter(code__in=list(posts)).values_list("code", "unit__code")
    return {code: KnownPost(holder=holders.get(code, ""), units=_line(unit, above)) for code, unit in rows}


def _line(unit: str | None, above: Mapping[str, str | None]) -> frozenset[str]:
    met: set[str] = set()
    while unit is not None and unit not in met:
        met.add(unit)
        unit = above.get(unit)
    return frozenset(met)
