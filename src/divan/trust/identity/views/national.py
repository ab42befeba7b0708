"""Citizens sign in by the national sign-on; the return is the one request of the house that waits for outside."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from divan.foundation import clock
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.http.middleware import actor_of
from divan.trust.identity import actions, rules
from divan.trust.identity.adapters.national_sign_on import NationalSignOn, OidcSignOn
from divan.trust.identity.apps import options
from divan.trust.identity.values import SignOnCancelled, SignOnRefused, SignOnStale, SignOnStart
from divan.trust.identity.views import addresses, sessions


@lru_cache(maxsize=4)
def _oidc(issuer: str, client_id: str, client_secret: str) -> NationalSignOn:
    return OidcSignOn(issuer, client_id, client_secret)


def sign_on() -> NationalSignOn:
    """Return the national sign-on of this installation; what it told about itself is kept between requests."""
    told = options()
    return _oidc(told.sign_on_issuer, told.sign_on_client_id, told.sign_on_client_secret)


def return_address() -> str:
    """Return the address that the national sign-on sends visitors back to; it is registered there."""
    return options().base_url.rstrip("/") + reverse("identity:national-return")


@access(PUBLIC)
@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the national sign-on."""
    begun = sign_on().begin(return_address())
    request.session[sessions.SIGN_ON] = {
        "state": begun.state,
        "nonce": begun.nonce,
        "verifier": begun.verifier,
        "wanted": addresses.wanted(request),
        "at": clock.now().isoformat(),
    }
    return HttpResponseRedirect(begun.url)


@access(PUBLIC)
@never_cache
@require_GET
def come_back(request: HttpRequest) -> HttpResponse:
    """Take the visitor back: the state must be this session's, and each is used once."""
    kept = request.session.pop(sessions.SIGN_ON, None)
    now = clock.now()
    begun = _begun(kept, request.GET.get("state", ""), now)
    if request.GET.get("error"):
        raise SignOnCancelled
    # RFC 9207: an answer that names another issuer was mixed up with somebody else's.
    if request.GET.get("iss", options().sign_on_issuer).rstrip("/") != options().sign_on_issuer.rstrip("/"):
        raise SignOnRefused(reason="issuer of the answer")
    person = sign_on().finish(begun, code=request.GET.get("code", ""), return_address=return_address(), now=now)
    account = actions.sign_in_by_national_sign_on(
        national_code=person.national_code,
        first_name=person.first_name,
        last_name=person.last_name,
        actor=actor_of(request),
        now=now,
    )
    sessions.begin_session(request, account)
    wanted = str(kept["wanted"])
    return HttpResponseRedirect(wanted if addresses.is_ours(request, wanted) else addresses.citizen_home())


def _begun(kept: Mapping[str, Any] | None, state: str, now: datetime) -> SignOnStart:
    if not kept or not constant_time_compare(kept["state"], state):
        raise SignOnStale
    if now - datetime.fromisoformat(kept["at"]) > rules.SIGN_ON_COUNTS_FOR:
        raise SignOnStale
    return SignOnStart(url="", state=kept["state"], nonce=kept["nonce"], verifier=kept["verifier"])
