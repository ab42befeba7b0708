"""The pages of the secretariat: a letter by the counter is registered, sent on, proven; others find nothing there."""

from __future__ import annotations

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.world import found_secretariats

from divan.dealings.correspondence import actions, jobs, models, queries
from divan.dealings.correspondence.tests import carried, offices
from divan.dealings.correspondence.values import DispatchState, IntakeState, Secrecy
from divan.foundation import clock, files
from divan.foundation.actors import SYSTEM
from divan.front.texts.letters.transport import WORDS


class Sound:
    """A scanner that finds nothing."""

    def find(self, content):
        assert b"".join(content)
        return ""


class Infected(Sound):
    """A scanner that finds something in everything."""

    def find(self, content):
        assert b"".join(content)
        return "Eicar-Test-Signature"


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    from dataclasses import replace  # noqa: PLC0415 (used once)

    from django.apps import apps  # noqa: PLC0415 (Django is ready only now)

    from divan.foundation.apps import options  # noqa: PLC0415 (as above)

    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    monkeypatch.setattr(files, "ClamScanner", lambda _address: Sound())
    found_secretariats(actor=SYSTEM, now=world.now)
    return world


def picture(name: str = "page.jpg", colour: str = "white"):
    out = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/jpeg")


def typed(world, **changes):
    known = {
        "register": offices.register("incoming"),
        "subject": "درخواست آنتن",
        "organization": "دهیاری صفرآباد",
        "sender_name": "",
        "sender_title": "",
        "their_number": "۱۲/الف",
        "kind": "letter",
        "secrecy": "ordinary",
        "urgency": "urgent",
        "keywords": "اینترنت، روستا",
        "to": str(world.post("ict-director").uuid),
        "instruction": "action",
        "note": "",
        "paper": "original",
    }
    return known | changes


def hand_in(clerk, **changes):
    known = {"key": str(uuid4()), "channel": "counter", "pages": [picture(), picture("b.jpg", "black")]}
    return clerk.post("/office/secretariat/arrivals/new/", known | changes)


def test_a_letter_by_the_counter_is_scanned_registered_and_referred(browser, office):
    clerk = browser("secretariat")

    taken = hand_in(clerk, organization="دهیاری صفرآباد", subject="درخواست آنتن")
    [line] = clerk.get("/office/").context["lines"]
    page = clerk.get(taken.url)
    answer = clerk.post(taken.url, typed(office), follow=True)

    intake = models.Intake.objects.get()
    letter = queries.get_letter(intake.letter.uuid)
    assert line.url == taken.url
    assert page.status_code == 200
    assert [one.pages for one in queries.list_files(letter.uuid)] == [2]
    assert answer.redirect_chain == [(f"/office/secretariat/receipts/{letter.uuid}/", 302)]
    assert letter.number_text in answer.content.decode()
    assert (letter.urgency, letter.keywords, letter.their_number) == ("urgent", ("اینترنت", "روستا"), "12/الف")
    director = browser("ict-director")
    [referred] = director.get("/office/").context["lines"]
    assert referred.item.number == letter.number_text


def test_the_same_form_sent_twice_takes_one_letter_in(browser, office):
    clerk = browser("secretariat")
    key = str(uuid4())

    first, second = hand_in(clerk, key=key), hand_in(clerk, key=key)

    assert first.url == second.url
    assert models.Intake.objects.count() == 1


def test_an_infected_page_is_refused_and_nothing_is_taken_in(browser, office, monkeypatch):
    monkeypatch.setattr(files, "ClamScanner", lambda _address: Infected())

    answer = hand_in(browser("secretariat"), organization="دهیاری صفرآباد")

    assert answer.status_code == 422
    assert models.Intake.objects.count() == 0
    assert "دهیاری صفرآباد" in answer.content.decode()


def test_pages_that_cannot_be_joined_are_refused(browser, office):
    broken = SimpleUploadedFile("a.pdf", b"%PDF-1.7\nnothing of the kind")

    answer = hand_in(browser("secretariat"), pages=[broken])

    assert answer.status_code == 422
    assert models.Intake.objects.count() == 0


def test_what_is_missing_is_said_and_what_was_typed_stays(browser, office):
    clerk = browser("secretariat")
    taken = hand_in(clerk)

    answer = clerk.post(taken.url, typed(office, subject=" ", organization="", their_number="77/ب"))

    assert answer.status_code == 422
    assert {problem.target for problem in answer.context["error_summary"].problems} == {"q-subject", "q-organization"}
    assert "77/ب" in answer.content.decode()
    assert models.Letter.objects.count() == 0


