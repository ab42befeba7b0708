"""What the ledger decides."""

from __future__ import annotations

from datetime import datetime, timedelta

from divan.trust.ledger.values import Standing

EXAMINED_EVERY = timedelta(days=1)
"""From the beginning of one examination of the whole log to that of the next."""
LEFT_BEHIND = timedelta(minutes=10)
"""After this time without a sign of it, an examination belongs to a process that is gone."""

SILENT_AFTER = timedelta(minutes=10)
"""A witness that has not vouched for so long is silent."""
PACE = timedelta(seconds=1)
"""A witness lets a log grow some times a minute and puts off what is beyond."""
ASKED_AGAIN = timedelta(seconds=15)
"""How soon witnesses are asked again while one of them has not vouched for the newest head."""
REFRESHED = timedelta(minutes=5)
"""How old cosignatures of a log that stands still may get: their time says when it was last seen alive."""


def standing(settled: tuple[int, bytes], published: tuple[int, bytes] | None) -> Standing:
    """Say how the published head stands to the settled one; each is (size, root), published is None before the first.

    That a larger tree has grown from a smaller one is not decided here: it is recomputed before anything is published.
    """
    if published is None or published[0] < settled[0]:
        return Standing.BEHIND
    if published[0] > settled[0]:
        return Standing.AHEAD
    return Standing.LEVEL if published[1] == settled[1] else Standing.DIFFERENT


def is_examination_due(begun_at: datetime, seen_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """Whether after an examination the next is due, or whether one that has not ended was left behind."""
    if ended_at is None:
        return now - seen_at >= LEFT_BEHIND
    return now - begun_at >= EXAMINED_EVERY


def is_silent(cosigned_at: datetime | None, now: datetime) -> bool:
    """Whether a witness that just did not vouch has not done so for long enough to be called silent."""
    return cosigned_at is None or now - cosigned_at >= SILENT_AFTER


def is_asking_due(asked_at: datetime, now: datetime, *, has_grown: bool, all_vouched: bool) -> bool:
    """Whether the witnesses are to be asked again: for a new head at their pace, for the same one in longer intervals.

    A clock that was set back delays nothing: a time of asking in the future counts as long past.
    """
    pause = PACE if has_grown else REFRESHED if all_vouched else ASKED_AGAIN
    return not asked_at <= now < asked_at + pause
