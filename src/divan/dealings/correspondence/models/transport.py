"""How letters leave and arrive: one dispatch for each recipient, one intake for each thing that came."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from divan.dealings.correspondence.models.letters import Letter, Recipient
from divan.dealings.correspondence.models.secretariats import Secretariat

CHANNELS = ("internal", "exchange", "ece", "folder", "post", "courier", "fax", "by-hand")


class Dispatch(models.Model):
    """The sending of a signed letter to one recipient by one channel.

    desk → queued → sent → delivered → registered, or refused by the other side, or dead when it was tried too often: a
    person then sends anew. What is carried by people is noted as sent with its evidence. ``target`` is the address
    within the channel; what goes to one target goes in the order of ``id``. ``key`` is told to the other side and makes
    sending again harmless. ``their_number`` is the number the other side registered it under, ``waits_for`` the code of
    why the last try was in vain.

    .. pii: address of a recipient
    .. retention: with the letter
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Recipient, on_delete=models.PROTECT, related_name="+")
    secretariat = models.ForeignKey(Secretariat, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    target = models.CharField(max_length=300, blank=True)
    key = models.CharField(max_length=80, unique=True)
    state = models.CharField(max_length=12)
    evidence = models.JSONField(default=dict)
    queued_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.UUIDField(null=True)
    delivered_at = models.DateTimeField(null=True)
    their_number = models.CharField(max_length=60, blank=True)
    their_registered_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=80, blank=True)
    problem_text = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    waits_for = models.CharField(max_length=80, blank=True, default="")
    next_attempt_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    subject_kind = "correspondence.dispatch"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(channel__in=CHANNELS), name="dispatch_channel_known"),
            models.CheckConstraint(
                condition=Q(
                    state__in=("desk", "queued", "sent", "delivered", "registered", "refused", "dead", "dropped")
                ),
                name="dispatch_state_known",
            ),
            models.UniqueConstraint(
                fields=("recipient",),
                condition=~Q(state__in=("refused", "dead", "dropped")),
                name="dispatch_one_of_recipient",
            ),
        )
        indexes = (
            models.Index(fields=("letter", "id"), name="dispatch_of_letter"),
            models.Index(fields=("channel", "target", "id"), condition=Q(state="queued"), name="dispatch_in_order"),
            models.Index(fields=("next_attempt_at",), condition=Q(state="queued"), name="dispatch_due"),
            models.Index(
                fields=("secretariat", "-id"),
                condition=Q(state__in=("desk", "refused", "dead")),
                name="dispatch_at_desk",
            ),
            models.Index(
                fields=("next_attempt_at",),
                condition=Q(state__in=("sent", "delivered"), channel="exchange"),
                name="dispatch_to_ask_about",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a dispatch covers: every field but those of the next attempt."""
        return {
            "letter": [self.letter_id, self.recipient_id, self.secretariat_id],
            "way": [self.channel, self.target, self.key],
            "state": self.state,
            "evidence": self.evidence,
            "times": [self.queued_at, self.sent_at, self.sent_by, self.delivered_at],
            "theirs": [self.their_number, self.their_registered_at],
            "problem": [self.problem, self.problem_text],
        }


class Intake(models.Model):
    """Something that arrived at a secretariat and waits to be registered as a letter, refused, or known as a double.

    ``key`` makes arriving twice harmless. ``original`` is the file as it came, ``read`` what was understood of it, with
    the deviations from the format. ``receipt`` is where the receipt of registration goes.

    .. pii: names, subject and content of a letter
    .. retention: with the letter it became; refused ones go after one year
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    secretariat = models.ForeignKey(Secretariat, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    key = models.CharField(max_length=200)
    arrived_at = models.DateTimeField()
    state = models.CharField(max_length=12)
    sender = models.JSONField(default=dict)
    their_number = models.CharField(max_length=60, blank=True)
    their_date = models.DateField(null=True)
    subject = models.CharField(max_length=300, blank=True)
    secrecy = models.CharField(max_length=25, default="ordinary")
    urgency = models.CharField(max_length=10, default="ordinary")
    read = models.JSONField(default=dict)
    original = models.UUIDField(null=True)
    files = models.JSONField(default=list)
    receipt = models.JSONField(default=dict)
    dispatch_uuid = models.UUIDField(null=True)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, null=True, related_name="+")
    ended_by = models.UUIDField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    subject_kind = "correspondence.intake"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("secretariat", "channel", "key"), name="intake_once"),
            models.CheckConstraint(
                condition=Q(channel__in=(*CHANNELS, "scan", "counter", "e-mail", "portal")), name="intake_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "registered", "refused", "double", "broken")),
                name="intake_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="registered") | Q(letter__isnull=False), name="intake_registered_as_letter"
            ),
        )
        indexes = (
            models.Index(fields=("secretariat", "id"), condition=Q(state="waiting"), name="intake_waiting"),
            models.Index(fields=("secretariat", "-id"), condition=Q(state="broken"), name="intake_broken"),
            models.Index(fields=("ended_at",), condition=Q(state="refused"), name="intake_refused"),
            models.Index(F("read__applicant"), condition=Q(channel="portal"), name="intake_of_applicant"),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an intake covers: every field."""
        return {
            "at": [self.secretariat_id, self.channel, self.key, self.arrived_at],
            "state": self.state,
            "sender": [self.sender, self.their_number, self.their_date],
            "marks": [self.subject, self.secrecy, self.urgency],
            "content": [self.read, self.original, self.files],
            "receipt": [self.receipt, self.dispatch_uuid],
            "letter": self.letter_id,
            "ended": [self.ended_by, self.ended_at, self.reason],
        }


class Receipt(models.Model):
    """The word to be carried to whoever sent a letter by a channel: it was registered under a number, or refused.

    queued → sent, or dead when nobody took it for too long; the other side may still ask. There is one for each thing
    that arrived and ended; what it says stands in the intake. ``target`` is where the channel takes it.

    .. no_pii: identifiers and addresses of systems
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    intake = models.OneToOneField(Intake, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    target = models.CharField(max_length=300)
    state = models.CharField(max_length=6)
    queued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=80, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)

    subject_kind = "correspondence.receipt"

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(channel__in=("exchange", "ece", "folder")), name="receipt_channel"),
            models.CheckConstraint(condition=Q(state__in=("queued", "sent", "dead")), name="receipt_state_known"),
        )
        indexes = (models.Index(fields=("next_attempt_at",), condition=Q(state="queued"), name="receipt_due"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a receipt covers: every field but those of the next attempt."""
        return {
            "intake": self.intake_id,
            "way": [self.channel, self.target],
            "state": [self.state, self.queued_at, self.ended_at, self.problem],
        }
