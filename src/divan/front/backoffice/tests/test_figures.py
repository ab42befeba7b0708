"""The governor's page and the state of the log: figures counted now, and no names of applicants."""

from __future__ import annotations

from divan.trust.ledger import queries as ledger
from divan.trust.ledger.values import LogState, Standing


def test_the_governor_sees_what_was_received_answered_and_late_and_with_whom_it_waits(browser, world):
    world.submitted()
    world.at_step("draft")
    governor = browser("governor-officer")

    fresh = governor.get("/office/governor/")
    world.pass_time(days=60)
    late = governor.get("/office/governor/")

    assert [figure.value for figure in fresh.context["figures"]] == [2, 0, 0, 2, 0]
    assert [figure.value for figure in late.context["figures"]] == [2, 0, 0, 2, 2]
    assert [(bar.value, bar.part) for bar in late.context["bars"]] == [(2, 2)]
    expert = world.person("ict-expert").full_name
    assert (expert, 1, 1) in [(one.holder, one.waiting, one.late) for one in late.context["waiting"]]


def test_the_governors_page_names_no_applicant_and_no_case(browser, world):
    case = world.submitted()

    page = browser("governor-officer").get("/office/governor/").content.decode()

    assert world.person("villager").full_name not in page
    assert case.number not in page


def test_without_requests_the_governors_page_says_so(browser):
    page = browser("governor-officer").get("/office/governor/")

    assert page.context["is_empty"]
    assert "No request has been sent yet" in page.content.decode()


def test_a_log_that_was_not_opened_is_said_to_be_none(browser):
    assert "The log has not been opened yet" in browser("ict-expert").get("/office/ledger/").content.decode()


def test_a_log_that_cannot_be_believed_is_said_so_aloud(browser, monkeypatch):
    state = LogState(is_open=True, origin="log.example", size=5, published_size=9, standing=Standing.AHEAD)
    monkeypatch.setattr(ledger, "log_state", lambda: state)

    page = browser("ict-expert").get("/office/ledger/").content.decode()

    assert "cannot be believed" in page
    assert "an old copy was restored" in page
