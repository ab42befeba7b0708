"""What identity keeps."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.db import models
from django.db.models import Q


class Accounts(BaseUserManager["Account"]):
    """Accounts read together with their person, because every request needs both."""

    def get_queryset(self) -> models.QuerySet[Account]:
        """Return accounts with their persons."""
        return super().get_queryset().select_related("person")


class Account(AbstractBaseUser):
    """A way for a person to sign in, as a citizen or as staff.

    What an account may do follows from the posts its person holds at that moment; there are no permissions to keep.
    Citizens have no password. States: active → closed (``is_active`` false).

    .. pii: user name, password hash, link to the person
    .. retention: as long as the person holds a post or has a case; closed and kept five years after that
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    username = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=10)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    is_staff = False
    # Each sign-in is a fact; a column beside it would change the row without one.
    last_login = None

    objects = Accounts()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    subject_kind: ClassVar[str] = "identity.account"

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "kind"), name="account_one_of_a_kind"),
            models.CheckConstraint(condition=Q(kind__in=("citizen", "staff")), name="account_kind_known"),
        )

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. A hash of older strength stays until the password is set anew, as a fact."""
        return check_password(raw_password, self.password)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an account covers: a password changed behind the house's back is found."""
        return {
            "username": self.username,
            "kind": self.kind,
            "person": self.person_id,
            "is_active": self.is_active,
            "password": self.password,
        }


class SignInChallenge(models.Model):
    """A sign-in by national code and a code sent to the mobile, bound to one browser session.

    States: asking → ready | unanswered; ready → redeemed | spent; any open state → replaced. A number that is not
    the person's becomes ready too, with a digest that no code has: the page must not tell whose number it is.

    .. pii: national code and mobile number as typed
    .. retention: both leave after 30 days
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    national_code = models.CharField(max_length=10)
    mobile = models.CharField(max_length=11)
    language = models.CharField(max_length=5)
    state = models.CharField(max_length=12)
    is_owner = models.BooleanField(default=False)
    code_digest = models.BinaryField(default=b"")
    tries = models.PositiveSmallIntegerField(default=0)
    resends = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "identity.challenge"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("asking", "ready", "unanswered", "redeemed", "spent", "replaced")),
                name="challenge_state_known",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(sent_at__isnull=False), name="challenge_ready_has_code"
            ),
            models.CheckConstraint(
                condition=~Q(state="redeemed") | Q(is_owner=True), name="challenge_redeemed_by_owner"
            ),
            models.CheckConstraint(condition=Q(tries__lte=5), name="challenge_five_tries"),
        )
        indexes = (models.Index(fields=("opened_at",), condition=~Q(mobile=""), name="challenge_to_forget"),)

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a challenge covers."""
        return {
            "national_code": self.national_code,
            "mobile": self.mobile,
            "state": self.state,
            "is_owner": self.is_owner,
            "code_digest": bytes(self.code_digest),
            "tries": self.tries,
            "resends": self.resends,
            "sent_at": self.sent_at,
            "ended_at": self.ended_at,
        }


class AttemptCount(models.Model):
    """How often something was tried lately, by an HMAC of who tried it; the level sinks with time.

    .. no_pii: keyed hashes and numbers; rows leave two days after the last attempt
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=64, unique=True)
    level = models.FloatField(default=0.0)
    measured_at = models.DateTimeField(db_index=True)


class Inquiry(models.Model):
    """A question to a register, asked through the exchange by the worker.

    States: asked → matched | not-matched | unknown. While a question is on its way ``leased_until`` keeps other
    workers off; ``message_id`` was stored before sending, so a question whose answer was lost in a crash goes out again
    under the same identifier and is one message in the evidence.

    ``national_code`` is the code of whom it is about; foreigners and organizations have other numbers there.

    .. pii: national code of the subject, a mobile number, what the register told
    .. retention: with the case or sign-in it serves; what the register told leaves with it
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    need = models.CharField(max_length=80)
    data_service = models.CharField(max_length=80)
    national_code = models.CharField(max_length=30)
    subject = models.ForeignKey("people.Person", on_delete=models.PROTECT, null=True, related_name="+")
    parameters = models.JSONField(default=dict)
    purpose = models.CharField(max_length=300)
    about_kind = models.CharField(max_length=60)
    about_uuid = models.UUIDField()
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=60, blank=True)
    fields = models.JSONField(default=dict)
    message_id = models.CharField(max_length=40)
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "identity.inquiry"

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=("asked", "matched", "not-matched", "unknown")), name="inquiry_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="inquiry_answered_when",
            ),
            models.CheckConstraint(condition=Q(state="matched") | Q(fields={}), name="inquiry_only_a_match_tells"),
        )
        indexes = (
            models.Index(fields=("data_service", "next_attempt_at"), condition=Q(state="asked"), name="inquiry_due"),
            models.Index(fields=("about_uuid",), name="inquiry_about"),
            models.Index(
                fields=("national_code", "data_service", "-answered_at"),
                condition=Q(state="matched"),
                name="inquiry_known",
            ),
        )

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of an inquiry covers: the question and, once it came, the answer.

        Attempts on the way are no facts, so they stay outside.
        """
        answered: dict[str, Any] = {}
        if self.answered_at is not None:
            answered = {"fields": self.fields, "reason": self.reason, "message_id": self.message_id}
        return {
            "need": self.need,
            "data_service": self.data_service,
            "national_code": self.national_code,
            "parameters": self.parameters,
            "purpose": self.purpose,
            "about": [self.about_kind, self.about_uuid],
            "state": self.state,
            "asked_at": self.asked_at,
            "answered_at": self.answered_at,
            "answer": answered,
        }


class DirectoryLink(models.Model):
    """An entry of the directory of staff and whose it is; by its identifier there the person is found again.

    ``post`` is the code of the post that the directory gave last. States: open → ended (disabled or gone there) → open.

    .. pii: user name and e-mail address at work, link to the person
    .. retention: as long as the person's account, and with it
    """

    id = models.BigAutoField(primary_key=True)
    uuid = models.UUIDField(unique=True)
    directory_id = models.CharField(max_length=36, unique=True)
    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    username = models.CharField(max_length=80, blank=True)
    mail = models.CharField(max_length=254, blank=True)
    post = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True)

    subject_kind: ClassVar[str] = "identity.directory-link"

    def subject_state(self) -> dict[str, object]:
        """Return what the digest of a link covers."""
        return {
            "directory_id": self.directory_id,
            "person": self.person_id,
            "username": self.username,
            "mail": self.mail,
            "post": self.post,
            "ended_at": self.ended_at,
        }
