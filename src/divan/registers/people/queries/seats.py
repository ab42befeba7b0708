"""What people tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from divan.registers.people import models, rules
from divan.registers.people.values import (
    Holding,
    Person,
    PersonUnknown,
    Post,
    PostUnknown,
    SeatLimit,
    SubstituteScope,
    Substitution,
    Unit,
    UnitEventKind,
    UnitKind,
    UnitLevel,
)
from divan_libs.persian.text import search_pattern, search_terms


def _person(row: models.Person) -> Person:
    return Person(
        uuid=row.uuid,
        national_code=row.national_code,
        first_name=row.first_name,
        last_name=row.last_name,
        father_name=row.father_name,
        birth_date=row.birth_date,
        mobile=row.mobile,
    )


def unit_of(row: models.Unit) -> Unit:
    """Return the value of a unit's row; its place and body are loaded with it."""
    body = row.body or row
    return Unit(
        uuid=row.uuid,
        code=row.code,
        name_fa=row.name_fa,
        name_en=row.name_en,
        kind=UnitKind(row.kind),
        level=UnitLevel(row.level),
        body_uuid=body.uuid,
        body_code=body.code,
        place_code=row.place.code if row.place else "",
        legal_id=row.legal_id,
        email=row.email,
        address_fa=row.address_fa,
        parent_body_fa=row.parent_body_fa,
        closed_at=row.closed_at,
    )


def units_with() -> QuerySet[models.Unit]:
    """Return units with what their values need."""
    return models.Unit.objects.select_related("place", "body", "parent")


def post_of(row: models.Post) -> Post:
    """Return the value of a post's row; its unit is loaded with it."""
    return Post(uuid=row.uuid, title_fa=row.title_fa, title_en=row.title_en, role=row.role, unit=unit_of(row.unit))


def posts_with() -> QuerySet[models.Post]:
    """Return posts with what their values need."""
    return models.Post.objects.select_related("unit__place", "unit__body")


def _holdings(at: datetime) -> QuerySet[models.Membership]:
    return (
        models.Membership.objects.select_related("person", "post__unit__place", "post__unit__body")
        .filter(starts_at__lte=at)
        .filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))
        .order_by("starts_at", "id")
    )


def _holding(row: models.Membership) -> Holding:
    return Holding(person=_person(row.person), post=post_of(row.post), starts_at=row.starts_at, ends_at=row.ends_at)


def get_person(person_uuid: UUID) -> Person:
    """Return a person.

    :raises PersonUnknown: if there is none.
    """
    row = models.Person.objects.filter(uuid=person_uuid).first()
    if row is None:
        raise PersonUnknown
    return _person(row)


def find_person(national_code: str) -> Person | None:
    """Return the person with this national code, or None."""
    row = models.Person.objects.filter(national_code=national_code).first()
    return _person(row) if row else None


def find_persons(uuids: Iterable[UUID]) -> dict[UUID, Person]:
    """Return persons by identifier; unknown ones are absent."""
    return {row.uuid: _person(row) for row in models.Person.objects.filter(uuid__in=list(uuids))}


def get_unit(code: str) -> Unit:
    """Return a body or unit by its code.

    :raises PostUnknown: if there is none.
    """
    row = models.Unit.objects.select_related("place", "body").filter(code=code).first()
    if row is None:
        raise PostUnknown(unit=code)
    return unit_of(row)


def find_units(uuids: Iterable[UUID]) -> dict[UUID, Unit]:
    """Return bodies and units by identifier; unknown ones are absent."""
    rows = models.Unit.objects.select_related("place", "body").filter(uuid__in=list(uuids))
    return {row.uuid: unit_of(row) for row in rows}


def units_above(body: UUID) -> dict[UUID, UUID | None]:
    """Return each unit of a body with the unit above it inside the body; nothing is above the body itself."""
    rows = models.Unit.objects.select_related("parent").filter(Q(uuid=body) | Q(body__uuid=body))
    return {row.uuid: row.parent.uuid if row.parent and row.uuid != body else None for row in rows}


def list_bodies() -> list[Unit]:
    """Return every body that stands, by its Persian name."""
    rows = units_with().filter(kind=UnitKind.BODY, closed_at=None).order_by("name_fa")
    return [unit_of(row) for row in rows]


def get_post(post_uuid: UUID) -> Post:
    """Return a post.

    :raises PostUnknown: if there is none.
    """
    row = posts_with().filter(uuid=post_uuid).first()
    if row is None:
        raise PostUnknown
    return post_of(row)


def get_post_by_code(code: str) -> Post:
    """Return a post by its code.

    :raises PostUnknown: if there is none.
    """
    row = posts_with().filter(code=code).first()
    if row is None:
        raise PostUnknown(post=code)
    return post_of(row)


