"""What the officers of one installation do in the story, each deed in a process of its own that prints JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

BODY, EXPERT, SIGNER, CLERK = "ict-directorate", "ict-expert", "ict-director", "secretariat"
RECEIVER = "governor-office"


def _actor(key: str) -> Any:
    from divan.foundation import clock  # noqa: PLC0415 (Django is ready only now)
    from divan.foundation.actors import Actor, ActorKind  # noqa: PLC0415 (as above)
    from divan.project.rehearsal.cast import member  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

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


def door() -> dict[str, object]:
    """Tell where letters come in."""
    from django.conf import settings  # noqa: PLC0415 (as above)

    from divan.dealings.correspondence import queries  # noqa: PLC0415 (as above)
    from divan.project.letters.neighbours import own_door  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

    secretariat = queries.central_secretariat(people.get_unit(RECEIVER).uuid)
    return {"door": own_door(), "subsystem": settings.DIVAN.exchange_subsystem, "secretariat": secretariat.code}


def meet(subsystem: str, name: str, address: str) -> dict[str, object]:
    """Enter a neighbour at the exchange."""
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.project.letters import neighbours  # noqa: PLC0415 (as above)

    law = "Rehearsal: the two installations agreed to exchange letters"
    changed = neighbours.meet(
        subsystem=subsystem, name_fa=name, name_en=name, door=address, law_fa=law, law_en=law, now=clock.now()
    )
    return {"changed": changed}


def write(address: str, name: str, subject: str) -> dict[str, object]:
    """Write a letter to a neighbour, and sign it."""
    from divan.dealings.correspondence import actions, queries  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence import values as words  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.registers.people import queries as people  # noqa: PLC0415 (as above)

    now, expert = clock.now(), _actor(EXPERT)
    party = words.Party(kind=words.PartyKind.OUTSIDE, organization=name)
    known = actions.write_correspondent(
        correspondent=None,
        kind="organization",
        party=party,
        legal_id="",
        channel="exchange",
        addresses={"exchange": address},
        actor=_actor(CLERK),
        now=now,
    )
    letter = actions.start_draft(
        text=words.DraftText(subject=subject, body_html=f"<p>{subject}</p>"),
        marks=words.DraftMarks(),
        recipients=(words.RecipientLine(party=replace(party, uuid=known)),),
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
    from divan.dealings.correspondence import actions, queries  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)

    sent = [
        actions.send_dispatch(dispatch=one.uuid, actor=_actor(CLERK), now=clock.now())
        for one in queries.list_dispatches(UUID(letter))
        if one.state == "desk"
    ]
    return {"sent": len(sent)}


def state(letter: str) -> dict[str, object]:
    """Tell how a letter stands for its recipient."""
    from divan.dealings.correspondence import queries  # noqa: PLC0415 (as above)

    found = queries.list_dispatches(UUID(letter))
    if not found:
        return {"state": "none"}
    one = found[-1]
    return {
        "state": str(one.state),
        "number": one.their_number,
        "problem": one.problem,
        "attempts": one.attempts,
        "key": one.key,
    }


def arrivals(number: str) -> dict[str, object]:
    """Tell what arrived with a number of its sender."""
    from divan.dealings.correspondence import queries  # noqa: PLC0415 (as above)

    rows = queries.intake_rows().filter(their_number=number, channel="exchange").order_by("id")
    return {"arrivals": [{"uuid": str(row.uuid), "state": row.state, "subject": row.subject} for row in rows]}


def register(intake: str) -> dict[str, object]:
    """Register what arrived, as the secretariat that got it."""
    from divan.dealings.correspondence import actions, queries  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.values import Direction, Party, PartyKind, Registration  # noqa: PLC0415 (as above)
    from divan.foundation import clock  # noqa: PLC0415 (as above)
    from divan.foundation.actors import SYSTEM  # noqa: PLC0415 (as above)

    found = queries.get_intake(UUID(intake))
    arrived = found.arrived
    letter = actions.register_intake(
        intake=found.uuid,
        registration=Registration(
            register=queries.find_register_for(found.secretariat, Direction.INCOMING).code,
            subject=arrived.subject,
            sender=arrived.sender or Party(kind=PartyKind.OUTSIDE),
            their_number=arrived.their_number,
            their_date=arrived.their_date,
        ),
        actor=SYSTEM,
        now=clock.now(),
    )
    return {"number": letter.number_text}


def again(letter: str, subject: str) -> dict[str, object]:
    """Bring a letter once more through the gateway under the same key, with its own subject or another."""
    from divan.dealings.correspondence import queries  # noqa: PLC0415 (as above)
    from divan.dealings.correspondence.jobs.carrying import bring_again  # noqa: PLC0415 (as above)

    row = queries.dispatch_rows().get(uuid=queries.list_dispatches(UUID(letter))[-1].uuid)
    parcel = queries.parcel_of(row)
    if subject:
        parcel = replace(parcel, letter=replace(parcel.letter, subject=subject))
    said = bring_again(parcel, row)
    return {"said": said} if isinstance(said, str) else {"said": said.code or said.state}


DEEDS: dict[str, Callable[..., dict[str, object]]] = {
    deed.__name__: deed for deed in (door, meet, write, send, state, arrivals, register, again)
}


def main(name: str, *arguments: str) -> None:
    """Do one deed and print what came of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "divan.project.settings")
    import django  # noqa: PLC0415 (needs the house's packages)

    django.setup()
    sys.stdout.write(json.dumps(DEEDS[name](*arguments)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
