"""What referrals (ارجاع) and follow-ups (پیگیری) are spoken of in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

LONGEST_REPORT = 4_000
"""How long a note, a report or a reason may be."""

REFERRAL_LINE = "correspondence.referral"
FOLLOW_UP_LINE = "correspondence.follow-up"
"""The kinds of the lines that bring a referral to its receiver, and a reminder to whoever wants an answer."""

BACK_LINE = "correspondence.referral-back"
"""The kind of the line that tells a sender what came back: a report, or the letter with a reason."""

ESCALATION_LINE = "correspondence.escalation"
VACANCY_LINE = "correspondence.vacancy"
"""The kind of the line that tells a superior that no answer came."""


class ReferralState(StrEnum):
    """Where a referral stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"
    RECALLED = "recalled"


class Reach(StrEnum):
    """Where one post stands to another in the chart of a body."""

    DOWN = "down"
    PEER = "peer"
    UP = "up"
    ASIDE = "aside"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A post as the chart knows it: its role, its unit, and the body of the unit."""

    post: UUID
    role: str
    unit: UUID
    body: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralRule:
    """How far letters are referred inside a body, and after how many working days a follow-up goes on.

    ``leading`` are the role codes that lead a unit, rank by rank from the top.
    """

    upward: bool = False
    sideways: bool = False
    leading: tuple[tuple[str, ...], ...] = (
        ("governor", "director", "ict-director", "county-head", "district-head", "village-head"),
        ("governor-deputy", "deputy", "ict-deputy"),
    )
    remind_days: int = 2
    escalate_days: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralException:
    """That a post may refer to another against the chart, or may not although the chart lets it."""

    uuid: UUID
    from_post: UUID
    to_post: UUID
    allowed: bool
    reason: str
    starts_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The chart of a body: the unit above each unit, how far one may refer in it, and the exceptions of two posts."""

    above: Mapping[UUID, UUID | None]
    rule: ReferralRule
    exceptions: Mapping[tuple[UUID, UUID], bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referral:
    """A referral of a letter to one post. ``is_withheld``: note and report are for sender and receiver alone."""

    uuid: UUID
    letter: UUID
    parent: UUID | None
    from_post: UUID
    to_post: UUID
    sent_by: UUID | None
    instruction: str
    note: str
    secret: bool
    hidden: bool
    copy: bool
    sent_at: datetime
    due_at: datetime | None
    read_at: datetime | None
    state: ReferralState
    report: str
    closing: str
    ended_by: UUID | None
    ended_for: UUID | None
    ended_at: datetime | None
    is_withheld: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralNode:
    """A referral with what its receiver handed on."""

    referral: Referral
    below: tuple[ReferralNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """That a post wants an answer to a letter by a day."""

    uuid: UUID
    letter: UUID
    referral: UUID | None
    recipient: UUID | None
    post: UUID
    opened_by: UUID
    opened_at: datetime
    due_at: datetime
    note: str
    reminders: int
    reminded_at: datetime | None
    escalates_at: datetime | None
    escalated_at: datetime | None
    escalated_to: UUID | None
    closed_at: datetime | None
    closed_by: UUID | None
    closing: str
