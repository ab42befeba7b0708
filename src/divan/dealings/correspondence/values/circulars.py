"""What the answers to a letter of many recipients are spoken of in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from divan.dealings.correspondence.values.letters import Letter, Recipient
from divan.dealings.correspondence.values.transport import Channel, DispatchState


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientStanding:
    """How a letter stands with one of its recipients: by which way it went, under which number they have it."""

    recipient: Recipient
    channel: Channel | None
    state: DispatchState | None
    sent_at: datetime | None
    their_number: str
    their_registered_at: datetime | None
    answer_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterAnswers:
    """A letter with how many got it, read it and answered it."""

    letter: Letter
    recipients: int
    read: int
    answered: int
