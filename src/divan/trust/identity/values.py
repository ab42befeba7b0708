"""What identity speaks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from divan.foundation.actors import Actor
from divan.foundation.errors import Refusal, Trouble
from divan.foundation.kinds import FactKind
from divan.registers.people.values import Holding, Post


class AccountKind(StrEnum):
    """In which capacity a person signs in; somebody who is both has an account for each."""

    CITIZEN = "citizen"
    STAFF = "staff"


class SignInMethod(StrEnum):
    """How a person proved who they are."""

    CODE = "code"
    NATIONAL_SIGN_ON = "national-sign-on"
    PASSWORD = "password"  # noqa: S105 (the name of a method)
    REHEARSAL = "rehearsal"


class InquiryState(StrEnum):
    """What is known of a question to a register: three ends that are never taken for one another."""

    ASKED = "asked"
    MATCHED = "matched"
    NOT_MATCHED = "not-matched"
    UNKNOWN = "unknown"


class ChallengeState(StrEnum):
    """Where a sign-in by code stands.

    ``asking`` waits for the register of mobile numbers; ``ready`` takes a code (whether one was sent or not is not
    told); ``unanswered`` means the register stayed silent; ``redeemed``, ``spent`` (too many tries) and ``replaced``
    (begun anew) are ends.
    """

    ASKING = "asking"
    READY = "ready"
    UNANSWERED = "unanswered"
    REDEEMED = "redeemed"
    SPENT = "spent"
    REPLACED = "replaced"


class SecondFactor(StrEnum):
    """What a member of staff proves besides the password."""

    TOTP = "totp"
    PASSKEY = "webauthn"
    RECOVERY_CODES = "recovery_codes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account as others see it; ``person`` is the person's identifier in the register of people."""

    uuid: UUID
    kind: AccountKind
    username: str
    person: UUID
    name: str
    is_active: bool

    @property
    def is_staff_account(self) -> bool:
        """Whether one signs in with it as staff."""
        return self.kind is AccountKind.STAFF


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingAs:
    """Who stands behind a request.

    ``enrolling`` tells that a member of staff gave the password but has not passed a second factor: the actor is then
    nobody, and only the page where a second factor is enrolled opens. ``holdings`` are the posts held now.
    """

    actor: Actor
    account: UUID | None = None
    name: str = ""
    holdings: tuple[Holding, ...] = ()
    post: Post | None = None
    enrolling: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A question to a register with its answer.

    ``fields`` are what the register told (text, truth values), empty unless matched. ``message_id`` names the
    exchange's evidence of the message that brought the answer. ``reason`` is a code where the state says too little.
    """

    uuid: UUID
    need: str
    data_service: str
    subject: UUID | None
    subject_code: str
    parameters: Mapping[str, str]
    about_kind: str
    about_uuid: UUID
    state: InquiryState
    fields: Mapping[str, object] = field(default_factory=dict)
    asked_at: datetime
    answered_at: datetime | None
    message_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """A sign-in by code as its page sees it; it never tells whether a code was sent."""

    uuid: UUID
    state: ChallengeState
    mobile: str
    opened_at: datetime
    resend_at: datetime | None
    expires_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How often something may be tried: ``burst`` times at once, and as many again over ``per_seconds``."""

    scope: str
    burst: int
    per_seconds: int


@dataclass(frozen=True, slots=True)
class Matched:
    """The register confirms, and tells these fields."""

    fields: Mapping[str, object] = field(default_factory=dict)
    state: Literal[InquiryState.MATCHED] = InquiryState.MATCHED


@dataclass(frozen=True, slots=True)
class NotMatched:
    """The register denies: it has no such record, or it belongs to somebody else."""

    reason: str
    state: Literal[InquiryState.NOT_MATCHED] = InquiryState.NOT_MATCHED


@dataclass(frozen=True, slots=True)
class Unknown:
    """The register gave nothing to rely on; ``again`` tells whether asking again may help."""

    reason: str
    again: bool
    state: Literal[InquiryState.UNKNOWN] = InquiryState.UNKNOWN


