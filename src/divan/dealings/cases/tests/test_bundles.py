"""Several services begun as one: asked once, paid once, sent all or none."""

from __future__ import annotations

import pytest
from django.db import transaction

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.bundled import CODE, bundle
from divan.dealings.cases.tests.test_fees_of_cases import TARIFF, _words
from divan.dealings.cases.values import (
    NEED_ANSWERED,
    AnswersRefused,
    BundleNotComplete,
    BundleOver,
    BundleRunUnknown,
    CaseState,
    NothingToPay,
)
from divan.dealings.payments import models as money
from divan.dealings.payments import queries as invoices
from divan.dealings.payments.values import InvoiceState
from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.registers.catalogue import actions as catalogue
from divan_libs.servicepack.tests.folders import REMOVED

INTERNET = "rural-internet-coverage"
WORKSHOP = "workshop-permit"


@pytest.fixture
def free(world, tmp_path):
    shop = workshop.publish(world, tmp_path)
    catalogue.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    return shop


@pytest.fixture
def priced(world, tmp_path):
    shop = workshop.publish(
        world,
        tmp_path,
        ("fees.yaml", ("free",), REMOVED),
        ("fees.yaml", ("tariffs",), TARIFF["tariffs"]),
        ("card.yaml", ("fees",), [{"amount": amount, "electronic_payment": True} for amount in (200_000, 500_000)]),
        (
            "needs.yaml",
            ("requirements", "REQ-FEE"),
            {"kind": "payment", "law": "LAW-WORKSHOPS", "before": "submission"},
        ),
        *_words(),
    )
    catalogue.publish_bundle(bundle=bundle(), actor=SYSTEM, now=world.now)
    return shop


def begin(world, **answers):
    return actions.begin_bundle(
        code=CODE, answers={"online": True, **answers}, language="fa", actor=world.citizen(), now=world.now
    )


def told(world, run):
    """Let the registers have confirmed what was asked for every draft of a bundle."""
    person = world.person("villager")
    fields = {
        "civil-registry": {"first_name": person.first_name, "last_name": person.last_name, "alive": True},
        "mobile": {"mobile": person.mobile},
    }
    with transaction.atomic():
        for need in models.CaseNeed.objects.filter(case__uuid__in=run.parts.values(), state="asked"):
            package = queries.get_package_of(queries.get_case(need.case.uuid))
            declared = next(one for one in package.needs.inquiries if one.code == need.code)
            known = fields["mobile" if declared.data_service.startswith("mobile") else "civil-registry"]
            need.state, need.answered_at = "matched", world.now
            need.fields = {name: known[name] for name in declared.fields}
            need.save()
            facts.record(NEED_ANSWERED, subject=need, actor=SYSTEM, at=world.now, need=need.code)


def share(world, run, village=workshop.VILLAGE):
    return actions.answer_shared(
        run=run.uuid, given={"village": {"village": [village]}}, actor=world.citizen(), now=world.now
    )


def complete(world, shop, run, area="120"):
    """Answer every page of both drafts."""
    told(world, run)
    shop.page(run.parts[WORKSHOP], "owner")
    shop.page(run.parts[WORKSHOP], "workshop", village=[workshop.VILLAGE], area=[area], begins=["1405/10/01"])
    world.fill(run.parts[INTERNET])


def states(run):
    return [queries.get_case(uuid).state for uuid in run.parts.values()]


def pay(world, invoice):
    money.Invoice.objects.filter(uuid=invoice).update(state=InvoiceState.PAID, paid_at=world.now)
    actions.note_paid(invoice=invoice, actor=SYSTEM, now=world.now)


def test_the_answers_choose_which_services_become_drafts(world, free):
    run = begin(world)
    assert list(run.parts) == [WORKSHOP, INTERNET]
    assert states(run) == [CaseState.DRAFT, CaseState.DRAFT]
    without = begin(world, online=False)
    assert (without.uuid, list(without.parts)) == (run.uuid, [WORKSHOP])
    assert queries.get_case(run.parts[INTERNET]).state is CaseState.DRAFT
    again = begin(world)
    assert again.parts == run.parts
    assert models.Case.objects.count() == 2


@pytest.mark.parametrize(("valid_for", "asked"), [({"amount": 30, "unit": "calendar-days"}, 1), (REMOVED, 2)])
def test_a_register_is_asked_once_for_all_drafts_where_its_answer_may_be_used_again(world, tmp_path, valid_for, asked):
    change = (
        [("needs.yaml", ("requirements", "REQ-IDENTITY", "valid_for"), valid_for)] if valid_for is not REMOVED else []
    )
    workshop.publish(world, tmp_path, *change)
    both = {INTERNET: {"when": "online"}, WORKSHOP: {}}
    catalogue.publish_bundle(bundle=bundle(services=both), actor=SYSTEM, now=world.now)
    run = begin(world)
    needs = models.CaseNeed.objects.filter(case__uuid__in=run.parts.values(), code="REQ-IDENTITY", state="asked")
    assert (needs.count(), needs.values("inquiry_uuid").distinct().count()) == (2, asked)


def test_what_both_ask_is_asked_once_and_carried_into_both(world, free):
    run = begin(world)
    cases = {uuid: queries.get_case(uuid) for uuid in run.parts.values()}
    shared = queries.shared_questions(run, queries.drafts_of(run, cases))
    assert [(one.name, one.kept, len(one.targets)) for one in shared] == [("village", None, 2)]

    share(world, run)
    assert {queries.get_case(uuid).answers["village"] for uuid in run.parts.values()} == {workshop.VILLAGE}


