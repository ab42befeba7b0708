"""Requirements of a service, each with a code: a rejection may only name these codes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from divan_libs.servicepack.models.notation import (
    ClockLength,
    Coded,
    DataServiceCode,
    ExpressionText,
    Flag,
    FrozenMapping,
    LawCode,
    Name,
    Part,
    RequirementCode,
    Slug,
    Whole,
)


class InquiryState(StrEnum):
    """What is known of a fact; ``UNKNOWN`` is an answer in its own right and is never read as yes or no."""

    NOT_ASKED = "not-asked"
    ASKED = "asked"
    MATCHED = "matched"
    NOT_MATCHED = "not-matched"
    UNKNOWN = "unknown"


class FieldKind(StrEnum):
    """Type of one field that a register returns."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes-no"
    DATE = "date"


class Requirement(Part):
    """What all requirements have; one whose ``when`` does not hold is not required of this case."""

    code: RequirementCode
    law: LawCode
    when: ExpressionText | None = None


class Subject(Part):
    """Whom an inquiry is about: somebody named by a question, or everybody named in the rows of a group.

    The question holds a national code, a person, a foreigner's id or an organization.
    """

    question: Name
    group: Name | None = None


ProceedsWhen = Annotated[tuple[Literal["matched", "not-matched", "unknown"], ...], Field(min_length=1)]


class InquiryNeed(Requirement):
    """A fact asked from a register through the exchange instead of a photocopy.

    ``fact`` is the name under which expressions see it (``facts.identity.first_name``); ``proceeds_when`` lists the
    states in which the applicant may go on. ``parameters`` are answers that travel with the question. An answer that
    is not older than ``valid_for`` is used again instead of being asked anew, with its date and source shown.
    About the rows of a group, ``facts.<fact>.state`` is the least sure of all rows, and each field is told as
    ``<field>_total|_least|_most`` (numbers) or ``<field>_all|_any`` (yes or no).
    """

    kind: Literal["inquiry"]
    fact: Name
    data_service: DataServiceCode
    subject: Literal["applicant", "beneficiary"] | Subject = "applicant"
    parameters: FrozenMapping[Name] = Field(default_factory=dict)
    fields: FrozenMapping[FieldKind] = Field(default_factory=dict)
    proceeds_when: ProceedsWhen
    valid_for: ClockLength | None = None


class MandateNeed(Requirement):
    """The applicant acts for somebody else: a ward, a principal, an organization; a register must confirm it.

    ``principal`` is the question that names them; they are the beneficiary of the case. The register is asked about the
    applicant with the principal's code as the parameter ``principal``. Nothing is asked while nobody is named.
    """

    kind: Literal["mandate"]
    principal: Name
    capacity: Literal["guardian", "attorney", "member"]
    fact: Name
    data_service: DataServiceCode
    fields: FrozenMapping[FieldKind] = Field(default_factory=dict)
    proceeds_when: ProceedsWhen = ("matched",)


class DocumentNeed(Requirement):
    """A file from the applicant.

    ``held_in`` names the data service that would answer instead, or is ``none``; it must be said, because a document
    that the exchange can answer is refused (nobody is asked twice).
    """

    kind: Literal["document"]
    question: Name
    held_in: DataServiceCode | Literal["none"]
    optional: Flag = False


class ConditionNeed(Requirement):
    """A condition over answers and facts; it fails when the expression is false."""

    kind: Literal["condition"]
    expression: ExpressionText


class OpinionNeed(Requirement):
    """The opinion of another body, given in a step of the flow."""

    kind: Literal["opinion"]
    step: Slug


class LetterNeed(Requirement):
    """A letter of another body: the officer of a step signs and numbers it with the action that gives it."""

    kind: Literal["letter"]
    step: Slug
    document: Slug


class SignatureNeed(Requirement):
    """The signature of a second party, who is named by a question and signs in their own account before submission.

    They sign the words of the text ``needs.<code>.statement`` and the answers to the questions ``reads``, or all where
    it names none; nothing else of the application is shown to them. When one of those answers changes the signature is
    void and asked for again; it counts for ``valid_for``. ``by`` may stand in a group: all must sign.
    """

    kind: Literal["signature"]
    by: Subject
    reads: tuple[Name, ...] = ()
    valid_for: ClockLength


