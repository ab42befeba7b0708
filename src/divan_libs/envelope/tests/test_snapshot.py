"""The routing snapshot: whole, signed, in force, never rolled back; a change makes and reads only what it changed."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import orjson
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from divan_libs.envelope.addresses import ClientId, MemberId, ServerId, ServiceId
from divan_libs.envelope.errors import EnvelopeError
from divan_libs.envelope.keys import SoftSigner, key_id, to_jose
from divan_libs.envelope.permits import Permit
from divan_libs.envelope.signed_snapshot import (
    ReadParts,
    SignedSnapshot,
    WrittenParts,
    divide,
    join,
    names_in,
    open_snapshot,
    sign_snapshot,
)
from divan_libs.envelope.snapshot import Connection, Member, Service, Snapshot, Subsystem
from divan_libs.envelope.subjects import SubjectIn, SubjectPlace

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIGNER = SoftSigner(ec.generate_private_key(ec.SECP256R1()))
CLIENT = ClientId.parse("EE/GOV/1/client")
KINDS = ("members", "subsystems", "services", "groups", "permits")
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


def permit(name):
    return replace(snapshot().permits[0], id=name)


def octets(of=None, signer=SIGNER):
    return sign_snapshot(of or snapshot(), signer).octets


def signed(document, signer=SIGNER, header=None):
    """Sign a document of all that a snapshot says, whatever it says, with a line for each kind."""
    header = header or {"alg": "ES256", "kid": signer.key_id, "typ": "divan-snapshot+jws"}
    lines = {kind: orjson.dumps(document[kind]) for kind in KINDS}
    head = {name: value for name, value in document.items() if name not in KINDS}
    head["parts"] = {kind: [sha256(line).hexdigest()] for kind, line in lines.items()}
    parts = [base64.urlsafe_b64encode(rfc8785.dumps(part)).rstrip(b"=") for part in (header, head)]
    message = b".".join(parts)
    return join(message + b"." + base64.urlsafe_b64encode(to_jose(signer.sign(message))).rstrip(b"="), lines.values())


def given_to(group, of=None):
    """Give the permit to a group, which is there if ``of`` names it."""

    def change(told):
        told["permits"][0]["subject"] = group
        told["groups"] = [{"id": of, "members": []}] if of else []

    return change


def head_of(data):
    return json.loads(base64.urlsafe_b64decode(data.split(b".")[1] + b"=="))


def document():
    whole = sign_snapshot(snapshot(), SIGNER)
    head = head_of(whole.head)
    entries = {
        kind: [entry for name in names for entry in json.loads(whole.parts[name])]
        for kind, names in head.pop("parts").items()
    }
    return head | entries


def refusal_of(data, **options):
    with pytest.raises(EnvelopeError) as refused:
        open_snapshot(data, SIGNER.public_key(), **({"now": NOW} | options))
    return refused.value


def test_a_signed_snapshot_opens_as_it_was():
    assert open_snapshot(octets(), SIGNER.public_key(), now=NOW) == snapshot()


def test_another_library_verifies_it():
    jws = pytest.importorskip("joserfc.jws", reason="joserfc is not installed")
    jwk = pytest.importorskip("joserfc.jwk", reason="joserfc is not installed")
    head = sign_snapshot(snapshot(), SIGNER).head

    opened = jws.deserialize_compact(head, jwk.ECKey.import_key(SIGNER.public_key()), algorithms=["ES256"])

    assert opened.payload == rfc8785.dumps(head_of(head))
    assert opened.headers()["kid"] == key_id(SIGNER.public_key())


@pytest.mark.parametrize("place", range(0, 3400, 61))
def test_no_changed_octet_is_accepted(place):
    data = bytearray(octets())
    place %= len(data)
    data[place] ^= 1

    assert refusal_of(bytes(data)).code in {
        "exchange.snapshot.signature",
        "exchange.snapshot.malformed",
        "exchange.snapshot.part",
    }


def test_another_key_is_refused():
    stranger = SoftSigner(ec.generate_private_key(ec.SECP256R1()))

    assert refusal_of(octets(signer=stranger)).code == "exchange.snapshot.signature"


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (NOW - timedelta(minutes=2), "exchange.snapshot.not-yet-valid"),
        (NOW + timedelta(days=1), "exchange.snapshot.expired"),
    ],
)
def test_a_snapshot_out_of_its_period_is_refused(now, code):
    assert refusal_of(octets(), now=now).code == code


@pytest.mark.parametrize("in_force", [7, 8])
def test_a_snapshot_that_is_not_newer_is_refused(in_force):
    refusal = refusal_of(octets(), newer_than=in_force)

    assert refusal.code == "exchange.snapshot.rolled-back"
    assert refusal.facts == {"version": 7, "in_force": in_force}
    assert open_snapshot(octets(), SIGNER.public_key(), now=NOW, newer_than=6).version == 7


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
        (lambda d: d.update(format=1), "format"),
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

    assert first.head.rsplit(b".", 1)[0] == second.head.rsplit(b".", 1)[0]
    assert first.parts == second.parts


def test_a_line_that_the_signed_one_names_must_be_there():
    whole = sign_snapshot(snapshot(), SIGNER)
    for left_out, line in whole.parts.items():
        others = [other for name, other in whole.parts.items() if name != left_out]
        for lines in (others, [*others, line.replace(b"e", b"E", 1)]):
            refusal = refusal_of(join(whole.head, lines))

            assert (refusal.code, refusal.facts["sha256"]) == ("exchange.snapshot.part", left_out)


def test_lines_that_nobody_named_say_nothing():
    whole = sign_snapshot(snapshot(), SIGNER)
    [more] = sign_snapshot(snapshot(permits=(permit("more"),)), SIGNER).parts.keys() - whole.parts.keys()
    stray = sign_snapshot(snapshot(permits=(permit("more"),)), SIGNER).parts[more]

    assert open_snapshot(join(whole.head, [stray, *whole.parts.values()]), SIGNER.public_key(), now=NOW) == snapshot()


def test_the_names_in_a_signed_line_are_those_of_its_parts_in_the_order_of_the_file():
    whole = sign_snapshot(snapshot(), SIGNER)

    head, lines = divide(whole.octets)

    assert head == whole.head
    assert names_in(head) == [sha256(line).hexdigest() for line in lines]


def many(*left_out):
    return tuple(permit(f"p{number}") for number in range(2000) if number not in left_out)


def fresh(later: SignedSnapshot, earlier: SignedSnapshot) -> list[str]:
    return [name for name in later.parts if name not in earlier.parts]


def test_one_permit_more_or_less_changes_one_line_or_two():
    written, read = WrittenParts(), ReadParts()
    first = sign_snapshot(snapshot(permits=many()), SIGNER, written)
    assert len(first.parts) > 15
    open_snapshot(first.octets, SIGNER.public_key(), now=NOW, read=read)

    for left_out in (0, 700, 1999):
        told = snapshot(version=8, permits=many(left_out))
        later = sign_snapshot(told, SIGNER, written)

        assert len(fresh(later, first)) <= 2
        assert later.parts == sign_snapshot(told, SIGNER).parts
        assert open_snapshot(later.octets, SIGNER.public_key(), now=NOW, read=read) == told


def test_what_has_not_changed_is_neither_written_nor_read_again():
    written, read, told = WrittenParts(), ReadParts(), snapshot(permits=many())
    first = sign_snapshot(told, SIGNER, written)
    opened = open_snapshot(first.octets, SIGNER.public_key(), now=NOW, read=read)

    later = replace(told, version=8, permits=told.permits[1:])
    second = sign_snapshot(later, SIGNER, written)
    again = open_snapshot(second.octets, SIGNER.public_key(), now=NOW, read=read)

    assert all(second.parts[name] is first.parts[name] for name in second.parts if name in first.parts)
    same = sum(one is other for one, other in zip(opened.permits[1:], again.permits, strict=True))
    assert same > 1500


def test_a_line_that_was_read_before_must_still_be_there():
    read = ReadParts()
    whole = sign_snapshot(snapshot(), SIGNER)
    open_snapshot(whole.octets, SIGNER.public_key(), now=NOW, read=read)

    assert refusal_of(whole.head, read=read).code == "exchange.snapshot.part"


def test_a_refused_snapshot_is_not_remembered():
    read = ReadParts()
    whole = sign_snapshot(snapshot(), SIGNER)
    open_snapshot(whole.octets, SIGNER.public_key(), now=NOW, read=read)
    foreign = document() | {"members": []}

    assert refusal_of(signed(foreign), read=read).code == "exchange.snapshot.incomplete"
    again = open_snapshot(whole.octets, SIGNER.public_key(), now=NOW, read=read)
    assert again.permits[0] is open_snapshot(whole.octets, SIGNER.public_key(), now=NOW, read=read).permits[0]


@given(st.lists(st.tuples(st.sampled_from("+-"), st.integers(0, 400)), max_size=40))
def test_whatever_is_given_and_revoked_the_file_says_it(changes):
    written, read, permits, version = WrittenParts(), ReadParts(), [permit(f"p{n}") for n in range(200)], 1
    for what, place in changes:
        version += 1
        if what == "+":
            permits.insert(place % (len(permits) + 1), permit(f"n{version}"))
        elif permits:
            del permits[place % len(permits)]
        told = snapshot(version=version, permits=tuple(permits))

        data = sign_snapshot(told, SIGNER, written).octets

        assert open_snapshot(data, SIGNER.public_key(), now=NOW, newer_than=version - 1, read=read) == told


@pytest.mark.parametrize("curve", [ec.SECP384R1(), ec.SECP256K1()])
def test_only_p256_signs(curve):
    with pytest.raises(EnvelopeError) as refused:
        SoftSigner(ec.generate_private_key(curve))
    assert refused.value.code == "exchange.key.curve"
