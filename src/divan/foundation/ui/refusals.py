"""The texts of refusals and troubles: each context's doors declare them by code, every face reads them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from divan.foundation.errors import Refusal, Trouble
from divan.foundation.ui.numbers import digits, jalali, jalali_time

Text = str | Promise


@dataclass(frozen=True, slots=True)
class RefusalText:
    """What a person reads: what was refused, why, and what can be done."""

    title: str
    explanation: str
    advice: str

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.advice) if part)


@dataclass(frozen=True, slots=True)
class _Declared:
    title: Text
    explanation: Text
    advice: Text


_DECLARED: dict[str, _Declared] = {}


def declare_text(code: str, title: Text, explanation: Text = "", advice: Text = "") -> None:
    """Give a code its texts (lazy translations); ``%(name)s`` is filled from the facts of the refusal.

    Titles are one sentence with its full stop: they also stand in error summaries.

    :raises ValueError: when the code has other texts already.
    """
    declared = _Declared(title, explanation, advice)
    if _DECLARED.setdefault(code, declared) != declared:
        raise ValueError(f"texts declared twice: {code}")


def declared_codes() -> frozenset[str]:
    """Return the codes that have texts; a house test compares them with the codes of the errors."""
    return frozenset(_DECLARED)


def text_of(refusal: Refusal | Trouble) -> RefusalText:
    """Return the texts of a refusal or trouble in the active language; an undeclared code gets a general text."""
    found = _DECLARED.get(refusal.code)
    if found is None:
        return _general(refusal)
    facts = {name: _written(value) for name, value in refusal.facts.items()}
    return RefusalText(*(_filled(text, facts) for text in (found.title, found.explanation, found.advice)))


def _written(value: object) -> str:
    if isinstance(value, datetime):
        return jalali_time(value)
    return jalali(value) if isinstance(value, date) else digits(value)


class _Known(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "…"


def _filled(text: Text, facts: Mapping[str, str]) -> str:
    return str(text) % _Known(facts)


def _general(refusal: Refusal | Trouble) -> RefusalText:
    if isinstance(refusal, Trouble):
        return RefusalText(
            _("This cannot be done right now."),
            _("Another system that is needed for this did not answer. Nothing you entered is lost."),
            _("Please try again in a few minutes."),
        )
    return RefusalText(
        _("This cannot be done."),
        _("The rules of this service do not allow it in its present state. Nothing was changed."),
        _("Go back and check what you entered. If you think this is a mistake, give the code below to the office."),
    )
