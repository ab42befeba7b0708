"""Examples: the package's own tests, played by ``divan_libs.servicepack.examples``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from divan_libs.servicepack.models.card import Channel
from divan_libs.servicepack.models.needs import InquiryState
from divan_libs.servicepack.models.notation import Day, Flag, FrozenMapping, Part, RequirementCode, Slug, Whole

RawText = str | tuple[str, ...]
RawRow = FrozenMapping[RawText | FrozenMapping[RawText]]
RawAnswer = RawText | RawRow | tuple[RawRow, ...]
"""What is typed for one question; by part for a person, an address or a signature, a list of rows for a group, and by
row and column for a table."""


class ExampleFact(Part):
    """What a register answers in the example."""

    state: InquiryState
    fields: FrozenMapping[str | Whole | Flag] = Field(default_factory=dict)


class ExampleMove(Part):
    """One thing that happens: an officer acts, a clock runs out, the outside has a word, or the applicant moves.

    ``silence`` with a step is that step's, without one the deadline's of the whole case. ``state`` is what the outside
    process of a waiting step says. ``report`` holds the officer's answers to the questions of the step.
    """

    step: Slug | None = None
    action: Slug | None = None
    silence: Flag = False
    state: str | None = None
    report: FrozenMapping[RawAnswer] = Field(default_factory=dict)
    applicant: Literal["correct", "withdraw", "object"] | None = None
    answers: FrozenMapping[RawAnswer] = Field(default_factory=dict)
    codes: tuple[RequirementCode, ...] = ()
    text: str = ""
    note: str = ""


class Expected(Part):
    """What must come out; ``steps`` is the way through the flow.

    Pages, records and fee are compared where they are named; everything else always is, and what is not named must not
    come out. Steps that wait side by side are listed in the order of their tracks. ``deemed`` says that silence
    decided.
    """

    pages: tuple[Slug, ...] | None = None
    problems: FrozenMapping[str] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    fee: Whole | None = None
    steps: tuple[Slug, ...] = ()
    outcome: Slug | None = None
    document: Slug | None = None
    message: Slug | None = None
    withdrawn: Flag = False
    deemed: Flag = False
    records: tuple[Slug, ...] | None = None
    refused: str | None = None
    escalated: tuple[Slug, ...] = ()


class Example(Part):
    """A story: what the applicant types, what registers answer, what officers do, and what must come of it.

    ``entry`` begins it at another entry than the application. ``unfulfilled`` are signatures, visits and payments that
    have not come; all others have.
    """

    code: Slug
    title: Annotated[str, Field(min_length=3, max_length=200)]
    on: Day
    channel: Channel = Channel.INTERNET
    entry: Slug | None = None
    facts: FrozenMapping[ExampleFact] = Field(default_factory=dict)
    unfulfilled: tuple[RequirementCode, ...] = ()
    answers: FrozenMapping[RawAnswer] = Field(default_factory=dict)
    moves: tuple[ExampleMove, ...] = ()
    expect: Expected
