"""What identity does."""

from divan.trust.identity.actions.accounts import (
    close_account,
    create_citizen_account,
    create_staff_account,
    enrol_totp,
    note_second_factor,
    remove_second_factors,
    reopen_account,
    set_password,
)
from divan.trust.identity.actions.answers import answer_inquiry
from divan.trust.identity.actions.challenges import forget_challenge, open_challenge, redeem_code, resend_code
from divan.trust.identity.actions.directory import end_directory_link, take_over_entry
from divan.trust.identity.actions.inquiries import open_inquiry
from divan.trust.identity.actions.sign_ins import (
    note_sign_in,
    note_sign_out,
    sign_in_by_national_sign_on,
    sign_in_for_rehearsal,
)

__all__ = [
    "answer_inquiry",
    "close_account",
    "create_citizen_account",
    "create_staff_account",
    "end_directory_link",
    "enrol_totp",
    "forget_challenge",
    "note_second_factor",
    "note_sign_in",
    "note_sign_out",
    "open_challenge",
    "open_inquiry",
    "redeem_code",
    "remove_second_factors",
    "reopen_account",
    "resend_code",
    "set_password",
    "sign_in_by_national_sign_on",
    "sign_in_for_rehearsal",
    "take_over_entry",
]
