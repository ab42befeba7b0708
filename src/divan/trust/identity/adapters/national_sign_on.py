"""The national sign-on as an OpenID Connect client: code flow with PKCE, state and nonce, all secrets on this side.

The specification is OpenID Connect Core 1.0 (3.1) with RFC 7636 (PKCE, S256) and RFC 9207 (issuer in the answer).
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from divan.trust.identity.values import SignOnPerson, SignOnRefused, SignOnSilent, SignOnStart
from divan_libs.persian.identifiers import InvalidIdentifier, parse_national_code
from divan_libs.persian.text import normalize

SCOPE = "openid profile"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
ALGORITHMS = ("RS256", "ES256", "PS256")
LIMIT = 5.0
"""Seconds for everything that a visitor's return makes this side ask."""
LONGEST_ANSWER = 256 * 1024
DESCRIPTION_KEPT_FOR = 3600.0
LEFT_ALONE_FOR = 10.0
"""Seconds for which a provider that did not describe itself is not asked again: visitors must not queue up for it."""
KEYS_AGAIN_AFTER = 60.0
"""A key that is not known makes the keys be read anew, but not more often than once a minute."""
LEEWAY = 30


class NationalSignOn(Protocol):
    """Somebody who vouches for persons."""

    def begin(self, return_address: str) -> SignOnStart:
        """Return where to send a visitor, and what the session must keep until the return.

        :raises SignOnSilent: when the national sign-on does not describe itself.
        """

    def finish(self, start: SignOnStart, *, code: str, return_address: str, now: datetime) -> SignOnPerson:
        """Change a code for the person it stands for.

        :raises SignOnRefused: when the answer proves nobody.
        :raises SignOnSilent: when no answer came in five seconds.
        """


class _Deadline(httpx.BaseTransport):
    """Ends every message at one moment, also when the other side sends drop by drop, and refuses endless answers."""

    def __init__(self, inner: httpx.BaseTransport, until: float) -> None:
        self._inner, self._until = inner, until

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpx.ReadTimeout("the time for the national sign-on is over", request=request)
        request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), left)
        answer = self._inner.handle_request(request)
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Bounded(answer.stream, self._until),  # type: ignore[arg-type]  # sync transports give sync streams
            extensions=answer.extensions,
        )


class _Bounded(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, until: float) -> None:
        self._inner, self._until = inner, until

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._inner:
            size += len(piece)
            if time.monotonic() > self._until or size > LONGEST_ANSWER:
                raise httpx.ReadTimeout("too long an answer of the national sign-on")
            yield piece

    def close(self) -> None:
        self._inner.close()


@dataclass(slots=True)
class _Known:
    """What the provider told about itself, with the moment at which it did."""

    description: Mapping[str, Any] = field(default_factory=dict)
    described_at: float = -DESCRIPTION_KEPT_FOR
    silent_until: float = 0.0
    keys: KeySet | None = None
    keys_at: float = -DESCRIPTION_KEPT_FOR


