"""The shapes of what others ask one to sign."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from divan.front.api.schemas.cases import State
from divan.front.api.schemas.services import Code, Moment


class AskedSignature(BaseModel):
    """A signature that somebody asks of oneself."""

    uuid: UUID
    title: str
    service: str
    asked_by: str
    state: State
    asked_at: datetime
    answered_at: datetime | None
    valid_until: Moment | None


class AskedSignatures(BaseModel):
    """What was asked of oneself, the newest first."""

    items: list[AskedSignature]


class ReadAnswer(BaseModel):
    """One answer that is signed, in words."""

    question: str
    answer: str


class Statement(AskedSignature):
    """What is signed: the statement and the answers; `digest` names exactly these."""

    code: Code
    statement: str
    answers: list[ReadAnswer]
    digest: str
    open: bool = Field(description="whether it can be answered now")


class Signing(BaseModel):
    """One's answer: signing names the digest of what was read, refusing may say why."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"do": "sign", "digest": "0" * 64}]})

    do: Literal["sign", "refuse"]
    digest: str = Field(default="", max_length=64)
    note: str = Field(default="", max_length=1000)
