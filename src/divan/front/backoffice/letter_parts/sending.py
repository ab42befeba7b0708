"""The part of a letter's page that tells how it went to each recipient, and what the other side said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from divan.dealings.correspondence import queries
from divan.dealings.correspondence.values import Dispatch, DispatchState
from divan.front.backoffice.letter_parts.composing import Part, Reading
from divan.front.texts.words import TONES, word

NO_ANSWER = "correspondence.no-answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A sending as the page shows it; ``problem`` is why it waits or came back, in words."""

    dispatch: Dispatch
    recipient: str
    role: str
    channel: str
    state: str
    tone: str
    problem: str


def problem_of(dispatch: Dispatch) -> str:
    """Return why a letter did not arrive, or waits: the reason that somebody wrote, else what its code means."""
    if dispatch.state is DispatchState.QUEUED and dispatch.attempts:
        return word("dispatch-problem", dispatch.waits_for or NO_ANSWER)
    if not dispatch.problem:
        return ""
    return dispatch.problem_text or word("dispatch-problem", dispatch.problem)


def build(reading: Reading) -> Mapping[str, object] | None:
    """Return a letter's sendings; nothing before it came to the dispatch desk."""
    sendings = queries.list_dispatches(reading.content.letter.uuid)
    if not sendings:
        return None
    return {
        "letter": reading.content.letter,
        "lines": [
            Sending(
                dispatch=one,
                recipient=str(one.recipient.party),
                role=word("recipient-role", one.recipient.role),
                channel=word("letter-channel", one.channel),
                state=word("dispatch-state", one.state),
                tone=TONES.get(one.state, ""),
                problem=problem_of(one),
            )
            for one in sendings
            if not one.recipient.hidden or _keeps(reading, one)
        ],
        "keeps": any(_keeps(reading, one) for one in sendings),
    }


def _keeps(reading: Reading, one: Dispatch) -> bool:
    return queries.keeps(reading.post, one.secretariat)


PART = Part(template="sending", build=build)
