"""How fast letters are found among five million, by a post that has few and by a secretariat that keeps 500,000.

Letters of ten years are written by SQL: words of four frequencies, from one letter in three to one in half a million,
numbers, names and marks, laid into the index as the house lays them. Each question is asked some hundred times with
other words, for its first page and a later one; what is measured is the query, and the page over HTTP once.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from bench.rig.house import machine, page_size, scratch_house, web
from bench.rig.load import ask_again, get
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

YEARS = 10
SHARE = 10
"""One letter in so many is of the secretariat's body."""

OF_EXPERT = 2_000
ROUNDS = 100


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 letters instead of five million")
    parser.add_argument("--letters", type=int, default=5_000_000, help="how many letters there are")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    letters = 100_000 if options.quick else options.letters
    with scratch_house() as house, Progress(console=Console(stderr=True)) as progress:
        from bench.rig.province import Province, session_of_staff  # noqa: PLC0415 (after setup)

        from divan.foundation import clock  # noqa: PLC0415 (as above)

        province = Province(clock.now())
        task = progress.add_task("letters", total=letters)
        for done in fill(province, letters):
            progress.update(task, completed=done)
        times = {
            who: {name: measure(province, code, ask) for name, ask in questions(letters)}
            for who, code in (("secretariat", "ict-secretariat"), ("expert", "ict-expert"))
        }
        figures = report(times, letters)
        cookies = session_of_staff(province.person("secretariat").uuid)
        address = f"/office/letters/search/?text={quote('f1 m7')}"
        with web(house) as port:
            page_size(port, address, cookies)
            page = ask_again(port, get(address, cookies), connections=1, seconds=3)
    figures["page_p95_ms"] = round(page.p95 * 1e3, 1)
    Console().print(f"the page over HTTP, two words: p95 {page.p95 * 1e3:.1f} ms")
    if options.json:
        print(json.dumps(figures))
    if page.failed:
        raise SystemExit("some answers were failures")


def questions(letters: int) -> list[tuple[str, Callable[[random.Random], dict[str, Any]]]]:
    """Return what is asked, by name: filters that differ each time."""
    count = letters // SHARE // YEARS
    return [
        ("frequent word (1 in 3)", lambda dice: {"text": f"f{dice.randrange(10)}"}),
        ("medium word (1 in 200)", lambda dice: {"text": f"m{dice.randrange(1000)}"}),
        ("seldom word (1 in 4,000)", lambda dice: {"text": f"l{_letters(dice.randrange(20_000))}"}),
        ("rare word (1 in 500,000)", lambda dice: {"text": f"r{dice.randrange(1_000_000)}"}),
        ("frequent and medium", lambda dice: {"text": f"f{dice.randrange(10)} m{dice.randrange(1000)}"}),
        ("two medium", lambda dice: {"text": f"m{dice.randrange(1000)} m{dice.randrange(1000)}"}),
        ("frequent five years ago only", lambda _dice: {"text": "once"}),
        ("nothing like it", lambda dice: {"text": f"n{dice.random()}"}),
        ("number and year", lambda dice: {"text": f"{1396 + dice.randrange(YEARS)}/{dice.randrange(count) + 1}"}),
        ("count alone", lambda dice: {"text": str(dice.randrange(count) + 1)}),
        (
            "filters alone",
            lambda dice: {"direction": "incoming", "urgency": "urgent", "sender": f"s{dice.randrange(500)}"},
        ),
        ("word and filters", lambda dice: {"text": f"f{dice.randrange(10)}", "sender": f"s{dice.randrange(500)}"}),
        ("beginning of 1,111 words", lambda dice: {"text": f"l{_letters(dice.randrange(10, 20))}*"}),
        ("beginning of 11 words", lambda dice: {"text": f"l{_letters(dice.randrange(1000, 2000))}*"}),
    ]