RegisterAnswer = Matched | NotMatched | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnStart:
    """A sign-in that was begun at the national sign-on: where to send the visitor, and what is kept in the session."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOnPerson:
    """Whom the national sign-on vouches for."""

    national_code: str
    first_name: str
    last_name: str


class AccountUnknown(Refusal):
    """There is no such account."""

    code = "identity.account-unknown"
    status = 404


class AccountClosed(Refusal):
    """The account was closed; nobody signs in with it."""

    code = "identity.account-closed"
    status = 403


class UsernameTaken(Refusal):
    """The user name belongs to another account."""

    code = "identity.username-taken"


class PasswordRefused(Refusal):
    """The password is too easy to guess; ``reasons`` are the codes of the rules it breaks."""

    code = "identity.password-refused"
    status = 400


class SecondFactorPresent(Refusal):
    """The account has an authenticator already."""

    code = "identity.second-factor-present"


class OnlyInRehearsal(Refusal):
    """This exists in a rehearsal only."""

    code = "identity.only-in-rehearsal"
    status = 404


class TooManyAttempts(Refusal):
    """It was tried too often; ``minutes`` tells how long to wait."""

    code = "identity.too-many-attempts"
    status = 429


class ChallengeUnknown(Refusal):
    """There is no sign-in under way here."""

    code = "identity.challenge-unknown"
    status = 404


class CodeNotReady(Refusal):
    """The owner of the mobile number is still being asked."""

    code = "identity.code-not-ready"


class CodeWrong(Refusal):
    """The code is not the one; ``left`` tries remain."""

    code = "identity.code-wrong"
    status = 400


class CodeExpired(Refusal):
    """The code is too old."""

    code = "identity.code-expired"
    status = 400


class CodeSpent(Refusal):
    """The code was tried too often and no longer counts."""

    code = "identity.code-spent"
    status = 400


class CodeUsed(Refusal):
    """The code was used before; it counts once."""

    code = "identity.code-used"
    status = 400


class ResendTooSoon(Refusal):
    """Another code is sent only after a pause of ``seconds``."""

    code = "identity.resend-too-soon"
    status = 429


class OwnerUnanswered(Refusal):
    """The register of mobile numbers did not answer, so no code could be sent."""

    code = "identity.owner-unanswered"
    status = 503


class InquiryUnknown(Refusal):
    """There is no such inquiry."""

    code = "identity.inquiry-unknown"
    status = 404


class DataServiceUnknown(Refusal):
    """No register answers to this name; ``data_service`` tells which was meant."""

    code = "identity.data-service-unknown"
    status = 400


class SignOnCancelled(Refusal):
    """The visitor, or the national sign-on, broke the sign-in off."""

    code = "identity.sign-on-cancelled"
    status = 400


class SignOnStale(Refusal):
    """The return from the national sign-on belongs to no sign-in of this session, or to one that is too old."""

    code = "identity.sign-on-stale"
    status = 400


class SignOnRefused(Refusal):
    """What the national sign-on sent does not prove who the visitor is; ``reason`` is for the developer."""

    code = "identity.sign-on-refused"
    status = 400


class SignOnSilent(Trouble):
    """The national sign-on did not answer in time."""

    code = "identity.sign-on-silent"


class DirectorySettingsUnfit(Refusal):
    """The file that describes the directory of staff cannot be used; ``reason`` names the place."""

    code = "identity.directory-settings-unfit"
    status = 422


class DirectoryRefused(Refusal):
    """The directory of staff did not give what was asked; ``reason`` is its own word."""

    code = "identity.directory-refused"


class DirectorySilent(Trouble):
    """The directory of staff cannot be reached, or does not prove who it is."""

    code = "identity.directory-silent"


class DirectoryChanged(Refusal):
    """What was planned for an entry of the directory does not fit what stands any more."""

    code = "identity.directory-changed"


ACCOUNT_CREATED = FactKind("identity.account-created", "A person got an account, as a citizen or as staff.")
ACCOUNT_CLOSED = FactKind("identity.account-closed", "An account was closed; nobody signs in with it.")
ACCOUNT_REOPENED = FactKind("identity.account-reopened", "A closed account was opened again.")
DIRECTORY_LINKED = FactKind(
    "identity.directory-linked", "An entry of the directory of staff was linked to a person, or brought up to date."
)
DIRECTORY_ENDED = FactKind(
    "identity.directory-ended", "Somebody was disabled in the directory of staff, or is gone from it."
)
PASSWORD_SET = FactKind("identity.password-set", "The password of a staff account was set or changed.")
SECOND_FACTOR_ADDED = FactKind("identity.second-factor-added", "A second factor was enrolled for a staff account.")
SECOND_FACTOR_REMOVED = FactKind("identity.second-factor-removed", "A second factor of a staff account was removed.")
SIGNED_IN = FactKind("identity.signed-in", "Somebody signed in; the method is told.")
SIGNED_OUT = FactKind("identity.signed-out", "Somebody signed out.")
CHALLENGE_OPENED = FactKind(
    "identity.challenge-opened", "A sign-in by code began: the register is asked whose number it is."
)
CHALLENGE_READY = FactKind(
    "identity.challenge-ready", "The register answered who owns the mobile number; a code was sent only to the owner."
)
CHALLENGE_UNANSWERED = FactKind("identity.challenge-unanswered", "The register stayed silent; no code was sent.")
CHALLENGE_REPLACED = FactKind("identity.challenge-replaced", "A sign-in by code was begun anew, and the former ended.")
CODE_RESENT = FactKind("identity.code-resent", "Another code was made; the former no longer counts.")
CODE_REFUSED = FactKind("identity.code-refused", "A wrong code was given.")
CODE_REDEEMED = FactKind("identity.code-redeemed", "The right code was given in time, once.")
CHALLENGE_FORGOTTEN = FactKind(
    "identity.challenge-forgotten", "The personal data of an old sign-in by code left.", erases=True
)
INQUIRY_FORGOTTEN = FactKind(
    "identity.inquiry-forgotten", "The personal data of an old question to a register left.", erases=True
)
INQUIRY_ASKED = FactKind("identity.inquiry-asked", "A question to a register was written down, to be asked.")
INQUIRY_ANSWERED = FactKind("identity.inquiry-answered", "A question ended: matched, not matched or unknown.")
