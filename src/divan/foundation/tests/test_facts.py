"""Facts: written with their change, placed without gaps, read after a position, never changed."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.canonical import canonical_bytes, digest, plain
from divan.foundation.kinds import FACT_KINDS, FactKind
from divan.foundation.models import Fact, FactCursor, StoredFile

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HAPPENED = FACT_KINDS.get("foundation.test-happened") or FactKind(
    "foundation.test-happened", "Something happened in a test."
)
OTHER = FACT_KINDS.get("foundation.test-other") or FactKind(
    "foundation.test-other", "Something else happened in a test."
)


def subject() -> StoredFile:
    return StoredFile.objects.create(
        uuid=uuid4(), sha256="0" * 64, size=1, media_type="image/png", name="a.png", stored_at=NOON
    )


def happen(kind: FactKind = HAPPENED, row: StoredFile | None = None, **data: object):
    with transaction.atomic():
        return facts.record(kind, subject=row or subject(), actor=SYSTEM, at=NOON, **data)


def test_a_fact_outside_a_transaction_is_refused(transactional_db):
    row = subject()

    with pytest.raises(RuntimeError):
        facts.record(HAPPENED, subject=row, actor=SYSTEM, at=NOON)

    assert Fact.objects.count() == 0


@transaction.atomic
def _record_and_fail(row: StoredFile) -> None:
    facts.record(HAPPENED, subject=row, actor=SYSTEM, at=NOON)
    raise ZeroDivisionError


def test_a_fact_vanishes_with_the_change_it_speaks_of(db):
    row = subject()

    with pytest.raises(ZeroDivisionError):
        _record_and_fail(row)

    assert facts.recorded_for(row.uuid) == []


def test_positions_have_no_gaps_and_are_given_once(db):
    for _ in range(3):
        happen()
    facts.place_facts()
    happen()

    assert facts.place_facts() == 1
    assert facts.place_facts() == 0
    assert [fact.position for fact in facts.after(-1)] == [0, 1, 2, 3]


def test_the_sequence_of_a_subject_counts_its_own_facts(db):
    row = subject()
    for _ in range(3):
        happen(row=row)
    facts.place_facts()

    assert [fact.subject_sequence for fact in facts.of_subject(row.uuid)] == [1, 2, 3]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE foundation_fact SET kind = 'x'",
        "UPDATE foundation_fact SET position = 7 WHERE position IS NOT NULL",
        "UPDATE foundation_fact SET position = NULL",
        "DELETE FROM foundation_fact",
    ],
)
def test_the_database_refuses_to_change_a_fact(db, statement):
    happen()
    facts.place_facts()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert Fact.objects.count() == 1


def test_a_fact_that_commits_late_is_placed_late_and_not_lost(transactional_db):
    early_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        try:
            with transaction.atomic():
                facts.record(HAPPENED, subject=subject(), actor=SYSTEM, at=NOON, who="slow")
                early_written.set()
                may_commit.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    early_written.wait(10)
    happen(who="quick")
    facts.place_facts()
    seen = [fact.data["who"] for fact in facts.after(-1)]
    may_commit.set()
    thread.join()
    facts.place_facts()

    assert seen == ["quick"]
    assert [fact.data["who"] for fact in facts.after(0)] == ["slow"]


def test_a_reader_sees_each_fact_of_its_kinds_once(db):
    happen(n=1)
    happen(OTHER, n=2)
    happen(n=3)
    facts.place_facts()
    seen: list[object] = []

    first = facts.follow("test", lambda fact: seen.append(fact.data["n"]), kinds=[HAPPENED])
    second = facts.follow("test", lambda fact: seen.append(fact.data["n"]), kinds=[HAPPENED])

    assert (first, second, seen) == (2, 0, [1, 3])
    assert FactCursor.objects.get(name="test").position == 2


def test_a_reader_of_a_seldom_kind_passes_over_all_others_in_one_look(db):
    for number in range(5):
        happen(OTHER, n=number)
    happen(n=5)
    happen(OTHER, n=6)
    facts.place_facts()
    seen: list[object] = []

    def look(limit: int = 2) -> tuple[int, int]:
        handled = facts.follow("seldom", lambda fact: seen.append(fact.data["n"]), kinds=[HAPPENED], limit=limit)
        return handled, FactCursor.objects.get(name="seldom").position

    assert look() == (1, 6)
    for number in (7, 8, 9):
        happen(n=number)
    happen(OTHER, n=10)
    facts.place_facts()
    assert [look(), look(), look()] == [(2, 8), (1, 10), (0, 10)]
    assert seen == [5, 7, 8, 9]


def test_a_reader_that_fails_forgets_nothing(db):
    happen(n=1)
    facts.place_facts()

    def fail(_fact: facts.FactRecord) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        facts.follow("test", fail, kinds=[HAPPENED])

    seen: list[object] = []
    facts.follow("test", lambda fact: seen.append(fact.data["n"]), kinds=[HAPPENED])
    assert seen == [1]


def test_a_silent_change_of_the_row_changes_its_digest(db):
    row = subject()
    happen(row=row)
    recorded = {uuid: was for _kind, uuid, _sequence, _position, was in facts.last_digests(limit=1000)}[row.uuid]

    before = facts.live_digests("foundation.file", [row.uuid])[row.uuid]
    StoredFile.objects.filter(pk=row.pk).update(name="other.png")

    assert before == recorded
    assert facts.live_digests("foundation.file", [row.uuid])[row.uuid] != recorded


def test_canonical_bytes_do_not_depend_on_order_or_zone():
    one = {"b": 1, "a": datetime(2026, 1, 1, tzinfo=UTC), "c": {"y", "x"}}
    other = {"c": {"x", "y"}, "a": datetime.fromisoformat("2026-01-01T03:30:00+03:30"), "b": 1}

    assert canonical_bytes(one) == canonical_bytes(other)
    assert len(digest(one)) == 32


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), 1.5, object()])  # noqa: DTZ001 (a naive time is what is refused)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(TypeError):
        plain(value)


def test_identifiers_of_facts_begin_with_their_time_and_are_of_version_7():
    times = [
        datetime(1979, 2, 1, tzinfo=UTC),
        datetime(2026, 11, 22, 8, 30, tzinfo=UTC),
        datetime(2026, 11, 22, 8, 31, tzinfo=UTC),
    ]
    made = [facts.identifier_at(at) for at in times]

    assert made == sorted(made)
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert [one.int >> 80 for one in made] == [int(at.timestamp() * 1000) for at in times]
    assert len({facts.identifier_at(times[0]) for _ in range(1000)}) == 1000
