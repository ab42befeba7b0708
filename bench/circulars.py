"""How long a circular takes to reach two thousand posts of one body, and how long it takes to see who answered.

A body gets so many posts with holders; a signed circular names every one. Measured are laying it at the dispatch desk
(each gets a referral and a line of the worklist, in one transaction), noting that all of them opened it, the page of
those who have not answered, and that page as PDF.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid4

from bench.rig.house import machine, scratch_house
from rich.console import Console
from rich.table import Table

BODY = "ict-directorate"


def main() -> None:
    """Measure, print a table and, with ``--json``, one object on the last line; fail where somebody is left out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=2_000)
    parser.add_argument("--quick", action="store_true", help="200 recipients")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON object on the last line")
    options = parser.parse_args()
    with scratch_house():
        found = measure(200 if options.quick else options.recipients)
    table = Table("what", "seconds", title=f"A circular to {found['recipients']:.0f} posts ({machine()})")
    for name, seconds in found.items():
        if name != "recipients":
            table.add_row(name, f"{seconds:.2f}")
    Console().print(table)
    if options.json:
        print(json.dumps({name: round(figure, 3) for name, figure in found.items()}))


def measure(count: int) -> dict[str, float]:
    """Return seconds by step."""
    from django.utils import translation  # noqa: PLC0415 (Django is ready only now)

    from divan.dealings.correspondence import actions, models, queries  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.tests import offices  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM, Actor, ActorKind  # noqa: PLC0415 (as above)
    from divan.front.backoffice.answers_sheet import answers_pdf, shows  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

    now = clock.now()
    posts = _posts(count, now)
    letter = offices.signed(_At(now), *_parties(posts), direction="internal", kind="circular")
    figures = {"recipients": float(count)}

    def timed(name: str, deed: Callable[[], object]) -> object:
        begin = time.perf_counter()
        done = deed()
        figures[name] = time.perf_counter() - begin
        return done

    timed("laid and handed out", lambda: actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=now))
    given = models.Referral.objects.filter(letter__uuid=letter.uuid)
    if given.count() != count or queries.get_letter(letter.uuid).state != "dispatched":
        raise SystemExit(f"{given.count()} of {count} got it")

    def read() -> None:
        for row in given.values("uuid", "to_post"):
            holder = people.holder_of(row["to_post"], now)
            reader = Actor(kind=ActorKind.STAFF, uuid=holder.uuid, post=row["to_post"])
            actions.read_referrals(letter=letter.uuid, actor=reader, now=now)
            actions.note_recipient_read(referral=row["uuid"], actor=SYSTEM, now=now)

    timed("opened by all, and noted", read)
    clerk = next(one for one in people.list_posts_of_body(BODY) if one.role == "secretariat")
    standings = timed("list of who answered", lambda: queries.list_standings(queries.get_letter(letter.uuid), clerk))
    if not isinstance(standings, list) or sum(shows(one, "unanswered") for one in standings) != count:
        raise SystemExit("the list does not name them all")
    if sum(one.recipient.read_at is not None for one in standings) != count:
        raise SystemExit("not everybody is known to have read it")
    with translation.override("fa"):
        timed("the list as PDF", lambda: answers_pdf(letter, standings, "unanswered", now))
    return figures


class _At:
    """The province of the house as the helpers of tests ask for it."""

    def __init__(self, now: datetime) -> None:
        self.now = now


def _posts(count: int, now: datetime) -> list[UUID]:
    """Give the body so many posts, each with somebody who holds it, as rows."""
    from divan.registers.people import models as people  # noqa: PLC0415 (Django is ready only now)
    from divan_libs.persian.identifiers import national_code_with_check_digit  # noqa: PLC0415 (as above)

    unit = people.Unit.objects.get(code=BODY)
    posts = people.Post.objects.bulk_create(
        people.Post(uuid=uuid4(), code=f"bench-{one}", title_fa=f"کارشناس {one}", role="expert", unit=unit)
        for one in range(count)
    )
    persons = people.Person.objects.bulk_create(
        people.Person(
            uuid=uuid4(),
            national_code=national_code_with_check_digit(str(712_300_001 + one)),
            first_name="نمونه",
            last_name=str(one),
        )
        for one in range(count)
    )
    people.Membership.objects.bulk_create(
        people.Membership(uuid=uuid4(), person=person, post=post, starts_at=now)
        for person, post in zip(persons, posts, strict=True)
    )
    return [one.uuid for one in posts]


def _parties(posts: list[UUID]) -> list[object]:
    from divan.dealings.correspondence.values import Party, PartyKind  # noqa: PLC0415 (Django is ready only now)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

    known = people.find_posts(posts)
    return [
        Party(kind=PartyKind.POST, uuid=one, organization=known[one].unit.name_fa, title=known[one].title_fa)
        for one in posts
    ]


if __name__ == "__main__":
    main()
