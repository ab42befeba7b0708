"""The pages of the archive: a plan is read, letters are filed together, lists need two persons, readers are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from divan.dealings.correspondence import actions, jobs, queries, rules
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.archives import PLAN, lying_in
from divan.dealings.correspondence.values import DisposalState
from divan.foundation import clock
from divan.foundation.apps import options


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return offices.found(world)


def read_plan(clerk, text: str = PLAN):
    upload = SimpleUploadedFile("plan.csv", text.encode(), content_type="text/csv")
    return clerk.post("/office/archive/plan/import/", {"file": upload})


def classes(office):
    return {one.code: one for one in queries.list_plan(office.post("ict-secretariat").unit.body_uuid)}


def test_a_plan_is_read_from_a_file_or_refused_with_the_line(browser, office):
    clerk = browser("secretariat")
    empty = clerk.get("/office/archive/")
    refused = read_plan(clerk, PLAN + "9,,ب,,5,burn,\n")
    assert classes(office) == {}
    read = read_plan(clerk)
    page = clerk.get("/office/archive/plan/")

    assert b"There is no classification plan yet" in empty.content
    assert refused.status_code == 422
    assert "Line 7: What happens then is none of the known words." in refused.content.decode()
    assert read.status_code == 302
    assert "for ever" in page.content.decode()
    assert len(classes(office)) == 5


def test_a_class_is_added_changed_and_ended(browser, office):
    clerk = browser("secretariat")
    typed = {"code": "۷", "parent": "", "title_fa": "بودجه", "title_en": "Budget", "years": "۱۰", "after": "destroy"}
    assert clerk.post("/office/archive/plan/new/", typed | {"legal_basis": ""}).status_code == 422
    assert clerk.post("/office/archive/plan/new/", typed | {"legal_basis": "قانون"}).status_code == 302
    made = classes(office)["7"]
    address = f"/office/archive/plan/{made.uuid}/"
    assert "Budget" in clerk.get(address).content.decode()
    clerk.post(address, typed | {"legal_basis": "قانون", "years": "12"})
    assert classes(office)["7"].years == 12

    assert clerk.post(address + "end/").status_code == 302

    assert classes(office) == {}
    assert clerk.get(address).status_code == 404


def test_letters_are_put_into_a_file_together_and_taken_out_again(browser, office):
    clerk = browser("secretariat")
    read_plan(clerk)
    letter = offices.receive(office)
    actions.close_letter(
        letter=letter.uuid, closing="done", note="تمام", actor=office.officer("secretariat"), now=office.now
    )
    made = clerk.post(
        "/office/archive/files/new/",
        {"class": str(classes(office)["2-1"].uuid), "title": "دکل صفرآباد", "secrecy": "ordinary"},
    )
    listed = clerk.get("/office/archive/unfiled/")
    assert letter.number_text in listed.content.decode()
    chosen = clerk.get(f"/office/archive/put/?letter={letter.uuid}")
    assert "دکل صفرآباد" in chosen.content.decode()
    file = made.url.rstrip("/").rpartition("/")[2]
    nothing = clerk.post("/office/archive/put/", {"letter": str(letter.uuid)})
    put = clerk.post("/office/archive/put/", {"letter": str(letter.uuid), "file": file}, follow=True)

    assert nothing.status_code == 422
    assert letter.number_text in put.content.decode()
    page = clerk.get(f"/office/letters/{letter.uuid}/").content.decode()
    assert "دکل صفرآباد" in page
    [place] = queries.list_places(letter.uuid, office.post("ict-secretariat"), office.now)
    address = f"/office/archive/filings/{letter.uuid}/{place.filing}/"
    assert clerk.get(address).status_code == 200
    assert clerk.post(address, {"reason": ""}).status_code == 422
    assert clerk.post(address, {"reason": "اشتباه"}).status_code == 302
    assert queries.list_places(letter.uuid, office.post("ict-secretariat"), office.now) == []
    assert clerk.get(address).status_code == 404


def test_a_file_is_changed_closed_held_and_opened_again(browser, office):
    clerk = browser("secretariat")
    read_plan(clerk)
    file = lying_in(office, classes(office)["2-1"], closed=False)
    address = f"/office/archive/files/{file}/"
    assert clerk.get(address + "change/").status_code == 200
    assert clerk.post(address + "change/", {"title": "", "secrecy": "ordinary"}).status_code == 422
    assert clerk.post(address + "change/", {"title": "نو", "secrecy": "ordinary"}).status_code == 302
    for deed in ("volume", "close"):
        assert clerk.get(f"{address}{deed}/").status_code == 200
        assert clerk.post(f"{address}{deed}/").status_code == 302
    assert clerk.post(address + "hold/", {"reason": ""}).status_code == 422
    assert clerk.post(address + "hold/", {"reason": "دعوا"}).status_code == 302
    page = clerk.get(address + "?volume=1").content.decode()
    [hold] = queries.list_holds(file)
    assert clerk.post(f"/office/archive/holds/{file}/{hold.uuid}/lift/").status_code == 302
    assert clerk.post(address + "reopen/", {"reason": "نامهٔ تازه"}).status_code == 302

    assert "دعوا" in page
    assert clerk.get(address + "burn/").status_code == 404
    assert queries.get_archive_file(file, office.post("ict-secretariat"), office.now).closed_at is None


def test_a_list_is_proposed_by_one_and_approved_by_another(browser, office, monkeypatch):
    clerk, head = browser("secretariat"), browser("ict-director")
    read_plan(clerk)
    file = lying_in(office, classes(office)["2-1"])
    office.now = datetime.combine(rules.retention_ends(office.now.date(), 5), office.now.timetz())
    post = office.post("ict-secretariat")
    monkeypatch.setattr(clock, "now", lambda: office.now)
    clerk, head = browser("secretariat"), browser("ict-director")
    assert clerk.post("/office/archive/disposal/", {}).status_code == 422
    page = clerk.get("/office/archive/disposal/")
    assert f"deed-{file}" in page.content.decode()

    made = clerk.post("/office/archive/disposal/", {f"deed-{file}": "destroy"})

    assert clerk.post(made.url, {"approve": "1"}).status_code == 403
    assert b"Approve the list" not in clerk.get(made.url).content
    assert b"Approve the list" in head.get(made.url).content
    assert head.post(made.url, {"reason": ""}).status_code == 422
    assert head.post(made.url, {"approve": "1"}).status_code == 302
    jobs.run_disposals(office.now)
    [done] = queries.list_disposals(post, office.now)
    assert done.state is DisposalState.DONE
    assert b"The content of this file was erased" in clerk.get(f"/office/archive/files/{file}/").content
    [letter] = [one.letter for one in queries.list_filed(file, post, office.now, volume=1)]
    [attached] = queries.list_files(letter.uuid)
    page = clerk.get(f"/office/letters/{letter.uuid}/").content.decode()
    assert "What this letter said was erased" in page
    assert letter.subject in page
    assert "مصوبهٔ نمونه" in page
    assert "proposed by فاطمه نوری, approved by" in page
    assert f"/office/letters/{letter.uuid}/files/" not in page
    assert "/office/archive/put/" not in page
    assert clerk.get(f"/office/letters/{letter.uuid}/files/{attached.uuid}/").status_code == 410


def test_who_read_a_letter_stands_on_a_page_for_its_secretariat_alone(browser, office):
    letter = offices.receive(office, to_post=office.post("ict-expert").uuid)
    browser("ict-expert").get(f"/office/letters/{letter.uuid}/")
    address = f"/office/letters/{letter.uuid}/readings/"

    page = browser("secretariat").get(address)

    assert office.person("ict-expert").full_name in page.content.decode()
    assert "Opened its page" in page.content.decode()
    assert browser("ict-expert").get(address).status_code == 403
    assert browser("governor-officer").get(address).status_code in {403, 404}


@pytest.mark.parametrize("path", ["plan/", "plan/import/", "plan/new/", "files/new/", "disposal/"])
def test_who_keeps_no_archive_opens_none_of_its_rooms(browser, office, path):
    assert browser("ict-expert").get(f"/office/archive/{path}").status_code == 403
    assert browser("ict-expert").get("/office/archive/").status_code == 200