def test_a_shared_answer_that_is_none_changes_no_draft(world, free):
    run = begin(world)
    share(world, run)
    with pytest.raises(AnswersRefused) as refused:
        share(world, run, "no-such-place")
    assert [fault.question for fault in refused.value.facts["faults"]] == ["village"]
    assert {queries.get_case(uuid).answers["village"] for uuid in run.parts.values()} == {workshop.VILLAGE}


def test_one_incomplete_draft_keeps_all_from_being_sent_and_may_leave(world, free):
    run = begin(world)
    complete(world, free, run)
    free.page(run.parts[WORKSHOP], "workshop", village=[workshop.VILLAGE], area=["120"], begins=["1405/10/01"])
    world.fill(run.parts[INTERNET])
    models.Case.objects.filter(uuid=run.parts[INTERNET]).update(answers={})
    with pytest.raises(BundleNotComplete) as refused:
        actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    assert refused.value.facts["services"] == (INTERNET,)
    assert states(run) == [CaseState.DRAFT, CaseState.DRAFT]

    actions.leave_bundle(run=run.uuid, service=INTERNET, actor=world.citizen(), now=world.now)
    sent = actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    assert (sent.state, list(sent.parts), states(sent)) == ("sent", [WORKSHOP], [CaseState.OPEN])
    assert queries.get_case(run.parts[INTERNET]).state is CaseState.DRAFT


def test_sending_twice_sends_once(world, free):
    run = begin(world)
    complete(world, free, run)
    first = actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    numbers = [queries.get_case(uuid).number for uuid in first.parts.values()]
    second = actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    assert (second, [queries.get_case(uuid).number for uuid in second.parts.values()]) == (first, numbers)
    assert Fact.objects.filter(kind="cases.case-submitted").count() == 2
    assert Fact.objects.filter(kind="cases.bundle-sent").count() == 1
    with pytest.raises(BundleOver):
        actions.leave_bundle(run=run.uuid, service=INTERNET, actor=world.citizen(), now=world.now)


def test_another_person_finds_no_bundle(world, free):
    run = begin(world)
    stranger = world.citizen("ict-expert")
    for attempt in (actions.submit_bundle, actions.ask_bundle_payment, actions.give_up_bundle):
        with pytest.raises(BundleRunUnknown):
            attempt(run=run.uuid, actor=stranger, now=world.now)
    with pytest.raises(BundleRunUnknown):
        queries.get_bundle_run(run.uuid, stranger.uuid)


def test_one_payment_is_split_by_service_and_submits_what_costs_nothing_as_well(world, priced):
    run = begin(world)
    complete(world, priced, run)
    with pytest.raises(BundleNotComplete):
        actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    asked = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    again = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    invoice = invoices.get_invoice(asked.invoice)
    assert (again.invoice, invoice.total, invoice.about_uuid) == (asked.invoice, 500_000, run.uuid)
    assert [(line.service_code, line.about_uuid) for line in invoice.lines] == [(WORKSHOP, run.parts[WORKSHOP])]

    pay(world, asked.invoice)
    pay(world, asked.invoice)
    after = queries.get_bundle_run(run.uuid, world.citizen().uuid)
    assert (after.state, states(after)) == ("sent", [CaseState.OPEN, CaseState.OPEN])
    assert Fact.objects.filter(kind="cases.case-submitted").count() == 2


def test_nobody_pays_for_what_cannot_be_sent(world, priced):
    run = begin(world)
    with pytest.raises(BundleNotComplete):
        actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    assert money.Invoice.objects.count() == 0


def test_a_free_bundle_has_nothing_to_pay(world, free):
    run = begin(world)
    complete(world, free, run)
    with pytest.raises(NothingToPay):
        actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)


def test_a_changed_answer_makes_the_common_invoice_fall_away_for_all(world, priced):
    run = begin(world)
    complete(world, priced, run)
    first = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    complete(world, priced, run, area="40")
    second = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    assert invoices.get_invoice(first.invoice).state == InvoiceState.CANCELLED
    assert invoices.get_invoice(second.invoice).total == 200_000
    assert models.CaseInvoice.objects.filter(invoice_uuid=first.invoice, state="open").count() == 0


def test_a_draft_that_became_invalid_after_the_invoice_stays_while_the_others_go(world, priced):
    run = begin(world)
    complete(world, priced, run)
    asked = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    models.Case.objects.filter(uuid=run.parts[INTERNET]).update(answers={})
    pay(world, asked.invoice)
    after = queries.get_bundle_run(run.uuid, world.citizen().uuid)
    assert (after.state, states(after)) == ("begun", [CaseState.OPEN, CaseState.DRAFT])

    world.fill(run.parts[INTERNET])
    sent = actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    assert (sent.state, states(sent)) == ("sent", [CaseState.OPEN, CaseState.OPEN])


def test_a_draft_that_leaves_takes_the_common_invoice_with_it(world, priced):
    run = begin(world)
    complete(world, priced, run)
    asked = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    actions.leave_bundle(run=run.uuid, service=INTERNET, actor=world.citizen(), now=world.now)
    assert invoices.get_invoice(asked.invoice).state == InvoiceState.CANCELLED
    anew = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    assert anew.invoice != asked.invoice


def test_a_bundle_given_up_erases_its_drafts_and_owes_nothing(world, priced):
    run = begin(world)
    complete(world, priced, run)
    asked = actions.ask_bundle_payment(run=run.uuid, actor=world.citizen(), now=world.now)
    actions.give_up_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
    assert invoices.get_invoice(asked.invoice).state == InvoiceState.CANCELLED
    assert queries.list_bundle_runs(world.citizen().uuid) == []
    assert {case.state for case in models.Case.objects.all()} == {CaseState.ABANDONED}
    with pytest.raises(BundleOver):
        actions.submit_bundle(run=run.uuid, actor=world.citizen(), now=world.now)
