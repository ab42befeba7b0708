from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from divan_libs.servicepack.fees import FeeUndetermined, fee_of
from divan_libs.servicepack.models import Beneficiary

LATE_REGISTRATION = """
tariffs:
  registration:
    beneficiary: treasury
    periods:
      - starts_on: 1403/01/01
        ends_on: 1404/01/01
        law: LAW-USO
        rows:
          any: {amount: 40000}
      - starts_on: 1404/01/01
        law: LAW-USO
        rows:
          few: {when: "has(answers.households) && answers.households < 20", amount: 0}
          some: {when: "has(answers.households) && answers.households < 100", amount: 100000}
          many: {amount: 500000}
  counter:
    beneficiary: counter-office
    periods:
      - starts_on: 1404/01/01
        law: LAW-CSM-37
        rows:
          at-counter: {when: "case.channel == 'counter-office'", amount: 31000}
          elsewhere: {amount: 0}
"""


@pytest.fixture
def charged(package_with):
    return package_with(("fees.yaml", "free: {law: LAW-USO}\n", LATE_REGISTRATION))


def test_a_free_service_names_the_law_that_makes_it_free(good, context):
    fee = fee_of(good, context)

    assert (fee.total, fee.charges, fee.free_by) == (0, (), "LAW-USO")


@pytest.mark.parametrize(
    ("households", "row", "amount"),
    [(1, "few", 0), (19, "few", 0), (20, "some", 100_000), (99, "some", 100_000), (100, "many", 500_000)],
)
def test_the_first_row_that_holds_decides(charged, context, households, row, amount):
    fee = fee_of(charged, replace(context, answers={**context.answers, "households": households}))

    assert (fee.charges[0].row, fee.charges[0].amount) == (row, amount)


def test_an_unanswered_question_falls_to_the_last_row(charged, context):
    answers = {code: value for code, value in context.answers.items() if code != "households"}

    assert fee_of(charged, replace(context, answers=answers)).charges[0].row == "many"


def test_tariffs_add_up_and_keep_their_beneficiary_and_law(charged, context):
    fee = fee_of(charged, replace(context, channel="counter-office"))

    assert fee.total == 131_000
    assert [(charge.beneficiary, charge.law) for charge in fee.charges] == [
        (Beneficiary.TREASURY, "LAW-USO"),
        (Beneficiary.COUNTER_OFFICE, "LAW-CSM-37"),
    ]


def test_a_day_without_a_tariff_is_refused_and_not_free(charged, context):
    with pytest.raises(FeeUndetermined) as refused:
        fee_of(charged, replace(context, today=date(2024, 3, 19)))

    assert (refused.value.code, refused.value.tariff) == ("fees.no-tariff-in-force", "registration")


def test_a_period_ends_before_the_next_begins(charged, context):
    with pytest.raises(FeeUndetermined) as on_the_last_day:
        fee_of(charged, replace(context, today=date(2025, 3, 20)))

    assert on_the_last_day.value.tariff == "counter", "the old table of «registration» is still in force that day"
    assert fee_of(charged, replace(context, today=date(2025, 3, 21))).charges[0].row == "some"


def test_a_table_where_no_row_holds_is_refused(package_with, context):
    package = package_with(
        ("fees.yaml", "free: {law: LAW-USO}\n", LATE_REGISTRATION.replace("          many: {amount: 500000}\n", ""))
    )

    with pytest.raises(FeeUndetermined) as refused:
        fee_of(package, replace(context, answers={**context.answers, "households": 500}))

    assert refused.value.code == "fees.no-row-applies"
