"""What arrives, by whichever channel, comes to a secretariat once and waits there to be registered."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.worklist import give_work
from divan.dealings.correspondence.values import (
    INTAKE_ARRIVED,
    Arrived,
    Channel,
    Intake,
    IntakeFile,
    IntakeState,
    NewWork,
    Secretariat,
    SecretariatUnknown,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.canonical import plain
from divan.foundation.faults import power_may_fail


@transaction.atomic
def take_in(*, secretariat: UUID, channel: Channel, key: str, arrived: Arrived, actor: Actor, now: datetime) -> Intake:
    """Take in something that arrived; the same ``key`` at the same secretariat by the same channel is taken once.

    The files were stored before; they are claimed here, so a power cut before this leaves nothing but unclaimed files.

    :raises SecretariatUnknown: if there is no such open secretariat.
    """
    # The row is locked: two deliveries of one message come one after the other, and the second finds the first.
    owner = models.Secretariat.objects.select_for_update(no_key=True).filter(uuid=secretariat, closed_at=None).first()
    if owner is None:
        raise SecretariatUnknown
    known = queries.intake_rows().filter(secretariat=owner, channel=channel, key=key).first()
    if known is not None:
        return queries.intake_of(known)
    row = models.Intake.objects.create(uuid=uuid4(), secretariat=owner, **_columns(channel, key, arrived, now))
    for one in {file.file_uuid for file in arrived.files} | ({arrived.original} if arrived.original else set()):
        files.claim(one)
    power_may_fail("intake.before-fact")
    facts.record(INTAKE_ARRIVED, subject=row, actor=actor, at=now, channel=channel, state=row.state)
    _tell_clerk(row, queries.get_secretariat(secretariat), actor=actor, now=now)
    return queries.get_intake(row.uuid)


def _columns(channel: Channel, key: str, arrived: Arrived, now: datetime) -> dict[str, Any]:
    return {
        "channel": channel,
        "key": key[:200],
        "arrived_at": now,
        "state": IntakeState.BROKEN if arrived.problem else IntakeState.WAITING,
        "sender": arrived.sender.as_data() if arrived.sender else {},
        "their_number": arrived.their_number[:60],
        "their_date": arrived.their_date,
        "subject": arrived.subject[:300],
        "secrecy": arrived.secrecy,
        "urgency": arrived.urgency,
        "read": plain({name: value for name, value in _read(arrived).items() if value}),
        "original": arrived.original,
        "files": [_file(one) for one in arrived.files],
        "receipt": plain(arrived.receipt),
        "dispatch_uuid": arrived.dispatch,
    }


def _read(arrived: Arrived) -> dict[str, Any]:
    """Return what was understood of it beyond the columns, as the row keeps it."""
    relations = [
        {"kind": one.kind, "number": one.number[:60], "year": one.year, "dated_on": one.dated_on, "other": one.other}
        for one in arrived.relations
    ]
    return {
        "wording": arrived.wording,
        "keywords": list(arrived.keywords),
        "recipients": [
            {"party": one.party.as_data(), "role": str(one.role), "text": one.text} for one in arrived.recipients
        ],
        "relations": relations,
        "to_post": arrived.to_post,
        "applicant": arrived.applicant,
        "language": arrived.language if arrived.applicant else "",
        "deviations": [{"code": one.code, "place": one.place, "text": one.text[:500]} for one in arrived.deviations],
        "problem": arrived.problem,
    }


def _file(one: IntakeFile) -> dict[str, Any]:
    return {
        "file_uuid": str(one.file_uuid),
        "name": one.name[:200],
        "role": one.role,
        "description": one.description[:300],
        "pages": one.pages,
    }


def _tell_clerk(row: models.Intake, secretariat: Secretariat, *, actor: Actor, now: datetime) -> None:
    """Put what arrived into the worklist of the clerk whose clearance opens it."""
    arrived = queries.intake_of(row).arrived
    clerk = queries.clerk_of(secretariat, arrived.secrecy, now)
    if clerk is None:
        return
    sender = str(arrived.sender or "")
    work = NewWork(
        about_kind="correspondence.intake",
        about_uuid=row.uuid,
        number=row.their_number[:40],
        title_fa=row.subject,
        title_en=row.subject,
        step_fa="",
        step_en="",
        sender_fa=sender,
        sender_en=sender,
        urgency=arrived.urgency,
        secrecy=arrived.secrecy,
    )
    give_work(post=clerk.uuid, work=work, actor=actor, now=now)
