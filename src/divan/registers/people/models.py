"""What people keeps."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class Person(models.Model):
    """A natural person, known by the national code; names come from the civil registry, not from typing.

    .. pii: national code, names, birth date, mobile number
    .. retention: as long as a case, letter, post or account refers to the person; five years after the last of them
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    national_code = models.CharField(max_length=10, unique=True)
    first_name = models.CharField(max_length=80, blank=True)
    last_name = models.CharField(max_length=120, blank=True)
    father_name = models.CharField(max_length=80, blank=True)
    birth_date = models.DateField(null=True)
    mobile = models.CharField(max_length=11, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    subject_kind = "people.person"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a person covers: every field."""
        return {
            "national_code": self.national_code,
            "names": [self.first_name, self.last_name, self.father_name],
            "birth_date": self.birth_date,
            "mobile": self.mobile,
            "confirmed_at": self.confirmed_at,
        }


class Unit(models.Model):
    """A body (دستگاه) or a unit inside one, in one tree; ``body`` is the body a unit belongs to, itself for a body.

    States: standing → closed (``closed_at``). A closed one stays, with the names it had, for what refers to it.

    .. no_pii: the structure of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=60, unique=True)
    name_fa = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=10)
    level = models.CharField(max_length=10)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    body = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    legal_id = models.CharField(max_length=11, blank=True)
    email = models.CharField(max_length=120, blank=True)
    address_fa = models.CharField(max_length=300, blank=True)
    parent_body_fa = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    subject_kind = "people.unit"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=("body", "unit")), name="unit_kind_known"),
            models.CheckConstraint(
                condition=Q(level__in=("province", "county", "district", "village")), name="unit_level_known"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a unit covers."""
        state: dict[str, object] = {
            "code": self.code,
            "names": [self.name_fa, self.name_en],
            "kind": self.kind,
            "level": self.level,
            "place": self.place_id,
            "parent": self.parent_id,
            "legal_id": self.legal_id,
            "email": self.email,
        }
        # Digests taken before units could be closed must still be found by recomputing.
        if self.closed_at is not None:
            state["closed_at"] = self.closed_at
        return state


class UnitEvent(models.Model):
    """What became of a body or unit, by which decision: renamed, moved, closed, or succeeded by another one.

    ``name_fa`` and ``name_en`` are the names it had until then, ``other`` the unit above until then, or the successor.
    A unit that is split has several successors; units that are merged have the same one.

    .. no_pii: the structure of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    effective_on = models.DateField()
    legal_basis = models.CharField(max_length=300, blank=True)
    name_fa = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    other = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    subject_kind = "people.unit-event"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=("renamed", "moved", "closed", "succeeded")), name="unit_event_kind_known"
            ),
            models.CheckConstraint(condition=~Q(kind="renamed") | ~Q(name_fa=""), name="unit_event_former_name"),
            models.CheckConstraint(
                condition=~Q(kind="succeeded") | (Q(other__isnull=False) & ~Q(other=F("unit"))),
                name="unit_event_successor_is_another",
            ),
            models.UniqueConstraint(
                fields=("unit", "other"), condition=Q(kind="succeeded"), name="unit_event_successor_once"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an event covers: every field."""
        return {
            "unit": self.unit_id,
            "kind": self.kind,
            "effective_on": self.effective_on,
            "legal_basis": self.legal_basis,
            "names": [self.name_fa, self.name_en],
            "other": self.other_id,
            "recorded_at": self.recorded_at,
        }


class Post(models.Model):
    """A seat in a unit with a role code; the role is what service packages name, the post is who does it here.

    ``superior`` is the post it answers to by the organisation chart; without one the tree of units says it.

    .. no_pii: the structure of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    code = models.CharField(max_length=80, unique=True)
    title_fa = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=60)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    subject_kind = "people.post"

    class Meta:
        indexes = (models.Index(fields=("role", "unit"), name="post_by_role"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a post covers."""
        state: dict[str, object] = {
            "code": self.code,
            "titles": [self.title_fa, self.title_en],
            "role": self.role,
            "unit": self.unit_id,
        }
        # Digests taken before a chart named superiors must still be found by recomputing.
        if self.superior_id is not None:
            state["superior"] = self.superior_id
        return state


class Membership(models.Model):
    """A person in a post from one moment to another (half-open); one holder at a time.

    .. pii: who held which post when, personnel number
    .. retention: for ever; acts in a post must stay attributable
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    personnel_number = models.CharField(max_length=20, blank=True, default="")

    subject_kind = "people.membership"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("post",), condition=Q(ends_at__isnull=True), name="membership_one_open_holder"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="membership_period"
            ),
        )
        indexes = (models.Index(fields=("person",), name="membership_of_person"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a membership covers."""
        state: dict[str, object] = {
            "person": self.person_id,
            "post": self.post_id,
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }
        # Digests taken before there were personnel numbers must still be found by recomputing.
        if self.personnel_number:
            state["personnel_number"] = self.personnel_number
        return state


class Substitution(models.Model):
    """A person who stands in (جانشین) for the holder of a post for a time (half-open); the holder stays responsible.

    ``ended_at`` is when the holder ended it before its time, or called it off before it began. ``scope`` and
    ``secrecy`` limit it to letters or cases, and to a class of secrecy ("" for what the post is cleared for).

    .. pii: who stood in for whom when
    .. retention: for ever; acts in a post must stay attributable
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    holder = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    scope = models.CharField(max_length=10, default="all")
    secrecy = models.CharField(max_length=25, blank=True, default="")

    subject_kind = "people.substitution"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(scope__in=("all", "letters", "cases")), name="substitution_scope_known"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="substitution_period"),
            models.CheckConstraint(condition=~Q(holder=F("substitute")), name="substitution_by_another"),
        )
        indexes = (
            models.Index(fields=("post", "ends_at"), name="substitution_of_post"),
            models.Index(fields=("substitute", "ends_at"), name="substitution_by_person"),
            models.Index(fields=("holder", "ends_at"), name="substitution_of_holder"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a substitution covers."""
        state: dict[str, object] = {
            "post": self.post_id,
            "persons": [self.holder_id, self.substitute_id],
            "starts_at": self.starts_at,
            "ends_at": self.ends_at,
        }
        # Digests taken before there was such an end or such limits must still be found by recomputing.
        if self.ended_at is not None:
            state["ended_at"] = self.ended_at
        if self.scope != "all" or self.secrecy:
            state["limit"] = [self.scope, self.secrecy]
        return state
