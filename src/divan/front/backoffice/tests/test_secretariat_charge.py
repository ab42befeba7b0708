"""Pages of whoever is in charge: the crest, settings, the new year, reserved numbers; and papers with their codes."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from divan.dealings.correspondence import actions, models, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.test_routes import circulating, step_of
from divan.dealings.correspondence.values import Secrecy
from divan.foundation.actors import SYSTEM

from .test_secretariat import office

__all__ = ["office"]

SETTINGS = "/office/secretariat/secretariats/"


def picture() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (60, 60), "navy").save(out, "PNG")
    return SimpleUploadedFile("crest.png", out.getvalue(), content_type="image/png")


def words(answer) -> str:
    """Return the words of a PDF, page by page."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)


def test_the_crest_is_handed_in_shown_and_stands_on_the_next_letter(browser, office):
    director, own = browser("ict-director"), offices.central()
    page = f"{SETTINGS}{own.uuid}/crest/"

    bad = director.post(page, {"crest": SimpleUploadedFile("x.png", b"nonsense")})
    kept = director.post(page, {"crest": picture()}, follow=True)
    shown = director.get(f"{page}picture/")
    letter = circulating(office, "ict-director")
    pdf = PdfReader(io.BytesIO(queries.preview_letter(letter.uuid, office.now)))
    director.post(page, {"drop": "1"})

    assert (bad.status_code, kept.status_code, shown["Content-Type"]) == (422, 200, "image/png")
    assert len(pdf.pages[0].images) == 1
    assert director.get(f"{page}picture/").status_code == 404
    assert browser("secretariat").get(page).status_code == 403


def test_who_may_change_words_on_the_way_and_who_furnishes_is_set_on_the_page(browser, office):
    director, own = browser("ict-director"), offices.central()
    expert = office.post("ict-expert")
    page = f"{SETTINGS}{own.uuid}/"
    before = {field.name: field.value for field in director.get(page).context["fields"]}

    director.post(page, {"name_fa": own.name_fa, "name_en": "", "ece_address": "", "furnishers": [str(expert.uuid)]})

    assert before["paraph_edits"] == ["edits"]
    assert before["furnishers"] == [str(office.post("ict-secretariat").uuid)]
    letter = circulating(office, "~ict-deputy", "ict-director")
    assert not queries.may_edit_in_step(letter.uuid)
    assert queries.may_furnish(expert)
    assert not queries.may_furnish(office.post("ict-secretariat"))


def test_a_year_is_begun_by_hand_once_and_its_page_proves_the_one_before(browser, office):
    director, book = browser("ict-director"), offices.register("outgoing")
    offices.signed(office)
    office.now = datetime(2027, 4, 1, 6, 0, tzinfo=UTC)

    offered = director.get(f"/office/secretariat/registers/{book}/")
    mute = director.post(f"/office/secretariat/registers/{book}/begin/", {"begin_reason": " "})
    begun = director.post(f"/office/secretariat/registers/{book}/begin/", {"begin_reason": "آغاز سال"})
    again = director.post(f"/office/secretariat/registers/{book}/begin/", {"begin_reason": "دوباره"})

    assert offered.context["may_begin"]
    assert (mute.status_code, again.status_code) == (422, 409)
    assert begun["Location"] == f"/office/secretariat/registers/{book}/1405/proof/"
    [event] = queries.how_year_went(book, 1406)
    assert (event.reason, event.before) == ("آغاز سال", (1405, 1, 1, 0, 0, []))
    page = director.get(f"/office/secretariat/registers/{book}/1406/proof/").content.decode()
    assert "آغاز سال" in page
    assert models.RegisterYear.objects.get(register__code=book, year=1406).last == 0


def test_a_signer_takes_a_reserved_number_once(browser, office):
    book, director = offices.register("outgoing"), browser("ict-director")
    [kept, _other] = actions.reserve_numbers(register=book, many=2, reason="بخشنامه", actor=SYSTEM, now=office.now)
    first, second = circulating(office, "ict-director"), circulating(office, "ict-director")
    steps = [step_of(office, one, "ict-director").uuid for one in (first, second)]

    [field] = director.get(f"/office/letters/steps/{steps[0]}/").context["number_fields"]
    sent = {"do": "sign", "seen": "1", "reserved": str(kept.uuid)}
    director.post(f"/office/letters/steps/{steps[0]}/", sent)
    refused = director.post(f"/office/letters/steps/{steps[1]}/", sent)
    director.post(f"/office/letters/steps/{steps[1]}/", {"do": "sign", "seen": "1", "reserved": "next"})

    assert [option.value for option in field.options][:2] == ["next", str(kept.uuid)]
    assert refused.status_code == 409
    assert [queries.get_letter(one.uuid).number.count for one in (first, second)] == [1, 3]
    assert queries.prove_register(book, 1405).gaps == ()


def test_a_receipt_is_given_out_as_a_pdf_and_verified_by_anybody(browser, office, client):
    clerk = browser("secretariat")
    letter = offices.receive(office, to_post=None)
    secret = offices.receive(office, secrecy=Secrecy.CONFIDENTIAL, double_reason="x")

    answers = [clerk.post(f"/office/secretariat/receipts/{letter.uuid}/paper/") for _ in range(2)]
    quiet = clerk.post(f"/office/secretariat/receipts/{secret.uuid}/paper/")
    paper, other = models.GivenPaper.objects.order_by("id")
    page = client.get(f"/verify/{paper.code}/")
    asked = client.post("/verify/", {"code": paper.code.replace("-", " ").lower()})

    assert answers[0].content == answers[1].content
    assert answers[0]["Content-Type"] == "application/pdf"
    assert paper.code in words(answers[0])
    assert "درخواست مجوز" not in words(quiet).replace("\n", " ")
    assert (page.status_code, asked["Location"]) == (200, f"/verify/{paper.code}/")
    said = page.content.decode()
    assert letter.number_text in {row.value for row in page.context["rows"]}
    assert letter.subject not in said
    assert other.about_uuid == secret.uuid
    assert browser("ict-expert").post(f"/office/secretariat/receipts/{letter.uuid}/paper/").status_code == 403
    assert client.get("/verify/0000-0000-0000/").status_code == 404
    assert offices.seals_hold()


def test_a_proof_is_given_out_anew_when_the_register_moved_on(browser, office, client):
    clerk, book = browser("secretariat"), offices.register("outgoing")
    address = f"/office/secretariat/registers/{book}/1405/proof/paper/"
    actions.reserve_numbers(register=book, many=1, reason="بخشنامه", actor=SYSTEM, now=office.now)

    first, same = clerk.post(address), clerk.post(address)
    offices.signed(office)
    clerk.post(address)

    codes = [one.code for one in models.GivenPaper.objects.order_by("id")]
    assert first.content == same.content
    assert len(codes) == 2
    lasts = [client.get(f"/verify/{code}/").context["rows"][4].value for code in codes]
    assert [str(one) for one in lasts] in (["1", "2"], ["۱", "۲"])


@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_new_page_opens_in_both_languages(browser, office, language):
    director, own, book = browser("ict-director"), offices.central(), offices.register("outgoing")
    director.cookies["django_language"] = language

    for page in (
        f"{SETTINGS}{own.uuid}/",
        f"{SETTINGS}{own.uuid}/crest/",
        f"/office/secretariat/registers/{book}/",
        f"/office/secretariat/registers/{book}/1405/proof/",
        "/office/letters/furniture/",
        "/office/letters/templates/new/",
    ):
        assert director.get(page).status_code == 200, page
