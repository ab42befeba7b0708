"""How the packages for passwords and second factors are bound to the house: its counters, its facts, its keys."""

from __future__ import annotations

import base64
import time
from functools import lru_cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from divan.foundation import clock
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.refusals import text_of
from divan.trust.identity import actions, models, rules
from divan.trust.identity.actions import attempts
from divan.trust.identity.apps import options
from divan.trust.identity.values import AccountKind, SignInMethod, TooManyAttempts
from divan.trust.identity.views import addresses, sessions
from divan.trust.identity.views.middleware import refresh

PROVED_LATELY = 300
"""Seconds for which a password or second factor just given need not be given again."""


class StaffSignInRules(DefaultAccountAdapter):  # type: ignore[misc]  # the package is untyped
    """Passwords of staff: guesses are counted in the database, and every sign-in is a fact."""

    error_messages = {  # noqa: RUF012 (the package reads it so)
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The user name or the password is wrong."),
        "incorrect_password": _("The password is wrong."),
        "enter_current_password": _("The present password is wrong."),
        "account_inactive": _("The user name or the password is wrong."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt before it is made; refuse when there were too many for this name or address."""
        try:
            attempts.spend(rules.PASSWORD_LIMITS, now=clock.now(), **self._whose(request, credentials))
        except TooManyAttempts as refusal:
            raise forms.ValidationError(str(text_of(refusal)), code=refusal.code) from refusal

    def _rollback_login_failed_rl_usage(self) -> None:
        """The package's counters in memory are off; ours are forgiven in :meth:`authenticate`."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> models.Account | None:
        """Return the staff account whose name and password these are, or None; citizens have no password."""
        account = super().authenticate(request, **credentials)
        if account is None or account.kind != AccountKind.STAFF or not account.is_active:
            return None
        attempts.forgive(rules.PASSWORD_LIMITS, **self._whose(request, credentials))
        found: models.Account = account
        return found

    def _whose(self, request: HttpRequest, credentials: dict[str, Any]) -> dict[str, str]:
        return {"account": str(credentials.get("username", "")), "address": addresses.address_of(request)}

    def is_reauthentication_required(self, *, app: str, **_others: Any) -> bool:  # noqa: ARG002 (the package's hook)
        """Ask again for a proof before second factors are changed, unless one was given in the last minutes."""
        records = get_authentication_records(self.request, self.request.user)
        return not records or time.time() - records[-1]["at"] > PROVED_LATELY

    def login(self, request: HttpRequest, user: models.Account) -> None:
        """Begin the session, and note in it which second factor was passed, if one was."""
        records = get_authentication_records(request, user)
        factor = next((str(one.get("type")) for one in reversed(records) if one.get("method") == "mfa"), "")
        super().login(request, user)
        if factor:
            sessions.note_second_factor(request, user, factor)
        acting = refresh(request)
        actions.note_sign_in(
            account=user.uuid,
            method=SignInMethod.PASSWORD,
            second_factor=factor,
            actor=acting.actor,
            now=clock.now(),
        )

    def set_password(self, user: models.Account, password: str) -> None:
        """Set the password as the house does: with its rules, as a fact."""
        actions.set_password(account=user.uuid, password=password, actor=actor_of(self.request), now=clock.now())
        user.refresh_from_db(fields=["password"])

    def get_login_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 (the package's hook)
        """Return where staff arrive."""
        return addresses.staff_home()

    def is_safe_url(self, url: str) -> bool:
        """Whether one may be sent to a URL: to this host only."""
        return addresses.is_ours(self.request, url)

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 (the package's hook)
        """Nobody makes a staff account for oneself."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: models.Account) -> HttpResponse:  # noqa: ARG002 (the package's hook)
        """Send who was closed out between password and second factor back to the beginning."""
        return redirect("account_login")

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing in passing: the pages say what was done."""


class SecondFactorRules(DefaultMFAAdapter):  # type: ignore[misc]  # the package is untyped
    """Second factors: their secrets are encrypted, their messages are ours."""

    error_messages = {  # noqa: RUF012 (the package reads it so)
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The proof of the passkey does not fit. Try again."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret under a key derived from the installation's: a copy of the table alone signs nobody in."""
        return _fernet(options().secret).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt what :meth:`encrypt` made.

        :raises cryptography.fernet.InvalidToken: if it was altered, or made under another key.
        """
        return _fernet(options().secret).decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """Return the name under which an authenticator app shows the account."""
        return "Divan"

    def get_public_key_credential_user_entity(self, user: models.Account) -> dict[str, object]:
        """Name the account to a passkey by its public identifier."""
        return {"id": user.uuid.bytes, "display_name": user.username, "name": user.username}


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"divan second factors").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
