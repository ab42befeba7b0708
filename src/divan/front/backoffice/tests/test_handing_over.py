"""Pages of handing a worklist over and of the rule of referrals: who comes to them, what they refuse, what they do."""

from __future__ import annotations

import pytest

from divan.dealings.correspondence import jobs, queries
from divan.dealings.correspondence.tests import offices
from divan.dealings.correspondence.tests.referred import handed_out
from divan.dealings.correspondence.values import MOVERS
from divan.front.backoffice.worklist_lines import ROUTES


@pytest.fixture
def office(world, tmp_path):
    return offices.found(world)


def test_a_worklist_is_ordered_over_and_the_page_tells_how_far_it_has_come(browser, office):
    handed_out(office, "ict-expert")
    director = browser("ict-director")
    given = {"from": str(office.post("ict-expert").uuid), "to": str(office.post("ict-expert-2").uuid)}

    missing = director.post("/office/worklist/hand-over/", {**given, "reason": ""})
    strange = director.post("/office/worklist/hand-over/", {"from": "x", "to": "", "reason": "x"})
    ordered = director.post("/office/worklist/hand-over/", {**given, "reason": "حذف پست"}, follow=True)
    jobs.run_hand_overs(office.now)
    after = director.get("/office/worklist/hand-over/")

    assert (missing.status_code, strange.status_code) == (422, 422)
    assert "under way" in ordered.content.decode()
    assert "gone over" in after.content.decode()
    assert [(one.hand_over.moved, one.hand_over.reason) for one in after.context["handed"]] == [(1, "حذف پست")]


def test_every_kind_of_line_that_a_worklist_shows_has_a_way_to_another_post():
    assert set(MOVERS) == set(ROUTES)


def test_one_hands_over_the_own_worklist_or_one_below_it(browser, office):
    page = browser("ict-deputy").get("/office/worklist/hand-over/")

    offered = {option.value for option in page.context["fields"][0].options}
    assert str(office.post("ict-expert").uuid) in offered
    assert str(office.post("ict-director").uuid) not in offered


def test_who_is_in_charge_sets_the_rule_and_exceptions_and_nobody_else(browser, office):
    director = browser("ict-director")
    url, body = "/office/referral-rules/", office.post("ict-director").unit.body_uuid
    expert, deputy = str(office.post("ict-expert").uuid), str(office.post("ict-deputy").uuid)

    director.post(url, {"do": "rule", "ways": ["upward"], "remind": "۴", "escalate": "0"})
    wrong = director.post(url, {"do": "rule", "remind": "x", "escalate": "1"})
    director.post(url, {"do": "except", "from": expert, "to": deputy, "allowed": "forbidden", "reason": "x"})
    [exception] = queries.list_referral_exceptions(body)
    page = director.get(url)
    director.post(url, {"do": "end", "exception": str(exception.uuid)})

    rule = queries.rule_of(body)
    assert (rule.upward, rule.sideways, rule.remind_days, rule.escalate_days) == (True, False, 4, 0)
    assert wrong.status_code == 422
    assert "may not refer" in page.content.decode()
    assert queries.list_referral_exceptions(body) == []
    assert browser("ict-expert").get(url).status_code == 404
    assert director.post(url, {"do": "end", "exception": "nonsense"}).status_code == 422
