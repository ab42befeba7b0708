"""Permits and what comes after them; who acts in a seat; and that everything is a fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from divan.dealings.cases import actions, jobs, models, queries
from divan.dealings.cases.tests import workshop
from divan.dealings.cases.values import (
    CaseState,
    EntryNotPossible,
    Given,
    NotYourTask,
    PermitUnknown,
)
from divan.foundation.actors import SYSTEM
from divan.foundation.facts import newest_of
from divan.registers.people import actions as people_actions
from divan.registers.people import queries as people
from divan_libs.persian.jalali import TEHRAN, format_jalali, to_jalali


@pytest.fixture
def shop(world, tmp_path):
    return workshop.publish(world, tmp_path)


def test_a_permit_for_three_years_ends_on_the_same_jalali_day(world, tmp_path):
    validity = ("flow.yaml", ("outcomes", "granted", "validity"), {"amount": 3, "unit": "years", "roll_over": False})
    shop = workshop.publish(world, tmp_path, validity)

    permit = queries.find_permit_of_case(shop.granted().uuid)

    begun, ended = (to_jalali(one.astimezone(TEHRAN).date()) for one in (world.now, permit.ends_at))
    assert (ended[0] - begun[0], ended[1:]) == (3, begun[1:])


def test_a_permit_is_renewed_before_its_end_and_not_earlier(shop):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)
    citizen = shop.world.citizen()
    with pytest.raises(EntryNotPossible) as early:
        actions.begin_entry(permit=permit.uuid, entry="renew", language="fa", actor=citizen, now=shop.world.now)
    assert early.value.facts["reason"] == "too-early"

    shop.world.pass_time(days=670)
    draft = actions.begin_entry(permit=permit.uuid, entry="renew", language="fa", actor=citizen, now=shop.world.now)
    again = actions.begin_entry(permit=permit.uuid, entry="renew", language="fa", actor=citizen, now=shop.world.now)
    assert draft.uuid == again.uuid
    assert draft.answers["area"] == 120
    _answer_registers(draft.uuid, shop.world.now)
    actions.submit_case(case=draft.uuid, actor=citizen, now=shop.world.now)
    assert shop.steps(draft.uuid) == ["renewing"]
    shop.act(draft.uuid, "renewing", "renew", "industry-trade-expert")
    shop.act(draft.uuid, "sign", "sign", "industry-trade-director")
    renewed = queries.get_permit(permit.uuid)
    assert renewed.ends_at > permit.ends_at + timedelta(days=690)


def test_the_letter_that_is_signed_prints_until_when_the_permit_will_hold(shop):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)
    assert _printed(permit.document) == _said(permit.ends_at)

    shop.world.pass_time(days=670)
    citizen, now = shop.world.citizen(), shop.world.now
    draft = actions.begin_entry(permit=permit.uuid, entry="renew", language="fa", actor=citizen, now=now)
    _answer_registers(draft.uuid, now)
    actions.submit_case(case=draft.uuid, actor=citizen, now=now)
    shop.act(draft.uuid, "renewing", "renew", "industry-trade-expert")
    shop.act(draft.uuid, "sign", "sign", "industry-trade-director")
    renewed = queries.get_permit(permit.uuid)
    assert renewed.ends_at > permit.ends_at
    assert _printed(renewed.document) == _said(renewed.ends_at)


def _printed(document):
    row = models.Decision._meta.apps.get_model("signing", "Document").objects.get(uuid=document)
    return row.fields["until"]


def _said(moment):
    return format_jalali(moment.astimezone(TEHRAN).date(), "long", "fa")


def _answer_registers(case, now):
    for need in models.CaseNeed.objects.filter(case__uuid=case):
        need.state, need.fields, need.answered_at = "matched", {"first_name": "زهرا"}, now
        need.save()


def test_a_permit_of_another_is_nobodys(shop):
    permit = queries.find_permit_of_case(shop.granted().uuid)
    with pytest.raises(PermitUnknown):
        actions.begin_entry(
            permit=permit.uuid, entry="amend", language="fa", actor=shop.world.citizen("outsider"), now=shop.world.now
        )


def test_only_the_named_officer_revokes_and_the_permit_ends_with_the_signature(shop):
    case = shop.granted()
    permit = queries.find_permit_of_case(case.uuid)
    with pytest.raises(NotYourTask):
        actions.begin_revocation(
            permit=permit.uuid, entry="revoke", actor=shop.officer("industry-trade-expert"), now=shop.world.now
        )
    director = shop.officer("industry-trade-director")
    later = actions.begin_revocation(permit=permit.uuid, entry="revoke", actor=director, now=shop.world.now)
    shop.world.pass_time(hours=1)
    shop.act(later.uuid, "revoking", "revoke", "industry-trade-expert", text="کارگاه تعطیل است.")
    shop.act(later.uuid, "sign", "sign", "industry-trade-director")
    assert queries.get_permit(permit.uuid).state == "revoked"


def test_a_reassessment_begins_and_is_submitted_by_itself(shop):
    case = shop.granted()
    shop.world.pass_time(days=365)
    jobs.run_permits(shop.world.now)
    later = models.Case.objects.get(begun_by_itself=True)
    assert later.state == CaseState.DRAFT
    _answer_registers(later.uuid, shop.world.now)
    jobs.run_permits(shop.world.now)
    assert shop.steps(later.uuid) == ["renewing"]
    assert queries.get_case(later.uuid).permit == queries.find_permit_of_case(case.uuid).uuid


def test_a_permit_expires_when_its_time_is_over(shop):
    case = shop.granted()
    shop.world.pass_time(days=710)
    jobs.run_permits(shop.world.now)
    assert queries.find_permit_of_case(case.uuid).state == "expired"


def test_a_substitute_acts_in_the_seat_while_the_holder_is_away(shop):
    case = shop.submitted()
    expert, deputy = shop.officer("industry-trade-expert"), shop.officer("industry-trade-deputy")
    task = queries.find_open_task(case.uuid)
    standing_in = replace(deputy, post=expert.post)
    with pytest.raises(NotYourTask):
        actions.act(
            task=task.uuid,
            action="accept",
            given=Given(report={"measured": ["90"]}),
            actor=standing_in,
            now=shop.world.now,
        )
    people_actions.appoint_substitute(
        person=expert.uuid,
        substitute=deputy.uuid,
        starts_at=shop.world.now,
        ends_at=shop.world.now + timedelta(days=3),
        actor=SYSTEM,
        now=shop.world.now,
    )
    assert [held.post.role for held in people.list_holdings(deputy.uuid, shop.world.now)] == ["deputy", "expert"]
    actions.act(
        task=task.uuid, action="accept", given=Given(report={"measured": ["90"]}), actor=standing_in, now=shop.world.now
    )
    assert queries.list_tasks(case.uuid)[0].done_by == deputy.uuid
    after = shop.world.now + timedelta(days=4)
    assert [held.post.role for held in people.list_holdings(deputy.uuid, after)] == ["deputy"]


def test_every_change_of_a_case_is_a_fact(shop):
    case = shop.granted()
    kinds = [fact.kind for fact in newest_of(case.uuid, limit=50)]
    assert {"cases.case-submitted", "cases.case-moved", "cases.decision-signed", "cases.aftercare-begun"} <= set(kinds)


def test_a_holder_hands_a_permit_back_and_what_was_begun_about_it_cannot_be_sent(shop):
    permit = queries.find_permit_of_case(shop.granted().uuid)
    citizen, now = shop.world.citizen(), shop.world.pass_time(days=670)
    draft = actions.begin_entry(permit=permit.uuid, entry="renew", language="fa", actor=citizen, now=now)
    _answer_registers(draft.uuid, now)
    with pytest.raises(PermitUnknown):
        actions.hand_back_permit(permit=permit.uuid, actor=shop.world.citizen("outsider"), now=now)

    returned = actions.hand_back_permit(permit=permit.uuid, actor=citizen, now=now)
    again = actions.hand_back_permit(permit=permit.uuid, actor=citizen, now=now + timedelta(days=1))

    assert (returned.state, returned.ends_at, returned.assess_at) == ("returned", now, None)
    assert again == returned
    assert models.IssuedRecord.objects.filter(ended_at__isnull=True).count() == 0
    assert newest_of(permit.uuid, limit=1)[0].kind == "cases.permit-handed-back"
    with pytest.raises(EntryNotPossible) as late:
        actions.submit_case(case=draft.uuid, actor=citizen, now=now)
    assert late.value.facts["reason"] == "not-in-force"
    assert queries.list_entry_offers(again, now) == []


def test_a_permit_stays_while_a_case_about_it_runs(shop):
    permit = queries.find_permit_of_case(shop.granted().uuid)
    citizen, now = shop.world.citizen(), shop.world.pass_time(days=670)
    draft = actions.begin_entry(permit=permit.uuid, entry="renew", language="fa", actor=citizen, now=now)
    _answer_registers(draft.uuid, now)
    actions.submit_case(case=draft.uuid, actor=citizen, now=now)

    with pytest.raises(EntryNotPossible) as running:
        actions.hand_back_permit(permit=permit.uuid, actor=citizen, now=now)

    assert running.value.facts["reason"] == "runs-already"
    assert queries.get_permit(permit.uuid).state == "in-force"