def test_a_double_is_shown_with_the_earlier_letter_and_marked(browser, office):
    clerk = browser("secretariat")
    first = hand_in(clerk)
    clerk.post(first.url, typed(office, to=""))
    letter = models.Letter.objects.get()
    again = hand_in(clerk, organization="دهیاری صفرآباد", their_number="12/الف")

    page = clerk.get(again.url)
    refused = clerk.post(again.url, typed(office))
    clerk.post(f"{again.url}double/", {"letter": str(letter.uuid)})

    assert [one["letter"].uuid for one in page.context["doubles"]] == [letter.uuid]
    assert refused.status_code == 422
    assert models.Letter.objects.count() == 1
    assert models.Intake.objects.order_by("-id")[0].state == IntakeState.DOUBLE


def test_a_refusal_needs_its_reason(browser, office):
    clerk = browser("secretariat")
    taken = hand_in(clerk)

    without = clerk.post(f"{taken.url}refuse/", {"reason": " "})
    refused = clerk.post(f"{taken.url}refuse/", {"reason": "مربوط به این دستگاه نیست"}, follow=True)

    assert without.status_code == 422
    assert refused.status_code == 200
    assert models.Intake.objects.get().state == IntakeState.REFUSED
    assert clerk.get(taken.url).status_code == 200


def test_of_what_was_refused_a_year_ago_the_page_says_that_it_was_erased_and_why_it_was_refused(browser, office):
    clerk = browser("secretariat")
    taken = hand_in(clerk, organization="دهیاری کمالوند")
    clerk.post(f"{taken.url}refuse/", {"reason": "مربوط به این دستگاه نیست"})
    before = clerk.get(taken.url).content.decode()

    jobs.erase_outlived(clock.now() + timedelta(days=366))
    after = clerk.get(taken.url)

    assert "دهیاری کمالوند" in before
    assert "What arrived was erased" not in before
    assert after.status_code == 200
    said = after.content.decode()
    assert "What arrived was erased" in said
    assert "مربوط به این دستگاه نیست" in said
    assert "دهیاری کمالوند" not in said


PAGES = (
    "/office/secretariat/",
    "/office/secretariat/?state=registered",
    "/office/secretariat/?state=refused&after=5",
    "/office/secretariat/arrivals/new/",
    "/office/secretariat/dispatch/",
    "/office/secretariat/dispatch/?state=back",
    "/office/secretariat/registers/",
    "/office/secretariat/registers/110-2/",
    "/office/secretariat/registers/110-2/?year=1404&before=x",
    "/office/secretariat/registers/110-2/day/?day=2026-11-22",
    "/office/secretariat/registers/110-2/day/?day=x&as=csv",
    "/office/secretariat/registers/110-2/1405/proof/",
    "/office/secretariat/registers/110-2/1405/proof/?as=csv",
    "/office/secretariat/terms/",
    "/office/secretariat/terms/?category=closing&code=acted",
)
CHARGE = (
    "/office/secretariat/clearances/",
    "/office/secretariat/secretariats/",
    "/office/secretariat/registers/new/",
    "/office/secretariat/registers/110-2/change/",
)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_page_opens_in_both_languages_to_whom_it_is_for(browser, office, language):
    assert offices.register("incoming") == "110-2"
    found = {}
    for key in ("secretariat", "ict-director", "villager", "ict-expert"):
        visitor = browser(key)
        visitor.cookies["divan_language"] = language
        found[key] = [visitor.get(page).status_code for page in PAGES + CHARGE]

    assert found["secretariat"] == [200] * len(PAGES) + [403] * len(CHARGE)
    assert found["ict-director"] == [200] * len(PAGES + CHARGE)
    assert set(found["villager"]) == set(found["ict-expert"]) == {403}


