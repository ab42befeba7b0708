"""Referrals of letters (ارجاع) and the chains in which they are followed up (پیگیری)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from divan.dealings.correspondence.models.letters import Letter


class Referral(models.Model):
    """One post's handing of a letter to one other post, with an instruction; below it what that post handed on.

    open → done with a report, refused back with a reason, or recalled by the sender while it is unread. ``secret``
    hides the note from all but sender and receiver, ``hidden`` the whole referral from its siblings.

    .. pii: what an officer wrote about a letter
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    from_post = models.UUIDField()
    to_post = models.UUIDField()
    sent_by = models.UUIDField(null=True)
    instruction = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    secret = models.BooleanField(default=False)
    hidden = models.BooleanField(default=False)
    copy = models.BooleanField(default=False)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10)
    report = models.TextField(blank=True)
    ended_by = models.UUIDField(null=True)
    ended_for = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=40, blank=True)

    subject_kind = "correspondence.referral"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("open", "done", "refused", "recalled")), name="letter_referral_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="letter_referral_ended",
            ),
        )
        indexes = (
            models.Index(fields=("letter", "id"), name="referral_of_letter"),
            models.Index(fields=("to_post",), condition=Q(state="open"), name="referral_open_of_post"),
            models.Index(fields=("from_post", "-id"), name="referral_from_post"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a referral covers: every field."""
        return {
            "letter": [self.letter_id, self.parent_id],
            "posts": [self.from_post, self.to_post, self.sent_by],
            "instruction": [self.instruction, self.note, self.secret, self.hidden, self.copy],
            "times": [self.sent_at, self.due_at, self.read_at],
            "state": [self.state, self.report],
            "ended": [self.ended_by, self.ended_for, self.ended_at, self.closing],
        }


class FollowUp(models.Model):
    """That a post wants an answer to a letter by a day, and is reminded until it is closed with a reason.

    Every reminder is counted; past ``escalates_at`` the superior of whoever has the letter hears of it, once, by a line
    of the worklist that speaks of ``escalation_uuid``.

    .. pii: what an officer wrote about a letter
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, null=True, related_name="+")
    recipient_uuid = models.UUIDField(null=True)
    post_uuid = models.UUIDField()
    opened_by = models.UUIDField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    note = models.TextField(blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminded_at = models.DateTimeField(null=True)
    escalates_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_to = models.UUIDField(null=True)
    escalation_uuid = models.UUIDField(null=True, unique=True)
    look_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.UUIDField(null=True)
    closing = models.CharField(max_length=500, blank=True)

    subject_kind = "correspondence.follow-up"

    class Meta:
        indexes = (
            models.Index(fields=("letter", "id"), name="follow_up_of_letter"),
            models.Index(fields=("post_uuid", "due_at"), condition=Q(closed_at__isnull=True), name="follow_up_open"),
            models.Index(fields=("look_at",), condition=Q(closed_at__isnull=True), name="follow_up_to_look_at"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a follow-up covers: every field but when it is looked at next."""
        return {
            "letter": [self.letter_id, self.referral_id, self.recipient_uuid],
            "opened": [self.post_uuid, self.opened_by, self.opened_at, self.due_at, self.note],
            "reminded": [self.reminders, self.reminded_at],
            "escalated": [self.escalates_at, self.escalated_at, self.escalated_to, self.escalation_uuid],
            "closed": [self.closed_at, self.closed_by, self.closing],
        }


class ReferralRule(models.Model):
    """How far letters are referred inside a body, and how soon a follow-up reminds and escalates; one row for a body.

    ``leading`` are the role codes that lead a unit, rank by rank from the top; a body without a row has the defaults
    of its value. ``upward`` and ``sideways`` say whether one refers to a superior, and into units not one's own.

    .. no_pii: rules of the administration
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.OneToOneField("people.Unit", on_delete=models.PROTECT, related_name="+")
    upward = models.BooleanField(default=False)
    sideways = models.BooleanField(default=False)
    leading = models.JSONField(default=list)
    remind_days = models.PositiveSmallIntegerField(default=2)
    escalate_days = models.PositiveSmallIntegerField(default=3)
    set_by = models.UUIDField(null=True)
    set_at = models.DateTimeField()

    subject_kind = "correspondence.referral-rule"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a rule covers: every field."""
        return {
            "body": self.body_id,
            "reach": [self.upward, self.sideways, self.leading],
            "days": [self.remind_days, self.escalate_days],
            "set": [self.set_by, self.set_at],
        }


class ReferralException(models.Model):
    """That one post may refer to another against the chart, or may not although the chart lets it, with the reason.

    .. no_pii: a right of a post
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    body = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    from_post = models.UUIDField()
    to_post = models.UUIDField()
    allowed = models.BooleanField()
    reason = models.CharField(max_length=500)
    granted_by = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)

    subject_kind = "correspondence.referral-exception"

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("from_post", "to_post"), condition=Q(ends_at__isnull=True), name="referral_exception_once"
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an exception covers: every field."""
        return {
            "body": self.body_id,
            "posts": [self.from_post, self.to_post],
            "allowed": [self.allowed, self.reason, self.granted_by],
            "period": [self.starts_at, self.ends_at],
        }
