"""What people type when they sign in, and what is said when it cannot be."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django import forms
from django.utils.translation import gettext_lazy as _

from divan.foundation import clock
from divan.foundation.ui.refusals import text_of
from divan.trust.identity import models, rules
from divan.trust.identity.actions import accounts, attempts
from divan.trust.identity.values import TooManyAttempts
from divan_libs.persian.identifiers import InvalidIdentifier, parse_mobile, parse_national_code

_SAID: Mapping[str, Any] = MappingProxyType(
    {
        "persian.national-code.digits": _("A national code consists of digits only."),
        "persian.national-code.length": _("A national code has ten digits; a zero at its beginning is written too."),
        "persian.national-code.all-equal": _("A national code with ten equal digits belongs to nobody."),
        "persian.national-code.serial-zero": _("This national code belongs to nobody."),
        "persian.national-code.check-digit": _("This national code is mistyped: its last digit does not fit."),
        "persian.mobile.digits": _("A mobile number consists of digits only."),
        "persian.mobile.length": _("A mobile number has eleven digits, such as 09121234567."),
        "persian.mobile.prefix": _("A mobile number begins with 09."),
    }
)


def _parsed(parse: Callable[[str], str], text: str) -> str:
    try:
        return parse(text)
    except InvalidIdentifier as error:
        raise forms.ValidationError(_SAID[error.code], code=error.code) from error


class SignInByCode(forms.Form):
    """National code and mobile, in digits of any script, with or without spaces."""

    national_code = forms.CharField(
        label=_("National code"),
        help_text=_("Ten digits"),
        max_length=60,
        error_messages={"required": _("Enter the ten digits of your national code.")},
    )
    mobile = forms.CharField(
        label=_("Mobile number"),
        help_text=_("The number must be registered in your own name."),
        max_length=60,
        error_messages={"required": _("Enter your mobile number.")},
    )

    def clean_national_code(self) -> str:
        """Return the national code as ten ASCII digits."""
        return _parsed(parse_national_code, self.cleaned_data["national_code"])

    def clean_mobile(self) -> str:
        """Return the mobile number as eleven ASCII digits."""
        return _parsed(parse_mobile, self.cleaned_data["mobile"])


class EnterCode(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code from the message"),
        max_length=40,
        error_messages={"required": _("Enter the six digits that were sent to you.")},
    )

    def clean_code(self) -> str:
        """Return the code in ASCII digits.

        A text that cannot be a code is sent back before it costs a try.
        """
        code = rules.plain_code(self.cleaned_data["code"])
        if len(code) != rules.CODE_DIGITS or not (code.isascii() and code.isdigit()):
            raise forms.ValidationError(_("The code has six digits."), code="identity.code-form")
        return code


class StaffSignIn(LoginForm):  # type: ignore[misc]  # the package is untyped
    """User name and password of a member of staff."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["login"].error_messages["required"] = _("Enter your user name.")
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = _("Enter your password.")
        _without_placeholders(self)

    def clean_login(self) -> str:
        """Return the user name as it is stored: small letters."""
        return str(super().clean_login()).lower()


class NewPassword(ChangePasswordForm):  # type: ignore[misc]  # the package is untyped
    """The present password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = _("At least 12 characters; not a common word and not your name.")
        self.fields["password2"].label = _("New password, once more")
        _without_placeholders(self)


class PasswordAgain(ReauthenticateForm):  # type: ignore[misc]  # the package is untyped
    """The password once more, before something that needs it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = _("Enter your password.")
        _without_placeholders(self)


class _CodeOfSecondFactor:
    """A code of an authenticator app or a recovery code; counted in the database and used once, whoever answers."""

    user: models.Account
    cleaned_data: dict[str, Any]
    authenticator: Any

    def clean_code(self) -> str:
        """Return the code; refuse a wrong or used one."""
        code = str(self.cleaned_data["code"])
        try:
            found = accounts.take_second_factor(self.user, code, clock.now())
        except TooManyAttempts as refusal:
            raise forms.ValidationError(str(text_of(refusal)), code=refusal.code) from refusal
        if found is None:
            raise forms.ValidationError(WRONG_CODE, code="identity.second-factor-wrong")
        found.user = self.user
        self.authenticator = found
        return code


WRONG_CODE = _("This code is wrong or was used before. Wait for the next one and try again.")


class SecondFactorCode(_CodeOfSecondFactor, AuthenticateForm):  # type: ignore[misc]  # the package is untyped
    """The code at the sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class SecondFactorAgain(_CodeOfSecondFactor, ReauthenticateByCodeForm):  # type: ignore[misc]  # the package is untyped
    """The code once more, before something that needs it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)


class NewAuthenticatorApp(ActivateTOTPForm):  # type: ignore[misc]  # the package is untyped
    """The first code of an authenticator app, which proves that it was set up."""

    step: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_code(self)

    def clean_code(self) -> str:
        """Return the code; refuse one that the new secret does not yield."""
        account = str(self.user.pk)
        try:
            attempts.spend(rules.SECOND_FACTOR_LIMITS, now=clock.now(), account=account)
        except TooManyAttempts as refusal:
            raise forms.ValidationError(str(text_of(refusal)), code=refusal.code) from refusal
        step = rules.totp_step(self.secret, str(self.cleaned_data["code"]), clock.now())
        if step is None:
            raise forms.ValidationError(WRONG_CODE, code="identity.second-factor-wrong")
        attempts.forgive(rules.SECOND_FACTOR_LIMITS, account=account)
        self.step = step
        return str(self.cleaned_data["code"])


class NewPasskey(AddWebAuthnForm):  # type: ignore[misc]  # the package is untyped
    """A passkey, with a name to know it by."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of this passkey")
        self.fields["name"].help_text = _("So that you know it among others, for example: office computer.")

    def clean(self) -> dict[str, Any]:
        """Take the passkey; refuse what is none."""
        try:
            return dict(super().clean())
        except UNREADABLE as error:
            raise forms.ValidationError(UNREADABLE_PASSKEY, code="identity.passkey-unreadable") from error


class _ProofOfPasskey:
    """The answer of a passkey to a challenge, which a browser sends and anybody may forge."""

    def clean_credential(self) -> Any:
        """Return the authenticator that answered; refuse what proves nothing."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form beside it
        except UNREADABLE as error:
            raise forms.ValidationError(UNREADABLE_PASSKEY, code="identity.passkey-unreadable") from error


class PasskeyProof(_ProofOfPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]  # the package is untyped
    """The passkey at the sign-in."""


class PasskeyAgain(_ProofOfPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # the package is untyped
    """The passkey once more, before something that needs it."""


UNREADABLE = (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error)
"""What the reader of passkeys raises on forged answers, found by trying: it does not promise one kind of error."""
UNREADABLE_PASSKEY = _("The proof of the passkey does not fit. Try again.")


def _name_code(form: forms.Form) -> None:
    form.fields["code"].label = _("Six-digit code")
    form.fields["code"].error_messages["required"] = _("Enter the code that the app shows.")
    _without_placeholders(form)


def _without_placeholders(form: forms.Form) -> None:
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
