"""`kill -9` while a program applies, and two requests of it at once: what is sent again is done once."""

from __future__ import annotations

import pytest
from django.http import HttpResponse

from divan.dealings.cases import models
from divan.foundation import facts
from divan.foundation.http.repeating import AGAIN, done_once
from divan.foundation.models import KeptAnswer, OutgoingMessage

from . import deeds
from .house import House
from .test_at_once import at_once

KEY = "send-0001"


def test_answers_of_a_program_cut_before_their_fact_are_not_saved_and_are_taken_again(house: House):
    case = house.world.draft().uuid

    house.cut("answers.before-fact", "deed", "answer", case)

    assert house.case(case).answers == {}
    assert facts.recorded_for(case) == ["cases.draft-started"]
    deeds.answer(house.world, str(case))
    assert house.case(case).answers == {"households": 35, "purpose": ["health"]}
    assert facts.recorded_for(case) == ["cases.draft-started", "cases.draft-saved"]
    house.rest()


@pytest.mark.parametrize(("point", "was_done"), [("answer.before-commit", False), ("answer.after-commit", True)])
def test_a_request_cut_before_it_was_answered_is_done_once_and_then_answered(house: House, point: str, was_done: bool):
    case = house.world.draft().uuid
    house.world.fill(case)

    house.cut(point, "deed", "send_once", case, KEY)

    assert (bool(house.case(case).number), KeptAnswer.objects.exists()) == (was_done, was_done)
    answers = [deeds.send_once(house.world, str(case), KEY) for _ in range(2)]
    assert [answer.content.decode() for answer in answers] == [house.case(case).number] * 2
    assert [AGAIN in answer for answer in answers] == [was_done, True]
    house.rest()
    assert facts.recorded_for(case).count("cases.case-submitted") == 1
    assert models.Task.objects.filter(case__uuid=case).count() == OutgoingMessage.objects.count() == 1


def test_of_requests_with_one_key_at_once_one_is_done_and_all_are_answered_the_same(house: House):
    applicant, done = house.world.citizen(), []

    def deed() -> HttpResponse:
        done.append("done")
        return HttpResponse(f"number {len(done)}", status=201)

    came = at_once(
        *[lambda: done_once(owner=applicant.uuid, key=KEY, fingerprint="0" * 64, now=house.world.now, deed=deed)] * 4
    )

    assert done == ["done"]
    assert [(one.status_code, one.content) for one in came] == [(201, b"number 1")] * 4
    assert sorted(AGAIN in one for one in came) == [False, True, True, True]
