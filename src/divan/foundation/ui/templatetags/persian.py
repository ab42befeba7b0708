"""Filters: digits, numbers, Jalali dates and sums as the active language writes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, cast

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from divan.foundation.ui import numbers
from divan_libs.persian.text import persian_digits

register = template.Library()


@register.filter(is_safe=True)
def fa_digits(value: object) -> str:
    """Write digits in Persian whatever the language."""
    return persian_digits(str(value))


@register.filter(is_safe=True)
def digits(value: object) -> str:
    """Write digits as the active language does, without grouping: codes, years."""
    return numbers.digits(value)


@register.filter
def number(value: int | None) -> str:
    """Write a number in groups of three; an absent one as a dash."""
    return "–" if value is None else numbers.number(value)


@register.filter
def rials(amount: int) -> str:
    """Write a sum of rials with its tomans."""
    return numbers.rials(amount)


@register.filter
def jalali(moment: date | None, style: str = "long") -> str:
    """Write a day: ``{{ day|jalali }}``, ``{{ day|jalali:"numeric" }}``, ``…"full"``; None as a dash."""
    return "–" if moment is None else numbers.jalali(moment, cast("Literal['numeric', 'long', 'full']", style))


@register.filter
def jalali_time(moment: datetime | None, style: str = "long") -> str:
    """Write the day and time of a moment in Tehran; None as a dash."""
    return "–" if moment is None else numbers.jalali_time(moment, cast("Literal['numeric', 'long', 'full']", style))


@register.filter
def ago(moment: datetime, now: datetime) -> str:
    """Write how long ago a moment was: ``{{ at|ago:now }}``."""
    return numbers.ago(moment, now)


@register.simple_tag
def moment(at: date | None, style: str = "long") -> SafeString | str:
    """Write a date, or a moment with its time, as a ``time`` element that machines read too: ``{% moment at %}``."""
    if at is None:
        return "–"
    written = jalali_time(at, style) if isinstance(at, datetime) else jalali(at, style)
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), written)
