"""What a register told, in words: the names of its fields, and their values by their kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as translated
from django.utils.translation import pgettext_lazy

from divan.foundation.ui.numbers import digits, jalali, number
from divan_libs.servicepack.facts import fields_as_values
from divan_libs.servicepack.models.needs import FieldKind, InquiryNeed, MandateNeed

_FIELDS: Mapping[str, Promise | str] = {
    "active": pgettext_lazy("told", "Active"),
    "address": pgettext_lazy("told", "Address"),
    "alive": pgettext_lazy("told", "Alive"),
    "area": pgettext_lazy("told", "Area"),
    "birth_date": pgettext_lazy("told", "Born on"),
    "body": pgettext_lazy("told", "Body"),
    "born_on": pgettext_lazy("told", "Born on"),
    "certificate_number": pgettext_lazy("told", "Number of the certificate"),
    "children": pgettext_lazy("told", "Children"),
    "city": pgettext_lazy("told", "City"),
    "clear": pgettext_lazy("told", "Nothing stands against"),
    "closed": pgettext_lazy("told", "Closed"),
    "complete": pgettext_lazy("told", "Complete"),
    "covered": pgettext_lazy("told", "Covered"),
    "debt": pgettext_lazy("told", "Debt (rials)"),
    "decile": pgettext_lazy("told", "Income decile"),
    "deposits": pgettext_lazy("told", "Deposits (rials)"),
    "device": pgettext_lazy("told", "Device"),
    "died_on": pgettext_lazy("told", "Died on"),
    "director": pgettext_lazy("told", "Director"),
    "employed": pgettext_lazy("told", "Employed"),
    "fall": pgettext_lazy("told", "Fall"),
    "father_name": pgettext_lazy("told", "Father's name"),
    "field": pgettext_lazy("told", "Field"),
    "first_name": pgettext_lazy("told", "First name"),
    "free_ports": pgettext_lazy("told", "Free ports"),
    "fund": pgettext_lazy("told", "Fund"),
    "given_on": pgettext_lazy("told", "Given on"),
    "inside": pgettext_lazy("told", "Inside"),
    "insured": pgettext_lazy("told", "Insured"),
    "kind": pgettext_lazy("told", "Kind"),
    "last_name": pgettext_lazy("told", "Last name"),
    "last_on": pgettext_lazy("told", "Last on"),
    "leave_balance": pgettext_lazy("told", "Leave left (days)"),
    "letter_number": pgettext_lazy("told", "Number of the letter"),
    "level": pgettext_lazy("told", "Level"),
    "marital_status": pgettext_lazy("told", "Marital status"),
    "mobile": pgettext_lazy("told", "Mobile number"),
    "monthly_wage": pgettext_lazy("told", "Monthly wage (rials)"),
    "name": pgettext_lazy("told", "Name"),
    "nationality": pgettext_lazy("told", "Nationality"),
    "natural": pgettext_lazy("told", "Natural"),
    "owner": pgettext_lazy("told", "Is the owner"),
    "place": pgettext_lazy("told", "Place"),
    "protected": pgettext_lazy("told", "Protected"),
    "province": pgettext_lazy("told", "Province"),
    "purpose": pgettext_lazy("told", "Purpose"),
    "residence_valid": pgettext_lazy("told", "Residence valid"),
    "severity": pgettext_lazy("told", "Severity"),
    "spouse": pgettext_lazy("told", "Spouse"),
    "use": pgettext_lazy("told", "Use"),
    "valid": pgettext_lazy("told", "Valid"),
    "valid_until": pgettext_lazy("told", "Valid until"),
    "value": pgettext_lazy("told", "Value (rials)"),
    "weight": pgettext_lazy("told", "Weight"),
}
"""The fields that shipped services ask for; another one is shown by its own name."""


def told_in_words(need: InquiryNeed | MandateNeed, stored: Mapping[str, object]) -> list[tuple[str, str]]:
    """Return the fields that a register told for a need as name and value, in the order in which it asks for them."""
    values = fields_as_values(need.fields, dict(stored))
    return [
        (str(_FIELDS.get(name, name)), _value(kind, values[name]))
        for name, kind in need.fields.items()
        if values.get(name) not in {None, ""}
    ]


def _value(kind: FieldKind, value: object) -> str:
    if isinstance(value, bool):
        return translated("Yes") if value else translated("No")
    match kind:
        case FieldKind.DATE if isinstance(value, date):
            return jalali(value)
        case FieldKind.NUMBER if isinstance(value, int):
            return number(value)
    return digits(value)
