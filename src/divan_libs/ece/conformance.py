"""What each oddity of a message or mail means to whoever makes the program that wrote it, and whether it passes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from divan_libs.ece.deviation_words import OF_MESSAGES, Meaning, Weight
from divan_libs.ece.mail import MailDeviation
from divan_libs.ece.values import DeviationCode

M = MailDeviation
_MEANING, _FORM, _HABIT = Weight.MEANING, Weight.FORM, Weight.HABIT

OF_MAILS: Mapping[StrEnum, Meaning] = {
    M.MARK_MISSING: Meaning(
        _FORM,
        "The mail has no header X-ECE_SEND.",
        "Write X-ECE_SEND: 1.01 into the head of the mail.",
        "نامهٔ الکترونیکی سرآیند X-ECE_SEND ندارد.",
        "در سرآیند X-ECE_SEND: 1.01 بنویسید.",
    ),
    M.MARK_VERSION: Meaning(
        _FORM,
        "The header X-ECE_SEND names another version.",
        "Write X-ECE_SEND: 1.01.",
        "سرآیند X-ECE_SEND نسخهٔ دیگری را می‌گوید.",
        "X-ECE_SEND: 1.01 بنویسید.",
    ),
    M.ATTACHMENT_NAME: Meaning(
        _HABIT,
        "The attachment has another name than usual.",
        "Name it ECE_XML.XML.",
        "نام پیوست جز نام معمول است.",
        "نام آن را ECE_XML.XML بگذارید.",
    ),
    M.ATTACHMENTS_MORE: Meaning(
        _MEANING,
        "The mail brings several messages; each was taken by itself.",
        "Send one message in each mail.",
        "یک نامهٔ الکترونیکی چند پیام آورده است؛ هر یک جدا گرفته شد.",
        "در هر نامهٔ الکترونیکی یک پیام بفرستید.",
    ),
    M.TNEF_IGNORED: Meaning(
        _MEANING,
        "An attachment that only one mail program opens (winmail.dat) was left out.",
        "Send plain attachments.",
        "پیوستی که تنها یک برنامه باز می‌کند (winmail.dat) کنار گذاشته شد.",
        "پیوست را ساده بفرستید.",
    ),
    M.BODY_READ: Meaning(
        _FORM,
        "The message stands in the text of the mail.",
        "Send it as an attachment.",
        "پیام در متن نامهٔ الکترونیکی آمده است.",
        "آن را پیوست کنید.",
    ),
}

MEANINGS: Mapping[StrEnum, Meaning] = {**OF_MESSAGES, **OF_MAILS}


def deviates(codes: Iterable[DeviationCode | MailDeviation], *, strict: bool) -> bool:
    """Whether a message with these oddities does not pass: strictly any of them, else those that touch its meaning."""
    weights = {MEANINGS[code].weight for code in codes}
    return bool(weights) if strict else Weight.MEANING in weights