def _letters(count: int) -> str:
    """Return a count written in letters: a word with a digit is looked for as a number too."""
    return str(count).translate(str.maketrans("0123456789", "abcdefghij"))


def measure(province: Any, code: str, ask: Callable[[random.Random], dict[str, Any]]) -> list[float]:
    """Ask so many times and return the seconds of each; every second time the second page too."""
    from divan.dealings.correspondence import queries  # noqa: PLC0415 (after setup)
    from divan.dealings.correspondence.values import LetterFilters  # noqa: PLC0415 (as above)

    dice, post, seconds = random.Random(code), province.post(code), []  # noqa: S311 (words to ask for)
    for round_ in range(ROUNDS):
        filters, after = LetterFilters(**ask(dice)), ""
        for _ in range(1 + round_ % 2):
            began = time.perf_counter()
            found = queries.search_letters(filters, post, province.now, after=after)
            seconds.append(time.perf_counter() - began)
            after = found.after
            if not after:
                break
    return seconds


STEP = 250_000


def fill(province: Any, letters: int) -> Iterator[int]:
    """Write so many letters with their entries and, at the end, the index over them."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    body, secretariat = _own(province)
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        # Rows that are made together need no one to look whether what they refer to is there.
        cursor.execute("SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'f'")
        for name, table in cursor.fetchall():
            if table in {*_TABLES, "correspondence_reader"}:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute("SELECT indexdef, indexname FROM pg_indexes WHERE tablename IN (%s, %s)", _TABLES)
        kept = [(made, name) for made, name in cursor.fetchall() if not name.endswith("_pkey") and "UNIQUE" not in made]
        for _, name in kept:
            cursor.execute(f"DROP INDEX {name}")
        known = {"body": body, "secretariat": secretariat, "share": SHARE, "years": YEARS, "all": letters}
        for first in range(0, letters, STEP):
            cursor.execute(_LETTERS, {**known, "first": first, "last": min(first + STEP, letters) - 1})
            cursor.execute(_ENTRIES, {**known, "first": first, "last": min(first + STEP, letters) - 1})
            yield min(first + STEP, letters)
        reader = {"post": province.post("ict-expert").uuid, "every": letters // SHARE // OF_EXPERT or 1, "share": SHARE}
        cursor.execute(_READERS, reader)
        for made, _ in kept:
            cursor.execute(made)
        cursor.execute("VACUUM ANALYZE correspondence_letter, correspondence_letterentry, correspondence_reader")


_TABLES = ["correspondence_letter", "correspondence_letterentry"]


def _own(province: Any) -> tuple[int, int]:
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.body_id, s.id FROM correspondence_secretariat s JOIN people_unit u ON u.id = s.body_id"
            " WHERE u.uuid = %s",
            [province.post("ict-secretariat").unit.body_uuid],
        )
        body, secretariat = cursor.fetchone()
        return int(body), int(secretariat)


_LETTERS = """
    INSERT INTO correspondence_letter (id, uuid, body_id, secretariat_id, year, count, number, direction, kind, subject,
        wording, body_html, version, recipient, sender, their_number, received_by, secrecy, urgency, keywords, paper,
        pages, signer_name, signer_title, signed_by_hand, registered_at, backdated, state, closing, about_kind,
        search_text)
    SELECT 1000000 + n, gen_random_uuid(),
        CASE WHEN n %% %(share)s = 0 THEN %(body)s ELSE (SELECT min(id) FROM people_unit) END, %(secretariat)s,
        1396 + n / (%(all)s / %(years)s), n %% (%(all)s / %(years)s) / %(share)s + 1, 'b/' || n, 'incoming', 'letter',
        'f' || n %% 10 || ' m' || n %% 1000 || ' l' || n %% 20000,
        'r' || n || ' f' || n %% 7 || ' m' || n * 31 %% 1000 || repeat(' word', 60), '', 0, 'recipient',
        jsonb_build_object('kind', 'outside', 'organization', 's' || n %% 500), '', '', 'ordinary', 'ordinary', '[]',
        '{}', 1, '', '', false, now() - (%(all)s - n) * (%(years)s * interval '1 year' / %(all)s), '', 'registered', '',
        '', ''
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
"""

# As actions/finding.py writes entries; letters have some forty lexemes here, half of them marks.
_ENTRIES = """
    INSERT INTO correspondence_letterentry (letter_id, body_id, secrecy, at, words)
    SELECT l.id, l.body_id, 0, l.registered_at, array_to_tsvector(ARRAY[
        '@body:' || l.body_id, '@year:' || l.body_id || ':' || date_part('year', l.registered_at),
        '@month:' || l.body_id || ':' || to_char(l.registered_at AT TIME ZONE 'Asia/Tehran', 'YYYY-MM'),
        '@direction:incoming', '@kind:letter', '@numbered:1', '@state:registered', '@files:' || n %% 2,
        '@urgency:' || CASE WHEN n %% 20 = 0 THEN 'urgent' ELSE 'ordinary' END, '@secrecy:ordinary',
        '@from:s' || n / %(share)s %% 500, '@to:recipient', '#' || l.count, '#' || l.year || '/' || l.count,
        '#' || l.count || '/' || l.year, '#' || l.year,
        'f' || h0 %% 10, 'f' || h1 %% 10, 'f' || h2 %% 10, 'f' || h3 %% 10,
        'm' || h0 / 10 %% 1000, 'm' || h1 / 10 %% 1000, 'm' || h2 / 10 %% 1000, 'm' || h3 / 10 %% 1000,
        'm' || n %% 1000,
        'l' || translate((h0 / 10000 %% 20000)::text, '0123456789', 'abcdefghij'),
        'l' || translate((h1 / 10000 %% 20000)::text, '0123456789', 'abcdefghij'),
        'l' || translate((h2 / 10000 %% 20000)::text, '0123456789', 'abcdefghij'),
        'l' || translate((h3 / 10000 %% 20000)::text, '0123456789', 'abcdefghij'),
        'l' || translate((n %% 20000)::text, '0123456789', 'abcdefghij'), 'r' || h0 %% 1000000, 'r' || h1 %% 1000000,
        CASE WHEN l.year = 1400 THEN 'once' ELSE 'other' END])
    FROM correspondence_letter l
        CROSS JOIN LATERAL (SELECT l.id - 1000000 AS n) numbered
        CROSS JOIN LATERAL (SELECT abs(hashint8(n)::bigint) AS h0, abs(hashint8(n + 10000000000)::bigint) AS h1,
            abs(hashint8(n + 20000000000)::bigint) AS h2, abs(hashint8(n + 30000000000)::bigint) AS h3) hashed
    WHERE l.id BETWEEN 1000000 + %(first)s AND 1000000 + %(last)s
"""
_READERS = """
    INSERT INTO correspondence_reader (letter_id, post_uuid, since)
    SELECT id, %(post)s, registered_at FROM correspondence_letter
    WHERE id >= 1000000 AND (id - 1000000) %% (%(share)s * %(every)s) = 0
"""


def report(times: dict[str, dict[str, list[float]]], letters: int) -> dict[str, float]:
    """Print the table and return the figures by name."""
    console = Console()
    console.print(f"{machine()}, {letters:,} letters, {letters // SHARE:,} of the body")
    table = Table("question", *(f"{who}: median ms / p95 ms" for who in times))
    figures: dict[str, float] = {}
    for name in next(iter(times.values())):
        cells = []
        for who, by_name in times.items():
            p95 = statistics.quantiles(by_name[name], n=20)[18] * 1e3
            figures[f"{who}: {name}, p95_ms"] = round(p95, 1)
            cells.append(f"{statistics.median(by_name[name]) * 1e3:.1f} / {p95:.1f}")
        table.add_row(name, *cells)
    console.print(table)
    return figures


if __name__ == "__main__":
    main()
