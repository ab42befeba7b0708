"""What is said when something typed is no answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from divan.foundation.ui.numbers import digits, number

ANSWER_PROBLEMS: Mapping[str, Promise | str] = {
    "answers.required": _("Answer this question."),
    "answers.consent-required": _("Tick the box to go on."),
    "answers.too-short": _("Write at least %(minimum)s letters."),
    "answers.too-long": _("Write at most %(maximum)s letters."),
    "answers.one-only": _("Choose only one."),
    "answers.number.not-whole": _("Write a whole number, for example 35."),
    "answers.number.too-small": _("The number must be at least %(minimum)s."),
    "answers.number.too-large": _("The number must be at most %(maximum)s."),
    "answers.choice.unknown": _("Choose one of the options."),
    "answers.choices.too-few": _("Choose at least %(minimum)s."),
    "answers.choices.too-many": _("Choose at most %(maximum)s."),
    "answers.files.too-many": _("Give at most %(maximum)s files."),
    "answers.files.apart": _("Files are sent apart, one at a time."),
    "answers.locked": _("A register has answered this; it cannot be changed here."),
    "answers.carried-over": _("This is taken over from the permit and not asked again."),
    "answers.files.not-asked": _("No file is asked for here."),
    "answers.files.type": _("Files of this type are not taken here."),
    "answers.files.too-large": _("The file is larger than %(megabytes)s megabytes."),
    "answers.date.invalid": _("There is no such day. Write day, month and year, for example 12 Mehr 1365."),
    "answers.date.in-future": _("The day must not be in the future."),
    "answers.date.in-past": _("The day must not be in the past."),
    "answers.date.too-early": _("The day must be within the last %(days)s days."),
    "answers.place.unknown": _("Choose one of the places that were found."),
    "answers.shape": _("This answer cannot be taken. Please look at it again."),
    "answers.unknown-question": _("This answer cannot be taken. Please look at it again."),
    "answers.money.not-a-sum": _("Write a sum in whole rials, for example 1,500,000, or in tomans with the word."),
    "answers.money.too-small": _("The sum must be at least %(minimum)s rials."),
    "answers.money.too-large": _("The sum must be at most %(maximum)s rials."),
    "answers.time.invalid": _("There is no such time. Write hour and minute, for example 8:30."),
    "answers.time.too-early": _("The time must not be before %(earliest)s."),
    "answers.time.too-late": _("The time must not be after %(latest)s."),
    "answers.group.too-few": _("At least %(minimum)s must be filled in."),
    "answers.group.too-many": _("At most %(maximum)s may be filled in."),
    "answers.signature.other-name": _("This is not your name in the civil registry. Write it as it stands there."),
    "persian.legal-id.digits": _("The national id of a company holds digits only."),
    "persian.legal-id.length": _("The national id of a company has eleven digits."),
    "persian.legal-id.all-equal": _("Eleven equal digits are not the national id of a company."),
    "persian.legal-id.check-digit": _("This is not the national id of a company: one of the digits is wrong."),
    "persian.foreigner-id.digits": _("The inclusive id holds digits only."),
    "persian.foreigner-id.length": _("The inclusive id has %(minimum)s to %(maximum)s digits."),
    "persian.foreigner-id.all-equal": _("Equal digits are not an inclusive id."),
    "persian.email.form": _("This is no e-mail address. Write one such as name@example.ir."),
    "persian.email.length": _("An e-mail address has at most 254 letters."),
    "persian.sheba.prefix": _("The Sheba number begins with IR."),
    "persian.sheba.digits": _("The Sheba number holds digits only after IR."),
    "persian.sheba.length": _("The Sheba number has IR and 24 digits."),
    "persian.sheba.check-digit": _("This is not a Sheba number: one of the digits is wrong."),
    "persian.plate.form": _("Write two digits, the letter, three digits and the two digits beside «Iran»."),
    "persian.plate.length": _("Write two digits, the letter, three digits and the two digits beside «Iran»."),
    "persian.national-code.digits": _("The national code holds digits only."),
    "persian.national-code.length": _("The national code has ten digits."),
    "persian.national-code.all-equal": _("Ten equal digits are not a national code."),
    "persian.national-code.serial-zero": _("This is not a national code. Look at your card."),
    "persian.national-code.check-digit": _(
        "This is not a national code: one of the digits is wrong. Look at your card."
    ),
    "persian.mobile.digits": _("The mobile number holds digits only."),
    "persian.mobile.length": _("The mobile number has eleven digits, for example 09123456789."),
    "persian.mobile.prefix": _("The mobile number begins with 09."),
    "persian.postal-code.digits": _("The postal code holds digits only."),
    "persian.postal-code.length": _("The postal code has ten digits."),
    "persian.postal-code.all-equal": _("Ten equal digits are not a postal code."),
}


def problem_text(code: str, facts: Mapping[str, object]) -> str:
    """Return what is said about an answer that cannot stand; an unknown code gets a general sentence."""
    text = ANSWER_PROBLEMS.get(code)
    if text is None:
        return translated("This answer cannot be taken. Please look at it again.")
    return str(text) % {name: _told(code, value) for name, value in facts.items()}


def _told(code: str, value: object) -> str:
    return number(value) if code.startswith("answers.money.") and isinstance(value, int) else digits(value)
