"""Staff sign in by password and a second factor, enrol and keep their second factors, and choose their post."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.account import views as account_views
from allauth.mfa.base import views as factor_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, STAFF, access
from divan.foundation.http.middleware import actor_of
from divan.registers.people.values import PostNotHeld
from divan.trust.identity import actions, models, queries
from divan.trust.identity.values import AccountKind, SecondFactor
from divan.trust.identity.views import addresses, sessions
from divan.trust.identity.views.middleware import refresh

View = Callable[..., HttpResponse]


class SignIn(account_views.LoginView):  # type: ignore[misc]  # the package is untyped
    """User name and password; whoever has passed both steps already goes on."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page only to those who still have to sign in."""
        acting = request.acting  # type: ignore[attr-defined]  # set by the middleware
        if actor_of(request).is_staff or acting.holdings:
            return redirect(addresses.wanted(request) or addresses.staff_home())
        if acting.enrolling and not queries.has_second_factor(acting.account):
            return redirect("mfa_index")
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response

    def form_valid(self, form: Any) -> HttpResponse:
        """Begin with an empty session: what another person left in this browser is gone."""
        logout(self.request)
        response: HttpResponse = super().form_valid(form)
        return response


def _for_staff_accounts(view: View) -> View:
    """Open a page of one's own credentials to the holder of a staff account, enrolled or about to be.

    Who has a second factor but has not passed it in this session signs in again: else a stolen password, used before
    its owner enrolled, would go on to add a factor of the thief's.
    """

    @access(PUBLIC)
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _may_see_credentials(request):
            return HttpResponseRedirect(
                reverse("account_login") + "?" + urlencode({addresses.NEXT: request.get_full_path()})
            )
        return view(request, *args, **kwargs)

    return guarded


def _may_see_credentials(request: HttpRequest) -> bool:
    account = request.user
    if not isinstance(account, models.Account) or account.kind != AccountKind.STAFF:
        return False
    if sessions.has_passed(request, account) or not queries.has_second_factor(account.uuid):
        return True
    logout(request)
    return False


class EnrolApp(totp_views.ActivateTOTPView):  # type: ignore[misc]  # the package is untyped
    """Enrol an authenticator app; its first code counts as the second factor of this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the app, and the time step of its first code, which is used up."""
        response: HttpResponse = super().form_valid(form)
        row = Authenticator.objects.get(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)
        row.data["step"] = form.step
        row.save(update_fields=["data"])
        _note(self.request, SecondFactor.TOTP, is_added=True)
        return response


class EnrolPasskey(passkey_views.AddWebAuthnView):  # type: ignore[misc]  # the package is untyped
    """Enrol a passkey; making it counts as the second factor of this session."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Keep the passkey."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, SecondFactor.PASSKEY, is_added=True)
        return response


class PasskeyAgain(passkey_views.ReauthenticateWebAuthnView):  # type: ignore[misc]  # the package is untyped
    """Ask for the passkey once more."""

    def form_invalid(self, form: Any) -> HttpResponse:
        """Stay on the page and say what is wrong."""
        shown: HttpResponse = self.render_to_response(self.get_context_data() | {"form": form})
        return shown


class RemoveApp(totp_views.DeactivateTOTPView):  # type: ignore[misc]  # the package is untyped
    """Remove the authenticator app."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it; without any other factor only the enrolment page stays open."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, SecondFactor.TOTP, is_added=False)
        return response


class RemovePasskey(passkey_views.RemoveWebAuthnView):  # type: ignore[misc]  # the package is untyped
    """Remove a passkey."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it; without any other factor only the enrolment page stays open."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, SecondFactor.PASSKEY, is_added=False)
        return response


class RenewRecoveryCodes(recovery_views.GenerateRecoveryCodesView):  # type: ignore[misc]  # the package is untyped
    """Make new recovery codes; the former no longer count."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Make them."""
        response: HttpResponse = super().form_valid(form)
        _note(self.request, SecondFactor.RECOVERY_CODES, is_added=True)
        return response


def _note(request: HttpRequest, factor: SecondFactor, *, is_added: bool) -> None:
    account = request.user
    assert isinstance(account, models.Account)  # noqa: S101 (the page is for holders of staff accounts)
    if is_added and factor is not SecondFactor.RECOVERY_CODES:
        sessions.note_second_factor(request, account, factor)
    elif not queries.has_second_factor(account.uuid):
        sessions.forget_second_factor(request)
    acting = refresh(request)
    actions.note_second_factor(
        account=account.uuid, factor=factor, is_added=is_added, actor=acting.actor, now=clock.now()
    )


sign_in = access(PUBLIC)(SignIn.as_view())
second_step = access(PUBLIC)(factor_views.authenticate)
password_again = _for_staff_accounts(account_views.reauthenticate)
code_again = _for_staff_accounts(factor_views.reauthenticate)
passkey_again = _for_staff_accounts(PasskeyAgain.as_view())
change_password = _for_staff_accounts(account_views.password_change)
factors = _for_staff_accounts(factor_views.index)
enrol_app = _for_staff_accounts(EnrolApp.as_view())
remove_app = _for_staff_accounts(RemoveApp.as_view())
enrol_passkey = _for_staff_accounts(EnrolPasskey.as_view())
list_passkeys = _for_staff_accounts(passkey_views.list_webauthn)
rename_passkey = _for_staff_accounts(passkey_views.edit_webauthn)
remove_passkey = _for_staff_accounts(RemovePasskey.as_view())
recovery_codes = _for_staff_accounts(recovery_views.view_recovery_codes)
renew_recovery_codes = _for_staff_accounts(RenewRecoveryCodes.as_view())


@access(STAFF)
@require_POST
def choose_post(request: HttpRequest) -> HttpResponse:
    """Act in another of the posts that one holds now.

    :raises PostNotHeld: if it is not held at this moment.
    """
    held = {str(holding.post.uuid) for holding in request.acting.holdings}  # type: ignore[attr-defined]  # set by the middleware
    try:
        chosen = str(UUID(request.POST.get("post", "")))
    except ValueError as error:
        raise PostNotHeld from error
    if chosen not in held:
        raise PostNotHeld
    request.session[sessions.POST] = chosen
    return redirect(addresses.wanted(request) or addresses.staff_home())
