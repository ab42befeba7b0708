"""What arrived at secretariats, and who may see that it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.letters import clearance_of, read_party
from divan.dealings.correspondence.queries.secretariats import secretariats_kept_by
from divan.dealings.correspondence.values import (
    Arrived,
    Channel,
    Deviation,
    Intake,
    IntakeFile,
    IntakeState,
    IntakeUnknown,
    Party,
    PartyKind,
    RecipientLine,
    RecipientRole,
    RelationKind,
    RelationLine,
    Secrecy,
    Urgency,
)
from divan.registers.people.values import Post

Data = Mapping[str, Any]


def intake_of(row: models.Intake) -> Intake:
    """Return the value of an intake's row; its secretariat and letter are loaded with it."""
    return Intake(
        uuid=row.uuid,
        secretariat=row.secretariat.uuid,
        channel=Channel(row.channel),
        key=row.key,
        arrived_at=row.arrived_at,
        state=IntakeState(row.state),
        arrived=_arrived(row),
        letter=row.letter.uuid if row.letter else None,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        reason=row.reason,
    )


def _arrived(row: models.Intake) -> Arrived:
    read: Data = row.read
    return Arrived(
        sender=read_party(row.sender),
        their_number=row.their_number,
        their_date=row.their_date,
        subject=row.subject,
        wording=read.get("wording", ""),
        secrecy=Secrecy(row.secrecy),
        urgency=Urgency(row.urgency),
        keywords=tuple(read.get("keywords", ())),
        recipients=tuple(_recipient(one) for one in read.get("recipients", ())),
        relations=tuple(_relation(one) for one in read.get("relations", ())),
        to_post=_uuid(read.get("to_post")),
        applicant=_uuid(read.get("applicant")),
        language=read.get("language", "fa"),
        original=row.original,
        files=tuple(_file(one) for one in row.files),
        receipt=dict(row.receipt),
        dispatch=row.dispatch_uuid,
        deviations=tuple(Deviation(**one) for one in read.get("deviations", ())),
        problem=read.get("problem", ""),
    )


def _uuid(text: str | None) -> UUID | None:
    return UUID(text) if text else None


def _recipient(data: Data) -> RecipientLine:
    party = read_party(data["party"]) or Party(kind=PartyKind.OUTSIDE)
    return RecipientLine(party=party, role=RecipientRole(data["role"]), text=data.get("text", ""))


def _relation(data: Data) -> RelationLine:
    dated_on = date.fromisoformat(data["dated_on"]) if data.get("dated_on") else None
    return RelationLine(
        kind=RelationKind(data["kind"]),
        number=data["number"],
        year=data.get("year"),
        dated_on=dated_on,
        other=_uuid(data.get("other")),
    )


def _file(data: Data) -> IntakeFile:
    return IntakeFile(**{**data, "file_uuid": UUID(data["file_uuid"])})


def intake_rows() -> QuerySet[models.Intake]:
    """Return what arrived with what its values need, nothing hidden."""
    return models.Intake.objects.select_related("secretariat__body", "letter")


def get_intake(intake: UUID) -> Intake:
    """Return something that arrived, whoever asks: doors use :func:`get_intake_for`.

    :raises IntakeUnknown: if there is none.
    """
    row = intake_rows().filter(uuid=intake).first()
    if row is None:
        raise IntakeUnknown
    return intake_of(row)


def next_intake(post: Post, at: datetime) -> Intake | None:
    """Return what has waited longest to be registered by a post, as far as its clearance opens it, or None."""
    row = intakes_for(post, at).filter(state__in=("waiting", "broken")).order_by("id").first()
    return intake_of(row) if row else None


def intakes_for(post: Post, at: datetime) -> QuerySet[models.Intake]:
    """Return what arrived at the secretariats that a post keeps, up to its clearance.

    Every list and count of what arrived begins here: what the clearance does not open is not even counted.
    """
    kept = [one.uuid for one in secretariats_kept_by(post)]
    readable = clearance_of(post.uuid, at).readable
    return intake_rows().filter(secretariat__uuid__in=kept, secrecy__in=readable)


def get_intake_for(intake: UUID, post: Post, at: datetime) -> Intake:
    """Return something that arrived, for a post that keeps the secretariat.

    :raises IntakeUnknown: if there is none, it came to another secretariat, or its secrecy is above the clearance: the
        three are not told apart.
    """
    row = intakes_for(post, at).filter(uuid=intake).first()
    if row is None:
        raise IntakeUnknown
    return intake_of(row)


def list_intakes_of_applicant(applicant: UUID) -> list[Intake]:
    """Return the petitions that a person wrote in the portal, newest first."""
    rows = intake_rows().filter(channel=Channel.PORTAL, read__applicant=str(applicant)).order_by("-id")
    return [intake_of(row) for row in rows]
