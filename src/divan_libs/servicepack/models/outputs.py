"""Documents, messages and records a case may produce, and where each of their fields comes from."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.needs import Subject
from divan_libs.servicepack.models.notation import (
    Coded,
    DataServiceCode,
    LawCode,
    Name,
    Part,
    PlaceLevel,
    Slug,
    Whole,
)


class CaseField(StrEnum):
    """What the house knows of any case."""

    NUMBER = "number"
    TRACKING_ADDRESS = "tracking-address"
    SUBMITTED_ON = "submitted-on"
    DUE_ON = "due-on"
    VALID_UNTIL = "valid-until"
    PERMIT_NUMBER = "permit-number"
    BENEFICIARY = "beneficiary"
    FEE = "fee"


class DecisionField(StrEnum):
    """What a decision adds: its wording, the unmet requirements in words, and the letter's number and day."""

    TEXT = "text"
    REQUIREMENTS = "requirements"
    LETTER_NUMBER = "letter-number"
    LETTER_DATE = "letter-date"
    REVIEW_UNTIL = "review-until"


class OutputField(Part):
    """Source of one field: an answer, the name of an answered place, a register's fact, an officer's report (an answer
    to a question of ``Step.report``), a decision table, the case or the decision.
    """

    code: Name
    answer: Name | None = None
    place: Name | None = None
    level: PlaceLevel | None = None
    fact: Name | None = None
    field: Name | None = None
    case: CaseField | None = None
    decision: DecisionField | None = None
    report: Name | None = None
    table: Name | None = None

    @model_validator(mode="after")
    def _one_source(self) -> OutputField:
        sources = [self.answer, self.place, self.fact, self.case, self.decision, self.report, self.table]
        if sum(source is not None for source in sources) != 1:
            raise PydanticCustomError("outputs.field-source", "exactly one source")
        if (self.place is None) != (self.level is None) or (self.fact is None) != (self.field is None):
            raise PydanticCustomError("outputs.field-source", "a place needs its level and a fact its field")
        return self


class DocumentTemplate(Part):
    """A letter's body in Typst: the file defines ``#let body(fields) = […]``; the letterhead is the house's.

    ``source`` is read from the template file, so that the frozen version carries it. Fields reach Typst as data, never
    as markup, therefore an answer cannot run anything.
    """

    code: Slug
    template: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*\.typ$", max_length=80)]
    source: Annotated[str, Field(max_length=100_000)] = ""
    fields: Coded[OutputField] = ()


class MessageTemplate(Part):
    """A short message; its wording is the text ``messages.<code>.text`` with ``{field}`` for each field."""

    code: Slug
    fields: Coded[OutputField] = ()
    max_parts: Annotated[Whole, Field(ge=1, le=10)] = 3


class RecordTemplate(Part):
    """What an outcome makes known to other bodies: the next service asks for it instead of a copy.

    It is offered as the data service ``data_service`` about ``subject``, who is the applicant, the beneficiary or
    somebody named by a question of the form, or of an officer's report (a newborn, who has no number before); a
    permit's record ends with the permit.
    """

    code: Slug
    data_service: DataServiceCode
    subject: Literal["applicant", "beneficiary"] | Subject = "beneficiary"
    fields: Annotated[Coded[OutputField], Field(min_length=1)]
    law: LawCode


class Outputs(Part):
    """All documents, messages and records of a service."""

    documents: Coded[DocumentTemplate] = ()
    messages: Coded[MessageTemplate] = ()
    records: Coded[RecordTemplate] = ()

    def record(self, code: str) -> RecordTemplate | None:
        """Return the record with this code, or None."""
        return next((record for record in self.records if record.code == code), None)

    def document(self, code: str) -> DocumentTemplate | None:
        """Return the document with this code, or None."""
        return next((document for document in self.documents if document.code == code), None)

    def message(self, code: str) -> MessageTemplate | None:
        """Return the message with this code, or None."""
        return next((message for message in self.messages if message.code == code), None)
