"""The national sign-on of an invented country: an OpenID Connect provider (code flow, PKCE, ES256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from divan.project.rehearsal import pages
from divan.project.rehearsal.behaviour import Behaviours, Mode
from divan.project.rehearsal.cast import CastMember, by_national_code
from divan.project.rehearsal.settings import Settings
from divan_libs.persian.identifiers import InvalidIdentifier, parse_national_code

CODE_LIFE = 60.0
TOKEN_LIFE = 300.0
_CARRIED = (
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


@dataclass(frozen=True, slots=True)
class _Visit:
    person: CastMember
    asked: Mapping[str, str]
    until: float


class SignOn:
    """Lets a visitor choose whom to be, and vouches for that person to the one client that is registered here.

    A code counts once, for a minute. When the sign-on lies it names a nonce that nobody gave; when it repeats itself it
    gives the tokens of the visit before.
    """

    def __init__(self, behaviours: Behaviours, told: Settings) -> None:
        self._behaviours = behaviours
        self._told = told
        self._key = _kept_key(told.data / "sign-on-key.pem")
        self._visits: dict[str, _Visit] = {}
        self._tokens: dict[str, tuple[CastMember, float]] = {}
        self._given: dict[str, str] = {}
        self._before: dict[str, object] | None = None
        at = urlsplit(told.issuer).path
        self.routes = [
            Route(f"{at}/.well-known/openid-configuration", self.description),
            Route(f"{at}/authorize", self.authorize, methods=["GET", "POST"]),
            Route(f"{at}/token", self.token, methods=["POST"]),
            Route(f"{at}/jwks", self.jwks),
            Route(f"{at}/userinfo", self.userinfo),
        ]

    async def description(self, _request: Request) -> Response:
        """Tell what an OpenID provider tells of itself (Discovery 1.0, 4.2)."""
        await self._behaviours.meet("sign-on")
        issuer = self._told.issuer
        return JSONResponse(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["pairwise"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "scopes_supported": ["openid", "profile"],
                "claims_supported": ["sub", "given_name", "family_name", "nationalCode"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "code_challenge_methods_supported": ["S256"],
                "authorization_response_iss_parameter_supported": True,
            }
        )

    async def jwks(self, _request: Request) -> Response:
        """Give the public key that verifies identity tokens."""
        await self._behaviours.meet("sign-on")
        return JSONResponse(KeySet([self._key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Let the visitor choose, and send them back with a code; unknown clients get no redirect (RFC 6749, 3.1.2)."""
        await self._behaviours.meet("sign-on")
        given = dict(request.query_params) if request.method == "GET" else await _form(request)
        asked = {name: given[name] for name in _CARRIED if name in given}
        if (asked.get("client_id"), asked.get("redirect_uri")) != (self._told.client_id, self._told.return_address):
            return pages.page("درخواست ناشناس", "<p>این برنامه در درگاه ثبت نشده است.</p>", status=400)
        if fault := _fault_of(asked):
            return self._back(asked, error=fault)
        if request.method == "GET":
            return self._choose(asked)
        if given.get("do") == "cancel":
            return self._back(asked, error="access_denied")
        try:
            person = by_national_code(parse_national_code(given.get("national_code") or given.get("person") or ""))
        except InvalidIdentifier:
            return self._choose(asked, fault="کد ملی درست نیست؛ یکی را برگزینید یا کد ده‌رقمی را بنویسید.")
        if person is None:
            return self._choose(asked, fault="در این نمایش کسی با این کد ملی نیست.")
        code = secrets.token_urlsafe(24)
        self._visits[code] = _Visit(person, asked, time.monotonic() + CODE_LIFE)
        return self._back(asked, code=code)

    def _choose(self, asked: Mapping[str, str], *, fault: str = "") -> Response:
        parts = urlsplit(self._told.return_address)
        return pages.sign_on(asked, fault=fault, may_send_to=f"{parts.scheme}://{parts.netloc}")

    def _back(self, asked: Mapping[str, str], **told: str) -> Response:
        answer = {**told, "state": asked.get("state", ""), "iss": self._told.issuer}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", 303, _NO_STORE)

    async def token(self, request: Request) -> Response:
        """Change a code for tokens (RFC 6749, 4.1.3; RFC 7636, 4.6). A code that comes twice takes back what it gave.

        A code that is proved wrongly is spent as well.
        """
        mode = await self._behaviours.meet("sign-on")
        if not self._is_client(request):
            return JSONResponse({"error": "invalid_client"}, 401, {**_NO_STORE, "WWW-Authenticate": "Basic"})
        form = await _form(request)
        if form.get("grant_type") != "authorization_code":
            return JSONResponse({"error": "unsupported_grant_type"}, 400, _NO_STORE)
        code = form.get("code", "")
        visit = self._visits.pop(code, None)
        if visit is None:
            self._tokens.pop(self._given.pop(code, ""), None)
        if visit is None or time.monotonic() > visit.until or not _is_proved(visit, form):
            return JSONResponse({"error": "invalid_grant"}, 400, _NO_STORE)
        answer = self._answer(visit, lying=mode is Mode.LIE)
        self._given[code] = str(answer["access_token"])
        if mode is Mode.REPEAT and self._before:
            answer = self._before
        self._before = answer
        return JSONResponse(answer, headers=_NO_STORE)

    def _is_client(self, request: Request) -> bool:
        kind, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded, validate=True).decode()
        except ValueError:
            return False
        name, _, secret = (unquote(part) for part in given.partition(":"))
        right = hmac.compare_digest(secret.encode(), self._told.client_secret.encode())
        return kind.lower() == "basic" and name == self._told.client_id and right

    def _answer(self, visit: _Visit, *, lying: bool) -> dict[str, object]:
        access_token, now = secrets.token_urlsafe(24), int(time.time())
        self._tokens[access_token] = (visit.person, time.monotonic() + TOKEN_LIFE)
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self._told.issuer,
            "sub": self._subject(visit.person),
            "aud": self._told.client_id,
            "iat": now,
            "exp": now + int(TOKEN_LIFE),
            "auth_time": now,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            "nonce": "of nobody" if lying else visit.asked.get("nonce", ""),
        }
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "expires_in": int(TOKEN_LIFE),
            "scope": "openid profile",
            "id_token": jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key),
        }

    def _subject(self, person: CastMember) -> str:
        return hashlib.sha256(f"{self._told.client_id}:{person.national_code}".encode()).hexdigest()[:32]

    async def userinfo(self, request: Request) -> Response:
        """Tell who the bearer of a token is (OpenID Connect Core 1.0, 5.3)."""
        await self._behaviours.meet("sign-on")
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        person, until = self._tokens.get(token, (None, 0.0))
        if person is None or time.monotonic() > until:
            return JSONResponse({"error": "invalid_token"}, 401, {"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return JSONResponse(
            {
                "sub": self._subject(person),
                "given_name": person.first_name,
                "family_name": person.last_name,
                "nationalCode": person.national_code,
            },
            headers=_NO_STORE,
        )


def _fault_of(asked: Mapping[str, str]) -> str:
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if "openid" not in asked.get("scope", "").split():
        return "invalid_scope"
    return "" if asked.get("code_challenge") and asked.get("code_challenge_method") == "S256" else "invalid_request"


def _is_proved(visit: _Visit, form: Mapping[str, str]) -> bool:
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    same = hmac.compare_digest(challenge.encode(), visit.asked["code_challenge"].encode())
    return same and form.get("redirect_uri") == visit.asked["redirect_uri"]


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True))


def _kept_key(path: Path) -> ECKey:
    """Return the signing key, the same after a restart: clients remember it."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(ECKey.generate_key("P-256").as_pem(private=True))
    key = ECKey.import_key(path.read_bytes())
    key.ensure_kid()
    return key
