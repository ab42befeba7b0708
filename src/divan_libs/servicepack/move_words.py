"""Sentences that tell what moving a case to another version meets: the Persian one and the English one by code."""

from __future__ import annotations

from collections.abc import Mapping

from divan_libs.persian.text import persian_digits

SENTENCES: Mapping[str, tuple[str, str]] = {
    "move.step-gone": (
        "گام «{name}» که پرونده در آن است در این نسخه نیست.",
        "The step “{name}”, in which the case waits, is not in this version.",
    ),
    "move.step-of-another-kind": (
        "گام «{name}» در این نسخه از نوعی دیگر است.",
        "The step “{name}” is of another kind in this version.",
    ),
    "move.track-gone": (
        "بررسی هم‌زمان «{name}» یا نتیجهٔ آن در این نسخه نیست.",
        "The parallel review “{name}”, or what it ended with, is not in this version.",
    ),
    "move.outcome-gone": (
        "نتیجهٔ پیشنهادشدهٔ «{name}» در این نسخه نیست.",
        "The proposed outcome “{name}” is not in this version.",
    ),
    "move.entry-gone": (
        "این پرونده با «{name}» آغاز شده که در این نسخه نیست.",
        "The case began as “{name}”, which is not in this version.",
    ),
    "move.question-of-another-type": (
        "پاسخ «{name}» در این نسخه از نوعی دیگر است.",
        "The answer to “{name}” is of another type in this version.",
    ),
    "move.option-gone": (
        "گزینه‌ای که در «{name}» انتخاب شده در این نسخه نیست.",
        "What was chosen for “{name}” cannot be chosen in this version.",
    ),
    "move.question-new": (
        "پرسش الزامی «{name}» تازه است و پاسخی ندارد.",
        "The required question “{name}” is new and has no answer.",
    ),
    "move.question-gone": (
        "پرسش «{name}» دیگر نیست و پاسخ آن به کار نمی‌آید.",
        "The question “{name}” is gone; its answer is not used any more.",
    ),
    "move.requirement-new": ("شرط «{name}» تازه است.", "The requirement “{name}” is new."),
    "move.requirement-gone": ("شرط «{name}» برداشته شده است.", "The requirement “{name}” is gone."),
    "move.clock-differs": (
        "مهلت گام «{name}» از آغاز آن از نو شمرده می‌شود.",
        "The clock of the step “{name}” is counted anew from its beginning.",
    ),
}

COMMAND: Mapping[str, tuple[str, str]] = {
    "unknown": ("پرونده‌ای با شمارهٔ {number} نیست.", "No case has the number {number}."),
    "heading": (
        "انتقال پروندهٔ {number} به نسخهٔ {version} از «{service}»:",
        "Moving the case {number} to version {version} of “{service}”:",
    ),
    "hinders": ("مانع", "In the way"),
    "changes": ("تغییر", "Changes"),
    "nothing": ("برای این پرونده چیزی تغییر نمی‌کند.", "Nothing changes for this case."),
    "preview": ("کاری انجام نشد؛ برای انتقال، گزینهٔ --yes را بیفزایید.", "Nothing was done; --yes moves it."),
    "refused": (
        "پرونده منتقل نشد: دلیل را با --reason بنویسید، و پرونده باید جاری و نسخه دیگری جز نسخهٔ کنونی آن باشد.",
        "It was not moved: give a --reason, and another version of a case that runs.",
    ),
    "moved": ("پروندهٔ {number} اکنون بر نسخهٔ {version} است.", "The case {number} stands on version {version} now."),
}
"""What the command says around the findings."""


def said(code: str, language: str, **facts: object) -> str:
    """Return a sentence in a language, numbers in its digits."""
    if language != "en":
        facts = {name: persian_digits(str(fact)) if isinstance(fact, int) else fact for name, fact in facts.items()}
    return (SENTENCES.get(code) or COMMAND[code])[1 if language == "en" else 0].format(**facts)
