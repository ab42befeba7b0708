"""A clerk opens a case from a letter page by page; the letter, the case and whoever wrote see each other."""

from __future__ import annotations

from dataclasses import replace
from uuid import uuid4

import pytest
from django.apps import apps
from django.utils.html import strip_tags
from tests.world import SERVICE, VILLAGE

from divan.dealings.cases import queries
from divan.dealings.cases.tests import test_opening as opening
from divan.dealings.correspondence.tests import offices
from divan.foundation.apps import options
from divan.foundation.models import OutgoingMessage

PAGES = {
    "applicant": {"contact_mobile": "09121234567"},
    "village": {"village": VILLAGE, "relation": "resident"},
    "present-state": {"present_access": "mobile-weak", "households": "۳۵", "operators_seen": "mci"},
    "purpose": {"purpose": "education", "description": opening.WORDS},
    "declaration": {"truth": "yes"},
}


@pytest.fixture
def office(world, tmp_path, monkeypatch):
    monkeypatch.setattr(apps.get_app_config("foundation"), "options", replace(options(), files_directory=tmp_path))
    return offices.found(world)


def begin(clerk, letter, **changes):
    sent = {"who": "sender", "wording": "description", "file-0": "photo"} | changes
    return clerk.post(f"/office/letters/{letter.uuid}/case/?service={SERVICE}", sent)


def test_from_the_letter_to_the_case_and_back(browser, office):
    letter, clerk = opening.written(office), browser("secretariat")

    offered = clerk.get(f"/office/letters/{letter.uuid}/case/").context["services"]
    form = clerk.get(f"/office/letters/{letter.uuid}/case/?service={SERVICE}").context["fields"]
    begun = begin(clerk, letter)
    [case] = queries.list_cases_from_letter(letter.uuid)
    opening.answer_needs(office, case)
    early = clerk.post(begun.url)
    for page, given in PAGES.items():
        assert clerk.post(f"{begun.url}pages/{page}/", given).status_code == 302
    sent = clerk.post(begun.url, follow=True)

    assert [one.code for one in offered] == [SERVICE]
    assert {one.name: one.value for one in form}.items() >= {"who": "sender", "file-0": "photo"}.items()
    assert early.status_code == 422
    case = queries.get_case(case.uuid)
    assert (case.state, case.answers["description"]) == ("open", opening.WORDS)
    assert case.number in strip_tags(sent.content.decode()).replace("\u200e", "")
    assert letter.number_text in strip_tags(clerk.get(f"/office/cases/{case.uuid}/").content.decode())
    assert OutgoingMessage.objects.filter(text__contains=queries.tracking_secret(case.uuid)).count() == 1
    assert clerk.get(begun.url).status_code == 404
    assert begin(clerk, letter).status_code == 422


def test_a_question_that_an_answer_leads_to_is_asked_before_the_next_page(browser, office):
    letter, clerk = opening.written(office), browser("secretariat")
    address = f"{begin(clerk, letter).url}pages/present-state/"
    typed = {"present_access": "mobile-weak", "households": "35", "shown": clerk.get(address).context["shown"]}

    led = clerk.post(address, typed, follow=True)
    again = clerk.post(address, typed | {"shown": led.context["shown"]})

    assert "operators_seen" not in typed["shown"].split()
    assert "operators_seen" in led.context["shown"].split()
    assert (led.status_code, led.context["error_summary"].problems) == (200, ())
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"who": "other", "national_code": ""}, "q-national_code"),
        ({"who": "other", "national_code": "0013542418"}, "q-national_code"),
        ({"who": "other", "national_code": "0013542419"}, "q-mobile"),
        ({"who": "other", "national_code": "0013542419", "mobile": "12"}, "q-mobile"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_begun(browser, office, typed, wrong):
    letter, clerk = opening.written(office), browser("secretariat")

    answer = begin(clerk, letter, **typed)

    assert answer.status_code == 422
    assert [one.target for one in answer.context["error_summary"].problems] == [wrong]
    assert queries.list_cases_from_letter(letter.uuid) == []


def test_others_find_nothing_of_it(browser, office):
    letter, clerk, stranger = opening.written(office), browser("secretariat"), browser("ict-expert")
    begun = begin(clerk, letter)
    [case] = queries.list_cases_from_letter(letter.uuid)

    assert stranger.get(f"/office/letters/{letter.uuid}/case/").status_code == 404
    for address in (begun.url, f"{begun.url}pages/applicant/", f"{begun.url}give-up/", f"/office/cases/{case.uuid}/"):
        assert stranger.get(address).status_code == 404
    [(_question, file, _name)] = queries.list_case_files(case.uuid)
    assert clerk.get(f"{begun.url}files/{file}/").status_code == 200
    assert clerk.get(f"{begun.url}files/{uuid4()}/").status_code == 404
    assert clerk.post(f"{begun.url}give-up/").status_code == 302
    assert queries.list_cases_from_letter(letter.uuid) == []
