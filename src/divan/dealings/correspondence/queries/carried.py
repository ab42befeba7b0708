"""A letter of one body as another body gets it: with its number, its signed document and its attachments."""

from __future__ import annotations

from uuid import UUID

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.archive import erased_at
from divan.dealings.correspondence.queries.contents import list_files, list_recipients, list_relations, recipient_of
from divan.dealings.correspondence.queries.letters import letter_of, letters
from divan.dealings.correspondence.queries.numbers import year_of
from divan.dealings.correspondence.values import (
    Arrived,
    Direction,
    IntakeFile,
    Letter,
    Party,
    PartyKind,
    RecipientLine,
    RelationLine,
    Secrecy,
    Urgency,
)
from divan.foundation import files
from divan.registers.people import queries as people
from divan.trust.signing import queries as signing
from divan_libs.persian.jalali import TEHRAN


def as_arrived(row: models.Dispatch) -> Arrived:
    """Return what a dispatch brings to its recipient; hidden recipients are told to nobody but themselves."""
    letter = letters().get(id=row.letter_id)
    known = letter_of(letter)
    to = recipient_of(row.recipient)
    seen = [one for one in list_recipients(letter.uuid) if not one.hidden or one.uuid == to.uuid]
    return Arrived(
        sender=party_of_sender(known),
        their_number=known.number_text,
        their_date=known.registered_at.astimezone(TEHRAN).date() if known.registered_at else None,
        subject=known.subject,
        wording=letter.wording,
        secrecy=Secrecy(letter.secrecy),
        urgency=Urgency(letter.urgency),
        keywords=known.keywords,
        recipients=tuple(RecipientLine(party=one.party, role=one.role, text=one.text) for one in seen),
        relations=_relations(letter.uuid),
        to_post=to.party.uuid if to.party.kind is PartyKind.POST else None,
        files=files_to_carry(known),
        dispatch=row.uuid,
    )


def _relations(letter: UUID) -> tuple[RelationLine, ...]:
    """Return the relations by the numbers that the other side knows: of a letter it sent, the one it gave it itself."""
    lines = list_relations(letter)
    received = letters().filter(uuid__in=[one.other for one in lines if one.other], direction=Direction.INCOMING)
    theirs = {row.uuid: (row.their_number, row.their_date) for row in received}
    said = []
    for one in lines:
        number, day = theirs.get(one.other, ("", None)) if one.other else ("", None)
        if number:
            said.append(RelationLine(kind=one.kind, number=number, year=year_of(day), dated_on=day))
        else:
            said.append(RelationLine(kind=one.kind, number=one.number, year=one.year, dated_on=one.dated_on))
    return tuple(said)


def party_of_sender(letter: Letter) -> Party:
    """Return the body of a letter as the party that wrote it, signed by whom."""
    body = people.find_units([letter.body_uuid])[letter.body_uuid]
    return Party(
        kind=PartyKind.BODY,
        uuid=body.uuid,
        organization=body.name_fa,
        title=letter.signer_title,
        name=letter.signer_name,
        code=body.code,
    )


def files_to_carry(letter: Letter) -> tuple[IntakeFile, ...]:
    """Return the files that travel with a letter: the signed document or the scan that was signed, then attachments.

    Of a letter whose content was erased there are none.
    """
    if erased_at(letter.uuid) is not None:
        return ()
    origin = _origin(letter)
    carried = [IntakeFile(file_uuid=origin, name=files.get_file(origin).name, role="origin")] if origin else []
    for one in list_files(letter.uuid):
        if one.role == "attachment":
            carried.append(
                IntakeFile(file_uuid=one.file_uuid, name=one.name, description=one.description, pages=one.pages)
            )
    return tuple(carried)


def _origin(letter: Letter) -> UUID | None:
    if letter.document_uuid is not None:
        return signing.get_document(letter.document_uuid).file
    return letter.scan_uuid
