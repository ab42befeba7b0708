"""The shapes of applying: what is asked now, what was answered, what is missing, what it costs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from divan.front.api.schemas.cases import State
from divan.front.api.schemas.services import Code, Moment, Version


class Words(BaseModel):
    """A text in both languages."""

    fa: str
    en: str


class AskedOption(BaseModel):
    """One thing that may be chosen."""

    code: Code
    label: Words
    hint: Words | None


class AskedQuestion(BaseModel):
    """A question as it is asked now; `limits` are those of its type, such as max_length or minimum.

    The answer to a question with `parts` is an object of them; to a `group` a list of objects, one a row, keyed by the
    codes of its `questions`; to a `table` an object by the codes of its `rows`, of objects by those of its `questions`.
    A `file` is sent apart, and an `information` is read.
    """

    code: Code
    type: Code
    label: Words
    hint: Words | None
    body: Words | None = Field(description="what an information says, or what a signature declares")
    required: bool
    shown: bool = Field(description="whether it is asked as the answers stand; a hidden answer does not count")
    locked: bool = Field(description="a register has answered it, and the answer stands")
    show_when: str | None = Field(description="a condition in CEL over the other answers")
    answer: JsonValue = Field(description="what counts: given, or known by a register; days are Gregorian ISO days")
    options: list[AskedOption]
    limits: dict[str, int | str]
    accept: list[str] = Field(description="for a file: pdf, jpeg, png")
    parts: list[Code]
    questions: list[AskedQuestion]
    rows: list[AskedOption]


class AskedPage(BaseModel):
    """A page of the form; a renewal or amendment carries some pages over and does not ask them."""

    code: Code
    title: Words
    asked: bool = Field(description="whether it is shown as the answers stand, and asked of this case")
    complete: bool
    questions: list[AskedQuestion]


class Inquiry(BaseModel):
    """A fact asked from a register, about one person or thing."""

    code: Code
    about: str | None = Field(description="whom it is about; null for oneself")
    state: State
    source: str | None = Field(description="the member of the exchange that answers")
    asked_at: datetime | None
    answered_at: datetime | None


class WantedSignature(BaseModel):
    """The signature of a second party."""

    code: Code
    signer: str = Field(description="national code of the one who signs")
    state: State
    note: str | None
    valid_until: Moment | None
    may_ask: bool = Field(description="whether it can be asked for now")


class WantedVisit(BaseModel):
    """A visit that the application comes with; `starts_at` is null until a time is booked."""

    code: Code
    body: str
    starts_at: Moment | None
    ends_at: Moment | None


class Need(BaseModel):
    """A requirement of this case and whether it is met."""

    code: Code
    kind: Code = Field(
        description="inquiry, mandate, document, condition, opinion, letter, signature, appointment or payment"
    )
    title: Words
    law: Code
    required: bool = Field(description="whether it is required of this case, as its answers stand")
    state: Literal["met", "open", "later", "not-required"] = Field(
        description="later: it is seen to after sending, by the body"
    )


class Missing(BaseModel):
    """What keeps the application from being sent."""

    kind: Code = Field(description="answer, inquiry, mandate, signature, appointment, payment or condition")
    code: Code
    page: Code | None
    text: str


class Charge(BaseModel):
    """One charge by the answers given so far."""

    title: str
    row: str
    beneficiary: str
    law: str
    law_confirmed: bool
    rials: int


class FeeNow(BaseModel):
    """What the case costs by the answers given so far."""

    known: bool = Field(description="false while answers are missing that decide it")
    free: bool
    total_rials: int
    paid_rials: int
    before: str | None = Field(description="submission, or the step before which it is paid; null: not paid here")
    charges: list[Charge]


class HeldFile(BaseModel):
    """A file that was given to a question."""

    uuid: UUID
    question: Code
    name: str


class Beneficiary(BaseModel):
    """For whom the case is, where it is not one's own: a ward, a principal, an organization."""

    code: str
    name: str | None


class Application(BaseModel):
    """An application that is being filled in, or corrected."""

    case: UUID
    service: Code
    version: Version = Field(description="the version that was offered when it was begun; it stays this one")
    title: Words
    entry: Code = Field(description="application, or the code of a renewal or amendment")
    permit: UUID | None
    bundle: UUID | None = Field(description="the life event with which it is sent")
    state: State
    revision: str = Field(description="names the answers as they stand; give it as If-Match when you change them")
    pages: list[AskedPage]
    needs: list[Need]
    inquiries: list[Inquiry]
    signatures: list[WantedSignature]
    visits: list[WantedVisit]
    files: list[HeldFile]
    beneficiary: Beneficiary | None
    fee: FeeNow
    missing: list[Missing] = Field(description="empty: it can be sent, and is sent as soon as the fee is paid")
    corrections: list[State] = Field(description="requirements that one is asked to correct")
    correction_note: str


class Answers(BaseModel):
    """The answers as they stand."""

    revision: str = Field(description="the same as the header ETag, without its quotes")
    answers: dict[str, JsonValue] = Field(description="by the code of the question, as they were given")


class NewAnswers(BaseModel):
    """Answers to some questions; what is not named stays as it is, null takes an answer back.

    A choice is one code, choices a list of them, yes-no and consent are true or false, numbers and sums whole numbers,
    a day an ISO day or a Jalali one; texts are taken for each of them as people type them.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"answers": {"households": 35, "purpose": ["education", "health"]}}]},
    )

    answers: dict[Annotated[str, Field(max_length=60)], JsonValue] = Field(min_length=1, max_length=300)


class Begun(BaseModel):
    """An application that was begun, or gone on with."""

    case: UUID
    service: Code
    version: Version
    address: str = Field(description="where it is read and filled in")


class Attached(BaseModel):
    """A file that was put to a question."""

    uuid: UUID
    question: Code
    name: str
    media_type: str
    size: int
    sha256: str
    revision: str = Field(description="of the answers, to which the file now belongs")


class Submission(BaseModel):
    """What became of sending: a number, or an invoice to be paid first, after which it is sent by itself."""

    state: Literal["sent", "payment-due"]
    case: UUID
    number: str | None
    invoice: UUID | None
    address: str = Field(description="where to go on: the case, or the invoice")


class FreeTime(BaseModel):
    """A time at which a visit is possible."""

    starts_at: Moment
    ends_at: Moment
    seats: int = Field(description="seats that are still free")


class Visit(BaseModel):
    """A visit with its times; `booked` is null until one is taken."""

    code: Code
    title: Words
    reason: Words
    body: str
    booked: Moment | None
    free: list[FreeTime]


class Booking(BaseModel):
    """The time that is taken."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"starts_at": "2026-11-24T05:30:00Z"}]})

    starts_at: datetime
