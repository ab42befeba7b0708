"""Members, data services, permits, and the snapshots that carry them to the gateway."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact
from divan.trust.exchange import actions, jobs, models, queries
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.values import (
    AddressFaulty,
    CertificateFaulty,
    Connection,
    DataServiceFaulty,
    DataServiceUnknown,
    ExchangeNotPrepared,
    ExchangePlan,
    Member,
    MemberUnknown,
    PermitFaulty,
    PermitRevoked,
    PermitState,
    PermitUnknown,
    Subsystem,
    SubsystemUnknown,
    Validation,
    WeeklyHours,
)
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import load_public_key
from divan_libs.envelope.signed_snapshot import open_snapshot
from divan_libs.envelope.snapshot import Operation, ServiceKind, Snapshot

from .world import MEMBERS, NOW, OURS, SERVICE, permit, plan


def snapshot_of(told, at=NOW) -> Snapshot:
    """Open the gateway's file as the gateway does."""
    key = load_public_key((told.gateway / keys.SNAPSHOT_PUBLIC_KEY).read_bytes())
    return open_snapshot((told.gateway / keys.SNAPSHOT).read_bytes(), key, now=at)


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def counts() -> tuple[int, int, int]:
    return models.Permit.objects.count(), models.SnapshotVersion.objects.count(), Fact.objects.count()


def test_the_first_snapshot_says_all_that_the_plan_says(founded):
    snapshot = snapshot_of(founded)

    assert (snapshot.version, snapshot.server.encoded()) == (1, "LR/GOV/governor-office/gateway")
    assert [member.id.encoded() for member in snapshot.members] == ["LR/GOV/civil-registry", "LR/GOV/governor-office"]
    assert [service.id.encoded() for service in snapshot.services] == [SERVICE]
    [right] = snapshot.permits
    assert (right.method, right.path_glob, right.purpose) == ("GET", "/persons/*", "احراز هویت")
    ours = next(subsystem for subsystem in snapshot.subsystems if subsystem.id.encoded() == OURS)
    assert ours.certificates == {keys.client_fingerprint(founded)}
    assert queries.data_service_codes() == {"civil-registry/person"}


def test_founding_again_changes_nothing(founded, commit):
    before, key = counts(), (founded.gateway / keys.EVIDENCE_KEY).read_bytes()

    with commit():
        assert actions.found_exchange(plan=plan(), actor=SYSTEM, now=NOW + timedelta(days=1)) is False

    assert counts() == before
    assert (founded.gateway / keys.EVIDENCE_KEY).read_bytes() == key


def test_a_permit_that_was_revoked_is_not_given_again_by_founding(founded, commit):
    [given] = queries.list_permits()
    actions.revoke_permit(permit=given.uuid, reason="پایان نیاز", actor=SYSTEM, now=NOW)

    with commit():
        actions.found_exchange(plan=plan(), actor=SYSTEM, now=NOW)

    assert [one.state_at(NOW) for one in queries.list_permits()] == [PermitState.REVOKED]


def test_a_revoked_permit_is_in_no_later_snapshot(founded, commit):
    [given] = queries.list_permits()

    with commit():
        actions.revoke_permit(permit=given.uuid, reason="پایان نیاز", actor=SYSTEM, now=NOW)

    snapshot = snapshot_of(founded)
    assert (snapshot.version, snapshot.permits) == (2, ())
    assert facts.recorded_for(given.uuid) == ["exchange.permit-granted", "exchange.permit-revoked"]
    before = counts()
    with pytest.raises(PermitRevoked):
        actions.revoke_permit(permit=given.uuid, reason="پایان نیاز", actor=SYSTEM, now=NOW)
    assert counts() == before


def test_a_granted_permit_stands_in_the_next_snapshot(founded, commit):
    with commit():
        uuid = actions.grant_permit(
            permit=permit(path_glob="/persons/*/alive", ends_at=NOW + timedelta(days=30)), actor=SYSTEM, now=NOW
        )

    snapshot = snapshot_of(founded)
    assert snapshot.version == 2
    assert [right.path_glob for right in snapshot.permits if right.id == str(uuid)] == ["/persons/*/alive"]
    assert queries.get_permit(uuid).state_at(NOW + timedelta(days=30)) is PermitState.ENDED


