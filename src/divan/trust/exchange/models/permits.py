"""Rights to ask, and what was asked for to get them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from divan.trust.exchange.models.membership import DataService, Group, Subsystem


class PermitRequest(models.Model):
    """That a body asks for the right to ask a data service; the body that offers it reviews.

    ``scopes`` are rows of method and path glob; each becomes a permit of its own when it is granted. ``kind`` tells a
    new right from an ``amendment`` (which takes the place of the permit that it ``follows``) and a ``renewal`` (which
    begins when that one ends). States: asked → granted, refused or withdrawn; who decided, when and why are written
    then, and nothing else ever changes.

    .. pii: which officers asked and decided, by their identifiers
    .. retention: with the permits that came of it, as long as evidence of messages under them is kept
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    consumer = models.ForeignKey(Subsystem, on_delete=models.PROTECT, related_name="+")
    data_service = models.ForeignKey(DataService, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9)
    follows = models.ForeignKey("Permit", on_delete=models.PROTECT, null=True, related_name="+")
    scopes = models.JSONField()
    purpose_fa = models.CharField(max_length=300)
    purpose_en = models.CharField(max_length=300, blank=True)
    legal_basis_fa = models.CharField(max_length=500)
    legal_basis_en = models.CharField(max_length=500, blank=True)
    legal_basis_confirmed = models.BooleanField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField()
    hours = models.JSONField(default=list)
    rate_per_minute = models.PositiveIntegerField(null=True)
    daily_quota = models.PositiveIntegerField(null=True)
    hidden = models.JSONField(default=list)
    state = models.CharField(max_length=9, default="asked")
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField(null=True)
    asked_in = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    decided_in = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    reference = models.CharField(max_length=100, blank=True)

    subject_kind: ClassVar[str] = "exchange.permit-request"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None)
                | Q(state__in=("granted", "refused", "withdrawn"), decided_at__isnull=False),
                name="permit_request_state",
            ),
            models.CheckConstraint(
                condition=Q(kind="new", follows=None) | Q(kind__in=("amendment", "renewal"), follows__isnull=False),
                name="permit_request_follows",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="permit_refused_with_reason"),
            models.CheckConstraint(condition=~Q(purpose_fa="") & ~Q(legal_basis_fa=""), name="permit_request_says_why"),
        )
        indexes = (
            models.Index(fields=("data_service", "asked_at"), name="permit_requests_open", condition=Q(state="asked")),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a request covers: every field."""
        return {
            "consumer": self.consumer_id,
            "data_service": self.data_service_id,
            "kind": [self.kind, self.follows_id],
            "scopes": self.scopes,
            "purpose": [self.purpose_fa, self.purpose_en],
            "legal_basis": [self.legal_basis_fa, self.legal_basis_en, self.legal_basis_confirmed],
            "period": [self.starts_at, self.ends_at],
            "bounds": [self.hours, self.rate_per_minute, self.daily_quota, self.hidden],
            "asked": [self.asked_at, self.asked_by, self.asked_in],
            "decided": [self.state, self.decided_at, self.decided_by, self.decided_in, self.reason, self.reference],
        }


class Permit(models.Model):
    """The right of a subsystem or group to ask a data service, for a purpose, on a legal basis, for a time (half-open).

    States: granted, then in force while its period lasts; suspended (``suspended_at``) and resumed; revoked for good.
    Nothing else of it ever changes. ``hours`` are rows of days, start and end in local time; ``hidden`` are pointers to
    fields that answers are given without. It came of a ``request``, or was given directly for a ``reason``.

    .. no_pii: rights of information systems
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    consumer = models.ForeignKey(Subsystem, on_delete=models.PROTECT, null=True, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    data_service = models.ForeignKey(DataService, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(PermitRequest, on_delete=models.PROTECT, null=True, related_name="permits")
    reason = models.CharField(max_length=300, blank=True)
    method = models.CharField(max_length=10)
    path_glob = models.CharField(max_length=300)
    purpose_fa = models.CharField(max_length=300)
    purpose_en = models.CharField(max_length=300, blank=True)
    legal_basis_fa = models.CharField(max_length=500)
    legal_basis_en = models.CharField(max_length=500, blank=True)
    legal_basis_confirmed = models.BooleanField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    hours = models.JSONField(default=list)
    rate_per_minute = models.PositiveIntegerField(null=True)
    burst = models.PositiveIntegerField(null=True)
    daily_quota = models.PositiveIntegerField(null=True)
    hidden = models.JSONField(default=list)
    granted_at = models.DateTimeField()
    suspended_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "exchange.permit"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="permit_period"
            ),
            models.CheckConstraint(condition=~Q(purpose_fa="") & ~Q(legal_basis_fa=""), name="permit_says_why"),
            models.CheckConstraint(
                condition=Q(consumer=None, group__isnull=False) | Q(consumer__isnull=False, group=None),
                name="permit_of_one_or_group",
            ),
            models.CheckConstraint(
                condition=(Q(rate_per_minute__isnull=True) | Q(rate_per_minute__gt=0))
                & (Q(burst__isnull=True) | Q(burst__gt=0, rate_per_minute__isnull=False))
                & (Q(daily_quota__isnull=True) | Q(daily_quota__gt=0)),
                name="permit_limits",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a permit covers: every field; bounds only where there are any."""
        limits = [self.rate_per_minute, self.burst, self.daily_quota]
        bounds = [self.hours, limits, self.hidden]
        origin = [self.request_id, self.reason]
        return {
            "consumer": self.consumer_id,
            "data_service": self.data_service_id,
            "what": [self.method, self.path_glob],
            "purpose": [self.purpose_fa, self.purpose_en],
            "legal_basis": [self.legal_basis_fa, self.legal_basis_en, self.legal_basis_confirmed],
            "period": [self.starts_at, self.ends_at],
            "granted_at": self.granted_at,
            "revoked_at": self.revoked_at,
            **({} if bounds == [[], [None, None, None], []] else {"bounds": bounds}),
            **({"group": self.group_id} if self.group_id else {}),
            **({"origin": origin} if any(origin) else {}),
            **({"suspended_at": self.suspended_at} if self.suspended_at else {}),
        }
