"""Letters of this house in the exchange format ECE, and letters of that format as this house takes them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import PurePath
from typing import TypeVar
from uuid import UUID, uuid5

from divan.dealings.correspondence.values import (
    Arrived,
    Deviation,
    Parcel,
    ParcelFile,
    Party,
    PartyKind,
    RecipientLine,
    RecipientRole,
    RelationKind,
    RelationLine,
    Secrecy,
    Standing,
    Urgency,
)
from divan_libs.ece import values as ece
from divan_libs.ece.contents import Content
from divan_libs.ece.moments import jalali_moment_at, moment_at
from divan_libs.ece.sniffing import EXTENSIONS, part_of
from divan_libs.ece.writing import letter_bytes, receipt_bytes
from divan_libs.persian.jalali import TEHRAN

_SECRECY = {Secrecy.ORDINARY: ece.ClassificationLevel.NORMAL} | {
    one: ece.ClassificationLevel(one.value) for one in Secrecy if one is not Secrecy.ORDINARY
}
_URGENCY = {
    Urgency.ORDINARY: ece.PriorityLevel.NORMAL,
    Urgency.URGENT: ece.PriorityLevel.URGENT,
    Urgency.IMMEDIATE: ece.PriorityLevel.IMMEDIATE,
}
_RELATIONS = {
    RelationKind.ANSWERS: ece.RelationKind.REPLY,
    RelationKind.FOLLOWS: ece.RelationKind.FOLLOW_UP,
}
_OF_RECEIPTS = UUID("6f1b4f0e-4c0a-5c1e-9d0f-0f5f3b1f6a10")


Own = TypeVar("Own")
Theirs = TypeVar("Theirs")


@dataclass(frozen=True, slots=True, kw_only=True)
class EceReceipt:
    """A receipt as it is looked up: our number of the letter, the day on it, and what the other side says."""

    letter_no: str
    dated_at: datetime | None
    organization: str
    standing: Standing


def write_ece(parcel: Parcel, *, registered_at: datetime) -> tuple[ece.Letter, bytes]:
    """Return a parcel as a message of ECE with its octets; the same parcel is the same octets.

    :raises EceRefusal: if the format has no place for it: a secret letter, a file of another type, no sender.
    """
    letter = parcel.letter
    mains = [one for one in letter.recipients if one.role is RecipientRole.MAIN]
    copies = [one for one in letter.recipients if one.role is RecipientRole.COPY]
    if not mains and copies:
        # The format wants a main receiver; who gets only a copy is told so by the words of the letter.
        mains, copies = copies[:1], copies[1:]
    message = ece.Letter(
        sender=ece.Party(**_named(letter.sender)) if letter.sender else ece.Party(),
        receivers=(*_receivers(mains, ece.ReceiveType.MAIN), *_receivers(copies, ece.ReceiveType.COPY)),
        letter_no=letter.their_number,
        written_at=moment_at(registered_at),
        subject=letter.subject,
        origins=tuple(_part(one) for one in parcel.files if one.role == "origin"),
        attachments=tuple(_part(one) for one in parcel.files if one.role != "origin"),
        related=tuple(_related(one) for one in letter.relations if one.kind in _RELATIONS),
        priority=ece.Priority(level=_URGENCY[letter.urgency]),
        classification=ece.Classification(level=_SECRECY[letter.secrecy]),
        keywords=letter.keywords,
        software=_software(UUID(parcel.key)),
    )
    return message, letter_bytes(message)


def _software(guid: UUID) -> ece.Software:
    return ece.Software(developer="Divan", version=version("divan"), guid=str(guid))


def _named(party: Party) -> dict[str, str]:
    return {
        "organization": party.organization or party.name,
        "department": party.department,
        "position": party.title,
        "name": party.name,
        "code": party.code,
    }


def _receivers(lines: Iterable[RecipientLine], receive_type: ece.ReceiveType) -> list[ece.Receiver]:
    return [ece.Receiver(**_named(one.party), receive_type=receive_type) for one in lines]


def _part(one: ParcelFile) -> ece.Part:
    return part_of(Content.of_bytes(one.content or b""), description=one.description or one.name)


def _related(line: RelationLine) -> ece.RelatedLetter:
    day = line.dated_on
    dated = moment_at(datetime(day.year, day.month, day.day, tzinfo=TEHRAN)) if day else None
    return ece.RelatedLetter(kind=_RELATIONS[line.kind], letter_no=line.number, dated=dated)


def write_ece_receipt(
    *, intake: UUID, receiver: Party, letter: Arrived, standing: Standing
) -> tuple[ece.Receipt, bytes]:
    """Return the receipt of a letter that was registered, with its octets.

    :raises EceRefusal: if the letter had no number or no day to name.
    """
    day = letter.their_date
    dated = datetime(day.year, day.month, day.day, tzinfo=TEHRAN) if day else standing.at
    message = ece.Receipt(
        receiver=ece.Party(**_named(receiver)),
        sent_code=letter.sender.code if letter.sender else "",
        letter_no=letter.their_number,
        letter_dated=jalali_moment_at(dated),
        registration_no=standing.number,
        registered_at=jalali_moment_at(standing.at),
        software=_software(uuid5(_OF_RECEIPTS, str(intake))),
    )
    return message, receipt_bytes(message)


def read_ece(reading: ece.Reading, key: str) -> Parcel:
    """Return a letter that was read as a parcel, with what was odd about it."""
    message = reading.message
    assert isinstance(message, ece.Letter)  # noqa: S101 (receipts go to read_ece_receipt)
    written = message.written_at.at
    arrived = Arrived(
        sender=None if message.sender.is_empty else _party(message.sender),
        their_number=message.letter_no,
        their_date=written.astimezone(TEHRAN).date() if written else None,
        subject=message.subject,
        secrecy=_back(_SECRECY, message.classification.level),
        urgency=_back(_URGENCY, message.priority.level),
        keywords=message.keywords,
        recipients=tuple(_recipient(one) for one in message.receivers),
        relations=tuple(_relation(one) for one in message.related if one.kind and one.letter_no),
        deviations=tuple(
            Deviation(code=str(one.code), place=f"{one.place}:{one.line}"[:200], text=one.read)
            for one in reading.deviations
        ),
    )
    files = [
        *(_file(one, "origin", number) for number, one in enumerate(message.origins, 1) if not one.is_placeholder),
        *(_file(one, "attachment", number) for number, one in enumerate(message.attachments, 1)),
    ]
    return Parcel(key=key, letter=arrived, files=tuple(files))


def read_ece_receipt(reading: ece.Reading) -> EceReceipt:
    """Return a receipt that was read."""
    message = reading.message
    assert isinstance(message, ece.Receipt)  # noqa: S101 (letters go to read_ece)
    at = message.registered_at.at or message.letter_dated.at
    standing = Standing(
        state="registered", at=at or datetime(1970, 1, 1, tzinfo=TEHRAN), number=message.registration_no
    )
    return EceReceipt(
        letter_no=message.letter_no,
        dated_at=message.letter_dated.at,
        organization=message.receiver.organization,
        standing=standing,
    )


def _back(table: Mapping[Own, Theirs], level: Theirs) -> Own:
    return next(own for own, theirs in table.items() if theirs is level)


def _party(party: ece.Party) -> Party:
    return Party(
        kind=PartyKind.OUTSIDE,
        organization=party.organization[:200],
        department=party.department[:200],
        title=party.position[:200],
        name=party.name[:200],
        code=party.code[:60],
    )


def _recipient(receiver: ece.Receiver) -> RecipientLine:
    is_main = receiver.receive_type is ece.ReceiveType.MAIN
    return RecipientLine(party=_party(receiver), role=RecipientRole.MAIN if is_main else RecipientRole.COPY)


def _relation(related: ece.RelatedLetter) -> RelationLine:
    kind = RelationKind.ANSWERS if related.kind is ece.RelationKind.REPLY else RelationKind.FOLLOWS
    at = related.dated.at if related.dated else None
    return RelationLine(kind=kind, number=related.letter_no[:60], dated_on=at.astimezone(TEHRAN).date() if at else None)


def _file(part: ece.Part, role: str, number: int) -> ParcelFile:
    content = part.content.read()
    suffix = EXTENSIONS.get(part.media_type, ("bin",))[0]
    called = PurePath(part.description.replace("\\", "/")).name.strip(". ") if part.description else ""
    stem = called.removesuffix(f".{suffix}")[:150] or ("letter" if role == "origin" else f"attachment-{number}")
    return ParcelFile(
        name=f"{stem}.{suffix}",
        role=role,
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        description=part.description[:300],
        content=content,
    )
