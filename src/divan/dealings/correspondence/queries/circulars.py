"""Who of a letter's recipients got, read and answered it, and which circulars still wait for answers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count

from divan.dealings.correspondence import models
from divan.dealings.correspondence.queries.contents import recipient_of
from divan.dealings.correspondence.queries.finding import search_letters
from divan.dealings.correspondence.queries.letters import letters
from divan.dealings.correspondence.values import (
    Channel,
    Direction,
    DispatchState,
    Letter,
    LetterAnswers,
    LetterFilters,
    RecipientStanding,
)
from divan.registers.people.values import Post

CIRCULAR = "circular"


def list_standings(letter: Letter, post: Post) -> list[RecipientStanding]:
    """Return how a letter stands with each recipient; hidden ones are told to the post that wrote it only."""
    rows = models.Recipient.objects.filter(letter__uuid=letter.uuid).order_by("position")
    if letter.drafter_post != post.uuid:
        rows = rows.filter(hidden=False)
    sendings = {
        one.recipient_id: one for one in models.Dispatch.objects.filter(letter__uuid=letter.uuid).order_by("id")
    }
    known = list(rows)
    numbers = _numbers(row.answered_by for row in known)
    return [_standing(row, sendings.get(row.id), numbers.get(row.answered_by, "")) for row in known]


def _standing(row: models.Recipient, sending: models.Dispatch | None, answer: str) -> RecipientStanding:
    return RecipientStanding(
        recipient=recipient_of(row),
        channel=Channel(sending.channel) if sending else None,
        state=DispatchState(sending.state) if sending else None,
        sent_at=sending.sent_at if sending else None,
        their_number=sending.their_number if sending else "",
        their_registered_at=sending.their_registered_at if sending else None,
        answer_number=answer,
    )


def _numbers(uuids: Iterable[object]) -> dict[object, str]:
    rows = letters().filter(uuid__in=[one for one in uuids if one is not None])
    return {row.uuid: row.number for row in rows}


def list_circulars(post: Post, at: datetime, *, after: str = "") -> tuple[list[LetterAnswers], str]:
    """Return a page of the circulars of the house that a post may read, newest first, and where the next begins."""
    found = search_letters(LetterFilters(kind=CIRCULAR), post, at, after=after)
    own = [one.letter for one in found.items if one.letter.direction is not Direction.INCOMING and one.letter.number]
    return _with_answers(own), found.after


def _with_answers(found: list[Letter]) -> list[LetterAnswers]:
    rows = models.Recipient.objects.filter(letter__uuid__in=[one.uuid for one in found], hidden=False)
    counted = rows.values("letter__uuid").annotate(
        all=Count("id"), read=Count("read_at"), answered=Count("answered_at")
    )
    counts = {row["letter__uuid"]: row for row in counted}
    return [
        LetterAnswers(
            letter=one,
            recipients=counts[one.uuid]["all"] if one.uuid in counts else 0,
            read=counts[one.uuid]["read"] if one.uuid in counts else 0,
            answered=counts[one.uuid]["answered"] if one.uuid in counts else 0,
        )
        for one in found
    ]
