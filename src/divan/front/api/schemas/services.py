"""The shapes of services: lines of the list, the card, requirements, the form, the steps."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Code = Annotated[str, Field(description="a stable code")]
Moment = Annotated[datetime, AfterValidator(lambda moment: moment.astimezone(UTC))]
"""A moment that was reckoned in Tehran's time, told in UTC like all others."""


class Version(BaseModel):
    """A published, frozen version of a service."""

    number: int
    sha256: str = Field(description="SHA-256 of the version's canonical JSON, which /package gives")
    published_at: datetime


class ServiceLine(BaseModel):
    """A service as the list has it."""

    code: Code
    title: str
    summary: str
    body: str = Field(description="name of the body that gives the service")
    delivery: Code = Field(description="electronic, information-only, hand-off or counter-only")
    version: Version


class Services(BaseModel):
    """A page of the list of services, in Persian alphabetical order."""

    items: list[ServiceLine]
    next: str | None = Field(description="give this as `after` to get the page that follows; null on the last")


class Length(BaseModel):
    """A span that a law or the card promises."""

    model_config = ConfigDict(from_attributes=True)

    amount: int
    unit: Code = Field(description="hours, calendar-days, working-days, or Jalali months or years")


class Body(BaseModel):
    """A body of the administration."""

    code: Code
    name: str


class Law(BaseModel):
    """One row of the legal basis; `confirmed` is false until somebody has read the text itself."""

    model_config = ConfigDict(from_attributes=True)

    code: Code
    title: str
    number: str | None
    on: date | None
    article: str | None
    confirmed: bool


class Recipients(BaseModel):
    """How many receive the service; `estimated` tells a guess from a count."""

    model_config = ConfigDict(from_attributes=True)

    count: int
    per: Code
    estimated: bool


class Way(BaseModel):
    """A way to a stage of the service: information, request, production, delivery."""

    stage: Code
    channel: Code
    electronic: bool
    address: str | None
    reason: str | None


class Question(BaseModel):
    """A question that people ask about the service, with its answer."""

    question: str
    answer: str


class Card(BaseModel):
    """The identity card of the service, in one language."""

    title: str
    process: str | None
    description: str
    audience: str
    hours: str
    output: str | None
    identifier: str | None = Field(description="given by the administrative organisation")
    provider: Body
    parent_body: Body | None
    delivery: Code
    hand_off_address: str | None
    relations: list[Code]
    nature: Code
    levels: list[Code]
    life_events: list[Code]
    start_mode: Code
    laws: list[Law]
    recipients: Recipients | None
    average_time: Length | None
    promised_time: Length | None
    visits_in_person: int | None
    ways: list[Way]
    questions_and_answers: list[Question]
    prepared_by: str | None
    prepared_on: date | None


class Requirement(BaseModel):
    """What the service requires, by the code under which a case may be refused or sent back."""

    code: Code
    kind: Literal["inquiry", "document", "condition", "opinion"]
    title: str
    help: str | None
    law: Code
    data_service: str | None = Field(description="for an inquiry: which register is asked instead of the person")
    optional: bool


class Option(BaseModel):
    """One thing that may be chosen."""

    code: Code
    label: str


class FormQuestion(BaseModel):
    """A question of the form; `limits` are those of its type, such as max_length or minimum.

    The answer to a question with `parts` is an object of them; to a `group` a list of objects, one a row, keyed by the
    codes of its `questions`; to a `table` an object by the codes of its `rows`, of objects by those of its `questions`.
    """

    code: Code
    type: Code
    label: str
    hint: str | None
    required: bool
    show_when: str | None = Field(description="a condition in CEL over the other answers")
    options: list[Option]
    limits: dict[str, int | str]
    parts: list[Code] = Field(description="the named parts of its answer, such as a person's national_code and born_on")
    questions: list[FormQuestion] = Field(description="those of each row of a group, or the columns of a table")
    rows: list[Option] = Field(description="the fixed rows of a table")


class FormPage(BaseModel):
    """A page of the form."""

    code: Code
    title: str
    show_when: str | None
    questions: list[FormQuestion]


class Step(BaseModel):
    """A step of the examination with its clock."""

    code: Code
    kind: Code
    title: str
    clock: Length


class FeeRow(BaseModel):
    """The first row whose condition holds decides; a row without one always holds."""

    title: str
    when: str | None = Field(description="a condition in CEL over the answers")
    rials: int | None = Field(description="the amount; none where it is reckoned from the case or told by channel only")
    rials_from: str | None = Field(description="an expression in CEL that gives the amount")
    rials_by_channel: dict[str, int] = Field(description="amounts of channels that cost something else")


class Fee(BaseModel):
    """A charge that is in force; a service adds up all of them."""

    code: Code
    title: str
    when: str | None = Field(description="a condition in CEL; where it does not hold, nothing is charged")
    law: Code
    rows: list[FeeRow]


class Service(BaseModel):
    """A service with its card, requirements, form and steps."""

    code: Code
    edition: Code
    language: Literal["fa", "en"]
    version: Version
    card: Card
    requirements: list[Requirement]
    form: list[FormPage]
    steps: list[Step]
    free_by: Code | None = Field(description="the law by which the service is free of charge")
    fees: list[Fee]
