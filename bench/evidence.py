"""How fast evidence is taken over, and how fast one message is found among ten million and more, a day a partition.

Taking over is measured on segments as a gateway writes them, against plain COPY of rows of the same size into a table
without an index. Then the tables are filled by SQL with records as long as real ones, over ninety days, in steps of
ten; after each step messages are looked for by their id, looks by the person, and the newest are listed.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.rig.house import machine, scratch_house
from rich.console import Console
from rich.table import Table

DAYS = 90
LOOKS_OF_ONE = 300
"""Of how many messages one person is the subject, who asks who looked."""
ROUNDS = 200
CHUNK = 250_000
BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 messages instead of ten million")
    parser.add_argument("--messages", type=int, default=10_000_000, help="how many messages there are at last")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    messages = 100_000 if options.quick else options.messages
    with scratch_house(furnished=False) as house:
        figures = measure_taking_over(house.folder, 5_000 if options.quick else 50_000)
        figures |= measure_finding(messages)
    if options.json:
        print(json.dumps(figures))


def measure_taking_over(folder: Path, count: int) -> dict[str, float]:
    """Take so many messages over, and copy rows of the same size without anything else."""
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (after setup)
    from divan.trust.exchange import actions  # noqa: PLC0415 (as above)

    _prepare(folder)
    octets = _write_segments(folder, count)
    began = time.perf_counter()
    taken = actions.import_evidence(actor=SYSTEM, now=datetime.now(UTC))
    seconds = time.perf_counter() - began
    assert taken == count, f"{taken} of {count} were taken over"
    plain = _copy_plain(count)
    Console().print(
        f"{count:,} messages in {octets / 1e6:.0f} MB of segments taken over: {count / seconds:,.0f}/s; "
        f"plain COPY of such rows: {count / plain:,.0f}/s ({machine()})"
    )
    return {"taken_over_per_s": round(count / seconds), "plain_copy_per_s": round(count / plain)}


def _prepare(folder: Path) -> None:
    from dataclasses import replace  # noqa: PLC0415 (of this step alone)

    from django.apps import apps  # noqa: PLC0415 (after setup)

    from divan.trust.exchange.adapters import keys  # noqa: PLC0415 (as above)
    from divan.trust.exchange.tests import world  # noqa: PLC0415 (as above)

    app: Any = apps.get_app_config("exchange")
    app.options = replace(
        app.options, rehearsal=True, control=folder / "exchange", gateway=folder / "gateway", subsystem=world.OURS
    )
    keys.prepare_rehearsal(app.options, datetime.now(UTC))


def _write_segments(folder: Path, count: int) -> int:
    from divan.trust.exchange.apps import options  # noqa: PLC0415 (after setup)
    from divan.trust.exchange.tests.world import Writer  # noqa: PLC0415 (as above)

    writer = Writer(options())
    for number in range(count):
        writer.message(f"{number:08d}-{uuid4()}"[:36])
        if number % 512 == 511:
            writer.log.seal()
        writer.log.maintain()
    writer.log.close()
    return sum(path.stat().st_size for path in (folder / "gateway" / "evidence").iterdir())


def _copy_plain(count: int) -> float:
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE plain_rows (LIKE exchange_evidencerow)")
        cursor.execute("SELECT * FROM exchange_evidencerow LIMIT 512")
        rows = cursor.fetchall()
        began = time.perf_counter()
        with cursor.copy("COPY plain_rows FROM STDIN") as copy:
            for number in range(count):
                copy.write_row(rows[number % len(rows)])
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE plain_rows")
    return seconds


def measure_finding(messages: int) -> dict[str, float]:
    """Fill the tables in steps of ten and measure after each; return the figures of the last."""
    table = Table("messages", "by id p50 / p95, ms", "looks of one person", "newest 50", "rows and indexes")
    figures: dict[str, float] = {}
    done = 0
    for size in (messages // 100, messages // 10, messages):
        began = time.perf_counter()
        for end in range(done + CHUNK, size + CHUNK, CHUNK):
            _fill(done, min(end, size))
            done = min(end, size)
        _settle()
        filled = time.perf_counter() - began
        times = {name: _times(ask) for name, ask in _questions(size)}
        on_disk = _size_on_disk()
        table.add_row(
            f"{size:,}",
            *(_words(seconds) for seconds in times.values()),
            f"{on_disk / 1e9:.1f} GB, filled in {filled:.0f} s",
        )
        figures |= {"messages": size, "gigabytes": round(on_disk / 1e9, 2)}
        figures |= {f"{name}_p95_ms": round(_p95(seconds) * 1e3, 2) for name, seconds in times.items()}
    Console().print(table)
    return figures


def _fill(first: int, last: int) -> None:
    """Write rows by SQL: their records are as long as real ones, and say their own ids."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        for day in range(DAYS):
            cursor.execute("SELECT exchange_open_day(%s)", [(BEGIN + timedelta(days=day)).date()])
        cursor.execute(_ROWS, {"first": first, "last": last - 1, "begin": BEGIN, "days": DAYS, "one": LOOKS_OF_ONE})


_ROWS = """
WITH model AS (
  SELECT r.*, convert_from(intent, 'UTF8') AS said, convert_from(closing, 'UTF8') AS ended
  FROM exchange_evidencerow r ORDER BY received_at, request_id LIMIT 1
), numbered AS (
  SELECT n, lpad(n::text, 12, '0') AS id, %(begin)s::timestamptz
    + ((n * 7919) %% (86400::bigint * %(days)s)) * interval '1 second' + (n %% 1000) * interval '1 microsecond' AS at
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
)
INSERT INTO exchange_evidencerow (received_at, request_id, segment_id, batch_id, place, leaf, intent, closing,
  signature, message_id, client, service, permit, outcome, status, subject, ended_at)
SELECT at, 'r-' || id || '-0000-0000-0000-000000', segment_id, batch_id, n, n %% 512,
  convert_to(
    replace(replace(said, model.request_id, 'r-' || id || '-0000-0000-0000-000000'), model.message_id, 'm-' || id),
    'UTF8'),
  convert_to(replace(ended, model.request_id, 'r-' || id || '-0000-0000-0000-000000'), 'UTF8'), signature,
  'm-' || id, client, service, permit, outcome, status,
  CASE WHEN n %% greatest(1, (%(last)s / %(one)s)) = 0 THEN model.subject ELSE encode(sha256(id::bytea), 'hex') END,
  at + interval '20 milliseconds'
FROM numbered, model
"""


def _settle() -> None:
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE exchange_evidencerow")


def _questions(size: int) -> Iterator[tuple[str, Callable[[int], object]]]:
    from divan.trust.exchange import queries  # noqa: PLC0415 (after setup)
    from divan.trust.exchange.tests.world import VILLAGER  # noqa: PLC0415 (as above)

    def by_id(number: int) -> object:
        return queries.get_evidence(f"m-{(number * 104_729) % size:012d}")

    yield "by_id", by_id
    yield "looks", lambda _number: queries.list_looks_at(VILLAGER, limit=30)
    yield "newest", lambda _number: queries.list_evidence(limit=50)


def _times(ask: Callable[[int], object]) -> list[float]:
    seconds = []
    for number in range(ROUNDS):
        began = time.perf_counter()
        assert ask(number)
        seconds.append(time.perf_counter() - began)
    return seconds


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _words(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.1f} / {_p95(seconds) * 1e3:.1f}"


def _size_on_disk() -> int:
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits "
            "WHERE inhparent = 'exchange_evidencerow'::regclass"
        )
        [size] = cursor.fetchone()
    return int(size)


if __name__ == "__main__":
    main()
