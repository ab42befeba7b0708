"""What becomes of a referral: it is read, reported, sent back or recalled; and the letter is closed in the end."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from divan.dealings.correspondence import models, queries
from divan.dealings.correspondence.actions.following_up import end_follow_ups_of_letter, end_follow_ups_of_referral
from divan.dealings.correspondence.actions.referring import acting_post, clean_words, require_seated, work_of
from divan.dealings.correspondence.actions.worklist import finish_work, give_work, mark_read, renew_work
from divan.dealings.correspondence.queries.referrals import referral_of
from divan.dealings.correspondence.values import (
    BACK_LINE,
    LETTER_CLOSED,
    LETTER_REOPENED,
    REFERRAL_READ,
    REFERRAL_RECALLED,
    REFERRAL_REFUSED,
    REFERRAL_REPORTED,
    Direction,
    LetterState,
    LetterWaits,
    ReasonMissing,
    Referral,
    ReferralOver,
    ReferralRead,
    ReferralState,
    ReferralUnknown,
    TermCategory,
    WorkUnknown,
)
from divan.foundation import facts
from divan.foundation.actors import Actor
from divan.foundation.faults import power_may_fail
from divan.foundation.kinds import FactKind
from divan.registers.people import queries as people
from divan.registers.people.values import Post


def _locked(referral: UUID) -> models.Referral:
    """Return a referral's row under the lock of its letter, which every change of a letter's referrals takes first.

    :raises ReferralUnknown: if there is none.
    """
    letter = models.Referral.objects.filter(uuid=referral).values_list("letter_id", flat=True).first()
    if letter is None:
        raise ReferralUnknown
    models.Letter.objects.select_for_update().get(id=letter)
    return models.Referral.objects.select_related("letter", "parent").select_for_update(of=("self",)).get(uuid=referral)


def _require_open(row: models.Referral, *, post: UUID, actor: Actor, now: datetime) -> None:
    """Refuse whoever the referral is not for, and what is over.

    :raises ReferralUnknown: if the referral, or its letter by now, is not for the actor's post.
    """
    if actor.post not in {row.from_post, row.to_post}:
        raise ReferralUnknown
    require_seated(actor, post, now)
    queries.get_letter_for(row.letter.uuid, people.get_post_for(actor.uuid, post, now), now)
    if row.state != ReferralState.OPEN:
        raise ReferralOver(state=row.state)


@transaction.atomic
def read_referrals(*, letter: UUID, actor: Actor, now: datetime) -> None:
    """Note that a letter's open referrals to the actor's post were read; only the first time counts.

    From then on their senders cannot recall them.
    """
    if actor.post is None:
        return
    # Only the referrals: what also locked the letter would take the two in another order than all the rest.
    rows = models.Referral.objects.select_for_update(of=("self",)).filter(letter__uuid=letter, to_post=actor.post)
    for row in rows.filter(state=ReferralState.OPEN, read_at=None).order_by("id"):
        row.read_at = now
        row.save(update_fields=["read_at"])
        facts.record(REFERRAL_READ, subject=row, actor=actor, at=now)
        if (line := queries.find_open_work(row.uuid)) is not None:
            mark_read(work=line.uuid, actor=actor, now=now)


@transaction.atomic
def report_referral(
    *,
    referral: UUID,
    report: str,
    closing: str = "",
    closes_letter: bool = False,
    actor: Actor,
    now: datetime,
) -> Referral:
    """Report what was done and end a referral; who got it for information needs to say nothing.

    With ``closes_letter`` the letter is closed with it, if nobody else has it to deal with.

    :raises PostNotHeld, ReferralUnknown: if the actor is not its receiver now.
    :raises ReferralOver: if it was ended before.
    :raises ReasonMissing: without a report.
    :raises LetterWaits: if the letter is to be closed and others still have it.
    """
    row = _locked(referral)
    _require_open(row, post=row.to_post, actor=actor, now=now)
    words = clean_words(report)
    if not words and not row.copy:
        raise ReasonMissing
    row.closing = closing[:40]
    _end(row, ReferralState.DONE, REFERRAL_REPORTED, words, actor=actor, now=now)
    power_may_fail("referral.before-answer")
    if not row.copy and not _hands_out(row.from_post):
        _tell_sender(row, actor=actor, now=now)
    if closes_letter:
        close_letter(letter=row.letter.uuid, closing=closing, note=words, actor=actor, now=now)
    return referral_of(row)


@transaction.atomic
def refuse_referral(*, referral: UUID, reason: str, actor: Actor, now: datetime) -> Referral:
    """Send a letter back to whoever referred it, with a reason; it waits there again.

    :raises PostNotHeld, ReferralUnknown: if the actor is not its receiver now.
    :raises ReferralOver: if it was ended before.
    :raises ReasonMissing: without a reason.
    """
    row = _locked(referral)
    _require_open(row, post=row.to_post, actor=actor, now=now)
    words = clean_words(reason)
    if not words:
        raise ReasonMissing
    _end(row, ReferralState.REFUSED, REFERRAL_REFUSED, words, actor=actor, now=now)
    power_may_fail("referral.before-return")
    _tell_sender(row, actor=actor, now=now)
    return referral_of(row)


@transaction.atomic
def recall_referral(*, referral: UUID, actor: Actor, now: datetime) -> Referral:
    """Take a referral back that its receiver has not read.

    :raises PostNotHeld, ReferralUnknown: if the actor is not its sender now.
    :raises ReferralOver: if it was ended before.
    :raises ReferralRead: if it was read.
    """
    row = _locked(referral)
    _require_open(row, post=row.from_post, actor=actor, now=now)
    if row.read_at is not None:
        raise ReferralRead
    _end(row, ReferralState.RECALLED, REFERRAL_RECALLED, "", actor=actor, now=now)
    return referral_of(row)


@transaction.atomic
def take_note(*, referral: UUID, actor: Actor, now: datetime) -> None:
    """Take the line that told of a report or a return off the sender's worklist.

    :raises PostNotHeld, ReferralUnknown: if the line is not the actor's now.
    :raises WorkUnknown: if there is none.
    """
    row = _locked(referral)
    line = queries.find_open_work(row.uuid)
    if line is None or line.about_kind != BACK_LINE:
        raise WorkUnknown
    if actor.post != line.post_uuid:
        raise ReferralUnknown
    require_seated(actor, line.post_uuid, now)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)


def _end(
    row: models.Referral, state: ReferralState, kind: FactKind, words: str, *, actor: Actor, now: datetime
) -> None:
    """End a referral and take it off its receiver's worklist."""
    row.state, row.report = state, words
    row.ended_by, row.ended_for, row.ended_at = actor.uuid, actor.on_behalf_of, now
    row.save()
    facts.record(kind, subject=row, actor=actor, at=now, letter=row.letter.uuid)
    finish_work(about_uuid=row.uuid, actor=actor, now=now)
    end_follow_ups_of_referral(row, actor=actor, now=now)