class WeeklyHours(Part):
    """Hours of a weekday (0 is Saturday) in which visits are possible, as minutes after midnight."""

    weekday: Annotated[Whole, Field(ge=0, le=6)]
    starts: Annotated[Whole, Field(ge=0, lt=1440)]
    ends: Annotated[Whole, Field(gt=0, le=1440)]

    @model_validator(mode="after")
    def _forward(self) -> WeeklyHours:
        if self.ends <= self.starts:
            raise PydanticCustomError("needs.hours", "hours end after they begin")
        return self


class AppointmentNeed(Requirement):
    """A visit that cannot be replaced: a free time is chosen before submission, and why stands in the text ``reason``.

    Times lie in ``hours`` on working days, ``minutes`` long, ``seats`` at once, from tomorrow for ``days_ahead`` days.
    """

    kind: Literal["appointment"]
    body: Slug
    hours: Annotated[tuple[WeeklyHours, ...], Field(min_length=1)]
    minutes: Annotated[Whole, Field(ge=5, le=480)]
    seats: Annotated[Whole, Field(ge=1, le=100)] = 1
    days_ahead: Annotated[Whole, Field(ge=1, le=120)] = 21


class PaymentNeed(Requirement):
    """The fee is paid before the case is submitted, or before it enters a step."""

    kind: Literal["payment"]
    before: Slug = "submission"


Need = Annotated[
    InquiryNeed
    | MandateNeed
    | DocumentNeed
    | ConditionNeed
    | OpinionNeed
    | LetterNeed
    | SignatureNeed
    | AppointmentNeed
    | PaymentNeed,
    Field(discriminator="kind"),
]


class Needs(Part):
    """All requirements, in the order in which people read them."""

    requirements: Coded[Need] = ()

    def of(self, code: str) -> Need | None:
        """Return the requirement with this code, or None."""
        return next((need for need in self.requirements if need.code == code), None)

    @property
    def codes(self) -> frozenset[str]:
        """Codes that a rejection, an objection or a return may name."""
        return frozenset(need.code for need in self.requirements)

    @property
    def inquiries(self) -> tuple[InquiryNeed | MandateNeed, ...]:
        """Requirements asked from registers, mandates included."""
        return tuple(need for need in self.requirements if isinstance(need, InquiryNeed | MandateNeed))

    @property
    def mandate(self) -> MandateNeed | None:
        """The mandate by which the applicant may act for somebody else, or None."""
        return next((need for need in self.requirements if isinstance(need, MandateNeed)), None)

    @property
    def payment(self) -> PaymentNeed | None:
        """The requirement to pay, or None."""
        return next((need for need in self.requirements if isinstance(need, PaymentNeed)), None)

    @property
    def signatures(self) -> tuple[SignatureNeed, ...]:
        """Requirements met by the signature of a second party."""
        return tuple(need for need in self.requirements if isinstance(need, SignatureNeed))

    @property
    def appointments(self) -> tuple[AppointmentNeed, ...]:
        """Requirements met by choosing a time for a visit."""
        return tuple(need for need in self.requirements if isinstance(need, AppointmentNeed))

    @property
    def documents(self) -> tuple[DocumentNeed, ...]:
        """Requirements met by a file from the applicant."""
        return tuple(need for need in self.requirements if isinstance(need, DocumentNeed))

    @property
    def conditions(self) -> tuple[ConditionNeed, ...]:
        """Requirements decided by an expression."""
        return tuple(need for need in self.requirements if isinstance(need, ConditionNeed))

    @property
    def opinions(self) -> tuple[OpinionNeed | LetterNeed, ...]:
        """Requirements that another body meets in a step, by an opinion or a letter."""
        return tuple(need for need in self.requirements if isinstance(need, OpinionNeed | LetterNeed))