def test_a_permit_that_is_over_is_left_out(founded, commit):
    actions.grant_permit(permit=permit(path_glob="/x", ends_at=NOW + timedelta(hours=1)), actor=SYSTEM, now=NOW)

    with commit():
        actions.publish_snapshot(actor=SYSTEM, now=NOW + timedelta(hours=1))

    assert [right.path_glob for right in snapshot_of(founded, NOW + timedelta(hours=1)).permits] == ["/persons/*"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"purpose_fa": "  "}, "purpose"),
        ({"legal_basis_fa": ""}, "legal-basis"),
        ({"method": "get"}, "method"),
        ({"path_glob": "persons"}, "path"),
        ({"path_glob": "/" + "x" * 300}, "path"),
        ({"ends_at": NOW}, "period"),
    ],
)
def test_a_permit_that_says_too_little_is_refused_and_nothing_moves(founded, changes, reason):
    before = counts()

    with pytest.raises(PermitFaulty) as refusal:
        actions.grant_permit(permit=permit(**changes), actor=SYSTEM, now=NOW)

    assert refusal.value.facts == {"reason": reason}
    assert counts() == before


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [({"consumer": "LR/GOV/nobody/x"}, SubsystemUnknown), ({"data_service": "a/b"}, DataServiceUnknown)],
)
def test_a_permit_needs_both_sides(founded, changes, refusal):
    with pytest.raises(refusal):
        actions.grant_permit(permit=permit(**changes), actor=SYSTEM, now=NOW)


def test_an_unknown_permit_cannot_be_revoked(founded):
    with pytest.raises(PermitUnknown):
        actions.revoke_permit(permit=uuid4(), reason="پایان نیاز", actor=SYSTEM, now=NOW)


@pytest.mark.parametrize("address", ["LR/GOV", "LR/GOV/a/b", "LR//a", "LR/GOV/a%", ""])
def test_a_member_needs_an_address_of_the_exchange(founded, address):
    before = counts()

    with pytest.raises(AddressFaulty):
        actions.register_member(member=Member(address=address, name_fa="نام"), actor=SYSTEM, now=NOW)

    assert counts() == before


def test_a_subsystem_needs_its_member_and_real_fingerprints(founded):
    with pytest.raises(MemberUnknown):
        actions.register_subsystem(subsystem=Subsystem(address="LR/GOV/other/x", name_fa="نام"), actor=SYSTEM, now=NOW)
    with pytest.raises(CertificateFaulty):
        actions.register_subsystem(
            subsystem=Subsystem(address=OURS, name_fa="نام", certificates=("12:34",)), actor=SYSTEM, now=NOW
        )
    with pytest.raises(AddressFaulty):
        actions.register_subsystem(
            subsystem=Subsystem(address=MEMBERS[0].address, name_fa="نام"), actor=SYSTEM, now=NOW
        )


def test_a_newer_certificate_reaches_the_gateway(founded, commit):
    newer = Subsystem(address="LR/GOV/civil-registry/population", name_fa="جمعیت", certificates=("AB:" * 31 + "AB",))

    with commit():
        assert actions.register_subsystem(subsystem=newer, actor=SYSTEM, now=NOW)

    known = {one.id.encoded(): one.certificates for one in snapshot_of(founded).subsystems}
    assert known[newer.address] == {"ab" * 32}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"code": "Person"}, "code"),
        ({"base_urls": ()}, "exchange.snapshot.address"),
        ({"base_urls": ("ftp://x",)}, "exchange.snapshot.address"),
        ({"base_urls": ("http://user@x",)}, "exchange.snapshot.address"),
        ({"timeout_ms": 0}, "timeout"),
        ({"code": "civil-registry/other"}, "address-taken"),
    ],
)
def test_a_data_service_that_cannot_be_routed_is_refused(founded, changes, reason):
    before = counts()

    with pytest.raises(DataServiceFaulty) as refusal:
        actions.register_data_service(data_service=replace(plan().data_services[0], **changes), actor=SYSTEM, now=NOW)

    assert refusal.value.facts["reason"] == reason
    assert counts() == before


