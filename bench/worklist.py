"""How the worklist of a post keeps its pace when the province has a hundred times as many cases.

The post has as many open lines in both provinces; what grows is everything around it: its own finished work, the lines
of other posts, cases and tasks. Then the same post gets far more open lines than anybody works off, and each folder and
some searches of that list are asked for too. Rows are written by SQL; pages are asked for over HTTP by an officer who
is signed in, against a database with durable writes.
"""

from __future__ import annotations

import argparse
import json
from uuid import UUID

from bench.rig.house import machine, page_size, scratch_house, web
from bench.rig.load import Result, ask_again, get
from django.db.backends.utils import CursorWrapper
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

CONNECTIONS = 2
ROUNDS = 3
"""The calmest of so many rounds counts: after a bulk load the database still writes for a while."""

SMALL = 10_000
OPEN_LINES = 500
FOLDERS = {
    "unread": "/office/?folder=unread",
    "overdue": "/office/?folder=overdue",
    "due today": "/office/?folder=today",
    "flagged": "/office/?folder=flagged",
    "referred by me": "/office/?folder=sent",
    "done": "/office/?folder=done",
    "a word of every line": "/office/?text=internet",
    "a word of one line in 5,000": "/office/?text=rareword",
    "a word of no line": "/office/?text=nowhere",
    "kind and urgency": "/office/?kind=cases.task&urgency=immediate",
}
"""What is asked for when the list is deep: every folder, and searches that find much, little and nothing."""

POSTS = 200
"""Posts among which the other lines are shared out; one line in twenty of theirs is open."""


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100,000 cases instead of a million")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    large, deep, seconds = (100_000, 5_000, 1.5) if options.quick else (1_000_000, 50_000, 8.0)
    results: dict[str, Result] = {}
    with scratch_house() as house, Progress(console=Console(stderr=True)) as progress:
        from bench.rig.province import Province, session_of_staff  # noqa: PLC0415 (after setup)

        from divan.foundation import clock  # noqa: PLC0415 (as above)

        province = Province(clock.now())
        task = progress.add_task("cases", total=large)
        pattern = province.at_step("draft").uuid
        post, cookies = province.post("ict-expert").uuid, session_of_staff(province.person("ict-expert").uuid)
        request = get("/office/", cookies)
        with web(house) as port:
            for name, count, lines in (
                ("small", SMALL, OPEN_LINES),
                ("large", large, OPEN_LINES),
                ("deep", large, deep),
            ):
                grow(pattern, post, cases=count, open_lines=lines)
                progress.update(task, completed=count, description=name)
                page_size(port, "/office/", cookies)
                results[name] = calmest(port, request, seconds)
            progress.update(task, description="folders")
            folders = {name: calmest(port, get(path, cookies), seconds / 4) for name, path in FOLDERS.items()}
    figures = report(results, large, deep) | report_folders(folders, results["deep"], deep)
    if options.json:
        print(json.dumps(figures))
    if any(result.failed for result in (*results.values(), *folders.values())):
        raise SystemExit("some answers were failures")


def calmest(port: int, request: bytes, seconds: float) -> Result:
    """Return the calmest of some rounds of one request."""
    rounds = [ask_again(port, request, connections=CONNECTIONS, seconds=seconds) for _ in range(ROUNDS)]
    return min(rounds, key=lambda result: result.p95)


def grow(pattern: UUID, post: UUID, *, cases: int, open_lines: int) -> None:
    """Let the province have so many cases after the pattern of one, and the post so many open lines."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        (present,) = cursor.fetchone()
        cursor.execute(_CASES, {"pattern": pattern, "first": present, "last": cases - 1})
        cursor.execute(_TASKS, {"post": post, "posts": POSTS, "first": present})
        cursor.execute(_LINES, {"posts": POSTS})
        present = _open_lines(cursor, post)
        cursor.execute(_OPENED, {"post": post, "count": open_lines - present})
        if _open_lines(cursor, post) != open_lines:
            raise SystemExit(f"the post has {_open_lines(cursor, post)} open lines instead of {open_lines}")
        cursor.execute("VACUUM ANALYZE cases_case, cases_task, correspondence_workitem")


def _open_lines(cursor: CursorWrapper, post: UUID) -> int:
    cursor.execute("SELECT count(*) FROM correspondence_workitem WHERE post_uuid = %s AND closed_at IS NULL", [post])
    (found,) = cursor.fetchone()
    return int(found)


_CASES = """
    INSERT INTO cases_case (uuid, number, version_id, applicant_id, language, state, answers, step, proposed, outcome,
        negative, place_code, county_code, started_at, changed_at, submitted_at, due_at, decided_at, closed_at,
        correction_codes, correction_note, entry, begun_by_itself, tracks, reports, deemed, has_deadline)
    SELECT gen_random_uuid(), 'bench-' || n, version_id, applicant_id, language, 'open', answers, step, proposed,
        outcome, negative, place_code, county_code, started_at - n * interval '1 minute', changed_at, submitted_at,
        due_at + n %% 40000 * interval '1 minute', decided_at, closed_at, correction_codes, correction_note, entry,
        begun_by_itself, tracks, reports, deemed, has_deadline
    FROM cases_case, generate_series(%(first)s::int, %(last)s::int) n WHERE uuid = %(pattern)s
