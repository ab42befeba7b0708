"""A row that is changed behind the house's back is found, and a row that the house changed is not."""

from __future__ import annotations

import pytest
from django.db import connection

from divan.dealings.cases import actions
from divan.trust.ledger import queries as log
from divan.trust.ledger.values import Fault

from .house import House


@pytest.mark.parametrize("step", ["confirm", "endorse", "draft", "paraph", "sign", "signed"])
def test_no_step_of_a_case_leaves_a_row_that_looks_altered(house: House, step: str):
    house.world.at_step(step)

    house.rest()


def test_a_correction_leaves_no_row_that_looks_altered(house: House):
    case = house.world.at_step("confirm").uuid
    house.world.act(case, "village-head", "return", codes=("REQ-HOUSEHOLDS",))
    house.rest()
    house.world.fill(case, households=["41"])
    actions.resubmit_case(case=case, actor=house.world.citizen(), now=house.world.now)

    house.rest()


def test_a_look_at_an_altered_case_does_not_cover_the_alteration(house: House):
    case = house.world.at_step("endorse").uuid
    house.rest()
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE cases_case SET answers = answers || '{"households": 350}'::jsonb WHERE uuid = %s""", [case]
        )

    actions.note_view(case=case, actor=house.world.officer("district-head"), now=house.world.now)
    house.work("sequencer", "sealer")

    assert [(one.code, one.subject_uuid) for one in log.fsck()] == [(Fault.ROW_ALTERED, case)]
