"""`kill -9` while letters are referred, answered and followed up, and while a worklist is handed over."""

from __future__ import annotations

from datetime import timedelta

import pytest

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.referred import handed_out, incoming, officer, refer
from divan.dealings.correspondence.values import ReferralState

from .house import House


@pytest.fixture
def office(house: House):
    return offices.found(house.world)


def lines(world, code: str):
    return queries.list_worklist(world.post(code).uuid).items


def test_a_referral_cut_half_way_reached_nobody_and_reaches_all_when_done_again(house: House, office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-director")

    house.cut("referral.before-work", "deed", "refer_letter", letter, "ict-director", "ict-expert", "ict-deputy")

    assert len(queries.list_referrals(letter)) == 1
    assert lines(office, "ict-expert") == lines(office, "ict-deputy") == ()
    refer(office, letter, "ict-director", "ict-expert", "ict-deputy")
    assert [len(lines(office, code)) for code in ("ict-expert", "ict-deputy")] == [1, 1]
    house.rest()


@pytest.mark.parametrize(
    ("point", "deed", "ends"),
    [
        ("referral.before-answer", "report_referral", ReferralState.DONE),
        ("referral.before-return", "refuse_referral", ReferralState.REFUSED),
    ],
)
def test_an_answer_cut_half_way_leaves_the_letter_where_it_was(house: House, office, point, deed, ends):
    [one] = handed_out(office, "ict-expert")
    before = lines(office, "ict-director")[0].note

    house.cut(point, "deed", deed, one.uuid, "ict-expert")

    assert queries.get_referral(one.uuid).state is ReferralState.OPEN
    assert [line.about_uuid for line in lines(office, "ict-expert")] == [one.uuid]
    assert lines(office, "ict-director")[0].note == before
    given = {"report": "انجام شد."} if deed == "report_referral" else {"reason": "مربوط نیست."}
    done = getattr(actions, deed)(referral=one.uuid, **given, actor=officer(office, "ict-expert"), now=office.now)
    assert done.state is ends
    assert lines(office, "ict-director")[0].note == done.report
    house.rest()


@pytest.mark.parametrize("point", ["follow-up.before-lines", "follow-up.before-escalation"])
def test_a_reminder_cut_half_way_is_counted_and_escalated_once(house: House, office, point):
    [one] = handed_out(office, "ict-expert")
    wanted = actions.open_follow_up(
        letter=one.letter,
        referral=one.uuid,
        due_at=office.now + timedelta(days=1),
        actor=officer(office, "ict-director"),
        now=office.now,
    )
    office.pass_time(days=9)

    house.cut(point, "duty", "follow-ups")

    assert queries.get_follow_up(wanted.uuid).reminders == 0
    assert lines(office, "ict-deputy") == ()
    assert [jobs.run_follow_ups(office.now) for _ in range(2)] == [1, 0]
    kept = queries.get_follow_up(wanted.uuid)
    assert (kept.reminders, kept.escalated_to) == (1, office.post("ict-deputy").uuid)
    assert len(lines(office, "ict-deputy")) == 1
    house.rest()


def test_a_hand_over_cut_in_its_middle_goes_on_and_moves_every_line_once(house: House, office):
    for _ in range(3):
        refer(office, incoming(office), "ict-secretariat", "ict-expert")
    actions.hand_over_worklist(
        from_post=office.post("ict-expert").uuid,
        to_post=office.post("ict-expert-2").uuid,
        reason="حذف پست",
        actor=officer(office, "ict-director"),
        now=office.now,
    )

    house.cut("hand-over.after-line", "duty", "hand-overs")

    [handed] = queries.list_hand_overs([office.post("ict-expert").uuid])
    assert (handed.moved, len(lines(office, "ict-expert")), len(lines(office, "ict-expert-2"))) == (0, 3, 0)
    jobs.run_hand_overs(office.now)
    [handed] = queries.list_hand_overs([office.post("ict-expert").uuid])
    assert (handed.moved, len(lines(office, "ict-expert")), len(lines(office, "ict-expert-2"))) == (3, 0, 3)
    assert models.Referral.objects.filter(to_post=office.post("ict-expert-2").uuid).count() == 3
    house.rest()