def find_posts(uuids: Iterable[UUID]) -> dict[UUID, Post]:
    """Return posts by identifier; unknown ones are absent."""
    return {row.uuid: post_of(row) for row in posts_with().filter(uuid__in=list(uuids))}


def find_post_of_role(role: str, *, body: str = "", place_code: str = "") -> Post | None:
    """Return the post with a role in a body (or any unit of it), or in the unit whose place has this code; or None."""
    rows = posts_with().filter(role=role, unit__closed_at=None)
    if body:
        rows = rows.filter(Q(unit__code=body) | Q(unit__body__code=body))
    if place_code:
        rows = rows.filter(unit__place__code=place_code)
    row = rows.order_by("id").first()
    return post_of(row) if row else None


def superiors_of(post_uuid: UUID, *, leading: Sequence[Collection[str]] = (), inside: bool = False) -> list[Post]:
    """Return who stands above a post, the next one first: the one notion of a superior in the house.

    First comes the line of superiors that the organisation chart names. Then, from where that line ends, come the
    deputies and the head of the unit, as far as they rank higher, and those of the unit above it. ``leading`` are the
    roles that lead a unit in the body of the post, rank by rank from the top, where the body has said so. With
    ``inside``, who stands above in another body is left out.

    :raises PostUnknown: if there is no such post.
    """
    row = posts_with().filter(uuid=post_uuid).first()
    if row is None:
        raise PostUnknown
    own = (row.unit.body or row.unit).uuid
    found: list[Post] = []
    passed = {row.pk}
    while row.superior_id is not None and row.superior_id not in passed:
        passed.add(row.superior_id)
        row = posts_with().get(pk=row.superior_id)
        found.append(post_of(row))
    unit: models.Unit | None = row.unit
    above, met = rules.rank_of(row.role, leading), set[int]()
    while unit is not None and unit.pk not in met:
        met.add(unit.pk)
        here = [post_of(one) for one in posts_with().filter(unit=unit).order_by("id")]
        found += sorted(
            (one for one in here if rules.rank_of(one.role, leading) > above and one not in found),
            key=lambda one: rules.rank_of(one.role, leading),
        )
        above, unit = 0, unit.parent
    if not inside:
        return found
    return [one for one in found if one.unit.body_uuid == own]


def answers_to(post: UUID, superior: UUID) -> bool:
    """Whether the line of superiors that the organisation chart names for a post passes through another one."""
    met: set[UUID] = set()
    above = models.Post.objects.filter(uuid=post).values_list("superior__uuid", flat=True).first()
    while above is not None and above not in met:
        if above == superior:
            return True
        met.add(above)
        above = models.Post.objects.filter(uuid=above).values_list("superior__uuid", flat=True).first()
    return False


def search_posts(text: str, at: datetime, *, limit: int = 30) -> list[Post]:
    """Return the posts in whose title, unit or holder's name every word of a query occurs; none without words."""
    rows, terms = posts_with().filter(unit__closed_at=None), search_terms(text)[:6]
    if not terms:
        return []
    for term in terms:
        word = search_pattern(term)
        held = models.Membership.objects.filter(post=OuterRef("pk"), starts_at__lte=at).exclude(ends_at__lte=at)
        named = held.filter(Q(person__first_name__iregex=word) | Q(person__last_name__iregex=word))
        units = Q(unit__name_fa__iregex=word) | Q(unit__name_en__iregex=word) | Q(unit__body__name_fa__iregex=word)
        rows = rows.filter(Q(title_fa__iregex=word) | Q(title_en__iregex=word) | units | Exists(named))
    return [post_of(row) for row in rows.order_by("id")[:limit]]


def search_units(text: str, *, limit: int = 30) -> list[Unit]:
    """Return the standing units in whose names, now or formerly, every word of a query occurs; none without words.

    Bodies come first. For how a closed one is found, see ``successors_of``.
    """
    rows, terms = units_with().filter(closed_at=None), search_terms(text)[:6]
    if not terms:
        return []
    now, once = Q(), Q(unit=OuterRef("pk"), kind=UnitEventKind.RENAMED)
    for term in terms:
        word = search_pattern(term)
        now &= Q(name_fa__iregex=word) | Q(name_en__iregex=word)
        once &= Q(name_fa__iregex=word) | Q(name_en__iregex=word)
    rows = rows.filter(now | Exists(models.UnitEvent.objects.filter(once)))
    return [unit_of(row) for row in rows.order_by("kind", "id")[:limit]]


def list_posts_of_body(body: str) -> list[Post]:
    """Return the posts of a body and its units, as far as these stand."""
    rows = posts_with().filter(Q(unit__code=body) | Q(unit__body__code=body), unit__closed_at=None)
    return [post_of(row) for row in rows.order_by("id")]


