"""The shapes of what a document or file proves."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from divan.front.api.schemas.services import Code


class Alteration(BaseModel):
    """How a file differs from the one that was issued; sizes and the first byte that differs."""

    model_config = ConfigDict(from_attributes=True)

    kind: Code = Field(description="added, cut or changed")
    at: int
    issued_size: int
    size: int


class Signer(BaseModel):
    """One who signed, as the certificate names them."""

    model_config = ConfigDict(from_attributes=True)

    name: str
    title: str
    organization: str
    sound: bool = Field(description="whether this signature holds")
    signed_at: datetime | None = Field(description="as the signer says")
    timestamped_at: datetime | None = Field(description="proven: the signature existed then")
    certificate_serial: str


class Verdict(BaseModel):
    """What a document proves at this moment.

    While the signature holds, what is told of the letter comes from the file itself, else from the record of it.
    """

    genuine: bool = Field(description="true only where nothing at all is amiss")
    standing: Literal[
        "genuine",
        "contradicted",
        "doubtful",
        "altered",
        "different",
        "incomplete",
        "unknown",
        "untrusted",
        "unsigned",
        "unreadable",
        "not-a-pdf",
    ]
    code: str | None = Field(description="the code beside the square code of the letter")
    number: str | None
    title: str | None
    dated_on: date | None
    signer_name: str | None
    signer_title: str | None
    organization: str | None
    signed_at: datetime | None = Field(description="as the signer says")
    timestamped_at: datetime | None = Field(description="proven: the signature existed then")
    certificate_serial: str | None
    signers: list[Signer] = Field(description="all who signed, in the order of their signatures")
    problems: list[Code]
    contradictions: list[Code] = Field(description="fields in which the record and the file disagree")
    alteration: Alteration | None
    sha256: str | None = Field(description="of the file that was issued")
    receipt: str | None = Field(
        description="C2SP tlog-proof of the document's entry in the log; null until that is sealed"
    )
