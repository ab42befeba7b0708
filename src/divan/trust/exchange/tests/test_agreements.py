"""Agreements with other installations: on the card whose fingerprint was read out, and what is sealed under them."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from divan.foundation import facts
from divan.foundation.actors import SYSTEM
from divan.trust.exchange import actions, models, queries
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.values import AddressFaulty, NewPermit
from divan.trust.exchange.values.peers import (
    AgreementUnknown,
    PeerCardDiffers,
    PeerCardFaulty,
    SealStale,
    SealUnfit,
    shown,
)
from divan_libs.envelope.keys import SoftSigner
from divan_libs.envelope.seals import seal_document
from divan_libs.envelope.signed_snapshot import open_snapshot
from divan_libs.pki.authority import RehearsalAuthority
from divan_libs.pki.encoding import read_certificates, write_certificates

from . import world

PEER = "HM/GOV/governor-office/divan"
LETTER = {"key": "k", "letter": {"subject": "پاسخ"}}


@pytest.fixture
def neighbour(founded, tmp_path):
    """The other installation: an authority, a key for seals, and its card."""
    authority = RehearsalAuthority.create(world.NOW)
    path = tmp_path / "their-seal-key.pem"
    key = keys._signing_key(path)
    card = replace(
        queries.own_card(),
        subsystem=PEER,
        name_fa="استانداری همسایه",
        gateway="https://gateway.neighbour.example:8443",
        authorities=write_certificates((authority.root,)).decode(),
        certificate="ab" * 32,
        seal_key=keys._public_pem(key.public_key()).decode(),
    )
    return card, SoftSigner(key)


def agree(theirs, **changes):
    told = {"card": json.dumps(queries.content_of(theirs)).encode()}
    told["fingerprint"] = shown(queries.fingerprint_of(theirs))
    return actions.agree_with_peer(**(told | {"law": "قانون نمایشی"} | changes), actor=SYSTEM, now=world.NOW)


def seal(signer, document=LETTER, **changes) -> str:
    told = {"sender": PEER, "receiver": world.OURS, "now": world.NOW} | changes
    return seal_document(document, **told, signer=signer)


def test_a_peer_is_let_in_on_its_card_and_the_gateway_learns_who_vouches_for_it(
    neighbour, founded, django_capture_on_commit_callbacks
):
    card, _ = neighbour
    with django_capture_on_commit_callbacks(execute=True):
        agreement, changed = agree(card)
    again = agree(card)

    assert (changed, again) == (True, (agreement, False))
    assert (agreement.theirs, agreement.ours) == (
        queries.fingerprint_of(card),
        queries.fingerprint_of(queries.own_card()),
    )
    signed = (founded.gateway / keys.SNAPSHOT).read_bytes()
    snapshot = open_snapshot(signed, keys.snapshot_signer(founded).public_key(), now=world.NOW)
    assert [sorted(one.certificates) for one in snapshot.subsystems if one.id.encoded() == PEER] == [[card.certificate]]
    trusted = {one.subject for one in read_certificates((founded.gateway / keys.CALLERS).read_bytes())}
    assert len(read_certificates((founded.gateway / keys.CALLERS).read_bytes())) == 3
    assert read_certificates(card.authorities.encode())[0].subject in trusted
    assert facts.recorded_for(agreement.uuid) == ["exchange.peer-agreed"]


def test_a_newer_card_takes_the_place_of_the_one_before(neighbour):
    card, _ = neighbour
    first, _ = agree(card)
    renewed = replace(card, certificate="cd" * 32)

    second, changed = agree(renewed)

    assert changed
    assert [(one.uuid, one.ended_at is None) for one in queries.list_agreements()] == [
        (second.uuid, True),
        (first.uuid, False),
    ]
    assert models.Subsystem.objects.get(address=PEER).certificates == ["cd" * 32]


def test_after_parting_nothing_of_the_peer_is_let_in_and_a_new_agreement_may_follow(
    neighbour, founded, django_capture_on_commit_callbacks
):
    card, signer = neighbour
    agree(card)
    service = replace(world.plan().data_services[0], code="hm/letters", address=f"{PEER}/letters", subject=None)
    actions.register_data_service(data_service=service, actor=SYSTEM, now=world.NOW)
    given = actions.grant_permit(
        permit=NewPermit(
            consumer=world.OURS,
            data_service="hm/letters",
            method="PUT",
            path_glob="/**",
            purpose_fa="نامه",
            legal_basis_fa="قانون",
            starts_at=world.NOW,
            reason="توافق",
        ),
        actor=SYSTEM,
        now=world.NOW,
    )

    with django_capture_on_commit_callbacks(execute=True):
        actions.part_with_peer(subsystem=PEER, reason="پایان", actor=SYSTEM, now=world.NOW)

    assert models.Subsystem.objects.get(address=PEER).certificates == []
    assert queries.get_permit(given).revoked_at == world.NOW
    assert queries.get_data_service("hm/letters").disabled_notice == "پایان"
    assert len(read_certificates((founded.gateway / keys.CALLERS).read_bytes())) == 2
    with pytest.raises(AgreementUnknown):
        queries.require_seal(LETTER, seal(signer), sender=PEER, now=world.NOW)
    with pytest.raises(AgreementUnknown):
        actions.part_with_peer(subsystem=PEER, reason="again", actor=SYSTEM, now=world.NOW)
    assert agree(card)[1]
    assert len(queries.list_agreements()) == 2


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"fingerprint": "0" * 64}, PeerCardDiffers),
        ({"fingerprint": ""}, PeerCardDiffers),
        ({"card": b"{}"}, PeerCardFaulty),
        ({"card": b"[" * 50_000}, PeerCardFaulty),
        ({"card": b"x" * 200_000}, PeerCardFaulty),
        ({"law": "  "}, PeerCardFaulty),
        ({"gateway": "http://plain.example"}, PeerCardFaulty),
        ({"gateway": "https://user@gateway.example"}, PeerCardFaulty),
        ({"gateway": "https://gateway.example/path"}, PeerCardFaulty),
        ({"gateway": "https://gateway.example:x"}, PeerCardFaulty),
        ({"authorities": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"}, PeerCardFaulty),
        ({"authorities": ""}, PeerCardFaulty),
        ({"seal_key": "no key"}, PeerCardFaulty),
        ({"certificate": "AB"}, PeerCardFaulty),
        ({"subsystem": world.OURS}, PeerCardFaulty),
        ({"subsystem": "LR/GOV/civil-registry/population"}, PeerCardFaulty),
        ({"subsystem": "HM/GOV/governor%2Doffice/divan"}, PeerCardFaulty),
        ({"subsystem": "HM/GOV"}, AddressFaulty),
    ],
    ids=range(18),
)
def test_a_card_that_is_faulty_or_another_one_changes_nothing(neighbour, change, refusal):
    card, _ = neighbour
    on_card = {name: value for name, value in change.items() if name in asdict(card)}
    told = {name: value for name, value in change.items() if name not in on_card}
    before = models.SnapshotVersion.objects.count()

    with pytest.raises(refusal):
        agree(replace(card, **on_card), **told)

    assert (models.Agreement.objects.count(), models.SnapshotVersion.objects.count()) == (0, before)


def test_what_a_peer_sealed_for_us_now_is_taken_and_nothing_else(neighbour):
    card, signer = neighbour
    agree(card)

    octets = queries.require_seal(LETTER, seal(signer), sender=PEER, now=world.NOW + timedelta(minutes=14))

    assert json.loads(octets) == LETTER
    assert queries.seal_for(LETTER, receiver="LR/GOV/nobody/divan", now=world.NOW) == ""
    assert queries.seal_for(LETTER, receiver=PEER, now=world.NOW).count(".") == 2
    assert queries.require_seal(LETTER, "", sender="LR/GOV/own/water", now=world.NOW) is None


@pytest.mark.parametrize(
    ("changes", "document", "reason"),
    [
        (None, LETTER, "missing"),
        ({}, {**LETTER, "key": "other"}, "altered"),
        ({"sender": "HM/GOV/another/divan"}, LETTER, "sender"),
        ({"receiver": "XX/GOV/third/divan"}, LETTER, "receiver"),
    ],
    ids=["missing", "altered", "sender", "receiver"],
)
def test_what_is_not_sealed_so_is_refused(neighbour, changes, document, reason):
    card, signer = neighbour
    agree(card)
    text = "" if changes is None else seal(signer, **changes)

    with pytest.raises(SealUnfit) as refused:
        queries.require_seal(document, text, sender=PEER, now=world.NOW)

    assert refused.value.facts == {"reason": reason}


def test_a_seal_of_another_key_and_one_that_is_too_old_are_told_apart(neighbour, founded):
    card, signer = neighbour
    agree(card)

    with pytest.raises(SealUnfit, match="key"):
        queries.require_seal(LETTER, seal(keys.seal_signer(founded)), sender=PEER, now=world.NOW)
    for minutes in (16, -16):
        with pytest.raises(SealStale):
            queries.require_seal(LETTER, seal(signer), sender=PEER, now=world.NOW + timedelta(minutes=minutes))
