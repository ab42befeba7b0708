"""The envelope in which letters travel between systems that speak this house's own form: one JSON object.

It is the same by the exchange, by folder and by webhook. Files lie in it as base64, or beside it: then they are known
by their SHA-256 alone. What is read is bounded, checked, and refused with the place of the first fault.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from divan.dealings.correspondence.values import (
    Arrived,
    Parcel,
    ParcelFile,
    ParcelUnfit,
    Party,
    PartyKind,
    RecipientLine,
    RecipientRole,
    RelationKind,
    RelationLine,
    Secrecy,
    Urgency,
)
from divan_libs.persian.text import normalize

FORMAT = "divan-letter/1"
MOST_FILES = 50
MOST_BYTES = 64 * 1024 * 1024
"""Of all files of a letter together."""

# PostgreSQL keeps no NUL in a text.
NO_NUL = r"^[^\x00]*$"
Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class _Read(BaseModel):
    """What is read of others: what is not known is ignored, so that newer systems can say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _Party(_Read):
    organization: Line = ""
    department: Line = ""
    title: Line = ""
    name: Line = ""
    code: Annotated[str, StringConstraints(max_length=60, pattern=NO_NUL), Field(default="")]

    def party(self) -> Party:
        return Party(
            kind=PartyKind.OUTSIDE,
            organization=normalize(self.organization),
            department=normalize(self.department),
            title=normalize(self.title),
            name=normalize(self.name),
            code=self.code.strip(),
        )


class _Recipient(_Party):
    role: RecipientRole = RecipientRole.MAIN
    text: Annotated[str, StringConstraints(max_length=500, pattern=NO_NUL)] = ""


class _Relation(_Read):
    kind: RelationKind
    number: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=NO_NUL)]
    year: Annotated[int, Field(ge=1200, le=1700)] | None = None
    dated_on: date | None = None


class _File(_Read):
    name: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
    role: Literal["origin", "attachment"] = "attachment"
    description: Annotated[str, StringConstraints(max_length=300, pattern=NO_NUL)] = ""
    pages: Annotated[int, Field(ge=0, le=10_000)] = 0
    sha256: Hex
    size: Annotated[int, Field(ge=1, le=MOST_BYTES)]
    content: str | None = None


class _Letter(_Read):
    number: Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=NO_NUL)]
    dated_on: date
    subject: Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_NUL)]
    wording: Annotated[str, StringConstraints(max_length=200_000, pattern=NO_NUL)] = ""
    secrecy: Secrecy = Secrecy.ORDINARY
    urgency: Urgency = Urgency.ORDINARY
    keywords: tuple[Annotated[str, StringConstraints(max_length=100, pattern=NO_NUL)], ...] = Field(
        default=(), max_length=50
    )
    sender: _Party
    recipients: tuple[_Recipient, ...] = Field(default=(), max_length=500)
    relations: tuple[_Relation, ...] = Field(default=(), max_length=200)


class _To(_Read):
    secretariat: Annotated[str, StringConstraints(max_length=20, pattern=NO_NUL)] = ""
    body: Annotated[str, StringConstraints(max_length=60, pattern=NO_NUL)] = ""


class _Envelope(_Read):
    format: Literal["divan-letter/1"]
    key: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z._-]{8,80}$")]
    to: _To = _To()
    letter: _Letter
    files: tuple[_File, ...] = Field(max_length=MOST_FILES)


def write_envelope(parcel: Parcel) -> dict[str, object]:
    """Return a parcel as the JSON object that travels; the same parcel is the same object."""
    letter = parcel.letter
    return {
        "format": FORMAT,
        "key": parcel.key,
        "to": {"secretariat": parcel.secretariat, "body": parcel.body},
        "letter": {
            "number": letter.their_number,
            "dated_on": letter.their_date.isoformat() if letter.their_date else "",
            "subject": letter.subject,
            "wording": letter.wording,
            "secrecy": str(letter.secrecy),
            "urgency": str(letter.urgency),
            "keywords": list(letter.keywords),
            "sender": _said(letter.sender) if letter.sender else {},
            "recipients": [{**_said(one.party), "role": str(one.role), "text": one.text} for one in letter.recipients],
            "relations": [_relation(one) for one in letter.relations],
        },
        "files": [_file(one) for one in parcel.files],
    }


