"""How fast evidence is taken over, and how fast one message is found among ten million and more, a day a partition.

Taking over is measured on segments as a gateway writes them, against plain COPY of rows of the same size into a table
without an index. Then the tables are filled by SQL with records as long as real ones, over ninety days, in steps of
ten, as far as time and disk allow; after each step messages are looked for by their id, looks by the person, and the
newest are listed. The growth is how many times as long a lookup takes with all messages as with a hundredth of them.

With ``--short`` most of the records are left empty and nobody's data are asked but of one person, so that a hundred
million messages find room: what a lookup goes through, the columns and their indexes, is as long as ever.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
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
ROUNDS = 400
CHUNK = 20_000
"""Messages that a day gets at a time."""
LEFT_FREE = 5 * 1024**3
"""Octets of the disk that filling leaves to others."""
BEGIN = datetime(2026, 8, 1, tzinfo=UTC)


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 messages instead of twenty million")
    parser.add_argument("--messages", type=int, default=20_000_000, help="how many messages there are at last")
    parser.add_argument("--minutes", type=float, default=15.0, help="how long filling may take; then it stops early")
    parser.add_argument("--short", action="store_true", help="empty records, so that 100,000,000 find room in 60 GB")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    messages = 100_000 if options.quick else options.messages
    with scratch_house(furnished=False) as house:
        figures = measure_taking_over(house.folder, 5_000 if options.quick else 50_000)
        figures |= measure_finding(messages, house.folder, options.minutes * 60, short=options.short)
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


def measure_finding(messages: int, folder: Path, seconds: float, *, short: bool) -> dict[str, float]:
    """Fill the tables in steps of ten and measure after each; return the figures of the last, and the growth."""
    table = Table("messages", "by id p50 / p99, ms", "looks of one person", "newest 50", "rows and indexes")
    figures: dict[str, float] = {}
    done, until, first = 0, time.monotonic() + seconds, 0.0
    for size in (messages // 100, messages // 10, messages):
        began = time.perf_counter()
        before = done
        done = _fill_up(done, size, folder, until, short=short)
        _settle()
        filled = time.perf_counter() - began
        times = {name: _times(ask) for name, ask in _questions(done, every=1000 if short else 1)}
        on_disk = _size_on_disk()
        table.add_row(
            f"{done:,}",
            *(_words(found) for found in times.values()),
            f"{on_disk / 1e9:.1f} GB, {(done - before) / filled:,.0f} rows/s",
        )
        first = first or _p99(times["by_id"])
        figures |= {"messages": done, "gigabytes": round(on_disk / 1e9, 2)}
        figures |= {f"{name}_p99_ms": round(_p99(found) * 1e3, 2) for name, found in times.items()}
        figures |= {"by_id_p50_ms": round(statistics.median(times["by_id"]) * 1e3, 2)}
    figures["growth"] = round(_p99(times["by_id"]) / first, 2)
    Console().print(table)
    Console().print(f"growth of the lookup by id from a hundredth to all: {figures['growth']} ({machine()})")
    return figures


def _fill_up(done: int, size: int, folder: Path, until: float, *, short: bool) -> int:
    """Fill the days evenly up to so many messages, unless time or disk end before; return how many there are."""
    rounds = 1 if short else max(1, (size - done) // (DAYS * CHUNK))
    for turn in range(rounds):
        last = done + (size - done) // (rounds - turn)
        per_day = (last - done) // DAYS
        for day in range(DAYS):
            count = per_day if day else last - done - per_day * (DAYS - 1)
            _fill(done, count, day, turn=size if short else turn, short=short)
            done += count
            if short and _must_end(until, folder):
                return done
        if _must_end(until, folder):
            break
    return done


def _must_end(until: float, folder: Path) -> bool:
    return time.monotonic() > until or shutil.disk_usage(folder).free < LEFT_FREE


def _fill(first: int, count: int, day: int, turn: int, *, short: bool) -> None:
    """Write rows of a day by SQL: their records are as long as real ones, and say their own ids."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    begin = BEGIN + timedelta(days=day)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")
        cursor.execute("SELECT exchange_open_day(%s)", [begin.date()])
        cursor.execute(
            _SHORT_ROWS if short else _ROWS,
            {
                "first": first,
                "count": max(1, count),
                "begin": begin,
                "turn": turn,
                "every": max(1, DAYS * count // LOOKS_OF_ONE),
                "whole": day == DAYS - 1,
            },
        )


# An id that grows with time would find its index warm; a client's ids are random.
_ROWS = """
WITH model AS (
  SELECT r.*, convert_from(intent, 'UTF8') AS said, convert_from(closing, 'UTF8') AS ended
  FROM exchange_evidencerow r ORDER BY received_at, request_id LIMIT 1
), numbered AS (
  SELECT n, md5(n::text) || '-1' AS id, %(begin)s::timestamptz
    + (n - %(first)s) * (interval '86300 seconds' / %(count)s) + %(turn)s * interval '1 microsecond' AS at
  FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(count)s - 1) n
)
INSERT INTO exchange_evidencerow (received_at, request_id, segment_id, batch_id, place, leaf, intent, closing,
  signature, message_id, client, service, permit, outcome, status, subject, ended_at)
SELECT at, 'r-' || id, segment_id, batch_id, n, n %% 512,
  convert_to(replace(replace(said, model.request_id, 'r-' || id), model.message_id, 'm-' || id), 'UTF8'),
  convert_to(replace(ended, model.request_id, 'r-' || id), 'UTF8'), signature,
  'm-' || id, client, service, permit, outcome, status,
  CASE WHEN n %% %(every)s = 0 THEN model.subject ELSE md5(n::text) || md5(id) END, at + interval '20 milliseconds'
FROM numbered, model
"""


# One of a thousand has its record, and all of the last day, which lists begin with.
_SHORT_ROWS = """
WITH model AS (
  SELECT r.*, convert_from(intent, 'UTF8') AS said, convert_from(closing, 'UTF8') AS ended
  FROM exchange_evidencerow r ORDER BY received_at, request_id LIMIT 1
), numbered AS (
  SELECT n, md5(n::text) || '-1' AS id, %(whole)s OR n %% 1000 = 0 OR n %% %(every)s = 0 AS is_whole,
    %(begin)s::timestamptz
    + (n - %(first)s) * (interval '86300 seconds' / %(count)s) + %(turn)s * interval '1 microsecond' AS at
  FROM generate_series(%(first)s::bigint, %(first)s::bigint + %(count)s - 1) n
)
INSERT INTO exchange_evidencerow (received_at, request_id, segment_id, batch_id, place, leaf, intent, closing,
  signature, message_id, client, service, permit, outcome, status, subject, ended_at)
SELECT at, 'r-' || id, segment_id, batch_id, n, n %% 512,
  CASE WHEN is_whole
    THEN convert_to(replace(replace(said, model.request_id, 'r-' || id), model.message_id, 'm-' || id), 'UTF8')
    ELSE '' END,
  CASE WHEN is_whole THEN convert_to(replace(ended, model.request_id, 'r-' || id), 'UTF8') ELSE '' END,
  signature, 'm-' || id, client, service, permit, outcome, status,
  CASE WHEN n %% %(every)s = 0 THEN model.subject ELSE '' END, at + interval '20 milliseconds'
FROM numbered, model
"""


def _settle() -> None:
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE exchange_evidencerow")


def _questions(size: int, *, every: int) -> Iterator[tuple[str, Callable[[int], object]]]:
    from divan.trust.exchange import queries  # noqa: PLC0415 (after setup)
    from divan.trust.exchange.tests.world import VILLAGER  # noqa: PLC0415 (as above)

    def by_id(number: int) -> object:
        number = (number * 104_729 + 17) % (size // every) * every
        return queries.get_evidence(f"m-{hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()}-1")

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


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[-1]


def _words(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1e3:.1f} / {_p99(seconds) * 1e3:.1f}"


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
