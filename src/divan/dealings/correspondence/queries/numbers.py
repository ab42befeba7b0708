"""Letters by what is written on them: their number, in whichever spelling."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.letters import letters
from divan_libs.persian.jalali import to_jalali
from divan_libs.persian.text import latin_digits, normalize

MOST = 50


def number_key(number: str) -> str:
    """Return how a number is kept and looked for: Latin digits, Persian letters, no spaces."""
    return "".join(latin_digits(normalize(number)).split())[:60]


def letters_numbered(body: UUID, number: str) -> QuerySet[models.Letter]:
    """Return the letters of a body with a number as people write it: by formula, or as register, year and count."""
    key = number_key(number)
    own = letters().filter(body__uuid=body).exclude(state__in=models.UNNUMBERED)
    # Two questions, each answered by its own index: joined by "or", neither index is entered.
    written = models.Letter.objects.filter(body__uuid=body, number__in={key, number.strip()[:60]} - {""})
    found = list(written.values_list("id", flat=True)[:MOST])
    parts = key.split("/")
    if len(parts) == 3 and parts[1].isdigit() and parts[2].isdigit() and len(parts[1] + parts[2]) < 14:
        book = models.Register.objects.filter(code=parts[0]).values_list("id", flat=True).first()
        counted = models.Letter.objects.filter(register_id=book or 0, year=int(parts[1]), count=int(parts[2]))
        found += counted.values_list("id", flat=True)
    return own.filter(id__in=found)


def find_numbered(body: UUID, number: str, year: int | None = None) -> models.Letter | None:
    """Return the one letter of a body that a number (and Jalali year) means, or None for none or several."""
    rows = letters_numbered(body, number)
    if year is not None:
        rows = rows.filter(year=year)
    found = list(rows.order_by("id")[:2])
    return found[0] if len(found) == 1 else None


def year_of(day: date | None) -> int | None:
    """Return the Jalali year of a day, or None."""
    return to_jalali(day)[0] if day else None
