"""The archive: its plan, its files, what may lie in them, how long they are kept, and what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from django.apps import apps

from divan.dealings.correspondence import actions, models, queries, rules
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, file_in, lying_in
from divan.dealings.correspondence.values import (
    After,
    ArchiveClassUnfit,
    ArchiveClassUnknown,
    ArchiveFileClosed,
    ArchiveFileUnfit,
    ArchiveFileUnknown,
    FileNotSecretEnough,
    FilingUnknown,
    LetterUnknown,
    PlanLine,
    ReasonNeeded,
    Secrecy,
)
from divan.foundation import facts
from divan.foundation.apps import options
from divan.registers.people import queries as people
from divan_libs.persian.jalali import from_jalali


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return offices.found(world)


@pytest.fixture
def clerk(office):
    """The clerk of the secretariat with their post."""
    return {"post": office.post("ict-secretariat"), "actor": office.officer("secretariat")}


@pytest.fixture
def body(office) -> UUID:
    return people.get_unit(offices.BODY).uuid


@pytest.fixture
def plan(office, clerk, body):
    actions.import_plan(body=body, text=PLAN, actor=clerk["actor"], now=office.now)
    return {one.code: one for one in queries.list_plan(body)}


def test_a_plan_is_imported_whole_and_again_changes_nothing(office, clerk, body, plan):
    before = facts.recorded_for(plan["2-1"].uuid)

    count = actions.import_plan(body=body, text=PLAN, actor=clerk["actor"], now=office.now)

    assert count == 5
    assert [(one.code, one.depth) for one in queries.list_plan(body)] == [
        ("1", 0), ("1-1", 1), ("2", 0), ("2-1", 1), ("2-2", 1),
    ]  # fmt: skip
    assert (plan["2-1"].years, plan["2-1"].after, plan["1-1"].years) == (5, After.DESTROY, None)
    assert facts.recorded_for(plan["2-1"].uuid) == before == ["correspondence.archive-class-written"]
    assert offices.seals_hold()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("3,,,,,,", "title"),
        (",,بی‌کد,,,,", "code"),
        ("3,9,ب,,,,", "parent"),
        ("3,,ب,,پنج,,", "years"),
        ("3,,ب,,5,burn,", "after"),
        ("3,,ب,,5,destroy,", "basis"),
        ("3,,ب,,,destroy,قانون", "years"),
        ("1,,ب,,,,", "twice"),
    ],
)
def test_a_plan_with_one_bad_line_names_it_and_changes_nothing(office, clerk, body, line, reason):
    with pytest.raises(ArchiveClassUnfit) as refusal:
        actions.import_plan(body=body, text=PLAN + line + "\n", actor=clerk["actor"], now=office.now)

    assert (refusal.value.facts["reason"], refusal.value.facts["line"]) == (reason, 7)
    assert queries.list_plan(body) == []


def test_a_plan_without_its_columns_or_classes_is_refused(office, clerk, body):
    for text, reason in (("a,b\n1,2\n", "columns"), (PLAN.splitlines()[0] + "\n", "empty")):
        with pytest.raises(ArchiveClassUnfit) as refusal:
            actions.import_plan(body=body, text=text, actor=clerk["actor"], now=office.now)
        assert refusal.value.facts["reason"] == reason


def test_a_class_never_stands_below_itself_and_ends_only_when_nothing_is_below_it(office, clerk, body, plan):
    given = {"body": body, "actor": clerk["actor"], "now": office.now}
    with pytest.raises(ArchiveClassUnfit):
        actions.write_class(line=PlanLine(code="2", title_fa="ب", parent="2-1"), **given)
    with pytest.raises(ArchiveClassUnfit):
        actions.end_class(archive_class=plan["2"].uuid, **given)

    actions.end_class(archive_class=plan["1-1"].uuid, **given)

    assert "1-1" not in {one.code for one in queries.list_plan(body)}
    with pytest.raises(ArchiveClassUnknown):
        queries.get_class(body, plan["1-1"].uuid)


def test_files_are_numbered_in_their_class_and_opened_in_its_leaves_alone(office, clerk, plan):
    first, second = file_in(office, plan["2-1"]), file_in(office, plan["2-1"])

    assert [queries.get_archive_file(one, clerk["post"], office.now).code for one in (first, second)] == [
        "2-1/1",
        "2-1/2",
    ]
    with pytest.raises(ArchiveFileUnfit):
        file_in(office, plan["2"])
    with pytest.raises(ArchiveFileUnfit):
        file_in(office, plan["2-1"], title="  ")
    with pytest.raises(ArchiveFileUnfit):
        file_in(office, plan["2-1"], secrecy=Secrecy.TOP_SECRET)
    with pytest.raises(ArchiveClassUnfit):
        actions.write_class(
            body=plan["2"].body,
            line=PlanLine(code="2-1-1", title_fa="ب", parent="2-1"),
            actor=clerk["actor"],
            now=office.now,
        )


def test_files_are_found_by_words_of_the_title_however_spelt_and_by_their_code(office, clerk, plan):
    found, other = file_in(office, plan["2-1"], title="دکلهای روستای كوهدشت ۱۴۰۵"), file_in(office, plan["2-2"])

    for words in ("کوهدشت", "دکل‌های 1405", "2-1/1", "۲-۱"):
        assert [one.uuid for one in queries.list_archive_files(clerk["post"], office.now, words=words)] == [found]
    assert {one.uuid for one in queries.list_archive_files(clerk["post"], office.now)} == {found, other}


def test_a_letter_lies_in_several_files_and_is_taken_out_with_a_reason(office, clerk, plan):
    letter = offices.receive(office)
    files_of_it = [file_in(office, plan["2-1"]), file_in(office, plan["2-2"])]
    for file in files_of_it:
        assert actions.put_in_file(letters=[letter.uuid], file=file, now=office.now, **clerk) == 1
    assert actions.put_in_file(letters=[letter.uuid], file=files_of_it[0], now=office.now, **clerk) == 0

    places = queries.list_places(letter.uuid, clerk["post"], office.now)
    assert [one.file.uuid for one in places] == files_of_it
    with pytest.raises(ReasonNeeded):
        actions.take_out(filing=places[0].filing, reason=" ", now=office.now, **clerk)
    actions.move_letter(
        filing=places[0].filing, file=file_in(office, plan["2-1"]), reason="اشتباه", now=office.now, **clerk
    )

    assert [one.file.code for one in queries.list_places(letter.uuid, clerk["post"], office.now)] == ["2-2/1", "2-1/2"]
    with pytest.raises(FilingUnknown):
        actions.take_out(filing=places[0].filing, reason="باز", now=office.now, **clerk)
    assert offices.seals_hold()


def test_a_file_is_never_less_secret_than_a_letter_in_it(office, clerk, plan):
    secret = offices.receive(office, secrecy=Secrecy.CONFIDENTIAL)
    ordinary = file_in(office, plan["2-1"])
    with pytest.raises(FileNotSecretEnough):
        actions.put_in_file(letters=[secret.uuid], file=ordinary, now=office.now, **clerk)

    given = {"title": "محرمانه", "now": office.now, **clerk}
    actions.change_archive_file(file=ordinary, secrecy=Secrecy.CONFIDENTIAL, **given)
    actions.put_in_file(letters=[secret.uuid], file=ordinary, now=office.now, **clerk)

    with pytest.raises(FileNotSecretEnough):
        actions.change_archive_file(file=ordinary, secrecy=Secrecy.ORDINARY, **given)


def test_a_file_above_the_clearance_and_one_of_another_body_are_not_there(office, clerk, plan):
    expert = office.post("ict-expert")
    closed = file_in(office, plan["2-1"], secrecy=Secrecy.HIGHLY_CONFIDENTIAL)

    assert queries.list_archive_files(expert, office.now) == []
    with pytest.raises(ArchiveFileUnknown):
        queries.get_archive_file(closed, expert, office.now)
    stranger = office.post("governor")
    with pytest.raises(ArchiveFileUnknown):
        queries.get_archive_file(closed, stranger, office.now)


def test_only_a_readable_numbered_letter_of_the_body_is_put_into_a_file(office, clerk, plan):
    file, letter = file_in(office, plan["2-1"]), offices.receive(office)
    expert = {"post": office.post("ict-expert-2"), "actor": clerk["actor"]}

    with pytest.raises(LetterUnknown):
        actions.put_in_file(letters=[letter.uuid], file=file, now=office.now, **expert)

    assert models.Filing.objects.count() == 0


def test_a_closed_file_takes_nothing_and_a_new_volume_follows_a_full_one(office, clerk, plan):
    file = lying_in(office, plan["2-1"], closed=False)
    with pytest.raises(ArchiveFileUnfit):
        actions.open_volume(file=file_in(office, plan["2-2"]), now=office.now, **clerk)
    assert actions.open_volume(file=file, now=office.now, **clerk) == 2
    actions.close_archive_file(file=file, now=office.now, **clerk)

    assert [(one.number, one.letters, one.closed_at) for one in queries.list_volumes(file)] == [
        (1, 1, office.now),
        (2, 0, office.now),
    ]
    for refused in (actions.close_archive_file, actions.open_volume):
        with pytest.raises(ArchiveFileClosed):
            refused(file=file, now=office.now, **clerk)
    with pytest.raises(ArchiveFileClosed):
        actions.put_in_file(
            letters=[offices.receive(office, double_reason="x").uuid], file=file, now=office.now, **clerk
        )
    actions.reopen_archive_file(file=file, reason="نامهٔ تازه", now=office.now, **clerk)
    assert [one.number for one in queries.list_volumes(file) if one.closed_at is None] == [3]


def test_time_of_retention_is_counted_in_jalali_years_from_the_day_of_closing():
    for closed, years, first in (
        ((1405, 9, 1), 5, (1410, 9, 2)),
        ((1403, 12, 30), 1, (1405, 1, 1)),
        ((1404, 12, 29), 4, (1408, 12, 30)),
    ):
        assert rules.retention_ends(from_jalali(*closed), years) == from_jalali(*first)
    assert rules.retention_ends(date(2026, 11, 22), 0) == date(2026, 11, 23)


def test_who_read_a_letter_is_told_to_its_secretariat_and_to_nobody_else(office, clerk):
    letter = offices.receive(office, to_post=office.post("ict-expert").uuid)
    expert = office.post("ict-expert")
    actions.note_reading(
        letter=letter.uuid, post=expert, what="page", actor=office.officer("ict-expert"), now=office.now
    )

    [read] = queries.list_readings(letter.uuid, clerk["post"], office.now)

    assert (read.what, read.actor["uuid"]) == ("page", str(office.person("ict-expert").uuid))
    with pytest.raises(LetterUnknown):
        queries.list_readings(letter.uuid, expert, office.now)


def test_closed_letters_in_no_file_are_listed_until_they_are_filed(office, clerk, plan):
    letter = offices.receive(office)
    assert queries.list_unfiled(clerk["post"], office.now) == []
    actions.close_letter(letter=letter.uuid, closing="done", note="تمام", actor=clerk["actor"], now=office.now)

    assert [one.uuid for one in queries.list_unfiled(clerk["post"], office.now)] == [letter.uuid]
    actions.put_in_file(letters=[letter.uuid], file=file_in(office, plan["2-1"]), now=office.now, **clerk)
    assert queries.list_unfiled(clerk["post"], office.now) == []
