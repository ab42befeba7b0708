"""Evidence leaves the house in containers that hold the gateway's own signature, stamped, and that anyone can check."""

from __future__ import annotations

from base64 import b64decode
from datetime import timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, models, queries
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.adapters.stamp_files import STAMPS
from divan.trust.exchange.values import EvidenceUncertified, EvidenceUnknown
from divan_gateway.archive import Wanted, find
from divan_libs.asic.archive import read_archive
from divan_libs.asic.reading import Shape
from divan_libs.asic.verification import verify_container
from divan_libs.envelope.evidence.records import Intent
from divan_libs.pki.encoding import read_certificates
from divan_libs.pki.errors import TimestampUnavailable
from divan_libs.pki.timestampers import LocalTimestamper

from . import world as around
from .world import NOW

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def stamper(founded) -> LocalTimestamper:
    return around.stamper(founded, NOW)


@pytest.fixture
def judge(founded):
    roots = read_certificates((founded.control / keys.AUTHORITIES).read_bytes())[-1:]
    return lambda octets: verify_container(octets, roots=roots, now=LATER)


def stamp(stamper, now=NOW) -> int:
    return actions.stamp_evidence(timestamper=stamper, actor=SYSTEM, now=now)


def test_a_message_leaves_in_a_container_that_a_stranger_verifies(writer, stamper, judge):
    writer.messages("a", "b", "c")
    writer.messages("d")
    actions.import_evidence(actor=SYSTEM, now=NOW)

    assert [stamp(stamper), stamp(stamper)] == [2, 0]

    for name in "abcd":
        container = queries.get_container(f"message-{name}")
        verdict = judge(container.octets)
        assert (verdict.problems, verdict.trusted, verdict.shape) == ((), True, Shape.BATCH)
        assert (verdict.timestamped_at, container.stamped_at) == (NOW, NOW)
        assert verdict.signer.common_name == writer.told.server
        assert f'"request_id":"{name}"'.encode() in read_archive(container.octets)["intent.json"]
        assert container.name == f"message-{name}-{name}.asice"
    [kept] = models.EvidenceStamp.objects.all()
    assert facts.recorded_for(kept.uuid) == ["exchange.evidence-stamped"]


def test_a_message_that_its_service_wants_signed_alone_has_a_plain_signature(writer, stamper, judge):
    writer.message("a")
    writer.message("b", signed=True)
    writer.message("c", signed=True)
    writer.log.seal()
    writer.messages("d")
    actions.import_evidence(actor=SYSTEM, now=NOW)
    stamp(stamper)

    shapes = {name: judge(queries.get_container(f"message-{name}").octets) for name in "abcd"}

    assert {name: str(verdict.shape) for name, verdict in shapes.items()} == {
        "a": "batch",
        "b": "plain",
        "c": "plain",
        "d": "batch",
    }
    assert all(verdict.trusted and verdict.timestamped_at for verdict in shapes.values())
    assert queries.verify_evidence() == []


def test_a_container_before_its_timestamp_says_so_and_the_signature_stays_the_same(writer, stamper, judge):
    writer.messages("a")
    actions.import_evidence(actor=SYSTEM, now=NOW)
    early = queries.get_container("message-a")
    stamp(stamper)
    late = queries.get_container("message-a")

    assert (early.stamped_at, judge(early.octets).problems) == (None, ("asic.timestamp.missing",))
    assert judge(late.octets).problems == ()
    assert read_archive(early.octets)["META-INF/signatures.xml"] == read_archive(late.octets)["META-INF/signatures.xml"]


def test_the_gateway_finds_the_same_container_among_its_own_files(writer, stamper, founded):
    writer.messages("a", "b", "c")
    writer.message("d", signed=True)
    writer.message("e", signed=True)
    writer.log.seal()
    actions.import_evidence(actor=SYSTEM, now=NOW)
    stamp(stamper)
    [path] = (founded.gateway / STAMPS).rglob("*.json")
    # Lost, or never written because we stopped behind the commit.
    path.unlink()
    assert stamp(stamper) == 0

    for name in "abcde":
        evidence = founded.gateway / keys.EVIDENCE
        client = Intent.decode(bytes(models.EvidenceRow.objects.get(request_id=name).intent)).client
        wanted = Wanted(evidence=evidence, stamps=founded.gateway / STAMPS, message_id=f"message-{name}", client=client)
        [found] = find(wanted)
        container = queries.get_container(f"message-{name}")
        assert (found["name"], b64decode(found["container"])) == (container.name, container.octets)
        assert found["is_stamped"]


def test_a_silent_authority_changes_nothing(writer, stamper):
    class Silent(LocalTimestamper):
        def answer(self, _) -> bytes:
            raise TimestampUnavailable("no route")

    writer.messages("a")
    actions.import_evidence(actor=SYSTEM, now=NOW)
    silent = Silent(None, lambda: NOW)

    with pytest.raises(TimestampUnavailable):
        stamp(silent)

    assert models.EvidenceStamp.objects.count() == 0
    assert stamp(stamper) == 1


def test_evidence_of_a_key_without_certificate_is_kept_and_not_handed_out(founded):
    from .world import Writer  # noqa: PLC0415 (as the fixture, with another key file)

    path = founded.gateway / keys.EVIDENCE_KEY
    path.write_bytes(path.read_bytes().split(b"-----BEGIN CERTIFICATE-----")[0])
    writer = Writer(founded)
    writer.messages("a")
    writer.log.abandon()
    actions.import_evidence(actor=SYSTEM, now=NOW)

    assert queries.get_evidence("message-a").problem == ""
    with pytest.raises(EvidenceUncertified):
        queries.get_container("message-a")
    with pytest.raises(EvidenceUnknown):
        queries.get_container("message-z")


def test_the_certificate_of_evidence_is_renewed_under_the_same_key(founded):
    path = founded.gateway / keys.EVIDENCE_KEY
    before = path.read_bytes()

    keys.prepare_rehearsal(founded, NOW + timedelta(days=700))

    after = path.read_bytes()
    assert before != after
    assert before.split(b"-----BEGIN CERT")[0] == after.split(b"-----BEGIN CERT")[0]