def test_a_snapshot_that_did_not_reach_the_gateway_is_handed_out_later(founded):
    # Nothing runs after the commit here: the process died between the two.
    actions.publish_snapshot(actor=SYSTEM, now=NOW)
    assert snapshot_of(founded).version == 1

    assert jobs.keep_snapshot(NOW) == 0

    assert snapshot_of(founded).version == 2


def test_a_snapshot_keeps_of_its_parts_only_those_that_are_new(founded, commit):
    before = set(models.SnapshotPart.objects.values_list("pk", flat=True))

    with commit():
        actions.grant_permit(permit=permit(path_glob="/persons/*/alive"), actor=SYSTEM, now=NOW)
        actions.publish_snapshot(actor=SYSTEM, now=NOW)

    [fresh] = models.SnapshotPart.objects.exclude(pk__in=before)
    assert fresh.sha256 == sha256(fresh.line).hexdigest()
    assert b"/persons/*/alive" in bytes(fresh.line)
    assert len(snapshot_of(founded).permits) == 2


def test_the_file_of_the_gateway_is_made_whole_again_from_what_is_kept(founded):
    file = founded.gateway / keys.SNAPSHOT
    whole = file.read_bytes()

    for damaged in (whole.splitlines()[0], whole.replace(b"persons", b"prisons"), b""):
        file.write_bytes(damaged)
        jobs.keep_snapshot(NOW)
        assert file.read_bytes() == whole


def test_a_part_that_is_not_what_was_signed_does_not_reach_the_gateway(founded, commit):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exchange_snapshotpart DISABLE TRIGGER record_stands")
    [wanted] = [part for part in models.SnapshotPart.objects.all() if b"/persons/*" in bytes(part.line)]
    models.SnapshotPart.objects.filter(pk=wanted.pk).update(line=bytes(wanted.line).replace(b"GET", b"PUT"))
    file = founded.gateway / keys.SNAPSHOT
    file.unlink()

    with pytest.raises(EnvelopeError) as refused:
        jobs.keep_snapshot(NOW)

    assert (refused.value.code, refused.value.facts["sha256"]) == ("exchange.snapshot.part", wanted.pk)
    assert not file.exists()


def test_what_an_earlier_program_signed_is_signed_anew(founded):
    models.SnapshotVersion.objects.create(
        uuid=uuid4(), number=7, signed=b"e30.e30.AA", sha256="0" * 64, issued_at=NOW, expires_at=NOW + timedelta(days=3)
    )

    with transaction.atomic():
        assert jobs.keep_snapshot(NOW) == 1

    assert queries.find_newest_snapshot().number == 8


