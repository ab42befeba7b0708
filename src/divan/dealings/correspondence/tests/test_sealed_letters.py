"""Letters of another installation: taken when it sealed them for this house, now, and as they came; else refused."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import asdict, replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from django.test import Client

from divan.dealings.correspondence import jobs, models, queries
from divan.dealings.correspondence.adapters.envelope import sealed_part, write_envelope
from divan.dealings.correspondence.api.exchange import door_path
from divan.dealings.correspondence.tests import carried, offices
from divan.dealings.correspondence.values import DispatchState
from divan.foundation import clock, facts, files
from divan.foundation.actors import SYSTEM
from divan.trust.exchange.adapters import keys
from divan.trust.exchange.models import Agreement, Subsystem
from divan.trust.exchange.values.peers import PEER_AGREED, PeerCard
from divan_libs.envelope.keys import SoftSigner, load_public_key
from divan_libs.envelope.seals import open_seal, seal_document

OURS = "LR/GOV/governor-office/divan"


@pytest.fixture
def theirs(office, tmp_path, monkeypatch, settings):
    """The neighbour's key for seals, under an agreement in force."""
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if not one.startswith("whitenoise")]
    monkeypatch.setattr(clock, "now", lambda: office.now)
    monkeypatch.setattr(files, "ClamScanner", lambda _address: carried.Doctor())
    carried.options_changed(monkeypatch, parts=tmp_path / "parts")
    app = apps.get_app_config("exchange")
    own = replace(app.options, control=tmp_path / "exchange", gateway=tmp_path / "gateway", subsystem=OURS)
    monkeypatch.setattr(app, "options", own)
    own.control.mkdir()
    keys._signing_key(own.control / keys.SEAL_KEY)
    carried.enter_neighbour()
    key = keys._signing_key(tmp_path / "theirs.pem")
    card = PeerCard(
        subsystem=carried.NEIGHBOUR,
        name_fa="همسایه",
        name_en="",
        gateway="https://gateway.neighbour.example",
        authorities="",
        certificate="0" * 64,
        seal_key=keys._public_pem(key.public_key()).decode(),
    )
    with transaction.atomic():
        row = Agreement.objects.create(
            uuid=uuid4(),
            subsystem=Subsystem.objects.get(address=carried.NEIGHBOUR),
            card=asdict(card),
            theirs="0" * 64,
            ours="1" * 64,
            law="قانون",
            agreed_at=office.now,
        )
        facts.record(PEER_AGREED, subject=row, actor=SYSTEM, at=office.now)
    return SoftSigner(key)


def put(path: str, body: object, client: str = carried.NEIGHBOUR) -> tuple[int, str]:
    headers = {"X-Road-Client": client, "X-Road-Id": "m"}
    answer = Client().put(door_path() + path, json.dumps(body), content_type="application/json", headers=headers)
    return answer.status_code, json.loads(answer.content).get("code", "")


def envelope(office) -> dict:
    [sent] = carried.queue(office, carried.to_governor(office))
    return write_envelope(queries.parcel_of(queries.dispatch_rows().get(uuid=sent.uuid)))


def sealed(office, told, signer, **changes) -> dict:
    said = {"sender": carried.NEIGHBOUR, "receiver": OURS, "now": office.now} | changes
    return {**told, "seal": seal_document(sealed_part(told), **said, signer=signer)}


def test_a_sealed_letter_is_taken_once_and_kept_with_what_proves_whose_it_is(office, theirs):
    told = sealed(office, envelope(office), theirs)
    path = f"/letters/{told['key']}"

    assert [put(path, told), put(path, sealed(office, told, theirs))] == [(201, ""), (200, "")]

    [row] = models.Intake.objects.filter(channel="exchange")
    octets = files.read_file(row.original)
    kept = open_seal(
        row.receipt["seal"],
        json.loads(octets),
        keys=[load_public_key(Agreement.objects.get().card["seal_key"].encode())],
    )
    assert (kept.sender, kept.receiver) == (carried.NEIGHBOUR, OURS)
    [origin] = queries.get_intake(row.uuid).arrived.files
    document = files.read_file(origin.file_uuid)
    assert json.loads(octets)["files"][0]["sha256"] == hashlib.sha256(document).hexdigest()
    assert offices.seals_hold()


