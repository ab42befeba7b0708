"""Requirements of a service, each with a code: a rejection may only name these codes."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from divan_libs.servicepack.models.notation import (
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
    """What all requirements have."""

    code: RequirementCode
    law: LawCode


class InquiryNeed(Requirement):
    """A fact asked from a register through the exchange instead of a photocopy.

    ``fact`` is the name under which expressions see it (``facts.identity.first_name``); ``proceeds_when`` lists the
    states in which the applicant may go on.
    """

    kind: Literal["inquiry"]
    fact: Name
    data_service: DataServiceCode
    subject: Literal["applicant"] = "applicant"
    fields: FrozenMapping[FieldKind] = Field(default_factory=dict)
    proceeds_when: Annotated[tuple[Literal["matched", "not-matched", "unknown"], ...], Field(min_length=1)]


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


Need = Annotated[InquiryNeed | DocumentNeed | ConditionNeed | OpinionNeed, Field(discriminator="kind")]


class Needs(Part):
    """All requirements, in the order in which people read them."""

    requirements: Coded[Need] = ()

    def of(self, code: str) -> InquiryNeed | DocumentNeed | ConditionNeed | OpinionNeed | None:
        """Return the requirement with this code, or None."""
        return next((need for need in self.requirements if need.code == code), None)

    @property
    def codes(self) -> frozenset[str]:
        """Codes that a rejection, an objection or a return may name."""
        return frozenset(need.code for need in self.requirements)

    @property
    def inquiries(self) -> tuple[InquiryNeed, ...]:
        """Requirements asked from registers."""
        return tuple(need for need in self.requirements if isinstance(need, InquiryNeed))

    @property
    def documents(self) -> tuple[DocumentNeed, ...]:
        """Requirements met by a file from the applicant."""
        return tuple(need for need in self.requirements if isinstance(need, DocumentNeed))

    @property
    def conditions(self) -> tuple[ConditionNeed, ...]:
        """Requirements decided by an expression."""
        return tuple(need for need in self.requirements if isinstance(need, ConditionNeed))

    @property
    def opinions(self) -> tuple[OpinionNeed, ...]:
        """Requirements that another body gives an opinion on."""
        return tuple(need for need in self.requirements if isinstance(need, OpinionNeed))
