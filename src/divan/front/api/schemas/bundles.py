"""The shapes of life events and of one's way through them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from divan.front.api.schemas.applications import AskedQuestion, Missing, Words
from divan.front.api.schemas.cases import State
from divan.front.api.schemas.services import Code


class BundledService(BaseModel):
    """A service of a life event."""

    code: Code
    title: str
    why: str | None
    delivery: Code
    always: bool = Field(description="false: only for whom its question is answered with yes")


class LifeEventQuestion(BaseModel):
    """A yes-no question that decides which services somebody needs."""

    code: Code
    label: Words
    hint: Words | None


class LifeEvent(BaseModel):
    """A life event with its services and questions."""

    code: Code
    title: Words
    description: Words
    services: list[BundledService]
    questions: list[LifeEventQuestion]


class LifeEvents(BaseModel):
    """The life events that are offered."""

    items: list[LifeEvent]


class NewBundle(BaseModel):
    """The answers to every question of the life event."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"answers": {"needs_support": True, "child_disabled": False}}]}
    )

    answers: dict[Annotated[str, Field(max_length=60)], bool] = Field(max_length=20)


class BundleBegun(BaseModel):
    """A bundle that was begun, or gone on with."""

    bundle: UUID
    address: str


class BundlePart(BaseModel):
    """A service of the bundle with its case."""

    service: Code
    title: str
    case: UUID
    number: str | None
    state: State
    missing: list[Missing]
    due_rials: int = Field(description="what is to be paid before sending, as the answers stand")


class SharedQuestion(BaseModel):
    """A question that several services ask; it is answered once, under `name`."""

    name: Code
    question: AskedQuestion
    services: list[Code]


class Bundle(BaseModel):
    """One's way through a life event."""

    uuid: UUID
    life_event: Code
    title: Words
    state: Code = Field(description="begun or sent")
    answers: dict[str, bool]
    parts: list[BundlePart]
    shared: list[SharedQuestion]
    begun_at: datetime
    sent_at: datetime | None


class Bundles(BaseModel):
    """The bundles that one has begun or sent, newest change first."""

    items: list[Bundle]


class SharedAnswers(BaseModel):
    """Answers to shared questions, by their names."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"answers": {"contact_mobile": "09121234567"}}]}
    )

    answers: dict[Annotated[str, Field(max_length=60)], JsonValue] = Field(min_length=1, max_length=50)


class BundleSubmission(BaseModel):
    """What became of sending: the numbers of all, or one invoice to be paid first, after which all are sent."""

    state: Literal["sent", "payment-due"]
    bundle: UUID
    numbers: dict[str, str] = Field(description="case numbers by service")
    invoice: UUID | None
    address: str
