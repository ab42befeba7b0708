"""Knowing a message again: mail arrives twice, and secretariats send the same number twice."""

from __future__ import annotations

import hashlib
from datetime import datetime

import rfc8785

from divan_libs.ece.values import Letter, Moment, Reading, Receipt
from divan_libs.ece.words import folded
from divan_libs.persian.jalali import jalali_year


def idempotency_key(reading: Reading) -> str:
    """Return the key under which a message is taken once: kind, sender's organisation, number, date and its bytes.

    The same file mailed twice has the same key; a corrected letter under the same number has another.
    """
    kind, organization, number, dated = _named(reading.message)
    return _digest([kind, folded(organization), folded(number), _day(dated), reading.sha256])


def number_key(message: Letter | Receipt) -> str:
    """Return the key that letters share when sender, number and Jalali year are the same: a reason to warn, no more."""
    kind, organization, number, dated = _named(message)
    return _digest([kind, folded(organization), folded(number), _year(dated)])


def _named(message: Letter | Receipt) -> tuple[str, str, str, Moment]:
    if isinstance(message, Letter):
        return "letter", message.sender.organization, message.letter_no, message.written_at
    return "receipt", message.receiver.organization, message.letter_no, message.letter_dated


def _day(moment: Moment) -> str:
    return _at(moment.at) or moment.text.strip()


def _at(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _year(moment: Moment) -> str:
    return str(jalali_year(moment.at)) if moment.at else moment.text.strip()


def _digest(parts: list[str]) -> str:
    return hashlib.sha256(rfc8785.dumps(list(parts))).hexdigest()
