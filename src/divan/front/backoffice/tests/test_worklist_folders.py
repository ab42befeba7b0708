"""The worklist's page: folders, filters, kept searches, columns, several posts in one list, many lines at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.referred import handed_out, incoming, officer, refer
from divan.dealings.correspondence.values import ReferralState, Secrecy
from divan.foundation.actors import SYSTEM
from divan.registers.people import actions as people
from divan.registers.people.values import SeatLimit, SubstituteScope


@pytest.fixture
def office(world, tmp_path):
    return offices.found(world)


def hold_too(world, key: str, post: str) -> None:
    """Give a post, besides their own, to somebody else than its holder."""
    seat = world.post(post)
    people.leave_post(person=world.person(post).uuid, post=seat.uuid, actor=SYSTEM, now=world.now)
    people.give_post(person=world.person(key).uuid, post=seat.uuid, starts_at=world.now, actor=SYSTEM, now=world.now)


def shown(page) -> list[str]:
    return [line.title for line in page.context["lines"]]


def test_folders_and_filters_stand_in_the_address(browser, office):
    for subject in ("راه روستا", "مدرسه"):
        refer(office, incoming(office, subject=subject), "ict-secretariat", "ict-director")
    director = browser("ict-director")

    whole = director.get("/office/")
    found = director.get("/office/", {"text": "مدرسه", "folder": "unread"})
    none = director.get("/office/", {"folder": "overdue"})
    wrong = director.get("/office/", {"since": "1405/13/40", "folder": "nonsense"})

    assert sorted(shown(whole)) == sorted(["راه روستا", "مدرسه"])
    assert shown(found) == ["مدرسه"]
    assert shown(none) == []
    assert "No line fits this folder" in none.content.decode()
    assert "Write the day like" in wrong.content.decode()
    assert [link.count for link in whole.context["folders"]] == [2, 2, 0, 0, 0, 0, None, None]


def test_a_search_is_kept_as_a_folder_and_removed(browser, office):
    refer(office, incoming(office), "ict-secretariat", "ict-director")
    director = browser("ict-director")

    kept = director.post(
        "/office/worklist/searches/", {"name": "مجوزها", "text": "مجوز", "folder": "unread"}, follow=True
    )
    [(uuid, link)] = kept.context["saved"]
    there = director.get(link.url)
    nameless = director.post("/office/worklist/searches/", {"name": "", "text": "مجوز"}, follow=True)
    gone = director.post("/office/worklist/searches/", {"end": str(uuid)}, follow=True)

    assert (link.label, link.current) == ("مجوزها", True)
    assert shown(there) == ["درخواست مجوز"]
    assert "The folder needs a name" in nameless.content.decode()
    assert gone.context["saved"] == []


def test_columns_are_kept_in_the_browser(browser, office):
    refer(office, incoming(office), "ict-secretariat", "ict-director")
    director = browser("ict-director")

    page = director.post("/office/worklist/columns/", {"column": ["due", "nonsense"]}, follow=True)

    assert page.context["columns"] == {"due"}
    assert 'data-label="From"' not in page.content.decode()


def test_two_posts_stand_in_one_list_and_each_line_names_its_post(browser, office):
    letter = incoming(office)
    refer(office, letter, "ict-secretariat", "ict-expert", "ict-deputy")
    hold_too(office, "ict-deputy", "ict-expert")
    deputy = browser("ict-deputy")

    page = deputy.get("/office/", {"posts": "all"})

    lines = page.context["lines"]
    assert {line.seat for line in lines} == {"Deputy for technology", "Expert of rural communications"}
    assert [line.is_elsewhere for line in lines].count(True) == 1
    [elsewhere] = [line for line in lines if line.is_elsewhere]
    moved = deputy.post("/staff/post", {"post": str(elsewhere.item.post_uuid), "next": elsewhere.url}, follow=True)
    assert moved.status_code == 200
    assert moved.context["referral"].uuid == elsewhere.item.about_uuid


def test_what_was_referred_and_is_open_stands_under_sent_and_is_recalled_there(browser, office):
    one, two = handed_out(office, "ict-expert", "ict-deputy")
    director = browser("ict-director")
    browser("ict-deputy").get(f"/office/letters/referrals/{two.uuid}/")

    page = director.get("/office/", {"folder": "sent"})
    chosen = [str(line.item.uuid) for line in page.context["lines"]]
    results = director.post("/office/worklist/bulk/", {"do": "recall", "line": chosen, "back": "/office/?folder=sent"})

    assert len(chosen) == 2
    assert (results.context["done"], results.context["failed"]) == (1, 1)
    assert queries.get_referral(one.uuid).state is ReferralState.RECALLED
    assert "It was read already" in results.content.decode()


def test_many_lines_are_closed_with_one_report_and_what_stays_says_why(browser, office, task_in):
    refer(office, incoming(office), "ict-secretariat", "ict-expert")
    refer(office, incoming(office), "ict-secretariat", "ict-expert")
    _case, task = task_in("draft")
    expert = browser("ict-expert")
    chosen = [str(line.item.uuid) for line in expert.get("/office/").context["lines"]]

    asked = expert.post("/office/worklist/bulk/", {"do": "close", "line": chosen})
    results = expert.post(
        "/office/worklist/bulk/",
        {"do": "close", "confirmed": "1", "line": chosen, "report": "بررسی شد.", "closing": "acted"},
    )

    assert len(asked.context["lines"]) == 3
    assert (results.context["done"], results.context["failed"]) == (2, 1)
    assert "dealt with on its own page" in results.content.decode()
    assert [line.item.about_uuid for line in expert.get("/office/").context["lines"]] == [task.uuid]


def test_many_letters_are_referred_at_once_each_by_itself(browser, office):
    open_to_all, secret = incoming(office), incoming(office, secrecy=Secrecy.HIGHLY_CONFIDENTIAL)
    for letter in (open_to_all, secret):
        refer(office, letter, "ict-secretariat", "ict-director")
    director = browser("ict-director")
    chosen = [str(line.item.uuid) for line in director.get("/office/").context["lines"]]
    given = {"do": "refer", "confirmed": "1", "line": chosen, "instruction": "report"}

    wrong = director.post("/office/worklist/bulk/", given)
    results = director.post("/office/worklist/bulk/", {**given, "to": [str(office.post("ict-expert").uuid)]})

    assert wrong.status_code == 422
    assert (results.context["done"], results.context["failed"]) == (1, 1)
    assert "not cleared for the secrecy" in results.content.decode()
    assert len(queries.list_referrals(open_to_all)) == 2
    assert len(queries.list_referrals(secret)) == 1


def test_marking_read_counts_as_reading_and_flags_stand_in_their_folder(browser, office):
    [one] = handed_out(office, "ict-expert")
    expert = browser("ict-expert")
    chosen = [str(line.item.uuid) for line in expert.get("/office/").context["lines"]]

    for do in ("read", "flag"):
        assert expert.post("/office/worklist/bulk/", {"do": do, "line": chosen}).status_code == 302
    flagged = expert.get("/office/", {"folder": "flagged"})

    assert queries.get_referral(one.uuid).read_at == office.now
    assert (flagged.context["unread_count"], len(flagged.context["lines"])) == (0, 1)


def test_nothing_is_done_with_lines_of_others_and_their_words_are_not_shown(browser, office):
    [one] = handed_out(office, "ict-expert")
    line = queries.find_open_work(one.uuid)
    deputy = browser("ict-deputy")

    results = deputy.post(
        "/office/worklist/bulk/", {"do": "close", "confirmed": "1", "line": [str(line.uuid)], "report": "x"}
    )
    asked = deputy.post("/office/worklist/bulk/", {"do": "close", "line": [str(line.uuid)]})

    assert (results.context["done"], results.context["gone"]) == (0, 1)
    assert "درخواست مجوز" not in results.content.decode() + asked.content.decode()
    assert queries.get_referral(one.uuid).state is ReferralState.OPEN


def test_nothing_chosen_and_a_strange_way_back_lead_to_the_worklist(browser, office):
    clerk = browser("ict-director")

    empty = clerk.post("/office/worklist/bulk/", {"do": "read", "back": "https://elsewhere.example/"})
    nonsense = clerk.post("/office/worklist/bulk/", {"do": "burn", "line": ["x"], "back": "/office/?folder=done"})

    assert empty["Location"] == "/office/"
    assert nonsense["Location"] == "/office/?folder=done"


def test_a_letter_above_the_clearance_stands_without_its_subject(browser, office):
    letter = incoming(office, secrecy=Secrecy.HIGHLY_CONFIDENTIAL)
    refer(office, letter, "ict-secretariat", "ict-deputy", note="محرمانه بماند")
    actions.grant_clearance(
        post=office.post("ict-deputy").uuid,
        secrecy=Secrecy.ORDINARY,
        reason="x",
        actor=officer(office, "ict-director"),
        now=office.now,
    )

    page = browser("ict-deputy").get("/office/")

    said = page.content.decode()
    assert "Above your clearance" in said
    assert "درخواست مجوز" not in said
    assert "محرمانه بماند" not in said
    assert browser("ict-deputy").get(page.context["lines"][0].url).status_code == 404


def test_who_stands_in_for_letters_alone_sees_no_case_and_acts_in_none(browser, office, task_in):
    _case, task = task_in("draft")
    [one] = handed_out(office, "ict-expert")
    expert, deputy = office.person("ict-expert").uuid, office.person("ict-deputy").uuid
    people.appoint_substitute(
        person=expert,
        substitute=deputy,
        starts_at=office.now,
        ends_at=office.now + timedelta(days=2),
        limit=SeatLimit(scope=SubstituteScope.LETTERS, secrecy="ordinary"),
        actor=officer(office, "ict-expert"),
        now=office.now,
    )
    secret = incoming(office, secrecy=Secrecy.CONFIDENTIAL)
    [closed] = handed_out(office, "ict-expert", letter=secret)
    substitute = browser("ict-deputy")
    substitute.post("/staff/post", {"post": str(office.post("ict-expert").uuid), "next": "/office/"})

    page = substitute.get("/office/")
    step = substitute.get(f"/office/tasks/{task.uuid}/")
    letter = substitute.post(f"/office/letters/referrals/{one.uuid}/", {"do": "report", "report": "انجام شد."})
    shut = substitute.get(f"/office/letters/referrals/{closed.uuid}/")
    hidden = substitute.post(f"/office/letters/referrals/{closed.uuid}/", {"do": "report", "report": "x"})

    assert [(line.item.about_uuid, line.item.is_withheld) for line in page.context["lines"]] == [
        (one.uuid, False),
        (closed.uuid, True),
    ]
    assert page.context["open_count"] == 2
    assert step.status_code == 404
    assert letter.status_code == 302
    assert (shut.status_code, hidden.status_code) == (404, 404)
    assert queries.get_referral(one.uuid).ended_for == expert
