"""What a letter holds: recipients, relations, files and the steps of its route."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.letters import letter_of, letters
from divan.dealings.correspondence.values import (
    LetterContent,
    LetterFile,
    LetterStep,
    LetterUnknown,
    Party,
    PartyKind,
    Recipient,
    RecipientRole,
    RelationKind,
    RelationLine,
    StepKind,
    StepState,
)


def content_of(letter_uuid: UUID) -> LetterContent:
    """Return all that a letter holds, whoever asks: doors ask ``get_letter_for`` before.

    :raises LetterUnknown: if there is none.
    """
    row = letters().filter(uuid=letter_uuid).first()
    if row is None:
        raise LetterUnknown
    return LetterContent(
        letter=letter_of(row),
        body_html=row.body_html,
        wording=row.wording,
        paper=dict(row.paper),
        recipients=tuple(list_recipients(letter_uuid)),
        relations=tuple(list_relations(letter_uuid)),
        files=tuple(list_files(letter_uuid)),
        steps=tuple(list_steps(letter_uuid)),
    )


def list_recipients(letter_uuid: UUID) -> list[Recipient]:
    """Return the recipients of a letter in order."""
    rows = models.Recipient.objects.filter(letter__uuid=letter_uuid).order_by("position")
    return [recipient_of(row) for row in rows]


def recipient_of(row: models.Recipient) -> Recipient:
    """Return the value of a recipient's row."""
    party = Party(
        kind=PartyKind(row.party_kind),
        uuid=row.party_uuid,
        organization=row.organization,
        department=row.department,
        title=row.title,
        name=row.name,
        code=row.code,
    )
    return Recipient(
        uuid=row.uuid,
        party=party,
        role=RecipientRole(row.role),
        text=row.text,
        hidden=row.hidden,
        read_at=row.read_at,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def list_relations(letter_uuid: UUID) -> list[RelationLine]:
    """Return to which letters a letter refers, in the order in which it names them."""
    rows = models.Relation.objects.select_related("other").filter(letter__uuid=letter_uuid).order_by("id")
    return [
        RelationLine(
            kind=RelationKind(row.kind),
            number=row.number,
            year=row.year,
            dated_on=row.dated_on,
            other=row.other.uuid if row.other else None,
        )
        for row in rows
    ]


def list_files(letter_uuid: UUID) -> list[LetterFile]:
    """Return the files of a letter that were not removed, in order."""
    rows = models.LetterFile.objects.filter(letter__uuid=letter_uuid, removed_at=None).order_by("position", "id")
    return [
        LetterFile(
            uuid=row.uuid,
            role=row.role,
            file_uuid=row.file_uuid,
            name=row.name,
            description=row.description,
            pages=row.pages,
        )
        for row in rows
    ]


def list_steps(letter_uuid: UUID) -> list[LetterStep]:
    """Return the paraphs and signatures of a letter, round by round, in their order."""
    rows = models.LetterStep.objects.select_related("letter").filter(letter__uuid=letter_uuid)
    return [step_of(row) for row in rows.order_by("round", "rank", "id")]


def step_of(row: models.LetterStep) -> LetterStep:
    """Return the value of a step's row; its letter is loaded with it."""
    return LetterStep(
        uuid=row.uuid,
        letter=row.letter.uuid,
        round=row.round,
        rank=row.rank,
        kind=StepKind(row.kind),
        post=row.post_uuid,
        state=StepState(row.state),
        opened_at=row.opened_at,
        acted_by=row.acted_by,
        acted_for=row.acted_for,
        acted_at=row.acted_at,
        version=row.version,
        remark=row.remark,
    )
