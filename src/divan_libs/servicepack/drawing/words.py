"""The few words of a picture that no package brings along."""

from __future__ import annotations

from collections.abc import Mapping

from divan_libs.persian.text import persian_digits
from divan_libs.servicepack.models import ClockLength, DayUnit

_FA: Mapping[str, str] = {
    "application": "درخواست",
    "objection": "اعتراض",
    "otherwise": "وگرنه",
    "opposed": "با مخالفت",
    "silence": "با سکوت",
    "done": "پایان",
    "correction": "بازگشت برای اصلاح ممکن است",
    "corrects": "متقاضی اصلاح می‌کند",
    "escalated": "به بالادست می‌رود",
    "deadline": "مهلت کل",
    "picture": "نمودار مراحل «{title}»",
    "steps": "مراحل: {steps}. نتیجه‌ها: {outcomes}.",
    "comma": "، ",
    "working-days": "روز کاری",
    "calendar-days": "روز",
    "months": "ماه",
    "years": "سال",
    "hours": "ساعت",
}
_EN: Mapping[str, str] = {
    "application": "Application",
    "objection": "Objection",
    "otherwise": "otherwise",
    "opposed": "if opposed",
    "silence": "by silence",
    "done": "Finished",
    "correction": "may come back for correction",
    "corrects": "The applicant corrects",
    "escalated": "goes to the superior",
    "deadline": "Deadline of the whole case",
    "picture": "Steps of “{title}”",
    "steps": "Steps: {steps}. Outcomes: {outcomes}.",
    "comma": ", ",
    "working-days": "working days",
    "calendar-days": "days",
    "hours": "hours",
    "months": "months",
    "years": "years",
}


def word(name: str, language: str) -> str:
    """Return a word of the picture."""
    return (_EN if language == "en" else _FA)[name]


def clock_in_words(clock: ClockLength, language: str) -> str:
    """Return a clock as people say it: «۵ روز کاری»."""
    amount = str(clock.amount) if language == "en" else persian_digits(str(clock.amount))
    unit = word(clock.unit.value, language)
    if language == "en" and clock.amount == 1:
        unit = unit.removesuffix("s")
    return f"{amount} {unit}"


def iso_duration(clock: ClockLength) -> str:
    """Return a clock as an ISO 8601 duration; what kind of days it counts is lost and must be said beside it."""
    form = {DayUnit.HOURS: "PT{}H", DayUnit.MONTHS: "P{}M", DayUnit.YEARS: "P{}Y"}.get(clock.unit, "P{}D")
    return form.format(clock.amount)
