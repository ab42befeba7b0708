"""What the questions themselves say: labels of their parts, and how a number is written where the package is silent."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PART_LABELS: Mapping[str, Promise | str] = {
    "national_code": _("National code"),
    "born_on": _("Date of birth"),
    "postal_code": _("Postal code"),
    "province": _("Province"),
    "county": _("County"),
    "city": _("City or village"),
    "lines": _("Street, alley and house number"),
    "name": _("First and last name, as in the civil registry"),
}

_HINTS: Mapping[str, Promise | str] = {
    "money": _("In rials. You may also write tomans with the word behind it, for example 150,000 tomans."),
    "time": _("Hour and minute, for example 8:30."),
    "organization": _("Eleven digits, as on the company's registration notice."),
    "foreigner-id": _("The inclusive id of a foreign national, as on the card."),
    "sheba": _("IR and 24 digits; your bank's application shows it."),
    "plate": _("As on the plate: two digits, the letter, three digits, then the two digits beside «Iran»."),
    "email": _("For example name@example.ir."),
}


def usual_hint(kind: str) -> str:
    """Return how an answer of this kind is written, or an empty text where it needs no word."""
    return str(_HINTS.get(kind, ""))
