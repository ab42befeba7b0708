"""Pages and their typed questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from divan_libs.persian.amounts import LARGEST_RIALS
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

MAX_ROWS = 50
"""Rows that a group or a table has at most."""

TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day such as ``08:30``."""


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


class MoneyQuestion(Prefillable):
    """A sum in whole rials; people see it in tomans and in words as well, and may type «تومان» behind it."""

    type: Literal["money"]
    minimum: Annotated[Whole, Field(ge=0, le=LARGEST_RIALS)] = 0
    maximum: Annotated[Whole, Field(ge=0, le=LARGEST_RIALS)] = 10**13


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


class TimeQuestion(AnyQuestion):
    """A time of day to the minute, kept as ``HH:MM``; limits are included."""

    type: Literal["time"]
    earliest: TimeOfDay = "00:00"
    latest: TimeOfDay = "23:59"


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


class OrganizationQuestion(Prefillable):
    """A legal person, by its national id of eleven digits (شناسه ملی)."""

    type: Literal["organization"]


class ForeignerIdQuestion(Prefillable):
    """The inclusive id of a foreign national (شناسه فراگیر).

    No official text of its length was found, so the limits are lenient and stand in the package, not in code.
    """

    type: Literal["foreigner-id"]
    min_digits: Annotated[Whole, Field(ge=1, le=20)] = 8
    max_digits: Annotated[Whole, Field(ge=1, le=20)] = 16


class EmailQuestion(Prefillable):
    """An e-mail address."""

    type: Literal["email"]


class ShebaQuestion(Prefillable):
    """A bank account by its Sheba number (ISO 13616), kept as ``IR`` and 24 digits."""

    type: Literal["sheba"]


class PlateQuestion(Prefillable):
    """A vehicle's plate, kept as ``12ب345-67``."""

    type: Literal["plate"]


class PersonQuestion(AnyQuestion):
    """Another person, by national code and day of birth; expressions see the national code."""

    type: Literal["person"]


class AddressQuestion(AnyQuestion):
    """A postal address in parts; expressions see its postal code."""

    type: Literal["address"]
    postal_code_optional: Flag = False


class RegisteredName(Part):
    """Where the registered name of the signer comes from: the fields of an inquiry that make it, in order."""

    need: RequirementCode
    fields: Annotated[tuple[Name, ...], Field(min_length=1, max_length=4)]


class SignatureQuestion(AnyQuestion):
    """A written signature: the full name is typed and a declaration ticked, and the moment is kept.

    With ``name_from`` the name must be the one that the register knows. It proves no more than that somebody signed in
    typed it; what the law wants signed otherwise is a requirement, not a question.
    """

    type: Literal["signature"]
    name_from: RegisteredName | None = None


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


InnerQuestion = Annotated[
    TextQuestion
    | LongTextQuestion
    | NumberQuestion
    | MoneyQuestion
    | YesNoQuestion
    | ChoiceQuestion
    | DateQuestion
    | TimeQuestion
    | PlaceQuestion
    | PersonQuestion
    | OrganizationQuestion
    | NationalCodeQuestion
    | ForeignerIdQuestion
    | MobileQuestion
    | EmailQuestion
    | PostalCodeQuestion
    | AddressQuestion
    | ShebaQuestion
    | PlateQuestion,
    Field(discriminator="type"),
]
"""A question that may stand in the rows of a group."""

Column = Annotated[
    TextQuestion | NumberQuestion | MoneyQuestion | ChoiceQuestion,
    Field(discriminator="type"),
]
"""A question that may head a column of a table."""


class GroupQuestion(AnyQuestion):
    """Questions that are answered row by row, once for each child, say; the applicant adds and removes rows.

    The answer is a tuple of mappings. An optional group may have no row at all; otherwise ``min_rows`` holds.
    """

    type: Literal["group"]
    min_rows: Annotated[Whole, Field(ge=1, le=MAX_ROWS)] = 1
    max_rows: Annotated[Whole, Field(ge=1, le=MAX_ROWS)] = 10
    questions: Annotated[Coded[InnerQuestion], Field(min_length=1, max_length=20)]


class TableQuestion(AnyQuestion):
    """Fixed rows against typed columns; the answer is a mapping from row to a mapping from column.

    A row that is left open altogether is absent; in a row that was begun, required columns must be filled. A required
    table needs every row.
    """

    type: Literal["table"]
    rows: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=MAX_ROWS)]
    columns: Annotated[Coded[Column], Field(min_length=1, max_length=8)]


Question = Annotated[
    TextQuestion
    | LongTextQuestion
    | NumberQuestion
    | MoneyQuestion
    | YesNoQuestion
    | ChoiceQuestion
    | ChoicesQuestion
    | DateQuestion
    | TimeQuestion
    | PlaceQuestion
    | PersonQuestion
    | OrganizationQuestion
    | NationalCodeQuestion
    | ForeignerIdQuestion
    | MobileQuestion
    | EmailQuestion
    | PostalCodeQuestion
    | AddressQuestion
    | ShebaQuestion
    | PlateQuestion
    | FileQuestion
    | SignatureQuestion
    | GroupQuestion
    | TableQuestion
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
