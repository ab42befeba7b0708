"""Passkeys, with a key made of software: enrolled, used, renamed, removed."""

from __future__ import annotations

import hashlib
import json
import secrets

import pytest
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from divan.foundation import facts
from divan.trust.identity import models
from divan.trust.identity.views import sign_in_rules

from .factories import KARIM, PASSWORD, ZAHRA, enter, give, make_post, make_staff

pytestmark = pytest.mark.django_db

SIGN_IN, SECOND_STEP, FACTORS = "/staff/sign-in/", "/staff/sign-in/second-step/", "/staff/account/factors/"
ORIGIN = "https://testserver"
PRESENT_AND_VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class SoftwareKey:
    """What a security key does, for one account."""

    def __init__(self, origin: str = ORIGIN) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(32)
        self.origin = origin

    def make(self, options) -> str:
        """Answer the browser's request to make a credential."""
        told = self._told(CollectedClientData.TYPE.CREATE, options["challenge"])
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        data = AuthenticatorData.create(
            self._rp(options["rp"]["id"]), PRESENT_AND_VERIFIED | AuthenticatorData.FLAG.AT, 1, credential
        )
        return self._answer(told, {"attestationObject": AttestationObject.create("none", data, {})})

    def prove(self, options) -> str:
        """Answer the browser's request to prove possession."""
        told = self._told(CollectedClientData.TYPE.GET, options["challenge"])
        data = AuthenticatorData.create(self._rp(options["rpId"]), PRESENT_AND_VERIFIED, 2)
        signature = self.key.sign(data + hashlib.sha256(told).digest(), ec.ECDSA(SHA256()))
        return self._answer(told, {"authenticatorData": data, "signature": signature, "userHandle": b""})

    def _told(self, kind, challenge) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _rp(self, name: str) -> bytes:
        return hashlib.sha256(name.encode()).digest()

    def _answer(self, told: bytes, response) -> str:
        parts = {name: websafe_encode(bytes(part)) for name, part in response.items()}
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {"clientDataJSON": websafe_encode(told), **parts},
            }
        )


@pytest.fixture
def newcomer(time, client):
    person = enter(KARIM)
    give(person, make_post("ict-expert-1", "ict-expert"))
    make_staff(person, enrolled=False)
    give_password(client)
    return person


def give_password(client):
    client.post(SIGN_IN, {"login": "karim", "password": PASSWORD})


def enrol(client, key):
    options = client.get(FACTORS + "passkeys/new/").context["js_data"]["creation_options"]["publicKey"]
    return client.post(FACTORS + "passkeys/new/", {"name": "office computer", "credential": key.make(options)})


def prove(client, key):
    options = client.get(SECOND_STEP).context["js_data"]["request_options"]["publicKey"]
    return client.post(SECOND_STEP, {"credential": key.prove(options)})


def test_a_passkey_is_enrolled_and_opens_the_office_now_and_later(client, newcomer):
    key = SoftwareKey()

    assert enrol(client, key).status_code == 302
    assert client.get("/office/").content == b"staff"
    assert facts.recorded_for(models.Account.objects.get().uuid)[-1] == "identity.second-factor-added"
    client.post("/sign-out/")
    give_password(client)
    assert prove(client, key).headers["Location"] == "/office/"
    assert client.get("/office/").content == b"staff"


def test_another_key_or_an_old_proof_opens_nothing(client, newcomer):
    key = SoftwareKey()
    enrol(client, key)
    client.post("/sign-out/")
    give_password(client)
    options = client.get(SECOND_STEP).context["js_data"]["request_options"]["publicKey"]
    old = key.prove(options)

    stranger = SoftwareKey()
    stranger.id = key.id
    for credential in (stranger.prove(options), "{}", "[]", "null", "not json", '{"id": 1}'):
        assert client.post(SECOND_STEP, {"credential": credential}).status_code == 200
        client.get(SECOND_STEP)
    assert client.post(SECOND_STEP, {"credential": old}).status_code == 200, "its challenge is over"
    assert client.get("/who/").json()["kind"] == "anonymous"


@pytest.mark.parametrize("origin", ["https://evil.test", "http://testserver", "https://testserver.evil.test"])
def test_a_passkey_made_on_another_site_is_not_enrolled(client, newcomer, origin):
    assert enrol(client, SoftwareKey(origin)).status_code == 200
    assert not Authenticator.objects.exists()


def test_a_passkey_is_renamed_and_the_last_one_removed_closes_the_office(client, newcomer):
    enrol(client, SoftwareKey())
    row = Authenticator.objects.get(type="webauthn")
    client.post(f"{FACTORS}passkeys/{row.pk}/rename/", {"name": "key in the drawer"})
    assert "key in the drawer" in client.get(FACTORS + "passkeys/").content.decode()

    client.post(f"{FACTORS}passkeys/{row.pk}/remove/")

    assert not Authenticator.objects.filter(type="webauthn").exists()
    assert client.get("/office/").status_code == 302
    assert client.get("/who/").json()["enrolling"] is True


def test_a_passkey_of_somebody_else_is_not_there(client, newcomer):
    enrol(client, SoftwareKey())
    mine = Authenticator.objects.get(type="webauthn")
    other = models.Account.objects.get(uuid=make_staff(enter(ZAHRA), username="zahra", enrolled=False))
    theirs = Authenticator.objects.create(user=other, type="webauthn", data=mine.data)

    for what in ("remove", "rename"):
        assert client.post(f"{FACTORS}passkeys/{theirs.pk}/{what}/", {"name": "x"}).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk, data=mine.data).exists()


def test_a_passkey_proves_once_more_before_something_is_changed(client, newcomer, monkeypatch):
    key = SoftwareKey()
    enrol(client, key)
    monkeypatch.setattr(sign_in_rules, "PROVED_LATELY", -1)
    again = "/staff/account/again/passkey/"

    assert client.get(FACTORS + "passkeys/new/").headers["Location"].startswith("/staff/account/again/password/")
    options = client.get(again).context["js_data"]["request_options"]["publicKey"]
    assert client.post(again, {"credential": "{}"}).status_code == 200
    assert client.post(again, {"credential": key.prove(options)}).status_code == 200, "its challenge is over"
    options = client.get(again).context["js_data"]["request_options"]["publicKey"]
    assert client.post(again, {"credential": key.prove(options), "next": FACTORS}).headers["Location"] == FACTORS


@pytest.mark.parametrize("name", ["id", "rawId", "response", "clientDataJSON", "attestationObject"])
@pytest.mark.parametrize("junk", [None, 7, "", "AA", "////", [], {}, True])
def test_a_forged_passkey_is_refused_and_never_a_defect(client, newcomer, name, junk):
    options = client.get(FACTORS + "passkeys/new/").context["js_data"]["creation_options"]["publicKey"]
    forged = json.loads(SoftwareKey().make(options))
    part = forged["response"] if name in forged["response"] else forged
    part[name] = junk
    if junk is None and name != "id":
        del part[name]

    answer = client.post(FACTORS + "passkeys/new/", {"name": "x", "credential": json.dumps(forged)})

    assert answer.status_code == 200
    assert not Authenticator.objects.exists()