def _hands_out(post: UUID) -> bool:
    """Whether a post is a secretariat's: it hands letters out and reads no reports."""
    return people.get_post(post).role == queries.SECRETARIAT_ROLE


def _tell_sender(row: models.Referral, *, actor: Actor, now: datetime) -> None:
    """Let the sender see what came back: on the line by which they have the letter, else on a line of its own."""
    receiver = people.get_post(row.to_post)
    if row.parent is not None and row.parent.state == ReferralState.OPEN:
        renew_work(about_uuid=row.parent.uuid, sender=receiver, note=row.report, actor=actor, now=now)
        return
    letter = queries.get_letter(row.letter.uuid)
    told = work_of(letter, row, receiver, about_kind=BACK_LINE, note=row.report)
    give_work(post=row.from_post, work=told, actor=actor, now=now)


@transaction.atomic
def close_letter(*, letter: UUID, closing: str, note: str = "", actor: Actor, now: datetime) -> None:
    """Close a letter with one of the body's closing reasons, when nobody has it to deal with any more.

    What was given for information stays where it is; follow-ups of the letter end with it.

    :raises PostNotHeld, LetterUnknown: if the letter is not for the actor's post, or it may not close it.
    :raises ReasonMissing: without a reason.
    :raises LetterWaits: if it was not sent or registered yet, is closed, or somebody still has it.
    """
    post = _closer(letter, actor, now)
    row = models.Letter.objects.select_for_update().get(uuid=letter)
    waiting = models.Referral.objects.filter(letter=row, state=ReferralState.OPEN, copy=False)
    if LetterState(row.state) not in queries.CLOSABLE or waiting.exists():
        raise LetterWaits(posts=list(waiting.values_list("to_post", flat=True)))
    words = queries.find_terms(post.unit.body_uuid, TermCategory.CLOSING).get(closing, (closing, ""))[0]
    said = ": ".join(one for one in (words, clean_words(note)) if one)
    if not said:
        raise ReasonMissing
    row.state, row.closed_at, row.closing = LetterState.CLOSED, now, said[:500]
    row.save(update_fields=["state", "closed_at", "closing"])
    facts.record(LETTER_CLOSED, subject=row, actor=actor, at=now, closing=closing)
    end_follow_ups_of_letter(row, actor=actor, now=now)


@transaction.atomic
def reopen_letter(*, letter: UUID, reason: str, actor: Actor, now: datetime) -> None:
    """Open a closed letter again, so that it can be referred; it stands where it stood before.

    :raises PostNotHeld, LetterUnknown: if the letter is not for the actor's post, or it may not close it.
    :raises ReasonMissing: without a reason.
    :raises LetterWaits: if it is not closed.
    """
    _closer(letter, actor, now)
    row = models.Letter.objects.select_for_update().get(uuid=letter)
    words = clean_words(reason)
    if not words:
        raise ReasonMissing
    if row.state != LetterState.CLOSED:
        raise LetterWaits(posts=[])
    row.state, row.closed_at, row.closing = _state_before(row), None, ""
    row.save(update_fields=["state", "closed_at", "closing"])
    facts.record(LETTER_REOPENED, subject=row, actor=actor, at=now, reason=words)


def _state_before(row: models.Letter) -> LetterState:
    if row.direction == Direction.INCOMING:
        return LetterState.REGISTERED
    return LetterState.FILED if row.secretariat_id is None else LetterState.DISPATCHED


def _closer(letter: UUID, actor: Actor, now: datetime) -> Post:
    if actor.post is None:
        raise ReferralUnknown
    post = acting_post(actor, now)
    known = queries.get_letter_for(letter, post, now)
    if not queries.may_close(known, post):
        raise ReferralUnknown
    return post
