"""What the interface says when it refuses, and what it says of single values."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from divan.foundation.ui.refusals import declare_text, declared_codes

Text = Promise | str

REFUSALS: Mapping[str, tuple[Text, Text, Text]] = {
    "api.sign-in-needed": (
        _("This is for somebody signed in."),
        _("The request carries no session, or it has ended."),
        _("Sign in on the pages and send the session's cookie."),
    ),
    "api.method-not-allowed": (
        _("This address does not take this method."),
        "",
        _("The header Allow names the methods it takes."),
    ),
    "api.input-refused": (
        _("Some values cannot be taken."),
        _("Nothing was changed."),
        _("Look at the list of errors."),
    ),
    "api.body-unreadable": (
        _("The body of the request cannot be read."),
        _("It is not of the kind that the description of this address names."),
        "",
    ),
    "api.body-too-large": (_("The body of the request is too large."), "", _("Send less.")),
    "api.origin-refused": (
        _("The request does not carry the token of its session."),
        _("Whatever changes something must prove that it comes from the client that signed in. Nothing was changed."),
        _("Read the token from /api/v1/session and send it as the header X-CSRFToken."),
    ),
    "api.precondition-needed": (
        _("The request does not say which answers it changes."),
        _("Nothing was changed."),
        _("Send the revision that you read as the header If-Match, or * to save over whatever stands."),
    ),
    "api.defect": (
        _("Something broke on our side."),
        _("The people who run this system see the fault in their log."),
        _("Please try again in a few minutes."),
    ),
}

FAULTS: Mapping[str, Text] = {
    "api.input.missing": _("This value is needed."),
    "api.input.string-type": _("This must be a text."),
    "api.input.string-too-short": _("This text is too short."),
    "api.input.string-too-long": _("This text is too long."),
    "api.input.string-pattern-mismatch": _("This text is not of the form that the description names."),
    "api.input.int-parsing": _("This must be a whole number."),
    "api.input.greater-than-equal": _("This number is too small."),
    "api.input.less-than-equal": _("This number is too large."),
    "api.input.uuid-parsing": _("This must be an identifier (UUID)."),
    "api.input.literal-error": _("This must be one of the values that the description names."),
    "api.input.extra-forbidden": _("This value is not asked for."),
    "api.input.bool-type": _("This must be true or false."),
    "api.input.dict-type": _("This must be an object."),
    "api.input.int-type": _("This must be a whole number."),
    "api.input.too-short": _("There must be more of this."),
    "api.input.too-long": _("There is too much of this."),
    "api.input.datetime-parsing": _("This must be a time with its offset, such as 2026-11-24T05:30:00Z."),
    "api.input.question-unanswered": _("Answer this question with true or false."),
    "api.input.cursor-unknown": _("The page before did not end with this."),
}
"""By code; what stands here is said, everything else gets a general sentence."""

OTHER_FAULT: Text = _("This value cannot be taken.")


def declare_all() -> None:
    """Declare every text of a refusal once."""
    for code, (title, explanation, advice) in REFUSALS.items():
        if code not in declared_codes():
            declare_text(code, title, explanation, advice)


def fault_text(code: str) -> str:
    """Return what is said of a value, in the active language."""
    return str(FAULTS.get(code, OTHER_FAULT))
