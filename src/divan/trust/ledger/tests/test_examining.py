"""The worker examines the whole log by itself: once a day, in slices, and says what it found as a fact."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.trust.ledger import actions, jobs, models, queries
from divan.trust.ledger.values import ExaminationOver, Fault, Part

from .scene import NOW, by_hand, seal_all

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def begun() -> int:
    return Fact.objects.filter(kind="ledger.examination-begun").count()


def go_through(examiner: jobs.Examiner, now=NOW) -> int:
    """Let the worker look until an examination has ended; return how many slices it took."""
    ended = models.Examination.objects.filter(ended_at__isnull=False).count()
    for slices in range(1, 200):
        assert examiner.look(now) == 0
        if models.Examination.objects.filter(ended_at__isnull=False).count() > ended:
            return slices
        now += jobs.PAUSE
    raise AssertionError("the examination does not end")


def test_a_whole_log_is_examined_once_a_day_and_the_fact_says_that_nothing_was_found(open_log, happen):
    happen(20)
    seal_all()
    examiner = jobs.Examiner()

    go_through(examiner)
    examiner.look(NOW + DAY - timedelta(minutes=2))

    last = queries.find_last_examination()
    assert (last.found, last.findings, last.progress[Part.FACTS]) == (0, (), (21, 21))
    assert facts.recorded_for(last.uuid) == ["ledger.examination-begun", "ledger.examination-ended"]
    assert Fact.objects.get(kind="ledger.examination-ended").data == {"found": 0, "entries": 21}
    assert begun() == 1
    go_through(examiner, NOW + DAY)
    assert begun() == 2
    facts.place_facts()
    seal_all()
    assert queries.fsck() == []


def test_an_alteration_is_found_kept_and_told(open_log, happen, caplog):
    sent = happen(5)
    seal_all()
    by_hand("UPDATE foundation_outgoingmessage SET text = 'another' WHERE uuid = %s", sent[2])

    with caplog.at_level(logging.ERROR):
        go_through(jobs.Examiner())

    last = queries.find_last_examination()
    assert (last.found, [(one.code, one.position, one.subject_uuid) for one in last.findings]) == (
        1,
        [(Fault.ROW_ALTERED, 3, sent[2])],
    )
    assert Fact.objects.get(kind="ledger.examination-ended").data["found"] == 1
    assert "found 1 alterations" in caplog.text


def test_slices_are_short_and_how_far_it_is_stands_for_everybody(open_log, happen):
    happen(2500)
    seal_all()
    examiner = jobs.Examiner(seconds=0)

    examiner.look(NOW)
    examiner.look(NOW + timedelta(seconds=1))

    under_way = queries.find_examination_under_way()
    assert (under_way.seen_at, list(under_way.progress)) == (NOW, [Part.FILES])
    assert go_through(examiner, NOW + jobs.PAUSE) > 10
    assert queries.find_examination_under_way() is None


def test_what_is_sealed_between_two_slices_is_no_finding(open_log, happen):
    happen(600)
    seal_all()
    examiner = jobs.Examiner(seconds=0)
    now = NOW
    while queries.find_last_examination() is None:
        examiner.look(now)
        now += jobs.PAUSE
        happen(60)
        seal_all()

    assert queries.find_last_examination().findings == ()
    assert models.LogHead.objects.get().size > 900


def test_what_a_dead_process_left_is_begun_anew_and_one_that_lives_is_left_alone(open_log, happen):
    happen(600)
    seal_all()
    dead, other = jobs.Examiner(seconds=0), jobs.Examiner()
    dead.look(NOW)

    other.look(NOW + timedelta(minutes=5))
    assert begun() == 1
    go_through(other, NOW + timedelta(minutes=11))

    assert (begun(), models.Examination.objects.count()) == (2, 1)
    assert queries.find_last_examination().begun_at == NOW + timedelta(minutes=11)
    dead.look(NOW + timedelta(minutes=12))
    assert begun() == 2


def test_one_that_has_ended_is_not_carried_on(open_log, happen):
    go_through(jobs.Examiner())
    last = queries.find_last_examination()

    with pytest.raises(ExaminationOver):
        actions.carry_on_examination(examination=last.uuid, progress={}, findings=[], actor=SYSTEM, now=NOW)
    assert queries.find_last_examination() == last


def test_before_the_log_is_opened_nothing_is_examined(log):
    jobs.Examiner().look(NOW)

    assert models.Examination.objects.count() == 0
