"""`kill -9` while applicants and those whom they name do their part: alone, with a witness, or in a bundle."""

from __future__ import annotations

from pathlib import Path

import pytest

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import bundled, outside, test_bundles, workshop
from divan.dealings.cases.tests.test_fees_of_cases import priced
from divan.dealings.cases.values import CaseState
from divan.dealings.payments import models as money
from divan.dealings.payments import queries as invoices
from divan.dealings.payments.values import InvoiceState
from divan.foundation import facts, files
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, StoredFile
from divan.registers.catalogue import actions as catalogue
from divan.trust.exchange import queries as exchange
from divan.trust.identity.models import Inquiry

from . import deeds
from .engine import opened_workshop
from .house import House

INTERNET = "rural-internet-coverage"


def test_a_question_to_a_register_cut_before_its_fact_is_not_asked_and_is_then_asked_once(house: House):
    house.cut("need.asked", "deed", "begin", INTERNET)

    assert (models.Case.objects.count(), models.CaseNeed.objects.count(), Inquiry.objects.count()) == (0, 0, 0)
    case = deeds.begin(house.world, INTERNET)
    assert deeds.begin(house.world, INTERNET).uuid == case.uuid
    asked = models.CaseNeed.objects.filter(case__uuid=case.uuid)
    assert {need.state for need in asked} == {"asked"}
    assert asked.count() == Inquiry.objects.count() == 2
    assert [facts.recorded_for(need.uuid) for need in asked] == [["cases.need-asked"]] * 2
    house.rest()


def test_an_added_paper_cut_before_its_fact_is_added_once_and_its_file_is_nobodys_meanwhile(house: House):
    case = house.world.submitted().uuid
    file = files.store_made(
        name="deed.pdf",
        content=b"%PDF-1.7 of a deed",
        media_type="application/pdf",
        actor=house.world.citizen(),
        now=house.world.now,
    )

    house.cut("addition.before-fact", "deed", "add", case, file.uuid)

    assert models.Addition.objects.count() == 0
    assert StoredFile.objects.get(uuid=file.uuid).claimed is False
    added = deeds.add(house.world, str(case), str(file.uuid))
    assert [one.uuid for one in queries.list_additions(case)] == [added.uuid]
    assert StoredFile.objects.get(uuid=file.uuid).claimed is True
    assert facts.recorded_for(added.uuid) == ["cases.addition-made"]
    house.rest()


@pytest.fixture
def witnessed(house: House, tmp_path: Path, monkeypatch) -> models.Case:
    """A draft that names a witness and needs a visit."""
    monkeypatch.setattr(exchange, "data_service_codes", lambda: outside.DATA_SERVICES)
    workshop.publish(house.world, tmp_path / "first")
    outside.publish(tmp_path / "second", house.world.now)
    outside.person(outside.WITNESS, house.world.now)
    case = deeds.begin(house.world, "workshop-permit").uuid
    named = {"witness.national_code": [outside.WITNESS], "witness.born_on": ["1362/09/21"]}
    for page, given in (
        ("owner", {"first_name": ["زهرا"], **named}),
        ("workshop", {"village": [workshop.VILLAGE], "area": ["120"], "begins": ["1405/10/01"]}),
    ):
        actions.save_page(case=case, page=page, given=given, actor=house.world.citizen(), now=house.world.now)
    return queries.get_case(case)


def test_a_signature_cut_before_its_fact_is_still_asked_and_is_given_once(house: House, witnessed):
    actor, now = house.world.citizen(), house.world.now
    (asked,) = actions.ask_signatures(case=witnessed.uuid, need="REQ-WITNESS", actor=actor, now=now)

    house.cut("signature.before-fact", "deed", "sign", asked.uuid, asked.digest, outside.WITNESS)

    assert [one.state for one in queries.list_signatures(witnessed.uuid)] == ["asked"]
    for _ in range(2):
        deeds.sign(house.world, str(asked.uuid), asked.digest, outside.WITNESS)
    assert [one.state for one in queries.list_signatures(witnessed.uuid)] == ["signed"]
    assert facts.recorded_for(asked.uuid) == ["cases.signature-asked", "cases.signature-given"]
    house.rest()


def test_a_visit_cut_before_its_fact_leaves_the_former_time_and_the_seat_free(house: House, witnessed):
    need = queries.get_package_of(witnessed).needs.appointments[0]
    first, second = queries.list_free_times(witnessed, need, house.world.now)[:2]
    held = deeds.book(house.world, str(witnessed.uuid), first.starts_at.isoformat())

    house.cut("visit.before-fact", "deed", "book", witnessed.uuid, second.starts_at.isoformat())

    assert queries.list_visits(witnessed.uuid) == [held]
    free = {one.starts_at: one.seats for one in queries.list_free_times(witnessed, need, house.world.now)}
    assert free[second.starts_at] == second.seats
    for _ in range(2):
        moved = deeds.book(house.world, str(witnessed.uuid), second.starts_at.isoformat())
    assert queries.list_visits(witnessed.uuid) == [moved]
    assert models.Appointment.objects.count() == 2
    house.rest()


