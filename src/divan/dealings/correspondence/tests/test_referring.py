"""Referring: who may get a letter, each with a record of their own, the chain kept, and what others see of it."""

from __future__ import annotations

import pytest

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests.referred import incoming, officer, refer
from divan.dealings.correspondence.values import (
    LetterUnknown,
    ReceiverNotCleared,
    ReferralAgainstChart,
    ReferralNotPossible,
    ReferralWaits,
)
from divan.foundation import facts
from divan.registers.people.values import PostNotHeld


def test_each_receiver_has_a_record_and_a_line_of_the_worklist(office):
    letter = incoming(office)
    director = officer(office, "ict-director")
    refer(office, letter, "ict-secretariat", "ict-director")

    made = refer(office, letter, "ict-director", "ict-deputy", "ict-expert", note="تا شنبه")

    assert [queries.list_worklist(one.to_post).items[0].about_uuid for one in made] == [one.uuid for one in made]
    assert {one.note for one in made} == {"تا شنبه"}
    assert {one.parent for one in made} == {queries.find_own_referral(letter, director.post).uuid}
    assert facts.recorded_for(made[0].uuid) == ["correspondence.letter-referred"]
    line = queries.list_worklist(made[1].to_post).items[0]
    assert (line.title_fa, line.from_post, line.sender_fa) == (
        "درخواست مجوز",
        director.post,
        office.post("ict-director").title_fa,
    )
