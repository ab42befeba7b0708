"""What an applicant may say after sending: add a paper to a case that runs, and rate one that was answered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from divan.dealings.cases import models
from divan.dealings.cases.actions.locking import locked_case
from divan.dealings.cases.queries.voices import ADDED_TO, addition_of
from divan.dealings.cases.values import (
    ADDITION_MADE,
    CASE_RATED,
    Addition,
    AdditionNotPossible,
    CaseState,
    Rating,
    RatingNotPossible,
)
from divan.foundation import facts, files
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan_libs.persian.text import normalize

MOST_ADDITIONS = 20
LONGEST_NOTE = 1000


def _wording(text: str) -> str:
    return "\n".join(normalize(line) for line in text.splitlines()).strip()


@transaction.atomic
def add_document(*, case: UUID, note: str, file: files.FileSummary, actor: Actor, now: datetime) -> Addition:
    """Add a stored, scanned file with a note to one's own case while it runs; officers find it as new.

    The clocks run on: nobody has asked for it.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises AdditionNotPossible: ``over`` for a case that does not run, ``no-note`` without words, ``too-many``.
    """
    row = locked_case(case, actor)
    wording = _wording(note)
    if CaseState(row.state) not in ADDED_TO:
        raise AdditionNotPossible(reason="over")
    if not wording:
        raise AdditionNotPossible(reason="no-note")
    if models.Addition.objects.filter(case=row).count() >= MOST_ADDITIONS:
        raise AdditionNotPossible(reason="too-many", most=MOST_ADDITIONS)
    added = models.Addition.objects.create(
        uuid=uuid4(),
        case=row,
        note=wording[:LONGEST_NOTE],
        file_uuid=file.uuid,
        name=file.name[:200],
        sha256=file.sha256,
        added_at=now,
    )
    files.claim(file.uuid)
    power_may_fail("addition.before-fact")
    facts.record(ADDITION_MADE, subject=added, actor=actor, at=now, case=row.uuid, sha256=file.sha256)
    return addition_of(added)


@transaction.atomic
def rate_case(*, case: UUID, stars: int, words: str, actor: Actor, now: datetime) -> Rating:
    """Say how one was served in one's own case, once, after its answer.

    :raises CaseUnknown: if it is not the acting person's case.
    :raises RatingNotPossible: ``not-answered``, ``rated-before``, or ``stars`` for another number than one to five.
    """
    row = locked_case(case, actor)
    if row.state != CaseState.CLOSED:
        raise RatingNotPossible(reason="not-answered")
    if not 1 <= stars <= 5:
        raise RatingNotPossible(reason="stars")
    if models.Rating.objects.filter(case=row).exists():
        raise RatingNotPossible(reason="rated-before")
    rated = models.Rating.objects.create(
        uuid=uuid4(),
        case=row,
        service_code=row.version.service.code,
        stars=stars,
        words=_wording(words)[:LONGEST_NOTE],
        rated_at=now,
    )
    facts.record(CASE_RATED, subject=rated, actor=actor, at=now, case=row.uuid, stars=stars)
    return Rating(case=row.uuid, stars=rated.stars, words=rated.words, rated_at=now)
