"""The addresses of identity.

``urlpatterns`` stand under the name ``identity``. ``credential_patterns`` stand at the root without a name space,
because the packages for passwords and second factors look them up so.
"""

from __future__ import annotations

from django.urls import path

from divan.trust.identity.views import citizen, national, staff

app_name = "identity"

urlpatterns = [
    path("sign-in/", citizen.sign_in, name="sign-in"),
    path("sign-in/code/", citizen.code, name="code"),
    path("sign-in/code/again/", citizen.send_again, name="code-again"),
    path("sign-in/national/", national.start, name="national"),
    path("sign-in/national/return/", national.come_back, name="national-return"),
    path("sign-out/", citizen.sign_out, name="sign-out"),
    path("staff/sign-in/", staff.sign_in, name="staff-sign-in"),
    path("staff/post", staff.choose_post, name="post"),
]

credential_patterns = [
    path("staff/sign-in/", staff.sign_in, name="account_login"),
    path("staff/sign-in/second-step/", staff.second_step, name="mfa_authenticate"),
    path("staff/account/again/password/", staff.password_again, name="account_reauthenticate"),
    path("staff/account/again/code/", staff.code_again, name="mfa_reauthenticate"),
    path("staff/account/again/passkey/", staff.passkey_again, name="mfa_reauthenticate_webauthn"),
    path("staff/account/password/", staff.change_password, name="account_change_password"),
    path("staff/account/factors/", staff.factors, name="mfa_index"),
    path("staff/account/factors/app/", staff.enrol_app, name="mfa_activate_totp"),
    path("staff/account/factors/app/remove/", staff.remove_app, name="mfa_deactivate_totp"),
    path("staff/account/factors/passkeys/", staff.list_passkeys, name="mfa_list_webauthn"),
    path("staff/account/factors/passkeys/new/", staff.enrol_passkey, name="mfa_add_webauthn"),
    path("staff/account/factors/passkeys/<int:pk>/rename/", staff.rename_passkey, name="mfa_edit_webauthn"),
    path("staff/account/factors/passkeys/<int:pk>/remove/", staff.remove_passkey, name="mfa_remove_webauthn"),
    path("staff/account/factors/recovery-codes/", staff.recovery_codes, name="mfa_view_recovery_codes"),
    path("staff/account/factors/recovery-codes/new/", staff.renew_recovery_codes, name="mfa_generate_recovery_codes"),
]
