"""How the house keeps its pace with 300 services and two million cases: search, worklist and sending applications.

The same people send filled drafts to a house that is nearly empty and, after it has grown, to one with everything in
it: 300 published services, two million cases, as many steps and lines of worklists, and four million facts. Search and
worklist are asked for over HTTP. Rows are written by SQL after the pattern of one real case; the database writes
durably.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from bench.rig.house import machine, page_size, scratch_house, web
from bench.rig.load import Result, ask_again, get, post, run
from bench.submissions import shared_out
from bench.worklist import grow
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

SERVICES = 300
OPEN_LINES = 500
CONNECTIONS = 2
WARMING = 32
SEARCHES = ("اینترنت", "روستا پوشش", "خدمت ۲۷۱", "ارتباطات")


@dataclass(frozen=True, slots=True)
class Measured:
    """What one size of the house gave."""

    search: Result
    worklist: Result
    sending: Result


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60,000 cases and 60 services instead")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    cases, services, people, seconds = (60_000, 60, 96, 1.5) if options.quick else (2_000_000, SERVICES, 640, 6.0)
    with scratch_house() as house, Progress(console=Console(stderr=True)) as progress:
        from bench.rig.province import Province, session_of_staff  # noqa: PLC0415 (after setup)

        from divan.foundation import clock  # noqa: PLC0415 (as above)

        province = Province(clock.now())
        pattern, post_uuid = province.at_step("draft").uuid, province.post("ict-expert").uuid
        cookies = session_of_staff(province.person("ict-expert").uuid)
        drafts = [prepared(province, number) for number in range(2 * people + 2 * WARMING)]
        task = progress.add_task("empty", total=services + 2)
        with web(house) as port:
            grow(pattern, post_uuid, cases=6_000, open_lines=OPEN_LINES)
            empty = measure(port, cookies, drafts[: people + WARMING], seconds)
            for number in range(services):
                publish_another(province, number)
                progress.update(task, advance=1, description="services")
            progress.update(task, advance=1, description=f"{cases:,} cases")
            grow(pattern, post_uuid, cases=cases, open_lines=OPEN_LINES)
            tell(pattern)
            full = measure(port, cookies, drafts[people + WARMING :], seconds)
    figures = report(empty, full, cases, services)
    if options.json:
        print(json.dumps(figures))
    if any(result.failed for one in (empty, full) for result in (one.search, one.worklist, one.sending)):
        raise SystemExit("some answers were failures")


def prepared(province: object, number: int) -> list[bytes]:
    """Return the POST that sends a filled draft of one person."""
    from bench.rig.province import session_of_citizen  # noqa: PLC0415 (after setup)

    key = str(number)
    draft = province.filled_draft(key)  # type: ignore[attr-defined]
    cookies = session_of_citizen(province.person(key).uuid, province.now)  # type: ignore[attr-defined]
    return [post(f"/applications/{draft}/check/", {}, cookies)]


def measure(port: int, cookies: dict[str, str], drafts: list[list[bytes]], seconds: float) -> Measured:
    """Ask for search and worklist for some seconds each, and send the drafts; the first of each are not counted."""
    page_size(port, "/office/", cookies)
    run(port, shared_out(drafts[:WARMING]))
    searches = [
        ask_again(port, get(f"/services/?q={quote(words)}", {}), connections=CONNECTIONS, seconds=seconds / 2)
        for words in SEARCHES
    ]
    worklist = [ask_again(port, get("/office/", cookies), connections=CONNECTIONS, seconds=seconds) for _ in range(3)]
    return Measured(
        search=max(searches, key=lambda result: result.p95),
        worklist=min(worklist, key=lambda result: result.p95),
        sending=run(port, shared_out(drafts[WARMING:])),
    )


def publish_another(province: object, number: int) -> None:
    """Publish a service like the shipped one under another code and title."""
    from tests.world import SERVICE  # noqa: PLC0415 (after setup)

    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)
    from divan.project.demo.services import surroundings  # noqa: PLC0415 (as above)
    from divan.registers.catalogue import actions, queries  # noqa: PLC0415 (as above)

    package = queries.get_package(queries.get_current_version(SERVICE).uuid)
    code = f"service-{number}"
    texts = {
        language: {**words, "card.title": f"خدمت {number} {words['card.title']}"}
        for language, words in package.texts.items()
    }
    changes = {"code": code, "card": package.card.model_copy(update={"code": code}), "texts": texts}
    stored = type(package).model_validate({**package.model_dump(), **changes, "card": changes["card"].model_dump()})
    actions.publish_package(package=stored, surroundings=surroundings(), actor=SYSTEM, now=province.now)  # type: ignore[attr-defined]


def tell(pattern: UUID) -> None:
    """Let two facts of each case be told and placed, and the cases belong to all services."""
    from django.db import connection  # noqa: PLC0415 (after setup)

    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"pattern": pattern})
        cursor.execute("VACUUM ANALYZE foundation_fact, catalogue_serviceversion, catalogue_service")


_FACTS = """
    WITH one AS (SELECT f.* FROM foundation_fact f WHERE f.subject_uuid = %(pattern)s
                 AND f.kind = 'cases.case-submitted' LIMIT 1),
         last AS (SELECT coalesce(max(position), -1) AS position FROM foundation_fact),
         new AS (SELECT c.uuid, s.n, row_number() OVER () AS place
                 FROM cases_case c, generate_series(1, 2) AS s(n) WHERE c.number LIKE 'bench-%%')
    INSERT INTO foundation_fact (uuid, kind, subject_kind, subject_uuid, subject_sequence, subject_digest, actor, at,
        data, position)
    SELECT gen_random_uuid(), one.kind, one.subject_kind, new.uuid, new.n, one.subject_digest, one.actor, one.at,
        one.data, CASE WHEN EXISTS (SELECT 1 FROM foundation_fact WHERE position IS NULL) THEN NULL
                  ELSE last.position + new.place END
    FROM one, last, new
"""


def report(empty: Measured, full: Measured, cases: int, services: int) -> dict[str, float]:
    """Print the table and return the figures by name."""
    figures = {
        "cases": cases,
        "services": services,
        "search_p95_ms": round(full.search.p95 * 1e3, 2),
        "worklist_p95_ms": round(full.worklist.p95 * 1e3, 2),
        "sendings_per_second": round(full.sending.rate, 1),
        "sendings_per_second_empty": round(empty.sending.rate, 1),
        "sending_ratio": round(full.sending.rate / empty.sending.rate, 3),
    }
    console = Console()
    console.print(f"{machine()}; the load runs on the same cores")
    table = Table("what", "nearly empty", f"{services} services, {cases:,} cases", "ratio")
    for name, before, after in (
        ("search of the catalogue, p95 ms", empty.search.p95 * 1e3, full.search.p95 * 1e3),
        ("worklist of a post, p95 ms", empty.worklist.p95 * 1e3, full.worklist.p95 * 1e3),
        ("applications sent a second", empty.sending.rate, full.sending.rate),
    ):
        table.add_row(name, f"{before:,.1f}", f"{after:,.1f}", f"{after / before:.2f}")
    console.print(table)
    return figures


if __name__ == "__main__":
    main()
