"""Folders of the worklist: what stands in each, filters, several posts in one list, secrecy, counts of one moment."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.values import (
    Folder,
    NewWork,
    SearchUnfit,
    Secrecy,
    Urgency,
    WorkFilters,
    WorkUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.registers.people.values import Post, SeatLimit, SubstituteScope, Unit, UnitKind, UnitLevel

NOON = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
POST, OTHER = uuid4(), uuid4()
CLERK = Actor(kind=ActorKind.STAFF, uuid=uuid4(), post=POST)


def seat(post, limit: SeatLimit | None = None) -> Post:
    body = uuid4()
    unit = Unit(
        uuid=body,
        code="x",
        name_fa="",
        name_en="",
        kind=UnitKind.BODY,
        level=UnitLevel.PROVINCE,
        body_uuid=body,
        body_code="x",
        place_code="",
    )
    return Post(uuid=post, title_fa="", title_en="", role="expert", unit=unit, limit=limit)


def give(due: timedelta | None = None, *, post=POST, kind="correspondence.referral", now=NOON, **given):
    work = NewWork(
        **{
            "about_kind": kind,
            "about_uuid": uuid4(),
            "number": "110/1405/7",
            "title_fa": "پوشش اینترنت روستا",
            "title_en": "Internet of a village",
            "step_fa": "",
            "step_en": "",
            "sender_fa": "مدیرکل",
            "sender_en": "Director",
            "due_at": None if due is None else NOON + due,
            **given,
        }
    )
    return actions.give_work(post=post, work=work, actor=CLERK, now=now)


def found(folder: Folder = Folder.ALL, *posts, now=NOON, **filters):
    page = queries.list_folder([seat(one) for one in posts or [POST]], folder, WorkFilters(**filters), now=now)
    return [item.uuid for item in page.items]


def test_each_folder_holds_what_it_says(db):
    late, today, later = give(timedelta(days=-1)), give(timedelta(hours=2)), give(timedelta(days=5))
    without = give()
    sent = give(post=OTHER, from_post=POST)
    actions.mark_read(work=later.uuid, actor=CLERK, now=NOON)
    actions.flag_work(work=without.uuid, flagged=True, actor=CLERK, now=NOON)
    done = give(timedelta(days=1))
    actions.finish_work(about_uuid=done.about_uuid, actor=CLERK, now=NOON)

    assert found() == [late.uuid, without.uuid, today.uuid, later.uuid]
    assert found(Folder.UNREAD) == [late.uuid, without.uuid, today.uuid]
    assert found(Folder.OVERDUE) == [late.uuid]
    assert found(Folder.TODAY) == [today.uuid]
    assert found(Folder.FLAGGED) == [without.uuid]
    assert found(Folder.SENT) == [sent.uuid]
    assert found(Folder.DONE) == [done.uuid]
    assert queries.count_folders([seat(POST)], now=NOON) == {
        Folder.ALL: 4,
        Folder.UNREAD: 3,
        Folder.OVERDUE: 1,
        Folder.TODAY: 1,
        Folder.FLAGGED: 1,
        Folder.SENT: 1,
    }


def test_today_ends_at_midnight_in_tehran(db):
    before = give(datetime(2026, 11, 22, 20, 29, tzinfo=UTC) - NOON)
    give(datetime(2026, 11, 22, 20, 30, tzinfo=UTC) - NOON)

    assert found(Folder.TODAY) == [before.uuid]


def test_filters_narrow_together_and_words_are_found_in_every_spelling(db):
    wanted = give(urgency=Urgency.IMMEDIATE, number="۱۱۰/۱۴۰۵/۸", title_fa="احداث مدرسه‌ي روستايی")
    give(urgency=Urgency.IMMEDIATE, kind="cases.task")
    give()

    assert found(urgency="immediate", kind="correspondence.referral") == [wanted.uuid]
    assert found(text="مدرسهٔ روستایی") == [wanted.uuid]
    assert found(text="110/1405/8") == [wanted.uuid]
    assert found(sender="director", text="روستايي") == [wanted.uuid]
    assert found(text="بیمارستان") == []
    assert len(found(sender="مدیرکل")) == 3
    assert found(since=NOON + timedelta(days=1)) == []
    assert len(found(until=NOON + timedelta(days=1))) == 3


@pytest.mark.parametrize("folder", [Folder.ALL, Folder.UNREAD, Folder.OVERDUE, Folder.SENT])
def test_three_posts_stand_in_one_list_whose_pages_neither_skip_nor_repeat(db, folder):
    posts = [uuid4() for _ in range(3)]
    given = set()
    for number in range(30):
        owner = posts[number % 3]
        line = give(
            timedelta(days=-(number % 4) - 1),
            **({"from_post": owner} if folder is Folder.SENT else {"post": owner}),
        )
        given.add(line.uuid)
    seen, after, order = [], "", []
    while True:
        page = queries.list_folder([seat(one) for one in posts], folder, now=NOON, after=after, limit=7)
        seen += [item.uuid for item in page.items]
        order += [item.due_at for item in page.items]
        after = page.after
        if not after:
            break

    assert len(seen) == 30
    assert set(seen) == given
    assert order == sorted(order)


def test_what_is_done_pages_from_the_newest(db):
    for number in range(9):
        line = give()
        actions.finish_work(about_uuid=line.about_uuid, actor=CLERK, now=NOON + timedelta(minutes=number))
    first = queries.list_folder([seat(POST)], Folder.DONE, now=NOON, limit=5)
    second = queries.list_folder([seat(POST)], Folder.DONE, now=NOON, limit=5, after=first.after)

    times = [item.closed_at for page in (first, second) for item in page.items]
    assert times == sorted(times, reverse=True)
    assert (len(times), second.after) == (9, "")


def test_a_line_above_the_clearance_says_nothing_and_no_word_finds_it(db):
    secret = give(secrecy=Secrecy.SECRET, note="بسیار مهم", from_post=OTHER)

    [item] = queries.list_folder([seat(POST)], now=NOON).items
    assert item.is_withheld
    assert (item.title_fa, item.number, item.note, item.sender_fa, item.from_post) == ("", "", "", "", None)
    assert found(text="اینترنت") == []
    assert found(sender="مدیرکل") == []
    actions.grant_clearance(post=POST, secrecy=Secrecy.SECRET, reason="x", actor=SYSTEM, now=NOON)
    assert found(text="اینترنت") == [secret.uuid]


def test_who_stands_in_sees_what_the_standing_in_is_for_and_counts_it(db):
    case, letter = give(kind="cases.task"), give()
    secret = give(secrecy=Secrecy.CONFIDENTIAL)
    actions.grant_clearance(post=POST, secrecy=Secrecy.SECRET, reason="x", actor=SYSTEM, now=NOON)

    def shown(**limit):
        post = seat(POST, SeatLimit(**limit))
        page = queries.list_folder([post], now=NOON)
        return [item.uuid for item in page.items if not item.is_withheld], page.open_count

    assert shown() == ([case.uuid, letter.uuid, secret.uuid], 3)
    assert shown(scope=SubstituteScope.CASES) == ([case.uuid], 1)
    assert shown(scope=SubstituteScope.LETTERS) == ([letter.uuid, secret.uuid], 2)
    assert shown(scope=SubstituteScope.LETTERS, secrecy="ordinary") == ([letter.uuid], 2)


def test_a_flag_is_the_own_posts_and_is_recorded_once(db):
    line = give()
    stranger = Actor(kind=ActorKind.STAFF, uuid=uuid4(), post=OTHER)
    with pytest.raises(WorkUnknown):
        actions.flag_work(work=line.uuid, flagged=True, actor=stranger, now=NOON)
    for _ in range(2):
        actions.flag_work(work=line.uuid, flagged=True, actor=CLERK, now=NOON)

    assert facts.recorded_for(line.uuid) == ["correspondence.work-arrived", "correspondence.work-flagged"]


def test_a_search_is_kept_under_its_name_anew_and_ended_by_its_person(db):
    actions.save_search(name="فوری‌ها", filters={"urgency": "urgent"}, actor=CLERK, now=NOON)
    kept = actions.save_search(name=" فوری‌ها ", filters={"urgency": "immediate"}, actor=CLERK, now=NOON)
    with pytest.raises(SearchUnfit):
        actions.save_search(name=" ", filters={}, actor=CLERK, now=NOON)

    assert queries.list_saved_searches(CLERK.uuid) == [kept]
    actions.end_search(search=kept.uuid, actor=Actor(kind=ActorKind.STAFF, uuid=uuid4()), now=NOON)
    assert queries.list_saved_searches(CLERK.uuid) == [kept]
    actions.end_search(search=kept.uuid, actor=CLERK, now=NOON)
    assert queries.list_saved_searches(CLERK.uuid) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_counts_are_of_one_moment_while_others_move_lines(db):
    """Lines go back and forth between two posts and are read meanwhile; their sum never changes."""
    lines = [give(post=POST if number % 2 else OTHER) for number in range(40)]
    stop, wrong = threading.Event(), []

    def move() -> None:
        try:
            turn = 0
            while not stop.is_set():
                line = lines[turn % 40]
                now_at = models.WorkItem.objects.get(uuid=line.uuid).post_uuid
                actions.move_work(
                    about_uuid=line.about_uuid,
                    post=OTHER if now_at == POST else POST,
                    sender_fa="",
                    sender_en="",
                    note="",
                    due_at=None,
                    actor=SYSTEM,
                    now=NOON,
                )
                turn += 7
        finally:
            connection.close()

    def count() -> None:
        try:
            for _ in range(300):
                sums = queries.count_folders([seat(POST), seat(OTHER)], now=NOON)
                if sums[Folder.ALL] != 40 or sums[Folder.UNREAD] != 40:
                    wrong.append(sums)
        finally:
            connection.close()

    mover, counter = threading.Thread(target=move), threading.Thread(target=count)
    mover.start()
    counter.start()
    counter.join()
    stop.set()
    mover.join()

    assert wrong == []