def test_numbering_goes_on_behind_the_gateway_after_an_older_database_was_put_back(founded, commit):
    before = models.SnapshotVersion.objects.get()
    with commit():
        for _ in range(3):
            actions.publish_snapshot(actor=SYSTEM, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exchange_snapshotversion DISABLE TRIGGER record_stands")
    models.SnapshotVersion.objects.exclude(pk=before.pk).delete()

    with commit():
        later = NOW + timedelta(days=30)
        assert actions.publish_snapshot(actor=SYSTEM, now=later).number == 5

    assert snapshot_of(founded, later).version == 5


def test_a_snapshot_is_renewed_before_it_grows_old(founded, commit):
    tomorrow = NOW + timedelta(hours=24)

    with commit():
        assert [jobs.keep_snapshot(tomorrow - timedelta(seconds=1)), jobs.keep_snapshot(tomorrow)] == [0, 1]

    assert snapshot_of(founded, tomorrow).version == 2


def test_an_exchange_that_was_never_founded_publishes_nothing(db):
    assert jobs.keep_snapshot(NOW) == 0
    assert models.SnapshotVersion.objects.count() == 0


def test_a_production_exchange_makes_no_keys(db, production):
    with pytest.raises(ExchangeNotPrepared):
        actions.found_exchange(
            plan=ExchangePlan(members=(), subsystems=(), data_services=(), permits=()), actor=SYSTEM, now=NOW
        )

    assert not production.control.exists()


def test_a_published_snapshot_stands(founded):
    with pytest.raises(DatabaseError), transaction.atomic():
        models.SnapshotVersion.objects.update(sha256="0" * 64)


def test_private_keys_are_for_their_owner_alone(founded):
    private = [*founded.control.glob("*.pem"), *founded.gateway.glob("*.pem"), founded.gateway / keys.SUBJECT_KEYS]

    assert [path.name for path in private if path.stat().st_mode & 0o077] == []


DESCRIPTION = '{"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/persons/{code}": {"get": {}}}}'


def test_what_bounds_a_right_and_what_is_done_with_messages_reaches_the_gateway(founded, commit):
    [service] = plan().data_services
    told = replace(
        service, health_path="/health", may_cache=True, description=DESCRIPTION, validation=Validation.ENFORCE
    )
    hours = (WeeklyHours(days=(6, 7), starts=time(7, 30), ends=time(14)),)
    with commit():
        assert actions.register_data_service(data_service=told, actor=SYSTEM, now=NOW)
        polite = Subsystem(address=OURS, name_fa="x", connection=Connection.HTTPS_NO_AUTH, true_status=True)
        assert actions.register_subsystem(subsystem=polite, actor=SYSTEM, now=NOW)
        bounded = permit(method="PUT", hours=hours, rate_per_minute=60, burst=5, daily_quota=1000, hidden=("/born/on",))
        actions.grant_permit(permit=bounded, actor=SYSTEM, now=NOW)

    snapshot = snapshot_of(founded)

    [found] = snapshot.services
    assert (found.health_path, found.may_cache, found.validation) == ("/health", True, Validation.ENFORCE)
    assert (found.kind, found.description) == (ServiceKind.OPENAPI, DESCRIPTION)
    assert found.operations == (Operation(method="GET", path="/persons/*"),)
    ours = next(subsystem for subsystem in snapshot.subsystems if subsystem.id.encoded() == OURS)
    assert (ours.connection, ours.true_status) == (Connection.HTTPS_NO_AUTH, True)
    right = snapshot.permits[-1]
    assert (right.hours, right.hidden) == (hours, ("/born/on",))
    assert (right.rate_per_minute, right.burst, right.daily_quota) == (60, 5, 1000)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rate_per_minute": 0}, "limit"),
        ({"burst": 5}, "limit"),
        ({"daily_quota": -1}, "limit"),
        ({"hidden": ("born",)}, "hidden"),
    ],
)
def test_bounds_that_cannot_be_are_named(founded, changes, reason):
    before = counts()
    with pytest.raises(PermitFaulty) as refused:
        actions.grant_permit(permit=permit(**changes), actor=SYSTEM, now=NOW)

    assert refused.value.facts["reason"] == reason
    assert counts() == before


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"description": "{}"}, "exchange.description"),
        ({"description": '{"openapi": "2.0", "paths": {}}'}, "exchange.description"),
        ({"description": '{"openapi'}, "exchange.description"),
        ({"validation": Validation.REPORT}, "exchange.snapshot.description"),
        ({"health_path": "health"}, "exchange.snapshot.health-path"),
    ],
)
def test_a_description_that_is_none_is_not_entered(founded, changes, reason):
    before = counts()
    [service] = plan().data_services
    with pytest.raises(DataServiceFaulty) as refused:
        actions.register_data_service(data_service=replace(service, **changes), actor=SYSTEM, now=NOW)

    assert refused.value.facts["reason"] == reason
    assert counts() == before
