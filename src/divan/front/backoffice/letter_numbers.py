"""The number that a letter takes at its first signature, as a question: the next one, or one reserved for it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import Letter, OpenStep, Register, RegisterUnknown
from divan.foundation.ui.fields import Field, Option
from divan.foundation.ui.numbers import digits
from divan_libs.persian.jalali import jalali_year

NAME, NEXT = "reserved", "next"


def register_of(found: OpenStep, letter: Letter) -> Register | None:
    """Return the register that numbers a letter when this step is done, or None where it numbers nothing."""
    if not found.is_first_signature or letter.number or letter.secretariat_uuid is None:
        return None
    try:
        return queries.find_register_for(letter.secretariat_uuid, letter.direction)
    except RegisterUnknown:
        return None


def number_fields(register: Register | None, typed: str, now: datetime) -> list[Field]:
    """Return the question which number the letter takes; there is none to ask where none is reserved this year."""
    kept = queries.list_reserved(register.code, year=jalali_year(now)) if register is not None else []
    if not kept:
        return []
    options = [Option(NEXT, _("The next number"))]
    options += [
        Option(
            str(one.uuid),
            _("reserved number %(number)s – %(reason)s") % {"number": digits(one.count), "reason": one.reason},
        )
        for one in kept
    ]
    return [Field(NAME, "select", _("Its number"), "", typed or NEXT, options=options)]


def read_reserved(typed: str) -> UUID | None:
    """Return the reserved number that was chosen; one that is used meanwhile is refused when the letter is signed."""
    try:
        return UUID(typed)
    except ValueError:
        return None
