"""What people does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction

from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.registers.people import models, queries
from divan.registers.people.actions.units import record_unit_event
from divan.registers.people.values import (
    PERSON_REGISTERED,
    PERSON_UPDATED,
    POST_CREATED,
    POST_GIVEN,
    POST_LEFT,
    SUBSTITUTE_APPOINTED,
    SUBSTITUTION_ENDED,
    UNIT_FOUNDED,
    Decision,
    Person,
    PersonUnknown,
    Post,
    PostNotHeld,
    PostTaken,
    PostUnknown,
    SeatLimit,
    SubstituteUnfit,
    SubstitutionUnknown,
    Unit,
    UnitClosed,
    UnitEventKind,
    UnitKind,
    UnitLevel,
)
from divan.registers.places import queries as places
from divan_libs.persian.identifiers import parse_mobile, parse_national_code
from divan_libs.persian.jalali import TEHRAN


@transaction.atomic
def register_person(
    *,
    national_code: str,
    first_name: str = "",
    last_name: str = "",
    father_name: str = "",
    birth_date: date | None = None,
    mobile: str = "",
    confirmed_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> Person:
    """Enter a person, or bring the entry to what a register answered; what is given empty stays as it is.

    :raises divan_libs.persian.identifiers.InvalidIdentifier: if the national code or the mobile number cannot be one.
    """
    given = {
        "first_name": first_name,
        "last_name": last_name,
        "father_name": father_name,
        "birth_date": birth_date,
        "mobile": parse_mobile(mobile) if mobile else "",
        "confirmed_at": confirmed_at,
    }
    code = parse_national_code(national_code)
    row, is_new = models.Person.objects.select_for_update().get_or_create(
        national_code=code, defaults={"uuid": uuid4()}
    )
    changed = [name for name, value in given.items() if value and getattr(row, name) != value]
    for name in changed:
        setattr(row, name, given[name])
    if changed:
        row.save(update_fields=changed)
    if changed or is_new:
        kind = PERSON_REGISTERED if is_new else PERSON_UPDATED
        facts.record(kind, subject=row, actor=actor, at=now, fields=sorted(changed))
    return queries.get_person(row.uuid)


@transaction.atomic
def found_unit(
    *,
    code: str,
    name_fa: str,
    name_en: str,
    kind: UnitKind,
    level: UnitLevel,
    place_code: str = "",
    parent_code: str = "",
    legal_id: str = "",
    email: str = "",
    address_fa: str = "",
    parent_body_fa: str = "",
    actor: Actor,
    now: datetime,
) -> Unit:
    """Enter a body or unit in the tree, or bring it to this description; names and places it had stay known.

    :raises PostUnknown: if the parent is not in the tree.
    :raises UnitClosed: if it was closed.
    :raises PlaceUnknown: if the place is not in the divisions.
    """
    if place_code:
        places.get_place(place_code)
    parent = None
    if parent_code:
        parent = models.Unit.objects.filter(code=parent_code).first()
        if parent is None:
            raise PostUnknown(unit=parent_code)
    row, is_new = models.Unit.objects.select_for_update().get_or_create(
        code=code, defaults={"uuid": uuid4(), "name_fa": name_fa, "kind": kind, "level": level}
    )
    if row.closed_at is not None:
        raise UnitClosed(name=row.name_fa)
    before = None if is_new else row.subject_state()
    if not is_new:
        _remember(row, (name_fa, name_en), parent, actor=actor, now=now)
    row.name_fa, row.name_en, row.kind, row.level = name_fa, name_en, kind, level
    row.place_id = _place_id(place_code)
    row.parent = parent
    row.legal_id, row.email, row.address_fa, row.parent_body_fa = legal_id, email, address_fa, parent_body_fa
    row.body = row if kind is UnitKind.BODY else (parent.body if parent else None)
    row.save()
    if before != row.subject_state():
        facts.record(UNIT_FOUNDED, subject=row, actor=actor, at=now, code=code)
    return queries.get_unit(code)


def _remember(
    row: models.Unit, names: tuple[str, str], parent: models.Unit | None, *, actor: Actor, now: datetime
) -> None:
    """Write down what a newer description changes of name and place; by which decision, it does not say."""
    decision = Decision(effective_on=now.astimezone(TEHRAN).date(), legal_basis="")
    former = row.name_fa, row.name_en
    if former != names:
        record_unit_event(row, UnitEventKind.RENAMED, decision, names=former, actor=actor, now=now)
    if row.parent_id != (parent.pk if parent else None):
        record_unit_event(row, UnitEventKind.MOVED, decision, other=row.parent, actor=actor, now=now)


def _place_id(code: str) -> int | None:
    if not code:
        return None
    place: Any = models.Unit._meta.get_field("place").related_model
    found: int | None = place._default_manager.filter(code=code).values_list("id", flat=True).first()
    return found


@transaction.atomic
def create_post(
    *, code: str, title_fa: str, title_en: str, role: str, unit_code: str, actor: Actor, now: datetime
) -> Post:
    """Create a post in a unit, or return the one that has this code already.

    :raises PostUnknown: if the unit is not in the tree.
    """
    unit = models.Unit.objects.filter(code=unit_code).first()
    if unit is None:
        raise PostUnknown(unit=unit_code)
    row, is_new = models.Post.objects.get_or_create(
        code=code, defaults={"uuid": uuid4(), "title_fa": title_fa, "title_en": title_en, "role": role, "unit": unit}
    )
    if is_new:
        facts.record(POST_CREATED, subject=row, actor=actor, at=now, role=role)
    return queries.get_post(row.uuid)


@transaction.atomic
def give_post(*, person: UUID, post: UUID, starts_at: datetime, actor: Actor, now: datetime) -> UUID:
    """Give a vacant post to a person from a moment on; return the membership's identifier.

    :raises PersonUnknown, PostUnknown: if either is not in the register.
    :raises PostTaken: if somebody holds the post then.
    """
    holder = models.Person.objects.filter(uuid=person).first()
    if holder is None:
        raise PersonUnknown
    seat = models.Post.objects.select_for_update().filter(uuid=post).first()
    if seat is None:
        raise PostUnknown
    if models.Membership.objects.filter(post=seat, ends_at__gt=starts_at).exists():
        raise PostTaken
    try:
        with transaction.atomic():
            row = models.Membership.objects.create(uuid=uuid4(), person=holder, post=seat, starts_at=starts_at)
    except IntegrityError as error:
        raise PostTaken from error
    facts.record(POST_GIVEN, subject=row, actor=actor, at=now, post=post, person=person)
    return row.uuid


@transaction.atomic
def leave_post(*, person: UUID, post: UUID, actor: Actor, now: datetime) -> None:
    """End a person's holding of a post at this moment.

    :raises PostNotHeld: if the person does not hold it.
    """
    row = (
        models.Membership.objects.select_for_update()
        .filter(person__uuid=person, post__uuid=post, ends_at__isnull=True)
        .first()
    )
    if row is None:
        raise PostNotHeld
    row.ends_at = now
    row.save(update_fields=["ends_at"])
    facts.record(POST_LEFT, subject=row, actor=actor, at=now, post=post, person=person)


@transaction.atomic
def appoint_substitute(
    *,
    person: UUID,
    substitute: UUID,
    starts_at: datetime,
    ends_at: datetime,
    limit: SeatLimit | None = None,
    actor: Actor,
    now: datetime,
) -> list[UUID]:
    """Let somebody stand in for all posts of a person from one moment to another; return the identifiers.

    With a ``limit`` they do so in letters or in cases alone, and up to a class of secrecy.

    The substitute acts in the posts in their own name; the holder keeps them. A time that has begun already, such as
    that of a leave which begins today, is for the posts held now: one may have taken them after it began.

    :raises PersonUnknown: if either is not in the register.
    :raises SubstituteUnfit: if both are the same, the time is empty, or the person holds no post then.
    """
    both = {row.uuid: row for row in models.Person.objects.select_for_update().filter(uuid__in=[person, substitute])}
    if not {person, substitute} <= both.keys():
        raise PersonUnknown
    moment = now if starts_at <= now < ends_at else starts_at
    held = [holding for holding in queries.list_holdings(person, moment) if holding.stands_in_for is None]
    if person == substitute or ends_at <= starts_at or not held:
        raise SubstituteUnfit
    appointed = []
    for seat in models.Post.objects.filter(uuid__in=[holding.post.uuid for holding in held]).order_by("id"):
        row = models.Substitution.objects.create(
            uuid=uuid4(),
            post=seat,
            holder=both[person],
            substitute=both[substitute],
            starts_at=starts_at,
            ends_at=ends_at,
            scope=(limit or SeatLimit()).scope,
            secrecy=(limit or SeatLimit()).secrecy,
        )
        facts.record(SUBSTITUTE_APPOINTED, subject=row, actor=actor, at=now, post=seat.uuid, substitute=substitute)
        appointed.append(row.uuid)
    return appointed


@transaction.atomic
def end_substitution(*, substitution: UUID, actor: Actor, now: datetime) -> None:
    """End somebody's standing in for one's own post before its time, or call it off before it begins.

    :raises SubstitutionUnknown: if there is none, it is over, or it is for another person's post.
    """
    row = (
        models.Substitution.objects.select_for_update(of=("self",))
        .select_related("holder")
        .filter(uuid=substitution, ends_at__gt=now, ended_at__isnull=True)
        .first()
    )
    if row is None or row.holder.uuid != actor.uuid:
        raise SubstitutionUnknown
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    facts.record(SUBSTITUTION_ENDED, subject=row, actor=actor, at=now)