def sealed_part(told: Mapping[str, Any]) -> dict[str, object]:
    """Return what of an envelope is sealed: all of it but the seal itself and the bytes of files, which have hashes."""
    part: dict[str, object] = {name: value for name, value in told.items() if name != "seal"}
    listed = part.get("files")
    if isinstance(listed, list):
        part["files"] = [
            {name: value for name, value in one.items() if name != "content"} if isinstance(one, dict) else one
            for one in listed
        ]
    return part


def _said(party: Party) -> dict[str, str]:
    return {name: getattr(party, name) for name in ("organization", "department", "title", "name", "code")}


def _relation(line: RelationLine) -> dict[str, object]:
    dated = {"dated_on": line.dated_on.isoformat()} if line.dated_on else {}
    return {"kind": str(line.kind), "number": line.number, "year": line.year, **dated}


def _file(one: ParcelFile) -> dict[str, object]:
    inside = {} if one.content is None else {"content": base64.b64encode(one.content).decode()}
    return {
        "name": one.name,
        "role": one.role,
        "description": one.description,
        "pages": one.pages,
        "sha256": one.sha256,
        "size": one.size,
        **inside,
    }


def read_envelope(told: bytes | Mapping[str, Any]) -> Parcel:
    """Return the parcel that an envelope holds.

    :raises ParcelUnfit: if it is none; the place of the first fault stands in it, never what was written there.
    """
    try:
        known = _Envelope.model_validate_json(told) if isinstance(told, bytes) else _Envelope.model_validate(dict(told))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise ParcelUnfit(place=".".join(map(str, first["loc"]))[:120], reason=str(first["type"])[:60]) from error
    letter = known.letter
    if sum(one.size for one in known.files) > MOST_BYTES:
        raise ParcelUnfit(place="files", reason="too-large")
    if not any(one.role == "origin" for one in known.files):
        raise ParcelUnfit(place="files", reason="origin-missing")
    arrived = Arrived(
        sender=letter.sender.party(),
        their_number=normalize(letter.number),
        their_date=letter.dated_on,
        subject=normalize(letter.subject),
        wording=letter.wording,
        secrecy=letter.secrecy,
        urgency=letter.urgency,
        keywords=tuple(normalize(one) for one in letter.keywords if normalize(one)),
        recipients=tuple(
            RecipientLine(party=one.party(), role=one.role, text=normalize(one.text)) for one in letter.recipients
        ),
        relations=tuple(
            RelationLine(kind=one.kind, number=normalize(one.number), year=one.year, dated_on=one.dated_on)
            for one in letter.relations
        ),
    )
    return Parcel(
        key=known.key,
        letter=arrived,
        files=tuple(_parcel_file(place, one) for place, one in enumerate(known.files)),
        secretariat=known.to.secretariat.strip(),
        body=known.to.body.strip(),
    )


def _parcel_file(place: int, one: _File) -> ParcelFile:
    content = None
    if one.content is not None:
        try:
            content = base64.b64decode(one.content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ParcelUnfit(place=f"files.{place}.content", reason="base64") from error
        if len(content) != one.size or hashlib.sha256(content).hexdigest() != one.sha256:
            raise ParcelUnfit(place=f"files.{place}.content", reason="sha256")
    return ParcelFile(
        name=normalize(one.name).replace("/", "_"),
        role=one.role,
        sha256=one.sha256,
        size=one.size,
        description=normalize(one.description),
        pages=one.pages,
        content=content,
    )
