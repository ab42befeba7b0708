"""A life event walked through its pages: chosen, answered once, checked, paid once, sent."""

from __future__ import annotations

import pytest
from django.urls import reverse

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.bundled import CODE
from divan.dealings.cases.tests.test_bundles import INTERNET, WORKSHOP, complete, free, priced
from divan.dealings.cases.values import CaseState
from divan.dealings.payments import models as money
from divan.dealings.payments import queries as invoices
from divan.dealings.payments.values import InvoiceState
from divan.foundation.actors import SYSTEM
from divan.front.portal.tests.test_citizen import browser

__all__ = ["browser", "free", "priced"]


def begun(client, world, online="yes"):
    answer = client.post(reverse("portal:begin-bundle", args=[CODE]), {"online": online})
    assert answer.status_code == 302
    return queries.list_bundle_runs(world.citizen().uuid)[0]


def test_a_visitor_reads_the_life_event_and_signs_in_to_begin(world, free, visitor):
    page = visitor.get(reverse("portal:life-event", args=[CODE]))
    assert page.status_code == 200
    assert [one["listing"].code for one in page.context["services"]] == [WORKSHOP, INTERNET]
    assert visitor.post(reverse("portal:begin-bundle", args=[CODE]), {"online": "yes"}).status_code == 302
    assert models.BundleRun.objects.count() == 0
    assert reverse("portal:life-event", args=[CODE]) in visitor.get(reverse("portal:home")).content.decode()
    assert reverse("portal:life-event", args=[CODE]) in visitor.get(reverse("portal:services")).content.decode()
    assert visitor.get(reverse("portal:life-event", args=["never-was"])).status_code == 404


def test_an_unanswered_question_begins_nothing(world, free, browser):
    answer = browser().post(reverse("portal:begin-bundle", args=[CODE]), {})
    assert (answer.status_code, models.BundleRun.objects.count()) == (422, 0)


def test_what_several_ask_is_answered_on_one_page(world, free, browser):
    client = browser()
    run = begun(client, world)
    address = reverse("portal:bundle-shared", args=[run.uuid])
    assert [field.name for field in client.get(address).context["fields"]] == ["village-village"]
    wrong = client.post(address, {"village-village": "nowhere"})
    assert wrong.status_code == 422
    assert wrong.context["fields"][0].errors
    assert client.post(address, {"village-village": workshop.VILLAGE}).status_code == 302
    assert {queries.get_case(uuid).answers["village"] for uuid in run.parts.values()} == {workshop.VILLAGE}


def test_one_page_checks_all_and_sends_all_once(world, free, browser):
    client = browser()
    run = begun(client, world)
    check = reverse("portal:bundle-check", args=[run.uuid])
    lacking = client.post(check)
    assert (lacking.status_code, lacking.context["ready"]) == (422, False)
    complete(world, free, run)
    assert client.get(check).context["ready"]
    assert client.post(check)["Location"] == reverse("portal:bundle-run", args=[run.uuid])
    assert client.post(check).status_code == 302
    cases = [queries.get_case(uuid) for uuid in run.parts.values()]
    assert [case.state for case in cases] == [CaseState.OPEN, CaseState.OPEN]
    page = client.get(reverse("portal:bundle-run", args=[run.uuid])).content.decode()
    assert all(case.number in page for case in cases)


def test_a_request_is_taken_out_and_the_others_go(world, free, browser):
    client = browser()
    run = begun(client, world)
    complete(world, free, run)
    models.Case.objects.filter(uuid=run.parts[INTERNET]).update(answers={})
    check = reverse("portal:bundle-check", args=[run.uuid])
    assert client.post(check).status_code == 422
    client.post(reverse("portal:leave-bundle", args=[run.uuid, INTERNET]))
    assert client.post(check).status_code == 302
    assert [queries.get_case(uuid).state for uuid in run.parts.values()] == [CaseState.OPEN, CaseState.DRAFT]


def test_all_is_paid_once_and_a_lost_payment_is_tried_again(world, priced, browser):
    client = browser()
    run = begun(client, world)
    complete(world, priced, run)
    check = reverse("portal:bundle-check", args=[run.uuid])
    assert client.get(check).context["total"] == 500_000
    led = client.post(check)["Location"]
    invoice = models.CaseInvoice.objects.values_list("invoice_uuid", flat=True).distinct().get()
    assert led == reverse("portal:invoice", args=[invoice])
    # The payment was lost: nobody heard of it, all are still drafts, and the same invoice is given again.
    assert client.post(check)["Location"] == led
    assert client.get(led).context["bundle"] == run.uuid

    money.Invoice.objects.filter(uuid=invoice).update(state=InvoiceState.PAID, paid_at=world.now)
    actions.note_paid(invoice=invoice, actor=SYSTEM, now=world.now)
    actions.note_paid(invoice=invoice, actor=SYSTEM, now=world.now)
    assert [queries.get_case(uuid).state for uuid in run.parts.values()] == [CaseState.OPEN, CaseState.OPEN]
    assert client.get(check)["Location"] == reverse("portal:bundle-run", args=[run.uuid])
    assert invoices.get_invoice(invoice).total == 500_000


@pytest.mark.parametrize("name", ["bundle-run", "bundle-shared", "bundle-check", "give-up-bundle"])
def test_a_stranger_finds_no_bundle(world, free, browser, name):
    run = begun(browser(), world)
    stranger = browser("ict-expert")
    assert stranger.get(reverse(f"portal:{name}", args=[run.uuid])).status_code == 404
    assert stranger.post(reverse("portal:give-up-bundle", args=[run.uuid])).status_code == 404
    assert queries.get_bundle_run(run.uuid, world.citizen().uuid).state == "begun"


def test_a_bundle_is_given_up_after_asking_once_more(world, free, browser):
    client = browser()
    run = begun(client, world)
    assert client.get(reverse("portal:give-up-bundle", args=[run.uuid])).status_code == 200
    client.post(reverse("portal:give-up-bundle", args=[run.uuid]))
    assert queries.list_bundle_runs(world.citizen().uuid) == []
