"""The dispatch desk: signed letters leave for their recipients, and what did not arrive comes back here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence.values import (
    Channel,
    Dispatch,
    DispatchState,
    DispatchUnknown,
    LetterUnknown,
    TermCategory,
    WayUnfit,
)
from divan.dealings.correspondence.values.carrying import CALLED_BACK
from divan.foundation import clock, files
from divan.foundation.errors import NotFound, Refusal
from divan.foundation.http.access import access
from divan.foundation.http.media import bytes_answer
from divan.foundation.http.middleware import actor_of
from divan.foundation.ui.fields import Field, Option
from divan.foundation.ui.frame import Link
from divan.foundation.ui.numbers import digits
from divan.foundation.ui.refusals import text_of
from divan.front.backoffice.duties import KEEPERS, own_post
from divan.front.backoffice.letter_parts.sending import NO_ANSWER, problem_of
from divan.front.backoffice.secretariat.reading import Problems, day, identifier, line, one_of, reason_field
from divan.front.backoffice.secretariat.sections import sections_of
from divan.front.texts.letters.transport import WORDS
from divan.front.texts.words import TONES, word
from divan.registers.people.values import Post
from divan_libs.persian.jalali import TEHRAN

PAGE = 50
ADVICE = WORDS["dispatch-advice"]
STATES = {
    "desk": (DispatchState.DESK,),
    "back": (DispatchState.REFUSED, DispatchState.DEAD),
    "under-way": (DispatchState.QUEUED, DispatchState.SENT),
    "arrived": (DispatchState.DELIVERED, DispatchState.REGISTERED),
}
NEEDS = {Channel.POST: "tracking", Channel.COURIER: "who", Channel.FAX: "tracking", Channel.BY_HAND: "who"}


@access(KEEPERS)
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """List the sendings of the own secretariats by where they stand, newest first."""
    post, now = own_post(request), clock.now()
    state = request.GET.get("state", "")
    state = state if state in STATES else "desk"
    key = request.GET.get("before", "")
    before = int(key) if key.isascii() and key.isdigit() and len(key) < 18 else None
    found = queries.list_at_desk(post, now, states=STATES[state], before=before, limit=PAGE + 1)
    address = reverse("backoffice:dispatch-desk")
    tabs = {
        "desk": _("At the desk"),
        "back": _("Came back"),
        "under-way": _("Under way"),
        "arrived": _("Arrived there"),
    }
    values = {
        "sections": sections_of(post, now, "dispatch-desk"),
        "tabs": [Link(f"{address}?state={name}", label, current=name == state) for name, label in tabs.items()],
        "lines": [_line(row) for row in found[:PAGE]],
        "next_url": f"{address}?state={state}&before={found[PAGE - 1].id}" if len(found) > PAGE else "",
        "may_send": state == "desk",
    }
    return render(request, "backoffice/secretariat/dispatch_desk.html", values)


def _line(row: Any) -> dict[str, object]:
    dispatch = queries.dispatch_of(row)
    return {
        "dispatch": dispatch,
        "subject": row.letter.subject,
        "number": row.letter.number,
        "letter": row.letter.uuid,
        "recipient": str(dispatch.recipient.party),
        "channel": word("letter-channel", dispatch.channel),
        "state": word("dispatch-state", dispatch.state),
        "tone": TONES.get(dispatch.state, ""),
        "bulk": not dispatch.channel.is_carried,
        "problem": problem_of(dispatch),
        "waits": dispatch.state is DispatchState.QUEUED and dispatch.attempts > 0,
    }


@access(KEEPERS)
@require_POST
def send_many(request: HttpRequest) -> HttpResponse:
    """Send the chosen letters whose way needs no evidence; say of each that could not go why."""
    post, now, sent = own_post(request), clock.now(), 0
    for text in dict.fromkeys(request.POST.getlist("dispatch")[:PAGE]):
        uuid = identifier(text)
        if uuid is None:
            continue
        try:
            one = queries.get_dispatch_for(uuid, post, now)
            actions.send_dispatch(dispatch=uuid, actor=actor_of(request), now=now)
            sent += 1
        except DispatchUnknown:
            continue
        except Refusal as refusal:
            messages.error(request, f"{one.recipient.party}: {text_of(refusal)}")
    if sent:
        said = ngettext("%(count)s letter was sent.", "%(count)s letters were sent.", sent) % {"count": digits(sent)}
        messages.success(request, said)
    return redirect("backoffice:dispatch-desk")


@access(KEEPERS)
@require_safe
def letter(request: HttpRequest, letter: UUID) -> HttpResponse:
    """Show a letter's sendings, one for each recipient, and what can be done with each."""
    return render(request, "backoffice/secretariat/dispatch.html", _page(request, letter))


