"""After a year drafts of a sent letter, and what was refused, say nothing any more; that they were stays provable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import transaction

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.actions.drafting import keep_version
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, clerk_of, file_in
from divan.dealings.correspondence.values import DraftText, IntakeState
from divan.foundation import facts, files, retention
from divan.foundation.actors import SYSTEM
from divan.foundation.apps import options
from divan.foundation.errors import NotFound
from divan.foundation.kinds import FACT_KINDS
from divan.registers.people import queries as people

YEAR = timedelta(days=365)
WORDS = DraftText(subject="پیش‌نویس", body_html="<p>نام متقاضی در پیش‌نویس</p>")


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return offices.found(world)


def sent_letter(office):
    """Return a letter with a draft behind it that went out by post."""
    letter = offices.signed(office, offices.SENDER)
    with transaction.atomic():
        row = models.Letter.objects.get(uuid=letter.uuid)
        keep_version(row, 1, WORDS, actor=office.officer("secretariat"), now=office.now)
    [dispatch] = actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)
    evidence = {"tracking": "2134", "on": "1405-09-01"}
    actions.send_dispatch(
        dispatch=dispatch.uuid, evidence=evidence, actor=office.officer("secretariat"), now=office.now
    )
    return letter


def refused(office, **changes):
    taken = offices.take(office, **changes)
    actions.refuse_intake(intake=taken.uuid, reason="گیرنده ما نیستیم", actor=SYSTEM, now=office.now)
    return taken


def said(letter):
    return [(one.subject, one.body_html) for one in queries.list_versions(letter.uuid)]


def test_versions_of_a_sent_letter_leave_a_year_after_it_went_and_the_letter_stays(office):
    letter = sent_letter(office)

    before = jobs.erase_outlived(office.now + YEAR)
    kept = said(letter)
    after = [jobs.erase_outlived(office.now + YEAR + timedelta(seconds=1)) for _ in range(2)]

    assert (before, kept, after) == (0, [(WORDS.subject, WORDS.body_html)], [1, 0])
    assert said(letter) == [("", "")]
    assert queries.content_of(letter.uuid).wording == "متن نامه"
    version = models.LetterVersion.objects.get(letter__uuid=letter.uuid)
    assert facts.recorded_for(version.uuid) == ["correspondence.version-kept", "correspondence.content-outlived"]
    assert FACT_KINDS["correspondence.content-outlived"].erases
    assert offices.seals_hold()


def test_versions_of_what_is_on_its_way_stay_and_so_do_drafts_that_never_went(office):
    letter = sent_letter(office)
    models.Dispatch.objects.filter(letter__uuid=letter.uuid).update(sent_at=office.now + timedelta(days=30))
    drafted = offices.signed(office, offices.SENDER)
    with transaction.atomic():
        row = models.Letter.objects.get(uuid=drafted.uuid)
        keep_version(row, 1, WORDS, actor=office.officer("secretariat"), now=office.now)

    assert jobs.erase_outlived(office.now + YEAR + timedelta(days=2)) == 0

    assert said(letter) == said(drafted) == [(WORDS.subject, WORDS.body_html)]


def test_a_hold_keeps_the_versions_of_its_letters_until_it_is_lifted(office):
    clerk, body = clerk_of(office), people.get_unit(offices.BODY).uuid
    actions.import_plan(body=body, text=PLAN, actor=clerk["actor"], now=office.now)
    file = file_in(office, next(one for one in queries.list_plan(body) if one.code == "2-1"))
    letter = sent_letter(office)
    actions.put_in_file(letters=[letter.uuid], file=file, now=office.now, **clerk)
    hold = actions.lay_hold(file=file, reason="دعوای شمارهٔ ۱۲", now=office.now, **clerk)
    later = office.now + YEAR * 2

    held = jobs.erase_outlived(later)
    kept = said(letter)
    actions.lift_hold(hold=hold, now=office.now, **clerk)

    assert (held, kept) == (0, [(WORDS.subject, WORDS.body_html)])
    assert jobs.erase_outlived(later) == 1
    assert said(letter) == [("", "")]


def test_what_was_refused_leaves_after_a_year_with_its_files_and_that_it_was_refused_stays(office):
    taken, waiting = refused(office), offices.take(office)
    line = models.WorkItem.objects.get(about_uuid=taken.uuid)
    assert line.title_fa
    [file] = [one.file_uuid for one in taken.arrived.files]
    later = office.now + YEAR + timedelta(seconds=1)

    before = jobs.erase_outlived(office.now + YEAR)
    after = [jobs.erase_outlived(later) for _ in range(2)]
    retention.let_go(later)

    assert (before, after) == (0, [1, 0])
    left = queries.get_intake(taken.uuid)
    assert (left.state, left.reason) == (IntakeState.REFUSED, "گیرنده ما نیستیم")
    assert (left.arrived.sender, left.arrived.subject, left.arrived.files) == (None, "", ())
    assert left.arrived.their_number == ""
    with pytest.raises(NotFound):
        files.read_file(file)
    line.refresh_from_db()
    assert {line.number, line.title_fa, line.title_en, line.sender_fa, line.sender_en, line.search_text} == {""}
    assert facts.recorded_for(line.uuid)[-1] == "correspondence.content-outlived"
    assert models.WorkItem.objects.get(about_uuid=waiting.uuid).title_fa
    assert queries.get_intake(waiting.uuid).arrived == waiting.arrived
    assert offices.take(office, "again").uuid != taken.uuid
    assert facts.recorded_for(taken.uuid)[-1] == "correspondence.content-outlived"
    assert offices.seals_hold()


def test_a_file_that_a_letter_or_another_refusal_has_too_stays(office):
    first = refused(office)
    shared = first.arrived.files
    office.now += timedelta(days=30)
    second = refused(office, files=shared)
    letter = offices.receive(office)
    models.LetterFile.objects.filter(letter__uuid=letter.uuid).update(file_uuid=shared[0].file_uuid)

    jobs.erase_outlived(office.now - timedelta(days=29) + YEAR)
    models.LetterFile.objects.filter(letter__uuid=letter.uuid).update(name="")
    jobs.erase_outlived(office.now - timedelta(days=29) + YEAR)
    retention.let_go(office.now + YEAR)

    assert queries.get_intake(first.uuid).arrived.files == ()
    assert queries.get_intake(second.uuid).arrived.files == shared
    assert files.read_file(shared[0].file_uuid) == offices.PDF
