"""Numbers, dates and times as the active language writes them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Literal

from django.utils.translation import get_language, gettext, ngettext

from divan_libs.persian.amounts import AmountOutOfRange, format_number, parse_rials, rials_in_words
from divan_libs.persian.jalali import TEHRAN, format_jalali
from divan_libs.persian.text import FIGURES, InvalidNumber, persian_digits

_LONGEST_AMOUNT = 60

DateStyle = Literal["numeric", "long", "full"]


def language() -> Literal["fa", "en"]:
    """Return the language of the answer: English if it is active, else Persian."""
    return "en" if (get_language() or "").startswith("en") else "fa"


def digits(value: object) -> str:
    """Write the digits of a value as the active language does; groups nothing."""
    return persian_digits(str(value)) if language() == "fa" else str(value)


def code(value: object) -> str:
    """Write a code: one of figures and Persian letters in the digits of the active language, any other as it is."""
    text = str(value)
    return digits(text) if FIGURES.fullmatch(text) else text


def listed(*parts: str) -> str:
    """Put parts in one line, with the comma of the active language between them."""
    return ("، " if language() == "fa" else ", ").join(part for part in parts if part)


def number(value: int) -> str:
    """Write a number in groups of three in the active language."""
    return format_number(value, language())


def rials(amount: int) -> str:
    """Write a sum of rials with its tomans in the active language."""
    return rials_in_words(amount, language())


def amount_words(typed: str) -> str:
    """Return a typed sum in rials, tomans and words, or an empty text while it is none."""
    try:
        return rials(parse_rials(typed[:_LONGEST_AMOUNT]))
    except (InvalidNumber, AmountOutOfRange):
        return ""


def day_in_tehran(moment: date) -> date:
    """Return the day of a date or of an aware moment in Tehran."""
    return moment.astimezone(TEHRAN).date() if isinstance(moment, datetime) else moment


def jalali(moment: date, style: DateStyle = "long") -> str:
    """Write a day, or the day of a moment in Tehran, in the active language."""
    return format_jalali(day_in_tehran(moment), style, language())


def jalali_time(moment: datetime, style: DateStyle = "long") -> str:
    """Write the day and the time of a moment in Tehran, in the active language."""
    time = digits(moment.astimezone(TEHRAN).strftime("%H:%M"))
    return gettext("%(day)s at %(time)s") % {"day": jalali(moment, style), "time": time}


def ago(moment: datetime, now: datetime) -> str:
    """Write how long before ``now`` a moment was; what is older than thirty days gets its date."""
    passed = now - moment
    if passed < timedelta(minutes=1):
        return gettext("just now")
    if passed < timedelta(hours=1):
        minutes = passed // timedelta(minutes=1)
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": digits(minutes)}
    if passed < timedelta(days=1):
        hours = passed // timedelta(hours=1)
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": digits(hours)}
    if passed < timedelta(days=30):
        days = passed.days
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": digits(days)}
    return jalali(moment)
