"""The national sign-on as an OpenID Connect client: nothing that proves nobody is taken for a proof."""

from __future__ import annotations

import base64
import json
import time as real_time

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey

from divan.trust.identity.adapters import national_sign_on
from divan.trust.identity.adapters.national_sign_on import OidcSignOn
from divan.trust.identity.values import SignOnPerson, SignOnRefused, SignOnSilent

from .factories import NOON, ZAHRA
from .sign_on_provider import CLIENT, CLIENT_SECRET, ISSUER, Provider

RETURN = "https://divan.test/sign-in/national/return/"


@pytest.fixture
def provider() -> Provider:
    return Provider(NOON, nationalCode=ZAHRA.national_code, given_name="زهرا", family_name="رستمي")


@pytest.fixture
def sign_on(provider) -> OidcSignOn:
    return OidcSignOn(ISSUER, CLIENT, CLIENT_SECRET, transport=provider.transport())


def come_back(sign_on, provider, **other):
    start = sign_on.begin(RETURN)
    brought = provider.visit(start.url)
    return sign_on.finish(start, **{"code": brought["code"], "return_address": RETURN, "now": NOON, **other})


def test_a_person_comes_back_with_national_code_and_names(sign_on, provider):
    assert come_back(sign_on, provider) == SignOnPerson(
        national_code=ZAHRA.national_code, first_name="زهرا", last_name="رستمی"
    )


def test_each_start_has_its_own_state_nonce_and_verifier_and_keeps_the_verifier_to_itself(sign_on):
    one, other = sign_on.begin(RETURN), sign_on.begin(RETURN)

    assert len({one.state, one.nonce, one.verifier, other.state, other.nonce, other.verifier}) == 6
    assert one.verifier not in one.url
    assert one.url.startswith(f"{ISSUER}/authorize?")


def test_what_the_provider_says_of_itself_is_asked_once(sign_on, provider):
    for _ in range(3):
        come_back(sign_on, provider)

    assert provider.asked.count("/.well-known/openid-configuration") == 1
    assert provider.asked.count("/keys") == 1
    assert provider.asked.count("/token") == 3


@pytest.mark.parametrize(
    "change",
    [
        lambda claims: claims.update(iss="https://elsewhere.test"),
        lambda claims: claims.update(aud="another-client"),
        lambda claims: claims.update(aud=[CLIENT, "another-client"]),
        lambda claims: claims.update(azp="another-client"),
        lambda claims: claims.update(nonce="of another session"),
        lambda claims: claims.pop("nonce"),
        lambda claims: claims.pop("exp"),
        lambda claims: claims.update(exp=int(NOON.timestamp()) - 31),
        lambda claims: claims.update(iat=int(NOON.timestamp()) + 3600),
        lambda claims: claims.update(exp="soon"),
        lambda claims: claims.pop("sub"),
        lambda claims: claims.update(nationalCode="1111111111"),
        lambda claims: claims.update(nationalCode="999200001"),
        lambda claims: claims.update(nationalCode=["9992000016"]),
    ],
    ids=[
        *(
            "issuer",
            "audience",
            "audiences without azp",
            "azp",
            "nonce",
            "no nonce",
            "no expiry",
            "expired",
            "of the future",
        ),
        *("expiry unreadable", "no subject", "code of nobody", "code too short", "code a list"),
    ],
)
def test_a_token_that_does_not_fit_is_refused(sign_on, provider, change):
    provider.change = change

    with pytest.raises(SignOnRefused):
        come_back(sign_on, provider)


def test_a_token_signed_by_another_key_is_refused(sign_on, provider):
    provider.signing = ECKey.generate_key("P-256", {"kid": "first"})

    with pytest.raises(SignOnRefused):
        come_back(sign_on, provider)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_a_signature_of_the_providers_key_is_refused(sign_on, provider, algorithm):
    claims = {
        "iss": ISSUER,
        "sub": "person-1",
        "aud": CLIENT,
        "iat": int(NOON.timestamp()),
        "exp": int(NOON.timestamp()) + 60,
        "nationalCode": ZAHRA.national_code,
    }

    def unsigned(_request):
        if algorithm == "none":

            def part(told):
                return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()

            token = f"{part({'alg': 'none'})}.{part(claims)}."
        else:
            token = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(CLIENT_SECRET * 4))
        return httpx.Response(200, json={"access_token": "open", "id_token": token})

    provider.fails["/token"] = unsigned

    with pytest.raises(SignOnRefused):
        come_back(sign_on, provider)


