"""The shapes of cases: what the applicant sees, and what number and secret show without signing in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from divan.front.api.schemas.services import Code, Moment


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
    due_at: Moment | None = Field(description="null while the clock stands still")
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
    due_at: Moment | None
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


class RegisterFact(BaseModel):
    """A fact asked from a register for this case, and what became of the question."""

    code: Code
    title: str
    about: str | None = Field(description="whom it is about; null for oneself")
    state: State
    asked_at: datetime | None
    answered_at: datetime | None


class Standing(BaseModel):
    """A step that waits: what happens in it, who has it, by when; reviews that run side by side are several."""

    code: Code | None = Field(description="the parallel review, where there are several")
    text: str
    post: str
    unit: str
    due_at: Moment | None
    outside: State | None = Field(description="where the process stands that another system runs")
    outside_address: str | None = Field(description="where the applicant goes on by themselves")


class Decision(BaseModel):
    """A decision that was taken; an objection may bring another."""

    number: int
    title: str
    negative: bool
    deemed: bool = Field(description="the law counts the silence of the office as this decision")
    signed_at: datetime | None
    document_pdf: str | None = Field(description="address of the signed PDF")


class Message(BaseModel):
    """A short message that was sent about the case; its text is empty once its time of keeping is over."""

    text: str
    queued_at: datetime
    sent_at: datetime | None
    state: Code


class May(BaseModel):
    """What the applicant may do with the case now."""

    correct: bool = Field(description="read the application, answer and send it again")
    pay: bool = Field(description="ask for its invoice and pay")
    add_document: bool
    withdraw: bool
    rate: bool
    object_until: Moment | None = Field(description="null: nothing to object to, or no longer")


class OwnObjection(BaseModel):
    """An objection that was raised."""

    text: str
    state: State
    raised_at: datetime
    ended_at: datetime | None


class Addition(BaseModel):
    """A file that one added after sending."""

    uuid: UUID
    name: str
    note: str
    added_at: datetime


class Withdrawn(BaseModel):
    """A case that was withdrawn."""

    case: UUID
    state: Code
    closed_at: datetime | None


class OwnCase(Progress):
    """One's own case, with all one told."""

    entry: Code = Field(description="application, or the code of a renewal or amendment")
    standings: list[Standing] = Field(description="what happens now; empty while nothing waits for an office")
    decisions: list[Decision] = Field(description="the newest first")
    objections: list[OwnObjection]
    messages: list[Message]
    additions: list[Addition]
    invoice: UUID | None = Field(description="what is to be paid, or was paid last")
    permit: UUID | None = Field(description="the permit that it gave, or is about")
    bundle: UUID | None
    stars: int | None = Field(description="how one rated it")
    may: May

    answers: dict[str, JsonValue] = Field(description="by the code of the question; the form of the service names them")
    needs: list[RegisterFact]
    correction_note: str
    tracking_secret: str | None = Field(description="opens POST /tracking without signing in; null for a draft")
    document_pdf: str | None = Field(description="address of the signed PDF")


class Tracking(BaseModel):
    """What opens a case without signing in: its number, in any digits, and its secret."""

    model_config = ConfigDict(extra="forbid")

    number: str = Field(min_length=1, max_length=40)
    secret: str = Field(min_length=1, max_length=20)
