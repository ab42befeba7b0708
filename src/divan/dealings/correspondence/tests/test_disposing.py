"""Files whose time is over: proposed by one, approved by another, erased file by file; what is held stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.apps import apps

from divan.dealings.correspondence import actions, jobs, models, queries, rules
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, file_in, lying_in
from divan.dealings.correspondence.values import (
    After,
    ArchiveFileClosed,
    DisposalByProposer,
    DisposalNotPossible,
    DisposalState,
    ReasonNeeded,
)
from divan.foundation import facts, files, retention
from divan.foundation.apps import options
from divan.foundation.errors import NotFound
from divan.registers.people import queries as people


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


def outcome_of(office, listed) -> list[str]:
    return [one.outcome for one in queries.get_disposal(listed, office.post("ict-director"), office.now).items]


def propose(office, *listed, key="secretariat", deed=After.DESTROY):
    return actions.propose_disposal(
        deeds=dict.fromkeys(listed, deed),
        post=office.post("ict-secretariat"),
        actor=office.officer(key),
        now=office.now,
    )


def approve(office, listed, key="ict-director"):
    actions.approve_disposal(
        disposal=listed, post=office.post("ict-director"), actor=office.officer(key), now=office.now
    )


def years_later(office, years=5):
    office.now = datetime.combine(rules.retention_ends(office.now.date(), years), office.now.timetz())


def test_a_file_is_due_the_day_after_its_years_and_not_before(office, clerk, plan):
    file = lying_in(office, plan["2-1"])
    kept = lying_in(office, plan["1-1"])
    years_later(office)

    office.now -= timedelta(days=1)
    assert queries.list_due(clerk["post"], office.now) == []
    with pytest.raises(DisposalNotPossible):
        propose(office, file)
    office.now += timedelta(days=1)
    [due] = queries.list_due(clerk["post"], office.now)

    assert (due.file.uuid, due.letters, due.is_held) == (file, 1, False)
    with pytest.raises(DisposalNotPossible):
        propose(office, kept)


def test_who_proposed_a_list_does_not_approve_it(office, plan):
    file = lying_in(office, plan["2-1"])
    years_later(office)
    listed = propose(office, file)

    with pytest.raises(DisposalByProposer):
        approve(office, listed, "secretariat")
    with pytest.raises(DisposalByProposer):
        actions.reject_disposal(
            disposal=listed,
            reason="نه",
            post=office.post("ict-director"),
            actor=replace(office.officer("ict-director"), on_behalf_of=office.officer("secretariat").uuid),
            now=office.now,
        )

    assert queries.get_disposal(listed, office.post("ict-director"), office.now).state is DisposalState.PROPOSED
    with pytest.raises(DisposalNotPossible):
        propose(office, file)


def test_what_was_approved_is_erased_and_the_register_stays_gapless_and_provable(office, clerk, plan):
    letter = offices.receive(office, keywords=("دکل",))
    file = file_in(office, plan["2-1"])
    actions.put_in_file(letters=[letter.uuid], file=file, now=office.now, **clerk)
    actions.close_archive_file(file=file, now=office.now, **clerk)
    attached = [one.file_uuid for one in queries.list_files(letter.uuid)]
    history = facts.recorded_for(letter.uuid)
    years_later(office)
    listed = propose(office, file)
    approve(office, listed)

    assert jobs.run_disposals(office.now) == 1
    assert jobs.run_disposals(office.now) == 0

    kept = queries.get_letter(letter.uuid)
    content = queries.content_of(letter.uuid)
    assert (kept.number, kept.subject, kept.their_number) == (letter.number, letter.subject, letter.their_number)
    assert (kept.keywords, content.wording, content.body_html) == ((), "", "")
    assert [one.name for one in content.files] == [""]
    assert models.Intake.objects.get(letter__uuid=letter.uuid).files == []
    assert queries.erased_at(letter.uuid) == office.now
    assert facts.recorded_for(letter.uuid) == [*history, "correspondence.content-erased"]
    assert queries.prove_register(letter.number.register, letter.number.year).gaps == ()
    assert queries.get_disposal(listed, clerk["post"], office.now).state is DisposalState.DONE
    assert outcome_of(office, listed) == ["destroy"]
    retention.let_go(office.now)
    for one in attached:
        with pytest.raises(NotFound):
            files.read_file(one)
    assert offices.seals_hold()


def test_a_letter_that_lies_in_another_file_too_keeps_its_content_until_that_goes(office, clerk, plan):
    letter = offices.receive(office, keywords=("دکل",))
    first, second = file_in(office, plan["2-1"]), file_in(office, plan["2-1"])
    for file in (first, second):
        actions.put_in_file(letters=[letter.uuid], file=file, now=office.now, **clerk)
    actions.close_archive_file(file=first, now=office.now, **clerk)
    years_later(office)
    approve(office, propose(office, first))

    jobs.run_disposals(office.now)

    assert queries.get_letter(letter.uuid).keywords == ("دکل",)
    assert queries.erased_at(letter.uuid) is None
    actions.close_archive_file(file=second, now=office.now, **clerk)
    years_later(office)
    approve(office, propose(office, second))
    jobs.run_disposals(office.now)
    assert queries.get_letter(letter.uuid).keywords == ()
    assert offices.seals_hold()


def test_the_document_that_another_body_has_as_its_letter_stays(office, clerk, plan):
    ours, other = offices.receive(office), offices.receive(office, their_number="۲", double_reason="همان فایل")
    shared = queries.list_files(ours.uuid)[0].file_uuid
    models.LetterFile.objects.filter(letter__uuid=other.uuid).update(file_uuid=shared)
    file = file_in(office, plan["2-1"])
    actions.put_in_file(letters=[ours.uuid], file=file, now=office.now, **clerk)
    actions.close_archive_file(file=file, now=office.now, **clerk)
    years_later(office)
    approve(office, propose(office, file))

    jobs.run_disposals(office.now)
    retention.let_go(office.now)

    assert files.read_file(shared) == offices.PDF


def test_a_hold_keeps_a_file_off_lists_and_in_the_archive_even_after_approval(office, clerk, plan):
    held, other = lying_in(office, plan["2-1"]), lying_in(office, plan["2-1"])
    years_later(office)
    listed = propose(office, held, other)
    approve(office, listed)
    hold = actions.lay_hold(file=held, reason="دعوای شمارهٔ ۱۲", now=office.now, **clerk)

    jobs.run_disposals(office.now)

    assert outcome_of(office, listed) == ["held", "destroy"]
    assert queries.get_archive_file(held, clerk["post"], office.now).disposed_at is None
    [due] = queries.list_due(clerk["post"], office.now)
    assert due.is_held
    with pytest.raises(DisposalNotPossible):
        propose(office, held)
    actions.lift_hold(hold=hold, post=clerk["post"], actor=clerk["actor"], now=office.now)
    approve(office, propose(office, held))
    jobs.run_disposals(office.now)
    assert queries.get_archive_file(held, clerk["post"], office.now).disposal == "destroy"
    with pytest.raises(ArchiveFileClosed):
        actions.lay_hold(file=held, reason="دیر", now=office.now, **clerk)


def test_a_rejected_list_says_why_and_its_files_are_due_again(office, clerk, plan):
    file = lying_in(office, plan["2-1"])
    years_later(office)
    listed = propose(office, file)
    given = {"disposal": listed, "post": office.post("ict-director"), "actor": office.officer("ict-director")}
    with pytest.raises(ReasonNeeded):
        actions.reject_disposal(reason="", now=office.now, **given)

    actions.reject_disposal(reason="هنوز لازم است", now=office.now, **given)

    assert [one.file.uuid for one in queries.list_due(clerk["post"], office.now)] == [file]
    with pytest.raises(DisposalNotPossible):
        approve(office, listed)
    assert jobs.run_disposals(office.now) == 0


def test_what_is_to_be_transferred_is_erased_only_after_it_was_handed_over(office, plan):
    file = lying_in(office, plan["2-2"])
    years_later(office, 10)

    for deed in (After.TRANSFER, After.DESTROY, After.KEEP):
        with pytest.raises(DisposalNotPossible):
            propose(office, file, deed=deed)
