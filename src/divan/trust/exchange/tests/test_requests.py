"""Rights that are asked for by one body and given by another: who may, what is refused, and what the gateway learns."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.foundation.models import Fact
from divan.trust.exchange import actions, models, queries
from divan.trust.exchange.values import DataServiceUnknown, PermitFaulty, PermitState, PermitUnknown, Validation
from divan.trust.exchange.values.control import (
    Closed,
    Conditions,
    ConsentMissing,
    DescriptionUnfit,
    Group,
    GroupUnknown,
    NewRequest,
    NotYours,
    OwnRequest,
    PermitOverlaps,
    PermitStands,
    ReasonMissing,
    RequestDecided,
    RequestKind,
    RequestState,
    RequestUnknown,
    Scope,
)

from . import bodies
from .test_permits import snapshot_of
from .world import NOW, OURS, permit

LATER = NOW + timedelta(days=1)
YEAR = Conditions(ends_at=NOW + timedelta(days=365), rate_per_minute=60, daily_quota=1000, hidden=("/father",))


@pytest.fixture
def officers(founded, django_capture_on_commit_callbacks) -> dict[str, Actor]:
    with django_capture_on_commit_callbacks(execute=True):
        found = bodies.found_bodies()
        bodies.found_members()
        actions.describe_data_service(
            data_service=bodies.PUPIL,
            content=bodies.DESCRIPTION.encode(),
            validation=Validation.ENFORCE,
            actor=found["schools-head"],
            now=NOW,
        )
    return found


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def wanted(**changes) -> NewRequest:
    known = {
        "consumer": bodies.CLINICS,
        "data_service": bodies.PUPIL,
        "scopes": (Scope(method="GET", path_glob="/pupils/*"),),
        "purpose_fa": "واکسیناسیون",
        "legal_basis_fa": "قانون نمایشی",
        "conditions": YEAR,
    }
    return NewRequest(**(known | changes))


def counts() -> tuple[int, ...]:
    return (
        models.PermitRequest.objects.count(),
        models.Permit.objects.count(),
        models.SnapshotVersion.objects.count(),
        Fact.objects.count(),
    )


def asked(officers, **changes) -> UUID:
    return actions.request_permit(wanted=wanted(**changes), actor=officers["health-officer"], now=NOW)


def rights(told, at=LATER) -> list[tuple[str, str, str]]:
    return [
        (right.subject.encoded(), right.method, right.path_glob)
        for right in snapshot_of(told, at).permits
        if right.subject.encoded() != OURS
    ]


def test_what_one_body_asks_and_the_other_grants_reaches_the_gateway_under_its_conditions(officers, founded, commit):
    request = asked(officers)
    assert [one.uuid for one in queries.list_waiting(officers["schools-head"])] == [request]
    assert [queries.count_waiting(officers[one]) for one in ("health-officer", "integrator")] == [0, 0]
    narrower = replace(YEAR, ends_at=NOW + timedelta(days=30), daily_quota=10, hidden=("/father", "/mother"))

    with commit():
        [given] = actions.grant_request(
            request=request, conditions=narrower, reason="کمتر کافی است", actor=officers["schools-head"], now=LATER
        )

    [right] = [one for one in snapshot_of(founded, LATER).permits if one.id == str(given)]
    assert (right.subject.encoded(), right.method, right.path_glob) == (bodies.CLINICS, "GET", "/pupils/*")
    assert (right.purpose, right.rate_per_minute, right.daily_quota) == ("واکسیناسیون", 60, 10)
    assert (right.starts_at, right.ends_at, right.hidden) == (LATER, narrower.ends_at, narrower.hidden)
    found = queries.get_request(request, officers["health-officer"])
    assert (found.state, found.reason, found.permits) == (RequestState.GRANTED, "کمتر کافی است", (given,))
    assert found.decided_by == officers["schools-head"].uuid
    assert facts.recorded_for(request) == ["exchange.permit-requested", "exchange.request-granted"]
    assert queries.count_waiting(officers["schools-head"]) == 0
    with pytest.raises(RequestDecided):
        actions.refuse_request(request=request, reason="دیر", actor=officers["schools-head"], now=LATER)


WHO = {
    # asks for health, decides for the schools, grants directly, suspends, revokes, sees the request
    "integrator": (False, False, True, True, True, True),
    "health-officer": (True, False, False, False, True, True),
    "health-head": (True, False, False, False, True, True),
    "health-clerk": (False, False, False, False, False, False),
    "schools-head": (False, True, False, True, True, True),
    "schools-integrator": (False, True, False, True, True, True),
    "citizen": (False, False, False, False, False, False),
}


@pytest.mark.parametrize("who", WHO)
def test_every_act_is_for_whom_it_is_for_and_nobody_else(officers, who):
    actor = officers.get(who, Actor(kind=ActorKind.CITIZEN, uuid=officers["integrator"].uuid))
    by_other = officers["health-head" if who == "health-officer" else "health-officer"]
    request = actions.request_permit(wanted=wanted(), actor=by_other, now=NOW)
    conditions = replace(YEAR, ends_at=NOW + timedelta(days=30))
    granted = permit(consumer=bodies.CLINICS, data_service=bodies.PUPIL, path_glob="/x", reason="انتقال")
    standing = actions.grant_permit(permit=replace(granted, method="PUT"), actor=SYSTEM, now=NOW)

    def may(deed) -> bool:
        before = counts()
        try:
            deed()
        except (NotYours, RequestUnknown):
            assert counts() == before
            return False
        return True

    other = wanted(scopes=(Scope(method="*", path_glob="/pupils/1/**"),), data_service="civil-registry/person")
    found = (
        may(lambda: actions.request_permit(wanted=other, actor=actor, now=NOW)),
        may(lambda: actions.grant_request(request=request, conditions=conditions, actor=actor, now=NOW)),
        may(lambda: actions.grant_permit(permit=granted, actor=actor, now=NOW)),
        may(lambda: actions.suspend_permit(permit=standing, reason="بررسی", actor=actor, now=NOW)),
        may(lambda: actions.revoke_permit(permit=standing, reason="پایان", actor=actor, now=NOW)),
        may(lambda: queries.get_request(request, actor)),
    )

    assert found == WHO[who]


def test_nobody_decides_what_they_asked_for_and_the_centre_decides_for_outsiders_on_their_letter(officers, founded):
    own = wanted(consumer=OURS, data_service=bodies.PUPIL)
    mine = actions.request_permit(wanted=own, actor=officers["integrator"], now=NOW)
    outside = asked(officers, data_service="civil-registry/person", scopes=(Scope(method="PUT", path_glob="/x"),))
    by_centre = actions.request_permit(
        wanted=wanted(
            consumer=OURS, data_service="civil-registry/person", scopes=(Scope(method="PUT", path_glob="/y"),)
        ),
        actor=officers["integrator"],
        now=NOW,
    )
    assert [one.uuid for one in queries.list_waiting(officers["integrator"])] == [outside]

    with pytest.raises(NotYours):
        actions.grant_request(request=mine, actor=officers["integrator"], now=NOW)
    with pytest.raises(OwnRequest):
        actions.grant_request(request=by_centre, reference="۱۲/۳", actor=officers["integrator"], now=NOW)
    with pytest.raises(ConsentMissing):
        actions.grant_request(request=outside, reference=" ", actor=officers["integrator"], now=NOW)
    actions.grant_request(request=outside, reference="۱۲/۳", actor=officers["integrator"], now=NOW)

    assert queries.get_request(outside, officers["health-head"]).reference == "۱۲/۳"


FAULTS = (
    ({"scopes": ()}, "scopes"),
    ({"scopes": (Scope(method="GET", path_glob="/pupils/*"),) * 2}, "scopes"),
    ({"scopes": (Scope(method="GET", path_glob="/teachers/*"),)}, "matches-nothing"),
    ({"scopes": (Scope(method="DELETE", path_glob="/pupils/*"),)}, "matches-nothing"),
    ({"scopes": (Scope(method="LOOK", path_glob="/pupils/*"),)}, "method"),
    ({"scopes": (Scope(method="GET", path_glob="pupils"),)}, "path"),
    ({"purpose_fa": " "}, "purpose"),
    ({"legal_basis_fa": ""}, "legal-basis"),
    ({"conditions": Conditions(ends_at=NOW)}, "period"),
    ({"conditions": Conditions(ends_at=NOW - timedelta(days=1)), "starts_at": NOW - timedelta(days=2)}, "period"),
    ({"starts_at": NOW - timedelta(days=2)}, "past"),
    ({"conditions": Conditions(ends_at=NOW + timedelta(days=6 * 365))}, "long"),
    ({"conditions": replace(YEAR, rate_per_minute=0)}, "limit"),
    ({"conditions": replace(YEAR, hidden=("father",))}, "hidden"),
    ({"kind": RequestKind.RENEWAL}, "follows"),
)


@pytest.mark.parametrize(("changes", "reason"), FAULTS, ids=lambda one: one if isinstance(one, str) else "")
def test_a_request_that_cannot_be_is_refused_with_its_reason_and_nothing_moves(officers, changes, reason):
    before = counts()

    with pytest.raises(PermitFaulty) as refused:
        asked(officers, **changes)

    assert refused.value.facts["reason"] == reason
    assert counts() == before


def test_who_reviews_may_narrow_and_never_widen(officers):
    request = asked(officers)
    before = counts()
    wider = (
        replace(YEAR, ends_at=YEAR.ends_at + timedelta(seconds=1)),
        replace(YEAR, rate_per_minute=None),
        replace(YEAR, daily_quota=1001),
        replace(YEAR, hidden=()),
    )

    for given in wider:
        with pytest.raises(PermitFaulty) as refused:
            actions.grant_request(request=request, conditions=given, actor=officers["schools-head"], now=NOW)
        assert refused.value.facts["reason"] == "wider"

    assert counts() == before


def test_the_same_is_neither_asked_twice_nor_given_beside_what_there_is(officers):
    request = asked(officers)
    with pytest.raises(PermitOverlaps):
        asked(officers, scopes=(Scope(method="*", path_glob="/**"),))
    [given] = actions.grant_request(request=request, actor=officers["schools-head"], now=NOW)
    actions.suspend_permit(permit=given, reason="بررسی", actor=officers["schools-head"], now=NOW)
    again = asked(officers, scopes=(Scope(method="GET", path_glob="/pupils/1*"),))
    before = counts()

    with pytest.raises(PermitOverlaps) as refused:
        actions.grant_request(request=again, actor=officers["schools-head"], now=NOW)

    assert refused.value.facts["permit"] == str(given)
    assert counts() == before
    assert queries.get_request(again, officers["schools-head"]).state is RequestState.ASKED


def test_an_amendment_stands_in_the_place_of_the_permit_and_a_renewal_behind_it(officers, founded, commit):
    [first] = actions.grant_request(request=asked(officers), actor=officers["schools-head"], now=NOW)
    scopes = (Scope(method="GET", path_glob="/pupils/*"), Scope(method="*", path_glob="/pupils/2*"))
    amendment = asked(officers, kind=RequestKind.AMENDMENT, follows=first, scopes=scopes)
    with commit():
        second, third = actions.grant_request(request=amendment, actor=officers["schools-head"], now=LATER)

    ends = YEAR.ends_at + timedelta(days=365)
    renewal = asked(
        officers,
        kind=RequestKind.RENEWAL,
        follows=second,
        starts_at=YEAR.ends_at,
        conditions=replace(YEAR, ends_at=ends),
    )
    [fourth] = actions.grant_request(request=renewal, actor=officers["schools-head"], now=LATER)

    assert rights(founded) == [(bodies.CLINICS, scope.method, scope.path_glob) for scope in scopes]
    states = [queries.get_permit(one).state_at(LATER) for one in (first, second, third, fourth)]
    assert states == [PermitState.REVOKED, PermitState.IN_FORCE, PermitState.IN_FORCE, PermitState.TO_COME]
    assert queries.get_permit(fourth).state_at(YEAR.ends_at) is PermitState.IN_FORCE
    with pytest.raises(PermitUnknown):
        asked(officers, kind=RequestKind.AMENDMENT, follows=first)


def test_a_right_rests_is_resumed_and_ends_each_with_a_reason(officers, founded, commit):
    head = officers["schools-head"]
    [given] = actions.grant_request(request=asked(officers), actor=head, now=NOW)
    with pytest.raises(ReasonMissing):
        actions.suspend_permit(permit=given, reason=" ", actor=head, now=NOW)
    with pytest.raises(PermitStands):
        actions.resume_permit(permit=given, reason="برگشت", actor=head, now=NOW)

    held = []
    for act in (actions.suspend_permit, actions.resume_permit, actions.revoke_permit):
        with commit():
            act(permit=given, reason="تصمیم", actor=head, now=LATER)
        held.append(len(rights(founded)))

    assert held == [0, 1, 0]
    with pytest.raises(PermitStands):
        actions.suspend_permit(permit=given, reason="باز", actor=head, now=LATER)
    assert facts.recorded_for(given) == [
        "exchange.permit-granted",
        "exchange.permit-suspended",
        "exchange.permit-resumed",
        "exchange.permit-revoked",
    ]


def test_rights_of_groups_reach_their_members_and_end_with_the_group(officers, founded, commit):
    head, local = officers["schools-head"], f"{bodies.PUPILS}/partners"
    group = Group(address=local, name_fa="همکاران", members=(bodies.CLINICS,))
    with commit():
        assert actions.register_group(group=group, actor=head, now=NOW)
        assert not actions.register_group(group=group, actor=head, now=NOW)
        actions.register_group(
            group=Group(address="LR/everybody", name_fa="همه", members=(OURS,)), actor=officers["integrator"], now=NOW
        )
        right = permit(consumer=local, data_service=bodies.PUPIL, path_glob="/pupils/*", reason="گروه")
        given = actions.grant_permit(permit=right, actor=head, now=NOW)
    snapshot = snapshot_of(founded)
    found = {one.id.encoded(): {member.encoded() for member in one.members} for one in snapshot.groups}
    assert found == {local: {bodies.CLINICS}, "LR/everybody": {OURS}}
    assert rights(founded, NOW) == [(local, "GET", "/pupils/*")]
    assert queries.get_permit(given).consumer.name("fa") == "همکاران"
    foreign = permit(consumer=local, reason="گروه")
    with pytest.raises(GroupUnknown):
        actions.grant_permit(permit=foreign, actor=SYSTEM, now=NOW)

    for address, actor in ((local, "health-officer"), ("LR/all", "schools-head"), (f"{OURS}/x", "schools-head")):
        before = counts()
        with pytest.raises(NotYours):
            actions.register_group(group=replace(group, address=address), actor=officers[actor], now=NOW)
        assert counts() == before
    with commit():
        actions.close_group(group=local, reason="پایان", actor=head, now=NOW)

    assert rights(founded, NOW) == []
    with pytest.raises(Closed):
        actions.register_group(group=group, actor=head, now=NOW)


def test_a_member_leaves_with_all_that_stands_on_it(officers, founded, commit):
    waiting = asked(officers, scopes=(Scope(method="GET", path_glob="/pupils/1*"),))
    [given] = actions.grant_request(request=waiting, actor=officers["schools-head"], now=NOW)
    still = asked(officers)

    with commit():
        actions.close_member(member=bodies.SCHOOLS, reason="ادغام", actor=officers["integrator"], now=LATER)

    snapshot = snapshot_of(founded, LATER)
    assert {bodies.SCHOOLS, bodies.PUPILS} & {
        *(one.id.encoded() for one in snapshot.members),
        *(one.id.encoded() for one in snapshot.subsystems),
    } == set()
    assert queries.get_permit(given).state_at(LATER) is PermitState.REVOKED
    assert queries.get_request(still, officers["health-head"]).state is RequestState.REFUSED
    with pytest.raises(DataServiceUnknown):
        asked(officers)


def test_an_uploaded_description_that_hinders_changes_nothing_and_says_where(officers):
    content = bodies.DESCRIPTION.replace(", x-personal-data: true", "").encode()
    before = counts()

    with pytest.raises(DescriptionUnfit) as refused:
        actions.describe_data_service(
            data_service=bodies.PUPIL,
            content=content,
            validation=Validation.REPORT,
            actor=officers["schools-head"],
            now=NOW,
        )

    [finding] = [one for one in refused.value.facts["findings"] if one.hinders]
    assert (finding.code, finding.detail) == ("personal-data", "first_name")
    assert counts() == before
    with pytest.raises(NotYours):
        actions.describe_data_service(
            data_service=bodies.PUPIL,
            content=bodies.DESCRIPTION.encode(),
            validation=Validation.OFF,
            actor=officers["health-head"],
            now=NOW,
        )
