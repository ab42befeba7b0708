"""Referring: who may get a letter, each with a record of their own, the chain kept, and what others see of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests.referred import handed_out, incoming, officer, refer
from divan.dealings.correspondence.values import (
    BACK_LINE,
    LetterState,
    LetterUnknown,
    LetterWaits,
    ReasonMissing,
    ReceiverNotCleared,
    ReferralAgainstChart,
    ReferralNotPossible,
    ReferralOver,
    ReferralRead,
    ReferralState,
    ReferralUnknown,
    ReferralWaits,
    Secrecy,
)
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people_actions
from divan.registers.people.values import PostNotHeld


def lines(world, code: str):
    return queries.list_worklist(world.post(code).uuid).items


def test_each_receiver_has_a_record_and_a_line_of_the_worklist(office):
    letter = incoming(office)
    director = officer(office, "ict-director")
    [first] = refer(office, letter, "ict-secretariat", "ict-director")

    made = refer(office, letter, "ict-director", "ict-deputy", "ict-expert", note="تا شنبه")

    assert [lines(office, code)[0].about_uuid for code in ("ict-deputy", "ict-expert")] == [one.uuid for one in made]
    assert {(one.note, one.parent) for one in made} == {("تا شنبه", first.uuid)}
    assert facts.recorded_for(made[0].uuid) == ["correspondence.letter-referred"]
    [line] = lines(office, "ict-expert")
    assert (line.title_fa, line.from_post) == ("درخواست مجوز", director.post)
    assert line.sender_fa == office.post("ict-director").title_fa


def test_a_letter_goes_down_and_to_peers_but_upward_only_by_letter(office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-expert")

    with pytest.raises(ReferralAgainstChart) as refused:
        refer(office, letter, "ict-expert", "ict-expert-2", "ict-director")

    assert refused.value.facts == {"posts": [office.post("ict-director").uuid]}
    assert models.Referral.objects.count() == 1
    refer(office, letter, "ict-expert", "ict-expert-2")
    assert [one.state for one in queries.list_referrals(letter)] == [ReferralState.OPEN, ReferralState.OPEN]


def test_to_another_body_goes_only_a_letter(office):
    letter = incoming(office)

    with pytest.raises(ReferralAgainstChart):
        refer(office, letter, "ict-secretariat", "governor")


def test_an_exception_opens_and_shuts_what_the_chart_says(office):
    letter = incoming(office)
    director, expert = officer(office, "ict-director"), office.post("ict-expert").uuid
    refer(office, letter, "ict-secretariat", "ict-expert")
    given = {"reason": "کارگروه تحول", "actor": director, "now": office.now}

    opened = actions.except_referral(from_post=expert, to_post=director.post, allowed=True, **given)
    refer(office, letter, "ict-expert", "ict-director")
    actions.end_referral_exception(exception=opened, actor=director, now=office.now)
    actions.except_referral(from_post=director.post, to_post=office.post("ict-deputy").uuid, allowed=False, **given)

    with pytest.raises(ReferralAgainstChart):
        refer(office, letter, "ict-director", "ict-deputy")
    with pytest.raises(ReferralUnknown):
        actions.except_referral(
            from_post=expert, to_post=director.post, allowed=True, **{**given, "actor": officer(office, "ict-expert")}
        )


def test_whose_clearance_is_too_low_gets_nothing_and_nobody_else_either(office):
    letter = incoming(office, secrecy=Secrecy.HIGHLY_CONFIDENTIAL)
    refer(office, letter, "ict-secretariat", "ict-director")

    with pytest.raises(ReceiverNotCleared) as refused:
        refer(office, letter, "ict-director", "ict-deputy", "ict-expert")

    assert refused.value.facts == {"posts": [office.post("ict-expert").uuid]}
    assert models.Referral.objects.count() == 1
    assert lines(office, "ict-deputy") == ()


def test_what_is_not_for_a_post_it_cannot_refer(office):
    letter = incoming(office)

    with pytest.raises(LetterUnknown):
        refer(office, letter, "ict-director", "ict-expert")
    with pytest.raises(LetterUnknown):
        refer(office, uuid4(), "ict-secretariat", "ict-director")


def test_nobody_to_oneself_the_past_and_a_double_are_refused(office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-director")
    for wrong in ({"receivers": ()}, {"receivers": ("ict-secretariat",)}):
        with pytest.raises(ReferralNotPossible):
            refer(office, letter, "ict-secretariat", *wrong["receivers"])
    with pytest.raises(ReferralNotPossible):
        refer(office, letter, "ict-director", "ict-expert", due_at=office.now)
    with pytest.raises(ReferralNotPossible):
        refer(office, letter, "ict-director", "ict-expert", note="x" * 4001)
    with pytest.raises(ReferralWaits) as refused:
        refer(office, letter, "ict-secretariat", "ict-deputy", "ict-director")

    assert refused.value.facts == {"posts": [office.post("ict-director").uuid]}
    assert models.Referral.objects.count() == 1


def test_who_lost_the_post_refers_nothing(office):
    letter = incoming(office)
    clerk = officer(office, "ict-secretariat")
    people_actions.leave_post(person=clerk.uuid, post=clerk.post, actor=SYSTEM, now=office.now)

    with pytest.raises(PostNotHeld):
        actions.refer_letter(
            letter=letter,
            to_posts=[office.post("ict-director").uuid],
            instruction="action",
            actor=clerk,
            now=office.pass_time(minutes=1),
        )


def test_a_report_comes_back_on_the_line_of_whoever_referred_it(office):
    [one, _two] = handed_out(office, "ict-expert", "ict-deputy")
    director = officer(office, "ict-director")
    actions.read_referrals(letter=one.letter, actor=director, now=office.now)

    done = actions.report_referral(
        referral=one.uuid, report="انجام شد.", closing="acted", actor=officer(office, "ict-expert"), now=office.now
    )

    assert (done.state, done.report, done.closing) == (ReferralState.DONE, "انجام شد.", "acted")
    assert lines(office, "ict-expert") == ()
    [line] = lines(office, "ict-director")
    expert = office.post("ict-expert")
    assert (line.note, line.read_at, line.sender_fa) == ("انجام شد.", None, expert.title_fa)
    assert facts.recorded_for(line.uuid)[-1] == "correspondence.work-renewed"


def test_a_report_to_whoever_is_done_with_the_letter_comes_as_a_line_of_its_own(office):
    [one] = handed_out(office, "ict-expert")
    director = officer(office, "ict-director")
    own = queries.find_own_referral(one.letter, director.post)
    actions.report_referral(referral=own.uuid, report="ارجاع شد.", actor=director, now=office.now)

    actions.report_referral(referral=one.uuid, report="انجام شد.", actor=officer(office, "ict-expert"), now=office.now)

    [line] = lines(office, "ict-director")
    assert (line.about_kind, line.about_uuid, line.note) == (BACK_LINE, one.uuid, "انجام شد.")
    actions.take_note(referral=one.uuid, actor=director, now=office.now)
    assert lines(office, "ict-director") == ()
    assert lines(office, "ict-secretariat") == ()


def test_what_is_sent_back_needs_a_reason_and_waits_at_its_sender(office):
    letter = incoming(office)
    [one] = refer(office, letter, "ict-secretariat", "ict-director")
    director = officer(office, "ict-director")
    with pytest.raises(ReasonMissing):
        actions.refuse_referral(referral=one.uuid, reason="  ", actor=director, now=office.now)

    back = actions.refuse_referral(referral=one.uuid, reason="مربوط نیست.", actor=director, now=office.now)

    assert (back.state, back.report) == (ReferralState.REFUSED, "مربوط نیست.")
    [line] = lines(office, "ict-secretariat")
    assert (line.about_kind, line.note) == (BACK_LINE, "مربوط نیست.")
    with pytest.raises(ReferralOver):
        actions.report_referral(referral=one.uuid, report="x", actor=director, now=office.now)
    refer(office, letter, "ict-secretariat", "ict-deputy")


def test_a_referral_is_recalled_until_it_is_read(office):
    [one, two] = handed_out(office, "ict-expert", "ict-deputy")
    director, deputy = officer(office, "ict-director"), officer(office, "ict-deputy")
    actions.read_referrals(letter=two.letter, actor=deputy, now=office.now)

    recalled = actions.recall_referral(referral=one.uuid, actor=director, now=office.now)
    with pytest.raises(ReferralRead):
        actions.recall_referral(referral=two.uuid, actor=director, now=office.now)
    with pytest.raises(PostNotHeld):
        actions.recall_referral(referral=two.uuid, actor=deputy, now=office.now)

    assert recalled.state is ReferralState.RECALLED
    assert lines(office, "ict-expert") == ()
    assert [line.about_uuid for line in lines(office, "ict-deputy")] == [two.uuid]
    assert facts.recorded_for(two.uuid) == ["correspondence.letter-referred", "correspondence.referral-read"]


def test_only_sender_and_receiver_come_to_a_referral(office):
    [one, _] = handed_out(office, "ict-expert", "ict-deputy")

    assert queries.get_referral_for(one.uuid, office.post("ict-expert"), office.now).uuid == one.uuid
    with pytest.raises(ReferralUnknown):
        queries.get_referral_for(one.uuid, office.post("ict-deputy"), office.now)
    with pytest.raises(ReferralUnknown):
        actions.report_referral(referral=one.uuid, report="x", actor=officer(office, "ict-deputy"), now=office.now)


def test_a_secret_note_is_for_its_two_posts_and_a_hidden_referral_for_those_above(office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-director")
    refer(office, letter, "ict-director", "ict-deputy", note="محرمانه بررسی شود", secret=True, hidden=True)
    refer(office, letter, "ict-director", "ict-expert")
    refer(office, letter, "ict-deputy", "ict-expert-2", note="بررسی")

    def seen(code: str):
        [root] = queries.referral_tree(letter, office.post(code), office.now)
        return [(one.referral.to_post, one.referral.note, one.referral.is_withheld) for one in root.below]

    deputy, expert = office.post("ict-deputy").uuid, office.post("ict-expert").uuid
    assert seen("ict-director") == [(deputy, "محرمانه بررسی شود", False), (expert, "", False)]
    assert seen("ict-secretariat") == [(deputy, "", True), (expert, "", False)]
    assert seen("ict-expert") == [(expert, "", False)]
    assert seen("ict-expert-2") == [(expert, "", False), (office.post("ict-expert-2").uuid, "بررسی", False)]


def test_who_has_it_now_is_at_the_ends_of_the_tree(office):
    handed = handed_out(office, "ict-deputy")
    letter = handed[0].letter
    refer(office, letter, "ict-deputy", "ict-expert", "ict-expert-2")
    refer(office, letter, "ict-secretariat", "ict-finance", copy=True)

    names = {one.to_post for one in queries.list_holders(letter)}

    assert names == {office.post("ict-expert").uuid, office.post("ict-expert-2").uuid}


def test_a_letter_is_closed_when_nobody_has_it_any_more_and_opened_again(office):
    [one] = handed_out(office, "ict-expert")
    director, expert = officer(office, "ict-director"), officer(office, "ict-expert")
    own = queries.find_own_referral(one.letter, director.post)
    with pytest.raises(LetterWaits) as refused:
        actions.report_referral(
            referral=own.uuid, report="تمام", closing="acted", closes_letter=True, actor=director, now=office.now
        )
    assert refused.value.facts == {"posts": [expert.post]}
    assert queries.get_referral(own.uuid).state is ReferralState.OPEN

    actions.report_referral(referral=one.uuid, report="انجام شد.", actor=expert, now=office.now)
    actions.report_referral(
        referral=own.uuid, report="تمام", closing="acted", closes_letter=True, actor=director, now=office.now
    )

    assert queries.get_letter(one.letter).state is LetterState.CLOSED
    assert queries.get_letter(one.letter).closing.endswith(": تمام")
    with pytest.raises(ReferralNotPossible):
        refer(office, one.letter, "ict-director", "ict-expert")
    actions.reopen_letter(letter=one.letter, reason="پیوست تازه رسید", actor=director, now=office.now)
    assert queries.get_letter(one.letter).state is LetterState.REGISTERED
    with pytest.raises(ReferralUnknown):
        actions.close_letter(letter=one.letter, closing="acted", actor=expert, now=office.now)


def test_who_stands_in_reports_for_the_holder_and_the_referral_says_so(office):
    [one] = handed_out(office, "ict-expert")
    expert, deputy = officer(office, "ict-expert"), officer(office, "ict-deputy")
    people_actions.appoint_substitute(
        person=expert.uuid,
        substitute=deputy.uuid,
        starts_at=office.now,
        ends_at=office.now + timedelta(days=3),
        actor=expert,
        now=office.now,
    )
    actor = replace(deputy, post=expert.post, on_behalf_of=expert.uuid)
    done = actions.report_referral(referral=one.uuid, report="انجام شد.", actor=actor, now=office.now)

    assert (done.ended_by, done.ended_for) == (deputy.uuid, expert.uuid)
    with pytest.raises(PostNotHeld):
        actions.refer_letter(
            letter=one.letter,
            to_posts=[office.post("ict-expert-2").uuid],
            instruction="action",
            actor=actor,
            now=office.pass_time(days=4),
        )