def _page(request: HttpRequest, letter: UUID) -> dict[str, object]:
    post, now, language = own_post(request), clock.now(), get_language() or "fa"
    found = queries.get_letter_for(letter, post, now)
    sendings = queries.list_dispatches(letter)
    if not sendings or not any(queries.keeps(post, one.secretariat) for one in sendings):
        raise LetterUnknown
    work = queries.find_open_work(letter)
    if work is not None and work.post_uuid == post.uuid:
        actions.mark_read(work=work.uuid, actor=actor_of(request), now=now)
    active = {one.recipient.uuid for one in sendings if one.state not in {*GONE}}
    return {
        "letter": found,
        "state": word("letter-state", found.state),
        "tone": TONES.get(found.state, ""),
        "lines": [_sending(one, post, language, again=one.recipient.uuid not in active) for one in sendings],
    }


GONE = (DispatchState.REFUSED, DispatchState.DEAD, DispatchState.DROPPED)


def _sending(one: Dispatch, post: Post, language: str, *, again: bool) -> dict[str, object]:
    ways = queries.list_ways(one.recipient.party)
    name = str(one.uuid)[:8]
    fields = []
    if one.state is DispatchState.DESK:
        fields = [
            Field(
                f"channel-{name}",
                "select",
                _("Way"),
                "",
                str(one.channel),
                options=[Option(way.channel, _way_text(way, post, language)) for way in ways],
            ),
            Field(f"target-{name}", "text", _("Address"), _("For post, courier and fax."), one.target, required=False),
        ]
    return {
        "dispatch": one,
        "recipient": str(one.recipient.party),
        "role": word("recipient-role", one.recipient.role),
        "channel": word("letter-channel", one.channel),
        "state": word("dispatch-state", one.state),
        "tone": TONES.get(one.state, ""),
        "fields": fields,
        "evidence_fields": _evidence_fields(name) if one.state is DispatchState.DESK else [],
        "evidence": [
            (word("evidence", key), value) for key, value in one.evidence.items() if key in ("who", "tracking", "on")
        ],
        "receipt": one.evidence.get("receipt", ""),
        "waits": one.state is DispatchState.QUEUED and one.attempts > 0,
        "may_note": one.state in {DispatchState.SENT, DispatchState.DELIVERED} and one.channel.is_carried,
        "number_fields": _number_fields(name),
        "may_again": one.state in GONE and again,
        "may_drop": one.state in queries.AT_DESK and (one.state is DispatchState.DESK or again),
        "drop_fields": [reason_field({}, name=f"reason-{name}")],
        "advice": _advice(one),
        "problem": problem_of(one),
    }


def _way_text(way: queries.Way, post: Post, language: str) -> str:
    term = queries.find_term(post.unit.body_uuid, TermCategory.SENDING, way.channel)
    said = term.text(language) if term else word("letter-channel", way.channel)
    return f"{said} – {way.target}" if way.target else said


def _advice(one: Dispatch) -> Promise | str:
    if one.state is DispatchState.QUEUED:
        return ADVICE.get(one.waits_for, ADVICE[NO_ANSWER]) if one.attempts else ""
    if one.state is DispatchState.REFUSED:
        # With words of their own the other side refused it there, whatever the code.
        return ADVICE["refused"] if one.problem_text else ADVICE.get(one.problem, ADVICE["refused"])
    if one.state is DispatchState.DEAD:
        tried = _("It was tried several times and did not arrive. Look at the address, or send it by another way.")
        return ADVICE[one.problem] if one.problem == CALLED_BACK else tried
    return ""


def _evidence_fields(name: str) -> list[Field]:
    receipt = {"accept": ".pdf,.jpg,.jpeg,.png"}
    hint = _("Only for what people carry.")
    return [
        Field(f"tracking-{name}", "code", _("Tracking number"), hint, "", required=False),
        Field(f"who-{name}", "text", _("Who took it"), hint, "", required=False),
        Field(f"on-{name}", "date", _("Day"), "", clock.now().astimezone(TEHRAN).date(), required=False),
        Field(f"receipt-{name}", "file", _("Picture of the receipt"), "", "", required=False, attributes=receipt),
    ]


def _number_fields(name: str) -> list[Field]:
    return [
        Field(f"number-{name}", "code", _("Their number"), "", ""),
        Field(f"day-{name}", "date", _("Registered there on"), "", clock.now().astimezone(TEHRAN).date()),
    ]


