"""A whole worklist goes to another post: each line by itself, what cannot go stays and says why, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests.offices import seals_hold
from divan.dealings.correspondence.tests.referred import handed_out, incoming, officer, refer
from divan.dealings.correspondence.tests.test_routes import circulating, draft, paraph, sign, step_of
from divan.dealings.correspondence.values import (
    HandOverNotPossible,
    LetterState,
    ReferralState,
    Secrecy,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people


def order(world, giver: str, taker: str, *, by: str, reason: str = "حذف پست"):
    return actions.hand_over_worklist(
        from_post=world.post(giver).uuid,
        to_post=world.post(taker).uuid,
        reason=reason,
        actor=officer(world, by),
        now=world.now,
    )


def post(world, code: str):
    return world.post(code).uuid


def lines(world, code: str):
    return queries.list_worklist(world.post(code).uuid).items


def test_a_referral_goes_on_in_the_tree_with_its_deadline_and_follow_up(office):
    due = office.now + timedelta(days=5)
    [one] = handed_out(office, "ict-expert", note="تا شنبه", due_at=due)
    wanted = actions.open_follow_up(
        letter=one.letter,
        referral=one.uuid,
        due_at=due,
        actor=officer(office, "ict-director"),
        now=office.now,
    )

    order(office, "ict-expert", "ict-expert-2", by="ict-director")
    assert jobs.run_hand_overs(office.now) == 2

    old, new = queries.list_referrals(one.letter)[1:]
    assert (old.state, old.report) == (ReferralState.DONE, "حذف پست")
    assert (new.parent, new.to_post, new.note, new.due_at) == (
        old.uuid,
        office.post("ict-expert-2").uuid,
        "تا شنبه",
        due,
    )
    assert queries.get_follow_up(wanted.uuid).referral == new.uuid
    assert lines(office, "ict-expert") == ()
    [line] = lines(office, "ict-expert-2")
    assert (line.about_uuid, line.due_at) == (new.uuid, due)
    [handed] = queries.list_hand_overs([office.post("ict-expert").uuid])
    assert (handed.moved, handed.stayed, handed.ended_at) == (1, (), office.now)
    assert facts.recorded_for(handed.uuid) == [
        "correspondence.hand-over-asked",
        "correspondence.hand-over-ended",
    ]


def test_what_the_other_post_may_not_read_stays_and_says_why(office):
    secret = incoming(office, secrecy=Secrecy.HIGHLY_CONFIDENTIAL)
    refer(office, secret, "ict-secretariat", "ict-director")
    refer(office, incoming(office), "ict-secretariat", "ict-director")

    order(office, "ict-director", "ict-expert", by="ict-director")
    jobs.run_hand_overs(office.now)

    [handed] = queries.list_hand_overs([office.post("ict-director").uuid])
    assert (handed.moved, [code for _, code in handed.stayed]) == (1, ["correspondence.receiver-not-cleared"])
    assert len(lines(office, "ict-director")) == len(lines(office, "ict-expert")) == 1


def test_answers_and_reminders_go_along_and_can_be_dealt_with(office):
    [one] = handed_out(office, "ict-expert")
    director, deputy = officer(office, "ict-director"), officer(office, "ict-deputy")
    own = queries.find_own_referral(one.letter, director.post)
    actions.report_referral(referral=own.uuid, report="ارجاع شد", actor=director, now=office.now)
    actions.open_follow_up(letter=one.letter, due_at=office.now + timedelta(days=1), actor=director, now=office.now)
    actions.report_referral(referral=one.uuid, report="انجام شد", actor=officer(office, "ict-expert"), now=office.now)
    office.pass_time(days=2)
    jobs.run_follow_ups(office.now)

    order(office, "ict-director", "ict-deputy", by="ict-director")
    jobs.run_hand_overs(office.now)

    assert lines(office, "ict-director") == ()
    for line in lines(office, "ict-deputy"):
        actions.close_line(work=line.uuid, report="دیده شد", closing="", actor=deputy, now=office.now)
    assert lines(office, "ict-deputy") == ()
    assert models.FollowUp.objects.get().closed_at == office.now


def test_steps_of_cases_go_along_but_signatures_stay(office):
    drafting = office.at_step("draft")
    signing = office.at_step("sign")

    order(office, "ict-expert", "ict-expert-2", by="ict-director")
    order(office, "ict-director", "ict-deputy", by="ict-director")
    jobs.run_hand_overs(office.now)

    assert [line.case_uuid for line in lines(office, "ict-expert-2")] == [drafting.uuid]
    assert [line.case_uuid for line in lines(office, "ict-director")] == [signing.uuid]
    [handed] = queries.list_hand_overs([office.post("ict-director").uuid])
    assert [code for _, code in handed.stayed] == ["correspondence.line-stays"]


def test_only_the_holder_or_a_superior_orders_it_inside_the_body_with_a_reason_once(office):
    handed_out(office, "ict-expert")
    for giver, taker, by, reason in (
        ("ict-director", "ict-deputy", "ict-expert", "x"),
        ("ict-expert", "governor-officer", "ict-director", "x"),
        ("ict-expert", "ict-expert", "ict-director", "x"),
        ("ict-expert", "ict-deputy", "ict-director", " "),
    ):
        with pytest.raises(HandOverNotPossible):
            order(office, giver, taker, by=by, reason=reason)
    order(office, "ict-expert", "ict-expert-2", by="ict-expert")
    with pytest.raises(HandOverNotPossible):
        order(office, "ict-expert", "ict-deputy", by="ict-director")
    assert len(lines(office, "ict-expert")) == 1


def test_a_vacant_post_is_emptied_by_its_superior(office):
    handed_out(office, "ict-expert")
    expert = officer(office, "ict-expert")
    people.leave_post(person=expert.uuid, post=expert.post, actor=SYSTEM, now=office.now)

    order(office, "ict-expert", "ict-expert-2", by="ict-deputy")
    jobs.run_hand_overs(office.now)

    assert len(lines(office, "ict-expert-2")) == 1


def test_drafts_and_turns_on_routes_go_along_whether_a_line_speaks_of_them_or_not(office):
    returned, signing = circulating(office), circulating(office, "~ict-deputy", "ict-director")
    step = step_of(office, returned, "ict-deputy")
    actions.return_letter(step=step.uuid, reason="تاریخ", actor=office.officer("ict-deputy"), now=office.now)
    quiet = draft(office)
    wanted = handed_out(office, "ict-expert")[0]
    later = office.now + timedelta(days=4)
    actions.open_follow_up(letter=wanted.letter, due_at=later, actor=officer(office, "ict-expert"), now=office.now)

    order(office, "ict-expert", "ict-expert-2", by="ict-director")
    order(office, "ict-deputy", "ict-expert", by="ict-director")
    order(office, "ict-director", "ict-deputy", by="ict-director")
    jobs.run_hand_overs(office.now)

    heir = office.post("ict-expert-2").uuid
    assert {queries.get_letter(one.uuid).drafter_post for one in (returned, signing, quiet)} == {heir}
    assert models.FollowUp.objects.get().post_uuid == heir
    steps = models.LetterStep.objects.filter(letter__uuid=signing.uuid).order_by("rank")
    assert [one.post_uuid for one in steps] == [post(office, "ict-expert"), post(office, "ict-deputy")]
    paraph(office, signing, "ict-expert")
    assert sign(office, signing, "ict-deputy").state is LetterState.NUMBERED
    assert seals_hold()


def test_a_step_whose_taker_has_the_same_to_do_on_the_letter_stays_and_is_named(office):
    letter = circulating(office, "ict-deputy", "ict-director")

    order(office, "ict-director", "ict-deputy", by="ict-director")
    jobs.run_hand_overs(office.now)

    [handed] = queries.list_hand_overs([post(office, "ict-director")])
    last = models.LetterStep.objects.get(letter__uuid=letter.uuid, post_uuid=post(office, "ict-director"))
    assert (handed.moved, handed.stayed) == (0, ((last.uuid, "correspondence.line-stays"),))
    assert handed.ended_at == office.now