def holder_of(post_uuid: UUID, at: datetime) -> Person | None:
    """Return who holds a post at a moment, or None when it is vacant."""
    row = _holdings(at).filter(post__uuid=post_uuid).first()
    return _person(row.person) if row else None


def holders_of(post_uuids: Iterable[UUID], at: datetime) -> dict[UUID, Person]:
    """Return who holds these posts at a moment; vacant posts are absent."""
    return {row.post.uuid: _person(row.person) for row in _holdings(at).filter(post__uuid__in=list(post_uuids))}


def list_holdings(person_uuid: UUID, at: datetime) -> list[Holding]:
    """Return the posts a person holds at a moment, oldest first, then those in which the person stands in."""
    own = [_holding(row) for row in _holdings(at).filter(person__uuid=person_uuid)]
    standing_in = _substitutions(at).filter(substitute__uuid=person_uuid)
    return own + [
        Holding(
            person=_person(row.substitute),
            post=replace(post_of(row.post), limit=_limit(row)),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            stands_in_for=row.holder.uuid,
        )
        for row in standing_in
        if all(held.post.uuid != row.post.uuid for held in own)
    ]


def list_holdings_of(persons: Iterable[UUID], at: datetime) -> dict[UUID, list[Holding]]:
    """Return the posts that each of these persons holds at a moment, oldest first; who holds none is absent."""
    found: dict[UUID, list[Holding]] = {}
    for row in _holdings(at).filter(person__uuid__in=list(persons)):
        found.setdefault(row.person.uuid, []).append(_holding(row))
    return found


def _substitutions(at: datetime) -> QuerySet[models.Substitution]:
    """Return the substitutions in force for holders who still hold their post."""
    still = models.Membership.objects.filter(post=OuterRef("post"), person=OuterRef("holder"), starts_at__lte=at)
    return (
        models.Substitution.objects.select_related("substitute", "holder", "post__unit__place", "post__unit__body")
        .filter(starts_at__lte=at, ends_at__gt=at, ended_at__isnull=True)
        .filter(Exists(still.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at))))
        .order_by("starts_at", "id")
    )


def list_substitutions(holder: UUID, at: datetime) -> list[Substitution]:
    """Return who stands in for a person at a moment or will later, by the beginning."""
    rows = models.Substitution.objects.select_related("substitute", "holder", "post__unit__place", "post__unit__body")
    rows = rows.filter(holder__uuid=holder, ends_at__gt=at, ended_at__isnull=True).order_by("starts_at", "id")
    return [
        Substitution(
            uuid=row.uuid,
            post=post_of(row.post),
            holder=_person(row.holder),
            substitute=_person(row.substitute),
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            limit=_limit(row),
        )
        for row in rows
    ]


def _limit(row: models.Substitution) -> SeatLimit:
    return SeatLimit(scope=SubstituteScope(row.scope), secrecy=row.secrecy)


def seated_in(post_uuid: UUID, at: datetime, scope: SubstituteScope | None = None) -> list[Person]:
    """Return who may act in a post at a moment: its holder first, then those who stand in for the holder.

    With a scope, only those who stand in for that or for everything.
    """
    holder = holder_of(post_uuid, at)
    if holder is None:
        return []
    rows = _substitutions(at).filter(post__uuid=post_uuid)
    if scope is not None:
        rows = rows.filter(scope__in=(SubstituteScope.ALL, scope))
    return [holder, *(_person(row.substitute) for row in rows)]


def get_post_for(person: UUID | None, post_uuid: UUID, at: datetime) -> Post:
    """Return a post as it is open to a person at a moment: with the limit of who only stands in for its holder.

    Of two standings-in for one holder the one that began first counts.

    :raises PostUnknown: if there is none.
    """
    found = get_post(post_uuid)
    holder = holder_of(post_uuid, at)
    if person is None or holder is None or holder.uuid == person:
        return found
    row = _substitutions(at).filter(post__uuid=post_uuid, substitute__uuid=person).first()
    return replace(found, limit=_limit(row)) if row else found


def list_roles() -> frozenset[str]:
    """Return the role codes that some post has."""
    return frozenset(models.Post.objects.values_list("role", flat=True).distinct())


def list_seats() -> frozenset[tuple[str, str]]:
    """Return the pairs of body and role of every post in a unit that stands."""
    rows = models.Post.objects.filter(unit__closed_at=None).values_list("unit__code", "unit__body__code", "role")
    return frozenset((body or unit, role) for unit, body, role in rows.distinct())


def list_body_codes() -> frozenset[str]:
    """Return the codes of every body that stands."""
    return frozenset(models.Unit.objects.filter(kind=UnitKind.BODY, closed_at=None).values_list("code", flat=True))