def test_the_secretariat_of_another_body_finds_nothing_of_this_one(browser, office):
    clerk = browser("secretariat")
    elsewhere = offices.take(office, body="governor-office")
    letter = offices.signed(office, offices.SENDER, body="governor-office")
    [sending] = actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)
    foreign = offices.register("incoming", "governor-office")

    statuses = [
        clerk.get(f"/office/secretariat/arrivals/{elsewhere.uuid}/").status_code,
        clerk.post(f"/office/secretariat/arrivals/{elsewhere.uuid}/refuse/", {"reason": "x"}).status_code,
        clerk.get(f"/office/secretariat/arrivals/{elsewhere.uuid}/files/{uuid4()}/").status_code,
        clerk.get(f"/office/secretariat/dispatch/{letter.uuid}/").status_code,
        clerk.post(f"/office/secretariat/sendings/{sending.uuid}/send/").status_code,
    ]
    register = clerk.get(f"/office/secretariat/registers/{foreign}/").status_code

    assert statuses == [404] * 5
    assert register == 409
    assert queries.get_dispatch(sending.uuid).state is DispatchState.DESK


def test_a_secret_letter_is_neither_listed_nor_counted_for_the_clerk(browser, office):
    secret = offices.take(office, secrecy=Secrecy.SECRET, subject="بسیار پنهان")
    clerk = browser("secretariat")

    page = clerk.get("/office/secretariat/")

    assert page.context["lines"] == []
    assert page.context["sections"][0].count == 0
    assert "بسیار پنهان" not in page.content.decode()
    assert clerk.get(f"/office/secretariat/arrivals/{secret.uuid}/").status_code == 404
    assert len(browser("ict-director").get("/office/secretariat/").context["lines"]) == 1


def test_letters_leave_by_the_desk_each_by_its_way(browser, office):
    letter = offices.signed(office, offices.SENDER, offices.body_party("governor-office"))
    first, second = actions.lay_at_dispatch_desk(letter=letter.uuid, actor=SYSTEM, now=office.now)
    clerk = browser("secretariat")
    [line] = clerk.get("/office/").context["lines"]
    page = clerk.get(line.url)

    bulk = clerk.post("/office/secretariat/dispatch/send/", {"dispatch": [str(second.uuid), "x"]}, follow=True)
    name = str(first.uuid)[:8]
    address = f"/office/secretariat/sendings/{first.uuid}"
    refused = clerk.post(f"{address}/send/", {f"channel-{name}": "courier"}, follow=True)
    unsent = queries.get_dispatch(first.uuid)
    proof = {f"channel-{name}": "courier", f"who-{name}": "رضا پیک", f"receipt-{name}": picture("r.jpg")}
    clerk.post(f"{address}/send/", proof)
    clerk.post(f"{address}/number/", {f"number-{name}": "۵۵/و"})

    done = queries.get_dispatch(first.uuid)
    assert page.status_code == 200
    assert bulk.status_code == 200
    assert queries.get_dispatch(second.uuid).state is DispatchState.DELIVERED
    assert "evidence" in refused.content.decode()
    assert (unsent.state, unsent.channel) == (DispatchState.DESK, "courier")
    assert (done.state, done.their_number, done.evidence["who"]) == (DispatchState.REGISTERED, "۵۵/و", "رضا پیک")
    assert clerk.get(f"{address}/receipt/").headers["Content-Type"] == "image/jpeg"
    assert clerk.get("/office/").context["lines"] == []


def test_a_letter_that_waits_is_explained_tried_at_once_and_called_back(browser, office):
    to = carried.correspondent(office, "exchange", "XX/GOV/nobody/divan#1")
    [sent] = carried.queue(office, to)
    jobs.carry_by_exchange(office.now)
    clerk, address = browser("secretariat"), f"/office/secretariat/sendings/{sent.uuid}"
    page = clerk.get(f"/office/secretariat/dispatch/{sent.letter}/")
    listed = clerk.get("/office/secretariat/dispatch/?state=under-way")

    [line] = page.context["lines"]
    reason = WORDS["dispatch-problem"]["correspondence.not-at-exchange"]
    assert (line["problem"], line["waits"]) == (reason, True)
    assert str(WORDS["dispatch-advice"]["correspondence.not-at-exchange"]) in page.content.decode()
    assert listed.context["lines"][0]["problem"] == reason
    clerk.post(f"{address}/hurry/")
    assert queries.get_dispatch(sent.uuid).next_attempt_at <= clock.now()
    clerk.post(f"{address}/back/", {f"reason-{str(sent.uuid)[:8]}": ""})
    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
    back = clerk.post(f"{address}/back/", {f"reason-{str(sent.uuid)[:8]}": "فوری است"}, follow=True)
    assert queries.get_dispatch(sent.uuid).state is DispatchState.DEAD
    assert str(WORDS["dispatch-advice"]["correspondence.called-back"]) in back.content.decode()
    assert browser("ict-expert").post(f"{address}/hurry/").status_code in {403, 404}


