"""`kill -9` in the control plane: whatever was not committed never was, and is done whole the next time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, OutgoingMessage
from divan.registers.people import queries as people
from divan.trust.exchange import actions, models, queries
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.apps import ExchangeOptions
from divan.trust.exchange.tests import world as around
from divan.trust.exchange.values import Member
from divan.trust.exchange.values.control import CertificateState, Conditions, NewRequest, RequestState, Scope
from divan_libs.envelope.keys import load_public_key
from divan_libs.envelope.signed_snapshot import open_snapshot
from divan_libs.envelope.snapshot import Snapshot
from divan_libs.pki.keys import generate_private_key
from divan_libs.pki.tests.test_requests import request as csr_of

from .house import House
from .test_exchange import told

__all__ = ["told"]

POPULATION = "LR/GOV/civil-registry/population"


def held(told: ExchangeOptions, house: House) -> Snapshot:
    key = load_public_key((told.gateway / keys.SNAPSHOT_PUBLIC_KEY).read_bytes())
    return open_snapshot((told.gateway / keys.SNAPSHOT).read_bytes(), key, now=house.world.now)


def let_in(told: ExchangeOptions, house: House) -> frozenset[str]:
    [found] = [one for one in held(told, house).subsystems if one.id.encoded() == POPULATION]
    return found.certificates


def counts() -> tuple[int, ...]:
    tables = models.Permit, models.Certificate, models.SnapshotVersion, Fact, OutgoingMessage
    return tuple(table.objects.count() for table in tables)


def certified(house: House) -> UUID:
    csr = csr_of(generate_private_key(), common_name=POPULATION)
    return actions.issue_certificate(subsystem=POPULATION, csr=csr, actor=SYSTEM, now=house.world.now)


def test_a_request_cut_while_it_is_granted_waits_as_before(house: House, told: ExchangeOptions):
    wanted = NewRequest(
        consumer=around.OURS,
        data_service="civil-registry/person",
        scopes=(Scope(method="PUT", path_glob="/persons/*"), Scope(method="GET", path_glob="/alive/*")),
        purpose_fa="p",
        legal_basis_fa="l",
        conditions=Conditions(ends_at=house.world.now + timedelta(days=9)),
    )
    request = actions.request_permit(wanted=wanted, actor=SYSTEM, now=house.world.now)
    before, version = counts(), held(told, house).version

    house.cut("exchange.request-granted", "deed", "grant_request", str(request))

    assert counts() == before
    assert queries.get_request(request, SYSTEM).state is RequestState.ASKED
    permits = actions.grant_request(request=request, reference="1", actor=SYSTEM, now=house.world.now)
    assert [facts.recorded_for(one) for one in permits] == [["exchange.permit-granted"]] * 2
    assert (held(told, house).version, len(held(told, house).permits)) == (version + 1, 3)
    house.rest()


@pytest.mark.parametrize("point", ["exchange.certificate-issued", "exchange.snapshot-committed"])
def test_a_key_is_certified_wholly_or_not_at_all(house: House, told: ExchangeOptions, point: str):
    csr = csr_of(generate_private_key(), common_name=POPULATION)
    before = counts()

    house.cut(point, "deed", "issue_certificate", POPULATION, csr.decode())

    if point == "exchange.certificate-issued":
        assert counts() == before
        actions.issue_certificate(subsystem=POPULATION, csr=csr, actor=SYSTEM, now=house.world.now)
    else:
        assert let_in(told, house) == frozenset()
        house.work("snapshot")
    [row] = models.Certificate.objects.all()
    assert let_in(told, house) == {row.fingerprint}
    assert facts.recorded_for(row.uuid) == ["exchange.certificate-issued"]
    house.rest()


def test_a_revocation_that_was_cut_is_pressed_again_and_then_holds(house: House, told: ExchangeOptions):
    certificate = certified(house)
    before = counts()

    house.cut("exchange.certificate-revoked", "deed", "revoke_certificate", str(certificate))

    assert counts() == before
    assert len(let_in(told, house)) == 1
    actions.revoke_certificate(certificate=certificate, reason="lost", actor=SYSTEM, now=house.world.now)
    assert let_in(told, house) == frozenset()
    house.rest()


def test_a_renewal_and_a_warning_that_were_cut_happen_once_by_the_worker(house: House, told: ExchangeOptions):
    body = people.get_post(house.world.post("ict-director").uuid).unit.body_code
    actions.register_member(
        member=Member(address="LR/GOV/civil-registry", name_fa="ثبت", body=body), actor=SYSTEM, now=house.world.now
    )
    certificate = certified(house)
    house.world.pass_time(days=340)
    before = counts()

    house.cut("exchange.certificate-renewed", "deed", "renew_certificate", str(certificate))
    house.cut("exchange.certificate-warned", "deed", "warn_of_end", str(certificate))

    assert counts() == before
    house.work("certificates")
    house.work("certificates")
    old, new = queries.get_certificate(certificate, SYSTEM), models.Certificate.objects.get(renews__uuid=certificate)
    assert (old.state_at(house.world.now), old.renewed) == (CertificateState.REPLACED, new.uuid)
    told_of = facts.recorded_for(certificate)
    assert told_of == ["exchange.certificate-issued", "exchange.certificate-warned"]
    assert facts.recorded_for(new.uuid) == ["exchange.certificate-issued"]
    assert OutgoingMessage.objects.filter(about_uuid=certificate).count() == 1
    assert let_in(told, house) == {old.fingerprint, new.fingerprint}
    house.rest()
