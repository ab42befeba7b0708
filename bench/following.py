"""How long a reader of a seldom kind of fact needs in a long log: from its beginning to its end, then for each look.

Of a million facts one in a hundred thousand is of its kind. Beside it stands what it would cost to be handed every fact
and to leave out the others, in batches of two hundred, as a reader that knows no kinds would.
"""

from __future__ import annotations

import argparse
import json
import time
from statistics import median

from bench.rig.house import machine, scratch_house
from rich.console import Console
from rich.table import Table

SELDOM = 100_000
"""One fact of so many is of the kind that is followed."""
LOOKS = 50


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="200,000 facts")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    count = 200_000 if options.quick else options.facts
    with scratch_house(furnished=False):
        found = measure(count)
    table = Table("what", "milliseconds", title=f"Following a seldom kind among {count:,} facts ({machine()})")
    for name, seconds in found.items():
        table.add_row(name, f"{seconds * 1000:,.1f}")
    Console().print(table)
    if options.json:
        print(json.dumps({name: round(seconds * 1000, 2) for name, seconds in found.items()}))


def measure(count: int) -> dict[str, float]:
    """Return the seconds of each."""
    from divan.foundation import facts  # noqa: PLC0415 (Django is ready only now)
    from divan.foundation.kinds import FactKind  # noqa: PLC0415 (as above)
    from divan.foundation.models import Fact  # noqa: PLC0415 (as above)

    seldom = FactKind("bench.seldom", "One of very many.")
    _fill(Fact.objects.count(), count)
    seen: list[int] = []

    def look() -> float:
        start = time.perf_counter()
        facts.follow("bench", lambda fact: seen.append(fact.position), kinds=[seldom])
        return time.perf_counter() - start

    first = look()
    if len(seen) != count // SELDOM:
        raise SystemExit(f"{len(seen)} facts were seen instead of {count // SELDOM}")
    idle = median(look() for _ in range(LOOKS))
    last = facts.last_position() + 1
    _fill(last, 1000)
    after = look()
    start, position = time.perf_counter(), -1
    while batch := facts.after(position, limit=200):
        position = batch[-1].position
    every = time.perf_counter() - start
    return {
        "from the beginning to the end": first,
        "a look at the end (median)": idle,
        "a look after 1,000 other facts": after,
        "every fact handed over": every,
    }


def _fill(first: int, count: int) -> None:
    """Write placed facts, each of a subject of its own."""
    from django.db import connection  # noqa: PLC0415 (as above)

    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO foundation_fact
                (uuid, kind, subject_kind, subject_uuid, subject_sequence, subject_digest, actor, at, data, position)
            SELECT gen_random_uuid(), CASE WHEN n %% %s = 0 THEN 'bench.seldom' ELSE 'bench.usual' END, 'bench.row',
                   gen_random_uuid(), 1, sha256(n::text::bytea), '{"kind": "system"}'::jsonb, now(),
                   '{"letter": "11111111-0000-4000-8000-000000000001", "state": "queued"}'::jsonb, n - 1
            FROM generate_series(%s::bigint + 1, %s::bigint + %s::bigint) AS n
            """,
            [SELDOM, first, first, count],
        )
        cursor.execute("ANALYZE foundation_fact")


if __name__ == "__main__":
    main()
