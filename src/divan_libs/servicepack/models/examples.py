"""Examples: the package's own tests, played by ``divan_libs.servicepack.examples``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from divan_libs.servicepack.models.card import Channel
from divan_libs.servicepack.models.needs import InquiryState
from divan_libs.servicepack.models.notation import Day, Flag, FrozenMapping, Part, RequirementCode, Slug, Whole


class ExampleFact(Part):
    """What a register answers in the example."""

    state: InquiryState
    fields: FrozenMapping[str | Whole | Flag] = Field(default_factory=dict)


class ExampleMove(Part):
    """One thing that happens: an officer's action, silence past the clock, or a move of the applicant."""

    step: Slug | None = None
    action: Slug | None = None
    silence: Flag = False
    applicant: Literal["correct", "withdraw"] | None = None
    answers: FrozenMapping[str | tuple[str, ...]] = Field(default_factory=dict)
    codes: tuple[RequirementCode, ...] = ()
    text: str = ""
    note: str = ""


class Expected(Part):
    """What must come out; only what is named is compared, and ``steps`` is the way through the flow."""

    pages: tuple[Slug, ...] | None = None
    problems: FrozenMapping[str] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    fee: Whole | None = None
    steps: tuple[Slug, ...] = ()
    outcome: Slug | None = None
    document: Slug | None = None
    message: Slug | None = None
    withdrawn: Flag = False
    refused: str | None = None
    escalated: tuple[Slug, ...] = ()


class Example(Part):
    """A story: what the applicant types, what registers answer, what officers do, and what must come of it."""

    code: Slug
    title: Annotated[str, Field(min_length=3, max_length=200)]
    on: Day
    channel: Channel = Channel.INTERNET
    facts: FrozenMapping[ExampleFact] = Field(default_factory=dict)
    answers: FrozenMapping[str | tuple[str, ...]] = Field(default_factory=dict)
    moves: tuple[ExampleMove, ...] = ()
    expect: Expected
