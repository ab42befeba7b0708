"""What the officers of one installation do in the story; each deed returns what it saw, as JSON can hold it.

Imported where Django is set up, by :mod:`divan.project.letters.officer`.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from django.conf import settings

from divan.dealings.correspondence import actions, queries
from divan.dealings.correspondence import values as words
from divan.dealings.correspondence.jobs import carrying
from divan.foundation import clock
from divan.foundation.actors import SYSTEM, Actor, ActorKind
from divan.foundation.errors import Refusal
from divan.project.letters import neighbours
from divan.project.rehearsal.cast import member
from divan.registers.people import queries as people
from divan.trust.exchange import actions as exchange_actions
from divan.trust.exchange import queries as exchange
from divan.trust.exchange.values import ExchangeAnswer
from divan.trust.ledger import queries as log

BODY, EXPERT, SIGNER, CLERK = "ict-directorate", "ict-expert", "ict-director", "secretariat"
RECEIVER = "governor-office"
LAW = "Rehearsal: the installations agreed to exchange letters"

_known: dict[str, UUID] = {}


def _actor(key: str) -> Actor:
    person = people.find_person(member(key).national_code)
    assert person is not None  # noqa: S101 (the cast is seated when an installation is brought up)
    held = people.list_holdings(person.uuid, clock.now())[0].post
    return Actor(
        kind=ActorKind.STAFF,
        uuid=person.uuid,
        post=held.uuid,
        duties=frozenset({held.role}),
        unit=held.unit.uuid,
    )


def card() -> dict[str, object]:
    """Tell the card of this installation, its fingerprint, and where letters to it go."""
    own = exchange.own_card()
    secretariat = queries.central_secretariat(people.get_unit(RECEIVER).uuid)
    return {
        "card": neighbours.card_text(own),
        "fingerprint": exchange.fingerprint_of(own),
        "address": f"{own.subsystem}#{secretariat.code}",
        "subsystem": own.subsystem,
    }


def agree(card: str, fingerprint: str) -> dict[str, object]:
    """Agree with another installation on its card."""
    try:
        agreement, changed = neighbours.agree(
            card=card.encode(), fingerprint=fingerprint, law=LAW, actor=SYSTEM, now=clock.now()
        )
    except Refusal as refusal:
        return {"refused": refusal.code}
    return {"changed": changed, "theirs": agreement.theirs, "ours": agreement.ours}


def part(subsystem: str) -> dict[str, object]:
    """End the agreement with another installation."""
    exchange_actions.part_with_peer(subsystem=subsystem, reason="story", actor=SYSTEM, now=clock.now())
    return {}


def _correspondent(address: str, name: str) -> words.Party:
    party = words.Party(kind=words.PartyKind.OUTSIDE, organization=name)
    if address not in _known:
        _known[address] = actions.write_correspondent(
            correspondent=None,
            kind="organization",
            party=party,
            legal_id="",
            channel="exchange",
            addresses={"exchange": address},
            actor=_actor(CLERK),
            now=clock.now(),
        )
    return replace(party, uuid=_known[address])


def write(subject: str, kind: str, *recipients: str) -> dict[str, object]:
    """Write a letter to other installations, ``ADDRESS=NAME`` each, and sign it."""
    now, expert = clock.now(), _actor(EXPERT)
    to = [_correspondent(*one.split("=", 1)) for one in recipients]
    letter = actions.start_draft(
        text=words.DraftText(subject=subject, body_html=f"<p>{subject}</p>"),
        marks=words.DraftMarks(kind=kind),
        recipients=tuple(words.RecipientLine(party=one) for one in to),
        actor=expert,
        now=now,
    )
    signer = people.get_post_by_code(SIGNER)
    way = words.Route(steps=(words.RouteStep(kind=words.StepKind.SIGNATURE, post=signer.uuid),))
    actions.set_route(letter=letter.uuid, route=way, actor=expert, now=now)
    actions.start_circulation(letter=letter.uuid, seen=letter.version, actor=expert, now=now)
    step = queries.open_step_of(letter.uuid, signer.uuid)
    assert step is not None  # noqa: S101 (the route has one)
    signed = actions.sign_letter(
        step=step.uuid, seen=queries.get_letter(letter.uuid).version, actor=_actor(SIGNER), now=now
    )
    return {"letter": str(letter.uuid), "number": signed.number_text}


def send(letter: str) -> dict[str, object]:
    """Send what lies at the desk of a letter; nothing lies there before its document is made."""
    sent = [
        actions.send_dispatch(dispatch=one.uuid, actor=_actor(CLERK), now=clock.now())
        for one in queries.list_dispatches(UUID(letter))
        if one.state == "desk"
    ]
    return {"sent": len(sent)}


def hurry(letter: str) -> dict[str, object]:
    """Let what waits for its next try be tried at once."""
    waiting = [one for one in queries.list_dispatches(UUID(letter)) if one.state == "queued"]
    for one in waiting:
        actions.try_now(dispatch=one.uuid, actor=_actor(CLERK), now=clock.now())
    return {"tried": len(waiting)}


def state(letter: str) -> dict[str, object]:
    """Tell how a letter stands with each recipient, by the address of its subsystem."""
    return {
        one.target.partition("#")[0]: {
            "state": str(one.state),
            "number": one.their_number,
            "problem": one.problem,
            "attempts": one.attempts,
            "waits_for": one.waits_for,
        }
        for one in queries.list_dispatches(UUID(letter))
    }


def arrivals(subsystem: str, number: str, since: str) -> dict[str, object]:
    """Tell what arrived from another installation with its number since a moment."""
    sent = queries.intake_rows().filter(channel="exchange", key__startswith=f"{subsystem}:", arrived_at__gte=since)
    rows = sent.filter(their_number=number).order_by("id")
    return {
        "arrivals": [
            {"uuid": str(row.uuid), "state": row.state, "sealed": bool(row.receipt.get("seal"))} for row in rows
        ]
    }


def register(intake: str) -> dict[str, object]:
    """Register what arrived, as the secretariat that got it."""
    found = queries.get_intake(UUID(intake))
    arrived = found.arrived
    sender = arrived.sender or words.Party(kind=words.PartyKind.OUTSIDE)
    # The houses of the demonstration are furnished alike: their bodies bear the same names and count alike.
    like = queries.find_doubles(found, sender=sender, number=arrived.their_number, day=arrived.their_date)
    letter = actions.register_intake(
        intake=found.uuid,
        registration=words.Registration(
            register=queries.find_register_for(found.secretariat, words.Direction.INCOMING).code,
            subject=arrived.subject,
            sender=sender,
            their_number=arrived.their_number,
            their_date=arrived.their_date,
            double_reason="it comes from another installation" if like else "",
        ),
        actor=SYSTEM,
        now=clock.now(),
    )
    return {"number": letter.number_text}


def again(letter: str, how: str) -> dict[str, object]:
    """Bring a letter once more under its key: ``same``, ``other``, ``altered``, ``unsealed`` or ``replayed``."""
    row = queries.dispatch_rows().get(uuid=queries.list_dispatches(UUID(letter))[-1].uuid)
    parcel, now = queries.parcel_of(row), clock.now()
    if how == "other":
        parcel = replace(parcel, letter=replace(parcel.letter, subject="Another letter"))
    if how == "replayed":
        now -= timedelta(hours=1)

    def ask(*, body: dict[str, Any], **more: Any) -> ExchangeAnswer:
        if how == "altered" and "letter" in body:
            body = {**body, "letter": {**body["letter"], "subject": "Altered on its way"}}
        if how == "unsealed":
            body = {name: value for name, value in body.items() if name != "seal"}
        return exchange.ask(**{**more, "body": body, "message_id": str(uuid4())})

    said = carrying.bring_again(parcel, row, now, ask=ask)
    return {"said": said} if isinstance(said, str) else {"said": said.code or said.state}


def speak_for(subsystem: str, service: str) -> dict[str, object]:
    """Try to ask a service as another subsystem than the own, and tell the exchange's word."""
    told = settings.EXCHANGE
    trusted = ssl.create_default_context(cafile=str(told.control / "authorities.pem"))
    trusted.load_cert_chain(told.control / "client.pem")
    address = f"{told.address}/r1/{service}/{carrying.SERVICE}/letters/{uuid4()}"
    headers = {"X-Road-Client": subsystem, "X-Road-Id": str(uuid4())}
    try:
        answer = httpx.get(address, headers=headers, verify=trusted, trust_env=False, timeout=carrying.TIMEOUT)
    except httpx.HTTPError:
        return {"said": ""}
    return {"said": answer.headers.get("x-road-error", "")}


def whole() -> dict[str, object]:
    """Examine the log and every live row against its fact; tell what does not hold."""
    return {"findings": [str(one)[:200] for one in log.fsck()], "port": settings.DIVAN.port, "at": _now()}


def _now() -> str:
    moment: datetime = clock.now()
    return moment.isoformat()


DEEDS: dict[str, Callable[..., dict[str, object]]] = {
    deed.__name__: deed
    for deed in (card, agree, part, write, send, hurry, state, arrivals, register, again, speak_for, whole)
}
