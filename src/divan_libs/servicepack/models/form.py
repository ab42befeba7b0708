"""Pages and their typed questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from divan_libs.servicepack.models.notation import (
    Coded,
    ExpressionText,
    Flag,
    Name,
    Part,
    PlaceLevel,
    RequirementCode,
    Slug,
    Whole,
)


class Prefill(Part):
    """Where a known answer comes from: a field of an inquiry; ``locked`` forbids the applicant to change it."""

    need: RequirementCode
    field: Name
    locked: Flag = True


class AnyQuestion(Part):
    """What every question has.

    ``read_by`` lists the steps whose officers need the answer, ``reported`` makes it a searchable and countable fact; a
    question that nothing needs is refused.
    """

    code: Name
    required: Flag = True
    show_when: ExpressionText | None = None
    read_by: tuple[Slug, ...] = ()
    reported: Flag = False


class Prefillable(AnyQuestion):
    """A question whose answer a register may know."""

    prefill: Prefill | None = None


class TextQuestion(Prefillable):
    """One line of text; lengths are counted in characters after normalising."""

    type: Literal["text"]
    min_length: Annotated[Whole, Field(ge=1)] = 1
    max_length: Annotated[Whole, Field(ge=1, le=500)] = 200


class LongTextQuestion(AnyQuestion):
    """Several lines of text."""

    type: Literal["long-text"]
    min_length: Annotated[Whole, Field(ge=1)] = 1
    max_length: Annotated[Whole, Field(ge=1, le=10_000)] = 2000


class NumberQuestion(Prefillable):
    """A whole number within limits."""

    type: Literal["number"]
    minimum: Whole = 0
    maximum: Annotated[Whole, Field(le=10**15)] = 10**12


class YesNoQuestion(AnyQuestion):
    """Yes or no; nothing is chosen beforehand."""

    type: Literal["yes-no"]


class ChoiceQuestion(AnyQuestion):
    """One of several options."""

    type: Literal["choice"]
    options: Annotated[tuple[Slug, ...], Field(min_length=2, max_length=200)]


class ChoicesQuestion(AnyQuestion):
    """Any number of several options, within limits."""

    type: Literal["choices"]
    options: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=200)]
    min_chosen: Annotated[Whole, Field(ge=1)] = 1
    max_chosen: Annotated[Whole, Field(ge=1)] = 200


class DateQuestion(Prefillable):
    """A day, typed in Jalali; limits are counted from today."""

    type: Literal["date"]
    past_only: Flag = False
    future_only: Flag = False
    earliest_days_ago: Annotated[Whole, Field(ge=0)] | None = None


class PlaceQuestion(AnyQuestion):
    """A place of a level; the answer is the place's code, whose existence the register of places decides.

    ``within`` names the level at which the choice is narrowed first (a village by its county, say).
    """

    type: Literal["place"]
    level: PlaceLevel
    within: PlaceLevel | None = None


class MobileQuestion(Prefillable):
    """A mobile number."""

    type: Literal["mobile"]


class NationalCodeQuestion(Prefillable):
    """A person's national code."""

    type: Literal["national-code"]


class PostalCodeQuestion(Prefillable):
    """A postal code of ten digits."""

    type: Literal["postal-code"]


class FileQuestion(AnyQuestion):
    """Files; the answer is the tuple of references that the store of files gave out after scanning."""

    type: Literal["file"]
    accept: Annotated[tuple[Literal["pdf", "jpeg", "png"], ...], Field(min_length=1)]
    max_megabytes: Annotated[Whole, Field(ge=1, le=100)] = 5
    max_files: Annotated[Whole, Field(ge=1, le=20)] = 1


class ConsentQuestion(AnyQuestion):
    """A declaration that must be ticked; it cannot be optional and never ticked beforehand."""

    type: Literal["consent"]
    required: Literal[True] = True


class Information(AnyQuestion):
    """Something to read between questions; it has no answer."""

    type: Literal["information"]
    required: Literal[False] = False


Question = Annotated[
    TextQuestion
    | LongTextQuestion
    | NumberQuestion
    | YesNoQuestion
    | ChoiceQuestion
    | ChoicesQuestion
    | DateQuestion
    | PlaceQuestion
    | MobileQuestion
    | NationalCodeQuestion
    | PostalCodeQuestion
    | FileQuestion
    | ConsentQuestion
    | Information,
    Field(discriminator="type"),
]


class Page(Part):
    """One page; it is shown when its expression holds and at least one of its questions is visible."""

    code: Slug
    show_when: ExpressionText | None = None
    questions: Annotated[Coded[Question], Field(min_length=1)]


class Form(Part):
    """The pages, in order; a service that is not electronic has none."""

    pages: Coded[Page] = ()

    def questions(self) -> Iterator[Question]:
        """Yield all questions in the order in which they are asked."""
        for page in self.pages:
            yield from page.questions

    def question(self, code: str) -> Question | None:
        """Return the question with this code, or None."""
        return next((question for question in self.questions() if question.code == code), None)