def test_what_a_decision_makes_known_is_published_with_it_or_not_at_all(house: House, tmp_path: Path):
    shop = opened_workshop(house, tmp_path)
    case = shop.drafted().uuid
    shop.act(case, "draft", "propose-permit", "industry-trade-expert", text="موافقت می‌شود.")

    house.cut("record.before-fact", "deed", "decide", case)

    assert house.case(case).state is CaseState.OPEN
    assert (models.IssuedRecord.objects.count(), models.Permit.objects.count()) == (0, 0)
    deeds.decide(house.world, str(case))
    house.rest()
    (told,) = models.IssuedRecord.objects.all()
    assert (told.fields, told.ended_at) == ({"area": 120}, None)
    assert facts.recorded_for(told.uuid) == ["cases.record-published"]


@pytest.fixture
def free(house: House, tmp_path: Path) -> workshop.Workshop:
    """A bundle of two services that cost nothing."""
    return bundle_of(house, workshop.publish(house.world, tmp_path))


@pytest.fixture
def costly(house: House, tmp_path: Path) -> workshop.Workshop:
    """A bundle of which one service costs something."""
    return bundle_of(house, priced(house.world, tmp_path, "submission"))


def bundle_of(house: House, shop: workshop.Workshop) -> workshop.Workshop:
    catalogue.publish_bundle(bundle=bundled.bundle(), actor=SYSTEM, now=house.world.now)
    return shop


@pytest.mark.usefixtures("free")
def test_a_bundle_cut_after_its_drafts_has_begun_neither_and_begins_once(house: House):
    house.cut("bundle.before-run", "deed", "begin_bundle")

    assert (models.Case.objects.count(), models.BundleRun.objects.count()) == (0, 0)
    runs = {deeds.begin_bundle(house.world).uuid for _ in range(2)}
    assert len(runs) == models.BundleRun.objects.count() == 1
    assert models.Case.objects.count() == 2
    house.rest()


@pytest.mark.usefixtures("free")
def test_an_answer_for_all_cut_before_its_fact_is_in_no_draft_and_then_in_all(house: House):
    run = deeds.begin_bundle(house.world)

    house.cut("bundle.before-answer-fact", "deed", "share", run.uuid, workshop.VILLAGE)

    assert ["village" in house.case(case).answers for case in run.parts.values()] == [False, False]
    deeds.share(house.world, str(run.uuid), workshop.VILLAGE)
    assert [house.case(case).answers["village"] for case in run.parts.values()] == [workshop.VILLAGE] * 2
    assert facts.recorded_for(run.uuid) == ["cases.bundle-begun", "cases.bundle-answered"]
    house.rest()


def test_a_bundle_cut_between_its_cases_is_sent_whole_or_not_at_all(house: House, free: workshop.Workshop):
    run = deeds.begin_bundle(house.world)
    test_bundles.complete(house.world, free, run)

    house.cut("bundle.between-cases", "deed", "submit_bundle", run.uuid)

    assert [(house.case(case).state, house.case(case).number) for case in run.parts.values()] == [
        (CaseState.DRAFT, "")
    ] * 2
    assert models.Task.objects.count() == 0
    for _ in range(2):
        sent = deeds.submit_bundle(house.world, str(run.uuid))
    assert (sent.state, test_bundles.states(sent)) == ("sent", [CaseState.OPEN, CaseState.OPEN])
    assert Fact.objects.filter(kind="cases.case-submitted").count() == 2
    house.rest()
    assert len(house.carrier.delivered) == 2


def test_a_common_invoice_cut_before_its_shares_is_not_there_and_is_issued_once(
    house: House, costly: workshop.Workshop
):
    run = deeds.begin_bundle(house.world)
    test_bundles.complete(house.world, costly, run)

    house.cut("bundle.after-invoice", "deed", "ask_bundle_payment", run.uuid)

    assert money.Invoice.objects.count() == money.InvoiceLine.objects.count() == models.CaseInvoice.objects.count() == 0
    asked = {deeds.ask_bundle_payment(house.world, str(run.uuid)).invoice for _ in range(2)}
    assert len(asked) == money.Invoice.objects.count() == 1
    invoice = invoices.get_invoice(asked.pop())
    assert (invoice.state, invoice.total) == (InvoiceState.OPEN, 500_000)
    assert models.CaseInvoice.objects.filter(state="open").count() == 2
    house.rest()
