"""The shapes of what a client needs beside a case: who it acts as, and the codes of places."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from divan.front.api.schemas.services import Code


class Session(BaseModel):
    """As whom requests of this session act, and what they must carry."""

    signed_in: bool
    capacity: Literal["citizen", "staff"] | None
    name: str | None
    csrf_token: str = Field(description="to be sent as the header X-CSRFToken with everything that changes something")


class Place(BaseModel):
    """A division of the country."""

    code: Code
    name: str
    level: Code
    within: list[str] = Field(description="names of the wider ones, widest first")


class Places(BaseModel):
    """Places that were found."""

    items: list[Place]
