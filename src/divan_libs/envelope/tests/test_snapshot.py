"""The routing snapshot: whole, signed, in force, never rolled back."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from divan_libs.envelope.addresses import ClientId, MemberId, ServerId, ServiceId
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import SoftSigner, key_id, to_jose
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.snapshot import Connection, Member, Service, Snapshot, Subsystem, open_snapshot, sign_snapshot
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNER = SoftSigner(ec.generate_private_key(ec.SECP256R1()))
CLIENT = ClientId.parse("EE/GOV/1/client")
SERVICE = ServiceId.parse("EE/GOV/2/s%2Fub/%C3%B6")


def snapshot(**changes):
    known = {
        "version": 7,
        "issued_at": NOW,
        "expires_at": NOW + timedelta(days=1),
        "server": ServerId.parse("EE/GOV/2/gateway"),
        "subject_key": "k1",
        "members": (Member(id=MemberId("EE", "GOV", "1"), name="یک"), Member(id=MemberId("EE", "GOV", "2"), name="دو")),
        "subsystems": (
            Subsystem(id=CLIENT, name="c", certificates=frozenset({"a" * 64, "b" * 64})),
            Subsystem(id=SERVICE.provider, name="p", connection=Connection.HTTP),
        ),
        "services": (
            Service(
                id=SERVICE,
                name="s",
                addresses=("https://provider.example/api/", "http://[::1]:8080"),
                subject=SubjectPlace(where=SubjectIn.PATH_SEGMENT, at="1"),
            ),
        ),
        "permits": (
            Permit(
                id="p1",
                subject=CLIENT,
                service=SERVICE,
                method="GET",
                path_glob="/persons/*",
                purpose="identity of an applicant",
                legal_basis="act 1, art. 2",
                starts_at=NOW,
            ),
        ),
    }
    return Snapshot(**(known | changes))


def signed(document, signer=SIGNER, header=None):
    header = header or {"alg": "ES256", "kid": signer.key_id, "typ": "divan-snapshot+jws"}
    parts = [base64.urlsafe_b64encode(rfc8785.dumps(part)).rstrip(b"=") for part in (header, document)]
    message = b".".join(parts)
    return message + b"." + base64.urlsafe_b64encode(to_jose(signer.sign(message))).rstrip(b"=")


def given_to(group, of=None):
    """Give the permit to a group, which is there if ``of`` names it."""

    def change(told):
        told["permits"][0]["subject"] = group
        told["groups"] = [{"id": of, "members": []}] if of else []

    return change


def document():
    payload = sign_snapshot(snapshot(), SIGNER).split(b".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + b"=="))


def refusal_of(data, **options):
    with pytest.raises(EnvelopeError) as refused:
        open_snapshot(data, SIGNER.public_key(), **({"now": NOW} | options))
    return refused.value


def test_a_signed_snapshot_opens_as_it_was():
    assert open_snapshot(sign_snapshot(snapshot(), SIGNER), SIGNER.public_key(), now=NOW) == snapshot()


def test_another_library_verifies_it():
    jws = pytest.importorskip("joserfc.jws", reason="joserfc is not installed")
    jwk = pytest.importorskip("joserfc.jwk", reason="joserfc is not installed")
    data = sign_snapshot(snapshot(), SIGNER)

    opened = jws.deserialize_compact(data, jwk.ECKey.import_key(SIGNER.public_key()), algorithms=["ES256"])

    assert opened.payload == rfc8785.dumps(document())
    assert opened.headers()["kid"] == key_id(SIGNER.public_key())


@pytest.mark.parametrize("place", range(0, 2000, 61))
def test_no_changed_octet_is_accepted(place):
    data = bytearray(sign_snapshot(snapshot(), SIGNER))
    place %= len(data)
    data[place] ^= 1

    assert refusal_of(bytes(data)).code in {"exchange.snapshot.signature", "exchange.snapshot.malformed"}


def test_another_key_is_refused():
    stranger = SoftSigner(ec.generate_private_key(ec.SECP256R1()))

    assert refusal_of(sign_snapshot(snapshot(), stranger)).code == "exchange.snapshot.signature"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (NOW - timedelta(minutes=2), "exchange.snapshot.not-yet-valid"),
        (NOW + timedelta(days=1), "exchange.snapshot.expired"),
    ],
)
def test_a_snapshot_out_of_its_period_is_refused(now, code):
    assert refusal_of(sign_snapshot(snapshot(), SIGNER), now=now).code == code


@pytest.mark.parametrize("in_force", [7, 8])
def test_a_snapshot_that_is_not_newer_is_refused(in_force):
    refusal = refusal_of(sign_snapshot(snapshot(), SIGNER), newer_than=in_force)

    assert refusal.code == "exchange.snapshot.rolled-back"
    assert refusal.facts == {"version": 7, "in_force": in_force}
    assert open_snapshot(sign_snapshot(snapshot(), SIGNER), SIGNER.public_key(), now=NOW, newer_than=6).version == 7


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "divan-snapshot+jws"},
        {"alg": "ES256", "typ": "JWT"},
        {"alg": "ES256", "typ": "divan-snapshot+jws", "crit": ["b64"]},
    ],
)
def test_a_signature_over_something_else_is_no_snapshot(header):
    assert refusal_of(signed(document(), header=header)).code == "exchange.snapshot.malformed"


@pytest.mark.parametrize("data", [b"", b"a.b", b"....", b"e30.e30.AA", b"[].[].[]", b"\xff.\xff.\xff"])
def test_what_is_no_snapshot_at_all_is_malformed(data):
    assert refusal_of(data).code == "exchange.snapshot.malformed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda d: d.update(extra=1), "malformed"),
        (lambda d: d.pop("server"), "malformed"),
        (lambda d: d.update(version=0), "malformed"),
        (lambda d: d.update(format=2), "format"),
        (lambda d: d.update(expires_at=d["issued_at"]), "period"),
        (lambda d: d["services"][0].update(extra=1), "malformed"),
        (lambda d: d["services"][0].update(addresses=["ftp://x"]), "address"),
        (lambda d: d["services"][0].update(addresses=["http://user@x"]), "address"),
        (lambda d: d["services"][0].update(addresses=["http://x:99999"]), "address"),
        (lambda d: d["services"][0].update(addresses=["http://x/?q"]), "address"),
        (lambda d: d["services"][0].update(addresses=[]), "address"),
        (lambda d: d["services"][0].update(timeout_ms=0), "malformed"),
        (lambda d: d["subsystems"][0].update(certificates=["AB"]), "fingerprint"),
        (lambda d: d["permits"][0].update(subject="EE/GOV"), "incomplete"),
        (lambda d: d["permits"][0].update(subject="EE/GOV/9/x"), "incomplete"),
        (lambda d: d["permits"].append(d["permits"][0]), "repeated"),
        (lambda d: d["groups"].append({"id": "EE/GOV/9/x/friends", "members": []}), "incomplete"),
        (lambda d: d["groups"].append({"id": "EE/all", "members": ["EE/GOV/9/x"]}), "incomplete"),
        (lambda d: d.update(groups=[{"id": "EE/all", "members": []}] * 2), "repeated"),
        (given_to("EE/all"), "incomplete"),
        (given_to("EE/GOV/1/client/friends", of="EE/GOV/1/client/friends"), "foreign-group"),
        (lambda d: d.update(members=[]), "incomplete"),
        (lambda d: d.update(services=[]), "incomplete"),
    ],
)
def test_a_signed_document_must_still_be_whole_and_sound(change, code):
    changed = document()
    change(changed)

    refusal = refusal_of(signed(changed))

    assert refusal.code == f"exchange.snapshot.{code}"


def test_a_permit_with_a_time_without_zone_is_refused():
    changed = document()
    changed["permits"][0]["starts_at"] = "2026-11-22T12:00:00"

    assert refusal_of(signed(changed)).code == "exchange.permit.period"


def test_the_same_snapshot_has_the_same_octets_before_its_signature():
    first, second = sign_snapshot(snapshot(), SIGNER), sign_snapshot(replace(snapshot()), SIGNER)

    assert first.rsplit(b".", 1)[0] == second.rsplit(b".", 1)[0]


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()])
def test_only_p256_signs(curve):
    with pytest.raises(EnvelopeError) as refused:
        SoftSigner(ec.generate_private_key(curve))
    assert refused.value.code == "exchange.key.curve"
