"""Two at once: two officers who decide, two clicks that send, two workers that do the same duty."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.values import CaseState, TaskDone
from divan.foundation import facts, messages
from divan.foundation.models import Fact
from divan.trust.ledger import jobs as ledger
from divan.trust.signing import jobs as signing

from .house import House


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do things at the same moment, each in a thread and on a connection of its own; return what came of each."""
    ready = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> object:
        try:
            ready.wait(10)
            return deed()
        except Exception as error:  # noqa: BLE001 (what came of it is what the test looks at)
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as hands:
        return list(hands.map(do, deeds))


def test_of_two_officers_who_decide_at_once_one_acts_and_the_other_is_told(house: House):
    case = house.world.at_step("confirm").uuid

    came = at_once(
        lambda: house.world.act(case, "village-head", "confirm"),
        lambda: house.world.act(case, "village-head", "object", codes=("REQ-HOUSEHOLDS",)),
    )

    assert [type(one) for one in came if isinstance(one, Exception)] == [TaskDone]
    assert models.Task.objects.filter(case__uuid=case, step="confirm").count() == 1
    assert models.Task.objects.filter(case__uuid=case, step="endorse", closed_at__isnull=True).count() == 1
    done = models.Task.objects.get(case__uuid=case, step="confirm")
    assert facts.recorded_for(done.uuid) == ["cases.task-opened", "cases.task-done"]
    house.rest()


def test_two_signatures_at_once_take_one_number(house: House):
    case = house.world.at_step("sign").uuid

    came = at_once(*[lambda: house.world.act(case, "ict-director", "sign")] * 2)

    assert [type(one) for one in came if isinstance(one, Exception)] == [TaskDone]
    house.rest()
    assert house.case(case).state is CaseState.CLOSED
    assert Fact.objects.filter(kind="correspondence.letter-numbered").count() == 1


def test_a_double_click_sends_once(house: House):
    case = house.world.draft().uuid
    house.world.fill(case)
    applicant = house.world.citizen()

    came = at_once(*[lambda: actions.submit_case(case=case, actor=applicant, now=house.world.now)] * 4)

    assert len({one.number for one in came}) == 1
    assert facts.recorded_for(case).count("cases.case-submitted") == 1
    assert models.Task.objects.filter(case__uuid=case).count() == 1


def test_two_drafts_begun_at_once_are_one(house: House):
    applicant = house.world.citizen()

    came = at_once(
        *[
            lambda: actions.start_draft(
                service_code="rural-internet-coverage", language="fa", actor=applicant, now=house.world.now
            )
        ]
        * 3
    )

    assert [one for one in came if isinstance(one, Exception)] == []
    assert len({one.uuid for one in came}) == 1


def test_workers_beside_each_other_do_each_duty_once(house: House):
    case = house.world.at_step("signed").uuid
    now = house.world.pass_time(minutes=1)

    at_once(*[facts.place_facts] * 3)
    assert house.positions() == list(range(Fact.objects.count()))
    at_once(*[lambda: ledger.seal(now)] * 3)
    house.work("receipts")
    at_once(*[lambda: signing.issue_documents(now)] * 2)
    at_once(*[lambda: messages.deliver_messages(now)] * 3)

    house.rest()
    assert house.case(case).state is CaseState.CLOSED
    assert len(house.carrier.handed_over) == len(house.carrier.delivered) == 2
    assert len(queries.list_documents_of(house.world.person("villager").uuid)) == 1
