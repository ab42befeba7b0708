"""How many applications a second people can fill in and send: five pages and the sending, each a POST after sign-in.

Everybody has a session and a draft whose facts the registers have confirmed; documents are made elsewhere. The house
runs as an installation's web process does, against its own database with durable writes; the load comes from this
machine too. A submission counts when its case has a number, a fact, a first task and a line in a worklist.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from uuid import UUID

from bench.rig.house import machine, scratch_house, web
from bench.rig.load import Result, post, run
from rich.console import Console
from rich.progress import track
from rich.table import Table

CONNECTIONS = WARMING = 32


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="under 40 seconds")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    count = 96 if options.quick else 1600
    with scratch_house() as house:
        filling, sending = prepare(count)
        with web(house) as port:
            # The first requests of each process read the package and compile its expressions; they are not counted.
            warming = [run(port, shared_out(people[:WARMING])) for people in (filling, sending)]
            whole = run(port, shared_out(filling[WARMING:]))
            sent = run(port, shared_out(sending[WARMING:]))
        taken, wanted = submitted(), 2 * (count + WARMING)
    if taken != wanted or any(result.failed for result in (*warming, whole, sent)):
        raise SystemExit(f"{taken} of {wanted} cases were taken; answers: {whole.statuses} {sent.statuses}")
    figures = report(count, whole, sent)
    if options.json:
        print(json.dumps(figures))


def prepare(count: int) -> tuple[list[list[bytes]], list[list[bytes]]]:
    """Return the POSTs of whole applications, and the last POST alone of others that were filled in before."""
    from bench.rig.province import PAGES, Province, session_of_citizen  # noqa: PLC0415 (after setup)

    from divan.foundation import clock  # noqa: PLC0415 (as above)

    province = Province(clock.now())
    filling, sending = [], []
    for number in track(range(2 * (count + WARMING)), console=Console(stderr=True), description="drafts"):
        key = str(number)
        cookies = session_of_citizen(province.person(key).uuid, province.now)
        if number % 2:
            sending.append([_send(province.filled_draft(key), cookies)])
        else:
            draft = province.confirmed_draft(key)
            pages = [post(f"/applications/{draft}/pages/{page}/", given, cookies) for page, given in PAGES.items()]
            filling.append([*pages, _send(draft, cookies)])
    return filling, sending


def _send(draft: UUID, cookies: dict[str, str]) -> bytes:
    return post(f"/applications/{draft}/check/", {}, cookies)


def shared_out(people: list[list[bytes]]) -> list[Iterator[bytes]]:
    """Share people out among the connections; each works through its people one after the other."""

    def work(mine: list[list[bytes]]) -> Iterator[bytes]:
        for requests in mine:
            yield from requests

    return [work(people[start::CONNECTIONS]) for start in range(min(CONNECTIONS, len(people)))]


def submitted() -> int:
    """Return how many cases were wholly taken: numbered, told as a fact, waiting for a post in its worklist."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_case c JOIN cases_task t ON t.case_id = c.id AND t.closed_at IS NULL "
            "JOIN correspondence_workitem w ON w.about_uuid = t.uuid AND w.closed_at IS NULL "
            "WHERE c.number IS NOT NULL AND EXISTS (SELECT 1 FROM foundation_fact f "
            "WHERE f.subject_uuid = c.uuid AND f.kind = 'cases.case-submitted')"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def report(count: int, whole: Result, sent: Result) -> dict[str, float]:
    """Print the table and return the figures by name."""
    posts = whole.answers / count
    figures = {
        "submissions_per_second": round(whole.rate / posts, 1),
        "posts_per_second": round(whole.rate, 1),
        "post_p99_ms": round(whole.p99 * 1e3, 2),
        "send_alone_per_second": round(sent.rate, 1),
        "send_alone_p99_ms": round(sent.p99 * 1e3, 2),
    }
    console = Console()
    console.print(f"{machine()}, {CONNECTIONS} connections, {count} people each; the load runs on the same cores")
    table = Table("what", "a second", "median ms", "p99 ms")
    row = (f"{whole.median * 1e3:.1f}", f"{whole.p99 * 1e3:.1f}")
    table.add_row(f"whole application ({posts:.0f} POSTs)", f"{figures['submissions_per_second']:,.1f}", "", "")
    table.add_row("one POST of it", f"{whole.rate:,.0f}", *row)
    table.add_row("sending a filled draft", f"{sent.rate:,.0f}", f"{sent.median * 1e3:.1f}", f"{sent.p99 * 1e3:.1f}")
    console.print(table)
    return figures


if __name__ == "__main__":
    main()
