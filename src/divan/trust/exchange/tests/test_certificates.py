"""Certificates of our authority: whose name, which key, renewed and told of in time, revoked at once."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.foundation.models import Fact, OutgoingMessage
from divan.trust.exchange import actions, jobs, models, queries
from divan.trust.exchange.adapters import issuing, keys
from divan.trust.exchange.values import ExchangeNotPrepared, SubsystemUnknown
from divan.trust.exchange.values.control import (
    CertificateRevoked,
    CertificateState,
    CertificateUnknown,
    Closed,
    CsrUnfit,
    NotYours,
    ReasonMissing,
)
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import read_certificates
from divan_libs.pki.keys import FileKey, generate_private_key
from divan_libs.pki.tests.test_requests import request

from . import bodies
from .test_permits import snapshot_of
from .test_requests import commit, officers
from .world import NOW, OURS

__all__ = ["commit", "officers"]

YEAR = timedelta(days=365)


def issued(officers, key=None, at=NOW) -> UUID:
    content = request(key or generate_private_key(), common_name=bodies.CLINICS)
    return actions.issue_certificate(subsystem=bodies.CLINICS, csr=content, actor=officers["health-officer"], now=at)


def let_in(told, at=NOW) -> frozenset[str]:
    [found] = [one for one in snapshot_of(told, at).subsystems if one.id.encoded() == bodies.CLINICS]
    return found.certificates


def counts() -> tuple[int, ...]:
    return models.Certificate.objects.count(), models.SnapshotVersion.objects.count(), Fact.objects.count()


def test_a_certificate_bears_the_name_of_the_subsystem_chains_to_our_root_and_is_let_in(officers, founded, commit):
    key = generate_private_key()
    with commit():
        uuid = issued(officers, key)

    found = queries.get_certificate(uuid, officers["health-head"])
    first, *chain = read_certificates(found.certificate.encode())
    root = read_certificates((founded.control / keys.AUTHORITIES).read_bytes())[-1]

    assert first.public_key() == key.public_key()
    [name] = first.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert (name.value, found.ends_at) == (bodies.CLINICS, NOW + YEAR)
    x509.verification.PolicyBuilder().store(x509.verification.Store([root])).time(NOW).build_client_verifier().verify(
        first, chain
    )
    assert let_in(founded) == {found.fingerprint}
    assert facts.recorded_for(uuid) == ["exchange.certificate-issued"]


def test_a_request_that_is_unfit_is_refused_by_its_reason_and_nothing_moves(officers):
    taken, gone = generate_private_key(), generate_private_key()
    issued(officers, taken)
    actions.revoke_certificate(
        certificate=issued(officers, gone), reason="گم شد", actor=officers["health-head"], now=NOW
    )
    wanted = request(generate_private_key(), common_name=bodies.PUPILS)
    two = request(generate_private_key(), x509.DNSName("clinics.example"), common_name=bodies.CLINICS)
    before = counts()

    def refused(content, subsystem=bodies.CLINICS, actor="health-officer"):
        with pytest.raises(CsrUnfit) as refusal:
            actions.issue_certificate(subsystem=subsystem, csr=content, actor=officers[actor], now=NOW)
        return refusal.value.facts["reason"]

    again, lost = (request(key, common_name=bodies.CLINICS) for key in (taken, gone))
    of_other = request(taken, common_name=bodies.PUPILS)
    found = [refused(one) for one in (wanted, two, again, lost, b"PK\x03\x04")]
    found.append(refused(of_other, bodies.PUPILS, "schools-head"))
    for actor in ("health-clerk", "schools-head"):
        with pytest.raises(NotYours):
            actions.issue_certificate(subsystem=bodies.CLINICS, csr=two, actor=officers[actor], now=NOW)
    with pytest.raises(SubsystemUnknown):
        actions.issue_certificate(subsystem="LR/GOV/health/none", csr=two, actor=officers["health-head"], now=NOW)

    assert found == ["name", "name", "key-certified", "key-revoked", "unreadable", "key-taken"]
    assert counts() == before


def test_a_revoked_certificate_is_let_in_no_more_and_is_nobody_elses_to_revoke(officers, founded, commit):
    first, second = issued(officers), issued(officers)
    for actor in ("schools-head", "health-clerk"):
        with pytest.raises(CertificateUnknown):
            actions.revoke_certificate(certificate=first, reason="x", actor=officers[actor], now=NOW)
    with pytest.raises(ReasonMissing):
        actions.revoke_certificate(certificate=first, reason="", actor=officers["integrator"], now=NOW)

    with commit():
        actions.revoke_certificate(certificate=first, reason="لو رفت", actor=officers["integrator"], now=NOW)

    assert let_in(founded) == {queries.get_certificate(second, SYSTEM).fingerprint}
    assert queries.get_certificate(first, SYSTEM).state_at(NOW) is CertificateState.REVOKED
    with pytest.raises(CertificateRevoked):
        actions.revoke_certificate(certificate=first, reason="باز", actor=officers["integrator"], now=NOW)


def test_a_certificate_near_its_end_is_renewed_for_its_key_and_told_of_until_it_is_fetched(officers, founded, commit):
    key = generate_private_key()
    uuid = issued(officers, key)
    assert jobs.watch_certificates(NOW + YEAR - timedelta(days=31)) == 0
    soon = NOW + YEAR - timedelta(days=30)

    with commit():
        assert jobs.watch_certificates(soon) == 2
    assert jobs.watch_certificates(soon + timedelta(days=1)) == 0

    old, new = queries.list_certificates(officers["health-head"])[::-1]
    assert (old.uuid, old.renewed, new.renews, new.ends_at) == (uuid, new.uuid, uuid, soon + YEAR)
    assert read_certificates(new.certificate.encode())[0].public_key() == key.public_key()
    assert let_in(founded, soon) == {old.fingerprint, new.fingerprint}
    told = [(one.recipient, "آمادهٔ دریافت" in one.text or "fetch it" in one.text) for one in messages()]
    assert told == [("09990000001", True), ("09990000002", True)]
    jobs.watch_certificates(soon + timedelta(days=23))
    assert len(messages()) == 4

    actions.fetch_certificate(certificate=new.uuid, actor=officers["health-officer"], now=soon)
    jobs.watch_certificates(soon + timedelta(days=29))
    assert len(messages()) == 4
    assert facts.recorded_for(uuid).count("exchange.certificate-warned") == 2


def test_a_key_is_not_renewed_for_ever_and_its_officers_are_told_to_send_another(officers):
    uuid, at = issued(officers), NOW
    for _ in range(3):
        at = queries.get_certificate(uuid, SYSTEM).ends_at - timedelta(days=10)
        renewed = actions.renew_certificate(certificate=uuid, actor=SYSTEM, now=at)
        uuid = renewed or uuid
    at = queries.get_certificate(uuid, SYSTEM).ends_at - timedelta(days=10)

    assert actions.renew_certificate(certificate=uuid, actor=SYSTEM, now=at) is None
    assert actions.warn_of_end(certificate=uuid, actor=SYSTEM, now=at) == 2
    assert at - NOW > timedelta(days=3 * 365)
    assert "دریافت" not in messages()[-1].text


def test_closing_a_subsystem_revokes_its_certificates(officers, founded, commit):
    uuid = issued(officers)

    with commit():
        actions.close_subsystem(subsystem=bodies.CLINICS, reason="پایان", actor=officers["integrator"], now=NOW)

    assert queries.get_certificate(uuid, SYSTEM).state_at(NOW) is CertificateState.REVOKED
    with pytest.raises(Closed):
        issued(officers)
    with pytest.raises(NotYours):
        actions.close_subsystem(subsystem=bodies.PUPILS, reason="x", actor=officers["schools-head"], now=NOW)


def test_in_production_the_operators_authority_issues_and_without_one_nothing_is_issued(officers, production):
    before = counts()
    with pytest.raises(ExchangeNotPrepared):
        issued(officers)
    assert counts() == before
    made = RehearsalAuthority.establish(production.control / "authority", NOW)
    own = FileKey.open(production.control / "authority" / "intermediate.pem")
    FileKey.create(production.control / issuing.ISSUER, own.private_key, own.certificate)

    found = queries.get_certificate(issued(officers), SYSTEM)

    first, above = read_certificates(found.certificate.encode())
    assert above == made.chain[0]
    assert first.subject.rfc4514_string() == f"CN={bodies.CLINICS},C=IR"
    assert found.subsystem.address != OURS


def messages() -> list[OutgoingMessage]:
    return list(OutgoingMessage.objects.order_by("id"))