@access(KEEPERS)
@require_POST
def act(request: HttpRequest, dispatch: UUID, deed: str) -> HttpResponse:
    """Send, hurry, call back, note a number, lay anew or give up one sending; refusals are said on the letter's page.

    :raises DispatchUnknown: if it is of another secretariat, or there is no such deed.
    """
    post, now = own_post(request), clock.now()
    found = queries.get_dispatch_for(dispatch, post, now)
    deeds = {
        "send": _send,
        "hurry": _hurry,
        "back": _call_back,
        "number": _note_number,
        "again": _again,
        "drop": _drop,
    }
    if deed not in deeds:
        raise DispatchUnknown
    if deed == "number" and not line(request.POST, f"number-{str(dispatch)[:8]}"):
        messages.error(request, _("Write the number that the other side gave."))
        return redirect("backoffice:dispatch", found.letter)
    try:
        said = deeds[deed](request, found)
    except Refusal as refusal:
        # Said beside the other sendings of the letter, which stay as they are.
        messages.error(request, f"{found.recipient.party}: {text_of(refusal)}")
    else:
        messages.success(request, said)
    return redirect("backoffice:dispatch", found.letter)


def _send(request: HttpRequest, one: Dispatch) -> str:
    actor, now, name = actor_of(request), clock.now(), str(one.uuid)[:8]
    ways = [Option(way.channel, "") for way in queries.list_ways(one.recipient.party)]
    chosen = one_of(request.POST.get(f"channel-{name}", str(one.channel)), ways)
    if not chosen:
        raise WayUnfit
    target = line(request.POST, f"target-{name}", 300)
    if Channel(chosen) is not one.channel or target != one.target:
        actions.route_dispatch(dispatch=one.uuid, channel=Channel(chosen), target=target, actor=actor, now=now)
    evidence = _evidence(request, name) if Channel(chosen).is_carried else {}
    actions.send_dispatch(dispatch=one.uuid, evidence=evidence, actor=actor, now=now)
    return _("It was sent.")


def _evidence(request: HttpRequest, name: str) -> dict[str, str]:
    problems: Problems = {}
    on = day(request.POST, f"on-{name}", problems)
    said = {
        "tracking": line(request.POST, f"tracking-{name}"),
        "who": line(request.POST, f"who-{name}"),
        "on": on.isoformat() if on else "",
    }
    upload = request.FILES.get(f"receipt-{name}")
    if upload is not None:
        actor, now = actor_of(request), clock.now()
        stored = files.store_upload(name=upload.name or "receipt", content=upload.chunks(), actor=actor, now=now)
        said["receipt"] = str(stored.uuid)
    return said


def _note_number(request: HttpRequest, one: Dispatch) -> str:
    problems: Problems = {}
    name = str(one.uuid)[:8]
    on = day(request.POST, f"day-{name}", problems)
    number = line(request.POST, f"number-{name}", 60)
    now = clock.now()
    at = now if on is None else min(now, now.astimezone(TEHRAN).replace(year=on.year, month=on.month, day=on.day))
    actions.note_registered(dispatch=one.uuid, number=number, at=at, actor=actor_of(request), now=now)
    return _("Their number was noted.")


def _hurry(request: HttpRequest, one: Dispatch) -> str:
    actions.try_now(dispatch=one.uuid, actor=actor_of(request), now=clock.now())
    return _("It is tried within a minute.")


def _call_back(request: HttpRequest, one: Dispatch) -> str:
    reason = line(request.POST, f"reason-{str(one.uuid)[:8]}", 500)
    actions.call_back(dispatch=one.uuid, reason=reason, actor=actor_of(request), now=clock.now())
    return _("It came back and is offered no more. Send it anew by another way.")


def _again(request: HttpRequest, one: Dispatch) -> str:
    actions.lay_again(dispatch=one.uuid, actor=actor_of(request), now=clock.now())
    return _("It lies at the desk again; choose its way and send it.")


def _drop(request: HttpRequest, one: Dispatch) -> str:
    reason = line(request.POST, f"reason-{str(one.uuid)[:8]}", 500)
    actions.drop_dispatch(dispatch=one.uuid, reason=reason, actor=actor_of(request), now=clock.now())
    return _("The sending was given up.")


@access(KEEPERS)
@require_safe
def receipt(request: HttpRequest, dispatch: UUID) -> HttpResponse:
    """Give the picture of the receipt that proves a sending.

    :raises DispatchUnknown: if it is of another secretariat.
    :raises NotFound: if it has none.
    """
    found = queries.get_dispatch_for(dispatch, own_post(request), clock.now())
    file = identifier(found.evidence.get("receipt", ""))
    if file is None:
        raise NotFound
    summary = files.get_file(file)
    return bytes_answer(files.read_file(file), name=summary.name, media_type=summary.media_type, download=False)
