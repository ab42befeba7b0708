"""What an applicant sees of a case in each of its states, and what they may do with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from divan.dealings.cases import actions, models, queries
from divan.dealings.cases.queries import EntryOffer
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.tests.test_fees_of_cases import priced
from divan.dealings.cases.values import CaseState, RatingNotPossible
from divan.dealings.payments import models as money
from divan.dealings.payments.values import InvoiceState
from divan.foundation import files
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.front.portal.case_page import opening_in_words
from divan.trust.identity import actions as identity
from divan.trust.identity.models import Account
from divan_libs.servicepack.loading import load_package

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def browser(world):
    """Return a function that signs somebody of the cast in."""

    def browse(key: str = "villager") -> Client:
        client = Client()
        client.cookies["divan_language"] = "en"
        uuid = identity.create_citizen_account(person=world.person(key).uuid, actor=SYSTEM, now=world.now)
        client.force_login(Account.objects.get(uuid=uuid), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return browse


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


def said(client, case) -> str:
    answer = client.get(reverse("portal:case", args=[case]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_reviews_side_by_side_are_told_with_post_and_day(world, shop, browser):
    case = shop.submitted(120)
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    page = browser().get(reverse("portal:case", args=[case.uuid]))
    standings = page.context["standings"]
    assert len(standings) == 2
    assert all(one.track and one.post and one.unit and one.due_at for one in standings)
    assert "side by side" in page.content.decode()


@pytest.mark.parametrize("state", [one for one in CaseState if one not in {CaseState.DRAFT, CaseState.ABANDONED}])
def test_the_page_stands_in_every_state(world, shop, browser, state):
    case = shop.signed()
    models.Case.objects.filter(uuid=case.uuid).update(state=state, closed_at=world.now)
    assert case.number in said(browser(), case.uuid)


def test_a_stranger_sees_no_case_and_does_nothing_in_it(world, shop, browser):
    case = shop.submitted()
    stranger = browser("ict-expert")
    for name in ("case", "add", "object", "rate", "withdraw", "pay-case"):
        address = reverse(f"portal:{name}", args=[case.uuid])
        assert stranger.post(address).status_code in {404, 405}
    assert stranger.get(reverse("portal:case", args=[case.uuid])).status_code == 404
    assert queries.get_case(case.uuid).state is CaseState.OPEN


def test_a_file_is_added_with_a_note_and_given_back(world, shop, browser, monkeypatch):
    case = shop.submitted()
    client, address = browser(), reverse("portal:add", args=[case.uuid])
    empty = client.post(address, {"note": ""})
    assert (empty.status_code, models.Addition.objects.count()) == (422, 0)

    stored = files.store_made(
        name="plan.pdf", content=PDF, media_type="application/pdf", actor=world.citizen(), now=world.now
    )
    monkeypatch.setattr(files, "store_upload", lambda **_given: stored)
    sent = client.post(address, {"note": "نقشه تازه", "file": SimpleUploadedFile("plan.pdf", PDF)})
    assert (sent.status_code, sent["Location"]) == (302, reverse("portal:case", args=[case.uuid]))
    added = queries.list_additions(case.uuid)[0]
    assert (added.note, added.name) == ("نقشه تازه", "plan.pdf")
    assert client.get(reverse("portal:added", args=[case.uuid, added.file])).status_code == 200
    assert Fact.objects.filter(kind="cases.addition-made").count() == 1
    assert "plan.pdf" in said(client, case.uuid)


def test_nothing_is_added_to_a_case_that_is_over(world, shop, browser, monkeypatch):
    case = shop.submitted()
    actions.withdraw_case(case=case.uuid, actor=world.citizen(), now=world.now)
    stored = files.store_made(
        name="plan.pdf", content=PDF, media_type="application/pdf", actor=world.citizen(), now=world.now
    )
    monkeypatch.setattr(files, "store_upload", lambda **_given: stored)
    page = browser().post(
        reverse("portal:add", args=[case.uuid]), {"note": "x", "file": SimpleUploadedFile("plan.pdf", PDF)}
    )
    assert (page.status_code, models.Addition.objects.count()) == (422, 0)


def refused(shop):
    """Return a closed case that was refused."""
    case = shop.signed("propose-refusal", codes=("REQ-FIRE",))
    shop.issue(case.uuid)
    return queries.get_case(case.uuid)


def test_an_objection_is_raised_with_a_reason_until_its_day(world, shop, browser):
    case = refused(shop)
    assert case.state is CaseState.CLOSED
    client, address = browser(), reverse("portal:object", args=[case.uuid])
    assert reverse("portal:object", args=[case.uuid]) in said(client, case.uuid)
    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "مساحت درست اندازه نشده است."}).status_code == 302
    page = said(client, case.uuid)
    assert "Being heard" in page
    assert reverse("portal:object", args=[case.uuid]) not in page
    assert client.post(address, {"text": "دوباره"}).status_code == 409


def test_a_case_is_rated_once_and_shown_together_from_five_on(world, shop, browser):
    case = refused(shop)
    client, address = browser(), reverse("portal:rate", args=[case.uuid])
    assert client.post(address, {"stars": "6"}).status_code == 422
    assert client.post(address, {"stars": "4", "words": "خوب بود"}).status_code == 302
    assert client.post(address, {"stars": "5"}).status_code == 409
    assert queries.find_rating(case.uuid).stars == 4
    assert queries.ratings_of("workshop-permit") is None
    row = models.Rating.objects.get()
    with pytest.raises(RatingNotPossible):
        actions.rate_case(case=row.case.uuid, stars=5, words="", actor=world.citizen(), now=world.now)


def test_ratings_are_told_together_and_by_nobody(world, shop, browser):
    for number in range(5):
        case = shop.submitted()
        models.Case.objects.filter(uuid=case.uuid).update(
            state=CaseState.CLOSED, closed_at=world.now, decided_at=world.now
        )
        actions.rate_case(case=case.uuid, stars=1 + number, words="", actor=world.citizen(), now=world.now)
    assert queries.ratings_of("workshop-permit").by_stars == (1, 1, 1, 1, 1)
    page = browser().get(reverse("portal:service", args=["workshop-permit"])).content.decode()
    assert "3.0 of 5 on average, from 5 ratings" in page


def test_a_permit_is_shown_with_what_may_be_begun_about_it(world, shop, browser):
    case = shop.granted()
    client = browser()
    permit = queries.find_permit_of_case(case.uuid)
    assert permit.number in said(client, case.uuid)
    page = client.get(reverse("portal:permits"))
    assert [one.permit.number for one in page.context["lines"]] == [permit.number]
    offers = {title: (url, why) for title, _lead, url, why in page.context["lines"][0].offers}
    assert offers
    for url, why in offers.values():
        assert bool(url) != bool(why)


def test_a_renewal_that_is_not_open_yet_says_how_long_before_the_end_it_opens():
    package = load_package(Path(__file__).parents[5] / "services" / "eco-lodge-permit")
    entry = package.flow.entry("renew")
    assert entry is not None

    with translation.override("en"):
        said = opening_in_words(EntryOffer(entry=entry, package=package, reason="too-early"))

    assert said == "It opens 60 days before the end of the permit."


def test_a_draft_that_costs_is_paid_first_and_sent_by_the_payment(world, tmp_path, browser):
    shop = priced(world, tmp_path, "submission")
    case, client = shop.draft(120), browser()
    check = reverse("portal:check", args=[case.uuid])
    shown = client.get(check)
    assert shown.context["fee"].total == 500_000
    assert "Pay and send" in shown.content.decode()

    sent = client.post(check)
    invoice = queries.list_case_invoices(case.uuid)[0].invoice
    assert sent["Location"] == reverse("portal:invoice", args=[invoice])
    assert queries.get_case(case.uuid).state is CaseState.DRAFT
    assert client.post(check)["Location"] == sent["Location"]

    money.Invoice.objects.filter(uuid=invoice).update(state=InvoiceState.PAID, paid_at=world.now)
    actions.note_paid(invoice=invoice, actor=SYSTEM, now=world.now)
    assert client.get(reverse("portal:done", args=[case.uuid])).status_code == 200


def test_a_case_that_waits_for_its_fee_leads_to_the_invoice(world, tmp_path, browser):
    shop = priced(world, tmp_path, "reviews")
    case, client = shop.submitted(120), browser()
    shop.act(case.uuid, "check", "accept", "industry-trade-expert", report={"measured": ["90"]})
    page = client.get(reverse("portal:case", args=[case.uuid]))
    assert [ask.url for ask in page.context["asks"]] == [reverse("portal:pay-case", args=[case.uuid])]
    led = client.post(reverse("portal:pay-case", args=[case.uuid]))
    assert led["Location"] == reverse("portal:invoice", args=[queries.list_case_invoices(case.uuid)[0].invoice])


def test_a_free_draft_has_nothing_to_pay(world, shop, browser):
    case = shop.draft(120)
    client = browser()
    assert client.post(reverse("portal:pay-case", args=[case.uuid])).status_code == 409
    assert client.post(reverse("portal:check", args=[case.uuid]))["Location"] == reverse(
        "portal:done", args=[case.uuid]
    )


def test_a_renewal_asks_its_own_pages_and_shows_the_rest_as_carried_over(world, shop, browser):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)
    package = queries.get_package_of(case)
    entry = next(one for one in package.flow.entries if one.kind in ("renewal", "amendment"))
    models.Permit.objects.filter(uuid=permit.uuid).update(ends_at=world.now.replace(year=world.now.year + 1))
    if entry.opens_before is not None:
        world.pass_time(days=360)
    client = browser()
    begun = client.post(reverse("portal:entry", args=[permit.uuid, entry.code]))
    assert begun.status_code == 302, begun.content.decode()[:500]
    for need in models.CaseNeed.objects.filter(case__permit__uuid=permit.uuid, state="asked"):
        need.state, need.fields, need.answered_at = "matched", {"first_name": "زهرا"}, world.now
        need.save()
    page = client.get(begun["Location"])
    draft = page.context["case"]
    asked = {task.url for task in page.context["tasks"]}
    for known in package.form.pages:
        address = reverse("portal:page", args=[draft.uuid, known.code])
        if known.code in entry.pages:
            assert address in asked
        elif address not in asked:
            assert client.get(address)["Location"] == begun["Location"]
    assert any(rows for _title, rows in page.context["carried"])


def test_a_question_that_an_answer_leads_to_is_asked_before_the_next_page_and_is_no_error(world, browser):
    draft, client = world.draft(), browser()
    page = reverse("portal:page", args=[draft.uuid, "present-state"])
    first = client.get(page)
    assert "operators_seen" not in first.context["shown"].split()
    sent = {"present_access": "mobile-weak", "households": "20", "public_places": ["school"]}

    answer = client.post(page, sent | {"shown": first.context["shown"]})

    assert answer["Location"] == page
    again = client.get(page)
    assert "operators_seen" in again.context["shown"].split()
    assert "leads to a further question" in again.content.decode()
    assert not again.context["error_summary"]
    saved = client.post(page, sent | {"shown": again.context["shown"]})
    assert saved["Location"] != page


def test_a_required_question_that_an_answer_leads_to_is_an_error_only_once_it_was_asked(world, browser):
    draft, client = world.draft(), browser()
    page = reverse("portal:page", args=[draft.uuid, "present-state"])
    sent = {"present_access": "none", "households": "20", "public_places": ["other"], "other_place": ""}

    led = client.post(page, sent | {"shown": client.get(page).context["shown"]})
    assert (led.status_code, bool(led.context["error_summary"])) == (200, False)
    assert "other_place" in led.context["shown"].split()

    refused = client.post(page, sent | {"shown": led.context["shown"]})
    assert refused.status_code == 422


def test_a_permit_is_handed_back_after_asking_once_more(world, shop, browser):
    permit = queries.find_permit_of_case(shop.granted().uuid)
    address = reverse("portal:hand-back", args=[permit.uuid])
    client = browser()

    assert address in client.get(reverse("portal:permits")).content.decode()
    assert client.get(address).status_code == 200
    assert queries.get_permit(permit.uuid).state == "in-force"
    assert client.post(address)["Location"] == reverse("portal:permits")

    assert queries.get_permit(permit.uuid).state == "returned"
    assert address not in client.get(reverse("portal:permits")).content.decode()
    assert browser("outsider").get(address).status_code == 404


def test_the_tabs_count_what_stands_on_them(world, shop, browser):
    client = browser()
    case = shop.submitted()
    shop.draft(50)
    page = client.get(reverse("portal:cases"))
    counts = {tab.label: tab.count for tab in page.context["account_tabs"]}
    assert counts == {
        "Not sent yet": 1,
        "Running": 1,
        "Answered": 0,
        "Permits": 0,
        "Letters": 0,
        "Asked of me": 0,
        "To be paid": 0,
    }
    assert [line["case"].uuid for line in page.context["lines"]] == [case.uuid]
    drafts = client.get(reverse("portal:cases") + "?tab=drafts")
    assert [line["case"].state for line in drafts.context["lines"]] == [CaseState.DRAFT]


def test_a_page_shown_again_after_an_error_asks_only_what_it_asked(world, browser):
    draft = world.draft()
    page = reverse("portal:page", args=[draft.uuid, "present-state"])
    sent = {"present_access": "none", "households": "", "public_places": ["school"]}
    answer = browser().post(page, sent)
    assert answer.status_code == 422
    asked = [field.name for field in answer.context["fields"]]
    assert "households" in asked
    assert "operators_seen" not in asked
    assert "other_place" not in asked