def test_new_keys_of_the_provider_are_read_but_not_for_every_forgery(sign_on, provider, monkeypatch):
    come_back(sign_on, provider)
    provider.key = provider.signing = ECKey.generate_key("P-256", {"kid": "first"})
    with pytest.raises(SignOnRefused):
        come_back(sign_on, provider)
    assert provider.asked.count("/keys") == 1
    monkeypatch.setattr(national_sign_on, "KEYS_AGAIN_AFTER", 0.0)

    assert come_back(sign_on, provider).national_code == ZAHRA.national_code


def test_a_code_counts_once(sign_on, provider):
    start = sign_on.begin(RETURN)
    brought = provider.visit(start.url)
    sign_on.finish(start, code=brought["code"], return_address=RETURN, now=NOON)

    with pytest.raises(SignOnRefused):
        sign_on.finish(start, code=brought["code"], return_address=RETURN, now=NOON)


def test_a_code_of_another_visit_is_refused(sign_on, provider):
    mine, other = sign_on.begin(RETURN), sign_on.begin(RETURN)
    provider.visit(mine.url)
    stolen = provider.visit(other.url)

    with pytest.raises(SignOnRefused):
        sign_on.finish(mine, code=stolen["code"], return_address=RETURN, now=NOON)


def test_the_profile_is_asked_where_the_token_names_nobody_and_must_be_of_the_same_subject(sign_on, provider):
    provider.claims = {}
    provider.profile = {"sub": "person-1", "nationalCode": ZAHRA.national_code, "given_name": "زهرا"}
    assert come_back(sign_on, provider).first_name == "زهرا"

    provider.profile["sub"] = "person-2"
    with pytest.raises(SignOnRefused):
        come_back(sign_on, provider)


def down(request):
    raise httpx.ConnectError("refused", request=request)


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize("failure", [down, lambda _request: httpx.Response(503)], ids=["unreachable", "503"])
def test_a_sign_on_that_is_down_is_a_trouble_not_a_refusal(sign_on, provider, path, failure):
    provider.fails[path] = failure

    with pytest.raises(SignOnSilent):
        come_back(sign_on, provider)


def test_a_silent_sign_on_is_left_alone_for_a_while_and_visitors_do_not_queue_up(sign_on, provider, monkeypatch):
    provider.fails["/.well-known/openid-configuration"] = down
    for _ in range(5):
        with pytest.raises(SignOnSilent):
            sign_on.begin(RETURN)
    assert len(provider.asked) == 1

    provider.fails.clear()
    later = real_time.monotonic() + 11
    monkeypatch.setattr(real_time, "monotonic", lambda: later)
    assert come_back(sign_on, provider).national_code == ZAHRA.national_code


def test_what_the_provider_said_before_counts_while_it_is_silent(sign_on, provider, monkeypatch):
    come_back(sign_on, provider)
    provider.fails["/.well-known/openid-configuration"] = down
    later = real_time.monotonic() + 4000
    monkeypatch.setattr(real_time, "monotonic", lambda: later)

    assert come_back(sign_on, provider).national_code == ZAHRA.national_code


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/.well-known/openid-configuration", "<html>"),
        ("/.well-known/openid-configuration", '{"issuer": "https://elsewhere.test"}'),
        ("/.well-known/openid-configuration", f'{{"issuer": "{ISSUER}"}}'),
        ("/token", "<html>"),
        ("/token", "[]"),
        ("/token", "{}"),
        ("/token", '{"id_token": "a.b.c"}'),
        ("/keys", '{"keys": [{"kty": "?"}]}'),
        ("/keys", '{"keys": 7}'),
        ("/keys", "{}"),
    ],
)
def test_a_sign_on_that_talks_nonsense_is_refused(sign_on, provider, path, body):
    provider.fails[path] = lambda _request: httpx.Response(200, content=body)

    with pytest.raises(SignOnRefused):
        come_back(sign_on, provider)


class Dripping(httpx.SyncByteStream):
    def __iter__(self):
        while True:
            real_time.sleep(0.01)
            yield b" "


def test_a_sign_on_that_sends_drop_by_drop_is_left_in_time(sign_on, provider, monkeypatch):
    monkeypatch.setattr(national_sign_on, "LIMIT", 0.2)
    provider.fails["/token"] = lambda _request: httpx.Response(200, stream=Dripping())

    with pytest.raises(SignOnSilent):
        come_back(sign_on, provider)


def test_an_endless_answer_is_left(sign_on, provider):
    provider.fails["/token"] = lambda _request: httpx.Response(
        200, content=b" " * (national_sign_on.LONGEST_ANSWER + 1)
    )

    with pytest.raises(SignOnSilent):
        come_back(sign_on, provider)
