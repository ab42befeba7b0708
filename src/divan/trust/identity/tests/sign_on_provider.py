"""A national sign-on inside the process: it answers as OpenID Connect asks, or goes wrong as it is told."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet

ISSUER = "https://sign-on.test"
CLIENT, CLIENT_SECRET = "divan", "client-secret"


class Provider:
    """Issues a code for each visit and changes it once; ``change`` alters the claims, ``fails`` the answers."""

    def __init__(self, now: datetime, **claims: Any) -> None:
        self.now = now
        self.claims = claims
        self.key = ECKey.generate_key("P-256", {"kid": "first"})
        self.signing = self.key
        self.visits: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self.change: Callable[[dict[str, Any]], Any] = lambda _claims: None
        self.fails: dict[str, Callable[[httpx.Request], httpx.Response]] = {}
        self.profile: dict[str, Any] = {}

    def visit(self, url: str) -> dict[str, str]:
        """Sign the visitor in at the address they were sent to; return what they bring back."""
        wanted = dict(parse_qsl(urlsplit(url).query))
        assert wanted["response_type"] == "code"
        assert wanted["code_challenge_method"] == "S256"
        code = f"code-{len(self.visits)}"
        self.visits[code] = wanted
        return {"code": code, "state": wanted["state"], "iss": ISSUER}

    def transport(self) -> httpx.MockTransport:
        """Return a transport that reaches only this provider."""
        return httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if path in self.fails:
            return self.fails[path](request)
        told = {
            "/.well-known/openid-configuration": self._description,
            "/keys": self._keys,
            "/token": self._token,
            "/profile": self._profile,
        }
        return told[path](request)

    def _description(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(
            200,
            json={
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "userinfo_endpoint": f"{ISSUER}/profile",
            },
        )

    def _keys(self, _request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=KeySet([self.key]).as_dict(private=False))

    def _token(self, request: httpx.Request) -> httpx.Response:
        form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
        name, _, secret = (
            base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode().partition(":")
        )
        visit = self.visits.pop(form["code"], None)
        if (name, secret) != (CLIENT, CLIENT_SECRET) or visit is None:
            return httpx.Response(400, json={"error": "invalid_grant"})
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        )
        if challenge != visit["code_challenge"] or form["redirect_uri"] != visit["redirect_uri"]:
            return httpx.Response(400, json={"error": "invalid_grant"})
        at = int(self.now.timestamp())
        claims = {"iss": ISSUER, "sub": "person-1", "aud": CLIENT, "iat": at, "exp": at + 60, "nonce": visit["nonce"]}
        claims |= self.claims
        self.change(claims)
        token = jwt.encode({"alg": "ES256", "kid": "first"}, claims, self.signing)
        return httpx.Response(200, json={"access_token": "open", "token_type": "Bearer", "id_token": token})

    def _profile(self, request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer open"
        return httpx.Response(200, content=json.dumps(self.profile))