def test_a_register_is_opened_with_an_example_and_numbers_are_reserved_and_given_up(browser, office):
    director = browser("ict-director")
    secretariat = offices.central()
    book = {
        "secretariat": str(secretariat.uuid),
        "code": "contracts",
        "name_fa": "قراردادها",
        "takes": ["internal"],
        "part-1": "text",
        "part-2": "year",
        "part-3": "count",
        "separator": "-",
        "text": "ق",
        "digits": "4",
    }

    shown = director.post("/office/secretariat/registers/new/", book | {"show": "1"})
    wrong = director.post("/office/secretariat/registers/new/", book | {"part-2": ""})
    director.post("/office/secretariat/registers/new/", book)
    director.post("/office/secretariat/registers/contracts/reserve/", {"many": "۲", "reason": "مناقصه"})
    [first, second] = queries.list_reserved("contracts")
    director.post(f"/office/secretariat/registers/contracts/reserved/{first.uuid}/void/", {"reason": "لغو شد"})
    proof = director.get("/office/secretariat/registers/contracts/1405/proof/?as=csv").content.decode("utf-8-sig")

    assert shown.context["example"] == "ق-1405-0125"
    assert wrong.status_code == 422
    assert [one.count for one in queries.list_reserved("contracts")] == [second.count]
    assert "contracts,1405,2,0,1,1," in proof
    assert "لغو شد" in proof


def test_clearances_are_granted_up_to_the_own_and_never_to_oneself(browser, office):
    director, expert = browser("ict-director"), office.post("ict-expert")
    own = str(office.post("ict-director").uuid)
    address = "/office/secretariat/clearances/"

    above = director.post(address, {"post": str(expert.uuid), "secrecy": "top-secret", "reason": "x"})
    oneself = director.post(address, {"post": own, "secrecy": "secret", "reason": "x"})
    elsewhere = director.post(address, {"post": str(office.post("governor").uuid), "secrecy": "secret", "reason": "x"})
    silent = director.post(address, {"post": str(expert.uuid), "secrecy": "secret", "reason": ""})
    before = queries.clearance_of(expert.uuid, office.now)
    granted = director.post(address, {"post": str(expert.uuid), "secrecy": "secret", "reason": "کارگروه"})

    assert [one.status_code for one in (above, oneself, elsewhere, silent, granted)] == [422, 422, 422, 422, 302]
    assert before is Secrecy.CONFIDENTIAL
    assert queries.clearance_of(expert.uuid, office.now) is Secrecy.SECRET


def test_a_word_is_added_and_ended(browser, office):
    clerk = browser("secretariat")
    category = {"category": "letter-kind"}

    wrong = clerk.post("/office/secretariat/terms/", category | {"code": "Nö", "text_fa": "تلکس"})
    clerk.post("/office/secretariat/terms/", category | {"code": "telex", "text_fa": "تلکس"})
    there = clerk.get("/office/secretariat/terms/?category=letter-kind").context["terms"]
    clerk.post("/office/secretariat/terms/end/", category | {"code": "telex"})
    gone = clerk.get("/office/secretariat/terms/?category=letter-kind").context["terms"]

    assert wrong.status_code == 422
    assert ("telex", "تلکس", "") in there
    assert ("telex", "تلکس", "") not in gone


def test_a_secretariat_of_a_unit_is_opened_changed_and_closed(browser, office):
    director = browser("ict-director")
    central = offices.central()
    changed = {"name_fa": "دبیرخانهٔ ارتباطات", "ece_address": "letters@ict.example", "backdating": ["secretariat"]}

    answer = director.post(f"/office/secretariat/secretariats/{central.uuid}/", changed)
    closed = director.post(f"/office/secretariat/secretariats/{central.uuid}/close/", {"reason": "x"})
    foreign = director.get(f"/office/secretariat/secretariats/{offices.central('governor-office').uuid}/")

    after = offices.central()
    assert answer.status_code == 302
    assert (after.name_fa, after.ece_address) == ("دبیرخانهٔ ارتباطات", "letters@ict.example")
    assert queries.backdating_roles(after) == {"secretariat"}
    assert closed.status_code == 409
    assert foreign.status_code == 404
