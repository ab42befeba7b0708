"""The shapes of what an applicant says of a case that was sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from divan.front.api.schemas.services import Moment


class AddedDocument(BaseModel):
    """A file that was added to a case that runs."""

    uuid: UUID = Field(description="of the file")
    name: str
    note: str
    added_at: datetime


class NewObjection(BaseModel):
    """Why the decision is not right."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "There are forty households, not twenty."}]}
    )

    text: str = Field(min_length=1, max_length=5000)


class Objection(BaseModel):
    """An objection that is heard by somebody else than before."""

    case: UUID
    state: str
    due_at: Moment | None


class NewRating(BaseModel):
    """How one was served, from 1 (very bad) to 5 (very good)."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"stars": 4, "words": "Quick."}]})

    stars: int = Field(ge=1, le=5)
    words: str = Field(default="", max_length=1000)


class Rating(BaseModel):
    """A rating that was given."""

    case: UUID
    stars: int
    words: str
    rated_at: datetime
