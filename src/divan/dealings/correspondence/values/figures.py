"""What the figures of letters are spoken of in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from divan.dealings.correspondence.values.transport import Channel

PAPERLESS = frozenset({Channel.INTERNAL, Channel.EXCHANGE, Channel.ECE, Channel.FOLDER, Channel.E_MAIL, Channel.PORTAL})
"""Channels by which no paper comes or goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFigures:
    """Letters of a body in a span of months: in and out by channel, how soon they were acted upon, paper not used.

    ``acted`` is how many referrals were reported on, ``seconds`` their working time from referral to report together.
    """

    body: UUID | None
    received: Mapping[str, int] = field(default_factory=dict)
    sent: Mapping[str, int] = field(default_factory=dict)
    sheets: int = 0
    acted: int = 0
    seconds: int = 0

    @property
    def received_count(self) -> int:
        """How many letters were registered as received."""
        return sum(self.received.values())

    @property
    def sent_count(self) -> int:
        """How many times a letter left for a recipient."""
        return sum(self.sent.values())

    @property
    def paperless_share(self) -> int | None:
        """The part of all that came and went without paper, in whole per cent rounded down; None where nothing did."""
        whole = self.received_count + self.sent_count
        without = sum(one.get(channel, 0) for one in (self.received, self.sent) for channel in PAPERLESS)
        return 100 * without // whole if whole else None

    @property
    def hours(self) -> float | None:
        """The mean working hours from referral to report, or None where nothing was reported on."""
        return round(self.seconds / self.acted / 3600, 1) if self.acted else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateUnit:
    """A unit at which referred letters wait: how many, how many past their day, and since when the oldest."""

    body: UUID
    unit: UUID
    waiting: int
    late: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LongWaiting:
    """A referred letter that nobody reported on: by its number, and at which post since when; not what it says."""

    letter: UUID
    number: str
    post: UUID
    sent_at: datetime
    due_at: datetime | None
