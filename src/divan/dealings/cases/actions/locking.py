"""The case's row, locked first by everything that changes a case."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from divan.dealings.cases import models
from divan.dealings.cases.values import CaseUnknown
from divan.foundation.actors import Actor
from divan.registers.people import queries as people
from divan.registers.people.values import SubstituteScope


def locked_case(case_uuid: UUID, actor: Actor | None = None) -> models.Case:
    """Return a case's row locked to the end of the transaction; with an actor, only for its applicant.

    :raises CaseUnknown: if there is none, or it is another person's: the two are not told apart.
    """
    row = models.Case.objects.named().select_for_update(of=("self",)).filter(uuid=case_uuid).first()
    if row is None or (actor is not None and row.applicant.uuid != actor.uuid):
        raise CaseUnknown
    return row


def locked_entry(case_uuid: UUID, actor: Actor, now: datetime) -> models.Case:
    """Return a case's row locked, for its applicant, or for who sits in the post that enters it from a letter.

    :raises CaseUnknown: for everybody else, and if there is none: the two are not told apart.
    """
    row = locked_case(case_uuid)
    if row.applicant.uuid != actor.uuid and not _enters(row, actor, now):
        raise CaseUnknown
    return row


def _enters(row: models.Case, actor: Actor, now: datetime) -> bool:
    if actor.post is None or not models.CaseLetter.objects.filter(case=row, entered_in=actor.post).exists():
        return False
    return actor.uuid in {one.uuid for one in people.seated_in(actor.post, now, SubstituteScope.CASES)}