"""
_TASKS = """
    INSERT INTO cases_task (uuid, case_id, step, post_uuid, opened_at, clock_started_at, due_at, closed_at, action,
        codes, text, note, track, report, escalations, silent)
    SELECT gen_random_uuid(), c.id, 'draft',
        CASE WHEN c.id %% %(posts)s = 0 THEN %(post)s ELSE md5((c.id %% %(posts)s)::text)::uuid END,
        c.started_at, c.started_at, c.due_at, CASE WHEN c.id %% %(posts)s = 0 OR c.id %% 20 > 0 THEN c.due_at END,
        CASE WHEN c.id %% %(posts)s = 0 OR c.id %% 20 > 0 THEN 'propose-answer' ELSE '' END, '[]', '', '',
        '', '{}', 0, false
    FROM cases_case c WHERE c.number LIKE 'bench-%%'
        AND NOT EXISTS (SELECT 1 FROM cases_task t WHERE t.case_id = c.id)
"""
_LINES = """
    INSERT INTO correspondence_workitem (uuid, post_uuid, about_kind, about_uuid, case_uuid, number, title_fa,
        title_en, step_fa, step_en, sender_fa, sender_en, note, urgency, arrived_at, due_at, order_at, read_at,
        closed_at, secrecy, from_post, flagged_at, search_text)
    SELECT gen_random_uuid(), t.post_uuid, 'cases.task', t.uuid, c.uuid, c.number,
        'درخواست پوشش اینترنت روستا', 'Request for internet coverage of a village', 'بررسی کارشناسی', 'Draft',
        '', '', '', CASE WHEN c.id %% 500 = 0 THEN 'immediate' ELSE 'ordinary' END, t.opened_at, t.due_at, t.due_at,
        CASE WHEN c.id %% 3 = 0 THEN t.opened_at END, t.closed_at, 'ordinary',
        CASE WHEN c.id %% 7 = 0 THEN md5((c.id %% %(posts)s)::text)::uuid END,
        CASE WHEN c.id %% 100 = 0 THEN t.opened_at END,
        c.number || ' request for internet coverage of a village'
            || CASE WHEN c.id %% 5000 = 0 THEN ' rareword' ELSE '' END
    FROM cases_task t JOIN cases_case c ON c.id = t.case_id
    WHERE NOT EXISTS (SELECT 1 FROM correspondence_workitem w WHERE w.about_uuid = t.uuid)
"""
_OPENED = """
    WITH chosen AS (
        UPDATE cases_task SET post_uuid = %(post)s, closed_at = NULL, action = ''
        WHERE id IN (SELECT t.id FROM cases_task t JOIN cases_case c ON c.id = t.case_id
                     WHERE c.number LIKE 'bench-%%' AND t.closed_at IS NOT NULL AND t.post_uuid <> %(post)s
                     ORDER BY t.id LIMIT %(count)s)
        RETURNING uuid
    )
    UPDATE correspondence_workitem w SET post_uuid = %(post)s, closed_at = NULL
    FROM chosen WHERE w.about_uuid = chosen.uuid
"""


def report(results: dict[str, Result], large: int, deep: int) -> dict[str, float]:
    """Print the table and return the figures by name."""
    small, big, far = results["small"], results["large"], results["deep"]
    figures = {
        f"p95_{SMALL}_cases_ms": round(small.p95 * 1e3, 2),
        f"p95_{large}_cases_ms": round(big.p95 * 1e3, 2),
        "ratio": round(big.p95 / small.p95, 3),
        "ratio_of_medians": round(big.median / small.median, 3),
        f"p95_{deep}_open_lines_ms": round(far.p95 * 1e3, 2),
        "ratio_deep": round(far.p95 / small.p95, 3),
    }
    console = Console()
    console.print(f"{machine()}, {CONNECTIONS} connections; the load runs on the same cores")
    table = Table("cases", "open lines of the post", "pages/s", "median ms", "p95 ms", "p95 to the first")
    for result, count, lines in ((small, SMALL, OPEN_LINES), (big, large, OPEN_LINES), (far, large, deep)):
        times = (f"{result.rate:,.0f}", f"{result.median * 1e3:.1f}", f"{result.p95 * 1e3:.1f}")
        table.add_row(f"{count:,}", f"{lines:,}", *times, f"{result.p95 / small.p95:.2f}")
    console.print(table)
    return figures


def report_folders(folders: dict[str, Result], deep: Result, lines: int) -> dict[str, float]:
    """Print how long each folder and search of the deep list takes, against its first page; return the figures."""
    console = Console()
    table = Table(f"of {lines:,} open lines", "median ms", "p95 ms", "p95 to the whole list")
    for name, result in folders.items():
        times = (f"{result.median * 1e3:.1f}", f"{result.p95 * 1e3:.1f}")
        table.add_row(name, *times, f"{result.p95 / deep.p95:.2f}")
    console.print(table)
    named = {name: "_".join(name.replace(",", "").split()) for name in folders}
    return {f"p95_{named[name]}_ms": round(result.p95 * 1e3, 2) for name, result in folders.items()}


if __name__ == "__main__":
    main()
