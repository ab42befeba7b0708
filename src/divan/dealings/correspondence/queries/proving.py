"""The proof that a register's year has no gap."""

from __future__ import annotations

from django.db import connection

from divan.dealings.correspondence import models
from divan.dealings.correspondence.values import Proof

MOST_GAPS = 100


def prove_register(register: str, year: int) -> Proof:
    """Count what has a number in a register's year, and name what is missing: nothing, and this is what proves it.

    The counting reads indexes alone, so that a year of a million letters is proven in well under a second.
    """
    book = models.Register.objects.filter(code=register).values_list("id", flat=True).first() or 0
    line = models.RegisterYear.objects.filter(register_id=book, year=year).first()
    last = line.last if line else 0
    letters = models.Letter.objects.filter(register_id=book, year=year, count__lte=last)
    kept = models.ReservedNumber.objects.filter(register_id=book, year=year, count__lte=last)
    lettered = letters.count()
    reserved, void = kept.filter(state="reserved").count(), kept.filter(state="void").count()
    twice = letters.filter(count__in=kept.exclude(state="used").values("count")).count()
    gaps = tuple(_gaps(register, year, last)) if lettered + reserved + void - twice != last else ()
    return Proof(year=year, last=last, letters=lettered, reserved=reserved, void=void, gaps=gaps)


def _gaps(register: str, year: int, last: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH book AS (SELECT id FROM correspondence_register WHERE code = %s), had AS (
                SELECT count FROM correspondence_letter, book WHERE register_id = book.id AND year = %s
                UNION SELECT count FROM correspondence_reservednumber, book WHERE register_id = book.id AND year = %s
            )
            SELECT want FROM generate_series(1, %s) want LEFT JOIN had ON had.count = want
            WHERE had.count IS NULL ORDER BY want LIMIT %s
            """,
            [register, year, year, last, MOST_GAPS],
        )
        return [int(row[0]) for row in cursor.fetchall()]