class OidcSignOn:
    """A national sign-on that speaks OpenID Connect; ``issuer`` is its address without the well-known path."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._client_id, self._client_secret = client_id, client_secret
        self._transport = transport or httpx.HTTPTransport()
        self._known = _Known()
        self._lock = threading.Lock()

    def begin(self, return_address: str) -> SignOnStart:
        """Send a visitor off with a fresh state, nonce and verifier; see :class:`NationalSignOn`."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        with self._client() as client:
            description = self._description(client)
        url = prepare_grant_uri(
            description["authorization_endpoint"],
            self._client_id,
            "code",
            redirect_uri=return_address,
            scope=SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return SignOnStart(url=url, state=state, nonce=nonce, verifier=verifier)

    def finish(self, start: SignOnStart, *, code: str, return_address: str, now: datetime) -> SignOnPerson:
        """Change the code for an identity token, verify it, and read the person; see :class:`NationalSignOn`."""
        with self._client() as client:
            tokens = self._tokens(client, code, start.verifier, return_address)
            access_token = str(tokens.get("access_token", ""))
            claims = self._claims(client, str(tokens.get("id_token", "")), access_token, start.nonce, now)
            if not claims.get("nationalCode"):
                claims = {**claims, **self._profile(client, access_token, str(claims["sub"]))}
        return _person(claims)

    def _client(self) -> httpx.Client:
        return httpx.Client(transport=_Deadline(self._transport, time.monotonic() + LIMIT), follow_redirects=False)

    def _json(self, answer: httpx.Response, what: str) -> Mapping[str, Any]:
        try:
            told = answer.json()
        except ValueError as error:
            raise SignOnRefused(reason=f"{what}: not JSON") from error
        if not isinstance(told, dict):
            raise SignOnRefused(reason=f"{what}: not an object")
        return told

    def _get(self, client: httpx.Client, address: str, **headers: str) -> httpx.Response:
        try:
            answer = client.get(address, headers=headers)
        except httpx.HTTPError as error:
            raise SignOnSilent from error
        if answer.status_code != 200:
            raise SignOnSilent
        return answer

    def _description(self, client: httpx.Client) -> Mapping[str, Any]:
        known = self._known
        if time.monotonic() - known.described_at < DESCRIPTION_KEPT_FOR:
            return known.description
        if time.monotonic() < known.silent_until:
            return self._former_description(None)
        try:
            answer = self._get(client, f"{self._issuer}/.well-known/openid-configuration")
        except SignOnSilent as silence:
            with self._lock:
                known.silent_until = time.monotonic() + LEFT_ALONE_FOR
            return self._former_description(silence)
        told = self._json(answer, "description")
        if str(told.get("issuer", "")).rstrip("/") != self._issuer:
            raise SignOnRefused(reason="description: another issuer")
        if not all(isinstance(told.get(name), str) for name in ENDPOINTS):
            raise SignOnRefused(reason="description: an address is missing")
        with self._lock:
            known.description, known.described_at = told, time.monotonic()
        return told

    def _former_description(self, silence: SignOnSilent | None) -> Mapping[str, Any]:
        if not self._known.description:
            raise silence or SignOnSilent
        return self._known.description

    def _tokens(self, client: httpx.Client, code: str, verifier: str, return_address: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_address,
            "code_verifier": verifier,
        }
        address = self._description(client)["token_endpoint"]
        try:
            answer = client.post(address, data=form, auth=(self._client_id, self._client_secret))
        except httpx.HTTPError as error:
            raise SignOnSilent from error
        if answer.status_code >= 500:
            raise SignOnSilent
        if answer.status_code != 200:
            raise SignOnRefused(reason=f"token: {answer.status_code}")
        return self._json(answer, "token")

    def _claims(
        self, client: httpx.Client, id_token: str, access_token: str, nonce: str, now: datetime
    ) -> Mapping[str, Any]:
        token = self._verified(client, id_token)
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": self._stated_issuer()},
                "aud": {"essential": True, "value": self._client_id},
            },
            {"nonce": nonce, "client_id": self._client_id, "access_token": access_token},
        )
        try:
            claims.validate(now=int(now.timestamp()), leeway=LEEWAY)
        except (JoseError, TypeError, ValueError) as error:
            raise SignOnRefused(reason=f"claims: {error}") from error
        return dict(claims)

    def _stated_issuer(self) -> str:
        return str(self._known.description["issuer"])

    def _verified(self, client: httpx.Client, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._keys(client), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as first:
            # The provider may have changed its keys since they were read.
            if time.monotonic() - self._known.keys_at < KEYS_AGAIN_AFTER:
                raise SignOnRefused(reason=f"signature: {first}") from first
        try:
            return jwt.decode(id_token, self._keys(client, anew=True), algorithms=ALGORITHMS)
        except (JoseError, ValueError, TypeError) as error:
            raise SignOnRefused(reason=f"signature: {error}") from error

    def _keys(self, client: httpx.Client, *, anew: bool = False) -> KeySet:
        known = self._known
        if known.keys is not None and not anew and time.monotonic() - known.keys_at < DESCRIPTION_KEPT_FOR:
            return known.keys
        told = self._json(self._get(client, self._description(client)["jwks_uri"]), "keys")
        try:
            keys = KeySet.import_key_set(told)  # type: ignore[arg-type]  # checked by the library
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SignOnRefused(reason=f"keys: {error}") from error
        with self._lock:
            known.keys, known.keys_at = keys, time.monotonic()
        return keys

    def _profile(self, client: httpx.Client, access_token: str, subject: str) -> Mapping[str, Any]:
        address = self._description(client).get("userinfo_endpoint")
        if not isinstance(address, str) or not access_token:
            raise SignOnRefused(reason="claims: no national code")
        told = self._json(self._get(client, address, authorization=f"Bearer {access_token}"), "profile")
        if told.get("sub") != subject:
            raise SignOnRefused(reason="profile: of another subject")
        return told


def _person(claims: Mapping[str, Any]) -> SignOnPerson:
    try:
        code = parse_national_code(str(claims.get("nationalCode", "")))
    except InvalidIdentifier as error:
        raise SignOnRefused(reason=error.code) from error
    first, last = (normalize(str(claims.get(name) or "")) for name in ("given_name", "family_name"))
    return SignOnPerson(national_code=code, first_name=first[:80], last_name=last[:120])
