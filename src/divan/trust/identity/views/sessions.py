"""Sessions: begun with a fresh identifier at every sign-in, and ended."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib.auth import login, logout
from django.http import HttpRequest

from divan.foundation.http.middleware import actor_of
from divan.trust.identity import actions, models, queries
from divan.trust.identity.apps import options
from divan.trust.identity.values import Account, SignInMethod

BACKEND = "django.contrib.auth.backends.ModelBackend"
SECOND_FACTOR = "second_factor"
POST = "post"
CHALLENGE = "challenge"
SIGN_ON = "sign_on"
WANTED = "wanted"


def begin_session(request: HttpRequest, account: UUID) -> models.Account:
    """Let a request's session belong to an account; nothing of the session before survives, not even its identifier."""
    row = models.Account.objects.get(uuid=account)
    logout(request)
    login(request, row, backend=BACKEND)
    return row


def note_second_factor(request: HttpRequest, account: models.Account, factor: str) -> None:
    """Keep in the session that the holder of this very account has passed a second factor."""
    request.session[SECOND_FACTOR] = {"account": str(account.uuid), "factor": factor}


def has_passed(request: HttpRequest, account: models.Account) -> bool:
    """Whether this session has passed a second factor for this account; what a rehearsal granted counts only in one."""
    passed = request.session.get(SECOND_FACTOR)
    if not isinstance(passed, dict) or passed.get("account") != str(account.uuid):
        return False
    return bool(passed.get("factor")) and (passed["factor"] != SignInMethod.REHEARSAL or options().rehearsal)


def forget_second_factor(request: HttpRequest) -> None:
    """Make the session count as not having passed a second factor."""
    request.session.pop(SECOND_FACTOR, None)


def sign_in_for_rehearsal(request: HttpRequest, *, username: str, now: datetime) -> Account:
    """Become an invented person in one click: for the role switch of a rehearsal.

    :raises OnlyInRehearsal: in production, always.
    :raises AccountUnknown: if there is no such account.
    """
    uuid = actions.sign_in_for_rehearsal(username=username, actor=actor_of(request), now=now)
    row = begin_session(request, uuid)
    account = queries.get_account(uuid)
    if account.is_staff_account:
        note_second_factor(request, row, SignInMethod.REHEARSAL)
    return account


def end_session(request: HttpRequest, now: datetime) -> None:
    """Sign out: the session and all it keeps are gone."""
    account = request.user
    if isinstance(account, models.Account):
        actions.note_sign_out(account=account.uuid, actor=actor_of(request), now=now)
    logout(request)
