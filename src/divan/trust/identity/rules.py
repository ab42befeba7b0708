"""What identity decides: how long a code counts, how often one may try, when a register is asked again."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from math import ceil
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from divan.trust.identity.values import ChallengeState, Limit
from divan_libs.persian.text import latin_digits

CODE_DIGITS = 6
CODE_COUNTS_FOR = timedelta(minutes=3)
CODE_TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
RESENDS = 3
CHALLENGE_KEPT_FOR = timedelta(days=30)
SIGN_ON_COUNTS_FOR = timedelta(minutes=10)

# Many people share one address (a village's office, a mobile operator): an address may try far more than a person.
BEGIN_LIMITS = {
    "person": Limit(scope="begin.person", burst=6, per_seconds=3600),
    "phone": Limit(scope="begin.phone", burst=6, per_seconds=3600),
    "address": Limit(scope="begin.address", burst=300, per_seconds=3600),
}
CODE_LIMITS = {
    "person": Limit(scope="code.person", burst=10, per_seconds=3600),
    "phone": Limit(scope="code.phone", burst=10, per_seconds=3600),
    "address": Limit(scope="code.address", burst=300, per_seconds=3600),
}
PASSWORD_LIMITS = {
    "account": Limit(scope="password.account", burst=10, per_seconds=1800),
    "address": Limit(scope="password.address", burst=100, per_seconds=3600),
}
SECOND_FACTOR_LIMITS = {"account": Limit(scope="second-factor.account", burst=10, per_seconds=1800)}

INQUIRY_PATIENCE = timedelta(minutes=2)
INQUIRY_TRIES = 8
INQUIRY_LEASE = timedelta(seconds=30)
"""How long a sent question is left alone before a crash between sending and storing is assumed."""

_BETWEEN_DIGITS = frozenset("-\u2013\u200b\u200c\u200e\u200f")

TOTP_SECONDS = 30
TOTP_TOLERANCE = 1


def drained(level: float, passed: timedelta, limit: Limit) -> float:
    """Return what is left of a level of attempts after some time: it sinks by ``burst`` over ``per_seconds``."""
    return max(0.0, level - max(0.0, passed.total_seconds()) * limit.burst / limit.per_seconds)


def minutes_until_free(level: float, limit: Limit) -> int:
    """Return after how many whole minutes one more attempt is allowed; 0 when it is allowed now."""
    return ceil(max(0.0, level + 1 - limit.burst) * limit.per_seconds / limit.burst / 60)


def plain_code(text: str) -> str:
    """Return a code as typed without spaces, dashes and unseen marks, in ASCII digits."""
    return latin_digits("".join(sign for sign in text if not sign.isspace() and sign not in _BETWEEN_DIGITS))


def code_digest(secret: str, challenge: UUID, code: str) -> bytes:
    """Return what is kept of a code: HMAC-SHA-256 (32 bytes) bound to its challenge, so that no table reverses it."""
    return hmac.digest(secret.encode(), b"code:" + challenge.bytes + code.encode(), "sha256")


def counter_key(secret: str, limit: Limit, whose: str) -> str:
    """Return under which name attempts are counted: an HMAC (64 hex digits), so that the table names nobody."""
    return hmac.new(secret.encode(), f"count:{limit.scope}:{whose}".encode(), hashlib.sha256).hexdigest()


def is_same(one: bytes, other: bytes) -> bool:
    """Whether two digests are equal, in a time that does not depend on where they differ."""
    return hmac.compare_digest(one, other)


def is_expired(sent_at: datetime, now: datetime) -> bool:
    """Whether a code sent at a moment no longer counts."""
    return now - sent_at >= CODE_COUNTS_FOR


def is_over(state: ChallengeState) -> bool:
    """Whether a sign-in by code has come to an end."""
    return state in {ChallengeState.UNANSWERED, ChallengeState.REDEEMED, ChallengeState.SPENT, ChallengeState.REPLACED}


def pause_before_attempt(attempts: int) -> timedelta:
    """Return how long to wait after so many silent attempts: 1, 2, 4, 8, then 15 seconds."""
    return timedelta(seconds=min(2 ** max(0, attempts - 1), 15))


def has_given_up(attempts: int, asked_at: datetime, now: datetime) -> bool:
    """Whether a register that stays silent is asked no more: after eight attempts or two minutes."""
    return attempts >= INQUIRY_TRIES or now - asked_at >= INQUIRY_PATIENCE


def totp_step(secret: str, code: str, at: datetime) -> int | None:
    """Return the time step whose one-time password (RFC 6238, SHA-1, six digits) this code is, or None.

    One step before and after the present is accepted: clocks of phones differ. ``secret`` is in base 32.
    """
    present = int(at.timestamp()) // TOTP_SECONDS
    found = None
    for step in range(present - TOTP_TOLERANCE, present + TOTP_TOLERANCE + 1):
        if hmac.compare_digest(totp_code(secret, step).encode(), plain_code(code).encode()):
            found = step
    return found


def totp_code(secret: str, step: int) -> str:
    """Return the one-time password of a time step (Unix seconds divided by 30).

    :raises ValueError: if the secret is not base 32.
    """
    try:
        key = base64.b32decode(secret, casefold=True)
    except binascii.Error as error:
        raise ValueError("the secret of an authenticator is base 32") from error
    return TOTP(key, 6, SHA1(), TOTP_SECONDS, enforce_key_length=False).generate(step * TOTP_SECONDS).decode()  # noqa: S303 (RFC 6238: what authenticator apps speak)
