"""Following up: reminded from the day on and counted, escalated once, closed with a reason or by the answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests.referred import handed_out, officer
from divan.dealings.correspondence.values import (
    ESCALATION_LINE,
    FollowUpNotPossible,
    FollowUpUnknown,
    LetterUnknown,
    ReasonMissing,
    ReferralRule,
    Secrecy,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM

KIND = "correspondence.follow-up"


def follow(world, one, *, days: int = 3, by: str = "ict-director", **given: object):
    return actions.open_follow_up(
        letter=one.letter,
        referral=one.uuid,
        due_at=world.now + timedelta(days=days),
        note="پاسخ استاندار مانده است",
        **given,
        actor=officer(world, by),
        now=world.now,
    )


def lines(world, code: str, kind: str):
    return [line for line in queries.list_worklist(world.post(code).uuid).items if line.about_kind == kind]


def test_it_reminds_on_its_day_and_again_and_counts(office):
    [one] = handed_out(office, "ict-expert")
    wanted = follow(office, one)
    actions.read_referrals(letter=one.letter, actor=officer(office, "ict-expert"), now=office.now)
    office.pass_time(days=2)
    assert jobs.run_follow_ups(office.now) == 0

    office.pass_time(days=1)
    # It is Wednesday: Thursday and Friday offices are shut, so two working days later it is Sunday.
    assert [jobs.run_follow_ups(office.now) for _ in range(2)] == [1, 0]
    office.pass_time(days=3)
    assert jobs.run_follow_ups(office.now) == 0
    office.pass_time(days=1)
    assert jobs.run_follow_ups(office.now) == 1

    kept = queries.get_follow_up(wanted.uuid)
    assert (kept.reminders, kept.reminded_at, kept.escalated_at) == (2, office.now, None)
    [line] = lines(office, "ict-director", KIND)
    assert (line.about_uuid, line.note, line.read_at) == (wanted.uuid, "پاسخ استاندار مانده است", None)
    [again] = lines(office, "ict-expert", "correspondence.referral")
    assert (again.note, again.read_at) == ("پاسخ استاندار مانده است", None)


def test_the_superior_hears_of_it_once(office):

    [below] = handed_out(office, "ict-expert")
    wanted = follow(office, below)
    assert wanted.escalates_at == office.now + timedelta(days=8)
    office.pass_time(days=8)

    assert [jobs.run_follow_ups(office.now) for _ in range(2)] == [1, 0]
    office.pass_time(days=10)
    jobs.run_follow_ups(office.now)

    kept = queries.get_follow_up(wanted.uuid)
    assert kept.escalated_to == office.post("ict-deputy").uuid
    [line] = lines(office, "ict-deputy", ESCALATION_LINE)
    assert queries.get_follow_up(line.about_uuid).uuid == wanted.uuid
    assert queries.get_letter_for(below.letter, office.post("ict-deputy"), office.now).uuid == below.letter
    assert facts.recorded_for(wanted.uuid).count("correspondence.follow-up-escalated") == 1
    with pytest.raises(FollowUpUnknown):
        actions.note_escalation(escalation=line.about_uuid, actor=officer(office, "ict-expert"), now=office.now)
    actions.note_escalation(escalation=line.about_uuid, actor=officer(office, "ict-deputy"), now=office.now)
    assert lines(office, "ict-deputy", ESCALATION_LINE) == []


def test_a_superior_without_clearance_is_passed_over(office):
    [one] = handed_out(office, "ict-expert")
    actions.grant_clearance(
        post=office.post("ict-expert").uuid, secrecy=Secrecy.SECRET, reason="x", actor=SYSTEM, now=office.now
    )
    models.Letter.objects.filter(uuid=one.letter).update(secrecy="secret")
    wanted = follow(office, one)
    office.pass_time(days=8)

    jobs.run_follow_ups(office.now)

    assert queries.get_follow_up(wanted.uuid).escalated_at == office.now
    assert queries.get_follow_up(wanted.uuid).escalated_to is None
    assert lines(office, "ict-deputy", ESCALATION_LINE) == []


def test_the_answer_ends_what_was_wanted_and_its_lines(office):
    [one] = handed_out(office, "ict-expert")
    wanted = follow(office, one)
    office.pass_time(days=8)
    jobs.run_follow_ups(office.now)

    actions.report_referral(referral=one.uuid, report="انجام شد.", actor=officer(office, "ict-expert"), now=office.now)

    kept = queries.get_follow_up(wanted.uuid)
    assert (kept.closing, kept.closed_at) == ("done", office.now)
    assert lines(office, "ict-director", KIND) == []
    assert lines(office, "ict-deputy", ESCALATION_LINE) == []
    office.pass_time(days=30)
    assert jobs.run_follow_ups(office.now) == 0


def test_it_is_closed_with_a_reason_by_the_post_that_opened_it(office):
    [one] = handed_out(office, "ict-expert")
    wanted = follow(office, one)
    director = officer(office, "ict-director")
    with pytest.raises(ReasonMissing):
        actions.close_follow_up(follow_up=wanted.uuid, closing=" ", actor=director, now=office.now)
    with pytest.raises(FollowUpUnknown):
        actions.close_follow_up(follow_up=wanted.uuid, closing="x", actor=officer(office, "ict-expert"), now=office.now)

    closed = actions.close_follow_up(follow_up=wanted.uuid, closing="تلفنی پاسخ داد", actor=director, now=office.now)

    assert (closed.closing, closed.closed_by) == ("تلفنی پاسخ داد", director.uuid)
    with pytest.raises(FollowUpUnknown):
        actions.close_follow_up(follow_up=wanted.uuid, closing="x", actor=director, now=office.now)


def test_the_days_are_the_bodys_own(office):
    [one] = handed_out(office, "ict-expert")
    director = officer(office, "ict-director")
    actions.set_referral_rule(rule=ReferralRule(remind_days=1, escalate_days=0), actor=director, now=office.now)
    wanted = follow(office, one)
    office.pass_time(days=3)

    jobs.run_follow_ups(office.now)

    assert queries.get_follow_up(wanted.uuid).escalated_at == office.now
    office.pass_time(days=3)
    jobs.run_follow_ups(office.now)
    assert queries.get_follow_up(wanted.uuid).reminders == 2


def test_nothing_is_wanted_in_the_past_or_of_what_is_over_or_another_posts(office):
    [one] = handed_out(office, "ict-expert")
    with pytest.raises(FollowUpNotPossible):
        follow(office, one, days=0)
    with pytest.raises(FollowUpNotPossible):
        follow(office, one, by="ict-expert")
    with pytest.raises(LetterUnknown):
        follow(office, one, by="ict-deputy")
    assert models.FollowUp.objects.count() == 0
