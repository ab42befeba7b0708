"""The shapes of cases: what the applicant sees, and what number and secret show without signing in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from divan.front.api.schemas.services import Code


class State(BaseModel):
    """A coded value with its words."""

    code: Code
    text: str


class CaseLine(BaseModel):
    """A case as the list has it."""

    uuid: UUID
    number: str | None = Field(description="null while it is a draft")
    service: Code
    title: str
    state: State
    outcome: State | None
    started_at: datetime
    changed_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None = Field(description="null while the clock stands still")
    closed_at: datetime | None


class Cases(BaseModel):
    """A page of one's cases, the one begun last first."""

    items: list[CaseLine]
    next: UUID | None = Field(description="give this as `after` to get the page that follows; null on the last")


class CaseStep(BaseModel):
    """A step that the case went through, or stands in while `closed_at` is null."""

    code: Code
    title: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None


class Event(BaseModel):
    """Something that happened, by the kind of the recorded fact."""

    at: datetime
    kind: Code


class IssuedDocument(BaseModel):
    """The signed document; anybody may verify it by its code."""

    code: str
    number: str
    issued_at: datetime | None


class Progress(CaseLine):
    """Where a case stands, with whom, and what happened."""

    with_post: str | None = Field(description="the post that the case waits for")
    with_unit: str | None
    step_due_at: datetime | None
    steps: list[CaseStep]
    events: list[Event]
    corrections: list[State] = Field(description="requirements that the applicant is asked to correct")
    document: IssuedDocument | None


class Need(BaseModel):
    """A fact asked from a register for this case, and what became of the question."""

    code: Code
    title: str
    state: State
    asked_at: datetime | None
    answered_at: datetime | None


class OwnCase(Progress):
    """One's own case, with all one told."""

    answers: dict[str, JsonValue] = Field(description="by the code of the question; the form of the service names them")
    needs: list[Need]
    correction_note: str
    tracking_secret: str | None = Field(description="opens POST /tracking without signing in; null for a draft")
    document_pdf: str | None = Field(description="address of the signed PDF")


class Tracking(BaseModel):
    """What opens a case without signing in: its number, in any digits, and its secret."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=40)
    secret: str = Field(min_length=1, max_length=20)
