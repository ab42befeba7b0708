"""The one worklist: whose it is, in which order, counted right, paged without skipping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import NewWork, WorkUnknown
from divan.foundation import facts
from divan.foundation.actors import Actor, ActorKind

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
POST, OTHER = uuid4(), uuid4()
CLERK = Actor(kind=ActorKind.STAFF, uuid=uuid4(), post=POST)


def give(due_in: int | None = None, *, post=POST, about=None):
    work = NewWork(
        about_kind="test.thing",
        about_uuid=about or uuid4(),
        number="05-0000001-00",
        title_fa="پوشش اینترنت",
        title_en="Internet coverage",
        step_fa="نظر",
        step_en="Opinion",
        due_at=None if due_in is None else NOON + timedelta(days=due_in),
    )
    return actions.give_work(post=post, work=work, actor=CLERK, now=NOON)


def test_what_is_due_first_stands_first(db):
    late, soon, far = give(9), give(-2), give(3)

    assert [item.uuid for item in queries.list_worklist(POST).items] == [soon.uuid, far.uuid, late.uuid]


def test_pages_neither_skip_nor_repeat_also_with_equal_deadlines(db):
    given = {give(1).uuid for _ in range(25)}
    seen, after = [], ""
    while True:
        page = queries.list_worklist(POST, after=after, limit=10)
        seen += [item.uuid for item in page.items]
        after = page.after
        if not after:
            break

    assert len(seen) == 25
    assert set(seen) == given


@pytest.mark.parametrize("key", ["", "nonsense", "2026-01-01~x", "~5", "'; DROP TABLE x"])
def test_an_invented_page_key_shows_the_first_page(db, key):
    item = give(1)

    assert [one.uuid for one in queries.list_worklist(POST, after=key).items] == [item.uuid]


def test_one_thing_stands_in_one_worklist_at_a_time(db):
    about = uuid4()
    give(about=about)

    with pytest.raises(IntegrityError), transaction.atomic():
        give(about=about, post=OTHER)

    assert queries.list_worklist(OTHER).items == ()


def test_reading_counts_once_and_only_for_the_holder(db):
    item = give()
    stranger = Actor(kind=ActorKind.STAFF, uuid=uuid4(), post=OTHER)
    actions.mark_read(work=item.uuid, actor=stranger, now=NOON)
    unread = queries.list_worklist(POST).unread_count

    actions.mark_read(work=item.uuid, actor=CLERK, now=NOON)
    actions.mark_read(work=item.uuid, actor=CLERK, now=NOON + timedelta(hours=1))

    assert (unread, queries.list_worklist(POST).unread_count) == (1, 0)
    assert facts.recorded_for(item.uuid) == ["correspondence.work-arrived", "correspondence.work-read"]


def test_what_is_handed_on_arrives_unread_with_its_sender(db):
    item = give(1)
    actions.mark_read(work=item.uuid, actor=CLERK, now=NOON)

    actions.move_work(
        about_uuid=item.about_uuid,
        post=OTHER,
        sender_fa="بخشدار",
        sender_en="Head",
        note="فوری",
        due_at=None,
        actor=CLERK,
        now=NOON,
    )

    moved = queries.list_worklist(OTHER).items[0]
    assert (moved.sender_fa, moved.note, moved.read_at) == ("بخشدار", "فوری", None)
    assert queries.list_worklist(POST).items == ()


def test_what_is_dealt_with_leaves_and_is_not_dealt_with_twice(db):
    item = give()

    actions.finish_work(about_uuid=item.about_uuid, actor=CLERK, now=NOON)
    actions.finish_work(about_uuid=item.about_uuid, actor=CLERK, now=NOON)

    assert facts.recorded_for(item.uuid).count("correspondence.work-done") == 1
    with pytest.raises(WorkUnknown):
        actions.mark_read(work=item.uuid, actor=CLERK, now=NOON)
