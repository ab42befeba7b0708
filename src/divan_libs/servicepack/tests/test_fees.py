from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from pydantic import ValidationError

from divan_libs.servicepack.fees import FeeUndetermined, fee_of
from divan_libs.servicepack.models import Beneficiary, Channel, TariffRow

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


RECKONED = """
tariffs:
  registration:
    beneficiary: treasury
    when: "has(answers.households) && answers.households > 3"
    periods:
      - starts_on: 1404/01/01
        law: LAW-USO
        rows:
          head: {when: "case.channel == 'in-person'", amount: 7}
          other: {amount_from: AMOUNT}
  counter:
    beneficiary: counter-office
    when: case.channel == 'counter-office'
    periods:
      - starts_on: 1404/01/01
        law: LAW-CSM-37
        rows:
          share: {amount: 100, per_channel: {counter-office: 31000}}
"""


@pytest.fixture
def reckoned(package_with):
    def make(amount: str, *edits):
        return package_with(("fees.yaml", "free: {law: LAW-USO}\n", RECKONED.replace("AMOUNT", amount)), *edits)

    return make


def with_households(context, households, **rest):
    return replace(context, answers={**context.answers, "households": households}, **rest)


def test_an_amount_is_reckoned_from_the_case(reckoned, context):
    fee = fee_of(reckoned("'has(answers.households) ? answers.households * 50000 : 0'"), context)

    assert [(charge.row, charge.amount) for charge in fee.charges] == [("other", 1_750_000)]


def test_an_amount_may_come_from_a_table(reckoned, context):
    table = """
brackets:
  hit: first
  inputs: {households: {expression: answers.households, type: number}}
  output: {type: number}
  rows:
    few: {when: {households: "< 20"}, then: 100000}
    many: {then: 250000}
"""
    package = reckoned("tables.brackets", ("tables.yaml", "", table))

    assert fee_of(package, with_households(context, 19)).total == 100_000
    assert fee_of(package, with_households(context, 20)).total == 250_000


def test_a_tariff_whose_condition_fails_charges_nothing(reckoned, context):
    package = reckoned("'5'")

    assert fee_of(package, with_households(context, 3)).charges == ()
    assert fee_of(package, with_households(context, 4)).total == 5


def test_a_channel_may_cost_something_else(reckoned, context):
    charges = fee_of(reckoned("'5'"), replace(context, channel="counter-office")).charges

    assert [(charge.beneficiary, charge.amount) for charge in charges] == [
        (Beneficiary.TREASURY, 5),
        (Beneficiary.COUNTER_OFFICE, 31_000),
    ]


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("'-1'", "fees.amount-out-of-range"),
        ("'10000000000001'", "fees.amount-out-of-range"),
        ("'1 / 0'", "fees.amount-undetermined"),
        ("'9223372036854775807 + 1'", "fees.amount-undetermined"),
        ("'size(answers.other_place)'", "fees.amount-undetermined"),
    ],
)
def test_an_amount_that_cannot_be_is_refused_and_not_guessed(reckoned, context, amount, code):
    with pytest.raises(FeeUndetermined) as refused:
        fee_of(reckoned(amount), context)

    assert (refused.value.code, refused.value.tariff) == (code, "registration")


def test_the_greatest_amount_is_still_charged(reckoned, context):
    assert fee_of(reckoned("'10000000000000'"), context).total == 10**13


def test_every_charge_says_whether_its_law_has_been_read(reckoned, context):
    read = (
        "card.yaml",
        "(USO)\n    confirmed: false",
        "(USO)\n    number: '1'\n    on: 1384/01/01\n    confirmed: true",
    )
    package = reckoned("'5'", read)

    fee = fee_of(package, replace(context, channel="counter-office"))

    assert [(charge.law, charge.confirmed) for charge in fee.charges] == [("LAW-USO", True), ("LAW-CSM-37", False)]
    assert fee.confirmed is False
    assert fee_of(package, context).confirmed is True


def test_a_free_service_says_whether_the_law_that_makes_it_free_has_been_read(good, context):
    assert fee_of(good, context).confirmed is good.card.law("LAW-USO").confirmed


@pytest.mark.parametrize(
    ("row", "fits"),
    [
        ({"amount": 5}, True),
        ({"amount_from": "5"}, True),
        ({"amount": 5, "per_channel": {"internet": 1}}, True),
        ({"per_channel": {str(channel): 1 for channel in Channel}}, True),
        ({}, False),
        ({"amount": 5, "amount_from": "5"}, False),
        ({"per_channel": {"internet": 1}}, False),
        ({"amount": 5, "per_channel": {"pigeon": 1}}, False),
        ({"amount": -5}, False),
    ],
)
def test_a_row_has_one_way_to_say_its_amount(row, fits):
    try:
        TariffRow.model_validate({"code": "x", **row})
        found = True
    except ValidationError:
        found = False

    assert found is fits
