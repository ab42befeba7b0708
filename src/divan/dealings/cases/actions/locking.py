"""The case's row, locked first by everything that changes a case."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.cases import models
from divan.dealings.cases.values import CaseUnknown
from divan.foundation.actors import Actor


def locked_case(case_uuid: UUID, actor: Actor | None = None) -> models.Case:
    """Return a case's row locked to the end of the transaction; with an actor, only for its applicant.

    :raises CaseUnknown: if there is none, or it is another person's: the two are not told apart.
    """
    row = models.Case.objects.named().select_for_update(of=("self",)).filter(uuid=case_uuid).first()
    if row is None or (actor is not None and row.applicant.uuid != actor.uuid):
        raise CaseUnknown
    return row
