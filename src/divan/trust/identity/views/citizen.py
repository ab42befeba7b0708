"""Citizens sign in by national code and a code sent to their mobile; everybody signs out here."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from divan.foundation import clock
from divan.foundation.actors import ActorKind
from divan.foundation.errors import Refusal
from divan.foundation.http.access import PUBLIC, access
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.refusals import text_of
from divan.trust.identity import actions, queries
from divan.trust.identity.values import Challenge, ChallengeState, ChallengeUnknown
from divan.trust.identity.views import addresses, sessions
from divan.trust.identity.views.forms import EnterCode, SignInByCode

SECONDS_BETWEEN_LOOKS = 2


@access(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Offer the national sign-on and the code by message; begin the latter."""
    wanted = addresses.wanted(request)
    if actor_of(request).kind is ActorKind.CITIZEN:
        return redirect(wanted or addresses.citizen_home())
    form = SignInByCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _begin(request, form, wanted)
            except Refusal as refusal:
                form.add_error(None, str(text_of(refusal)))
                status = refusal.status
    return render(request, "identity/sign_in.html", {"form": form, "wanted": wanted}, status=status)


def _begin(request: HttpRequest, form: SignInByCode, wanted: str) -> HttpResponse:
    challenge = actions.open_challenge(
        **form.cleaned_data,
        address=addresses.address_of(request),
        language=get_language() or "fa",
        former=_challenge_of(request),
        actor=actor_of(request),
        now=clock.now(),
    )
    request.session[sessions.CHALLENGE] = str(challenge)
    request.session[sessions.WANTED] = wanted
    return redirect("identity:code")


def _challenge_of(request: HttpRequest) -> UUID | None:
    try:
        return UUID(str(request.session.get(sessions.CHALLENGE, "")))
    except ValueError:
        return None


@access(PUBLIC)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Wait for the register, then take the code; only the session that began may go on."""
    challenge = _challenge_of(request)
    try:
        seen = queries.get_challenge(challenge) if challenge else None
    except ChallengeUnknown:
        seen = None
    if seen is None:
        return redirect("identity:sign-in")
    form = EnterCode(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _finish(request, seen, form.cleaned_data["code"])
            except Refusal as refusal:
                form.add_error("code", str(text_of(refusal)))
                status = refusal.status
                seen = queries.get_challenge(seen.uuid)
    return _code_page(request, form, seen, status)


def _finish(request: HttpRequest, challenge: Challenge, typed: str) -> HttpResponse:
    account = actions.redeem_code(
        challenge=challenge.uuid,
        code=typed,
        address=addresses.address_of(request),
        actor=actor_of(request),
        now=clock.now(),
    )
    wanted = str(request.session.get(sessions.WANTED, ""))
    sessions.begin_session(request, account)
    return HttpResponseRedirect(wanted if addresses.is_ours(request, wanted) else addresses.citizen_home())


def _code_page(request: HttpRequest, form: EnterCode, challenge: Challenge, status: int) -> HttpResponse:
    now = clock.now()
    shown = {
        "form": form,
        "challenge": challenge,
        "is_asking": challenge.state is ChallengeState.ASKING,
        "is_unanswered": challenge.state is ChallengeState.UNANSWERED,
        "is_open": challenge.state is ChallengeState.READY,
        "may_resend": challenge.resend_at is not None and challenge.state is ChallengeState.READY,
        "resend_now": challenge.resend_at is not None and challenge.resend_at <= now,
        "seconds": SECONDS_BETWEEN_LOOKS,
    }
    return render(request, "identity/code.html", shown, status=status)


@access(PUBLIC)
@never_cache
@require_POST
def send_again(request: HttpRequest) -> HttpResponse:
    """Send another code; the page says when that is too soon."""
    challenge = _challenge_of(request)
    if challenge is None:
        return redirect("identity:sign-in")
    try:
        actions.resend_code(
            challenge=challenge,
            address=addresses.address_of(request),
            actor=actor_of(request),
            now=clock.now(),
        )
    except ChallengeUnknown:
        return redirect("identity:sign-in")
    except Refusal as refusal:
        form = EnterCode({"code": ""})
        form.errors.clear()
        form.add_error(None, str(text_of(refusal)))
        return _code_page(request, form, queries.get_challenge(challenge), refusal.status)
    return redirect("identity:code")


@access(PUBLIC)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, whoever's it is."""
    sessions.end_session(request, clock.now())
    return redirect(addresses.wanted(request) or "/")
