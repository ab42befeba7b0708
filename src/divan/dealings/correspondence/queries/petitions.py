"""What citizens write to bodies in the portal (نامهٔ مردمی), where it stands, and what was answered."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.carried import files_to_carry
from divan.dealings.correspondence.queries.intakes import get_intake, intake_rows
from divan.dealings.correspondence.queries.letters import letter_of, letters
from divan.dealings.correspondence.queries.registers import secretariat_of
from divan.dealings.correspondence.values import (
    Channel,
    Intake,
    IntakeFile,
    IntakeUnknown,
    Letter,
    LetterUnknown,
    PartyKind,
    RelationKind,
    Secretariat,
)

ANSWERED = ("dispatched", "closed")
"""States of an answer in which it has left the body."""


def list_central_secretariats() -> list[Secretariat]:
    """Return the central secretariats that take letters, by the Persian names of their bodies."""
    rows = models.Secretariat.objects.select_related("body", "unit").filter(central=True, closed_at=None)
    return [secretariat_of(row) for row in rows.order_by("body__name_fa")]


def get_petition(petition: UUID, person: UUID) -> Intake:
    """Return a petition for whoever wrote it.

    :raises IntakeUnknown: if there is none, or another person wrote it: the two are not told apart.
    """
    found = get_intake(petition)
    if found.channel is not Channel.PORTAL or found.arrived.applicant != person:
        raise IntakeUnknown
    return found


def list_answers(letter: UUID, person: UUID) -> list[Letter]:
    """Return the letters that answer a received letter and went to a person, oldest first."""
    answering = models.Relation.objects.filter(other__uuid=letter, kind=RelationKind.ANSWERS).values("letter_id")
    own = models.Recipient.objects.filter(party_kind=PartyKind.PERSON, party_uuid=person).values("letter_id")
    rows = letters().filter(id__in=answering, state__in=ANSWERED).filter(id__in=own)
    return [letter_of(row) for row in rows.order_by("id")]


def list_answered(received: Iterable[UUID], person: UUID) -> set[UUID]:
    """Return those of some received letters to which an answer went to a person."""
    own = models.Recipient.objects.filter(party_kind=PartyKind.PERSON, party_uuid=person).values("letter_id")
    rows = models.Relation.objects.filter(other__uuid__in=list(received), kind=RelationKind.ANSWERS, letter_id__in=own)
    return set(rows.filter(letter__state__in=ANSWERED).values_list("other__uuid", flat=True))


def get_answer(answer: UUID, petition: Intake, person: UUID) -> tuple[Letter, tuple[IntakeFile, ...]]:
    """Return an answer to a petition, and the files that came with it.

    :raises LetterUnknown: if it is no answer to this petition, or did not go to this person.
    """
    known = list_answers(petition.letter, person) if petition.letter else []
    found = next((one for one in known if one.uuid == answer), None)
    if found is None:
        raise LetterUnknown
    return found, files_to_carry(found)


def has_replied(answer: UUID, person: UUID) -> bool:
    """Whether a person wrote back to an answer."""
    own = intake_rows().filter(channel=Channel.PORTAL, read__applicant=str(person))
    return own.filter(read__relations__contains=[{"other": str(answer)}]).exists()


def count_petitions(person: UUID) -> int:
    """Return how many letters a person has written in the portal."""
    return intake_rows().filter(channel=Channel.PORTAL, read__applicant=str(person)).count()


def count_waiting_petitions(person: UUID) -> int:
    """Return how many petitions of a person wait to be registered."""
    return intake_rows().filter(channel=Channel.PORTAL, state="waiting", read__applicant=str(person)).count()
