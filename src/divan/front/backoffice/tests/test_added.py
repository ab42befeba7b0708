"""A file that an applicant adds later reaches whoever has a step in the case, as new, and nobody else."""

from __future__ import annotations

import pytest

from divan.dealings.cases import actions, queries
from divan.dealings.cases.tests import workshop
from divan.foundation import files
from divan.front.backoffice.evidence import beside, evidence_of
from divan.front.backoffice.people_named import names_of
from divan.front.backoffice.readable import may_read_file


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


def shown(case):
    lines = queries.list_history(case.uuid)
    tasks = queries.list_tasks(case.uuid)
    found = beside(case, {line.kind for line in lines})
    names = names_of(lines, tasks, [], [], [], "fa")
    package = queries.get_package_of(case)
    return [
        (one.title, one.detail, one.tone)
        for one in evidence_of(case, package, found, tasks, names, "fa", mine="", steps={"check"})
        if one.title == "plan.pdf"
    ]


def test_what_was_added_is_new_until_a_step_is_done_after_it(world, shop):
    case, citizen = shop.submitted(), world.citizen()
    stored = files.store_made(
        name="plan.pdf", content=b"%PDF-1.4", media_type="application/pdf", actor=citizen, now=world.now
    )
    world.pass_time(minutes=5)
    actions.add_document(case=case.uuid, note="نقشه", file=stored, actor=citizen, now=world.now)
    assert shown(case) == [("plan.pdf", "نقشه", "waiting")]
    package = queries.get_package_of(case)
    assert may_read_file(package, case, stored.uuid, {"check"})
    assert not may_read_file(package, case, stored.uuid, frozenset())

    world.pass_time(minutes=5)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    assert shown(case) == [("plan.pdf", "نقشه", "")]