def test_what_was_altered_or_sealed_by_or_for_another_is_refused_and_nothing_is_taken(office, theirs, tmp_path):
    told, other = envelope(office), SoftSigner(keys._signing_key(tmp_path / "other.pem"))
    good = sealed(office, told, theirs)
    path = f"/letters/{told['key']}"
    evil = base64.b64encode(b"%PDF-1.7 another").decode()
    swapped = {**good, "files": [{**good["files"][0], "content": evil}]}
    rehashed = {
        **good,
        "files": [
            {
                **good["files"][0],
                "content": evil,
                "size": len(b"%PDF-1.7 another"),
                "sha256": hashlib.sha256(b"%PDF-1.7 another").hexdigest(),
            }
        ],
    }

    refused = {
        "unsealed": put(path, told),
        "altered": put(path, {**good, "letter": {**good["letter"], "subject": "چیز دیگر"}}),
        "swapped": put(path, swapped),
        "rehashed": put(path, rehashed),
        "extra": put(path, {**good, "more": 1}),
        "key": put(path, sealed(office, told, other)),
        "receiver": put(path, sealed(office, told, theirs, receiver="XX/GOV/third/divan")),
        "sender": put(path, sealed(office, told, theirs, sender="XX/GOV/third/divan")),
        "replayed": put(path, sealed(office, told, theirs, now=office.now - timedelta(hours=1))),
    }

    unfit = (403, "exchange.seal-unfit")
    assert refused == {
        "unsealed": unfit,
        "altered": unfit,
        "swapped": (422, "correspondence.parcel-unfit"),
        "rehashed": unfit,
        "extra": unfit,
        "key": unfit,
        "receiver": unfit,
        "sender": unfit,
        "replayed": (425, "exchange.seal-stale"),
    }
    assert models.Intake.objects.filter(channel="exchange").count() == 0
    assert put(path, good) == (201, "")


def test_after_the_agreement_ended_its_letters_are_refused(office, theirs):
    told = sealed(office, envelope(office), theirs)
    Agreement.objects.update(ended_at=office.now)

    assert put(f"/letters/{told['key']}", told) == (404, "exchange.agreement-unknown")
    assert models.Intake.objects.count() == 0


def test_receipts_count_only_under_their_seal(office, theirs):
    [sent] = carried.queue(office, carried.to_governor(office))
    said = {"state": "registered", "number": "20/1405/و/3", "at": office.now.isoformat()}
    path = f"/receipts/{sent.key}"
    mark = {"sender": carried.NEIGHBOUR, "receiver": OURS, "now": office.now, "signer": theirs}
    of_another = {**said, "seal": seal_document({"key": str(uuid4()), **said}, **mark)}

    assert put(path, said) == (403, "exchange.seal-unfit")
    assert put(path, of_another) == (403, "exchange.seal-unfit")
    assert queries.get_dispatch(sent.uuid).state is DispatchState.QUEUED
    assert put(path, {**said, "seal": seal_document({"key": sent.key, **said}, **mark)}) == (200, "")
    assert queries.get_dispatch(sent.uuid).their_number == "20/1405/و/3"


def test_what_goes_to_a_peer_bears_our_seal(office, theirs):
    carried.queue(office, carried.to_governor(office))
    brought = []

    def ask(*, path, body=None, **_more):
        brought.append(body)
        return carried.ExchangeAnswer(
            status=201, body=json.dumps({"state": "delivered", "at": str(office.now)}).encode()
        )

    jobs.carry_by_exchange(office.now, ask=ask)

    own = keys.seal_signer(apps.get_app_config("exchange").options).public_key()
    found = open_seal(brought[0]["seal"], sealed_part(brought[0]), keys=[own])
    assert (found.sender, found.receiver) == (OURS, carried.NEIGHBOUR)
