"""The catalogue at the portal: tree, filters, page, card, paper, linked data, and what is not given here."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from pypdf import PdfReader

from divan.dealings.cases import models as cases
from divan.front.portal.visits import AT_ONCE, VisitCounter
from divan.registers.catalogue import actions, queries
from divan.registers.catalogue.tests.written import publish, written
from divan_libs.persian.jalali import TEHRAN
from divan_libs.servicepack.linked_data import SCHEMES, VOCABULARY

CODE = "rural-internet-coverage"
WAYS = [
    {"stage": "information", "channel": "internet", "electronic": True, "address": "http://testserver/x"},
    {"stage": "request", "channel": "internet", "electronic": True, "address": "https://other.example/ask"},
    {"stage": "production", "channel": "in-person", "electronic": False, "reason": "visit"},
    {"stage": "delivery", "channel": "counter-office", "electronic": False, "reason": "visit"},
]


@pytest.fixture
def filled(world):
    publish(world, written("birth", "Registration of a birth", life_events=["birth"], identifier="12345678"))
    publish(world, written("late-birth", "Late registration", life_events=["birth"], broader="birth"))
    publish(
        world,
        written("leave", "Leave of an employee", relations=["G2E"], audience="employees"),
    )
    publish(
        world,
        written(
            "outside",
            "Given outside",
            access=WAYS,
            texts={"card.reasons.visit": "=1+1 a visit of the place"},
            in_person={"visits": 3},
            frequency={"as_needed": True},
            declared_texts={"in_person.visits": "سه بار و در صورت واگذاری به دفاتر کفالت یکبار"},
        ),
    )
    return world


def page(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_list_opens_services_with_parts_as_a_tree_with_identifier_and_title(visitor, filled):
    text = page(visitor, "/services/")

    whole = text.index('href="/services/birth/"')
    assert whole < text.index("<details><summary>Sub-services (1)", whole) < text.index('href="/services/late-birth/"')
    assert "12345678" in text
    assert text.count('href="/services/late-birth/"') == 1


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?event=birth", {"birth", "late-birth"}),
        ("?event=birth&q=late", {"late-birth"}),
        ("?kind=electronic", {CODE}),
        ("?kind=hand-off", set()),
        ("?body=nobody", set()),
        ("?after=never-was&q=birth", set()),
        ("?after=never-was", {"birth", "late-birth", "outside", CODE}),
    ],
)
def test_the_list_is_narrowed_by_what_is_chosen(visitor, filled, query, found):
    text = page(visitor, f"/services/{query}")

    assert {code for code in ("birth", "late-birth", "leave", "outside", CODE) if f"/services/{code}/" in text} == found


def test_a_service_to_employees_is_seen_by_staff_alone(visitor, officer, filled):
    for address in ("/services/leave/", "/services/leave/card/", "/services/leave/card.pdf", "/services/leave.jsonld"):
        assert visitor.get(address).status_code == 404
    assert "/services/leave/" not in page(visitor, "/services/")
    assert "leave" not in page(visitor, "/services.jsonld")

    assert "/services/leave/" in page(officer, "/services/")
    assert "for employees of the state" in page(officer, "/services/leave/")
    assert "/services/leave/" not in page(visitor, "/services/")


def test_the_page_of_a_card_alone_says_where_to_go_and_what_it_belongs_to(visitor, filled):
    text = page(visitor, "/services/outside/")
    part = page(visitor, "/services/late-birth/")

    assert "a visit of the place" in text
    assert "https://other.example/ask" in text
    assert "Start now" not in text
    assert 'Part of</dt><dd><ul><li><a href="/services/birth/">Registration of a birth' in part


def test_the_card_keeps_the_words_of_an_imported_form_and_sets_what_was_measured_beside(visitor, filled):
    case = filled.at_step("draft")
    cases.Case.objects.filter(uuid=case.uuid).update(decided_at=filled.now, submitted_at=filled.now - timedelta(days=3))

    assert "سه بار و در صورت واگذاری به دفاتر کفالت یکبار" in page(visitor, "/services/outside/card/")
    text = page(visitor, f"/services/{CODE}/card/")
    assert "Measured here: 1 in a year" in text
    assert "Measured here: 3 days" in text


@pytest.mark.parametrize("code", [CODE, "outside"])
def test_the_card_on_paper_is_the_same_bytes_each_time_and_holds_every_part(visitor, filled, code):
    answer = visitor.get(f"/services/{code}/card.pdf")

    assert answer["Content-Type"] == "application/pdf"
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.content)).pages)
    assert "5. Ways of access" in text
    assert "Who filled in this form" in text
    assert visitor.get(f"/services/{code}/card.pdf").content == answer.content
    again = visitor.get(f"/services/{code}/card.pdf", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304


def test_a_program_gets_linked_data_by_address_and_by_what_it_accepts(visitor, filled):
    data = json.loads(page(visitor, "/services/birth.jsonld"))
    led = visitor.get("/services/birth/", headers={"Accept": "application/ld+json"})
    browser = visitor.get("/services/birth/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert data["@graph"][0]["dct:identifier"] == "12345678"
    assert (led.status_code, led["Location"]) == (302, "/services/birth.jsonld")
    assert browser.status_code == 200
    whole = json.loads(page(visitor, "/services.jsonld"))
    assert len(whole["@graph"][0]["cv:containsPublicService"]) == 4


def test_every_term_and_code_of_the_linked_data_is_explained_under_its_address(visitor, db):
    text = page(visitor, "/about/vocabulary")

    names = [*VOCABULARY, *(f"{scheme}-{code}" for scheme, codes in SCHEMES.items() for code in codes)]
    assert [name for name in names if f'id="{name}"' not in text] == []


def test_the_report_says_what_a_body_gives_elsewhere_and_the_table_says_every_way(visitor, filled):
    text = page(visitor, "/only-through-the-portal/ict-directorate/")
    table = visitor.get("/only-through-the-portal/ict-directorate.csv")
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))

    assert "3 of 4 services are given only through the portal" in text
    assert "https://other.example/ask" in text
    assert "/services/birth/" not in text
    outside = {row["stage"]: row for row in rows if row["service"] == "outside"}
    assert {stage: row["outside"] for stage, row in outside.items()} == {
        "information": "portal",
        "request": "elsewhere",
        "production": "not-electronic",
        "delivery": "not-electronic",
    }
    assert outside["production"]["reason"] == "'=1+1 a visit of the place"
    assert "Only through the portal" in page(visitor, "/only-through-the-portal/")
    assert visitor.get("/only-through-the-portal/nobody/").status_code == 404
    assert visitor.get("/only-through-the-portal/nobody.csv").status_code == 404


def test_visits_are_gathered_and_written_by_day_after_a_minute_or_when_they_are_many(world):
    counter, today = VisitCounter(), world.now.astimezone(TEHRAN).date()
    counter.note(CODE, world.now)
    assert queries.count_visits(CODE, today) == 0

    counter.note(CODE, world.now + timedelta(minutes=1))
    assert queries.count_visits(CODE, today) == 2
    for _ in range(AT_ONCE):
        counter.note(CODE, world.now)
    assert queries.count_visits(CODE, today) == 2 + AT_ONCE
    assert queries.count_visits(CODE, today + timedelta(days=1)) == 0


def test_visits_that_cannot_be_written_are_kept_for_the_next_time(world, monkeypatch):
    def refuse(**given):
        raise DatabaseError

    counter = VisitCounter()
    counter.note(CODE, world.now)
    with monkeypatch.context() as broken:
        broken.setattr(actions, "count_visits", refuse)
        counter.write(world.now)
    counter.write(world.now)

    assert queries.count_visits(CODE, date(2000, 1, 1)) == 1
